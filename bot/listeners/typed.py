"""One use of `/waerror`: who typed what after which subcommand, and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot import desk
from bot.desk import Click
from bot.house import House
from bot.views.blocks import Blocks, message, outside, section

Said = tuple[Blocks, str]
"""The blocks, and the text for notifications."""


@dataclass(frozen=True, slots=True)
class Promised:
    """An answer that more comes after."""

    said: Said
    begin: Callable[[], None]
    """Called once it was acknowledged: what was begun before could show its result above *Asking …*."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One use of the command."""

    team: str
    channel: str
    user: str
    rest: str
    """What follows the subcommand."""
    click: Click
    """The same as a click on no card, for what is answered later."""


def _anything(rest: str, house: House) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One row of the table."""

    run: Callable[[House, Typed], Said | Promised]
    takes: Callable[[str, House], bool] = _anything
    """Whether what follows can be meant for it: `account disabled` is an error that somebody pasted."""


def bare(rest: str, house: House) -> bool:
    return not rest


def account_name(rest: str, house: House) -> bool:
    """*Account disabled* is an error of WaConnect's and no account's name; what is no error is a mistyped name."""
    if not rest or house.accounts.by_name(rest.lower()) is not None:
        return True
    asked = desk.answer(f"account {rest}", "ask", house.knowledge, can_act=False)
    return len(rest.split()) == 1 and not asked.diagnosis.answered


def one_word(rest: str, house: House) -> bool:
    return len(rest.split()) <= 1


def message_id(rest: str, house: House) -> bool:
    return not rest or desk.only_message_id(rest) is not None


def read(command: Mapping[str, Any]) -> tuple[str, Typed]:
    """The first word in lower case, and the rest of what was typed."""
    word, _, rest = str(command.get("text") or "").strip().partition(" ")
    click = desk.command_click(command)
    return word.lower(), Typed(click.team, click.channel, click.user, rest.strip(), click)


def mistyped(text: str, names: Mapping[str, Subcommand], recognised: bool) -> str | None:
    """A sentence for one who meant a subcommand and typed another word; None when it reads as an error.

    What is recognised as an error is one, unless its first word is a letter away from a subcommand.
    """
    word, _, rest = text.partition(" ")
    near = get_close_matches(word.lower(), [name for name in names if name], 1, _NEAR)
    if word.lower() in names or not word.isalpha() or (recognised and (rest or not near)):
        return None
    if near:
        return f"There is no `{outside(word, 40)}`; did you mean `/waerror {near[0]}`? I read it as an error text:"
    if not rest:
        return f"There is no `{outside(word, 40)}`; `/waerror help` shows what there is. I read it as an error text:"
    return None


def said(says: str) -> Said:
    return message([section(says)], "said"), says


# Two letters swapped or one left out, but not another word: `incidnets` is .89, `topic` is .75 of `top`.
_NEAR = 0.8
