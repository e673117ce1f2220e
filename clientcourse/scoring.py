"""Pure scoring: an item with its key and an answer make a `Score`.

The rules are those printed in the lessons; every function here is a pure function of its
arguments, and answers are taken as untrusted JSON data.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from clientcourse.items import (
    Item,
    MultipleItem,
    NumberItem,
    OrderItem,
    Question,
    SingleItem,
    TableItem,
    Tolerance,
    TrueFalseItem,
)
from clientcourse.values import UnfitValue, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clientcourse.values import Json

Verdict = Literal["right", "partly", "wrong", "missing", "unfit", "ungradable"]


@dataclass(frozen=True)
class Score:
    """What an answer earned, and the facts that explain it.

    Parameters
    ----------
    points, max_points
        Earned and possible points, `0 <= points <= max_points`.
    verdict
        `missing`: no answer; `unfit`: no possible answer to the item; `ungradable`: no reference.
    facts
        Counts and values named in the explanation, by name.
    """

    points: float
    max_points: float
    verdict: Verdict
    facts: dict[str, Json] = field(default_factory=dict)


def score(item: Item, value: Json, reference: Json = None) -> Score:
    """Score one answer.

    Parameters
    ----------
    item
        The item with its key.
    value
        The recorded answer, `None` for none. Untrusted: anything that JSON can hold.
    reference
        For data exercises, the answer that the source notebook recorded for the same client list.

    Returns
    -------
    Score
        Points rounded to two decimals; full points only for an answer that is right throughout.
    """
    if value is None or value == []:
        return Score(0.0, item.points, "missing")
    match item:
        case NumberItem():
            share, facts = _number(item, value, reference)
        case TableItem():
            share, facts = _table(item, value, reference)
        case _:
            share, facts = _question(item, value)
    if share is None:
        return Score(0.0, item.points, facts["verdict"])  # type: ignore[arg-type]
    # Only a perfect answer may round up to full points.
    points = item.points if share == 1 else min(round(share * item.points, 2), item.points - 0.01)
    verdict: Verdict = "right" if share == 1 else "partly" if points > 0 else "wrong"
    return Score(max(points, 0.0), item.points, verdict, facts)


_Share: TypeAlias = "tuple[float | None, dict[str, Json]]"
_UNFIT: _Share = (None, {"verdict": "unfit"})
_UNGRADABLE: _Share = (None, {"verdict": "ungradable"})


def _question(item: Question, value: Json) -> _Share:
    try:
        given = fit(item.public("en"), value, "en")
    except UnfitValue:
        return _UNFIT
    match item:
        case SingleItem() | TrueFalseItem():
            return float([given] == item.key), {}
        case MultipleItem():
            return _multiple(item.key, given)  # type: ignore[arg-type]
        case OrderItem():
            return _order(item.key, given)  # type: ignore[arg-type]


def _multiple(key: Sequence[str], given: Sequence[str]) -> _Share:
    wrong = len(set(given) - set(key))
    found = len(set(given) & set(key))
    share = 0.0 if wrong else found / len(key)
    return share, {"wrong": wrong, "found": found, "total": len(key)}


def _order(key: Sequence[str], given: Sequence[str]) -> _Share:
    # One step alone is always "in order", so the share counts the steps that follow rightly:
    # a reversed order earns nothing.
    run = longest_increasing([key.index(step) for step in given])
    return (run - 1) / (len(key) - 1), {"run": run, "total": len(key)}


def longest_increasing(numbers: Sequence[int]) -> int:
    """Return the length of the longest increasing subsequence, by patience sorting."""
    tails: list[int] = []
    for number in numbers:
        place = bisect_left(tails, number)
        tails[place : place + 1] = [number]
    return len(tails)


def _number(item: NumberItem, value: Json, reference: Json) -> _Share:
    if not _is_number(reference):
        return _UNGRADABLE
    if not _is_number(value):
        return _UNFIT
    facts: dict[str, Json] = {"value": value, "reference": reference}
    return float(_close(value, reference, item.tolerance)), facts


def _is_number(value: Json) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A JSON integer may be too large for a float: it is no sensible answer either.
    return abs(value) < 1e300 and math.isfinite(value)  # noqa: PLR2004


def _close(value: Json, reference: Json, tolerance: Tolerance) -> bool:
    if _is_number(value) and _is_number(reference):
        allowed = tolerance.atol + tolerance.rtol * abs(reference)
        # Decimal fractions are not exact in binary: the edge of the tolerance is still inside.
        slack = 1e-9 * max(1.0, abs(reference))
        return abs(value - reference) <= allowed + slack
    if isinstance(value, str) and isinstance(reference, str):
        return _normal(value) == _normal(reference)
    return type(value) is type(reference) and bool(value == reference)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class _Table:
    """Rows of a table answer, each found by the values of its key columns."""

    rows: dict[tuple[Json, ...], dict[str, Json]]
    count: int


def _table(item: TableItem, value: Json, reference: Json) -> _Share:
    """Score a table: harmonic mean of row precision and recall, times the share of right values.

    The harmonic mean of precision and recall is the F-measure of van Rijsbergen (1979),
    Information Retrieval, ch. 7; the arithmetic mean would give a good half of the points to
    whoever hands in the whole list.

    Rows are found by their key columns and their order is free. Of several rows with the same
    key the first counts; the others lower the precision.
    """
    expected = _parse(item, reference)
    if expected is None:
        return _UNGRADABLE
    given = _parse(item, value)
    if given is None:
        return _UNFIT
    matched = expected.rows.keys() & given.rows.keys()
    right = sum(
        _close(given.rows[key][column], expected.rows[key][column], item.tolerance)
        for key in matched
        for column in item.columns
    )
    cells = len(matched) * len(item.columns)
    if expected.count == given.count == 0:
        share = 1.0
    elif not matched:
        share = 0.0
    else:
        rows = 2 * len(matched) / (given.count + expected.count)
        share = rows * (right / cells if cells else 1.0)
    return share, {
        "reference_rows": expected.count,
        "rows": given.count,
        "matched": len(matched),
        "cells": cells,
        "right_cells": right,
    }


def _parse(item: TableItem, table: Json) -> _Table | None:
    """Return a recorded table, or `None` if it is none or lacks a column."""
    if not isinstance(table, dict):
        return None
    columns, rows = table.get("columns"), table.get("rows")
    wanted = item.key_columns + item.columns
    if columns != wanted or not isinstance(rows, list):
        return None
    by_key: dict[tuple[Json, ...], dict[str, Json]] = {}
    for row in rows:
        if not isinstance(row, list) or len(row) != len(wanted):
            return None
        if any(isinstance(cell, list | dict) for cell in row):
            return None
        cells: dict[str, Json] = dict(zip(wanted, row, strict=True))
        by_key.setdefault(tuple(_row_key(cells[name]) for name in item.key_columns), cells)
    return _Table(by_key, len(rows))


def _row_key(cell: Json) -> Json:
    """Return a key cell in the form in which equal keys are equal: 2 and 2.0, "Ａ" and "a"."""
    if isinstance(cell, str):
        return _normal(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
