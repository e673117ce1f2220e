"""Who needs help, and with what: pure functions of what is known of a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from clientcourse.report.statistics import is_answered, trainee_totals

if TYPE_CHECKING:
    from clientcourse.report.cohort import Cohort, ModuleCohort
    from clientcourse.report.mastery import Mastery

LOW = 0.6
"""Share of the points below which a trainee needs help."""
OPEN_FROM = 0.2
"""Share of unanswered items from which a trainee needs help."""
_WEAKEST = 3


@dataclass(frozen=True)
class Need:
    """Why somebody should talk with a trainee, and on what.

    Parameters
    ----------
    missing
        Ids of modules that should have been handed in and were not.
    score
        Earned share of the points of what was handed in; `None` for nothing.
    unanswered, asked
        How many of the items handed in are not answered, and how many there are.
    weakest
        Ids of the weakest objectives.
    """

    trainee: str
    missing: tuple[str, ...]
    score: float | None
    unanswered: int
    asked: int
    weakest: tuple[str, ...]

    @property
    def is_low(self) -> bool:
        """Whether too few points were earned."""
        return self.score is not None and self.score < LOW

    @property
    def is_open(self) -> bool:
        """Whether much was not answered."""
        return self.unanswered > 0 and self.unanswered >= OPEN_FROM * self.asked


def needs(cohort: Cohort, known: Mastery, now: datetime) -> list[Need]:
    """Return who needs help, the most urgent first: by what is missing, then by score.

    A module should have been handed in once it is due, or, where no date is set, once half of the
    trainees have done so.

    Parameters
    ----------
    known
        Of the same cohort.
    """
    wanted = [module for module in cohort.modules if _is_expected(module, cohort, now)]
    results = [one for module in cohort.modules for one in module.results]
    totals = trainee_totals(results)
    asked = dict.fromkeys(cohort.trainees, 0)
    unanswered = dict.fromkeys(cohort.trainees, 0)
    for one in results:
        asked[one.trainee] += 1
        unanswered[one.trainee] += not is_answered(one)
    found = [
        Need(
            trainee,
            tuple(module.id for module in wanted if trainee not in module.handed_in),
            _share(totals.get(trainee)),
            unanswered[trainee],
            asked[trainee],
            tuple(known.weakest_of(trainee, _WEAKEST)),
        )
        for trainee in cohort.trainees
    ]
    urgent = [one for one in found if one.missing or one.is_low or one.is_open]
    return sorted(urgent, key=lambda one: (-len(one.missing), one.score or 0.0, one.trainee))


def _is_expected(module: ModuleCohort, cohort: Cohort, now: datetime) -> bool:
    if module.due is not None:
        return now > module.due
    return 2 * len(module.handed_in) >= len(cohort.trainees)


def _share(totals: tuple[float, float] | None) -> float | None:
    return totals[0] / totals[1] if totals and totals[1] else None
