"""Block Kit, built by pure functions: values in, blocks out. Nothing here asks, waits or decides."""
