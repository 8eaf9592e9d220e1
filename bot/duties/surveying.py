"""What one person may see of the workspace: the incidents of their channels, and numbers that name no channel.

A channel whose members Slack does not tell is left out, and counted.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot import __version__
from bot.accounts import Accounts
from bot.audience import Audience
from bot.duties.triage import Triage
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Incident, Mute, Period, Store
from bot.views import home as view
from bot.views.chart import course, hours

# More live incidents than anybody reads; beyond it "and … more" is no longer exact.
_MOST_LIVE = 200
STRETCHES: Mapping[str, tuple[str, timedelta]] = {
    "24h": ("the last 24 hours", timedelta(days=1)),
    "7d": ("the last 7 days", timedelta(days=7)),
}

UnmatchedOf = Callable[[str, int], Sequence[view.Unmatched]]


def nothing_unmatched(team: str, limit: int) -> Sequence[view.Unmatched]:
    """SEAM: what nothing explained is listed by `store.queue.open`, which belongs in this one's place."""
    return ()


class Surveying:
    """Reads the store for those who look."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        knowledge: Knowledge,
        audience: Audience,
        triage: Triage,
        accounts: Accounts,
        unmatched: UnmatchedOf = nothing_unmatched,
    ) -> None:
        self._settings = settings
        self._store = store
        self._knowledge = knowledge
        self._audience = audience
        self._triage = triage
        self._accounts = accounts
        self._unmatched = unmatched

    def address(self, team: str) -> str:
        """The workspace's own: every link into it begins so."""
        return self._audience.of(team).address

    def home(self, team: str, user: str, says: str = "") -> view.Home:
        """All that this person's Home tab shows. Asks Slack who is where."""
        at = datetime.now(UTC)
        muted = self._store.mutes.by_channel(team, at)
        read = {channel for channel in self._told(team) if self._triage.watch(team, channel) != "off"}
        live = self._store.figures.live_channels(team)
        seen, unread = self._audience.of(team).sees(user, sorted({*live, *read, *muted}))
        return view.Home(
            incidents=self._store.incidents.live(team, sorted(seen), _MOST_LIVE),
            healths=self._healths(team),
            trends=[self.trend(team, stretch, at) for stretch in STRETCHES],
            unmatched=self._unmatched(team, view.MOST_UNMATCHED + 1),
            channels=[self._watched(team, one, muted.get(one, ())) for one in sorted(seen & {*read, *muted})],
            about=self.about(),
            address=self.address(team),
            says=says,
            unread=unread,
        )

    def incidents(self, team: str, user: str, channel: str) -> tuple[Incident, ...]:
        """What is open where this person is: in this channel first. Asks Slack who is where."""
        seen, _ = self._audience.of(team).sees(user, self._others(team, channel))
        return self._live(team, channel, seen)

    def incidents_at_once(self, team: str, user: str, channel: str) -> tuple[tuple[Incident, ...], bool]:
        """The same as far as it is known without asking, and whether that is all."""
        seen, all_known = self._audience.of(team).remembered(user, self._others(team, channel))
        return self._live(team, channel, seen), all_known

    def trend(self, team: str, stretch: str, at: datetime) -> view.Trend:
        """`stretch`: 24h or 7d."""
        says, length = STRETCHES[stretch]
        end = at.replace(second=0, microsecond=0) + timedelta(minutes=1)  # the minute that runs counts too
        period = Period(end - length, end)
        counts = self._store.figures.course(team, period, 60 * hours(period))
        shown = course(f"Alerts in {says} (UTC)", period, counts, UTC)
        return view.Trend(says, self._store.figures.top(team, period), shown)

    def about(self) -> view.About:
        known = self._knowledge
        return view.About(__version__, known.version, known.checked, len(known.entries))

    def muted(self, team: str, user: str, key: str) -> tuple[str, Mute] | None:
        """The channel and the mute that an *Unmute* button means; None when it is over, or is not theirs to see."""
        for channel, mutes in self._store.mutes.by_channel(team, datetime.now(UTC)).items():
            for mute in mutes:
                if _key(team, channel, mute) == key and self._audience.of(team).sees(user, [channel])[0]:
                    return channel, mute
        return None

    def _healths(self, team: str) -> Sequence[view.Checked]:
        """Every account, as it was when it was last asked."""
        last = {health.account: health for health in self._store.healths.last(team)}
        return [view.Checked(account.name, last.get(account.name)) for account in self._accounts.of_team(team).all]

    def _told(self, team: str) -> set[str]:
        """Channels of which somebody said how they are read, here or in the settings."""
        return {*self._settings.waerror_alert_channels, *self._store.channels.watched(team)}

    def _watched(self, team: str, channel: str, mutes: Iterable[Mute]) -> view.Watched:
        buttons = [(_key(team, channel, mute), mute) for mute in mutes]
        return view.Watched(channel, self._triage.watch(team, channel), buttons)

    def _others(self, team: str, channel: str) -> list[str]:
        return [other for other in self._store.figures.live_channels(team) if other != channel]

    def _live(self, team: str, channel: str, others: Iterable[str]) -> tuple[Incident, ...]:
        found = self._store.incidents.live(team, [channel, *sorted(others)], _MOST_LIVE)
        return tuple(sorted(found, key=lambda one: one.channel != channel))


def _key(team: str, channel: str, mute: Mute) -> str:
    """A mute has no id of its own; its button carries this one, which is looked up and never trusted."""
    return hashlib.sha256(f"{team}/{channel}/{mute.entry}".encode()).hexdigest()[:24]
