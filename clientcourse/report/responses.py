"""What a cohort gave on every item, as arrays, ready for item analysis; no figures yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from clientcourse.report.statistics import choice_hits, is_answered, is_settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from clientcourse.grading.results import ItemResult
    from clientcourse.items import Item

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

Place: TypeAlias = tuple[str, str]
"""Lesson and id of an item: ids are its own only within a lesson."""

_DECIMALS = 6  # points have two; sums of them that are equal shall be found equal


@dataclass(frozen=True)
class ItemResponses:
    """The responses to one item of all who worked on its lesson and whose points are settled.

    Parameters
    ----------
    results
        One for each of these trainees; the arrays are in this order.
    points
        What each earned on the item.
    rest
        What each earned on all other items whose points are settled for everyone; `None` where
        there is no other.
    omitted
        Who gave no answer.
    hits
        By choice: who took it, as in `statistics.choice_hits`.
    """

    lesson: str
    item: Item
    results: Sequence[ItemResult]
    points: Floats
    rest: Floats | None
    omitted: Flags
    hits: Mapping[str, Flags]


@dataclass(frozen=True)
class Responses:
    """What a cohort gave on a set of items.

    Trainees without a single answer that could be read are left out: they say nothing about the
    items, but as all of their scores are 0, they make every item look as if it went with every
    other. For the same reason, who answered nothing in a lesson is left out of that lesson.

    Parameters
    ----------
    n
        Trainees who answered something.
    left_out
        Trainees who answered nothing.
    items
        In the order of lessons and items.
    settled
        Points of all `n` trainees, in columns, on the items whose points are settled for everyone.
    by_lesson
        The same for every lesson, for those trainees who worked on it.
    unsettled
        Items that have no column because some answer waits for a person or has no reference.
    """

    n: int
    left_out: int
    items: Sequence[ItemResponses]
    settled: Floats
    by_lesson: Mapping[str, Floats]
    unsettled: Sequence[Place]


def responses(results: Sequence[ItemResult], items: Mapping[str, Sequence[Item]]) -> Responses:
    """Return what a cohort gave, in arrays.

    Parameters
    ----------
    results
        Results of a module, one for each trainee and item.
    items
        The items to look at, by lesson.
    """
    columns = [(lesson, item) for lesson, of_lesson in items.items() for item in of_lesson]
    found: dict[Place, dict[str, ItemResult]] = defaultdict(dict)
    for one in results:
        found[one.lesson, one.item][one.trainee] = one
    by_item = [found[lesson, item.id] for lesson, item in columns]
    everyone = dict.fromkeys(trainee for of_item in by_item for trainee in of_item)
    worked = {
        lesson: {
            trainee
            for (place, _item), of_item in zip(columns, by_item, strict=True)
            if place == lesson
            for trainee, one in of_item.items()
            if is_answered(one)
        }
        for lesson in items
    }
    trainees = [one for one in everyone if any(one in those for those in worked.values())]
    points = np.array(
        [[_points(of_item.get(trainee)) for of_item in by_item] for trainee in trainees]
    ).reshape(len(trainees), len(columns))
    is_complete = ~np.isnan(points).any(axis=0)
    total = points[:, is_complete].sum(axis=1)

    at_work = {
        lesson: np.array([trainee in those for trainee in trainees], dtype=bool)
        for lesson, those in worked.items()
    }
    return Responses(
        n=len(trainees),
        left_out=len(everyone) - len(trainees),
        items=[
            _item_responses(
                lesson,
                item,
                [by_item[at][trainees[row]] for row in rows],
                points[rows, at],
                _rest(total[rows], points[rows, at], is_complete, at),
            )
            for at, (lesson, item) in enumerate(columns)
            for rows in [np.flatnonzero(at_work[lesson] & ~np.isnan(points[:, at]))]
        ],
        settled=points[:, is_complete],
        by_lesson={
            lesson: points[np.ix_(at_work[lesson], is_complete & _of_lesson(columns, lesson))]
            for lesson in items
        },
        unsettled=[
            (lesson, item.id)
            for (lesson, item), complete in zip(columns, is_complete, strict=True)
            if not complete
        ],
    )


def _points(result: ItemResult | None) -> float:
    return result.points if result is not None and is_settled(result) else np.nan


def _of_lesson(columns: Sequence[tuple[str, Item]], lesson: str) -> Flags:
    return np.array([one == lesson for one, _item in columns], dtype=bool)


def _rest(total: Floats, points: Floats, is_complete: Flags, at: int) -> Floats | None:
    own = bool(is_complete[at])
    if is_complete.sum() == own:
        return None
    return np.round(total - points if own else total, _DECIMALS)


def _item_responses(
    lesson: str, item: Item, results: list[ItemResult], points: Floats, rest: Floats | None
) -> ItemResponses:
    return ItemResponses(
        lesson=lesson,
        item=item,
        results=results,
        points=points,
        rest=rest,
        omitted=np.array([one.verdict == "missing" for one in results], dtype=bool),
        hits={id_: np.array(hit, dtype=bool) for id_, hit in choice_hits(item, results).items()},
    )
