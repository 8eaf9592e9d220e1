"""Ids that can be read: alice is U0ALICE, #alerts is C0ALERTS."""

import re

_LETTERS = re.compile(r"[^A-Z0-9]")


def as_id(prefix: str, name: str) -> str:
    return f"{prefix}0{_LETTERS.sub('', name.upper())}"
