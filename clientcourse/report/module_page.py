"""The page of one module: its lessons, what the cohort knows, who needs help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clientcourse.report.figures import score_distribution
from clientcourse.report.item_rows import alpha, definitions, flag_rows
from clientcourse.report.render import (
    COHORT,
    Frame,
    lesson_place,
    module_place,
    number,
    percent,
    render,
)
from clientcourse.report.rows import (
    goal_rows,
    known_by,
    mastery_map,
    mean,
    middle,
    minutes,
    need_rows,
    notes,
    scores,
    survey_figure,
    what_they_say,
)
from clientcourse.report.statistics import is_answered, trainee_totals

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from clientcourse.report.cohort import Cohort, LessonCohort, ModuleCohort


@dataclass(frozen=True)
class _LessonRow:
    title: str
    address: str
    items: int
    mean: float | None
    unanswered: float | None
    minutes: str
    alpha: str


@dataclass(frozen=True)
class _TraineeRow:
    name: str
    at: str
    late: bool
    shares: list[float | None]
    points: str
    score: float
    unanswered: int
    minutes: str


def module_page(cohort: Cohort, module: ModuleCohort, frame: Frame) -> str:
    """Return the report on one module as an HTML page that needs no network.

    Parameters
    ----------
    cohort
        With this module.
    """
    alone = _with_one(cohort, module)
    found = scores(module.results)
    known = known_by(alone, list(found))
    goals = goal_rows(alone, known)
    language, say = frame.language, frame.say
    survey = what_they_say(cohort, module, module.lessons, language) if found else None
    drawn: dict[str, go.Figure] = {}
    if found:
        drawn = {
            "scores": score_distribution(list(found.values()), language),
            **mastery_map(alone, known, language),
            **survey_figure(survey),
        }
    handed_in = module.handed_in.values()
    return render(
        "module",
        frame,
        module_place(module.id),
        drawn,
        title=module.title,
        above=[(cohort.course, COHORT)],
        tiles=[
            (say["handed-in"], f"{len(handed_in)} / {len(cohort.trainees)}"),
            (say["mean"], percent(mean(found.values()))),
            (say["median"], percent(middle(found.values()))),
            (say["late"], sum(one.late for one in handed_in)),
            (say["waiting"], sum(one.waiting for one in handed_in)),
        ],
        sections=[
            "lessons",
            *(["scores", "flags", "help", "mastery"] if found else []),
            *(["survey"] if survey else []),
            *(["by-trainee", "definitions"] if found else []),
        ],
        flags=flag_rows(module, language),
        analysis_notes=[note[language] for note in module.analysis.notes],
        reliability=module.analysis.reliability,
        definitions=definitions(language),
        survey=survey,
        lessons=[_lesson_row(module, lesson) for lesson in module.lessons],
        needs=need_rows(alone, frame.generated),
        goals=goals,
        trainees=_trainee_rows(cohort, module),
        **notes(language),
    )


def _with_one(cohort: Cohort, module: ModuleCohort) -> Cohort:
    """Return the cohort as if the course had this module alone."""
    asked = {item.objective for lesson in module.lessons for item in lesson.items}
    goals = {id_: goal for id_, goal in cohort.goals.items() if id_ in asked}
    return replace(cohort, modules=[module], goals=goals)


def _lesson_row(module: ModuleCohort, lesson: LessonCohort) -> _LessonRow:
    results = module.of_lesson(lesson.id)
    spent = (one.minutes.get(lesson.id) for one in module.handed_in.values())
    return _LessonRow(
        lesson.title,
        lesson_place(lesson.id),
        len(lesson.items),
        mean(scores(results).values()),
        mean(float(not is_answered(one)) for one in results),
        minutes(middle(one for one in spent if one is not None)),
        alpha(module.analysis.lessons.get(lesson.id)),
    )


def _trainee_rows(cohort: Cohort, module: ModuleCohort) -> list[_TraineeRow]:
    of_lessons = [scores(module.of_lesson(lesson.id)) for lesson in module.lessons]
    totals = trainee_totals(module.results)
    unanswered = dict.fromkeys(totals, 0)
    for one in module.results:
        unanswered[one.trainee] += not is_answered(one)
    rows = []
    for trainee, score in scores(module.results).items():
        handed_in = module.handed_in[trainee]
        spent = sum(handed_in.minutes.values()) if handed_in.minutes else None
        points, most = totals[trainee]
        rows.append(
            _TraineeRow(
                cohort.trainees[trainee],
                handed_in.at.astimezone().strftime("%m-%d %H:%M") if handed_in.at else "–",
                handed_in.late,
                [of_lesson.get(trainee) for of_lesson in of_lessons],
                f"{number(points)} / {number(most)}",
                score,
                unanswered[trainee],
                minutes(spent),
            )
        )
    return rows
