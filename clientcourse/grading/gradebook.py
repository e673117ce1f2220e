"""The gradebook as graders share it: one connection a submission, and patience with others."""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from nbgrader.api import Assignment, Comment, Grade, Gradebook, Student
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from clientcourse.errors import CourseError

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

_PATIENCE = 60_000  # ms that a grader waits for another one to be done with writing

_USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.getgrades",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.saveautogrades",
    "clientcourse.grading.dropped",
    "clientcourse.grading.feedback",
    "clientcourse.grading.preprocessor",
    "clientcourse.grading.restore",
)
"""Modules that open a gradebook of their own whenever they need one."""


class NoGradebook(CourseError):
    """The gradebook does not exist, or cannot be used here."""


def make_gradebook(root: Path, coursedir: CourseDirectory) -> None:
    """Make a course's gradebook, if there is none yet.

    nbgrader makes one whenever it opens one that is not there, and of two that do so at once, one
    fails. So whoever goes on for long asks for it here first, and waits for the other.

    Parameters
    ----------
    root
        The course's root folder.
    coursedir
        The same as nbgrader knows it.

    Raises
    ------
    NoGradebook
        If its database cannot be used.
    """
    (root / "build").mkdir(exist_ok=True)
    try:
        with (
            FileLock(root / "build" / "gradebook.lock"),
            Gradebook(coursedir.db_url, coursedir.course_id),
        ):
            pass
    except (SQLAlchemyError, ImportError) as error:  # of a driver
        reason = getattr(error, "orig", None) or error
        raise NoGradebook(f"The gradebook's database cannot be used: {reason}") from None


def must_exist(db_url: str) -> None:
    """See to it that a gradebook file is there, of which nbgrader would make an empty one.

    Raises
    ------
    NoGradebook
        If it is not.
    """
    file = db_url.removeprefix("sqlite:///")
    if file != db_url and not Path(file).exists():
        raise NoGradebook(f"There is no gradebook {file}; grade the module first, or name another.")


def due_dates(gradebook: Gradebook, told: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return until when modules are to be handed in: what trainees are told, or else is noted.

    Parameters
    ----------
    gradebook
        An open one.
    told
        What the course says, by module, where it says anything.

    Returns
    -------
    dict
        Moments with their time zone, by module; of a module without one, nothing.
    """
    rows = gradebook.db.execute(select(Assignment.name, Assignment.duedate))
    noted = {module: due for module, moment in rows if (due := in_utc(moment))}
    return noted | dict(told)


def extended(due: datetime | None, extension: timedelta | None) -> datetime | None:
    """Return until when somebody may hand in who may have been given more time."""
    return due + extension if due and extension else due


def in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment of the gradebook, which writes no time zone and means UTC."""
    return moment.replace(tzinfo=UTC) if moment else None


def wait_for_each_other() -> None:
    """Let SQLite wait while another process writes; by itself it gives up after five seconds."""
    if not event.contains(Engine, "connect", _be_patient):
        event.listen(Engine, "connect", _be_patient)


def _be_patient(connection: Any, _record: object) -> None:  # noqa: ANN401 - any database's
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")


class SharedGradebook(Gradebook):  # type: ignore[misc]
    """A gradebook that stays open and is written to only by `save`.

    nbgrader opens a gradebook a dozen times for each submission and commits after every cell.
    Shared, all of that is one transaction: a submission is graded, or it is not.
    """

    def __init__(self, db_url: str, course_id: str) -> None:
        super().__init__(db_url, course_id)
        self._notebooks: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
        self._commit = self.db.commit
        self.db.commit = self._note
        self._changed = False
        # A session itself holds on to nothing, and would read the same again and again.
        self._read: list[object] = []
        event.listen(self.db, "loaded_as_persistent", lambda _, found: self._read.append(found))

    def _note(self) -> None:
        if self.db.new or self.db.deleted:  # what only changed is written with the next query
            self.db.flush()
        self._changed = True

    def _opened(self, *_about: object, **_more: object) -> SharedGradebook:
        """Return this one to somebody who opens a gradebook, as fresh as if just opened."""
        if self._changed:
            self._forget()
        return self

    def _forget(self) -> None:
        """Read anew whatever is asked for from now on."""
        self.db.flush()  # else it would be forgotten, too
        self.db.expire_all()
        self._notebooks.clear()
        self._read.clear()
        self._changed = False

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """Find a grade, with one query for all of a notebook."""
        return self._all_of(notebook, assignment, student)["grades"][grade_cell]

    def find_comment(
        self, solution_cell: str, notebook: str, assignment: str, student: str
    ) -> Comment:
        """Find a comment, with one query for all of a notebook."""
        return self._all_of(notebook, assignment, student)["comments"][solution_cell]

    def _all_of(self, *about: str) -> dict[str, dict[str, Any]]:
        if about not in self._notebooks:
            found = self.find_submission_notebook(*about)
            self._notebooks[about] = {
                "grades": {grade.name: grade for grade in found.grades},
                "comments": {comment.name: comment for comment in found.comments},
            }
        return self._notebooks[about]

    def add_student(self, student_id: str, **about: Any) -> Student:  # noqa: ANN401
        """Add a trainee, unless someone else does so at the same time."""
        with contextlib.suppress(IntegrityError), self.db.begin_nested():
            self.db.add(Student(id=student_id, **about))
        return self.find_student(student_id)

    def save(self) -> None:
        """Commit what was done since the last time; see from now on what others have done."""
        self._commit()
        self._forget()

    def undo(self) -> None:
        """Forget what was done since the last time; see from now on what others have done."""
        self.db.rollback()
        self._forget()

    def close(self) -> None:
        """Stay open: whoever uses it believes to have opened it alone."""

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Let everyone who opens a gradebook get this one; forget what is not saved in the end."""
        modules = [importlib.import_module(name) for name in _USERS]
        for module in modules:
            setattr(module, "Gradebook", self._opened)  # noqa: B010
        try:
            yield
        finally:
            for module in modules:
                setattr(module, "Gradebook", Gradebook)  # noqa: B010
            self.db.rollback()
            self.db.remove()
            self.engine.dispose()  # until the next one the server may be restarted
