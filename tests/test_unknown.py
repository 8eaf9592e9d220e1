"""Which silent alerts are worth a look: those that speak of WhatsApp and of an error."""

import pytest

from bot.diagnosis.unknown import worth_a_look


@pytest.mark.parametrize(
    "text",
    [
        'WaConnect answered {"success": false, "error": "Template gone"}',
        "whatsapp worker: send failed: frobnication quota exhausted",
        "POST https://graph.facebook.com/v21.0/1/messages -> 418",
        '{"messaging_product": "whatsapp", "errors": [{"code": 99999, "title": "Odd"}]}',
        "WhatsApp: HTTP 503 from upstream",
        "[FIRING] WaConnect error rate above 5 %: unknown refusal",
        "o envio do WhatsApp deu erro estranho",
        "WhatsApp-Versand: Fehler beim Senden",
        "deploy check: waconnect returned HTTP 500",
    ],
)
def test_an_error_of_ours_is(text: str) -> None:
    """An answer of the API, or words of an error in a text about WhatsApp."""
    assert worth_a_look(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lunch?",
        "Deploy of the whatsapp worker 2.4 finished, error handling improved",
        "Merged: fix WhatsApp template errors (#131)",
        "fix(whatsapp): do not fail on empty templates",
        "[RESOLVED] WhatsApp sends failing",
        "WaConnect is back to normal, no errors for 10 minutes",
        "WhatsApp campaign sent to 1200 contacts",
        "postgres: connection refused",
        "HTTP 500 from the billing service",
        "call me on WhatsApp when you are there",
        "Released 1.4: better WhatsApp error messages",
    ],
)
def test_talk_and_news_and_others_are_not(text: str) -> None:
    """Nobody should have to sort them out."""
    assert not worth_a_look(text)
