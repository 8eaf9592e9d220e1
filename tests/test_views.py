"""Every view, empty, usual and overlong, is what Slack takes; what comes from outside is inert and masked."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import SecretStr

from bot import desk, knowledge
from bot.accounts import Account
from bot.desk.bulk import PLANS, Candidate, DryRun
from bot.desk.findings import Examined, Finding
from bot.desk.incidents import CHANGES, STATES
from bot.diagnosis.entries import Entry
from bot.diagnosis.values import Diagnosis
from bot.intake import Arrived
from bot.knowledge import Knowledge
from bot.listeners.menu import PICKS
from bot.standin import plain
from bot.standin.blocks import checked_blocks
from bot.store import Bulk, Correction, Deed, Health, Incident, Named, Note, Notice, Press, Quiet, Step, Waiting
from bot.store.notes import LONGEST, MOST
from bot.views import (
    account,
    arrival,
    bulk,
    card,
    corrections,
    evidence,
    fields,
    findings,
    forms,
    health,
    help,
    history,
    incident,
    notes,
    reveal,
    synthetic,
    teaching,
    timeline,
)  # fmt: skip
from bot.views.blocks import Blocks, outside
from bot.views.margins import Margins, alone
from bot.views.rate import Rate
from bot.waconnect.client import Probe
from bot.waconnect.limits import FIELDS
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest
from bot.waconnect.records import MessageStatus, StatusStep

SHARED = Path(os.environ.get("WAERROR_SHARED", Path(__file__).parent.parent.parent / "shared"))
MARK = "abcdefabcdefabcd"
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
SENT = 'POST /api/messages/text {"to": "15550987654", "body": "Your order left"}'
HOSTILE = "<!channel> <@U0ANA> <https://evil.test|ok> & *x* wba_secretsecret +1 555 123 4567 " + "x" * 5000
REQUEST = {"endpoint": "messages/text", "body": {"to": "15550987654", "body": HOSTILE}}
PRESS = Press("p1", MARK, "C1", "1.2", "U0ANA", REQUEST, NOW)
STEPS = tuple(
    Step(f"step/{n}", state, {"says": HOSTILE, "message_id": "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI", **extra}, NOW)
    for n, (state, extra) in enumerate(
        [
            ("refused", {"again_in": 4.0}),
            ("sending", {}),
            ("accepted", {}),
            ("pending", {}),
            ("sent", {}),
            ("delivered", {}),
            ("read", {}),
            ("failed", {}),
            ("unknown", {}),
            ("not_sent", {}),
            *((state, {}) for state in timeline.STEPS),
            ("scheduled", {"due": NOW.isoformat(), "because": HOSTILE}),
            ("sent_early", {"user": "U0ANA<!channel>"}),
            ("found_none", {"since": NOW.isoformat(), "user": "U0ANA"}),
            ("was_delivered", {"status": HOSTILE, "seen_at": NOW.isoformat()}),
            ("a state of tomorrow", {}),
        ]
    )
)
STATUS = MessageStatus(
    "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI",
    "15550987654",
    "failed",
    (StatusStep("sent", NOW), StatusStep(HOSTILE, None)),
    HOSTILE,
)


COUNTS = {"sent": 1234, "delivered": 1200, "failed": 12}
GOOD = Health("production", NOW, "good", 0.2, COUNTS, HOSTILE, NOW)
ACCOUNT = Account("production", SecretStr("wba_secretsecret"), "https://a.test/")
MANY = replace(ACCOUNT, numbers={f"15550987654{n}": HOSTILE for n in range(30)})
HEALTHS: dict[str, list[health.Checked]] = {
    "good": [(ACCOUNT, GOOD, None)],
    "changed": [(MANY, GOOD, replace(GOOD, counts={"failed": 2}))],
    "not understood": [(ACCOUNT, replace(GOOD, counts=None, last_error=""), GOOD)],
    "several": [(ACCOUNT, GOOD, GOOD), (MANY, replace(GOOD, outcome="key_invalid", counts=None), GOOD)],
    "many": [(MANY, GOOD, replace(GOOD, counts={}))] * 60,
}
DEED = Deed("T1", "U0ANA", "retry.ended", HOSTILE, HOSTILE, "production", MARK, "C1", "p1", NOW)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def views(known: Knowledge) -> Iterator[tuple[str, Blocks]]:
    """One of each, and the awkward ones."""

    def answer(text: str) -> desk.Answer:
        return desk.answer(text, "ask", known, True)

    for name, text in {
        "code": "131047",
        "request": f"{SENT} -> 429 (#130429) Rate limit hit",
        "disagreement": "132000",
        "several": "131026 131047 130429 132000 131049 131053 131056 131031 failed",
        "hostile": f"131047 {HOSTILE}",
        "nothing": HOSTILE,
        "empty": "",
    }.items():
        yield f"card {name}", card.card(answer(text), MARK, share=True)
    for entry in known.entries.values():
        yield f"card {entry.id}", card.card(answer(entry.says[0]), MARK)
    for outcome in ("good", "key_invalid", "account_disabled", "refused", "unreachable"):
        yield f"account {outcome}", account.account(Probe(outcome, 0.2, HOSTILE), "U0ANA", NOW, MARK)
    for end in (None, *timeline.OUTCOMES):
        press = replace(PRESS, outcome=end)
        yield f"retry {end}", timeline.retry(shown(press, STEPS, known.entries["meta/131047"]), MARK)
        yield f"repeated {end}", timeline.retry(shown(replace(press, repeats="p0"), STEPS[:3]), MARK)
        yield f"bare {end}", timeline.retry(shown(press, ()), MARK)
    yield "retry long", timeline.retry(shown(PRESS, STEPS * 30), MARK)
    yield "scheduled", timeline.retry(shown(PRESS, STEPS, due_at=NOW), MARK)
    yield "in the terminal", timeline.retry(shown(replace(PRESS, user="terminal:<!channel>"), STEPS), MARK)
    yield "status", timeline.status(STATUS, known.entries["meta/131047"], MARK)
    yield "status raw", timeline.status(STATUS, None, MARK)
    yield "status bare", timeline.status(MessageStatus("wamid.1", "", "unknown"), None, MARK)
    yield "status failed", timeline.status_failed("wamid.1", HOSTILE, None, MARK)
    for text in (f"{SENT} -> 429 (#130429) Rate limit hit", HOSTILE, "", "131026 131047 failed"):
        yield f"evidence {text[:20]}", evidence.evidence(answer(text), MARK)
    for name, margins in margins_of(known).items():
        for text in ("131047", "131026 131047 130429 132000 131049 131053 131056 131031 failed", "132000", ""):
            yield f"card {text[:20]} {name}", card.card(answer(text), MARK, share=True, margins=margins)
        yield f"margins {name}", alone(margins, MARK)
    yield "card without a menu", card.card(answer("131047"), MARK, menu={})
    for count in (0, 1, MOST):
        note = Note(1, "U0ANA", HOSTILE[:LONGEST], NOW)
        yield f"notes {count}", notes.listing(known.entries["meta/131047"], (note,) * count, "131047", "Added.")
    for name, picture in pictures(known):
        for text in ("131047", f"131047 {HOSTILE}", ""):
            yield f"incident {name} {text[:20]}", incident.incident_card(picture, answer(text))
    for count in (0, 1, 1_234_567):
        for kind in ("storm", "loop"):
            says = incident.notice(Notice("T1", "C1", kind, 1.0, False), Waiting(count, count, count))
            yield f"notice {kind} {count}", incident.remark(says, kind)
    yield "offers", notes.offers(MARK)
    for name, checked in HEALTHS.items():
        yield f"health {name}", health.health(checked)
    for count in (0, 1, 40):
        doubts = [Finding("warning", HOSTILE, "x")] * count
        looked = (Finding("error", HOSTILE, HOSTILE), Finding("good", "well"), *doubts)
        yield f"findings {count}", findings.findings([Examined("slack", looked)] * max(1, count // 4))
    yield "synthetic", synthetic.synthetic(answer("131047"), NOW)
    for count in (0, 1, 40):
        yield f"history {count}", history.history([DEED] * count, MARK)
    for name, run in runs():
        yield f"bulk {name}", bulk.progress(run, {}, "Only <@U0BEN> may approve.")
        counts = dict.fromkeys(("waiting", "sending", "following", *timeline.OUTCOMES), 123_456)
        yield f"bulk {name} full", bulk.progress(run, counts)
    for name, told in arrivals().items():
        yield f"arrival {name}", arrival.arrival(told, "Grafana (payments)", MARK)
        for count, over in ((1, False), (1_234_567, True)):
            yield f"plain {name} {count}", arrival.plain(told, "Webhook (payments)", MARK, count, NOW, NOW, over)
    noticed = replace(answer("130429"), account="staging", names_account=True, notice="This names staging's number.")
    yield "card with a notice", card.card(noticed, MARK)
    yield "help", help.usage()
    yield "help with a problem", help.usage("I did not understand that.")


def arrivals() -> dict[str, Arrived]:
    """What came by a webhook: nothing in it, the usual, and too much."""
    labels = {f"{HOSTILE[:30]}{n}": HOSTILE for n in range(40)}
    return {
        "empty": Arrived("", ""),
        "usual": Arrived("1", "Sends fail", "(#131047) Re-engagement message", labels={"severity": "critical"}),
        "hostile": Arrived("1", HOSTILE[:300], HOSTILE, labels=labels),
        "message": Arrived("1", "A WhatsApp message to ••••4567 failed", SENT, message_id="wamid.1"),
        "notice": Arrived("1", "Amazon SNS asks", "open https://sns.eu-west-1.amazonaws.com/?a", notice=True),
    }


def runs() -> Iterator[tuple[str, Bulk]]:
    """Every state, alone and with all that can stand in it."""
    bare = Bulk(MARK, "T1", MARK, "C1", "1.2", "default", "U0ANA", None, "asked", None, 1, NOW, None, None, False)
    for state in ("asked", "running", "paused", "stopped", "done"):
        yield state, replace(bare, state=state)
        long = replace(bare, state=state, account=HOSTILE, approver="U0BEN", why=HOSTILE, total=1_234_567, ended_at=NOW)
        yield f"{state}, full", long


def pictures(known: Knowledge) -> Iterator[tuple[str, incident.Picture]]:
    """Every state, alone and with all that can stand in a header."""
    many = {kind: Named(1_000_000, (HOSTILE, "<@U0ANA>", "")) for kind in ("recipient", "sender", "template", "source")}
    bare = Incident(
        MARK, "T1", "C1", desk.Cause("meta/131047", 0, "default"), True, "open", None, None, NOW, None, "1.2", False,
        False, NOW, NOW, 1, None, 1, 0, NOW, None, None, "", 1, 0, 0,
    )  # fmt: skip
    for state in STATES:
        yield state, incident.Picture(replace(bare, state=state), {})
        full = replace(bare, state=state, state_by="U0ANA", until=NOW, count=1_234_567, late=True, twin=MARK)
        margins = margins_of(known)["too much"]
        link = "https://standin.slack.com/archives/C1/p12"
        yield f"{state}, full", incident.Picture(full, many, Rate("▁" * 20, "a minute"), bare, link, margins)


def margins_of(known: Knowledge) -> dict[str, Margins]:
    """Nothing, the usual, and too much."""
    entry = known.entries["meta/131053"]
    short, long = Note(1, "U0ANA", "ask ops", NOW), Note(2, "U0ANA", HOSTILE[:LONGEST], NOW)
    named = Correction("U0ANA", "meta/131047", "meta/131053", "the log says so", NOW)
    return {
        "nothing": Margins(),
        "a note": Margins((short,), "131047"),
        "corrected": Margins((), "131053", named, entry),
        "none of these": Margins((short,), "131047", Correction("U0ANA", "meta/131047", None, "", NOW)),
        "too much": Margins((long,) * MOST, "131053", Correction("U1", "meta/1", "meta/2", HOSTILE, NOW), entry),
    }


def modals(known: Knowledge) -> Iterator[Any]:
    """Every form, empty, usual and overlong."""
    origin = forms.FormOrigin(card=MARK, channel="C1", thread="1.2")
    long: dict[str, Any] = {field.name: "x" * 4000 for fields in FIELDS.values() for field in fields}
    long |= {"latitude": 1, "longitude": 1, "buttons": [{"id": "x" * 4000}] * 3, "buttonType": "copy_code"}
    bodies = ({}, {"to": "", "body": ""}, long, {**long, HOSTILE: HOSTILE}, {"to": 1, "buttons": [{}] * 9})
    why = forms.Why(HOSTILE, known.entries["meta/131047"], NOW)
    for endpoint in ENDPOINTS:
        for body in bodies:
            yield forms.retry_form(OutboundRequest(endpoint, body), why, origin)
    yield forms.retry_form(OutboundRequest("messages/text", {}), forms.Why("?"), origin)
    yield forms.refusal(HOSTILE)
    click = desk.Click("U1/1/1", MARK, "T1", "U1", "C1", "1.2", "https://hooks.slack.test/" + "x" * 500)
    carries, entries = desk.carried(click), tuple(known.entries.values())
    yield notes.form(entries[0], carries)
    for many in (0, 1, 8):
        yield corrections.form(entries[0], entries[:many], carries)
    yield bulk.looking()
    waits = "More than 50 messages: a second person must approve."
    for plans in ((), ("safe",), ("pointless",), (*PLANS, "safe") * 30):
        run = DryRun(tuple(Candidate(str(n), plan) for n, plan in enumerate(plans)), 1_000_000)
        yield bulk.dry_run(run, HOSTILE, 10, waits, carries)
    for says, code in (("", None), ("Media upload error", 131053), (HOSTILE, 999_999_999)):
        yield teaching.form(says, code, carries)
    yield fields.told("Teach me, a title that is much too long", HOSTILE)


def shown(
    press: Press, steps: tuple[Step, ...], explained: Entry | None = None, due_at: datetime | None = None
) -> timeline.Timeline:
    return timeline.Timeline(press, steps, explained, due_at, 86_400)


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node["text"] for _ in [0] if isinstance(node.get("text"), str))
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from texts(child)


def test_every_view_keeps_slacks_limits(known: Knowledge) -> None:
    """What the schema lacks: at most 50 blocks, unique ids of blocks and controls, one table, two charts.

    And no empty text, fewer than 12,000 characters, each block marked as ours.
    """
    for name, blocks in views(known):
        checked_blocks(blocks)
        kinds = [block["type"] for block in blocks]
        assert kinds.count("table") <= 1, name
        assert kinds.count("data_visualization") <= 2, name
        assert 1 <= len(blocks) <= 50, name
        assert len(json.dumps(blocks)) <= 12_000, name
        ids = [block["block_id"] for block in blocks]
        assert len(set(ids)) == len(ids), name
        assert all(i.startswith(desk.OUR_BLOCKS) and len(i) <= 255 for i in ids), name
        actions = [e["action_id"] for b in blocks if b["type"] == "actions" for e in b["elements"]]
        assert len(set(actions)) == len(actions), name
        assert all(text.strip() for text in texts(blocks)), name


def test_every_view_fits_slacks_schema(known: Knowledge) -> None:
    """Held against the published schema of Block Kit."""
    path = SHARED / "schemas" / "slack-block-kit.schema.json"
    if not path.is_file():
        pytest.skip(f"Block Kit's schema is not at {path}: set WAERROR_SHARED to the folder that has schemas/")
    check = jsonschema.Draft202012Validator(json.loads(path.read_text()))
    for name, blocks in views(known):
        assert [error.message[:200] for error in check.iter_errors(blocks)] == [], name


def test_nothing_from_outside_pings_links_or_shows_a_secret(known: Knowledge) -> None:
    """A pasted mass mention is text, a pasted link is no link, keys and numbers are masked."""
    for name, blocks in views(known):
        shown = json.dumps(blocks, ensure_ascii=False)
        for harmful in ("<!channel>", "<https://evil", "wba_secret", "0987654", "555 123"):
            assert harmful not in shown, (name, harmful)


def test_the_buttons_and_the_evidence_survive_an_overlong_card(known: Knowledge) -> None:
    """What does not fit is left out from the middle."""
    given = desk.answer(f"{SENT} -> 429 (#130429) Rate limit hit {HOSTILE}", "ask", known, True)
    blocks = card.card(given, MARK)
    assert blocks[0]["type"] == "header"
    assert any(block["type"] == "actions" for block in blocks)
    assert "checked" in json.dumps(blocks[-1])


def test_the_card_gives_both_sides_where_sources_disagree(known: Knowledge) -> None:
    """131030 and 132000 mean one thing at WaConnect and another at Meta; the card says what to check first."""
    for code in ("131030", "132000"):
        shown = json.dumps(card.card(desk.answer(code, "ask", known, True), MARK), ensure_ascii=False)
        assert "Sources disagree" in shown
        assert "WaConnect, error codes" in shown
        assert "Meta," in shown
        assert (known.entries[f"meta/{code}"].check_first or "?")[:40] in shown


def test_a_retry_is_confirmed_with_a_masked_recipient(known: Knowledge) -> None:
    """The dialog says to whom, what and from where."""
    given = desk.answer(f"{SENT} -> 429 (#130429) Rate limit hit", "ask", known, True)
    (button,) = [
        element
        for block in card.card(given, MARK)
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "remedy.retry"
    ]
    says = button["confirm"]["text"]["text"]
    assert "••••7654" in says
    assert "text" in says
    assert "account" in says


def test_no_match_names_the_nearest_as_buttons(known: Knowledge) -> None:
    """Somebody who asked gets candidates, and hears what was seen."""
    diagnosis = desk.answer("template paused because of quality", "ask", known, True).diagnosis
    near = Diagnosis("ask", False, diagnosis.matches[:2])
    blocks = card.card(desk.Answer(near, None, None, (), None), MARK)
    shown = json.dumps(blocks)
    assert "I do not recognise this" in shown
    assert shown.count("entry.show.") == len(near.matches)


def test_the_summary_is_one_line_for_notifications(known: Knowledge) -> None:
    """It says the code, the title and the verdict."""
    given = desk.answer("131047", "ask", known, True)
    assert card.summary(given).startswith("131047 · Re-engagement message. Sending again:")
    assert "recognise" in card.summary(desk.answer("", "ask", known, True))


def test_a_value_from_outside_is_one_short_line() -> None:
    """However long and broken it was."""
    assert outside("a\n\n b" + "x" * 1000, 20) == "a b" + "x" * 16 + "…"


def test_modals_fit_slacks_schema(known: Knowledge) -> None:
    """The form of each endpoint, empty, usual and overlong, and what replaces it."""
    path = SHARED / "schemas" / "slack-block-kit.schema.json"
    if not path.is_file():
        pytest.skip(f"Block Kit's schema is not at {path}: set WAERROR_SHARED to the folder that has schemas/")
    schema = json.loads(path.read_text())
    check = jsonschema.Draft202012Validator({**schema["$defs"]["modal_view"], "$defs": schema["$defs"]})
    for view in modals(known):
        assert [error.message[:200] for error in check.iter_errors(view.to_dict())] == []


def test_the_menu_shows_what_has_a_listener() -> None:
    """An entry that nobody answers is an error that a person sees; so is a listener that nobody can reach."""
    changes = {pick for pick, change in CHANGES.items() if change.in_menu}
    assert card.MENU.keys() | changes == PICKS.keys()
    assert notes._OFFERED.keys() <= PICKS.keys()


def test_what_was_said_stays_on_an_overlong_card(known: Knowledge) -> None:
    """The correction comes first; the votes and the buttons are not left out."""
    given = desk.answer("131026 131047 130429 132000 131049 131053 131056 131031 failed", "ask", known, True)
    blocks = card.card(given, MARK, margins=margins_of(known)["too much"])
    shown = json.dumps(blocks, ensure_ascii=False)
    assert "not this error, but *131053" in blocks[0]["text"]["text"]
    assert f"and {MOST - 3} more: `/waerror note 131053`" in shown
    assert {"actions", "context_actions"} <= {block["type"] for block in blocks}


def test_the_health_tells_what_changed() -> None:
    """As much more as since the last time; nothing where nothing is known to compare with."""
    shown = [json.dumps(health.health(HEALTHS[name]), ensure_ascii=False) for name in ("good", "changed", "several")]
    assert "1,234 sent, 1,200 delivered, 12 failed" in shown[0]
    assert "since" not in shown[0]
    assert "+1,234 sent, +1,200 delivered, +10 failed since" in shown[1]
    assert "and 10 more" in shown[1]
    assert "since" not in shown[2]
    assert "did not say how many" in json.dumps(health.health(HEALTHS["not understood"]))


def test_the_history_is_newest_first_and_says_how_much_is_older() -> None:
    """In the order of the store, bounded."""
    deeds = [replace(DEED, result=str(n)) for n in range(40)]
    shown = plain({"blocks": history.history(deeds, MARK)})
    assert shown.index("retry ended: 0") < shown.index("retry ended: 14")
    assert "and 25 older" in shown
    assert "Nothing was done" in plain({"blocks": history.history([], MARK)})


def test_a_reveal_is_inert_and_shows_no_key(known: Knowledge) -> None:
    """Number and body, clipped; a body cannot end its block, ping, or link."""
    body = json.dumps({"to": "15550987654", "body": f"``` {HOSTILE}"})
    given = desk.answer(f"POST /api/messages/text {body} 130429", "ask", known, True)
    shown = json.dumps(reveal.reveal(given, MARK), ensure_ascii=False)
    assert "15550987654" in shown
    assert shown.count("```") == 2
    for harmful in ("<!channel>", "<https://evil", "secretsecret"):
        assert harmful not in shown
    bare = desk.answer(
        '{"statuses": [{"recipient_id": "15550987654", "errors": [{"code": 131026}]}]}', "ask", known, True
    )
    assert "15550987654" in json.dumps(reveal.reveal(bare, MARK))


def test_the_second_press_is_told_who_was_first() -> None:
    """And how it ended, if it has."""
    assert "<@U0ANA>" in timeline.already(PRESS)
    assert "under way" in timeline.already(PRESS)
    done = Press("p1", MARK, "C1", "1.2", "U0ANA", REQUEST, NOW - timedelta(hours=1), "delivered")
    assert "delivered" in timeline.already(done)
    assert "sent to the same recipient" in timeline.already(Quiet(PRESS, NOW))
