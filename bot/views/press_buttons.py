"""The buttons below a press: what a person may still decide. None is shown that cannot help."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.store import Press, Step
from bot.views.blocks import actions, button, confirm, outside

CANCEL, SEND_NOW, CHECK_AGAIN, SEND_ANYWAY = "press.cancel", "press.now", "press.check", "press.anyway"
# Of the reason in a dialog of 300 characters.
_LONGEST_REASON = 110


def buttons(press: Press, steps: Sequence[Step], due_at: datetime | None) -> Block | None:
    """Each carries its card and its press."""
    if due_at is not None and press.outcome is None:
        shown = [_button(press, "Cancel", CANCEL), _send_now(press, steps)]
    elif any(step.state == "sent_anyway" for step in steps):
        shown = []
    elif press.may_be_sent_anyway:
        again = [_button(press, "Check again", CHECK_AGAIN)] if press.outcome == "unknown" else []
        shown = [*again, _send_anyway(press)]
    else:
        shown = [_button(press, "Check again", CHECK_AGAIN)] if press.outcome == "undelivered" else []
    return actions(shown) if shown else None


def _button(press: Press, label: str, action_id: str) -> ButtonElement:
    return button(label, action_id, press.card, pick=press.id)


def _send_now(press: Press, steps: Sequence[Step]) -> ButtonElement:
    because = next((str(step.data["because"]) for step in steps if step.data.get("because")), "")
    reason = f" The wait has a reason: {outside(because, _LONGEST_REASON)}." if because else ""
    asks = confirm(
        "Send it before its time?",
        f"Sooner may not help.{reason} Send this {outside(press.kind, 30)} message to "
        f"{press.masked_recipient} now, once?",
        "Send now",
    )
    return button("Send now…", SEND_NOW, press.card, asks, pick=press.id, style="danger")


def _send_anyway(press: Press) -> ButtonElement:
    asks = confirm(
        "Send it a second time?",
        f"The first attempt may have arrived. If it did, {press.masked_recipient} gets this "
        f"{outside(press.kind, 30)} message *twice*. Look in WaConnect or ask the recipient first. Send it anyway?",
        "Send anyway",
    )
    return button("Send anyway (may duplicate)…", SEND_ANYWAY, press.card, asks, pick=press.id, style="danger")
