"""The header of an incident above its card, and the few sentences that its thread and channel are told.

The state first, then how much, then whom it hits. Numbers are counted and shown by their last four digits.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.desk import Answer
from bot.desk.incidents import CHANGES, REACTIONS, Change
from bot.store import Incident, Named, Notice, Waiting
from bot.views import card
from bot.views.blocks import Blocks, actions, button, context, escape, message, outside, overflow, section
from bot.views.margins import Margins, summary
from bot.views.rate import Rate

_SAYS: Mapping[str, str] = {
    "open": "*Open*",
    "owned": "*Owned* by {who} since {at}",
    "snoozed": "*Snoozed* by {who} until {until}",
    "muted": "*Muted here* by {who}{until_or_lifted}",
    "resolved": "*Resolved* {how} {at}",
}
_RESOLVED: Mapping[str | None, str] = {
    None: "by {who}",
    "quiet": "by itself, for it has been quiet",
    "retry": "by itself, for every message was sent again and arrived",
    "source": "by itself, for its source says that it is over",
    "edited": "by itself, for its alert was edited and reports it no more",
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "recipient": ("recipient", "recipients"),
    "template": ("template", "templates"),
    "sender": ("sending number", "sending numbers"),
    "source": ("source", "sources"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An incident as it is to be shown."""

    incident: Incident
    named: Mapping[str, Named]
    rate: Rate | None = None
    twin: Incident | None = None
    twin_link: str | None = None
    margins: Margins = field(default_factory=Margins)


def incident_card(picture: Picture, answer: Answer) -> Blocks:
    """The header and the card below it. The answer is that of the incident's first alert."""
    one = picture.incident
    best = answer.diagnosis.best
    menu = {**card.MENU, **{pick: change.label for pick, change in _offered(one) if change.in_menu}}
    unknown = card.unknown(one.cause.entry)
    below = card.body(answer, best, one.id, margins=picture.margins, menu=menu) if best else iter(unknown)
    return message([*_header(picture), controls(one, more=_about_all(one, answer)), *below], one.id)


def incident_summary(picture: Picture, answer: Answer) -> str:
    one = picture.incident
    return f"{summary(picture.margins, card.summary(answer))} Seen {times(one.count)}, {one.state}."


def _header(picture: Picture) -> Iterator[Block | None]:
    one = picture.incident
    yield section(f":{REACTIONS[one.state]}: {state(one)} · {_seen(one, picture.rate)}")
    named = [_named(kind, picture.named[kind]) for kind in _KINDS if kind in picture.named]
    yield context(" · ".join(named)) if named else None
    yield context(_twin(picture.twin, picture.twin_link)) if picture.twin else None
    yield context(":hourglass_flowing_sand: Late: it was posted while I was away.") if one.late else None


def state(one: Incident) -> str:
    who = f"<@{escape(one.state_by)}>" if one.state_by else "somebody"
    until = clock(one.until) if one.until else ""
    how = _RESOLVED.get(one.state_why, _RESOLVED[None]).format(who=who)
    lasts = f" until {until}" if until else " until somebody lifts it"
    return _SAYS[one.state].format(who=who, at=clock(one.state_at), until=until, until_or_lifted=lasts, how=how)


def _seen(one: Incident, rate: Rate | None) -> str:
    if one.count <= 1:
        return f"seen once, {clock(one.last_seen)}"
    bars = f" · `{rate.bars}` {rate.stretch} a bar" if rate else ""
    return f"*{one.count:,} times* since {clock(one.first_seen)}, last {clock(one.last_seen)}{bars}"


def _named(kind: str, named: Named) -> str:
    one, many = _KINDS[kind]
    # A source may be a person, whom Slack shows by name; nothing else here is anything but text.
    shown = [name if kind == "source" and name.startswith("<@") else outside(name, 60) for name in named.shown]
    more = ", …" if named.count > len(shown) else ""
    return f"{named.count:,} {one if named.count == 1 else many}: {', '.join(shown)}{more}"


def _twin(twin: Incident, link: str | None) -> str:
    place = f"<{link}|its first thread>" if link else "its first thread"
    return f"Also in <#{escape(twin.channel)}> since {clock(twin.first_seen)}: {place}."


def _about_all(one: Incident, answer: Answer) -> tuple[InteractiveElement, ...]:
    """Buttons about all of its alerts. One alone is sent again by the card's own button."""
    retries = one.count > 1 and any(offer.remedy == "retry" for offer in answer.offers)
    retry_all = (button("Retry all…", "incident.bulk", one.id),) if retries else ()
    return (*retry_all, button("History", "incident.history", one.id))


def controls(one: Incident, menu: bool = False, more: Iterable[InteractiveElement] = ()) -> Block:
    """The buttons that its state offers; what is rarer stands in a menu: the card's, or one of its own."""
    shown: list[InteractiveElement] = [
        button(change.label, f"incident.{pick}", one.id) for pick, change in _offered(one) if not change.in_menu
    ]
    rare = {pick: change.label for pick, change in _offered(one) if change.in_menu}
    return actions([*shown, *more, *([overflow("card.more", one.id, rare)] if menu and rare else [])])


def _offered(one: Incident) -> list[tuple[str, Change]]:
    return [(pick, change) for pick, change in CHANGES.items() if one.state in change.offered_in]


def count_remark(reached: int) -> str:
    return f"Seen {reached:,} times now. The card above is kept up to date; I add nothing here but round numbers."


def reopened_remark(one: Incident) -> str:
    return f":{REACTIONS['open']}: It is back: a new alert came {clock(one.last_seen)}, so I opened it again."


def notice(notice: Notice, waiting: Waiting) -> str:
    """What a channel as a whole is told."""
    if notice.kind == "loop":
        return (
            "I leave bots in this channel alone for ten minutes: each of my last posts was followed by one of theirs "
            "within a second, which looks like two bots answering each other. `/waerror watch on` ends it at once."
        )
    folded = f"{waiting.alerts:,} alerts folded into {waiting.shown:,} threads"
    if waiting.cards:
        return f"Many different errors at once. Answering 1 per cause, {folded}; {waiting.cards:,} more causes wait."
    return f"It has calmed down: {folded}, one per cause."


def remark(says: str, mark: str) -> Blocks:
    return message([section(says)], f"{mark}.remark")


def times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def clock(at: datetime) -> str:
    """`09:14`, with the day when it is another, in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
