"""Who may do what, as tables of cases."""

import pytest
from pydantic import ValidationError

from bot.desk.rights import Right, approval, groups_of, refusal, somebody_may
from bot.settings import Settings

GROUPS = {"S0ONCALL": frozenset({"U0ANA"}), "S0AWAY": None}


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


@pytest.mark.parametrize(
    ("who", "user", "says"),
    [
        ("channel", "U0BEN", None),
        ("nobody", "U0ANA", "Nobody may send a message again here (WAERROR_MAY_RETRY)."),
        ("U0ANA", "U0ANA", None),
        ("U0ANA", "U0BEN", "Only <@U0ANA> may send a message again (WAERROR_MAY_RETRY)."),
        ("S0ONCALL", "U0ANA", None),
        ("S0ONCALL, U0EVA", "U0BEN", "Only <!subteam^S0ONCALL> and <@U0EVA> may"),
        ("S0ONCALL,U0EVA,W0IAN", "U0BEN", "Only <!subteam^S0ONCALL>, <@U0EVA> and <@W0IAN> may"),
        ("S0AWAY,S0ONCALL", "U0ANA", None),
        ("S0AWAY,U0EVA", "U0EVA", None),
        ("S0AWAY,U0EVA", "U0BEN", "Slack does not tell me who is in <!subteam^S0AWAY>"),
        ("S0UNKNOWN", "U0ANA", "Slack does not tell me"),
        ("S0AWAY,channel", "U0BEN", None),
    ],
)
def test_a_refusal_says_why_and_who_can(who: str, user: str, says: str | None) -> None:
    """By the setting; a group that Slack does not tell lets nobody through."""
    told = refusal("retry", user, GROUPS, settings(waerror_may_retry=who))
    assert (told is None) if says is None else says in (told or "")


@pytest.mark.parametrize(
    ("right", "everybody"),
    [("retry", True), ("bulk", True), ("send_anyway", True), ("approve", True), ("reveal", False)],
)
def test_the_defaults(right: Right, everybody: bool) -> None:
    """Who is on call alone can act; nobody sees a number or a body."""
    assert (refusal(right, "U0BEN", {}, settings()) is None) is everybody
    assert somebody_may(right, settings()) is everybody


def test_a_large_retry_needs_a_second_person() -> None:
    """Above the number, and it says who can."""
    assert approval(50, settings()) is None
    assert "Everybody in the channel may approve" in (approval(51, settings()) or "")
    asks = approval(3, settings(waerror_approve_above=2, waerror_may_approve="S0ONCALL")) or ""
    assert asks.startswith("More than 2 messages: a second person must approve. Only <!subteam^S0ONCALL> may")


@pytest.mark.parametrize("value", ["", "everyone", "#oncall", "@ana", "nobody,U0ANA", "U0ANA,,U0BEN", "C0ALERTS"])
def test_a_wrong_list_ends_the_start(value: str) -> None:
    """Nobody is let in, or locked out, by a typo."""
    with pytest.raises(ValidationError, match="user groups"):
        settings(waerror_may_retry=value)


def test_only_groups_must_be_asked_for() -> None:
    """People and `channel` decide without Slack."""
    assert groups_of("retry", settings(waerror_may_retry="U0ANA, S0ONCALL")) == ("S0ONCALL",)
    assert groups_of("retry", settings()) == ()
