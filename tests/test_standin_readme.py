"""The stand-in's README tells the truth: its example runs, its table names what exists."""

import re
from pathlib import Path

import pytest

import bot.standin
from bot.standin import Answer, People, Workspace

README = Path(bot.standin.__file__).with_name("README.md").read_text("utf-8")


EXAMPLES = [example for example in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import" in example]


@pytest.mark.parametrize("example", EXAMPLES, ids=["a test of an app", "the page"])
def test_the_worked_examples_run(example: str) -> None:
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 (our own text)


def test_every_name_in_the_table_exists() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| (?:an )?`?(\w+)[^|]*\| (.*) \|$", README, re.MULTILINE)}
    for name in re.findall(r"`(\w+)`", rows["People"]):
        assert hasattr(People, name), name
    for name in re.findall(r"`(\w+)`", rows["Answer"]):
        assert name in Answer.__slots__ or hasattr(Answer, name), name
    for name in re.findall(r"`(?:workspace\.)?(\w+)", rows["readers"]):
        assert name in Workspace.__dataclass_fields__ or hasattr(Workspace, name), name
