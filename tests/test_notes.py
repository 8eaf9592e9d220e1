"""Votes, notes and corrections, on a real database: whose they are, and what counts."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from bot.store import Store, Tally
from bot.store.notes import LONGEST, MOST


def test_the_last_vote_of_a_person_on_a_card_counts(store: Store) -> None:
    """Another card is another vote; another workspace is not counted."""
    for card, team, user, helpful in (
        ("c1", "T1", "U1", False),
        ("c1", "T1", "U1", True),
        ("c1", "T1", "U2", False),
        ("c2", "T1", "U1", True),
        ("c3", "T2", "U3", True),
    ):
        store.votes.cast(card, team, "meta/1", user, helpful)
    assert store.votes.count("T1", "meta/1") == Tally(2, 1)
    assert store.votes.count("T1", "meta/2") == Tally(0, 0)


def test_notes_belong_to_a_workspace_and_an_entry(store: Store) -> None:
    """The newest first; each keeps its number when another goes."""
    for text in ("one", "two", "three"):
        assert store.notes.add("T1", "meta/1", "U1", text)
    assert store.notes.delete("T1", "meta/1", 3, "U1")
    assert store.notes.add("T1", "meta/1", "U2", "four")
    assert [(note.number, note.text, note.user) for note in store.notes.of("T1", "meta/1")] == [
        (4, "four", "U2"),
        (2, "two", "U1"),
        (1, "one", "U1"),
    ]
    assert store.notes.of("T2", "meta/1") == store.notes.of("T1", "meta/2") == ()


def test_only_its_owner_deletes_a_note_and_only_once(store: Store) -> None:
    """By number, in the own workspace."""
    store.notes.add("T1", "meta/1", "U1", "one")
    assert not store.notes.delete("T1", "meta/1", 1, "U2")
    assert not store.notes.delete("T2", "meta/1", 1, "U1")
    assert not store.notes.delete("T1", "meta/1", 9, "U1")
    assert store.notes.delete("T1", "meta/1", 1, "U1")
    assert not store.notes.delete("T1", "meta/1", 1, "U1")


@pytest.mark.on_sqlite
def test_notes_are_sealed_clipped_and_not_endless(store: Store, tmp_path: Path) -> None:
    """A deleted one makes room, and leaves nothing of its text."""
    assert store.notes.add("T1", "meta/1", "U1", "frobnicate" * 200)
    assert len(store.notes.of("T1", "meta/1")[0].text) == LONGEST
    for _ in range(MOST - 1):
        assert store.notes.add("T1", "meta/1", "U1", "more")
    assert not store.notes.add("T1", "meta/1", "U1", "too many")
    store.notes.delete("T1", "meta/1", 1, "U1")
    assert store.notes.add("T1", "meta/1", "U1", "fits again")
    assert b"frobnicate" not in b"".join(path.read_bytes() for path in tmp_path.glob("waerror.db*"))


def test_notes_written_at_once_have_a_number_each(store: Store) -> None:
    """The database counts, not the threads."""
    start = Barrier(8)

    def write(n: int) -> None:
        start.wait()
        store.notes.add("T1", "meta/1", f"U{n}", f"note {n}")

    threads = [Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(note.number for note in store.notes.of("T1", "meta/1")) == list(range(1, 9))


def test_a_card_shows_the_newest_correction(store: Store) -> None:
    """In its own workspace; the comment is sealed."""
    assert store.corrections.of("c1", "T1") is None
    store.corrections.record("c1", "T1", "U1", "meta/1", "meta/2", "because")
    store.corrections.record("c1", "T1", "U2", "meta/1", None)
    found = store.corrections.of("c1", "T1")
    assert found is not None
    assert (found.user, found.from_entry, found.to_entry, found.comment) == ("U2", "meta/1", None, "")
    assert store.corrections.of("c1", "T2") is None
