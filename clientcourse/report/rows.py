"""What the pages of the cohort and of a module both say: scores, objectives, who needs help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import TYPE_CHECKING

from clientcourse.grading.digest import PAUSE
from clientcourse.report.attention import LOW, OPEN_FROM, needs
from clientcourse.report.heat_map import heat_map
from clientcourse.report.mastery import Mastery, mastery
from clientcourse.report.render import percent
from clientcourse.report.statistics import trainee_totals
from clientcourse.report.survey_section import SurveySection, survey_section
from clientcourse.report.words import WORDS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from clientcourse.grading.results import ItemResult
    from clientcourse.language import Language
    from clientcourse.report.cohort import Cohort, LessonCohort, ModuleCohort


@dataclass(frozen=True)
class GoalRow:
    """An objective with how the cohort has mastered it."""

    text: str
    lesson: str
    under: str
    mean: float | None
    below: int


@dataclass(frozen=True)
class NeedRow:
    """A trainee who needs help, in words."""

    name: str
    missing: list[str]
    score: float | None
    is_low: bool
    unanswered: int
    asked: int
    weakest: list[str]


def scores(results: Iterable[ItemResult]) -> dict[str, float]:
    """Return each trainee's earned share of the points, from the best to the worst."""
    totals = trainee_totals(list(results))
    shares = {one: points / most for one, (points, most) in totals.items()}
    return dict(sorted(shares.items(), key=lambda one: (-one[1], one[0])))


def known_by(cohort: Cohort, trainees: Sequence[str]) -> Mastery:
    """Return how trainees have mastered the objectives of a cohort's modules."""
    items = {lesson.id: lesson.items for module in cohort.modules for lesson in module.lessons}
    results = (one for module in cohort.modules for one in module.results)
    return mastery(results, items, list(cohort.goals), trainees)


def goal_rows(cohort: Cohort, known: Mastery) -> list[GoalRow]:
    """Return all objectives that somebody was asked for, the weakest first."""
    mean, weak = known.mean(), known.weak()
    rows = [
        GoalRow(goal.text, goal.lesson, goal.under, mean[id_], weak[id_])
        for id_, goal in cohort.goals.items()
        if mean[id_] is not None
    ]
    return sorted(rows, key=lambda row: row.mean or 0.0)


def need_rows(cohort: Cohort, now: datetime) -> list[NeedRow]:
    """Return who needs help, the most urgent first."""
    titles = {module.id: module.title for module in cohort.modules}
    return [
        NeedRow(
            cohort.trainees[one.trainee],
            [titles[module] for module in one.missing],
            one.score,
            one.is_low,
            one.unanswered,
            one.asked,
            [cohort.goals[goal].text for goal in one.weakest],
        )
        for one in needs(cohort, known_by(cohort, list(cohort.trainees)), now)
    ]


def mastery_map(cohort: Cohort, known: Mastery, language: Language) -> dict[str, go.Figure]:
    """Return the heat map under its name; nothing where there is nothing to be seen."""
    if not known.objectives or not known.trainees:
        return {}
    return {"heat": heat_map(known, cohort.goals, cohort.trainees, language)}


def what_they_say(
    cohort: Cohort, module: ModuleCohort, lessons: Iterable[LessonCohort], language: Language
) -> SurveySection | None:
    """Return what trainees say of lessons of a module, if they were asked."""
    if cohort.survey is None or not module.said:
        return None
    said = {lesson.title: module.said[lesson.id] for lesson in lessons}
    return survey_section(cohort.survey, said, language, anonymous=cohort.anonymous)


def survey_figure(section: SurveySection | None) -> dict[str, go.Figure]:
    """Return the figure of a section under its name, if it has one."""
    return {"survey": section.figure} if section and section.figure else {}


def minutes(of_one: float | None) -> str:
    """Return a time in minutes as text, a dash for none."""
    return "–" if of_one is None else f"{of_one:.0f}"


def middle(numbers: Iterable[float]) -> float | None:
    """Return the median of numbers, if there are any."""
    found = list(numbers)
    return median(found) if found else None


def mean(numbers: Iterable[float]) -> float | None:
    """Return the mean of numbers, if there are any."""
    found = list(numbers)
    return fmean(found) if found else None


def notes(language: Language) -> dict[str, str]:
    """Return the notes in which limits stand that are set elsewhere."""
    return {
        "time_note": WORDS["time-note"][language].format(pause=PAUSE.seconds // 60),
        "help_note": WORDS["help-note"][language].format(
            low=percent(LOW, 0), open=percent(OPEN_FROM, 0)
        ),
    }
