"""May this person do it? Asked before anything is shown, opened or begun; a refusal is recorded."""

from bot.desk.rights import Right, groups_of, refusal
from bot.house import House
from bot.store import Deed


def permitted(
    house: House, user: str, right: Right, *, team: str = "", card: str = "", channel: str = "", account: str = ""
) -> str | None:
    """None when they may; else why not, and who can, as mrkdwn. With a `team` the refusal is recorded."""
    groups = house.groups.members(groups_of(right, house.settings))
    says = refusal(right, user, groups, house.settings)
    if says is not None and team:
        house.store.audit.note(Deed(team, user, "refused", right, says, account, card, channel))
    return says
