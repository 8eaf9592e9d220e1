"""The statements of counting, made once: they run for every post of a storm."""

import sqlalchemy as sa

from bot.store.engines import in_both
from bot.store.incident import incidents
from bot.store.sightings import affected, sightings, ticks

_b = sa.bindparam
_AT, _SINCE = _b("b_at", type_=sa.DateTime(timezone=True)), _b("b_since", type_=sa.DateTime(timezone=True))
_I = incidents.c
KNOWN = sa.select(sightings.c.key).where(sightings.c.key.in_(_b("b_keys", expanding=True)))
_SAME = sa.and_(*(_I[name] == _b(f"b_{name}") for name in ("team", "channel", "entry", "part", "account")), _I.current)
# Alerts of one moment may be counted in another order than they were posted in: the card belongs below the first.
_IS_EARLIER = _I.answered_at.is_(None) & (_I.root > _b("b_ts"))
JOIN = (
    sa.update(incidents)
    .where(_SAME, _I.last_seen >= _SINCE)
    .values(
        count=_I.count + 1,
        first_seen=sa.case((_I.first_seen > _AT, _AT), else_=_I.first_seen),
        last_seen=sa.case((_I.last_seen < _AT, _AT), else_=_I.last_seen),
        version=_I.version + 1,
        changed_at=sa.case((_I.version == _I.drawn, _AT), else_=_I.changed_at),
        root=sa.case((_IS_EARLIER, _b("b_ts")), else_=sa.func.coalesce(_I.root, _b("b_ts"))),
        reopened=_I.reopened + sa.case((_I.state == "resolved", 1), else_=0),
        state_at=sa.case((_I.state == "resolved", _AT), else_=_I.state_at),
        state_by=sa.case((_I.state == "resolved", None), else_=_I.state_by),
        state_why=sa.case((_I.state == "resolved", "reopened"), else_=_I.state_why),
        resolved_at=None,
        state=sa.case((_I.state == "resolved", "open"), else_=_I.state),
    )
    .returning(_I.id, _I.root)
)
CLOSE = (
    sa.update(incidents)
    .where(_SAME)
    .values(
        current=False,
        version=sa.case((_I.state == "resolved", _I.version), else_=_I.version + 1),
        state_by=sa.case((_I.state == "resolved", _I.state_by), else_=None),
        state_why=sa.case((_I.state == "resolved", _I.state_why), else_="quiet"),
        state_at=sa.case((_I.state == "resolved", _I.state_at), else_=_AT),
        resolved_at=sa.func.coalesce(_I.resolved_at, _AT),
        state="resolved",
    )
)
TWIN = (
    sa.select(_I.id)
    .where(
        *(_I[name] == _b(f"b_{name}") for name in ("team", "entry", "part", "account")),
        _I.current,
        _I.channel != _b("b_channel"),
        _I.twin.is_(None),
        _I.last_seen >= _SINCE,
    )
    .order_by(_I.first_seen)
    .limit(1)
)
WAS = (
    sa.select(
        *(sightings.c[name] for name in ("key", "incident", "at", "affected")),
        *(_I[name] for name in ("entry", "part", "account", "current", "root")),
    )
    .join(incidents, _I.id == sightings.c.incident)
    .where(sightings.c.key == _b("b_key"))
)
OPEN = sa.insert(incidents)
COUNT = sa.insert(sightings)
_MORE_TICKS = {"count": ticks.c.count + 1}
_MORE_NAMED = {"count": affected.c.count + 1}
TICK = in_both(
    lambda insert: (
        insert(ticks).values(count=1).on_conflict_do_update(index_elements=["incident", "minute"], set_=_MORE_TICKS)
    )
)
NAMED = in_both(
    lambda insert: (
        insert(affected)
        .values(count=1)
        .on_conflict_do_update(index_elements=["incident", "kind", "value"], set_=_MORE_NAMED)
    )
)
