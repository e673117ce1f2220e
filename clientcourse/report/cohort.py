"""What is known of a cohort: read once from the gradebook and the graded submissions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Integer, cast, func, select

from clientcourse.authoring.load import load_bank, load_course, load_survey, load_topics
from clientcourse.authoring.text import title_of
from clientcourse.errors import CourseError
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.digest import digests
from clientcourse.grading.gradebook import due_dates, extended, in_utc
from clientcourse.grading.results import ItemResult, read_results
from clientcourse.language import Text
from clientcourse.report.analysis import Analysis, analyse
from clientcourse.report.survey import Answered, Said, read_survey

if TYPE_CHECKING:
    from clientcourse.authoring.load import Module
    from clientcourse.items import Bank, Item, Survey
    from clientcourse.language import Language


@dataclass(frozen=True)
class HandedIn:
    """What one trainee has handed in of a module.

    Parameters
    ----------
    at
        When, in UTC; `None` if nobody has noted it.
    late
        Whether that was after the module was due.
    waiting
        Whether a person has still to mark something.
    minutes
        Active time by lesson; see `digest.active_minutes`.
    """

    at: datetime | None
    late: bool
    waiting: bool
    minutes: Mapping[str, float]


@dataclass(frozen=True)
class LessonCohort:
    """A lesson with its graded items, in their order."""

    id: str
    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class ModuleCohort:
    """A module, with what was handed in of it and how that did.

    Parameters
    ----------
    due
        When it is to be handed in, if that is said.
    handed_in
        By trainee; who has handed in nothing is not among them.
    results
        One for every trainee who handed in and every graded item.
    said
        What trainees say in the survey, by lesson; empty if the course has none.
    """

    id: str
    title: str
    due: datetime | None
    lessons: Sequence[LessonCohort]
    handed_in: Mapping[str, HandedIn]
    results: Sequence[ItemResult]
    said: Mapping[str, Answered] = field(default_factory=dict)

    @cached_property
    def analysis(self) -> Analysis:
        """What the results say of the items."""
        return analyse(self.results, {lesson.id: lesson.items for lesson in self.lessons})

    def of_lesson(self, lesson: str) -> list[ItemResult]:
        """Return the results of one lesson."""
        return [one for one in self.results if one.lesson == lesson]


@dataclass(frozen=True)
class Goal:
    """An objective that graded items ask for.

    Parameters
    ----------
    text
        What is to be known or done.
    lesson, under
        Title of the lesson that teaches it, and the heading there; empty where the course does not
        say.
    """

    text: str
    lesson: str
    under: str


@dataclass(frozen=True)
class Cohort:
    """The trainees of one run of the course, and all that pages about them say.

    Parameters
    ----------
    trainees
        Names by id of all whom the gradebook knows.
    goals
        Objectives by id, in the order in which lessons teach them.
    survey
        What is asked about every lesson, if anything is.
    anonymous
        Whether that is asked without names.
    """

    course: str
    trainees: Mapping[str, str]
    modules: Sequence[ModuleCohort]
    goals: Mapping[str, Goal]
    survey: Survey | None = None
    anonymous: bool = True

    def module(self, name: str) -> ModuleCohort:
        """Return a module by its id."""
        return next(one for one in self.modules if one.id == name)

    def under_codes(self, codes: Mapping[str, str]) -> Cohort:
        """Return the same cohort, in which each trainee has a code for an id and no name."""
        modules = [
            replace(
                module,
                handed_in={codes[id_]: one for id_, one in module.handed_in.items()},
                results=[replace(one, trainee=codes[one.trainee]) for one in module.results],
                said={
                    lesson: {
                        question: [_under_code(one, codes) for one in found]
                        for question, found in answered.items()
                    }
                    for lesson, answered in module.said.items()
                },
            )
            for module in self.modules
        ]
        names = {codes[id_]: codes[id_] for id_ in self.trainees}
        return replace(self, trainees=names, modules=modules)


def read_cohort(
    root: Path, db_url: str, language: Language, modules: Collection[str] = ()
) -> Cohort:
    """Read what is known of a cohort.

    Parameters
    ----------
    root
        The course's root folder, which holds `course/`, `submitted/` and `autograded/`.
    db_url
        The gradebook.
    language
        In which titles, headings and objectives are given.
    modules
        Only these; all of the course if empty.

    Raises
    ------
    NoGradebook
        If a gradebook file does not exist.
    CourseError
        If the course has no such module.
    CourseProblems
        If the course or an item bank has mistakes.
    """
    course = load_course(root)
    known = [module.id for module in course.modules]
    if unknown := sorted(set(modules) - set(known)):
        raise CourseError(f"There is no module “{unknown[0]}”. There are: {', '.join(known)}.")
    wanted = [module for module in course.modules if not modules or module.id in modules]
    banks = {
        (module.id, lesson): load_bank(root, module.id, lesson)
        for module in wanted
        for lesson in module.lessons
    }
    titles = {
        (module, lesson): title_of(root, module, lesson, language) for module, lesson in banks
    }
    results = {module.id: read_results(root, module.id, db_url) for module in wanted}
    read = []
    with Gradebook(db_url) as gradebook:
        trainees = _names(gradebook)
        due_by = due_dates(gradebook, {one.id: one.due for one in wanted if one.due})
        for module in wanted:
            due = due_by.get(module.id)
            handed_in = _handed_in(root, gradebook, module, due)
            lessons = [
                LessonCohort(one, titles[module.id, one], banks[module.id, one].graded_items())
                for one in module.lessons
            ]
            read.append(
                ModuleCohort(
                    module.id,
                    module.title[language],
                    due,
                    lessons,
                    handed_in,
                    results[module.id],
                    read_survey(root, module.id, handed_in),
                )
            )
    return Cohort(
        course.title[language],
        trainees,
        read,
        _goals(root, banks, titles, language),
        load_survey(root),
        course.survey.anonymous,
    )


def _under_code(said: Said, codes: Mapping[str, str]) -> Said:
    return replace(said, trainee=codes[said.trainee]) if said.trainee else said


def _names(gradebook: Gradebook) -> dict[str, str]:
    rows = gradebook.db.execute(select(Student.id, Student.first_name, Student.last_name))
    names = {id_: " ".join(filter(None, name)) for id_, *name in rows}
    return {id_: f"{names[id_]} ({id_})" if names[id_] else id_ for id_ in sorted(names)}


def _handed_in(
    root: Path, gradebook: Gradebook, module: Module, due: datetime | None
) -> dict[str, HandedIn]:
    waiting = func.coalesce(func.max(cast(Grade.needs_manual_grade, Integer)), 0)
    rows = gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            waiting,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .outerjoin(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(Assignment.name == module.id)
        .group_by(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
        )
    )
    found = {}
    for trainee, moment, extension, open_ in rows:
        at = in_utc(moment)
        until = extended(due, extension)
        found[trainee] = HandedIn(
            at=at,
            late=at is not None and until is not None and at > until,
            waiting=bool(open_),
            minutes=_minutes(root, module, trainee),
        )
    return found


def _minutes(root: Path, module: Module, trainee: str) -> dict[str, float]:
    found = digests(Submission(root, module.id, trainee), module.lessons)
    return {lesson: one.minutes for lesson, one in found.items() if one.minutes is not None}


def _goals(
    root: Path,
    banks: Mapping[tuple[str, str], Bank],
    titles: Mapping[tuple[str, str], str],
    language: Language,
) -> dict[str, Goal]:
    """Return the objectives of graded items, in the order in which they are taught."""
    texts = {goal.id: goal.text for topic in load_topics(root) for goal in topic.objectives}
    asked = {item.objective for bank in banks.values() for item in bank.graded_items()}
    taught = {
        objective: (titles[place], teaching.under[language])
        for place, bank in banks.items()
        for teaching in bank.teaches
        for objective in teaching.objectives
    }
    order = [*taught, *(item.objective for bank in banks.values() for item in bank.graded_items())]
    return {
        id_: Goal(texts.get(id_, Text(zh=id_, en=id_))[language], *taught.get(id_, ("", "")))
        for id_ in dict.fromkeys(order)
        if id_ in asked
    }
