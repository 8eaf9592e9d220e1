"""A synthetic error's card: what any card is, below a line that says that nobody has to do anything."""

import hashlib
from datetime import datetime

from bot.desk import Answer
from bot.views import card
from bot.views.blocks import Blocks, message, moment, section

# No card in the database has this id, so a button of it says that it is too old.
MARK = hashlib.sha256(b"synthetic").hexdigest()[:24]


def synthetic(given: Answer, at: datetime) -> Blocks:
    note = f"*Not an error.* I sent it to myself at {moment(at)}, to see that I work. Nobody has to do anything."
    return [*message([section(note)], "synthetic"), *card.card(given, MARK)]


def summary() -> str:
    return "Not an error: waerror tries whether it works."
