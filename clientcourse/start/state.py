"""Where a trainee stands in a course: pure functions of what the trainee may read anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Literal

from clientcourse.answers import Answers
from clientcourse.language import Language
from clientcourse.lesson_file import LessonFile
from clientcourse.values import given, is_complete

Stage = Literal["new", "open", "handed-in", "feedback"]
Step = Literal["begin", "continue", "hand-in", "wait"]


@dataclass(frozen=True)
class Submission:
    """What was handed in once.

    Parameters
    ----------
    at
        When.
    feedback
        Lessons with feedback, and whether it has been fetched as it now is.
    """

    at: datetime
    feedback: Mapping[str, bool]


@dataclass(frozen=True)
class Listed:
    """What the exchange and the trainee's own folder hold of a module.

    Parameters
    ----------
    course, module
        nbgrader's ids.
    released
        The folder in the exchange.
    desk
        The trainee's own folder, relative to the server's; `None` before it is fetched.
    files
        The lesson files that are released.
    answers
        The trainee's answers by lesson.
    submissions
        From the first to the last.
    """

    course: str
    module: str
    released: Path
    desk: str | None
    files: Sequence[LessonFile]
    answers: Mapping[str, Answers]
    submissions: Sequence[Submission]


@dataclass(frozen=True)
class LessonState:
    """How far a lesson has come.

    Parameters
    ----------
    answered, total
        Items as `lesson.progress()` counts them.
    open_graded
        Those of them that count and are not answered.
    feedback
        When that was handed in on which there is feedback; `None` if there is none.
    unread
        Whether that feedback has not been fetched yet, or has changed since.
    """

    name: str
    heading: str
    answered: int
    total: int
    open_graded: int
    feedback: datetime | None
    unread: bool


@dataclass(frozen=True)
class ModuleState:
    """How far a module has come.

    Parameters
    ----------
    handed_in
        When it was last handed in.
    changed
        Whether something was answered after that.
    """

    course: str
    name: str
    title: str
    due: datetime | None
    released: Path
    desk: str | None
    lessons: Sequence[LessonState]
    handed_in: datetime | None
    changed: bool

    @property
    def stage(self) -> Stage:
        """What the module is waiting for."""
        if self.handed_in is None:
            return "new" if self.desk is None else "open"
        back = any(lesson.feedback == self.handed_in for lesson in self.lessons)
        return "feedback" if back else "handed-in"

    @property
    def open_graded(self) -> int:
        """How many items that count are not answered."""
        return sum(lesson.open_graded for lesson in self.lessons)

    @property
    def next(self) -> Step:
        """What the trainee does next."""
        if self.desk is None:
            return "begin"
        if self.handed_in is not None and not self.changed:
            return "wait"
        return "continue" if self.open_graded else "hand-in"

    @property
    def current(self) -> str:
        """The lesson to go on with: the first in which something is open."""
        open_ones = (one for one in self.lessons if one.answered < one.total)
        return next(open_ones, self.lessons[0]).name


@dataclass(frozen=True)
class CourseState:
    """All modules of a course that are released, in its order."""

    name: str
    title: str
    language: Language
    modules: Sequence[ModuleState]


def course_states(listed: Sequence[Listed]) -> list[CourseState]:
    """Return where the trainee stands in each course.

    Modules without a lesson file, such as classic nbgrader assignments, are left out.
    """
    ours = [one for one in listed if one.files]
    courses = groupby(sorted(ours, key=_place), key=lambda one: one.course)
    return [_course(name, list(modules)) for name, modules in courses]


def find_module(courses: Sequence[CourseState], course: str, module: str) -> ModuleState | None:
    """Return the module of these names, if there is one."""
    modules = (one for state in courses if state.name == course for one in state.modules)
    return next((one for one in modules if one.name == module), None)


def find_lesson(module: ModuleState, lesson: str) -> LessonState | None:
    """Return the lesson of this name, if there is one."""
    return next((one for one in module.lessons if one.name == lesson), None)


def find_notebook(
    courses: Sequence[CourseState], path: str
) -> tuple[ModuleState, LessonState] | None:
    """Return the module and the lesson of a trainee's notebook, if it is one of a course.

    Parameters
    ----------
    path
        Relative to the server's root folder.
    """
    for module in (module for course in courses for module in course.modules):
        for lesson in module.lessons:
            if module.desk is not None and notebook_path(module.desk, lesson.name) == path:
                return module, lesson
    return None


def notebook_path(desk: str, lesson: str) -> str:
    """Return where the notebook of a lesson lies in a folder."""
    return f"{desk}/{lesson}.ipynb"


def _place(one: Listed) -> tuple[str, int]:
    return one.course, min(len(file.earlier) for file in one.files)


def _course(name: str, modules: Sequence[Listed]) -> CourseState:
    first = modules[0].files[0]
    return CourseState(name, first.course or name, first.language, [_module(m) for m in modules])


def _module(one: Listed) -> ModuleState:
    files = sorted(one.files, key=lambda file: len(file.earlier))
    handed_in = one.submissions[-1].at if one.submissions else None
    times = [answer.at for kept in one.answers.values() for answer in kept.answers.values()]
    return ModuleState(
        course=one.course,
        name=one.module,
        title=files[0].title,
        due=files[0].due,
        released=one.released,
        desk=one.desk,
        lessons=[_lesson(file, one) for file in files],
        handed_in=handed_in,
        changed=handed_in is not None and any(at > handed_in for at in times),
    )


def _lesson(file: LessonFile, one: Listed) -> LessonState:
    kept = one.answers.get(file.lesson)
    values = {id_: answer.value for id_, answer in kept.answers.items()} if kept else {}
    items = [(item, part.use) for part in file.parts() for item in part.items]
    still_open = [use for item, use in items if not is_complete(item, given(item, values))]
    with_feedback = [entry for entry in one.submissions if file.lesson in entry.feedback]
    last = with_feedback[-1] if with_feedback else None
    return LessonState(
        name=file.lesson,
        heading=file.heading or file.lesson,
        answered=len(items) - len(still_open),
        total=len(items),
        open_graded=still_open.count("graded"),
        feedback=last.at if last else None,
        unread=last is not None and not last.feedback[file.lesson],
    )
