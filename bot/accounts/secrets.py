"""Where a secret lies that a file names: in a variable of the environment, or in a file of its own."""

import os
from pathlib import Path

from dotenv import dotenv_values

# Capitals only, so that a key that was written here by mistake is not taken for a name, and then told.
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"


def from_environment(variable: str) -> tuple[str, str]:
    """The secret, and what to say should it be none."""
    found = os.environ.get(variable) or dotenv_values(".env").get(variable) or ""
    return found.strip(), f"{variable} is not set, or holds no key"


def from_file(folder: Path, file: str) -> tuple[str, str]:
    """The same, of a file beside the one that names it."""
    try:
        found = (folder / file).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        return "", f"cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})"
    return found, "the file holds no key"
