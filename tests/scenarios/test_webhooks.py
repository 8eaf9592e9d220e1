"""Who does not post to Slack posts to us: one message a cause at the top of the channel, explained in its thread."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest

from bot.intake.sources import SOURCES
from bot.standin import plain
from tests.hooks import SECRET, TOLD, WAMID, failed, group, prometheus, proof, sentry, sns, statuses
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town
from tests.scenarios.test_incidents import press

TOML = "\n".join(
    f'[alerts.{source}]\nsecret_env = "HOOK_SECRET"\nchannel = "{ALERTS}"\n'
    + ('verify_env = "HOOK_TOKEN"\n' if source == "meta" else "")
    + (f'channels = ["{SUPPORT}"]\n' if source == "generic" else "")
    for source in SOURCES
)
MORE = f"""
[alerts.billing]
source = "generic"
secret_file = "billing.secret"
channel = "{SUPPORT}"
unexplained = "drop"
"""
LONG = 60.0  # seconds; nobody who posts here is in a hurry
WINDOW = {"title": "Sends fail", "error": "WhatsApp: (#131047) Re-engagement message"}


@pytest.fixture
def hooked(open_town: OpenTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenTown:
    """A town whose bot has a hook of every source."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_TOKEN", "a-token-for-meta-to-show")
    (tmp_path / "waerror.toml").write_text(TOML + MORE)
    (tmp_path / "billing.secret").write_text("the-secret-of-billing\n")
    return open_town


@pytest.fixture
def town(hooked: OpenTown) -> Iterator[Town]:
    with hooked(waerror_alert_channels="") as town:
        yield town


def post(
    town: Town, source: str, body: Any, headers: Mapping[str, str] | None = None, secret: str = SECRET, **query: str
) -> httpx.Response:
    """As the source itself would."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Content-Type": "application/json", **proof(source, raw, secret), **(headers or {})}
    return httpx.post(f"{town.url}/alerts/{source}", content=raw, headers=told, params=query, timeout=LONG)


def tops(town: Town, channel: str = ALERTS) -> dict[str, str]:
    """What stands at the top of a channel, by its `ts`."""
    found = town.workspace.messages(channel)
    return {one["ts"]: plain(one) for one in found if one.get("thread_ts") in (None, one["ts"])}


def top(town: Town, words: str, channel: str = ALERTS) -> str:
    """The `ts` of the message at the top of a channel that has these words, waited for."""

    def found() -> str:
        return next((ts for ts, text in tops(town, channel).items() if words in text), "")

    return town.workspace.wait_for(found, what=f"a message with {words!r}")


def troubles(town: Town) -> str:
    """What somebody should look at, as the metrics tell it."""
    return generate_latest(town.house.metrics.registry).decode()


def sorted_out(town: Town) -> None:
    """Waits until all that came has its place, and stands in Slack as it is."""
    store = town.house.store
    town.workspace.wait_for(lambda: store.arrivals.waiting() == 0, what="everything sorted")
    town.drawn()


@pytest.mark.parametrize("source", SOURCES)
def test_an_alert_of_every_source_is_explained_in_its_thread(town: Town, source: str) -> None:
    """Stored, then 200; a post at the top of the channel; the card below it."""
    told = TOLD[source]
    answer = post(town, source, told.body, told.headers)
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "known": 0, "ignored": 0})
    ts = top(town, SOURCES[source].label)
    town.reply(ALERTS, ts, "131047 · Re-engagement message", "seen once")
    assert "15550001111" not in str(town.workspace.messages(ALERTS))


def test_the_same_alert_again_is_known(town: Town) -> None:
    """By the source's own id: neither stored nor counted twice."""
    post(town, "alertmanager", group(prometheus()))
    assert post(town, "alertmanager", group(prometheus())).json() == {"stored": 0, "known": 1, "ignored": 0}
    ts = top(town, "WhatsApp sends fail")
    sorted_out(town)
    town.reply(ALERTS, ts, "seen once")


def test_a_storm_is_one_post_and_one_card(town: Town) -> None:
    """Three hundred alerts of one cause are grouped before anything is posted."""

    def told(n: int) -> dict[str, Any]:
        says = f"worker-{n}: (#131047) Re-engagement message to 1555000{n:04}"
        return prometheus(fingerprint=f"f{n}", description=says)

    for start in range(0, 300, 50):
        some = map(told, range(start, start + 50))
        assert post(town, "alertmanager", group(*some)).json()["stored"] == 50
    ts = top(town, "WhatsApp sends fail")
    town.reply(ALERTS, ts, "131047", "300 times since")
    sorted_out(town)
    assert len(tops(town)) == 1
    assert "300 times" in town.reply(ALERTS, ts, "300 times", "1 source: Alertmanager")


def test_what_is_resolved_closes_what_it_opened(town: Town) -> None:
    """When the last alert of an incident is over, so is the incident; not before."""
    post(town, "alertmanager", group(prometheus(), prometheus(fingerprint="2b")))
    ts = top(town, "WhatsApp sends fail")
    town.reply(ALERTS, ts, "2 times since")
    post(town, "alertmanager", group(prometheus("resolved")))
    sorted_out(town)
    assert [one.state for one in town.house.store.incidents.live(town.house.team)] == ["open"]
    post(town, "alertmanager", group(prometheus("resolved", fingerprint="2b")))
    town.reply(ALERTS, ts, "Resolved by itself, for its source says that it is over")
    again = prometheus() | {"startsAt": "2026-11-24T11:00:00Z"}
    post(town, "alertmanager", group(again))
    town.reply(ALERTS, ts, "It is back")


def test_what_is_resolved_while_the_database_fails_closes_what_it_opened_later(town: Town) -> None:
    """The end is kept until all of it is done: a fault in the middle leaves no incident open for good."""
    post(town, "alertmanager", group(prometheus()))
    ts = top(town, "WhatsApp sends fail")
    sorted_out(town)
    engine = town.house.store.incidents._engine
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE incidents RENAME TO lost")
    try:
        assert post(town, "alertmanager", group(prometheus("resolved"))).json()["stored"] == 1
        town.workspace.wait_for(lambda: "sorting.failed" in troubles(town), what="a fault")
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE lost RENAME TO incidents")
    town.reply(ALERTS, ts, "Resolved by itself, for its source says that it is over")


def test_a_rule_that_fires_again_after_it_was_over_is_counted_again(town: Town) -> None:
    """Its id is the rule's: told twice in one state it is known, told after the other state it is news."""
    one = {**WINDOW, "id": "rule-7"}
    news = [("firing", 1), ("firing", 0), ("resolved", 1), ("resolved", 0), ("firing", 1), ("firing", 0), ("ok", 1)]
    for status, new in news:
        answer = post(town, "generic", {**one, "status": status})
        assert answer.json()["stored"] == new, status
        sorted_out(town)
    ts = top(town, "Sends fail")
    town.reply(ALERTS, ts, "2 times since", "Resolved")


def test_an_alert_that_was_over_before_it_was_sorted_is_closed(town: Town) -> None:
    """Both in one request: it is shown, and said to be over."""
    post(town, "alertmanager", group(prometheus(), prometheus("resolved")))
    ts = top(town, "WhatsApp sends fail")
    town.reply(ALERTS, ts, "131047", "Resolved by itself, for its source says")


def test_a_message_that_failed_is_counted_once_whoever_tells(town: Town) -> None:
    """Meta and WaConnect both report it."""
    assert post(town, "meta", statuses(failed())).json()["stored"] == 1
    assert post(town, "waconnect", TOLD["waconnect"].body).json()["stored"] == 1
    ts = top(town, "A WhatsApp message to ••••1111 failed")
    sorted_out(town)
    reply = town.reply(ALERTS, ts, "131047", "seen once", "1 recipient: ••••1111")
    assert "Message status" in reply


def test_an_incident_of_the_channel_takes_in_what_comes_by_a_webhook(hooked: OpenTown) -> None:
    """The same cause on the same account: counted in the thread that stands there."""
    with hooked() as town:
        ts = town.people.post_as_app(ALERTS, "Grafana", "(#131047) Re-engagement message")
        town.reply(ALERTS, ts, "seen once")
        post(town, "generic", WINDOW)
        town.reply(ALERTS, ts, "2 times since")
        sorted_out(town)
        assert list(tops(town)) == [ts]


def test_the_buttons_work_below_such_a_post(town: Town) -> None:
    """It is an incident like any other."""
    post(town, "generic", WINDOW)
    ts = top(town, "Sends fail")
    town.reply(ALERTS, ts, "Open · seen once")
    town.drawn()
    press(town, "ana", ts, "own")
    town.reply(ALERTS, ts, "Owned by @U0ANA since")


def test_an_issue_may_be_resolved_again_though_nothing_was_seen_since(town: Town) -> None:
    """Sentry then says the same as before, of the same moment; what it sends twice is still known."""
    issue = {"id": "117", "title": "WhatsApp: (#131047) Re-engagement message", "lastSeen": "2026-11-24T09:14:00Z"}
    course = ("created", "resolved", "resolved", "unresolved", "unresolved", "resolved")
    headers = {"Sentry-Hook-Resource": "issue"}
    told = [post(town, "sentry", sentry(action, issue=issue), headers).json() for action in course]
    assert [one["stored"] for one in told] == [1, 1, 0, 1, 0, 1]
    town.reply(ALERTS, top(town, "Re-engagement message"), "2 times since", "Resolved by itself")


def test_what_nothing_explains_is_posted_plainly(town: Town) -> None:
    """Once a shape, counted; and marked when it is over."""
    disk = {"id": "d1", "title": "Disk of db-1 is full", "message": "91 % of /var"}
    post(town, "generic", disk)
    ts = top(town, "Disk of db-1 is full")
    assert "I know no error that this would be" in tops(town)[ts]
    for n in (2, 3):
        post(town, "generic", {"id": f"d{n}", "title": f"Disk of db-{n} is full", "message": f"9{n} % of /var"})
    town.workspace.wait_for(lambda: "3 times since" in tops(town)[ts], what="a count")
    for n in (1, 2, 3):
        post(town, "generic", {"id": f"d{n}", "title": "Disk", "status": "ok"})
    town.workspace.wait_for(lambda: "Over, its source says" in tops(town)[ts], what="an end")
    sorted_out(town)
    assert len(tops(town)) == 1
    assert town.replies(ALERTS, ts) == []


def test_what_nothing_explains_may_be_dropped(town: Town) -> None:
    """`unexplained = "drop"`; what is explained is still shown."""
    billing = {"Authorization": "Bearer the-secret-of-billing"}
    post(town, "billing", {"title": "Disk is full"}, billing)
    post(town, "billing", WINDOW, billing)
    ts = top(town, "Webhook (billing)", SUPPORT)
    town.reply(SUPPORT, ts, "131047")
    sorted_out(town)
    assert len(tops(town, SUPPORT)) == 1


def test_a_generic_alert_may_name_a_channel(town: Town) -> None:
    """One of those that the hook allows, and no other."""
    assert post(town, "generic", WINDOW, channel=SUPPORT).status_code == 200
    town.reply(SUPPORT, top(town, "Sends fail", SUPPORT), "131047")
    refused = post(town, "generic", WINDOW, channel="C0PRIVATE")
    assert (refused.status_code, list(refused.json())) == (400, ["error"])


def test_plain_text_is_an_alert(town: Town) -> None:
    """A line of curl is all the integration there is."""
    raw = b"worker-3: send failed\n(#131047) Re-engagement message"
    answer = httpx.post(f"{town.url}/alerts/generic/{SECRET}", content=raw, timeout=LONG)
    assert answer.json()["stored"] == 1
    town.reply(ALERTS, top(town, "worker-3: send failed"), "131047")


def test_nothing_that_was_posted_pings_links_or_formats(town: Town) -> None:
    """It stands as it was written, with keys and numbers masked, and no body of a message."""
    body = {"to": "15550987654", "body": "the secret body", "key": "wba_secretsecretsecret"}
    hostile = "<!channel> *bold* <https://evil.test|ok> <@U0ANA> " + json.dumps(body)
    for text in (f"{hostile}\n{hostile}", f"{hostile}\n(#131047) Re-engagement message from WhatsApp"):
        told = {"Content-Type": "text/plain"}
        httpx.post(f"{town.url}/alerts/generic/{SECRET}", content=text.encode(), headers=told, timeout=LONG)
    town.workspace.wait_for(lambda: len(tops(town)) == 2, what="both")
    sorted_out(town)
    stored = json.dumps(town.workspace.messages(ALERTS), ensure_ascii=False)
    for shown in ("15550987654", "the secret body", "wba_secretsecretsecret"):
        assert shown not in stored
    for one in town.workspace.messages(ALERTS):
        assert "<!channel>" not in one["text"]
        marked = [
            e
            for b in one["blocks"]
            for e in [b.get("text"), *b.get("elements", ())]
            if (e or {}).get("type") == "mrkdwn"
        ]
        assert "<!channel>" not in str(marked)
        assert "evil" not in str(marked)


def test_amazons_wish_to_be_confirmed_is_shown_and_not_followed(town: Town) -> None:
    """An address out of a message is for a person to open."""
    address = f"{town.url.replace('http', 'https')}/healthz"
    post(town, "cloudwatch", sns("x", Type="SubscriptionConfirmation", SubscribeURL=address))
    ts = top(town, "Amazon SNS asks")
    assert address not in tops(town)[ts]
    amazon = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
    for n in (2, 3):  # the second is no repeat of the first: each has its own address
        told = sns("x", str(n), Type="SubscriptionConfirmation", SubscribeURL=f"{amazon}{n}")
        post(town, "cloudwatch", told)
    for n in (2, 3):
        top(town, f"{amazon}{n}")


def test_meta_is_told_that_the_address_is_ours(town: Town) -> None:
    """With the token that was agreed upon, and for Meta alone."""
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-token-for-meta-to-show"}
    answer = httpx.get(f"{town.url}/alerts/meta", params=asked, timeout=LONG)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    guess = asked | {"hub.verify_token": "guess"}
    assert httpx.get(f"{town.url}/alerts/meta", params=guess, timeout=LONG).status_code == 403
    assert httpx.get(f"{town.url}/alerts/generic", params=asked, timeout=LONG).status_code == 405


def test_who_does_not_know_the_secret_leaves_nothing(town: Town) -> None:
    """Neither without one, nor with another's; and a source without a hook does not exist."""
    raw = json.dumps(WINDOW).encode()
    for source in SOURCES:
        assert httpx.post(f"{town.url}/alerts/{source}", content=raw, timeout=LONG).status_code == 401
        assert post(town, source, WINDOW, secret=SECRET[::-1]).status_code == 401
    for path in ("pingdom", "generic/x/y", "..%2fgeneric", "%00"):
        assert httpx.post(f"{town.url}/alerts/{path}", content=raw, timeout=LONG).status_code == 404
    assert town.house.store.arrivals.waiting() == 0
    assert tops(town) == {}
    assert f'waerror_troubles_total{{event="alerts.refused"}} {len(SOURCES):.1f}' in troubles(town)  # not each time


def test_what_is_good_in_a_batch_is_stored_and_the_bad_is_named(town: Town) -> None:
    """400, so that somebody notices; the others are not lost for it."""
    answer = post(town, "alertmanager", group(prometheus(), 7, prometheus(fingerprint="2b")))
    assert answer.status_code == 400
    assert (answer.json()["stored"], [one["index"] for one in answer.json()["bad"]]) == (2, [1])
    town.reply(ALERTS, top(town, "WhatsApp sends fail"), "2 times since")


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"[" * 100_000, {}, 400),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, {}, 400),
        (b"9" * 10_000, {}, 400),
        (b"\xff\xfe{", {}, 400),
        (b'{"a": "\x00"}', {}, 400),
        (b"", {}, 400),
        (b'"text"', {}, 400),
        (b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"}, 415),
        (b"<a/>", {"Content-Type": "application/xml"}, 415),
        (b"x" * (1024 * 1024 + 1), {}, 413),
        (b'{"alerts": [{"labels": {"a": "\\ud800 \\u0000"}}]}', {}, 200),
    ],
)
def test_hostile_bodies_are_refused_in_a_sentence(town: Town, raw: bytes, headers: dict[str, str], status: int) -> None:
    """Never with a fault of ours."""
    answer = post(town, "alertmanager", raw, headers)
    assert answer.status_code == status
    if status not in (200, 413):
        assert answer.json()["error"].endswith(".")


def test_too_many_requests_are_asked_to_wait(hooked: OpenTown) -> None:
    """Each source has its own measure; makers who send again after a 5xx alone are told one."""
    with hooked(waerror_alerts_per_second=0.01) as town:
        for source in SOURCES:
            answers = [post(town, source, TOLD[source].body, TOLD[source].headers) for _ in range(2)]
            assert [one.status_code for one in answers] == [200, 429 if source == "generic" else 503]
            assert int(answers[-1].headers["Retry-After"]) >= 1
            assert answers[-1].json()["error"].startswith("Too many requests.")


def test_what_was_acknowledged_survives_a_crash(hooked: OpenTown) -> None:
    """Slack is away and the bot ends; the next start posts and explains it, once."""
    with hooked(waerror_alert_channels="") as town:
        town.workspace.fail_next("chat.postMessage", status=503, times=None)
        post(town, "generic", {"id": "a1", **WINDOW})
        post(town, "generic", {"id": "d1", "title": "Disk is full"})
        town.workspace.wait_for(lambda: town.workspace.calls_of("chat.postMessage"))
        workspace = town.workspace
    workspace.fail_no_more()
    with hooked(workspace=workspace, waerror_alert_channels="") as again:
        again.reply(ALERTS, top(again, "Sends fail"), "131047")
        top(again, "Disk is full")
        sorted_out(again)
        assert len(tops(again)) == 2
        assert post(again, "generic", {"id": "a1", **WINDOW}).json()["known"] == 1


def test_what_could_not_be_stored_is_not_acknowledged(town: Town) -> None:
    """503, so that its sender tries again; then it is new."""
    engine = town.house.store.arrivals._engine
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE arrivals RENAME TO lost")
    try:
        answer = post(town, "alertmanager", group(prometheus()))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()["error"].endswith("Send it again.")
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE lost RENAME TO arrivals")
    assert post(town, "alertmanager", group(prometheus())).json()["stored"] == 1
    town.reply(ALERTS, top(town, "WhatsApp sends fail"), "seen once")


def test_a_quiet_channel_counts_and_shows_nothing(town: Town) -> None:
    """`/waerror watch quiet` holds for webhooks too."""
    town.people.command("ana", ALERTS, "/waerror", "watch quiet")
    post(town, "generic", WINDOW)
    post(town, "generic", {"title": "Disk is full"})
    sorted_out(town)
    assert tops(town) == {}
    assert [one.count for one in town.house.store.incidents.live(town.house.team)] == [1]


def test_what_is_stored_is_sealed(town: Town, tmp_path: Path) -> None:
    """The database file shows neither number nor words of an alert."""
    post(town, "meta", statuses(failed()))
    post(town, "generic", {"title": "Disk is peculiarly full", "id": WAMID})
    top(town, "peculiarly")
    sorted_out(town)
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("waerror.db*"))
    assert b"alertmanager" in raw or b"generic" in raw
    for words in (b"peculiarly", b"15550001111", b"Re-engagement"):
        assert words not in raw
