"""Somebody asks: by command, mention, direct message or shortcut, and gets one honest answer in the right place."""

from bot.standin import pings
from tests.scenarios.conftest import ALERTS, PRIVATE, SUPPORT, Town


def test_a_typed_code_is_answered_to_the_one_who_typed_it(town: Town) -> None:
    """`/waerror 132000` answers in its acknowledgement; the channel sees nothing until it is shared."""
    answer = town.people.command("ana", SUPPORT, "/waerror", "132000")
    assert answer.acknowledged
    assert "132000 · Template" in town.whisper("ana")
    assert "Sources disagree" in town.whisper("ana")
    assert town.workspace.messages(SUPPORT) == []
    ts = town.workspace.ephemerals("ana")[-1]["ts"]
    town.people.click("ana", SUPPORT, ts, "card.share")
    shared = town.workspace.wait_for(lambda: town.workspace.messages(SUPPORT))
    assert "Re-check account" in str(shared[0])
    assert "Share in channel" not in str(shared[0])


def test_the_command_works_where_the_bot_is_not(town: Town) -> None:
    """Commands need no membership, and neither does sharing the answer."""
    town.people.command("ana", PRIVATE, "/waerror", "131047")
    assert "131047" in town.whisper("ana")
    ts = town.workspace.ephemerals("ana")[-1]["ts"]
    town.people.click("ana", PRIVATE, ts, "card.share")
    town.workspace.wait_for(lambda: town.workspace.messages(PRIVATE))


def test_help_explains_itself_with_examples(town: Town) -> None:
    """Also when nothing was typed."""
    for text in ("", "help", "HELP"):
        town.people.command("ana", SUPPORT, "/waerror", text)
        assert "/waerror 131047" in town.whisper("ana")


def test_an_unknown_text_gets_an_honest_no_match(town: Town) -> None:
    """Somebody asked, so silence would be rude; a guess would be worse."""
    town.people.command("ana", SUPPORT, "/waerror", "the coffee machine says E42")
    assert "I do not recognise this" in town.whisper("ana")


def test_a_candidate_button_shows_its_card(town: Town) -> None:
    """The nearest entries are one click away."""
    town.people.command("ana", SUPPORT, "/waerror", "rate limit")
    whisper = town.workspace.ephemerals("ana")[-1]
    if "entry.show.0" not in str(whisper):
        raise AssertionError(f"a generic sentence should offer candidates: {town.whisper('ana')}")
    before = len(town.workspace.ephemerals("ana"))
    town.people.click("ana", SUPPORT, whisper["ts"], "entry.show.0")
    town.workspace.wait_for(lambda: len(town.workspace.ephemerals("ana")) > before)
    assert "Sending again" in town.whisper("ana")


def test_why_opens_the_evidence(town: Town) -> None:
    """For the one who asks: each piece, and how sure it makes us."""
    ts = town.people.say(
        "ana", SUPPORT, '@waerror {"error": {"message": "(#131053) Media upload error", "code": 131053}}'
    )
    card = town.reply_ts(SUPPORT, ts, "131053")
    town.people.click("ben", SUPPORT, card, "card.why")
    town.workspace.wait_for(lambda: town.whisper("ben"))
    assert "certain" in town.whisper("ben")
    assert "code 131053" in town.whisper("ben")


def test_a_mention_is_answered_in_the_thread_once(town: Town) -> None:
    """Slack sends a `message` and an `app_mention` for it; the answer is one."""
    ts = town.people.say("ana", SUPPORT, "@waerror what is 131047?")
    town.reply(SUPPORT, ts, "131047 · Re-engagement message")
    assert len(town.settled(SUPPORT, ts)) == 1


def test_a_bare_mention_in_a_thread_explains_the_first_message(town: Town) -> None:
    """Slack takes no commands in threads, so this is how one asks there."""
    ts = town.people.post_as_app(
        SUPPORT, "Grafana", attachments=[{"text": "send failed: (#131026) Message undeliverable"}]
    )
    town.people.say("ana", SUPPORT, "@waerror", thread_ts=ts)
    town.reply(SUPPORT, ts, "131026")


def test_a_direct_message_needs_no_mention(town: Town) -> None:
    """There is nobody else to talk to."""
    ts = town.people.say("ana", "@ana", '{"success": false, "error": "Invalid API Key"} 401 from waconnect')
    town.reply("@ana", ts, "Invalid API")


def test_the_shortcut_explains_any_message(town: Town) -> None:
    """Also one in a thread, and each use answers."""
    ts = town.people.say("ana", SUPPORT, "we got this again")
    reply = town.people.say("ben", SUPPORT, "error 131053 from whatsapp", thread_ts=ts)
    assert town.people.shortcut("ana", SUPPORT, reply, "explain_error").acknowledged
    town.reply(SUPPORT, ts, "131053 · Media upload error")


def test_the_shortcut_works_where_the_bot_is_not(town: Town) -> None:
    """It cannot post in a private channel, so the person alone gets the answer."""
    ts = town.people.say("ana", PRIVATE, "error 131053 from whatsapp")
    town.people.shortcut("ana", PRIVATE, ts, "explain_error")
    town.workspace.wait_for(lambda: town.workspace.ephemerals("ana"))
    assert "131053" in town.whisper("ana")


def test_a_pasted_mass_mention_pings_nobody(town: Town) -> None:
    """What people paste comes out as text, without keys and numbers."""
    paste = "@waerror 131047 &lt;!channel&gt; <!here> X-API-Key: wba_topsecretkey to 15550987654"
    ts = town.people.say("ana", SUPPORT, paste)
    town.reply(SUPPORT, ts, "131047")
    (reply,) = town.workspace.thread(SUPPORT, ts)[1:]
    assert pings(reply) == []
    assert "topsecret" not in str(reply)
    assert "15550987654" not in str(reply)


def test_talk_is_left_alone(town: Town) -> None:
    """Nobody asked, and the channel is not watched."""
    ts = town.people.say("ana", SUPPORT, "the customer got (#131047) again, I will call them")
    assert town.settled(SUPPORT, ts) == []


def test_watch_on_and_off(town: Town) -> None:
    """What is said in the channel overrules the settings, in both directions."""
    town.people.command("ana", SUPPORT, "/waerror", "watch on")
    ts = town.people.say("ana", SUPPORT, "send failed: (#131047) Re-engagement message")
    town.reply(SUPPORT, ts, "131047")
    town.people.command("ana", ALERTS, "/waerror", "watch off")
    ts = town.people.say("ana", ALERTS, "send failed: (#131047) Re-engagement message")
    assert town.settled(ALERTS, ts) == []
    town.people.command("ana", ALERTS, "/waerror", "watch")
    assert "do not read this channel" in town.whisper("ana")
