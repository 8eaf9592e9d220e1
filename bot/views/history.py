"""What was done, by whom, with which result: a line each, newest first, as far as a message holds it."""

from collections.abc import Mapping, Sequence

from bot.store import Deed
from bot.store.audit import What
from bot.views.blocks import Blocks, context, escape, message, moment, outside, section

_DEEDS: Mapping[What, str] = {
    "retry": "pressed *Retry*",
    "retry.form": "sent the form",
    "retry.ended": "retry ended",
    "send_anyway": "pressed *Send anyway*",
    "send_now": "pressed *Send now*",
    "cancel": "pressed *Cancel*",
    "check_again": "pressed *Check again*",
    "bulk": "retried many",
    "approve": "approved",
    "status": "asked for the status",
    "recheck": "checked the account",
    "account": "asked how the account is",
    "reveal": "looked at number and body",
    "share": "shared the card",
    "watch": "set whether the channel is read",
    "mute": "muted an error",
    "unmute": "unmuted an error",
    "incident": "changed the incident",
    "note": "changed the notes",
    "correct": "corrected the card",
    "refused": "was refused",
}
# A line has about 150 characters, a section 3,000.
_MOST = 15


def history(deeds: Sequence[Deed], mark: str) -> Blocks:
    """`deeds`: newest first, as the store gives them."""
    lines = [line(deed) for deed in deeds[:_MOST]]
    older = f"and {len(deeds) - _MOST} older" if len(deeds) > _MOST else None
    return message(
        [
            section("\n".join(["*History*", *lines]) if lines else "Nothing was done about this yet."),
            context(older) if older else None,
        ],
        f"{mark}.history",
    )


def line(deed: Deed) -> str:
    """`09:14:02 @ana pressed Retry: claimed (production)`."""
    result = f": {outside(deed.result, 30)}" if deed.result else ""
    detail = f" · {outside(deed.detail, 60)}" if deed.detail and deed.what != "refused" else ""
    account = f" ({outside(deed.account, 31)})" if deed.account else ""
    return f"{moment(deed.at)}  <@{escape(deed.user)}> {_DEEDS[deed.what]}{result}{account}{detail}"
