"""Scores the graded cells of one lesson: pure functions of bank, answers and references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.language import Text
from clientcourse.scoring import Score, ScoringRules, score

if TYPE_CHECKING:
    from clientcourse.items import Bank, Item
    from clientcourse.values import Json


@dataclass(frozen=True)
class Marked:
    """One item with the answer it got, `None` if it is no possible one, and its score.

    Parameters
    ----------
    number
        Of a question, its number in its quiz; 0 for what stands alone.
    reference
        Of a data exercise, the answer that was expected.
    """

    item: Item
    value: Json
    score: Score
    number: int = 0
    reference: Json = None


@dataclass(frozen=True)
class MarkedCell:
    """One graded cell: a quiz, an exercise or a scenario.

    Parameters
    ----------
    title
        What trainees know it by.
    points, max_points
        On the scale of the gradebook, which is the one that was released.
    items
        With those that were dropped.
    """

    name: str
    title: Text
    points: float
    max_points: float
    items: tuple[Marked, ...]

    @property
    def is_dropped(self) -> bool:
        """Whether nothing in it counts any more, so that everyone gets all of its points."""
        return bool(self.items) and all(one.item.dropped for one in self.items)


def mark_cell(
    bank: Bank,
    name: str,
    max_points: float,
    answers: Mapping[str, Json],
    references: Mapping[str, Json],
    rules: ScoringRules,
) -> MarkedCell:
    """Score the items of one graded cell.

    Parameters
    ----------
    bank
        The lesson's items with their keys, as they are now.
    name
        Id of the quiz or exercise.
    max_points
        What the gradebook says the cell is worth. Should the bank have changed since the release,
        the earned share counts.
    answers
        Recorded answers by item id.
    references
        Reference answers of data exercises by item id.
    rules
        What the course has chosen.

    Returns
    -------
    MarkedCell
        Items that were dropped earn and cost nothing: the cell's points are shared by the others.
        Without items and points if the bank, changed since the release, has no such quiz or
        exercise any more.
    """
    items = bank.auto_graded(name)
    if not items:
        return MarkedCell(name, Text(zh=name, en=name), 0.0, max_points, ())
    marked = tuple(
        # What is no possible answer is scored and then not looked at again: it can be anything.
        Marked(
            item,
            None if scored.verdict == "unfit" else value,
            scored,
            bank.number(item.id),
            reference,
        )
        for item in items
        for value, reference in [(answers.get(item.id), references.get(item.id))]
        for scored in [score(item, value, reference, rules)]
    )
    counted = [one.score for one in marked if not one.item.dropped]
    earned = sum(one.points for one in counted)
    possible = sum(one.max_points for one in counted)
    points = max_points if earned == possible else round(earned * max_points / possible, 2)
    return MarkedCell(name, bank.title(name), points, max_points, marked)
