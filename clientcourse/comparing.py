"""Compares recorded answers with the reference: numbers within a tolerance, tables row by row."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from clientcourse.items import TableItem, Tolerance
    from clientcourse.values import Json

Row: TypeAlias = "dict[str, Json]"
"""Cells by the names of their columns."""


def is_number(value: Json) -> TypeGuard[int | float]:
    """Tell whether a recorded value is a number that can be compared."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A JSON integer may be too large for a float: it is no sensible answer either.
    return abs(value) < 1e300 and math.isfinite(value)  # noqa: PLR2004


def allowance(tolerance: Tolerance, reference: float) -> float:
    """Return how far a number may lie from a reference."""
    return tolerance.atol + tolerance.rtol * abs(reference)


def is_close(value: Json, reference: Json, tolerance: Tolerance) -> bool:
    """Tell whether two cells are equal: numbers within the tolerance, texts but for their width."""
    if is_number(value) and is_number(reference):
        # Decimal fractions are not exact in binary: the edge of the tolerance is still inside.
        slack = 1e-9 * max(1.0, abs(reference))
        return abs(value - reference) <= allowance(tolerance, reference) + slack
    if isinstance(value, str) and isinstance(reference, str):
        return _cell_text(value) == _cell_text(reference)
    return type(value) is type(reference) and bool(value == reference)


def _cell_text(text: str) -> str:
    # Gentler than `normal`: punctuation can be what tells two keys apart.
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class RowPair:
    """A row and the one of the reference that has the same key.

    Parameters
    ----------
    wrong
        Columns in which the values differ.
    """

    given: Row
    expected: Row
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class TableComparison:
    """What two tables have in common, and in what they differ.

    Parameters
    ----------
    rows, reference_rows
        How many rows were given and how many the reference has.
    pairs
        Rows with the same key, in the order of the reference.
    missing, extra
        Rows of the reference alone, and rows that were given and do not belong.
    repeated
        Rows whose key was given before: of several with the same key the first counts.
    """

    rows: int
    reference_rows: int
    pairs: tuple[RowPair, ...]
    missing: tuple[Row, ...]
    extra: tuple[Row, ...]
    repeated: tuple[Row, ...]

    @property
    def different(self) -> tuple[RowPair, ...]:
        """The pairs that differ in a value."""
        return tuple(pair for pair in self.pairs if pair.wrong)


@dataclass(frozen=True)
class RecordedTable:
    """A recorded table, its rows found by the values of their key columns."""

    by_key: dict[tuple[Json, ...], Row]
    repeated: tuple[Row, ...]

    @property
    def count(self) -> int:
        """How many rows it has, repeated ones among them."""
        return len(self.by_key) + len(self.repeated)

    @classmethod
    def read(cls, item: TableItem, table: Json) -> RecordedTable | None:
        """Return a recorded table, or `None` if it is none or lacks a column."""
        match table:
            case {"columns": columns, "rows": list(rows)}:
                pass
            case _:
                return None
        wanted = item.key_columns + item.columns
        if columns != wanted:
            return None
        by_key: dict[tuple[Json, ...], Row] = {}
        repeated = []
        for row in rows:
            if not isinstance(row, list) or len(row) != len(wanted):
                return None
            if any(isinstance(cell, list | dict) for cell in row):
                return None
            cells: Row = dict(zip(wanted, row, strict=True))
            key = tuple(_key_cell(cells[name]) for name in item.key_columns)
            if key in by_key:
                repeated.append(cells)
            else:
                by_key[key] = cells
        return cls(by_key, tuple(repeated))


def compare(item: TableItem, given: RecordedTable, expected: RecordedTable) -> TableComparison:
    """Compare a table with the reference; the order of the rows is free."""
    return TableComparison(
        rows=given.count,
        reference_rows=expected.count,
        pairs=tuple(
            RowPair(row, reference, _wrong(item, row, reference))
            for key, reference in expected.by_key.items()
            if (row := given.by_key.get(key)) is not None
        ),
        missing=tuple(row for key, row in expected.by_key.items() if key not in given.by_key),
        extra=tuple(row for key, row in given.by_key.items() if key not in expected.by_key),
        repeated=given.repeated,
    )


def _wrong(item: TableItem, given: Row, expected: Row) -> tuple[str, ...]:
    return tuple(
        column
        for column in item.columns
        if not is_close(given[column], expected[column], item.tolerance)
    )


def _key_cell(cell: Json) -> Json:
    """Return a key cell in the form in which equal keys are equal: 2 and 2.0, "Ａ" and "a"."""
    if isinstance(cell, str):
        return _cell_text(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
