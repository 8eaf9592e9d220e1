"""What a look at the bot found: a line a finding, then what to do, numbered."""

from slack_sdk.models.blocks import Block

from bot.desk.findings import Examination, Level, in_short, to_do
from bot.views.blocks import Blocks, context, message, outside, section

_SIGNS: dict[Level, str] = {
    "good": ":white_check_mark:",
    "skipped": ":white_circle:",
    "warning": ":warning:",
    "error": ":no_entry:",
}
# Of what is good a line each is plenty; what is not good must all be seen.
_LONGEST, _MOST_TO_DO, _LINES_A_BLOCK = 240, 10, 12


def findings(examination: Examination) -> Blocks:
    lines = [
        f"{_SIGNS[finding.level]} *{one.check}* {outside(finding.what, _LONGEST)}"
        for one in examination
        for finding in one.findings
    ]
    parts = [lines[i : i + _LINES_A_BLOCK] for i in range(0, len(lines), _LINES_A_BLOCK)]
    blocks: list[Block | None] = [section("\n".join(part)) for part in parts]
    return message([*blocks, _to_do(examination), context(_footer(examination))], "findings")


def _to_do(examination: Examination) -> Block | None:
    does = to_do(examination)
    lines = [f"{number}. {outside(do, _LONGEST)}" for number, do in enumerate(does[:_MOST_TO_DO], 1)]
    lines += [f"and {len(does) - _MOST_TO_DO} more"] if len(does) > _MOST_TO_DO else []
    return section("\n".join(["*To do*", *lines])) if lines else None


def _footer(examination: Examination) -> str:
    return f"{in_short(examination)} · `waerror doctor` in the bot's terminal looks at the settings too"
