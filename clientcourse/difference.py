"""What differs between a trainee's table and the reference, in few words that are safe to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clientcourse.comparing import RecordedTable, Row, RowPair, compare, is_number

if TYPE_CHECKING:
    from clientcourse.items import TableItem
    from clientcourse.values import Json

Kind = Literal["missing", "extra", "repeated", "different"]
Role = Literal["missing", "extra", "repeated", "yours", "expected"]

_KEYS = 5
"""Rows of one kind that are named; of more there is a number."""
_LONGEST = 60
"""Characters of a cell that are shown."""


@dataclass(frozen=True)
class ExampleRow:
    """One row as it is shown.

    Parameters
    ----------
    role
        What it is an example of; of two rows that differ, whose it is.
    cells
        One text for each column.
    wrong
        For each column, whether its value is one that differs.
    """

    role: Role
    cells: tuple[str, ...]
    wrong: tuple[bool, ...]


@dataclass(frozen=True)
class KindOfDifference:
    """The rows that differ in one way.

    Parameters
    ----------
    count
        How many there are.
    keys
        The first of them, by the cells of their key columns.
    columns
        Columns in which values differ, each with the number of rows.
    example
        One of them; of two rows that differ, the trainee's and the expected one.
    """

    kind: Kind
    count: int
    keys: tuple[str, ...]
    columns: tuple[tuple[str, int], ...]
    example: tuple[ExampleRow, ...]


@dataclass(frozen=True)
class Difference:
    """What differs, by kind, with the columns that are compared."""

    columns: tuple[str, ...]
    kinds: tuple[KindOfDifference, ...]


def difference(item: TableItem, value: Json, reference: Json) -> Difference | None:
    """Return what differs between a recorded table and the reference.

    Returns
    -------
    Difference | None
        `None` if nothing does, or if one of them is no such table.
    """
    given, expected = RecordedTable.read(item, value), RecordedTable.read(item, reference)
    if given is None or expected is None:
        return None
    found = compare(item, given, expected)
    kinds = [
        *_whole_rows(item, "missing", found.missing),
        *_whole_rows(item, "extra", found.extra),
        *_whole_rows(item, "repeated", found.repeated),
        *_differing(item, found.different),
    ]
    return Difference((*item.key_columns, *item.columns), tuple(kinds)) if kinds else None


def first_rows(item: TableItem, value: Json) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """Return how many rows a recorded table has and, as texts, the first of them."""
    given = RecordedTable.read(item, value)
    if given is None:
        return 0, ()
    rows = list(given.by_key.values())[:_KEYS]
    return given.count, tuple(tuple(cell_text(cell) for cell in row.values()) for row in rows)


def _whole_rows(
    item: TableItem, kind: Literal["missing", "extra", "repeated"], rows: Sequence[Row]
) -> list[KindOfDifference]:
    if not rows:
        return []
    cells = tuple(cell_text(cell) for cell in rows[0].values())
    example = ExampleRow(kind, cells, (False,) * len(cells))
    return [KindOfDifference(kind, len(rows), _keys(item, rows), (), (example,))]


def _differing(item: TableItem, pairs: Sequence[RowPair]) -> list[KindOfDifference]:
    if not pairs:
        return []
    counts = Counter(column for pair in pairs for column in pair.wrong)
    # The row that differs most says most.
    shown = max(pairs, key=lambda pair: len(pair.wrong))
    texts = [
        told_apart(shown.given[name], shown.expected[name])
        if name in shown.wrong
        else (cell_text(shown.given[name]), cell_text(shown.expected[name]))
        for name in shown.expected
    ]
    wrong = tuple(name in shown.wrong for name in shown.expected)
    example = (
        ExampleRow("yours", tuple(own for own, _ in texts), wrong),
        ExampleRow("expected", tuple(expected for _, expected in texts), wrong),
    )
    keys = _keys(item, [pair.expected for pair in pairs])
    columns = tuple((name, counts[name]) for name in item.columns if counts[name])
    return [KindOfDifference("different", len(pairs), keys, columns, example)]


def _keys(item: TableItem, rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        " / ".join(cell_text(row[name]) for name in item.key_columns) for row in rows[:_KEYS]
    )


def cell_text(cell: Json) -> str:
    """Return a cell as trainees know it from pandas, on one line and cut if it is long."""
    if cell is None:
        return "NaN"
    if is_number(cell):
        text = f"{cell:.6g}"
        # A power of ten says little to people: all of the number instead.
        return f"{cell:.15g}" if "e" in text else text
    text = " ".join(str(cell).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def told_apart(given: Json, expected: Json) -> tuple[str, str]:
    """Return two cells that differ as texts that differ, too."""
    texts = cell_text(given), cell_text(expected)
    if texts[0] != texts[1]:
        return texts
    # More figures for numbers, quotation marks around texts; beyond that, both are too long.
    return repr(given)[:_LONGEST], repr(expected)[:_LONGEST]
