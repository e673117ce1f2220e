"""What is written for a data exercise, and what that makes of the answer, known without a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.items import NumberItem, TableItem

if TYPE_CHECKING:
    from clientcourse.values import Json

Coded = NumberItem | TableItem
"""What is answered in code."""


@dataclass(frozen=True)
class Working:
    """How somebody works on a data exercise.

    Parameters
    ----------
    name
        What it is, in a word.
    then
        What is done to the right answer, as an expression of pandas in which `{}` stands for it;
        `None` where the exercise is left open.
    recorded
        What is recorded where the right answer is `stand_in`. It scores like what is recorded in
        any other case: every working keeps or spoils an answer in the same proportion.
    """

    name: str
    then: str | None
    recorded: Json


def stand_in(exercise: Coded) -> Json:
    """Return a right answer to stand for those of all client lists, which would need a run."""
    if isinstance(exercise, NumberItem):
        return 1.0
    names: list[Json] = [*exercise.key_columns, *exercise.columns]
    return {"columns": names, "rows": [names]}


def solved(exercise: Coded) -> Working:
    """Work the exercise out rightly."""
    return Working("solved", "{}", stand_in(exercise))


def left_open() -> Working:
    """Write nothing."""
    return Working("left open", None, None)


def mistakes(exercise: Coded) -> Iterator[Working]:
    """Yield what can go wrong; none of it earns all points."""
    # What raises an error records nothing.
    yield Working("error", "{}.totals", None)
    if isinstance(exercise, NumberItem):
        # Out of the tolerance, whatever the number is: rtol is less than 1.
        off = 1 + 2 * exercise.tolerance.atol
        yield Working("too large", f"{{0}} + abs({{0}}) + {off:g}", 2 + off)
        yield Working("too small", f"{{0}} - abs({{0}}) - {off:g}", -off)
        return
    names: list[Json] = [*exercise.key_columns, *exercise.columns]
    twice = "{0}.iloc[[*range(len({0}))] * 2]"
    yield Working("rows twice", twice, {"columns": names, "rows": [names, names]})
    yield Working("no rows", "{}.head(0)", {"columns": names, "rows": []})
    if exercise.columns:
        last = exercise.columns[-1]
        row: list[Json] = ["?" if name == last else name for name in names]
        unfinished = f'{{}}.assign(**{{{{"{last}": "?"}}}})'
        yield Working("unfinished column", unfinished, {"columns": names, "rows": [row]})
