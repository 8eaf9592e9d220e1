"""What is counted over a whole run of the tests: hostile inputs that were tried, and what left the bot."""

pytest_plugins = ["tests.tally"]
