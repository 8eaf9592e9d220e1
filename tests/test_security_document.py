"""SECURITY.md tells the truth: every test that it names exists, and nothing that must be tried is missing."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| (`tests/[^|]+) \|$", DOCUMENT, re.MULTILINE)
# What must be tried, by words of its row.
MUST = (
    *("forged Slack signature", "replay", "too large", "mrkdwn", "mass mentions", "links", "block overflow"),
    *("log lines", "JSON bombs", "archives in archives", "path tricks in message ids", "mediaUrl", "forged value"),
    *("person without the right", "another workspace's ids", "SQL in every text field", "missing, another, rotated"),
)


def test_every_test_that_it_names_exists() -> None:
    """By file and name."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)
    assert len(named) > 20
    missing = [
        f"{file}::{name}" for file, name in named if not re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.M)
    ]
    assert missing == []


def test_what_must_be_tried_has_a_row() -> None:
    """Each with at least one test."""
    tried = " / ".join(what for what, _ in ROWS)
    assert [words for words in MUST if words not in tried] == []
    assert all("::test_" in tests for _, tests in ROWS)


def test_it_says_how_to_report() -> None:
    """Privately."""
    assert "## How to report" in DOCUMENT
    assert "Report a vulnerability" in DOCUMENT
