"""Slack's patience, where its three seconds are no subject."""

from bot.standin import Patience

# Who presses, or the app, may stand still for longer. What went to a connection that broke comes again before it is
# waited for in vain.
UNHURRIED = Patience(ack=15.0, trigger=15.0)
