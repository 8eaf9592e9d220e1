"""Who may do what, by the settings. A refusal says why, and who can; what Slack does not tell lets nobody through."""

from collections.abc import Mapping
from typing import Literal

from bot.settings import Settings

Right = Literal["retry", "bulk", "send_anyway", "reveal", "approve"]
Groups = Mapping[str, frozenset[str] | None]
"""User group → ids of its people; None, or absent, where Slack does not tell."""

_DEEDS: Mapping[Right, str] = {
    "retry": "send a message again",
    "bulk": "send many messages again",
    "send_anyway": "send again what may have arrived",
    "reveal": "see numbers and bodies",
    "approve": "approve a large retry",
}
_EVERYBODY, _NOBODY = "channel", "nobody"


def refusal(right: Right, user: str, groups: Groups, settings: Settings) -> str | None:
    """Why this person may not, as mrkdwn; None when they may."""
    named = who_may(right, settings)
    if (
        _EVERYBODY in named
        or user in named
        or any(user in (groups.get(one) or ()) for one in groups_of(right, settings))
    ):
        return None
    untold = [one for one in groups_of(right, settings) if groups.get(one) is None]
    if untold:
        return (
            f"Slack does not tell me who is in {_listed(untold)}, so I cannot see whether you may {_DEEDS[right]}. "
            f"Try again in a minute. {_who(right, named, settings)}"
        )
    return _who(right, named, settings)


def approval(count: int, settings: Settings) -> str | None:
    """Why a second person must approve a bulk retry of `count` messages, and who can; None when it may begin."""
    if count <= settings.waerror_approve_above:
        return None
    says = f"More than {settings.waerror_approve_above:,} messages: a second person must approve."
    return f"{says} {_who('approve', who_may('approve', settings), settings)}"


def groups_of(right: Right, settings: Settings) -> tuple[str, ...]:
    """The user groups that must be known to decide."""
    return tuple(one for one in who_may(right, settings) if one.startswith("S"))


def somebody_may(right: Right, settings: Settings) -> bool:
    return who_may(right, settings) != (_NOBODY,)


def who_may(right: Right, settings: Settings) -> tuple[str, ...]:
    """`channel`, `nobody`, and ids of user groups and people, as the setting lists them."""
    setting: str = getattr(settings, f"waerror_may_{right}")
    return tuple(part.strip() for part in setting.split(","))


def _who(right: Right, named: tuple[str, ...], settings: Settings) -> str:
    setting = f"WAERROR_MAY_{right.upper()}"
    if not somebody_may(right, settings):
        return f"Nobody may {_DEEDS[right]} here ({setting})."
    if _EVERYBODY in named:
        return f"Everybody in the channel may {_DEEDS[right]} ({setting})."
    return f"Only {_listed(named)} may {_DEEDS[right]} ({setting})."


def _listed(ids: tuple[str, ...] | list[str]) -> str:
    """`@oncall, @ana and @ben`, as Slack writes mentions."""
    shown = [f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>" for one in ids]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
