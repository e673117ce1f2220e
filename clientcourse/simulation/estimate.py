"""How long grading will take on this machine: measured on a few submissions, then extrapolated."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clientcourse.grading.batch.module import make_ready
from clientcourse.grading.batch.submissions import Submission, submissions
from clientcourse.grading.batch.workers import grade_here
from clientcourse.grading.sandbox.parent import WarmParent
from clientcourse.simulation.course import CannotSimulate

_ROUNDS = 3
"""How many submissions are graded for each of the workers."""


@dataclass(frozen=True)
class Estimate:
    """How long it takes to grade the submissions of a module.

    Parameters
    ----------
    submissions
        How many there are.
    workers
        How many are run at the same time.
    ends
        When each of those that were graded was done, in seconds from the start.
    """

    submissions: int
    workers: int
    ends: Sequence[float]

    @property
    def first(self) -> int:
        """How many were graded while things went on that are done only once."""
        return max(1, min(self.workers, len(self.ends) - 1))

    @property
    def start(self) -> float:
        """Seconds until these were done."""
        return self.ends[self.first - 1]

    @property
    def each(self) -> float:
        """Seconds for each of the others, several being graded at the same time."""
        others = len(self.ends) - self.first
        return (self.ends[-1] - self.start) / others if others else 0.0

    @property
    def seconds(self) -> float:
        """Seconds for all submissions."""
        return self.start + self.each * (self.submissions - self.first)


def estimate(root: Path, module: str, sandbox: WarmParent | None, workers: int) -> Estimate:
    """Grade a few submissions of a module, which then are graded, and tell how long all will take.

    Parameters
    ----------
    root
        The course's root folder.
    sandbox, workers
        As for `grade_module`.

    Raises
    ------
    NothingSubmitted
        If there is no submission.
    CannotSimulate
        If one cannot be graded.
    """
    make_ready(root)
    found = submissions(root, module)
    ends = []
    start = time.perf_counter()
    for outcome in grade_here(_spread(found, _ROUNDS * workers), sandbox, workers):
        if outcome.failed:
            raise CannotSimulate(f"{outcome.trainee} could not be graded: {outcome.failed}")
        ends.append(time.perf_counter() - start)
    return Estimate(len(found), workers, ends)


def _spread(found: Sequence[Submission], number: int) -> list[Submission]:
    """Return so many of them, from the whole of the list."""
    number = min(number, len(found))
    return [found[place * len(found) // number] for place in range(number)]
