"""Each setting: missing, malformed, at odds with another, or mistyped. No value of a secret is told."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.desk.findings import Finding, Level, broken, doubtful, good
from bot.diagnosis.masking import mask
from bot.doctor.patient import CHANNEL, NAMES, Patient
from bot.missing import missing
from bot.settings import Settings

# `WAERROR_ALERT_CHANNEL` is .98 of a setting; `WACONNECT_KEY_STAGING`, which waerror.toml may name, is .7.
_NEAR = 0.88
_OURS = ("SLACK_", "WACONNECT_", "WAERROR_")
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class _Odd:
    """Settings that are each good, and together are not what somebody wants."""

    level: Level
    when: Callable[[Settings], bool]
    what: str
    do: str


_ODD = (
    _Odd(
        "warning",
        lambda s: s.waerror_pace < 1,
        "WAERROR_PACE is below 1: Slack's limits are not kept",
        "Remove WAERROR_PACE; it is for tests.",
    ),
    _Odd(
        "warning",
        lambda s: s.waerror_retention_days * _DAY < s.waerror_follow_seconds,
        "WAERROR_RETENTION_DAYS is shorter than WAERROR_FOLLOW_SECONDS: a retry is forgotten while it is followed",
        "Set WAERROR_RETENTION_DAYS to at least the days that WAERROR_FOLLOW_SECONDS has.",
    ),
    _Odd(
        "warning",
        lambda s: s.waerror_may_approve == "nobody" and s.waerror_may_bulk != "nobody",
        "WAERROR_MAY_APPROVE is nobody: no bulk retry above WAERROR_APPROVE_ABOVE can ever begin",
        "Name in WAERROR_MAY_APPROVE who may be the second person.",
    ),
    _Odd(
        "warning",
        lambda s: s.waerror_may_retry == "nobody" and s.waerror_may_send_anyway not in ("nobody", "channel"),
        "WAERROR_MAY_SEND_ANYWAY names people while WAERROR_MAY_RETRY is nobody",
        "Let the same people retry, or set WAERROR_MAY_SEND_ANYWAY to nobody.",
    ),
    _Odd(
        "warning",
        lambda s: "channel" in s.waerror_may_reveal,
        "WAERROR_MAY_REVEAL lets everybody of a channel see numbers and message bodies",
        "Name people or a user group in WAERROR_MAY_REVEAL.",
    ),
    _Odd(
        "warning",
        lambda s: s.waerror_log_level == "ERROR",
        "WAERROR_LOG_LEVEL is ERROR: what somebody should look at is not logged",
        "Set WAERROR_LOG_LEVEL to INFO.",
    ),
)


def look(patient: Patient) -> Iterator[Finding]:
    """One finding when all is well, else one a fault."""
    found = [*_wrong(patient), *_missing(patient), *_channels(patient.settings), *_addresses(patient.settings)]
    found += [Finding(odd.level, odd.what, odd.do) for odd in _ODD if odd.when(patient.settings)]
    found += _mistyped()
    named = len(patient.settings.model_fields_set)
    yield from found or [good(f"{named} set, {len(NAMES) - named} as they are by default")]


def _wrong(patient: Patient) -> Iterator[Finding]:
    for fault in patient.faults:
        default = Settings.model_fields[fault.name.lower()].default
        instead = "" if default is None or isinstance(default, frozenset) else f"; without it, it is {default}"
        yield broken(f"{fault.name} {_bounded(fault.says)}", f"Correct {fault.name}, or remove it{instead}.")


def _missing(patient: Patient) -> Iterator[Finding]:
    wrong = {fault.name for fault in patient.faults}
    for need in missing(patient.settings):
        if need.name not in wrong:
            yield broken(f"{need.name} is not set", f"Set {need.name}: {need.where}.")


def _channels(settings: Settings) -> Iterator[Finding]:
    named = [("WAERROR_ALERT_CHANNELS", id) for id in sorted(settings.waerror_alert_channels)]
    named += [("WAERROR_DIGEST_CHANNEL", settings.waerror_digest_channel or "C00")]
    for name, id in named:
        if not CHANNEL.fullmatch(id):
            says = f"{name}: {_bounded(id, 40)} is no channel id"
            yield broken(says, f"Put the channel's id (C…, at the end of its *About*) into {name}.")


def _addresses(settings: Settings) -> Iterator[Finding]:
    for name, url in (("SLACK_API_URL", settings.slack_api_url), ("WACONNECT_BASE_URL", settings.waconnect_base_url)):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield broken(f"{name} is no address", f"Set {name} to an address such as https://…/api/.")
        elif parts.scheme == "http" and not _is_here(parts.hostname):
            says = f"{name} is not https: keys and messages can be read on the way"
            yield doubtful(says, f"Let {name} begin with https://.")


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.") or "." not in host


def _mistyped() -> Iterator[Finding]:
    """A name that is almost a setting's is nobody's by accident."""
    for name in sorted(_names_around()):
        near = get_close_matches(name, NAMES, 1, _NEAR)
        if near:
            yield doubtful(f"{name} is no setting", f"Rename {name} to {near[0]}, or remove it.")


def _names_around() -> Iterable[str]:
    here = {*os.environ, *dotenv_values(".env")}
    return {name for name in here - NAMES if name.startswith(_OURS)}


def _bounded(text: str, most: int = 200) -> str:
    line = " ".join(mask(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
