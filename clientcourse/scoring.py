"""Pure scoring: an item with its key and an answer make a `Score`.

The rules are those printed in the lessons; every function here is a pure function of its
arguments, and answers are taken as untrusted JSON data.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from clientcourse.comparing import RecordedTable, allowance, compare, is_close, is_number
from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    NumberItem,
    NumberQuestion,
    OrderItem,
    Scenario,
    ShortItem,
    SingleItem,
    TableItem,
    Tolerance,
    TrueFalseItem,
)
from clientcourse.normal import normal
from clientcourse.values import UnfitValue, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.values import Json

Verdict = Literal["right", "partly", "wrong", "missing", "unfit", "ungradable", "pending"]
MultipleRule = Literal["proportional", "all-or-nothing", "each-option"]


class ScoringRules(BaseModel):
    """Rules that a course chooses, in `course.yaml`.

    Parameters
    ----------
    multiple
        `proportional`: the share of right options found, nothing if a wrong one is chosen;
        `all-or-nothing`: full points for exactly the right options, else nothing; `each-option`:
        every option is a decision, and the share is that of right decisions minus wrong ones, at
        least nothing (rights minus wrongs, the correction for guessing between two answers;
        Frary 1988, Educational Measurement: Issues and Practice 7(2), 33-38).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    multiple: MultipleRule = "proportional"


DEFAULT_RULES = ScoringRules()


@dataclass(frozen=True)
class Score:
    """What an answer earned, and the facts that explain it.

    Parameters
    ----------
    points, max_points
        Earned and possible points, `0 <= points <= max_points`.
    verdict
        `missing`: no answer; `unfit`: no possible answer to the item; `ungradable`: no reference;
        `pending`: a person decides.
    facts
        Counts and values named in the explanation, by name.
    """

    points: float
    max_points: float
    verdict: Verdict
    facts: dict[str, Json] = field(default_factory=dict)


def score(
    item: Item, value: Json, reference: Json = None, rules: ScoringRules = DEFAULT_RULES
) -> Score:
    """Score one answer.

    Parameters
    ----------
    item
        The item with its key.
    value
        The recorded answer, `None` for none. Untrusted: anything that JSON can hold.
    reference
        For data exercises, the answer that the source notebook recorded for the same client list.
    rules
        What the course has chosen.

    Returns
    -------
    Score
        Points rounded to two decimals; full points only for an answer that is right throughout.
    """
    if value is None or value in ([], {}, ""):
        return Score(0.0, item.points, "missing")
    share, facts = _share(item, value, reference, rules)
    if share is None:
        return Score(0.0, item.points, facts["verdict"])  # type: ignore[arg-type]
    # Only a perfect answer may round up to full points.
    points = item.points if share == 1 else min(round(share * item.points, 2), item.points - 0.01)
    verdict: Verdict = "right" if share == 1 else "partly" if points > 0 else "wrong"
    return Score(max(points, 0.0), item.points, verdict, facts)


_Share: TypeAlias = "tuple[float | None, dict[str, Json]]"
_UNFIT: _Share = (None, {"verdict": "unfit"})
_UNGRADABLE: _Share = (None, {"verdict": "ungradable"})
_PENDING: _Share = (None, {"verdict": "pending"})


def _share(  # noqa: PLR0911 - one line for each type
    item: Item, value: Json, reference: Json, rules: ScoringRules
) -> _Share:
    # A table is taken apart by its own rule: what was recorded is not what pandas gave.
    if isinstance(item, TableItem):
        return _table(item, value, reference)
    if isinstance(item, NumberItem):
        return _number(item.tolerance, value, reference)
    try:
        given = fit(item.public("en"), value, "en")
    except UnfitValue:
        return _UNFIT
    match item, given:
        case ((SingleItem() | TrueFalseItem()), str()):
            return float([given] == item.key), {}
        case MultipleItem(), list():
            return _multiple(item, given, rules.multiple)
        case BlankItem(), dict():
            return _blank(item, given)
        case OrderItem(), list():
            return _order(item, given)
        case MatchItem(), dict():
            return _match(item, given)
        case NumberQuestion(), _:
            return _number(item.tolerance, given, item.answer)
        case Scenario(), dict():
            return _scenario(item, given)
        case ShortItem(), str():
            return _PENDING
    return None, {"verdict": "missing"}


def _multiple(item: MultipleItem, given: Sequence[Json], rule: MultipleRule) -> _Share:
    wrong = len(set(given) - set(item.key))
    found = len(set(given) & set(item.key))
    total, options = len(item.key), len(item.options)
    match rule:
        case "proportional":
            share = 0.0 if wrong else found / total
        case "all-or-nothing":
            share = float(not wrong and found == total)
        case "each-option":
            mistakes = wrong + total - found
            share = max(0.0, (options - 2 * mistakes) / options)
    facts: dict[str, Json] = {"rule": rule, "wrong": wrong, "found": found, "total": total}
    return share, facts | {"options": options}


def _blank(item: BlankItem, given: Mapping[str, Json]) -> _Share:
    right = sum(fills(item, gap.id, given.get(gap.id)) for gap in item.gaps)
    return right / len(item.gaps), {"found": right, "total": len(item.gaps)}


def fills(item: BlankItem, gap: str, text: Json) -> bool:
    """Tell whether a text is accepted in a gap, in either language.

    Raises
    ------
    KeyError
        If the item has no such gap.
    """
    forms = {one.id: one.accept for one in item.gaps}[gap]
    return isinstance(text, str) and normal(text) in map(normal, [*forms.zh, *forms.en])


def _match(item: MatchItem, given: Mapping[str, Json]) -> _Share:
    right = sum(given.get(prompt) == target for prompt, target in item.key.items())
    return right / len(item.key), {"found": right, "total": len(item.key)}


def _scenario(item: Scenario, given: Mapping[str, Json]) -> _Share:
    path = counted_path(item, given)
    if path is None:
        return None, {"verdict": "missing"}
    earned, best = sum(item.totals(path).values()), item.reach("total").most
    return max(0.0, earned / best), {"earned": earned, "best": best}


def counted_path(item: Scenario, given: object) -> list[str] | None:
    """Return the attempt that counts, as a path of reply ids; `None` if none is finished.

    Parameters
    ----------
    item
        The scenario, which says which attempt counts.
    given
        An answer that fits it.
    """
    attempts = given.get("attempts") if isinstance(given, dict) else None
    public = item.public("en")
    paths = [
        [str(step) for step in path]
        for path in (attempts if isinstance(attempts, list) else [])
        if isinstance(path, list) and public.is_over(path)
    ]
    if not paths:
        return None
    match item.counts:
        case "first":
            return paths[0]
        case "last":
            return paths[-1]
        case "best":
            return max(paths, key=lambda path: sum(item.totals(path).values()))


def _order(item: OrderItem, given: Sequence[Json]) -> _Share:
    # One step alone is always "in order", so the share counts the steps that follow rightly: a
    # reversed order earns nothing. A step that does not belong undoes one of these.
    key = item.key
    kept = [key.index(step) for step in given if step in key]
    extra = len(given) - len(kept)
    run = longest_increasing(kept)
    share = max(0, run - 1 - extra) / (len(key) - 1)
    return share, {"run": run, "total": len(key), "extra": extra}


def longest_increasing(numbers: Sequence[int]) -> int:
    """Return the length of the longest increasing subsequence, by patience sorting."""
    tails: list[int] = []
    for number in numbers:
        place = bisect_left(tails, number)
        tails[place : place + 1] = [number]
    return len(tails)


def _number(tolerance: Tolerance, value: Json, reference: Json) -> _Share:
    if not is_number(reference):
        return _UNGRADABLE
    if not is_number(value):
        return _UNFIT
    facts: dict[str, Json] = {
        "value": value,
        "reference": reference,
        "allowed": allowance(tolerance, reference),
    }
    return float(is_close(value, reference, tolerance)), facts


def _table(item: TableItem, value: Json, reference: Json) -> _Share:
    """Score a table: harmonic mean of row precision and recall, times the share of right values.

    The harmonic mean of precision and recall is the F-measure of van Rijsbergen (1979),
    Information Retrieval, ch. 7; the arithmetic mean would give a good half of the points to
    whoever hands in the whole list.

    Rows are found by their key columns and their order is free. Of several rows with the same
    key the first counts; the others lower the precision.
    """
    expected = RecordedTable.read(item, reference)
    if expected is None:
        return _UNGRADABLE
    given = RecordedTable.read(item, value)
    if given is None:
        return _UNFIT
    found = compare(item, given, expected)
    matched = len(found.pairs)
    cells = matched * len(item.columns)
    right = cells - sum(len(pair.wrong) for pair in found.pairs)
    if found.rows == found.reference_rows == 0:
        share = 1.0
    elif not matched:
        share = 0.0
    else:
        rows = 2 * matched / (found.rows + found.reference_rows)
        share = rows * (right / cells if cells else 1.0)
    return share, {
        "reference_rows": found.reference_rows,
        "rows": found.rows,
        "matched": matched,
        "cells": cells,
        "right_cells": right,
    }
