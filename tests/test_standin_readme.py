"""The stand-in's README tells the truth: its example runs, its table names what exists."""

import re
from pathlib import Path

import bot.standin
from bot.standin import Answer, People, Workspace

README = Path(bot.standin.__file__).with_name("README.md").read_text("utf-8")


def test_the_worked_example_runs() -> None:
    example = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 (our own text)


def test_every_name_in_the_table_exists() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| (?:an )?`?(\w+)[^|]*\| (.*) \|$", README, re.MULTILINE)}
    for name in re.findall(r"`(\w+)`", rows["People"]):
        assert hasattr(People, name), name
    for name in re.findall(r"`(\w+)`", rows["Answer"]):
        assert name in Answer.__slots__ or hasattr(Answer, name), name
    for name in re.findall(r"`(?:workspace\.)?(\w+)", rows["readers"]):
        assert name in Workspace.__dataclass_fields__ or hasattr(Workspace, name), name
