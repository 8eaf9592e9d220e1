"""*Retry all…* of an incident: a dry run first, then a run that can be approved, paused, resumed and stopped.

What is sent is decided anew when the form is submitted: what stood in the form may be minutes old.
"""

import re
from contextlib import suppress
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.models.views import View

from bot import desk
from bot.desk import Click
from bot.desk.rights import Right, approval
from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed, tell
from bot.listeners.chosen import submitted
from bot.listeners.rights import permitted
from bot.slack_errors import ThreadError, speaking
from bot.store import Bulk, BulkState, Deed, Incident, new_bulk
from bot.store.audit import What
from bot.store.press import UNCLEAR
from bot.telemetry import report
from bot.views import bulk as view
from bot.views.fields import told

# A button of the run: from which states it leads to which.
_CHANGES: dict[str, tuple[tuple[BulkState, ...], BulkState]] = {
    "pause": (("running",), "paused"),
    "resume": (("paused",), "running"),
    "stop": (("asked", "running", "paused"), "stopped"),
    "approve": (("asked",), "running"),
}
# Each is looked for several times, and WaConnect's list is read each time.
_MOST_LOOKED_FOR = 50
_NOT_POSTED = "Slack did not take the table. Try again in a minute."


def register(app: App) -> None:
    app.action("incident.bulk")(ask)
    app.view(view.CALLBACK)(begin)
    app.action(re.compile(rf"^bulk\.({'|'.join(_CHANGES)})$"))(change)
    app.action("bulk.outcomes")(outcomes)
    app.action("bulk.check")(check)


def ask(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient, house: House) -> None:
    """The dry run: opened at once, filled when every message was looked at."""
    ack()
    found = pressed(house, body)
    one = _incident(house, found[0]) if found else None
    if found is None or one is None or not house.can_act:
        tell(respond, TOO_OLD)
        return
    if says := _refused(house, found[0], one):
        tell(respond, says)
        return
    opened = client.views_open(trigger_id=body["trigger_id"], view=view.looking())
    run = house.duties.bulk.planning.dry_run(one)
    waits, rate = approval(len(run.safe), house.settings), house.settings.bulk_per_second
    shown = view.dry_run(run, one.cause.account, rate, waits, desk.carried(found[0]))
    _show(client, opened["view"]["id"], shown)


def begin(ack: Ack, body: dict[str, Any], client: WebClient, house: House) -> None:
    """The form was submitted."""
    found = submitted(house, body)
    one = _incident(house, found[0]) if found else None
    if found is None or one is None or not house.can_act:
        ack(response_action="update", view=told(view.TITLE, TOO_OLD))
        return
    ack(response_action="update", view=view.looking())
    says = _refused(house, found[0], one) or _made(house, found[0], one)
    _show(client, body["view"]["id"], told(view.TITLE, says))


def change(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    click, bulk = _of_button(house, body)
    if click is None or bulk is None:
        tell(respond, TOO_OLD)
        return
    pick = str(body["actions"][0]["action_id"]).partition(".")[2]
    says = _not_second(click, bulk) if pick == "approve" else None
    says = says or _permitted(house, click.user, "approve" if pick == "approve" else "bulk", bulk)
    if says is None and not _changed(house, click, bulk, pick):
        now = house.store.bulks.find(bulk.id, bulk.team) or bulk
        says = f"Somebody was quicker: it is {now.state}."
    if says:
        tell(respond, says)


def outcomes(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    """The table as it is now, posted once more: numbers are masked in it, so looking needs no right."""
    ack()
    click, bulk = _of_button(house, body)
    if click is None or bulk is None:
        tell(respond, TOO_OLD)
        return
    try:
        house.duties.bulk.reporting.outcomes(bulk)
    except ThreadError:
        tell(respond, _NOT_POSTED)
    else:
        _note(house, bulk, click.user, "bulk", "outcomes")


def check(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    """Look for those of unknown fate once more. Nothing is sent, so it needs no right."""
    ack()
    click, bulk = _of_button(house, body)
    if click is None or bulk is None:
        tell(respond, TOO_OLD)
        return
    retrying, find = house.duties.retrying, house.store.presses.find
    unclear = house.store.bulks.of_outcome(bulk.id, UNCLEAR, _MOST_LOOKED_FOR)
    begun = sum(retrying.check_again(find(press_id), click.user) for press_id in unclear)
    _note(house, bulk, click.user, "check_again", "begun", f"{begun} messages")
    tell(respond, f"Looking for {begun} of them in WaConnect’s records. What is found is counted above.")


def _incident(house: House, click: Click) -> Incident | None:
    return house.store.incidents.find(click.card, click.team)


def _of_button(house: House, body: dict[str, Any]) -> tuple[Click | None, Bulk | None]:
    """The button of a run carries the run's id where others carry their card's."""
    click = desk.click(body)
    return click, house.store.bulks.find(click.card, click.team) if click else None


def _made(house: House, click: Click, one: Incident) -> str:
    """Decide anew and begin; what the person is told."""
    safe = house.duties.bulk.planning.dry_run(one).safe
    if not safe:
        return "Nothing is left that can be sent again safely. Nothing was sent."
    waits = approval(len(safe), house.settings)
    place = (one.channel, one.root or click.thread)
    state: BulkState = "asked" if waits else "running"
    bulk = new_bulk(one.team, one.id, place, one.cause.account, click.user, len(safe), state)
    messages = ((each.claim, each.request, each.failed_id) for each in safe if each.request)
    if not house.store.bulks.make(bulk, messages):
        return "Somebody was quicker: a retry of this incident is under way already. The thread shows how it stands."
    _note(house, bulk, click.user, "bulk", "asked" if waits else "begun", f"{len(safe)} messages")
    report("bulk.made", bulk=bulk.id, total=bulk.total, waits=bool(waits))
    house.duties.bulk.running.wake()
    return waits or f"{len(safe):,} messages are being sent again. The thread shows how far it is."


def _changed(house: House, click: Click, bulk: Bulk, pick: str) -> bool:
    frm, to = _CHANGES[pick]
    approver = click.user if pick == "approve" else None
    if not house.store.bulks.change(bulk.id, bulk.team, to, frm, approver=approver):
        return False
    _note(house, bulk, click.user, "approve" if pick == "approve" else "bulk", pick, f"{bulk.total} messages")
    house.duties.bulk.running.wake()
    return True


def _refused(house: House, click: Click, one: Incident) -> str | None:
    running = house.store.bulks.of_incident(one.id, one.team)
    if running:
        return f"A retry of this incident is under way already, by <@{running.user}>: it is {running.state}."
    where = {"team": one.team, "card": one.id, "channel": one.channel, "account": one.cause.account}
    return permitted(house, click.user, "bulk", **where)


def _not_second(click: Click, bulk: Bulk) -> str | None:
    return "A second person must approve it: you asked for it yourself." if click.user == bulk.user else None


def _permitted(house: House, user: str, right: Right, bulk: Bulk) -> str | None:
    where = {"team": bulk.team, "card": bulk.incident, "channel": bulk.channel, "account": bulk.account}
    return permitted(house, user, right, **where)


def _show(client: WebClient, view_id: str, shown: View) -> None:
    """Whoever closed the form meanwhile does not want to see it."""
    with suppress(ThreadError), speaking():
        client.views_update(view_id=view_id, view=shown)


def _note(house: House, bulk: Bulk, user: str, what: What, result: str, detail: str = "") -> None:
    house.store.audit.note(Deed(bulk.team, user, what, result, detail, bulk.account, bulk.incident, bulk.channel))
