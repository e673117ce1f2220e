"""What trainees give, as plain JSON data that fits its item, or a sentence why it does not."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import pandas as pd

from clientcourse.errors import CourseError
from clientcourse.items import FALSE, TRUE, PublicItem
from clientcourse.messages import say

if TYPE_CHECKING:
    from clientcourse.language import Language

Json: TypeAlias = 'bool | int | float | str | list["Json"] | dict[str, "Json"] | None'

MAX_INT = 2**53
"""Integers beyond this are not exact as JSON numbers in a browser, so no answer needs them."""


class UnfitValue(CourseError):
    """A value that is no possible answer to its item."""


def fit(item: PublicItem, value: object, language: Language) -> Json:
    """Return a value as the JSON data recorded for an item.

    Parameters
    ----------
    item
        The item being answered.
    value
        A choice id, a list of choice ids, a `bool`, a number or a `pandas` table, as the item's
        type asks for; `None` withdraws an answer.
    language
        Language of the error message.

    Returns
    -------
    Json
        A choice id (single, truefalse); choice ids in the order shown (multiple) or in the
        trainee's order (order); a finite number; or a table as `{"columns": […], "rows": [[…]]}`
        with the item's key columns and compared columns. `None` for a withdrawn answer.

    Raises
    ------
    UnfitValue
        If the value is no possible answer.
    """
    if value is None or value is Ellipsis or (isinstance(value, list) and not value):
        return None
    match item.type:
        case "single" | "truefalse":
            return _choice(item, value, language)
        case "multiple":
            return _choices(item, value, language)
        case "order":
            return _order(item, value, language)
        case "number":
            return _number(item, value, language)
        case "table":
            return _table(item, value, language)


def _choice(item: PublicItem, value: object, language: Language) -> str:
    if item.type == "truefalse" and isinstance(value, bool):
        value = TRUE if value else FALSE
    if isinstance(value, str) and value in item.choice_ids:
        return value
    raise UnfitValue(say("unfit-choice", language, item=item.id, expected=_list(item)))


def _choices(item: PublicItem, value: object, language: Language) -> list[Json]:
    if _are_ids(value, item):
        return [id_ for id_ in item.choice_ids if id_ in value]
    raise UnfitValue(say("unfit-choices", language, item=item.id, expected=_list(item)))


def _order(item: PublicItem, value: object, language: Language) -> list[Json]:
    if _are_ids(value, item) and len(value) == len(item.choices):
        return [*value]
    raise UnfitValue(say("unfit-order", language, item=item.id, expected=_list(item)))


def _are_ids(value: object, item: PublicItem) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and all(isinstance(id_, str) for id_ in value)
        and len(set(value)) == len(value)
        and set(value) <= set(item.choice_ids)
    )


def _list(item: PublicItem) -> str:
    return ", ".join(item.choice_ids)


def _number(item: PublicItem, value: object, language: Language) -> float | int:
    plain = _scalar(value)
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        found = type(value).__name__
        raise UnfitValue(say("unfit-number", language, item=item.id, found=found))
    return plain


def _table(item: PublicItem, value: object, language: Language) -> dict[str, Json]:
    frame = _frame(value)
    if frame is None:
        found = type(value).__name__
        raise UnfitValue(say("unfit-table", language, item=item.id, found=found))
    if frame.columns.nlevels > 1:
        raise UnfitValue(say("stacked-columns", language, item=item.id))
    wanted = item.key_columns + item.columns
    # A group-by leaves its key in the index; that is a table with its key, so it counts.
    levels = [n for n in frame.index.names if n in wanted and n not in frame.columns]
    if levels:
        frame = frame.reset_index(level=levels)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        message = say(
            "missing-columns",
            language,
            item=item.id,
            missing=", ".join(missing),
            found=", ".join(map(str, frame.columns)) or "–",
        )
        raise UnfitValue(message)
    columns: list[Json] = list(wanted)
    picked = frame[wanted]
    if list(picked.columns) != wanted:
        twice = sorted(
            {str(name) for name in picked.columns if list(frame.columns).count(name) > 1}
        )
        raise UnfitValue(say("repeated-columns", language, item=item.id, columns=", ".join(twice)))
    rows: list[Json] = [
        [_scalar(cell) for cell in row] for row in picked.itertuples(index=False, name=None)
    ]
    return {"columns": columns, "rows": rows}


def _frame(value: object) -> pd.DataFrame | None:
    if isinstance(value, pd.Series):
        return value.to_frame()
    return value if isinstance(value, pd.DataFrame) else None


def _scalar(value: Any) -> Json:  # noqa: ANN401, PLR0911 - any cell of a table
    """Return one cell as JSON: numbers as numbers, dates as ISO text, gaps as `None`."""
    if value is None or isinstance(value, bool | str):
        return value
    if hasattr(value, "item") and callable(value.item):  # a NumPy scalar
        try:
            value = value.item()
        except (TypeError, ValueError):
            return str(value)
        if value is None or isinstance(value, bool | str):
            return value
    if isinstance(value, numbers.Integral):
        exact = int(value)
        return exact if abs(exact) <= MAX_INT else str(exact)
    if isinstance(value, numbers.Real):
        approximate = float(value)
        return approximate if math.isfinite(approximate) else None
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return None if str(value) == "NaT" else value.isoformat()
    return None if str(value) in {"<NA>", "NaT"} else str(value)
