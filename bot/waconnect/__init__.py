"""WaConnect: the client, what a request looks like, and a sandbox that stands in for it."""
