"""Every source's words come out in one shape, and what is no alert is told apart by its place."""

import hashlib
import hmac
import json
from contextlib import suppress
from typing import Any

import pytest

from bot import knowledge
from bot.diagnosis import diagnose
from bot.intake import Malformed, Post, Read
from bot.intake.body import WrongKind
from bot.intake.body import read as read_body
from bot.intake.proofs import Evidence
from bot.intake.sources import SOURCES, is_proven
from tests.hooks import (
    SECRET,
    SIGNS,
    TOLD,
    WAMID,
    alarm,
    failed,
    group,
    pagerduty,
    prometheus,
    proof,
    sentry,
    sns,
    statuses,
)


def read(source: str, data: Any, headers: dict[str, str] | None = None) -> Read:
    return SOURCES[source].read(Post(data, {name.lower(): value for name, value in (headers or {}).items()}))


def test_every_source_has_its_example() -> None:
    """A new row comes with what its maker sends."""
    assert TOLD.keys() == SOURCES.keys()


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_read(source: str) -> None:
    """Its own id, the thing that fires, and words from which the error is known."""
    told = TOLD[source]
    (found,) = read(source, told.body, dict(told.headers)).good
    assert (found.id, found.thing, found.state) == (told.id, told.thing, "firing")
    best = diagnose(found.paste, knowledge.load(), "alert").best
    assert best is not None
    assert best.entry.id == "meta/131047"


@pytest.mark.parametrize("source", [name for name, told in TOLD.items() if told.over])
def test_what_is_resolved_names_the_same_thing(source: str) -> None:
    """And has an id of its own, so that it is no repeat of the alert."""
    told = TOLD[source]
    headers = {"Sentry-Hook-Resource": "issue"} if source == "sentry" else {}
    (found,) = read(source, told.over, headers).good
    assert (found.thing, found.state) == (told.thing, "resolved")
    assert found.id != told.id


@pytest.mark.parametrize(
    ("source", "body", "headers"),
    [
        ("waconnect", {"event": "message.received", "message": {"messageId": WAMID, "content": {"text": "hi"}}}, {}),
        ("waconnect", {"message": {"messageId": WAMID}}, {"X-Webhook-Event": "message.received"}),
        ("waconnect", {"event": "message.status", "message": {"messageId": WAMID, "status": "read"}}, {}),
        ("waconnect", {"event": "ping"}, {}),
        ("meta", statuses({"id": WAMID, "status": "delivered"}), {}),
        ("meta", statuses(messages=[{"from": "15550001111", "id": WAMID, "text": {"body": "131047"}}]), {}),
        ("meta", {"object": "whatsapp_business_account", "entry": []}, {}),
        ("alertmanager", group(), {}),
        ("sentry", sentry("created", installation={}), {"Sentry-Hook-Resource": "installation"}),
        ("sentry", sentry("assigned", issue={"id": "1"}), {"Sentry-Hook-Resource": "issue"}),
        ("pagerduty", pagerduty("incident.acknowledged", "1"), {}),
        ("pagerduty", {"event": {"id": "1", "event_type": "pagey.ping", "data": {"message": "hi"}}}, {}),
        ("cloudwatch", sns(alarm("INSUFFICIENT_DATA")), {}),
    ],
)
def test_what_is_no_alert_is_ignored(source: str, body: Any, headers: dict[str, str]) -> None:
    """It is acknowledged, else its sender would try again and again."""
    found = read(source, body, headers)
    assert (found.good, found.bad) == ((), ())


def test_what_is_good_in_a_batch_is_kept() -> None:
    """And what is bad is named by its place."""
    found = read("alertmanager", group(prometheus(), "junk", {"status": "firing"}, prometheus(fingerprint="2b")))
    assert [one.thing for one in found.good] == ["1a30ba71cca2921f", "2b"]
    assert [one.index for one in found.bad] == [1, 2]
    assert "Malformed" not in str(found.bad)
    assert read("generic", {"title": "a"}).good[0].text == ""
    mixed = read("generic", [{"id": 1, "title": "a"}, 3, {}, "WhatsApp failed"])
    assert ([one.title for one in mixed.good], [one.index for one in mixed.bad]) == (["a", "WhatsApp failed"], [1, 2])
    body = statuses(failed())
    body["entry"].insert(0, 7)
    body["entry"].append({"id": "1"})
    assert ([one.index for one in read("meta", body).bad], len(read("meta", body).good)) == ([0, 2], 1)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("body", [None, 3, "text", [], [[]], {"alerts": 3}, {"event": 3}, {"entry": {}}, {"data": []}])
def test_what_cannot_be_read_is_refused_in_a_sentence(source: str, body: Any) -> None:
    """Never with another exception."""
    with suppress(Malformed):
        assert isinstance(read(source, body, {"Sentry-Hook-Resource": "issue"}), Read)


def test_the_shape_may_be_another_than_documented() -> None:
    """Fields of other types, and fields that nobody knows, cost nothing but themselves."""
    odd = prometheus() | {
        "startsAt": 17,
        "annotations": ["x"],
        "labels": {"code": 131047, "deep": {"a": [1]}},
        "new": {},
    }
    (found,) = read("alertmanager", group(odd)).good
    assert found.labels == {"code": "131047", "deep": '{"a":[1]}'}
    (found,) = read("meta", statuses(failed() | {"errors": "none"})).good
    assert found.title == "A WhatsApp message to ••••1111 failed"


def test_a_message_that_failed_is_named_by_four_digits() -> None:
    """The title is what people see, and holds nothing else of the recipient; the text is for the diagnosis."""
    for source in ("meta", "waconnect"):
        (found,) = read(source, TOLD[source].body).good
        assert found.message_id == WAMID
        assert "15550001111" not in found.title
        assert "15550001111" in found.text


def test_an_error_of_the_account_is_an_alert_too() -> None:
    """Meta tells of it without a message, and without a time or an id: it may be the same again another day."""
    body = statuses(errors=[{"code": 130429, "title": "Rate limit hit"}])
    (found,) = read("meta", body).good
    assert (found.title, found.message_id, found.id) == ("WhatsApp: (#130429) Rate limit hit", "", "")


def test_amazon_is_shown_what_it_asks_and_never_asked_itself() -> None:
    """The address to confirm is for a person; one that is not Amazon's is not even shown."""
    address = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:alarms&Token=2336412f37"
    ask = sns("You have chosen to subscribe", Type="SubscriptionConfirmation", SubscribeURL=address)
    (found,) = read("cloudwatch", ask).good
    assert found.notice
    assert address in found.text
    for other in (
        "https://sns.us-west-2.amazonaws.com.evil.test/?a",
        "http://169.254.169.254/latest",
        "https://sns.a.amazonaws.com@evil/?x",
    ):
        (found,) = read("cloudwatch", ask | {"SubscribeURL": other}).good
        assert other not in found.text


def test_datadog_is_read_however_its_payload_was_written() -> None:
    """The default payload has no state but in its title; a variable that was not filled in is nothing."""
    body = {
        "body": "x",
        "title": "[Recovered on {host:a}] Sends fail",
        "id": "9",
        "ALERT_CYCLE_KEY": "$ALERT_CYCLE_KEY",
    }
    (over,) = read("datadog", body).good
    (began,) = read("datadog", body | {"title": "[Triggered on {host:a}] Sends fail", "id": "8"}).good
    assert (over.state, began.state) == ("resolved", "firing")
    assert over.thing == began.thing == "Sends fail/ on {host:a}"


@pytest.mark.parametrize(
    ("title", "state", "thing"),
    [
        ("[P1] [Recovered] Sends fail", "resolved", "Sends fail/"),
        ("[P2] [Recovered on {host:a,team:notify}] Sends fail", "resolved", "Sends fail/ on {host:a,team:notify}"),
        (f"[Recovered on {{{'tag:a,' * 100}}}] x", "resolved", f"x/ on {{{'tag:a,' * 100}}}"),
        ("[P2] [Re-Triggered on {host:b}] Sends fail", "firing", "Sends fail/ on {host:b}"),
        ("[P1] Sends fail", "firing", "[P1] Sends fail/"),
        ("", "firing", ""),
    ],
)
def test_datadogs_title_has_priority_state_and_scope(title: str, state: str, thing: str) -> None:
    """A monitor's priority stands before them; and who recovers for one host fires on for another."""
    (found,) = read("datadog", {"title": title, "body": "x", "id": "1"}).good
    assert (found.state, found.thing) == (state, thing)


def test_a_monitors_id_tells_more_than_once() -> None:
    """Who writes `$ALERT_ID` as the id has the same one for each thing that the monitor tells."""
    payload = {"id": "1867792", "title": "[P2] [Triggered on {host:a}] Sends fail", "transition": "Triggered"}
    began, over, other = (
        read("datadog", payload | more).good[0]
        for more in ({}, {"transition": "Recovered"}, {"title": "[P2] [Triggered on {host:b}] Sends fail"})
    )
    assert len({began.id, over.id, other.id}) == 3
    assert began.recurs  # it has no date, so that it recovered must make the next one news


def test_an_organisations_id_is_no_alerts() -> None:
    """Datadog's default payload has `org` in it; without an id of its own every alert would be the first one again."""
    body = {"title": "Sends fail", "body": "x", "org": {"id": "11023", "name": "Notify"}, "id": "$ID"}
    assert read("datadog", body).good[0].id == ""


def test_text_that_nothing_can_store_is_cleaned() -> None:
    """NUL, control characters and halves of surrogate pairs."""
    (found,) = read("generic", json.loads('{"title": "a\\u0000b \\ud800 \\u0007", "id": "\\ud800"}')).good
    found.title.encode()
    found.text.encode()
    found.id.encode()
    assert "\0" not in found.title


@pytest.mark.parametrize(
    ("raw", "kind", "says"),
    [
        (b"", "application/json", "empty"),
        (b"{", "application/json", "not JSON"),
        (b"\xff\xfe", "application/json", "UTF-8"),
        (b"[" * 200_000, "application/json", "deep"),
        (b"[" * 100 + b"]" * 100, "application/json", "deep"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "application/json", "deep"),
        (b"9" * 5_000, "application/json", "number"),
        (b'{"a": NaN}', "application/json", "number"),
        (b'{"a": "\x00"}', "application/json", "not JSON"),
    ],
)
def test_bombs_are_refused_in_a_sentence(raw: bytes, kind: str, says: str) -> None:
    """Before anybody looks inside."""
    with pytest.raises(Malformed, match=says):
        read_body(raw, kind, "", takes_text=False)


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [("application/xml", ""), ("application/json", "gzip"), ("application/json; charset=utf-16", ""), ("a/b/c", "")],
)
def test_another_kind_of_body_is_refused(kind: str, encoding: str) -> None:
    """Nothing is unpacked here."""
    with pytest.raises(WrongKind):
        read_body(b"{}", kind, encoding, takes_text=False)


def test_plain_text_is_taken_where_it_may_be() -> None:
    """SNS sends its JSON as plain text; a generic text may look like anything."""
    assert read_body(b'{"a": 1}', "text/plain; charset=UTF-8", "", takes_text=False) == {"a": 1}
    assert read_body(b"{no json", "text/plain", "", takes_text=True) == "{no json"
    assert read_body(b"131047", "text/plain", "", takes_text=True) == "131047"
    assert read_body(b"131047", "", "", takes_text=True) == "131047"
    form = "application/x-www-form-urlencoded"  # `curl -d` says so of anything
    assert read_body(b"a=b & c", form, "", takes_text=True) == "a=b & c"
    assert read_body(b'{"a": 1}', form, "", takes_text=True) == {"a": 1}
    with pytest.raises(WrongKind):
        read_body(b"a=b", form, "", takes_text=False)


@pytest.mark.parametrize("source", SOURCES)
def test_who_does_not_know_the_secret_is_not_believed(source: str) -> None:
    """Neither without a proof, nor with one of another body or another secret."""
    kind, raw = SOURCES[source], b'{"a": 1}'

    def believed(headers: dict[str, str], body: bytes = raw, path: str = "") -> bool:
        low = {name.lower(): value for name, value in headers.items()}
        return is_proven(kind, SECRET.encode(), Evidence(low, body, path, 1_000.0))

    assert believed(proof(source, raw))
    assert not believed({})
    assert not believed(proof(source, raw, "another-secret-1234"))
    assert believed({}, path=SECRET) == (source not in SIGNS)
    assert not believed({}, path="né")
    assert not believed({"Authorization": "Bearer"})
    if source in SIGNS:
        assert not believed(proof(source, raw), b'{"a": 2}')
        assert not believed({"Authorization": f"Bearer {SECRET}"})


def test_one_of_several_signatures_is_enough() -> None:
    """PagerDuty signs with the old and the new secret while it is changed."""
    raw = b"{}"
    both = f"v1={'0' * 64},{proof('pagerduty', raw)['X-PagerDuty-Signature']}"
    shown = Evidence({"x-pagerduty-signature": both}, raw, "", 0.0)
    assert is_proven(SOURCES["pagerduty"], SECRET.encode(), shown)


@pytest.mark.parametrize(("sent", "is_fresh"), [("1000", True), ("600", False), ("soon", False), ("", False)])
def test_a_time_that_grafana_signs_must_not_be_old(sent: str, is_fresh: bool) -> None:
    """A request that somebody recorded is worth nothing five minutes later."""
    raw = b"{}"
    signature = hmac.new(SECRET.encode(), f"{sent}:".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"x-grafana-alerting-signature": signature, "x-grafana-alerting-signature-timestamp": sent}
    assert is_proven(SOURCES["grafana"], SECRET.encode(), Evidence(headers, raw, "", 1_000.0)) == is_fresh
