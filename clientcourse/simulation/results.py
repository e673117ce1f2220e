"""What a cohort's answers are worth: the real scoring, in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.authoring.load import load_bank, load_course
from clientcourse.grading.results import ItemResult
from clientcourse.items import ShortItem
from clientcourse.scoring import score
from clientcourse.simulation.answers import Asked
from clientcourse.simulation.coding import Coded, stand_in

if TYPE_CHECKING:
    from clientcourse.authoring.load import Course
    from clientcourse.items import Item
    from clientcourse.language import Language
    from clientcourse.scoring import Score
    from clientcourse.simulation.cohort import Cohort, SimulatedTrainee
    from clientcourse.values import Json


def simulated_results(root: Path, module: str, cohort: Cohort) -> list[ItemResult]:
    """Return what `read_results` would, had the cohort handed in a module and been graded.

    Nothing is run and no file is written. Answers in words wait for a person. The value of a data
    exercise is not known without a run and therefore `None`.

    Parameters
    ----------
    root
        The course's root folder.
    module
        Id of a module.
    cohort
        Who takes part; those who hand in nothing are left out.

    Returns
    -------
    list[ItemResult]
        By trainee, then in the order of lessons and items.

    Examples
    --------
    >>> from clientcourse.simulation.cohort import Cohort, Group
    >>> weak_and_strong = Cohort([Group(20, mean=-1), Group(20, mean=1)], seed=7)
    >>> results = simulated_results(Path(), "complaint-handling", weak_and_strong)  # doctest: +SKIP
    """
    course = load_course(root)
    lessons = next(entry.lessons for entry in course.modules if entry.id == module)
    graded = [
        _Graded(lesson, item, course)
        for lesson in lessons
        for item in load_bank(root, module, lesson).graded_items()
    ]
    return [
        one.result(trainee)
        for trainee in cohort.trainees()
        if cohort.hands_in(trainee, module) != "not at all"
        for one in graded
    ]


class _Graded:
    """A graded item, and what the answers to it are worth: few differ in a large cohort."""

    def __init__(self, lesson: str, item: Item, course: Course) -> None:
        self._lesson, self._item, self._rules = lesson, item, course.scoring
        self._answer = _answering(item, course.language)
        self._reference = stand_in(item) if isinstance(item, Coded) else None
        # Words are kept in the notebook, for whoever marks them.
        self._shown = not isinstance(item, Coded | ShortItem)
        self._scores: dict[str, Score] = {}

    def result(self, trainee: SimulatedTrainee) -> ItemResult:
        """Return how a trainee does on it."""
        value = self._answer(trainee)
        known = json.dumps(value)
        if known not in self._scores:
            self._scores[known] = score(self._item, value, self._reference, self._rules)
        scored = self._scores[known]
        return ItemResult(
            trainee.name,
            self._lesson,
            self._item.id,
            scored.points,
            scored.max_points,
            scored.verdict,
            value if self._shown else None,
        )


def _answering(item: Item, language: Language) -> Callable[[SimulatedTrainee], Json]:
    """Return what gives a trainee's answer to an item."""
    if isinstance(item, Coded):
        return lambda trainee: trainee.work(item).recorded
    asked = Asked(item, language)
    return lambda trainee: trainee.answer(asked)
