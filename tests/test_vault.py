"""What is stored of a paste opens with its key and with no other."""

import stat
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet

from bot.vault import NOTHING, Vault, VaultError, key_beside


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


def test_a_key_is_changed_without_losing_what_it_sealed() -> None:
    """The first of several seals; all of them open."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    both = Vault(f"{new}, {old}")
    assert both.open(Vault(old).seal("before")) == "before"
    assert Vault(new).open(both.seal("after")) == "after"
    with pytest.raises(VaultError):
        Vault(old).open(both.seal("after"))
    assert both.pseudonym("15551234567") == Vault(new).pseudonym("15551234567")


def test_what_was_deleted_opens_as_nothing() -> None:
    """Whatever the key."""
    assert Vault(Fernet.generate_key().decode()).open(NOTHING) is None


def test_making_a_key_is_told_once(tmp_path: Path) -> None:
    """Whoever backs up the database alone could open nothing of it."""
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            key_beside(tmp_path / "waerror.db")
    (line,) = [one for one in logs if one["event"].startswith("vault.")]
    assert (line["event"], line["log_level"], line["file"]) == ("vault.key_made", "warning", "waerror.db.key")
    assert "back it up" in line["says"]


@pytest.mark.parametrize("key", ["", ",", "{good},", "{good},too short"])
def test_one_malformed_key_of_several_is_refused(key: str) -> None:
    """A key that opens nothing would be noticed when it is needed."""
    with pytest.raises(VaultError, match="WAERROR_SECRET_KEY"):
        Vault(key.replace("{good}", Fernet.generate_key().decode()))


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
