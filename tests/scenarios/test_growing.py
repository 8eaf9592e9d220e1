"""What people know grows into the cards: votes, notes, corrections, and drafts of what nobody knew yet."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot import desk, knowledge
from bot.cli import main
from bot.standin import pings, plain
from bot.store import Tally
from tests.postgres import KEY
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town, finished

MEDIA = '{"error": {"message": "(#131053) Media upload error", "code": 131053}}'
UNKNOWN = (
    'POST /api/messages/text -> 409 {"success": false, "error": "Sender frobnication quota exhausted for +15550987654"}'
)
TAUGHT = {
    "title": "Frobnication quota exhausted",
    "codes": "",
    "says": "Sender frobnication quota exhausted for {number}",
    "cause": "WaConnect allows a sender ten frobnications a day.",
    "resolution": "1. Wait until midnight UTC\n2. Ask WaConnect's administrator for a larger quota",
    "can_retry": "after_wait",
    "wait": "2 hours",
    "fixed_by": "waconnect-admin",
    "family": "waconnect",
}
HOSTILE = "<!channel> call +1 555 098 7654, key wba_topsecretkey <https://evil.test|here>"


def asked(town: Town, text: str = MEDIA, who: str = "ana") -> tuple[str, str]:
    """Somebody asks in a channel; the message and the card below it."""
    ts = town.people.say(who, SUPPORT, f"@waerror {text}")
    town.settled(SUPPORT, ts)
    return ts, str(town.workspace.thread(SUPPORT, ts)[1]["ts"])


def value(card: str, pick: str) -> str:
    return json.dumps({"v": 1, "card": card, "pick": pick}, separators=(",", ":"))


def card_id(town: Town, ts: str) -> str:
    (message,) = [m for m in town.workspace.messages(SUPPORT) + whispers(town) if m["ts"] == ts]
    return str(message["blocks"][0]["block_id"]).split(".")[1]


def whispers(town: Town) -> list[dict[str, Any]]:
    return [message for user in ("ana", "ben") for message in town.workspace.ephemerals(user)]


def pick(town: Town, who: str, ts: str, entry: str) -> dict[str, Any]:
    """Choose in the menu behind ⋯; the form that opens, whatever still stands open."""
    before = set(town.workspace.open_views)
    assert town.people.click(who, SUPPORT, ts, "card.more", value(card_id(town, ts), entry)).acknowledged
    town.workspace.wait_for(lambda: town.workspace.open_views.keys() - before, what="another form")
    return opened(town, who)


def opened(town: Town, who: str) -> dict[str, Any]:
    """The form that this person has before them, waited for."""
    user = town.workspace.user_id(who)
    town.workspace.wait_for(lambda: town.workspace.stacks.get(user), what="a form")
    view: dict[str, Any] = town.workspace.open_views[town.workspace.stacks[user][-1]]
    return view


def vote(town: Town, who: str, ts: str, side: str) -> None:
    before = len(town.workspace.ephemerals(who))
    assert town.people.click(who, SUPPORT, ts, "card.vote", value(card_id(town, ts), side)).acknowledged
    town.workspace.wait_for(lambda: len(town.workspace.ephemerals(who)) > before)


def tally(town: Town, entry: str = "meta/131053") -> Tally:
    return town.house.store.votes.count(town.workspace.app.team_id, entry)


def test_the_last_click_of_a_person_counts(town: Town) -> None:
    """Each person has one voice on a card, and hears thanks where nobody else does."""
    _, card = asked(town)
    vote(town, "ana", card, "no")
    vote(town, "ana", card, "yes")
    vote(town, "ben", card, "yes")
    assert tally(town) == Tally(2, 0)
    assert "Thanks" in town.whisper("ben")
    vote(town, "ben", card, "no")
    assert tally(town) == Tally(1, 1)


def test_who_was_not_helped_is_offered_what_helps(town: Town) -> None:
    """*Not this error…* there corrects the card that everybody sees."""
    ts, card = asked(town)
    vote(town, "ben", card, "no")
    assert "Add note…" in town.whisper("ben")
    offer = town.workspace.ephemerals("ben")[-1]["ts"]
    assert town.people.click("ben", SUPPORT, offer, "card.more.wrong").acknowledged
    correct(town, "ben", opened(town, "ben"), "none")
    town.reply(SUPPORT, ts, "not this error", "not known to me yet")


def correct(town: Town, who: str, form: dict[str, Any], instead: str, comment: str = "") -> None:
    given = {"instead": instead} | ({"comment": comment} if comment else {})
    assert town.people.submit_view(who, form["id"], given).acknowledged


def test_a_correction_edits_the_card_and_joins_the_queue(town: Town) -> None:
    """It says who says what instead, with what that means; what is recognised does not change."""
    ts, card = asked(town, "the video upload to whatsapp fails: (#131052) Media download error")
    form = pick(town, "ben", card, "wrong")
    assert "131052" in plain(form)
    correct(town, "ben", form, "meta/131053", "<!here> the log says upload")
    shown = town.reply(SUPPORT, ts, "@U0BEN: not this error, but 131053")
    assert "the log says upload" in shown
    assert town.house.knowledge.entries["meta/131053"].cause in shown
    assert "131052 · " in shown
    assert town.workspace.thread(SUPPORT, ts)[1]["text"] == "Corrected: 131053 · Media upload error."
    assert len(town.replies(SUPPORT, ts)) == 1
    assert "<!here>" not in str(town.workspace.thread(SUPPORT, ts)[1])
    (item,) = town.house.store.queue.open(town.workspace.app.team_id)
    assert (item.kind, item.from_entry, item.to_entry, item.count) == ("corrected", "meta/131052", "meta/131053", 1)
    again, _ = asked(town, "the video upload to whatsapp fails: (#131052) Media download error")
    assert "not this error" not in town.replies(SUPPORT, again)[0]


def test_a_second_correction_takes_the_place_of_the_first(town: Town) -> None:
    """The form then offers what the card said at first, too."""
    ts, card = asked(town)
    correct(town, "ben", pick(town, "ben", card, "wrong"), "meta/131052")
    town.reply(SUPPORT, ts, "but 131052")
    form = pick(town, "ana", card, "wrong")
    assert "131053" in plain(form)
    correct(town, "ana", form, "meta/131053")
    assert "@U0BEN" not in town.reply(SUPPORT, ts, "@U0ANA: not this error, but 131053")


def test_a_private_answer_is_corrected_in_private(town: Town) -> None:
    """Nobody else saw the card."""
    town.people.command("ana", SUPPORT, "/waerror", "131053")
    card = town.workspace.ephemerals("ana")[-1]["ts"]
    correct(town, "ana", pick(town, "ana", card, "wrong"), "meta/131052")
    town.workspace.wait_for(lambda: "but 131052" in town.whisper("ana"))
    assert town.workspace.messages(SUPPORT) == []


def test_a_shared_answer_is_corrected_in_its_thread(town: Town) -> None:
    """Slack does not tell where a shared answer stands, so what was said stands below it."""
    town.people.command("ana", SUPPORT, "/waerror", "131053")
    town.people.click("ana", SUPPORT, town.workspace.ephemerals("ana")[-1]["ts"], "card.share")
    (shared,) = town.workspace.wait_for(lambda: town.workspace.messages(SUPPORT))
    correct(town, "ben", pick(town, "ben", shared["ts"], "wrong"), "meta/131052")
    town.reply(SUPPORT, shared["ts"], "but 131052")


def note(town: Town, who: str, card: str, text: str) -> None:
    form = pick(town, who, card, "note")
    assert town.people.submit_view(who, form["id"], {"text": text}).acknowledged


def test_a_note_is_shown_on_this_card_and_on_the_next_of_its_error(town: Town) -> None:
    """Also in the private answer to a command; not on another error's card."""
    ts, card = asked(town)
    note(town, "ben", card, "Our CDN blocks Meta's fetcher: ask ops to allow it")
    town.reply(SUPPORT, ts, "Our CDN blocks")
    assert len(town.replies(SUPPORT, ts)) == 1
    again, _ = asked(town)
    assert "Our CDN blocks" in town.replies(SUPPORT, again)[0]
    town.people.command("ana", SUPPORT, "/waerror", "131053")
    assert "Our CDN blocks" in town.whisper("ana")
    town.people.command("ana", SUPPORT, "/waerror", "131047")
    assert "Our CDN blocks" not in town.whisper("ana")
    alert = town.people.post_as_app(ALERTS, "CI", MEDIA)
    town.reply(ALERTS, alert, "Our CDN blocks")


def test_a_note_is_not_shown_in_another_workspace(town: Town) -> None:
    """Notes belong to a workspace and an error."""
    town.house.store.notes.add("T0OTHER", "meta/131053", "U1", "a secret of theirs")
    ts, _ = asked(town)
    assert "a secret of theirs" not in town.replies(SUPPORT, ts)[0]
    town.people.command("ana", SUPPORT, "/waerror", "note 131053")
    assert "a secret of theirs" not in town.whisper("ana")


def test_notes_are_typed_listed_and_deleted(town: Town) -> None:
    """Each keeps its number, and only its owner deletes it."""
    town.people.command("ana", SUPPORT, "/waerror", "note 131053 first thought")
    town.people.command("ben", SUPPORT, "/waerror", "note meta/131053 second thought")
    assert "2. second thought" in town.whisper("ben")
    town.people.command("ana", SUPPORT, "/waerror", "note 131053 delete 2")
    assert "Only who wrote a note can delete it" in town.whisper("ana")
    assert "second thought" in town.whisper("ana")
    town.people.command("ana", SUPPORT, "/waerror", "note 131053 delete 1")
    town.people.command("ana", SUPPORT, "/waerror", "note 131053")
    assert "first thought" not in town.whisper("ana")
    assert "2. second thought" in town.whisper("ana")
    for text in ("note", "note 999999 hello", f"note 131053 {'x' * 1001}"):
        town.people.command("ana", SUPPORT, "/waerror", text)
        assert any(word in town.whisper("ana") for word in ("/waerror note CODE", "too long"))


def test_more_notes_than_are_read_are_counted(town: Town) -> None:
    """The newest three, and where the others are."""
    for n in range(5):
        town.people.command("ana", SUPPORT, "/waerror", f"note 131053 thought {n}")
    town.people.command("ben", SUPPORT, "/waerror", "131053")
    card = town.whisper("ben")
    assert [n for n in range(5) if f"thought {n}" in card] == [2, 3, 4]
    assert "and 2 more: /waerror note 131053" in card


def test_an_injection_in_a_note_stays_text(town: Town) -> None:
    """It pings nobody, links nowhere and shows no number and no key, on the card and in the list."""
    ts, card = asked(town)
    note(town, "ben", card, HOSTILE)
    town.reply(SUPPORT, ts, "evil.test")
    town.people.command("ana", SUPPORT, "/waerror", "note 131053")
    for message in (town.workspace.thread(SUPPORT, ts)[1], town.workspace.ephemerals("ana")[-1]):
        assert [ping for ping in pings(message) if ping != "<@U0BEN>"] == []
        assert not [bad for bad in ("<https://evil", "topsecret", "0987654", "098 7654") if bad in str(message)]
    assert pings(town.workspace.thread(SUPPORT, ts)[1]) == []


def test_what_nobody_knows_is_queued_once(town: Town) -> None:
    """Asked by command, by mention and twice, with other numbers: one thing to learn, and nothing personal in it."""
    asked(town, UNKNOWN)
    asked(town, UNKNOWN.replace("0987654", "1112222"))
    town.people.command("ana", SUPPORT, "/waerror", UNKNOWN)
    (item,) = town.house.store.queue.open(town.workspace.app.team_id)
    assert (item.kind, item.count, item.status) == ("unmatched", 3, "open")
    assert "frobnication" in item.sample
    assert "0987654" not in item.sample
    assert town.house.store.queue.open("T0OTHER") == ()


@pytest.mark.parametrize(
    ("text", "joins"),
    [
        ("whatsapp worker: send failed: frobnication quota exhausted", True),
        (UNKNOWN.replace("POST", "WaConnect POST"), True),
        ("lunch?", False),
        ("Deploy of the whatsapp worker 2.4 finished, error handling improved", False),
        ("disk error on db-2", False),
    ],
)
def test_an_alert_in_silence_joins_only_when_it_is_about_us_and_an_error(town: Town, text: str, joins: bool) -> None:
    """The channel hears nothing in either case."""
    ts = town.people.post_as_app(ALERTS, "CI", text)
    assert town.settled(ALERTS, ts) == []
    assert len(town.house.store.queue.open(town.workspace.app.team_id)) == joins


def taught(town: Town, **changes: str) -> Any:
    """Somebody fills the form that *Teach me…* opens; the answer to the submission."""
    _, card = asked(town, UNKNOWN)
    assert town.people.click("ana", SUPPORT, card, "card.teach").acknowledged
    form = opened(town, "ana")
    assert "frobnication quota exhausted for {number}" in plain(form)
    return town.people.submit_view("ana", form["id"], TAUGHT | changes)


def test_an_unknown_error_is_taught_drafted_and_then_recognised(
    open_town: OpenTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that a maintainer accepts is all that it takes; before that nothing changes."""
    before = date.today()  # noqa: DTZ011
    with open_town() as town:
        assert taught(town).acknowledged
        (item,) = town.house.store.queue.open(town.workspace.app.team_id)
        assert item.id[:8] in plain(opened(town, "ana"))
        ts, _ = asked(town, UNKNOWN)
        assert "I do not recognise this" in town.replies(SUPPORT, ts)[0]
        folder = tmp_path / "knowledge"
        shutil.copytree(knowledge.find(), folder)
        monkeypatch.setenv("WAERROR_DATABASE_URL", town.house.settings.waerror_database_url)
        monkeypatch.setenv("WAERROR_SECRET_KEY", KEY)
        done = CliRunner().invoke(main, ["kb", "draft", item.id[:8], "--folder", str(folder)])
        assert done.exit_code == 0, done.output
        assert town.house.store.queue.open(item.team)[0].status == "drafted"
    lint = CliRunner().invoke(main, ["kb", "lint", "--folder", str(folder)])
    assert lint.exit_code == 0, lint.output
    given = desk.answer(UNKNOWN, "ask", knowledge.load(folder), True)
    best = given.diagnosis.best
    assert best is not None
    assert (best.entry.id, best.entry.verdict.wait_seconds) == ("waconnect/frobnication-quota-exhausted", 7200)
    assert best.entry.sources[0].name in {f"Team, {day}" for day in (before, date.today())}  # noqa: DTZ011


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"codes": "131047"}, "codes", "131047 is known"),
        ({"codes": "abc"}, "codes", "Numbers only"),
        ({"says": "Media upload error"}, "says", "meta/131053"),
        ({"says": "oops"}, "says", "One word"),
        ({"wait": ""}, "wait", "how long"),
        ({"wait": "a while"}, "wait", "90 seconds"),
        ({"can_retry": "after_fix"}, "fix", "must be fixed"),
        ({"title": "   "}, "title", "Please say"),
    ],
)
def test_a_form_that_cannot_be_an_entry_says_what_is_missing(
    town: Town, changes: dict[str, str], field: str, says: str
) -> None:
    """Beside the field, in words, and nothing is kept."""
    answer = taught(town, **changes)
    assert answer.error is None
    assert says in answer.payload["errors"][field]
    assert town.house.store.queue.open(town.workspace.app.team_id)[0].draft is None


def test_clicks_that_mean_nothing_are_answered_in_words(town: Town) -> None:
    """An entry of a menu of tomorrow, a card that is gone, a side that is neither."""
    old = {"card.more": "dance", "card.vote": "maybe", "card.teach": "x", "card.more.note": "note"}
    for action_id, side in old.items():
        button = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "action_id": action_id}
        blocks = [{"type": "actions", "elements": [button | {"value": value("00000000", side)}]}]
        ts = town.people.say("ben", SUPPORT, "old", blocks=blocks)
        before = len(town.workspace.ephemerals("ana"))
        assert town.people.click("ana", SUPPORT, ts, action_id).acknowledged
        town.workspace.wait_for(lambda n=before: len(town.workspace.ephemerals("ana")) > n)
        assert "too old" in town.whisper("ana")
    _, card = asked(town)
    form = pick(town, "ana", card, "note")
    form["callback_id"] = "form.of.yesterday"
    assert town.people.submit_view("ana", form["id"], {"text": "x"}).acknowledged
    assert "too old" in plain(opened(town, "ana"))
    form = pick(town, "ana", card, "note")
    form["private_metadata"] = "{}"
    assert town.people.submit_view("ana", form["id"], {"text": "x"}).acknowledged
    assert "too old" in plain(opened(town, "ana"))


def test_a_redraw_after_a_crash_is_the_same_redraw(town: Town) -> None:
    """The workflow is known by the form that was submitted, so it runs once."""
    ts, card = asked(town)
    form = pick(town, "ben", card, "note")
    town.people.submit_view("ben", form["id"], {"text": "one thought"})
    town.reply(SUPPORT, ts, "one thought")
    finished(f"redraw:U0BEN/{form['id']}")
    assert len(town.workspace.calls_of("chat.update")) == 1
