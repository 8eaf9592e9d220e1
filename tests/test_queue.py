"""What waits to be learned is grouped by shape, masked before it is stored, and never more than a bounded number."""

import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.drafts import Draft
from bot.diagnosis.masking import mask
from bot.diagnosis.shapes import LONGEST_SAMPLE, sample, shape, telling
from bot.store import Store
from bot.vault import Vault, VaultError

KEY = Fernet.generate_key().decode()
DRAFT = Draft("waconnect", "Gone", (), "The thing is gone", "It went.", ("Bring it back.",), "never", "nobody")
REFUSED = 'POST /api/messages/text {"to": "%s", "body": "%s"} -> 409 {"success": false, "error": "%s"}'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (REFUSED % ("15550987654", "Hi Ana", "Quota used up"), REFUSED % ("4915123456789", "Order 7", "Quota used up")),
        ('error: Template "promo_a" is odd', 'error: Template "zeta" is odd'),
        ('{"error": "Template \\"promo_a\\" is odd"}', '{"error": "Template \\"zeta\\" is odd"}'),
        ("2026-11-24T09:14:02Z worker-3 failed: no sender", "2026-11-25T19:04:12Z worker-14 failed: no sender"),
        ("cannot fetch https://a.test/1.png at all", "cannot fetch https://b.test/x?y=2 at all"),
        ("no record of wamid.HBgLMTU1 found", "no record of wamid.ZZZZ9999= found"),
        ("trace 3f9a12bc-1111-2222-3333-444455556666 lost it", "trace 00000000-aaaa-bbbb-cccc-dddddddddddd lost it"),
        ("commit 3f9a12bc0 broke sends", "commit 77777aaaa broke sends"),
        ("Odd  THING\nhappened", "odd thing\n\nhappened"),
        ("line one\nit failed\nit failed\nit failed", "line one\nit failed"),
    ],
)
def test_texts_that_differ_in_values_alone_have_one_shape(one: str, other: str) -> None:
    """Numbers, ids, hashes, addresses, quoted names, message bodies, and how often a line stands there."""
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (REFUSED % ("15550987654", "Hi", "Quota used up"), REFUSED % ("15550987654", "Hi", "Sender unknown")),
        ('{"error": "Forbidden"}', '{"error": "Gone"}'),
        ("131999", "131998"),
        ("error 131999", "error 131998"),
        ('{"code": 99001, "message": "odd"}', '{"code": 99002, "message": "odd"}'),
        ("(#99001) odd thing here happened", "(#99002) odd thing here happened"),
        ("it answers HTTP 409 every time", "it answers HTTP 500 every time"),
    ],
)
def test_another_error_is_another_shape(one: str, other: str) -> None:
    """A code, a status and what an error's own field says are not values."""
    assert shape(one) != shape(other)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_sample_and_a_shape(text: str) -> None:
    """Nothing raises; a sample is masked, and its own sample."""
    shown = sample(text)
    assert mask(shown) == shown
    assert sample(shown) == shown
    assert len(shape(text)) == 16
    assert len(telling(shown)) <= 200


@pytest.mark.parametrize(
    "text",
    [
        '"body": "' + "\\" * 40_000,
        "'" * 40_000,
        "a1" * 20_000,
        '\\"body\\":' * 4_000,
        "1" * 40_000,
        "a_" * 20_000 + "1",
    ],
)
def test_hostile_texts_take_no_longer(text: str) -> None:
    """The longest that Slack delivers, in well under a second."""
    begun = time.perf_counter()
    shown = sample(text)
    shape(text)
    telling(shown)
    assert time.perf_counter() - begun < 1.5


@pytest.mark.parametrize(
    "secret",
    ["Hi Ana, your code is 77", "15550987654", "wba_topsecretkey"],
)
def test_a_sample_has_no_number_no_key_and_no_message(secret: str) -> None:
    """However the request was written."""
    for request in (
        f'{{"to": "15550987654", "body": "{secret}"}} failed',
        f"{{'to': '15550987654', 'body': '{secret}'}} failed",
        f'"{{\\"to\\": \\"15550987654\\", \\"body\\": \\"{secret}\\"}}" failed',
        f'{{"parameters": [{{"type": "text", "text": "{secret}"}}]}} failed',
        f'{{"body": "{secret}',
    ):
        assert secret not in sample(request), request
    assert len(sample("x " * 5_000)) == LONGEST_SAMPLE
    assert "Odd thing" in sample('{"status": 409, "body": "{\\"error\\": \\"Odd thing\\"}"}')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (REFUSED % ("15550987654", "Hi", "No quota for +15550987654"), "No quota for {number}"),
        ("starting\nsend failed: sender is unknown\nbye", "send failed: sender is unknown"),
        ("cannot fetch https://a.test/1.png", "cannot fetch {url}"),
        ("", ""),
    ],
)
def test_the_most_telling_line_is_the_errors_own_sentence(text: str, line: str) -> None:
    """What differs each time becomes a name in braces, which `says` takes for anything."""
    assert telling(sample(text)) == line


def test_sightings_of_one_shape_are_counted(store: Store) -> None:
    """First and last seen, one sample, per workspace and kind."""
    for to in ("15550987654", "4915123456789"):
        store.queue.add("T1", REFUSED % (to, "Hi", "Odd"), "unmatched")
    store.queue.add("T2", REFUSED % ("15550987654", "Hi", "Odd"), "unmatched")
    store.queue.add("T1", REFUSED % ("15550987654", "Hi", "Odd"), "corrected", "meta/1", None)
    items = store.queue.open("T1")
    assert [(item.kind, item.count) for item in items] == [("unmatched", 2), ("corrected", 1)]
    assert items[0].first_at <= items[0].last_at
    assert items[1].from_entry == "meta/1"
    assert [item.count for item in store.queue.open("T2")] == [1]
    assert len(store.queue.all()) == 3
    assert store.queue.open("T1", limit=1) == items[:1]


def test_what_is_least_seen_makes_room(store: Store) -> None:
    """The oldest of them first; what is taught goes last, and what is done does not count."""
    queue = type(store.queue)(store.queue._engine, store.queue._vault, most=3)
    words = iter(("alpha", "beta", "gamma", "delta", "epsilon"))
    first, often, draft = next(words), next(words), next(words)
    queue.teach("T1", f"{draft} went wrong somewhere today", DRAFT)
    queue.add("T1", f"{first} went wrong somewhere today", "unmatched")
    for _ in range(2):
        queue.add("T1", f"{often} went wrong somewhere today", "unmatched")
    queue.add("T2", "another workspace has its own room", "unmatched")
    for word in words:
        queue.add("T1", f"{word} went wrong somewhere today", "unmatched")
    assert {item.sample.split()[0] for item in queue.open("T1")} == {often, draft, "epsilon"}
    assert len(queue.open("T2")) == 1
    queue.set_status(queue.open("T1")[0].id, "done")
    queue.add("T1", "zeta went wrong somewhere today", "unmatched")
    assert len(queue.open("T1")) == 3
    assert len(queue.all(with_done=True)) == 5


def test_a_draft_is_kept_with_its_item(store: Store) -> None:
    """Also when the item made room meanwhile; teaching is not seeing, and what was done is open again."""
    item = store.queue.add("T1", "odd thing happened", "unmatched")
    store.queue.set_status(item, "done")
    assert store.queue.open("T1") == ()
    assert store.queue.teach("T1", "odd thing happened", DRAFT) == item
    (found,) = store.queue.named(item[:6])
    assert (found.draft, found.count, found.status) == (DRAFT, 1, "open")
    other = store.queue.teach("T1", "nobody ever saw this one", DRAFT)
    assert store.queue.named(other)[0].count == 0
    assert store.queue.named("%") == ()


@pytest.mark.on_sqlite
def test_samples_and_drafts_are_sealed(store: Store, url: str, tmp_path: Path) -> None:
    """Another key opens neither, and the file shows nothing."""
    store.queue.teach("T1", "frobnication happened", DRAFT)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("waerror.db*"))
    assert b"frobnication" not in stored
    assert b"Bring it back" not in stored
    other = Store(url, Vault(Fernet.generate_key().decode()))
    with pytest.raises(VaultError):
        other.queue.all()
    other.close()
