"""What is stored of a paste is sealed: a copied database file shows no message, number or key.

Fernet (AES-128-CBC with HMAC-SHA256) from `cryptography`. The key is WAERROR_SECRET_KEY, else a file that
only its owner may read, made beside the SQLite file.
"""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


class VaultError(ValueError):
    """The stored data cannot be opened with this WAERROR_SECRET_KEY."""


class Vault:
    """Seals JSON values with one key."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
            # Derived, so that no key serves two purposes.
            self._key = hashlib.sha256(b"pseudonyms " + key.encode()).digest()
        except ValueError as error:
            raise VaultError("WAERROR_SECRET_KEY is not a Fernet key (32 bytes, url-safe base64)") from error

    def seal(self, value: Any) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def pseudonym(self, text: str) -> str:
        """The same for the same text, and nobody without the key can tell which text, or try all numbers."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:24]

    def open(self, sealed: bytes) -> Any:
        """The value, or VaultError when it was sealed with another key."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise VaultError(VaultError.__doc__) from error


def key_beside(database: Path) -> str:
    """The key in `<database>.key`, made on first use with mode 0600."""
    path = database.with_name(database.name + ".key")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
    except FileExistsError:
        pass
    return path.read_text().strip()
