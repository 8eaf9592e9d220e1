"""The demonstration: the real bot in its own process, with stand-ins for Slack and WaConnect on this machine."""
