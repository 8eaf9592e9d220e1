"""The story of `make demo-story`: four scenes. Each waits for what the real bot does, and fails when it does not."""

import json
from typing import Any

from bot.demo.screen import Screen
from bot.demo.stage import ALERTS, SENDER, SUPPORT, Stage, staged
from bot.standin import plain

_TO = "15550104567"
_REQUEST = {"to": _TO, "body": "Your order has left the warehouse", "phoneNumberId": SENDER}
# The longest scene, a retry that waits out a rate limit, takes four seconds; a machine may be busy otherwise.
_PATIENCE = 60.0
_PASTE = f"""these keep failing since the sale started
```POST /api/messages/text
{json.dumps(_REQUEST)}

HTTP/1.1 429 Too Many Requests
{{"success": false, "error": "(#130429) Rate limit hit"}}```"""
_ALERT = {
    "color": "danger",
    "title": "[FIRING:1] WhatsAppSendFailed (order-notifier)",
    "text": "14 sends failed in 5 minutes, the last one with:\n"
    'HTTP 400 {"success": false, "error": "(#131047) Re-engagement message"}',
    "fields": [{"title": "service", "value": "order-notifier", "short": True}],
    "fallback": "[FIRING:1] WhatsAppSendFailed",
    "ts": 1795430000,
}


def play() -> None:
    """All scenes in order. BotFailed when the bot does not do its part."""
    with staged() as stage:
        stage.wait_for_bot()
        screen = Screen(stage.workspace)
        somebody_types_a_code(stage, screen)
        alert, card = an_alert_is_answered(stage, screen)
        somebody_rechecks_the_account(stage, screen, alert, card)
        a_message_is_retried(stage, screen)
        screen.done(f"The sandbox's ledger: {len(stage.sandbox.sent)} message sent. Nothing left this machine.")


def somebody_types_a_code(stage: Stage, screen: Screen) -> None:
    screen.say("Ana types a code")
    screen.does("ana", "/waerror 132000")
    stage.people.command("ana", SUPPORT, "/waerror", "132000")
    answer, *_ = stage.workspace.wait_for(
        lambda: stage.workspace.ephemerals("ana"), _PATIENCE, "an answer to the command"
    )
    screen.show(answer, "only Ana can see this")
    _must(answer, "132000", "Sources disagree", "Share in channel")


def an_alert_is_answered(stage: Stage, screen: Screen) -> tuple[str, str]:
    screen.say("Alertmanager posts into #wa-alerts; nobody asks")
    alert = stage.people.post_as_app(ALERTS, "Alertmanager", attachments=[_ALERT])
    screen.show(stage.workspace.message(ALERTS, alert), "#wa-alerts")
    card = _reply(stage, ALERTS, alert, "131047")
    screen.show(card)
    return alert, str(card["ts"])


def somebody_rechecks_the_account(stage: Stage, screen: Screen, alert: str, card: str) -> None:
    screen.say("Ben checks whether the account is the reason")
    screen.does("ben", "presses [ Re-check account ]")
    stage.people.click("ben", ALERTS, card, "remedy.recheck")
    screen.show(_reply(stage, ALERTS, alert, "Account good", "Last checked"))


def a_message_is_retried(stage: Stage, screen: Screen) -> None:
    screen.say("Ana pastes a rate limit with its request, and retries")
    paste = stage.people.say("ana", SUPPORT, f"@waerror {_PASTE}")
    screen.show(stage.workspace.message(SUPPORT, paste), "#support")
    card = _reply(stage, SUPPORT, paste, "130429", "Retry message")
    screen.show(card)
    stage.sandbox.fault("130429", to=_TO)
    screen.does("ana", "presses [ Retry message ], and confirms; WaConnect is still over its limit")
    stage.people.click("ana", SUPPORT, str(card["ts"]), "remedy.retry")
    refused = _reply(stage, SUPPORT, paste, "Retry by", "refused")
    screen.show(refused)
    _must(refused, "trying again in")
    screen.does("waerror", "edits its message as it goes on, until delivery is proven")
    done = _reply(stage, SUPPORT, paste, "Retry by", "accepted", "sent", "Done:", "delivered")
    screen.show(done)


def _reply(stage: Stage, channel: str, ts: str, *words: str) -> dict[str, Any]:
    """The reply that has all these words, waited for."""

    def found() -> dict[str, Any] | None:
        replies = stage.workspace.thread(channel, ts)[1:]
        return next((reply for reply in replies if all(word in plain(reply) for word in words)), None)

    return stage.workspace.wait_for(found, _PATIENCE, f"a reply with {words}") or {}


def _must(message: dict[str, Any], *words: str) -> None:
    missing = [word for word in words if word not in plain(message)]
    if missing:
        raise AssertionError(f"the answer lacks {missing}")
