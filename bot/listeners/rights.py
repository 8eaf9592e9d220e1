"""Who may do what with a message: the one place where a click that sends is allowed or refused."""

from typing import Literal

from bot.desk import Click, Refusal
from bot.house import House

Right = Literal["retry", "cancel", "send_early", "check_again", "send_anyway"]


def permitted(house: House, click: Click, right: Right) -> Refusal | None:
    """None when this person may; else the reason, in words."""
    return None
