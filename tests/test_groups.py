"""Who is in a user group: remembered for a while, and never guessed."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.groups import UserGroups
from bot.standin import Workspace, serve
from tests.test_thread import One

ANA = frozenset({"U0ANA"})


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    workspace = Workspace()
    workspace.add_user("ana")
    workspace.add_usergroup("oncall", ("ana",))
    with serve(workspace):
        yield workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def groups(workspace: Workspace, clock: Clock) -> UserGroups:
    client = WebClient(workspace.app.bot_token, base_url=f"{workspace.url}/api/", retry_handlers=[])
    return UserGroups(One(client), 60, clock)


def asked(workspace: Workspace) -> int:
    return len(workspace.calls_of("usergroups.users.list"))


def test_an_answer_lasts_a_while(workspace: Workspace, groups: UserGroups, clock: Clock) -> None:
    """Then Slack is asked again, and who came on call may act."""
    assert groups.members(["S0ONCALL"]) == {"S0ONCALL": ANA}
    workspace.add_user("ben")
    workspace.add_usergroup("oncall", ("ben",))
    clock.now = 59
    assert groups.members(["S0ONCALL"]) == {"S0ONCALL": ANA}
    assert asked(workspace) == 1
    clock.now = 61
    assert groups.members(["S0ONCALL"]) == {"S0ONCALL": frozenset({"U0BEN"})}


@pytest.mark.parametrize(
    ("error", "status"), [("fatal_error", 200), ("missing_scope", 200), ("ratelimited", 429), ("x", 503)]
)
def test_what_slack_does_not_tell_is_not_known(
    workspace: Workspace, groups: UserGroups, clock: Clock, error: str, status: int
) -> None:
    """Not even when it was known before; and it is asked again the next time."""
    groups.members(["S0ONCALL"])
    clock.now = 61
    workspace.fail_next("usergroups.users.list", error, status=status)
    assert groups.members(["S0ONCALL", "S0NONE"]) == {"S0ONCALL": None, "S0NONE": None}
    assert groups.members(["S0ONCALL"]) == {"S0ONCALL": ANA}


def test_no_group_asks_nothing(workspace: Workspace, groups: UserGroups) -> None:
    """Settings that name people, or everybody, need no Slack."""
    assert groups.members([]) == {}
    assert asked(workspace) == 0
