"""How far long work is: on stderr, and only where a person looks. A pipe, a log or a script sees nothing of it."""

import sys
from collections.abc import Iterable, Sized
from contextlib import AbstractContextManager
from typing import TypeVar

import click

_Thing = TypeVar("_Thing")


def counted(
    things: Iterable[_Thing], label: str, prints: bool = False, of: int | None = None
) -> AbstractContextManager[Iterable[_Thing]]:
    """To iterate over in a `with`.

    `prints`: lines go to stdout meanwhile, so no bar where that is a terminal too. `of`: how many there will be, where
    the things do not know it.
    """
    return click.progressbar(
        things,
        length=of,
        label=label,
        file=sys.stderr,
        hidden=not sys.stderr.isatty() or (prints and sys.stdout.isatty()),
        show_pos=True,
        show_eta=of is not None or isinstance(things, Sized),
    )
