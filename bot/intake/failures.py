"""A WhatsApp message that failed, whoever tells of it: WaConnect's webhook, Meta's, or WaConnect's list of statuses.

It is counted once a message, and named by its recipient's last four digits.
"""

from bot.diagnosis.masking import mask_number
from bot.intake.values import Arrived, alert
from bot.intake.words import compact
from bot.waconnect.records import MessageStatus


def failure(message_id: str, to: str, text: str, why: str = "") -> Arrived:
    """`text`: what was said of it, for the diagnosis. `why`: the error in a few words, where it is known."""
    whom = f" to {mask_number(to)}" if to else ""
    title = f"A WhatsApp message{whom} failed"
    return alert(
        f"{message_id}/failed" if message_id else "", f"{title}: {why}" if why else title, text, message_id=message_id
    )


def of_status(found: MessageStatus) -> Arrived:
    """A record of WaConnect's, whose error details have no documented shape."""
    told = {"messageId": found.message_id, "to": found.to, "status": found.status}
    text = f"WaConnect: {compact(told)}\nWhatsApp message failed: {found.error_text or ''}"
    return failure(found.message_id, found.to, text)
