"""What is stored of a paste is sealed: a copied database file shows no message, number or key.

Fernet (AES-128-CBC with HMAC-SHA256) from `cryptography`. The key is WAERROR_SECRET_KEY, else a file that
only its owner may read, made beside the SQLite file. The key may be a list: the first seals, all open, so that a
key can be changed while what the old one sealed is still kept.
"""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.telemetry import trouble

NOTHING = b""
"""In the place of something sealed: it was deleted, the row that told of it stays."""


class VaultError(ValueError):
    """The stored data cannot be opened with this WAERROR_SECRET_KEY."""


class Vault:
    """Seals JSON values. `key`: one Fernet key, or several with commas between."""

    def __init__(self, key: str) -> None:
        try:
            keys = [one.strip() for one in key.split(",")]
            self._fernet = MultiFernet([Fernet(one) for one in keys])
            # Derived, so that no key serves two purposes.
            self._key = hashlib.sha256(b"pseudonyms " + keys[0].encode()).digest()
        except ValueError as error:
            raise VaultError("WAERROR_SECRET_KEY is not a Fernet key (32 bytes, url-safe base64)") from error

    def seal(self, value: Any) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def pseudonym(self, text: str) -> str:
        """The same for the same text, and nobody without the key can tell which text, or try all numbers."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:24]

    def open(self, sealed: bytes) -> Any:
        """The value; None where it was deleted. VaultError when it was sealed with another key."""
        if sealed == NOTHING:
            return None
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise VaultError(VaultError.__doc__) from error


def key_beside(database: Path) -> str:
    """The key in `<database>.key`, made on first use with mode 0600. That is told once: without it nothing opens."""
    path = database.with_name(database.name + ".key")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
        trouble("vault.key_made", file=path.name, says="back it up with the database")
    except FileExistsError:
        pass
    return path.read_text().strip()
