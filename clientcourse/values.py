"""What trainees give, as plain JSON data that fits its item, or a sentence why it does not."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

from clientcourse.errors import CourseError
from clientcourse.items import FALSE, TRUE, PublicItem, PublicScenario
from clientcourse.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from clientcourse.language import Language

Json: TypeAlias = 'bool | int | float | str | list["Json"] | dict[str, "Json"] | None'

MAX_WORDS = 10_000
"""Characters that an answer in one's own words may have."""
MAX_GAP = 200
"""Characters that may stand in one gap."""
MAX_ATTEMPTS = 50
"""Attempts at one scenario that are kept."""
MAX_INT = 2**53
"""Integers beyond this are not exact as JSON numbers in a browser, so no answer needs them."""


class UnfitValue(CourseError):
    """A value that is no possible answer to its item."""


def fit(item: PublicItem | PublicScenario, value: object, language: Language) -> Json:
    """Return a value as the JSON data recorded for an item.

    Parameters
    ----------
    item
        The item being answered.
    value
        A choice id, a list of choice ids, a `bool`, a number, a text, texts by gap, choice ids by
        prompt, attempts at a scenario or a `pandas` table, as the item's type asks for; `None`
        withdraws an answer.
    language
        Language of the error message.

    Returns
    -------
    Json
        A choice id (single, truefalse, rating); choice ids in the order shown (multiple) or in the
        trainee's order (order); `{gap id: text}` of the gaps that are filled (blank); `{prompt id:
        choice id}` of the prompts that are matched (match); a text (short); a finite number;
        `{"attempts": [[reply id, …], …]}` (scenario); or a table as `{"columns": […], "rows":
        [[…]]}` with the item's key columns and compared columns. `None` for a withdrawn answer.

    Raises
    ------
    UnfitValue
        If the value is no possible answer.
    """
    if value is None or value is Ellipsis or (isinstance(value, list | dict | str) and not value):
        return None
    match item.type:
        case "single" | "truefalse" | "rating":
            return _choice(item, value, language)
        case "multiple":
            return _choices(item, value, language)
        case "order":
            return _order(item, value, language)
        case "blank":
            return _gaps(item, value, language)
        case "match":
            return _matches(item, value, language)
        case "short":
            return _words(item, value, language)
        case "number":
            return _number(item, value, language)
        case "table":
            return _table(item, value, language)
        case "scenario":
            return _attempts(item, value, language)


def given(item: PublicItem | PublicScenario, answers: Mapping[str, object]) -> Json:
    """Return the recorded answer to an item, or `None` where there is none that the item allows.

    Parameters
    ----------
    item
        The item.
    answers
        Values by item id. They may come from a file that a trainee has edited, or be older than
        the item.
    """
    value = answers.get(item.id)
    if item.type == "table":
        # It was taken apart when it was recorded and is no longer what `fit` takes.
        return cast(Json, value)
    try:
        return fit(item, value, "en")
    except UnfitValue:
        return None


def last_attempt(value: Json) -> list[str]:
    """Return the latest attempt at a scenario, as reply ids; empty if there is none."""
    match value:
        case {"attempts": [*_, list(path)]}:
            return [str(step) for step in path]
    return []


def extends(value: Json, stored: Json) -> bool:
    """Tell whether attempts at a scenario only go on from those that are stored."""
    match value, stored:
        case {"attempts": [*after]}, {"attempts": [*finished, list(last)]}:
            at = len(finished)
            now = after[at] if len(after) > at else None
            return after[:at] == finished and isinstance(now, list) and now[: len(last)] == last
    return not isinstance(stored, dict)


def is_complete(item: PublicItem | PublicScenario, value: Json) -> bool:
    """Tell whether an answer that fits its item leaves nothing open.

    A text with an empty gap, an unmatched prompt and an unfinished conversation are not complete.
    """
    match value:
        case None:
            return False
        case {"attempts": [list(first), *_]} if isinstance(item, PublicScenario):
            # A further attempt begins only when the one before has ended.
            return item.is_over(first)
        case dict() if isinstance(item, PublicItem) and item.type in {"blank", "match"}:
            return value.keys() == {*item.gaps, *item.prompt_ids}
    return True


def _choice(item: PublicItem, value: object, language: Language) -> str:
    if item.type == "truefalse" and isinstance(value, bool):
        value = TRUE if value else FALSE
    if isinstance(value, str) and value in item.choice_ids:
        return value
    raise UnfitValue(say("unfit-choice", language, item=item.id, expected=item.choice_ids))


def _choices(item: PublicItem, value: object, language: Language) -> list[Json]:
    if _are_ids(value, item):
        return [id_ for id_ in item.choice_ids if id_ in value]
    raise UnfitValue(say("unfit-choices", language, item=item.id, expected=item.choice_ids))


def _order(item: PublicItem, value: object, language: Language) -> list[Json]:
    if _are_ids(value, item):
        left_out = len(item.choices) - len(value)
        if item.leave_out or not left_out:
            return [*value]
    raise UnfitValue(say("unfit-order", language, item=item.id, expected=item.choice_ids))


def _are_ids(value: object, item: PublicItem) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and all(isinstance(id_, str) for id_ in value)
        and len(set(value)) == len(value)
        and set(value) <= set(item.choice_ids)
    )


def _gaps(item: PublicItem, value: object, language: Language) -> dict[str, Json] | None:
    fits = isinstance(value, dict) and all(
        gap in item.gaps and isinstance(text, str) and _can_be_kept(text, MAX_GAP)
        for gap, text in value.items()
    )
    if not isinstance(value, dict) or not fits:
        raise UnfitValue(
            say("unfit-gaps", language, item=item.id, expected=item.gaps, limit=MAX_GAP)
        )
    filled = {gap: value[gap].strip() for gap in item.gaps if value.get(gap, "").strip()}
    return filled or None


def _matches(item: PublicItem, value: object, language: Language) -> dict[str, Json]:
    fits = isinstance(value, dict) and all(
        prompt in item.prompt_ids and isinstance(target, str) and target in item.choice_ids
        for prompt, target in value.items()
    )
    if not isinstance(value, dict) or not fits:
        ids = {"prompts": item.prompt_ids, "expected": item.choice_ids}
        raise UnfitValue(say("unfit-match", language, item=item.id, **ids))
    return {prompt: value[prompt] for prompt in item.prompt_ids if prompt in value}


def _words(item: PublicItem, value: object, language: Language) -> str | None:
    if not isinstance(value, str) or not _can_be_kept(value, MAX_WORDS):
        raise UnfitValue(say("unfit-words", language, item=item.id, limit=MAX_WORDS))
    return value.strip() or None


def _can_be_kept(text: str, limit: int) -> bool:
    """Tell whether a text is short enough and can be written to a file: half a character cannot."""
    if len(text) > limit:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _attempts(scenario: PublicScenario, value: object, language: Language) -> dict[str, Json]:
    match value:
        case {"attempts": [*finished, list(last)], **other} if (
            not other
            and len(finished) < MAX_ATTEMPTS
            and all(isinstance(path, list) and scenario.is_over(path) for path in finished)
            and scenario.follow(last) is not None
        ):
            return {"attempts": [*finished, last]}
    raise UnfitValue(say("unfit-attempts", language, item=scenario.id))


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
            missing=missing,
            found=list(map(str, frame.columns)) or "–",
        )
        raise UnfitValue(message)
    columns: list[Json] = list(wanted)
    picked = frame[wanted]
    if list(picked.columns) != wanted:
        twice = sorted(
            {str(name) for name in picked.columns if list(frame.columns).count(name) > 1}
        )
        raise UnfitValue(say("repeated-columns", language, item=item.id, columns=twice))
    rows: list[Json] = [
        [_scalar(cell) for cell in row] for row in picked.itertuples(index=False, name=None)
    ]
    return {"columns": columns, "rows": rows}


def _frame(value: object) -> pd.DataFrame | None:
    import pandas as pd  # noqa: PLC0415 - a third of a second, which graders have no use for

    if isinstance(value, pd.Series):
        return value.to_frame()
    return value if isinstance(value, pd.DataFrame) else None


def _scalar(value: Any) -> Json:  # noqa: ANN401 - any cell of a table
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
