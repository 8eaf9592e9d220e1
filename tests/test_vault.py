"""What is stored of a paste opens with its key and with no other."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.vault import Vault, VaultError, key_beside


def test_what_is_sealed_opens_again(tmp_path: Path) -> None:
    """JSON values come back as they were, and the sealed bytes do not show them."""
    vault = Vault(key_beside(tmp_path / "waerror.db"))
    sealed = vault.seal({"to": "15551234567", "body": "Olá"})
    assert b"15551234567" not in sealed
    assert vault.open(sealed) == {"to": "15551234567", "body": "Olá"}


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """A second start finds the key of the first."""
    first = key_beside(tmp_path / "new" / "waerror.db")
    path = tmp_path / "new" / "waerror.db.key"
    assert key_beside(tmp_path / "new" / "waerror.db") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_key_does_not_open_it(tmp_path: Path) -> None:
    """The error says which setting is wrong."""
    sealed = Vault(key_beside(tmp_path / "waerror.db")).seal("secret")
    with pytest.raises(VaultError, match="WAERROR_SECRET_KEY"):
        Vault(Fernet.generate_key().decode()).open(sealed)


def test_a_malformed_key_is_refused() -> None:
    """It is refused when the bot starts, not when the first paste arrives."""
    with pytest.raises(VaultError, match="WAERROR_SECRET_KEY"):
        Vault("too short")


def test_a_digest_is_the_same_for_the_same_and_tells_nothing(tmp_path: Path) -> None:
    """Without the key, trying all phone numbers finds none."""
    vault, other = Vault(key_beside(tmp_path / "waerror.db")), Vault(Fernet.generate_key().decode())
    assert vault.pseudonym("15551234567") == vault.pseudonym("15551234567") != vault.pseudonym("15551234568")
    assert vault.pseudonym("15551234567") != other.pseudonym("15551234567")
    assert "15551234567" not in vault.pseudonym("15551234567")
