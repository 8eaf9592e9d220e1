"""waerror explains WaConnect's errors in Slack, and does the safe next step."""

__version__ = "0.1.0"
