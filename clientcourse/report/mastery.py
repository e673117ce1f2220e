"""How well each trainee has mastered each objective: pure functions of item results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clientcourse.report.statistics import is_settled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clientcourse.grading.results import ItemResult
    from clientcourse.items import Item

WEAK = 0.5
"""Share of the points below which an objective is called weak: more was missed than was earned."""


@dataclass(frozen=True)
class Mastery:
    """Earned shares of the points, by objective and trainee.

    Parameters
    ----------
    objectives, trainees
        Ids of the rows and of the columns.
    shares
        One row for each objective, one column for each trainee, 0 to 1: the earned share of the
        points of all graded items that ask for the objective. NaN where a trainee was asked none.
    """

    objectives: Sequence[str]
    trainees: Sequence[str]
    shares: NDArray[np.float64]

    def mean(self) -> dict[str, float | None]:
        """Return the mean share of each objective, over those who were asked."""
        return {
            objective: float(row[~np.isnan(row)].mean()) if (~np.isnan(row)).any() else None
            for objective, row in zip(self.objectives, self.shares, strict=True)
        }

    def weak(self) -> dict[str, int]:
        """Return for each objective, how many trainees are below `WEAK` in it."""
        below = np.nan_to_num(self.shares, nan=1.0) < WEAK
        counts = below.sum(axis=1)
        return {one: int(count) for one, count in zip(self.objectives, counts, strict=True)}

    def weakest_of(self, trainee: str, most: int) -> list[str]:
        """Return the objectives in which a trainee is below `WEAK`, the weakest first."""
        column = self.shares[:, self.trainees.index(trainee)]
        order = np.argsort(column, kind="stable")
        return [self.objectives[place] for place in order if column[place] < WEAK][:most]


def mastery(
    results: Iterable[ItemResult],
    items: Mapping[str, Sequence[Item]],
    objectives: Sequence[str],
    trainees: Sequence[str],
) -> Mastery:
    """Return how well trainees have mastered objectives.

    Parameters
    ----------
    results
        Of any lessons. What waits for a person or cannot be graded says nothing yet, and is left
        out.
    items
        Graded items by lesson.
    objectives, trainees
        Which ones, in the order wanted; others in the results are left out.
    """
    asked = {(lesson, item.id): item.objective for lesson in items for item in items[lesson]}
    rows = {objective: place for place, objective in enumerate(objectives)}
    columns = {trainee: place for place, trainee in enumerate(trainees)}
    earned = np.zeros((len(objectives), len(trainees)))
    possible = np.zeros_like(earned)
    for one in results:
        row, column = rows.get(asked.get((one.lesson, one.item), "")), columns.get(one.trainee)
        if row is not None and column is not None and is_settled(one):
            earned[row, column] += one.points
            possible[row, column] += one.max_points
    # Where nothing was possible, 0 / 0 is the NaN that is meant.
    with np.errstate(invalid="ignore"):
        return Mastery(objectives, trainees, earned / possible)
