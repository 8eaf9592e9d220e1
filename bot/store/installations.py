"""In which workspaces the bot is installed, with the token of each, sealed; and who is about to install it.

A token that expires is renewed by one at a time, and a state is good for one return from Slack.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, now, utc
from bot.vault import Vault

installations = sa.Table(
    "installations",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    *(sa.Column(name, sa.String, nullable=False) for name in ("bot_user", "bot", "address", "user")),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the token, and what renews it
    sa.Column("expires_at", sa.DateTime(timezone=True)),  # NULL: never
    sa.Column("renewing_until", sa.DateTime(timezone=True)),  # somebody is at it
    sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
)
states = sa.Table(
    "install_states",
    metadata,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
)
_I = installations.c


@dataclass(frozen=True, slots=True)
class Token:
    """What Slack gave us to speak with."""

    value: str
    renews: str | None = None
    """What a new one is asked for with; None where it never expires."""
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return "Token(…)"


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot in one workspace."""

    team: str
    bot_user: str
    bot: str
    address: str
    """The workspace's own: every link into it begins so."""
    user: str
    """Who installed it."""
    token: Token


class Installations:
    """Where the bot is installed."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def save(self, one: Installation) -> None:
        """In the place of an earlier one of the same workspace."""
        row = {name: getattr(one, name) for name in ("team", "bot_user", "bot", "address", "user")}
        row |= self._sealed(one.token) | {"installed_at": now(), "renewing_until": None}
        with self._engine.begin() as db:
            if not insert_new(db, installations, row):
                db.execute(sa.update(installations).where(_I.team == one.team).values(row))

    def find(self, team: str) -> Installation | None:
        with self._engine.connect() as db:
            row = db.execute(sa.select(installations).where(_I.team == team)).one_or_none()
        if row is None:
            return None
        kept = self._vault.open(row.sealed)
        token = Token(kept["token"], kept["renews"], row.expires_at and utc(row.expires_at))
        return Installation(row.team, row.bot_user, row.bot, row.address, row.user, token)

    def teams(self) -> tuple[str, ...]:
        with self._engine.connect() as db:
            return tuple(db.scalars(sa.select(_I.team).order_by(_I.team)))

    def remove(self, team: str) -> bool:
        """False when it was not there."""
        with self._engine.begin() as db:
            return bool(db.execute(sa.delete(installations).where(_I.team == team)).rowcount)

    def is_newer(self, team: str, at: datetime) -> bool:
        """It was installed, or installed again, after that."""
        with self._engine.connect() as db:
            found = db.scalar(sa.select(_I.installed_at).where(_I.team == team))
        return found is not None and utc(found) > at

    def lease(self, team: str, until: datetime) -> bool:
        """True for the one who is to renew its token now; nobody else is until then."""
        free = (_I.team == team) & (_I.renewing_until.is_(None) | (_I.renewing_until < now()))
        with self._engine.begin() as db:
            return bool(db.execute(sa.update(installations).where(free).values(renewing_until=until)).rowcount)

    def release(self, team: str) -> None:
        """It needs no renewal after all."""
        with self._engine.begin() as db:
            db.execute(sa.update(installations).where(_I.team == team).values(renewing_until=None))

    def renew(self, team: str, token: Token) -> None:
        """The new token; nothing where it was removed meanwhile."""
        values = self._sealed(token) | {"renewing_until": None}
        with self._engine.begin() as db:
            db.execute(sa.update(installations).where(_I.team == team).values(values))

    def state(self, lasts: timedelta) -> str:
        """What somebody takes along to Slack. It is proved by our key, so nothing is kept until it comes back."""
        told = f"{(now() + lasts).timestamp():.0f}.{token_urlsafe(16)}"
        return f"{told}.{self._proof(told)}"

    def returns(self, state: str) -> bool:
        """True for the first who comes back with a state of ours, in time."""
        told, _, proof = state.rpartition(".")
        if not compare_digest(proof.encode(), self._proof(told).encode()):
            return False
        until = datetime.fromtimestamp(int(told.partition(".")[0]), UTC)
        with self._engine.begin() as db:
            db.execute(sa.delete(states).where(states.c.until < now()))
            return until >= now() and insert_new(db, states, {"digest": _digest(state), "until": until})

    def _proof(self, told: str) -> str:
        return self._vault.pseudonym(f"install state {told}")

    def _sealed(self, token: Token) -> dict[str, object]:
        sealed = self._vault.seal({"token": token.value, "renews": token.renews})
        return {"sealed": sealed, "expires_at": token.expires_at}


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
