"""Reads the grades of a course from its gradebook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import (
    Assignment,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import (
    Grade as CellGrade,
)
from sqlalchemy import Integer, cast, func, select

from clientcourse.authoring.load import load_course
from clientcourse.authoring.text import title_of
from clientcourse.errors import CourseError
from clientcourse.grades.model import (
    Grade,
    GradedLesson,
    GradedModule,
    Grades,
    ModuleGrades,
    Trainee,
)
from clientcourse.grading.arrival.state import is_graded
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.gradebook import due_dates, extended, in_utc

if TYPE_CHECKING:
    from clientcourse.language import Language


def read_grades(
    gradebook: Gradebook,
    root: Path,
    *,
    modules: Collection[str] = (),
    trainees: Collection[str] = (),
) -> Grades:
    """Read the grades of everyone whom the gradebook knows, or who has handed in.

    Who has handed in nothing has no points, as in nbgrader's own export, and a state that says so.

    Parameters
    ----------
    gradebook
        An open one.
    root
        The course's root folder, with `submitted/`. Without `course/`, as in a course that is not
        one of ours, modules and lessons are called by their ids.
    modules, trainees
        Ids of those that are wanted; all if empty.

    Raises
    ------
    CourseError
        If the gradebook has no such module, or none at all.
    CourseProblems
        If `course/course.yaml` or the text of a lesson has mistakes.
    """
    words = _words(root)
    graded = _modules(gradebook, words)
    if not graded:
        raise CourseError("The gradebook has no module yet; generate the assignments first.")
    if unknown := sorted(set(modules) - graded.keys()):
        known = ", ".join(graded)
        raise CourseError(f"The gradebook has no module “{unknown[0]}”. There are: {known}.")
    wanted = [module for module in graded.values() if not modules or module.id in modules]
    handed_in = {
        (folder.parent.name, folder.name)
        for folder in (root / "submitted").glob("*/*")
        if folder.name in {module.id for module in wanted}
    }
    everyone = _trainees(gradebook, {trainee for trainee, _module in handed_in})
    people = [one for one in everyone if not trainees or one.id in trainees]
    # A row in the gradebook does not tell: it is there before grading, and from the last time.
    ungraded = {
        (trainee, module)
        for trainee, module in handed_in
        if not is_graded(Submission(root, module, trainee))
    }
    return Grades(
        words.language, wanted, people, _found(gradebook, words, wanted, people, ungraded)
    )


@dataclass(frozen=True)
class _Words:
    """What the course says of its modules and lessons; in a course not of ours, nothing.

    Parameters
    ----------
    modules, lessons
        Titles by id, and by ids of module and lesson, in the order of the course.
    due
        By module, where it is said.
    """

    language: Language = "en"
    modules: Mapping[str, str] = field(default_factory=dict)
    lessons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    due: Mapping[str, datetime] = field(default_factory=dict)


def _words(root: Path) -> _Words:
    if not (root / "course" / "course.yaml").exists():
        return _Words()
    course = load_course(root)
    language = course.language
    return _Words(
        language,
        {module.id: module.title[language] for module in course.modules},
        {
            (module.id, lesson): title_of(root, module.id, lesson, language)
            for module in course.modules
            for lesson in module.lessons
        },
        {module.id: module.due for module in course.modules if module.due},
    )


def _modules(gradebook: Gradebook, words: _Words) -> dict[str, GradedModule]:
    """Return the modules that were generated, by id; what the course does not name comes last."""
    rows = select(Assignment.name, Notebook.name, Notebook.max_score)
    rows = rows.join(Assignment, Notebook.assignment_id == Assignment.id)
    maxima = {(module, lesson): points for module, lesson, points in gradebook.db.execute(rows)}
    places = {key: place for place, key in enumerate(words.lessons)}
    lessons: dict[str, list[GradedLesson]] = {}
    for key in sorted(maxima, key=lambda key: (places.get(key, len(places)), key)):
        module, lesson = key
        title = words.lessons.get(key, lesson)
        lessons.setdefault(module, []).append(GradedLesson(lesson, title, maxima[key]))
    return {id_: GradedModule(id_, words.modules.get(id_, id_), lessons[id_]) for id_ in lessons}


def _trainees(gradebook: Gradebook, handed_in: Collection[str]) -> list[Trainee]:
    rows = gradebook.db.execute(
        select(
            Student.id, Student.last_name, Student.first_name, Student.email, Student.lms_user_id
        )
    )
    known = {id_: Trainee(id_, *(word or "" for word in words)) for id_, *words in rows}
    return [known.get(id_, Trainee(id_)) for id_ in sorted(known.keys() | set(handed_in))]


def _found(
    gradebook: Gradebook,
    words: _Words,
    modules: Collection[GradedModule],
    trainees: Collection[Trainee],
    ungraded: Collection[tuple[str, str]],
) -> dict[tuple[str, str], ModuleGrades]:
    due = due_dates(gradebook, words.due)
    submitted = {
        (trainee, module): (moment, extension)
        for trainee, module, moment, extension in gradebook.db.execute(
            select(
                SubmittedAssignment.student_id,
                Assignment.name,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.extension,
            ).join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        )
    }
    grades = _lesson_grades(gradebook)
    found = {}
    for module in modules:
        for trainee in trainees:
            key = trainee.id, module.id
            moment, extension = submitted.get(key, (None, None))
            found[key] = ModuleGrades(
                {
                    lesson.name: Grade(state="ungraded")
                    if key in ungraded
                    else grades.get((*key, lesson.name), Grade(state="missing"))
                    for lesson in module.lessons
                },
                _here(in_utc(moment)),
                _here(extended(due.get(module.id), extension)),
            )
    return found


def _lesson_grades(gradebook: Gradebook) -> Mapping[tuple[str, str, str], Grade]:
    """Return all grades by trainee, module and lesson: in one query.

    nbgrader's own sums look through all grades anew for each notebook.
    """
    waiting = func.max(cast(CellGrade.needs_manual_grade, Integer))
    rows = gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            Assignment.name,
            Notebook.name,
            func.coalesce(func.sum(CellGrade.score), 0.0),
            func.coalesce(SubmittedNotebook.late_submission_penalty, 0.0),
            func.coalesce(waiting, 0),
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
        .outerjoin(CellGrade, CellGrade.notebook_id == SubmittedNotebook.id)
        .group_by(
            SubmittedAssignment.student_id,
            Assignment.name,
            Notebook.name,
            SubmittedNotebook.late_submission_penalty,
        )
    )
    return {
        (trainee, module, lesson): Grade(points, penalty, "waiting" if open_ else "graded")
        for trainee, module, lesson, points, penalty, open_ in rows
    }


def _here(moment: datetime | None) -> datetime | None:
    """Return a moment as clocks here show it."""
    return moment.astimezone() if moment else None
