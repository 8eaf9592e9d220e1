"""`python -m bot.cli`: the command without its being installed."""

from bot.cli import main

main(prog_name="waerror")
