"""`waerror status` and `waerror retry`: in the terminal the same rules hold as in Slack, and on the same record."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests import leaks
from tests.scenarios.conftest import ALERTS, SUPPORT
from tests.scenarios.sends import PASTE, REQUEST, TO
from tests.scenarios.test_processes import WAERROR, Machine
from tests.scenarios.test_processes import machine as machine

# Each starts several processes, of a second each on a quiet machine.
pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True, slots=True)
class Shell:
    """A terminal in an empty folder, and a WaConnect."""

    sandbox: Sandbox
    folder: Path
    env: dict[str, str]

    def run(self, *words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            [WAERROR, *words],
            env=self.env | env,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
        )
        used = leaks.Used(frozenset({DEMO_KEY}), frozenset({TO}))
        told = [leaks.Left("terminal", text) for text in (ran.stdout, ran.stderr)]
        assert leaks.check(f"waerror {words[0]}", told, used) == []
        return ran

    def retry(self, request: Any = REQUEST, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A body from a file, to `messages/text`, without a question."""
        (self.folder / "request.json").write_text(json.dumps(request))
        return self.run("retry", "--file", "request.json", "--endpoint", "messages/text", "--yes", *words, **env)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    sandbox = Sandbox(pace_seconds=0.05)
    server, url = serve_sandbox(sandbox)
    env = {"WACONNECT_BASE_URL": url, "WACONNECT_API_KEY": DEMO_KEY, "WACONNECT_TIMEOUT_SECONDS": "30"}
    env |= {"WAERROR_PACE": "0.05", "HOME": str(tmp_path), "LOGNAME": "ana", "WAERROR_QUIET_SECONDS": "0"}
    with server:
        yield Shell(sandbox, tmp_path, env)


def test_a_retry_shows_each_step_and_ends_on_proof(shell: Shell) -> None:
    """As the thread does, masked."""
    ran = shell.retry()
    assert ran.returncode == 0, ran.stderr
    order = [ran.stdout.index(words) for words in ("account good", "accepted · wamid.", "delivered", "Done:")]
    assert order == sorted(order)
    assert TO not in ran.stdout + ran.stderr
    assert len(shell.sandbox.sent) == 1


def test_the_record_is_json_when_asked(shell: Shell) -> None:
    """Nothing else is on stdout, and nothing personal in it."""
    ran = shell.retry(REQUEST, "--json")
    record = json.loads(ran.stdout)
    assert (record["kind"], record["to"]) == ("text", "••••4567")
    assert record["outcome"] in ("delivered", "read")
    assert record["messageId"] == shell.sandbox.sent[0].id
    assert [step["state"] for step in record["steps"]][:2] == ["account_good", "accepted"]
    assert REQUEST["body"] not in ran.stdout


def test_it_need_not_follow(shell: Shell) -> None:
    """Accepted is good enough for a script that looks later."""
    ran = shell.retry(REQUEST, "--no-follow", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["outcome"]) == (0, "accepted")


def test_the_same_message_is_sent_once(shell: Shell) -> None:
    """The claim is in the database."""
    shell.retry()
    again = shell.retry()
    assert again.returncode == 1
    assert "taken care of: terminal:ana" in again.stderr
    assert "it ended as:" in again.stderr
    assert len(shell.sandbox.sent) == 1


def test_the_quiet_period_holds(shell: Shell) -> None:
    """Another message to the same person is refused, with who and when."""
    shell.retry()
    near = shell.retry({**REQUEST, "body": "Another"}, WAERROR_QUIET_SECONDS="600")
    assert near.returncode == 1
    assert "terminal:ana wrote to the same recipient just now" in near.stderr
    assert len(shell.sandbox.sent) == 1


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({**REQUEST, "to": "12"}, "To must be the full international number"),
        ({**REQUEST, "to": "99912345678"}, "To cannot be a phone number of any country"),
        ({"to": TO}, "Text is missing."),
        ({**REQUEST, "to": "+1 202 555 0123"}, "was ••••0123 with signs between the digits"),
        ({**REQUEST, "phoneNumberId": "+1"}, "Sending number's id must be digits only"),
    ],
)
def test_what_waconnect_would_refuse_is_not_sent(shell: Shell, request_: dict[str, str], says: str) -> None:
    """In the words of the form."""
    ran = shell.retry(request_)
    assert (ran.returncode, says in ran.stderr) == (1, True), ran.stderr
    assert shell.sandbox.calls == ()


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        ({"name": "131026"}, 1, "Refused: nothing was sent."),
        ({"name": "late-failure", "code": 131049}, 1, "Failed:"),
        ({"name": "not-sent-silent", "seconds": 60}, 3, "Unknown: it may have been sent."),
        ({"name": "sent-then-silent", "seconds": 60}, 0, "found it: accepted as"),
        ({"name": "130429"}, 0, "trying again in"),
    ],
)
def test_each_end_has_its_exit_code(shell: Shell, fault: dict[str, Any], code: int, says: str) -> None:
    """0 accepted or delivered, 1 refused or failed, 3 not known; one POST where its fate is unclear."""
    shell.sandbox.fault(to=TO, **fault)
    # A silence is waited for.
    ran = shell.retry(WACONNECT_TIMEOUT_SECONDS="4" if "seconds" in fault else "30")
    assert (ran.returncode, says in ran.stdout) == (code, True), ran.stdout + ran.stderr
    assert len(shell.sandbox.sent) <= 1


def test_a_bad_account_sends_nothing(shell: Shell) -> None:
    """And frees the claim."""
    shell.sandbox.account(enabled=False)
    ran = shell.retry()
    assert (ran.returncode, "the account is disabled" in ran.stdout) == (1, True)
    shell.sandbox.account(enabled=True)
    assert shell.retry().returncode == 0


def test_a_message_that_was_delivered_meanwhile_is_not_sent(shell: Shell) -> None:
    """`--message-id` lets it look first."""
    sent = shell.sandbox.ledger.add_sent(TO, "text", DEMO_KEY, "100000000000001", None)
    shell.sandbox.advance(60)
    ran = shell.retry(REQUEST, "--message-id", sent.id)
    assert (ran.returncode, "Already delivered" in ran.stdout) == (1, True)
    assert len(shell.sandbox.sent) == 1


def test_a_paste_from_stdin_says_its_endpoint_itself(shell: Shell) -> None:
    """As a person would paste it into Slack; a bare body does not say where it goes."""
    ran = shell.run("retry", "--file", "-", "--yes", stdin=PASTE)
    assert ran.returncode == 0, ran.stderr
    unclear = shell.run("retry", "--file", "-", "--yes", stdin='{"to": "1", "x": 1}')
    assert (unclear.returncode, "--endpoint" in unclear.stderr) == (2, True)


def test_nothing_is_sent_without_a_yes(shell: Shell) -> None:
    """Where nobody can be asked, `--yes` is needed; at a terminal it asks, with the recipient masked."""
    (shell.folder / "request.json").write_text(json.dumps(REQUEST))
    words = ["retry", "--file", "request.json", "--endpoint", "messages/text"]
    assert shell.run(*words).returncode == 2
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [WAERROR, *words], env=shell.env, cwd=shell.folder, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE
    )
    os.write(mine, b"n\n")
    _, asked = process.communicate(timeout=300)
    os.close(mine)
    os.close(theirs)
    assert b"Send this text message to \xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa24567" in asked
    assert process.returncode == 1
    assert shell.sandbox.calls == ()


def test_without_an_account_it_says_which_setting_is_missing(shell: Shell) -> None:
    """2, as for every setting."""
    ran = shell.retry(WACONNECT_API_KEY="")
    assert (ran.returncode, "WACONNECT_API_KEY" in ran.stderr) == (2, True)


def test_status_tells_how_far_a_message_came(shell: Shell) -> None:
    """Its history, and why it failed; exit codes as documented."""
    ledger = shell.sandbox.ledger
    good, bad = (ledger.add_sent(TO, "text", DEMO_KEY, "100000000000001", code) for code in (None, 131049))
    shell.sandbox.advance(60)
    ran = shell.run("status", good.id)
    assert (ran.returncode, "text to ••••4567: read" in ran.stdout) == (0, True), ran.stdout
    failed = shell.run("status", bad.id)
    assert (failed.returncode, "131049" in failed.stdout) == (1, True)
    record = json.loads(shell.run("status", bad.id, "--json").stdout)
    assert (record["status"], record["entry"], record["to"]) == ("failed", "meta/131049", "••••4567")
    assert shell.run("status", "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI").returncode == 1
    shell.sandbox.fault("gateway-502", endpoint="status")
    assert shell.run("status", good.id).returncode == 3


def test_beside_a_running_bot_each_knows_what_the_other_sent(machine: Machine) -> None:
    """The bot goes on with its own; a press in the terminal is not taken up by it, and its claim holds."""
    bot = machine.start(WAERROR_QUIET_SECONDS="0")
    ts, _ = machine.pressed()
    machine.reply(ALERTS, ts, "pending at WaConnect")
    env = machine.env | {"WAERROR_QUIET_SECONDS": "0"}
    shell = Shell(machine.sandbox, machine.folder, env)
    taken = shell.retry()
    assert (taken.returncode, "U0ANA pressed at" in taken.stderr) == (1, True), taken.stderr
    other = {**REQUEST, "body": "Another"}
    assert shell.retry(other, "--no-follow").returncode == 0
    machine.stopped(bot)
    machine.sandbox.advance(5000)
    machine.start(WAERROR_QUIET_SECONDS="0")
    machine.reply(ALERTS, ts, "Done:")
    text = PASTE.replace(json.dumps(REQUEST), json.dumps(other))
    second = machine.people.say("ben", SUPPORT, f"@waerror {text}")  # in the alert channel it is the same incident
    machine.people.click("ben", SUPPORT, machine.reply_ts(SUPPORT, second, "Sending again"), "remedy.retry")
    machine.workspace.wait_for(lambda: "terminal:" in machine.whisper("ben"))
    assert machine.posts == len(machine.sandbox.sent) == 2


def test_of_several_accounts_one_must_be_named(shell: Shell) -> None:
    """Nothing is sent from a guess; the one that is named sends, and its name is in the record."""
    account = 'api_key_env = "WACONNECT_API_KEY"'
    other = 'api_key_env = "OTHER_KEY"'
    (shell.folder / "waerror.toml").write_text(f"[accounts.production]\n{account}\n[accounts.staging]\n{other}\n")
    unnamed, unknown = shell.retry(OTHER_KEY="wba_x"), shell.retry(REQUEST, "--account", "lab", OTHER_KEY="wba_x")
    assert (unnamed.returncode, unknown.returncode) == (2, 2)
    assert "production, staging" in unnamed.stderr
    assert "no account lab" in unknown.stderr
    assert shell.sandbox.sent == ()
    assert shell.retry(REQUEST, "--account", "production", OTHER_KEY="wba_x").returncode == 0
    rows = json.loads(shell.run("audit", "--json").stdout)
    assert {(row["user"], row["what"], row["account"]) for row in rows} == {
        ("terminal:ana", "retry", "production"),
        ("terminal:ana", "retry.ended", "production"),
    }
