"""Tells what stands at the head of a number's column, where a text is a table: tabs, pipes, commas or semicolons."""

_MARKS = "\t|,;"
_LONGEST = 400  # characters of a row
_MOST = 40  # rows that are climbed
_WIDEST = 30  # characters of a head
_FEWEST = 2  # columns that two commas make
_NO_HEAD = frozenset('0123456789:=(){}[]<>"')


def head(text: str, at: int) -> str | None:
    """`order⇥total` above `131042⇥100.00` → `order`. None where there is no such row."""
    start, end = _line(text, at)
    row = text[start:end]
    mark = next((mark for mark in _MARKS if mark in row), None) if len(row) <= _LONGEST else None
    if mark is None:
        return None
    marks, column = row.count(mark), text.count(mark, start, at)
    top: str | None = None
    for _ in range(_MOST):
        if start == 0:
            break
        start, end = _line(text, start - 1)
        above = text[start:end]
        if above.count(mark) != marks:
            if set(above.strip()) <= set("-:| +"):  # the rule under a head
                continue
            break
        top = above
    return _cell(top, mark, column) if top is not None else None


def _cell(row: str, mark: str, column: int) -> str | None:
    """A head is a few plain words: a sentence or a line of JSON has commas too."""
    cells = [cell.strip(" \"'*`") for cell in row.split(mark)]
    plain = all(len(cell) <= _WIDEST and not _NO_HEAD & set(cell) for cell in cells)
    return cells[column] if plain and (len(cells) > _FEWEST or mark not in ",;") else None


def _line(text: str, at: int) -> tuple[int, int]:
    end = text.find("\n", at, at + _LONGEST)
    return text.rfind("\n", max(0, at - _LONGEST), at) + 1, end if end >= 0 else min(len(text), at + _LONGEST)
