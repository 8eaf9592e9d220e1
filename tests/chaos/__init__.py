"""Chaos: the real process is killed at random moments, and the ledger and the database are asked what came of it.

Kept: the counters are taken from what others saw (WaConnect's ledger, the thread in Slack) and compared with what the
bot wrote down; nothing here knows how the bot works inside. `python -m tests.chaos`.
"""
