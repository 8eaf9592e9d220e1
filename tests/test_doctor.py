"""The doctor looks at a set-up as it is, and says what to do. It is tried on a healthy one and on broken ones."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography.fernet import Fernet

from bot.desk import Question
from bot.desk.findings import Examined, Finding, failed, to_do
from bot.doctor import CHECKS, Check, Patient, examine
from bot.doctor.patient import NAMES, read
from bot.standin import Workspace, serve
from bot.store import Store, Synthetic
from bot.vault import Vault, key_beside
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests.hooks import SECRET
from tests.postgres import KEY

ROOT = Path(__file__).parent.parent
SCOPES = frozenset(yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8"))["oauth_config"]["scopes"]["bot"])
WAERROR = Path(sys.executable).with_name("waerror")
WRONG_TOKEN = {"SLACK_BOT_TOKEN": "xoxb-1"}
# What programs may rely on.
SCHEMA = {
    "type": "object",
    "required": ["waerror", "ok", "counts", "findings", "to_do"],
    "additionalProperties": False,
    "properties": {
        "waerror": {"type": "string"},
        "ok": {"type": "boolean"},
        "counts": {
            "type": "object",
            "required": ["good", "skipped", "warning", "error"],
            "additionalProperties": {"type": "integer"},
        },
        "findings": {
            "type": "array",
            "minItems": len(CHECKS),
            "items": {
                "type": "object",
                "required": ["check", "level", "what", "do"],
                "additionalProperties": False,
                "properties": {
                    "check": {"enum": [check.name for check in CHECKS]},
                    "level": {"enum": ["good", "skipped", "warning", "error"]},
                    "what": {"type": "string", "minLength": 1},
                    "do": {"type": "string"},
                },
            },
        },
        "to_do": {"type": "array", "items": {"type": "string"}},
    },
}


@dataclass
class Clinic:
    """Slack's stand-in, WaConnect's sandbox, and a folder in which a bot is set up."""

    workspace: Workspace
    sandbox: Sandbox
    folder: Path
    env: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    found: tuple[Examined, ...] = ()

    def look(self, *checks: str, **env: str) -> dict[str, list[Finding]]:
        """What these checks (all of them, when none is named) find with these settings besides; empty is not set."""
        for name, value in (self.env | env).items():
            self.monkeypatch.setenv(name, value)
        self.found = examine(read(), [check for check in CHECKS if not checks or check.name in checks])
        return {one.check: list(one.findings) for one in self.found}

    def says(self, check: str, **env: str) -> str:
        """All that a check found, when those that it needs were looked at: `error: what → do` a line."""
        needs = next(one.needs for one in CHECKS if one.name == check)
        found = self.look(*needs, check, **env)
        return "\n".join(f"{one.level}: {one.what} → {one.do}" for one in found[check])

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`waerror doctor` as a process."""
        kept = {name: value for name, value in os.environ.items() if name not in NAMES}
        command = [WAERROR, "doctor", *words]
        return subprocess.run(command, env=kept | self.env | env, cwd=self.folder, capture_output=True, text=True)

    def store(self) -> Store:
        """The bot's database, made as the bot makes it."""
        file = self.folder / "data" / "waerror.db"
        return Store(f"sqlite:///{file}", Vault(key_beside(file)))


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    workspace = Workspace(scopes=SCOPES)
    workspace.add_user("ana")
    workspace.add_channel("alerts")
    workspace.add_channel("elsewhere", bot=False)
    workspace.add_channel("private", kind="private", bot=False)
    sandbox = Sandbox()
    waconnect, url = serve_sandbox(sandbox)
    with waconnect, serve(workspace) as slack:
        env = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "WACONNECT_BASE_URL": url,
            "WACONNECT_API_KEY": DEMO_KEY,
            "WAERROR_ALERT_CHANNELS": "C0ALERTS",
        }
        yield Clinic(workspace, sandbox, tmp_path, env, monkeypatch)


def test_a_healthy_set_up_is_good_throughout(clinic: Clinic) -> None:
    """Every check has something to say, nothing is to be done, and nothing was written or posted."""
    found = clinic.look()
    assert found.keys() == {check.name for check in CHECKS}
    assert {one.level for findings in found.values() for one in findings} <= {"good", "skipped"}
    assert (failed(clinic.found), to_do(clinic.found)) == (False, ())
    assert list(clinic.folder.iterdir()) == []
    wrote = {"chat.postMessage", "chat.update", "views.publish"}
    assert not wrote & {call.method for call in clinic.workspace.calls}
    assert clinic.sandbox.sent == ()


def test_many_faults_are_told_at_once(clinic: Clinic) -> None:
    """Settings, tokens, channels and accounts: no fault hides another."""
    clinic.workspace.scopes = SCOPES - {"usergroups:read"} | {"users:read"}
    app = clinic.workspace.app
    broken = {
        "SLACK_BOT_TOKEN": app.app_token,
        "SLACK_APP_TOKEN": app.bot_token,
        "WACONNECT_API_KEY": "wba_wrong",
        "WAERROR_ALERT_CHANNELS": "#alerts,C0PRIVATE,C0ELSEWHERE",
        "WAERROR_ALERT_CHANNEL": "C0ALERTS",
        "WAERROR_DIGEST": "daily 09:00 UTC",
        "WAERROR_RETRY_ATTEMPTS": "0",
        "WAERROR_LOG_LEVEL": "LOUD",
        "WAERROR_SECRET_KEY": "abc",
    }
    clinic.look(**broken)
    does = to_do(clinic.found)
    assert failed(clinic.found)
    for words in (
        "Swap the values of SLACK_BOT_TOKEN and SLACK_APP_TOKEN",
        "Add the scopes of app_manifest.yml",
        "Take users:read away",
        "Ask WaConnect's administrator for the API key of account default",
        "Put the channel's id",
        "Type /invite @waerror in the channel C0PRIVATE",
        "Type /invite @waerror in #elsewhere (C0ELSEWHERE)",
        "Rename WAERROR_ALERT_CHANNEL to WAERROR_ALERT_CHANNELS",
        "Correct WAERROR_DIGEST",
        "Correct WAERROR_RETRY_ATTEMPTS, or remove it; without it, it is 5",
        "Correct WAERROR_LOG_LEVEL",
        "Put the key back",
    ):
        assert sum(words in do for do in does) == 1, words
    assert does.index("Take users:read away from the app; it needs less.") > 8  # the broken stand first


@pytest.mark.parametrize(
    ("check", "env", "says"),
    [
        ("settings", {"SLACK_BOT_TOKEN": ""}, "error: SLACK_BOT_TOKEN is not set → Set SLACK_BOT_TOKEN: api.slack.com"),
        ("settings", {"SLACK_APP_TOKEN": ""}, "error: SLACK_APP_TOKEN is not set"),
        ("settings", {"WAERROR_DIGEST_CHANNEL": "general"}, "WAERROR_DIGEST_CHANNEL: general is no channel id"),
        ("settings", {"WAERROR_MAY_RETRY": "ana"}, "error: WAERROR_MAY_RETRY must be channel, nobody, or ids"),
        ("settings", {"WAERROR_DIGEST": "sometimes"}, "error: WAERROR_DIGEST"),
        ("settings", {"WAERROR_DATABASE_URL": "mysql://x"}, "error: WAERROR_DATABASE_URL must start with"),
        ("settings", {"WAERROR_PACE": "0.5"}, "warning: WAERROR_PACE is below 1"),
        ("settings", {"WAERROR_RETENTION_DAYS": "0.5"}, "warning: WAERROR_RETENTION_DAYS is shorter than"),
        ("settings", {"WAERROR_MAY_APPROVE": "nobody"}, "warning: WAERROR_MAY_APPROVE is nobody"),
        ("settings", {"WAERROR_MAY_REVEAL": "channel"}, "warning: WAERROR_MAY_REVEAL lets everybody"),
        ("settings", {"WACONNECT_BASE_URL": "http://example.com/api/"}, "warning: WACONNECT_BASE_URL is not https"),
        ("settings", {"SLACK_API_URL": "slack"}, "error: SLACK_API_URL is no address"),
        ("tokens", {"SLACK_BOT_TOKEN": "xoxp-1"}, "error: SLACK_BOT_TOKEN is a person's token → Put the Bot User"),
        ("tokens", {"SLACK_BOT_TOKEN": '"xoxb-1"'}, "error: SLACK_BOT_TOKEN has spaces or quotes"),
        ("tokens", {"SLACK_APP_TOKEN": "wba_1"}, "error: SLACK_APP_TOKEN is WaConnect's API key"),
        ("tokens", {"WACONNECT_API_KEY": "1"}, "warning: WACONNECT_API_KEY is none: it does not begin with wba_"),
        ("slack", {"SLACK_BOT_TOKEN": "xoxb-1"}, "error: Slack refuses SLACK_BOT_TOKEN: invalid_auth → Copy the token"),
        ("slack", {"SLACK_API_URL": "http://127.0.0.1:1/"}, "error: Slack cannot be reached at http://127.0.0.1:1/"),
        ("connection", {"SLACK_APP_TOKEN": "xapp-1"}, "error: Slack refuses SLACK_APP_TOKEN: invalid_auth"),
        ("tokens", {"SLACK_SIGNING_SECRET": "hush"}, "warning: SLACK_SIGNING_SECRET does not look like one"),
        ("settings", {"WAERROR_HTTP": "true"}, "error: SLACK_SIGNING_SECRET is not set"),
        ("connection", {"WAERROR_HTTP": "true"}, "skipped: not looked at: Slack connects to us"),
        ("channels", {"SLACK_BOT_TOKEN": "xoxb-1"}, "skipped: not looked at: slack must be good first"),
        ("channels", {"WAERROR_ALERT_CHANNELS": ""}, "warning: no channel is watched"),
        (
            "channels",
            {"WAERROR_ALERT_CHANNELS": "C0NONE"},
            "error: C0NONE is private and without us, or does not exist",
        ),
        ("accounts", {"WACONNECT_API_KEY": ""}, "warning: no WaConnect account"),
        ("accounts", {"WACONNECT_BASE_URL": "http://127.0.0.1:1/"}, "error: default: no answer from WaConnect"),
        ("accounts", {"WACONNECT_BASE_URL": "ftp://x"}, "error: default: WaConnect's base URL must look like"),
        (
            "accounts",
            {"WAERROR_CONFIG": "none.toml"},
            "error: waerror.toml: WAERROR_CONFIG: there is no file none.toml",
        ),
        ("key", {"WAERROR_SECRET_KEY": "abc"}, "error: WAERROR_SECRET_KEY is not a Fernet key"),
        ("synthetic", {"WAERROR_SYNTHETIC_SECONDS": "0"}, "skipped: not looked at: WAERROR_SYNTHETIC_SECONDS is 0"),
    ],
)
def test_each_fault_is_named_with_what_to_do(clinic: Clinic, check: str, env: dict[str, str], says: str) -> None:
    """By the check that it belongs to."""
    assert says in clinic.says(check, **env)


def test_what_fails_is_told_once_and_not_logged(clinic: Clinic) -> None:
    """The libraries' own words for it, as log events, are for a running bot."""
    done = clinic.run(SLACK_API_URL="http://127.0.0.1:1/")
    assert "Slack cannot be reached" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("outcome", "says"),
    [({"revoked": True}, "WaConnect does not know the key"), ({"enabled": False}, "the account was deactivated")],
)
def test_an_account_that_is_not_good(clinic: Clinic, outcome: dict[str, bool], says: str) -> None:
    """Each is asked, and whoever can help is named."""
    clinic.sandbox.account(DEMO_KEY, **outcome)
    assert says in clinic.says("accounts")
    assert "WaConnect's administrator" in to_do(clinic.found)[0]


def test_a_clock_that_is_wrong(clinic: Clinic) -> None:
    """Against the date of Slack's answer, also of a refusal."""
    clinic.workspace.clock = lambda: (datetime.now(UTC) - timedelta(seconds=90)).timestamp()
    assert re.match(r"warning: this clock and Slack's are \d\d\d? s apart", clinic.says("clock"))
    clinic.workspace.clock = lambda: (datetime.now(UTC) + timedelta(seconds=900)).timestamp()
    assert "error: this clock and Slack's are" in clinic.says("clock", **WRONG_TOKEN)


def test_blocks_that_slack_would_not_take(clinic: Clinic) -> None:
    """It asks with a whole card."""
    clinic.workspace.fail_next("blocks.validate", "invalid_blocks")
    assert "error: Slack would not take a card: invalid_blocks" in clinic.says("blocks")


def test_a_missing_scope_says_what_is_lost(clinic: Clinic) -> None:
    """What else can be looked at is looked at."""
    clinic.workspace.scopes = SCOPES - {"channels:read", "groups:read"}
    says = clinic.says("scopes")
    assert "the scope channels:read is missing: the Home tab" in says
    assert "error: Slack does not tell of C0ALERTS: missing_scope → Add the scopes" in clinic.says("channels")


def test_a_hook_that_cannot_be_used_is_told(clinic: Clinic) -> None:
    """The bot would not start with it; what is wrong is told by name, and no secret."""
    toml = clinic.folder / "waerror.toml"
    toml.write_text('[alerts.grafana]\nsecret_env = "HOOK_SECRET"\nchannel = "C0ALERTS"\n')
    says = clinic.says("alerts")
    assert says.startswith("error: alerts.grafana.secret_env: HOOK_SECRET is not set")
    assert "Correct alerts.grafana.secret_env" in says
    assert "error: alerts.grafana.secret_env: needs 16 characters" in clinic.says("alerts", HOOK_SECRET=SECRET[:8])
    assert clinic.says("alerts", HOOK_SECRET=SECRET).startswith("good: 1 systems may post")
    assert "error: WAERROR_WATCH_SECONDS" in clinic.says(
        "alerts", WAERROR_WATCH_SECONDS="60", WAERROR_ALERT_CHANNELS=""
    )
    toml.write_text("[accounts.a]\n")
    assert clinic.says("alerts").startswith("skipped")


def test_channels_where_webhooks_are_shown_are_looked_at_too(clinic: Clinic) -> None:
    """A private one cannot be written to without an invitation; in a public one only who asks is not heard."""
    hook = '[alerts.{name}]\nsource = "generic"\nsecret_env = "HOOK_SECRET"\nchannel = "{channel}"\n'
    places = {"one": "C0ALERTS", "two": "C0PRIVATE", "three": "C0ELSEWHERE"}
    text = "".join(hook.format(name=name, channel=channel) for name, channel in places.items())
    (clinic.folder / "waerror.toml").write_text(text)
    says = clinic.says("channels", HOOK_SECRET=SECRET, WAERROR_ALERT_CHANNELS="")
    assert "good: we are in #alerts (C0ALERTS)" in says
    assert "error: C0PRIVATE is private and without us, or does not exist → Type /invite @waerror" in says
    assert "warning: we are not in #elsewhere (C0ELSEWHERE): alerts are shown there" in says
    assert "no channel is watched" not in says


def test_channels_that_people_named_are_looked_at_too(clinic: Clinic) -> None:
    """What was said in a channel overrules the settings; another workspace's channels are none of ours."""
    store = clinic.store()
    store.channels.set_watch("T0STANDIN", "C0ELSEWHERE", "on", "U0ANA")
    store.channels.set_watch("T0STANDIN", "C0ALERTS", "off", "U0ANA")
    store.channels.set_watch("T0OTHER", "C0FOREIGN", "on", "U0ANA")
    store.close()
    says = clinic.says("channels")
    assert "we are not in #elsewhere (C0ELSEWHERE)" in says
    assert "C0ALERTS" not in says
    assert "C0FOREIGN" not in says


def test_a_private_channel_is_not_named(clinic: Clinic) -> None:
    """Anybody may ask for the bot's health."""
    clinic.workspace.set_member("C0PRIVATE", clinic.workspace.app.bot_user_id, True)
    says = clinic.says("channels", WAERROR_ALERT_CHANNELS="C0PRIVATE")
    assert "good: we are in C0PRIVATE (private)" in says
    assert "#private" not in says


def test_a_database_in_use(clinic: Clinic) -> None:
    """Version, WAL, room; the key opens it; it is read while somebody else writes, and not changed."""
    store = clinic.store()
    store.cards.keep("c" * 24, "T0STANDIN", "secret words", "ask")
    before = kept(clinic)
    assert "good: SQLite 3." in clinic.says("database")
    assert "journal wal" in clinic.says("database")
    assert "GB free" in clinic.says("database")
    assert "good: the key opens what is stored" in clinic.says("key")
    assert kept(clinic) == before
    store.close()


def kept(clinic: Clinic) -> dict[str, bytes]:
    """The files, but what SQLite's own readers note who reads where."""
    return {file.name: file.read_bytes() for file in (clinic.folder / "data").iterdir() if file.suffix != ".db-shm"}


def test_a_key_that_is_another_is_noticed(clinic: Clinic) -> None:
    """Also one that is gone, and one that others may read."""
    store = clinic.store()
    store.cards.keep("c" * 24, "T0STANDIN", "secret words", "ask")
    store.close()
    other = Fernet.generate_key().decode()
    assert "error: The stored data cannot be opened" in clinic.says("key", WAERROR_SECRET_KEY=other)
    file = clinic.folder / "data" / "waerror.db.key"
    rotated = f"{other},{file.read_text()}"
    assert "good: the key opens" in clinic.says("key", WAERROR_SECRET_KEY=rotated)
    file.chmod(0o644)
    assert "warning: others may read waerror.db.key → chmod 600" in clinic.says("key", WAERROR_SECRET_KEY="")
    file.unlink()
    assert "error: what is stored is sealed, and there is no key" in clinic.says("key")


def test_a_database_that_is_damaged_or_none(clinic: Clinic) -> None:
    """What rests on it is not looked at."""
    file = clinic.folder / "data" / "waerror.db"
    clinic.store().close()
    file.write_bytes(b"this is no database, and long enough not to be taken for an empty one" * 100)
    assert "error: the database cannot be read: file is not a database" in clinic.says("database")
    assert "skipped: not looked at: database must be good first" in clinic.says("work")


@pytest.mark.on_postgres
def test_a_database_on_postgres_that_is_well(clinic: Clinic, url: str) -> None:
    """What waits there is read over the one connection that there is."""
    more = {"WAERROR_DATABASE_URL": url, "WAERROR_SECRET_KEY": KEY}
    assert clinic.says("database", **more).startswith("good: PostgreSQL ")
    assert "good: 0 questions wait, 0 cards wait, 0 arrivals wait, 0 dues wait" in clinic.says("work", **more)


@pytest.mark.parametrize("password", ["pw-of-ours", "pw/of-ours"])
def test_a_database_on_postgres_that_cannot_be_reached(clinic: Clinic, password: str) -> None:
    """No backup would help there; and a password is not told, also not one that the address cannot carry."""
    where = f"postgresql://waerror:{password}@127.0.0.1:1/none"
    says = clinic.says("database", WAERROR_DATABASE_URL=where, WAERROR_SECRET_KEY=KEY)
    assert says.startswith("error: the database cannot be read: ")
    assert says.endswith("→ Let WAERROR_DATABASE_URL name a PostgreSQL that runs, can be reached and lets us in.")
    assert "of-ours" not in says


def test_a_database_of_another_release(clinic: Clinic) -> None:
    """An older one waits for its changes; a newer one is told by a step that is not known here."""
    clinic.store().close()
    with sqlite3.connect(clinic.folder / "data" / "waerror.db") as db:
        db.execute("DROP TABLE votes")
        db.execute("INSERT INTO schema_steps VALUES ('what comes later')")
    db.close()
    says = clinic.says("database")
    assert "warning: 1 changes of this release are not in it yet" in says
    assert "warning: a newer waerror wrote it (what comes later)" in says


def test_work_that_is_left_lying(clinic: Clinic) -> None:
    """A question waits since longer than an answer takes."""
    store = clinic.store()
    store.questions.keep(Question("T/C/1", "T", "C", "1", "ask", "131047"))
    assert "good: 1 questions wait, 0 cards wait, 0 arrivals wait, 0 dues wait" in clinic.says("work")
    with sqlite3.connect(clinic.folder / "data" / "waerror.db") as db:
        db.execute("UPDATE questions SET received_at = '2026-01-01 00:00:00.000000'")
    db.close()
    assert "error: 1 questions wait, the first for" in clinic.says("work")
    store.close()


@pytest.mark.parametrize(
    ("ago", "why", "says"),
    [
        (60, "", r"good: the last synthetic error took 0.25 s, \d\d "),
        (7200, "", r"warning: the last synthetic error was 7,2\d\d "),
        (60, "slack: ratelimited", r"error: the last synthetic error did not come through \(slack: ratelimited, \d\d "),
    ],
)
def test_the_last_synthetic_error(clinic: Clinic, ago: int, why: str, says: str) -> None:
    """That a bot is alive shows from outside."""
    store = clinic.store()
    store.synthetics.keep("T0STANDIN", Synthetic(datetime.now(UTC) - timedelta(seconds=ago), 0.25, why))
    store.close()
    assert re.match(says, clinic.says("synthetic"))


def test_no_secret_is_told(clinic: Clinic) -> None:
    """Whatever is wrong with it, and wherever it was put by mistake."""
    secrets = {
        "SLACK_BOT_TOKEN": "xapp-1-topsecret",
        "SLACK_APP_TOKEN": "xoxp-1-topsecret",
        "WACONNECT_API_KEY": "wba_topsecret",
        "WAERROR_SECRET_KEY": "topsecret",
        "WAERROR_ALERT_CHANNELS": "xoxb-topsecret-1",
        "WAERROR_MAY_RETRY": "wba_topsecret",
        "WAERROR_DIGEST": "wba_topsecret",
    }
    told = clinic.run("--json", **secrets)
    assert "topsecret" not in told.stdout + told.stderr


def test_a_check_that_breaks_is_a_finding(clinic: Clinic) -> None:
    """The others are looked at all the same."""

    def fails(patient: Patient) -> list[Finding]:
        raise RuntimeError("secret words")

    found = examine(read(), [Check("odd", fails), Check("next", lambda _: [Finding("good", "well")], ("odd",))])
    assert [one.level for one in found] == ["error", "skipped"]
    assert "RuntimeError" in found[0].findings[0].what
    assert "secret" not in found[0].findings[0].what


def test_exit_codes_and_what_a_person_reads(clinic: Clinic) -> None:
    """0 and nothing to do; 1 and a numbered list. No colours where nobody sees them."""
    healthy = clinic.run()
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert "Nothing to do." in healthy.stdout
    sick = clinic.run(**WRONG_TOKEN | {"WAERROR_PACE": "0"})
    assert (sick.returncode, sick.stderr) == (1, "")
    assert "To do\n  1. Copy the token again" in sick.stdout
    assert "\n  2. Remove WAERROR_PACE" in sick.stdout
    assert "\x1b" not in healthy.stdout + sick.stdout


def test_what_is_only_worth_a_look_is_no_failure(clinic: Clinic) -> None:
    """0: a warning must not stop a roll-out."""
    assert clinic.run(WAERROR_PACE="0.5").returncode == 0


@pytest.mark.parametrize("env", [{}, {"SLACK_BOT_TOKEN": "", "WAERROR_DIGEST": "never"}], ids=["healthy", "broken"])
def test_the_json_has_a_stable_form(clinic: Clinic, env: dict[str, str]) -> None:
    """Programs read it."""
    ran = clinic.run("--json", **env)
    told: dict[str, Any] = json.loads(ran.stdout)
    jsonschema.validate(told, SCHEMA)
    assert told["ok"] == (ran.returncode == 0) == (not env)
    assert sum(told["counts"].values()) == len(told["findings"])
