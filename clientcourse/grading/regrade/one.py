"""Regrades one submission by the course as it is now, or tells what that would change."""

from __future__ import annotations

import contextlib
import filecmp
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from nbgrader.api import Grade

from clientcourse.errors import CourseError
from clientcourse.grading.arrival.one import Way
from clientcourse.grading.arrival.state import Feedback, is_graded
from clientcourse.grading.batch.one import Grader, Outcome
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.batch.workshop import Workshop
from clientcourse.grading.digest import recorded
from clientcourse.grading.intake import copy_ordinary_files
from clientcourse.grading.regrade.change import (
    Change,
    Earned,
    Mark,
    Place,
    Reissue,
    Standing,
    compare,
)
from clientcourse.grading.regrade.log import Record
from clientcourse.grading.regrade.marks import Manual, moves


@dataclass(frozen=True)
class Order:
    """What all regradings of one run have in common.

    Parameters
    ----------
    exchange
        The course's part of the exchange folder; `None` if feedback does not go through it.
    dropped
        Cells of which nothing counts any more.
    aside
        Marks of people that were set aside, by trainee.
    why
        The reason for the record; nothing is changed without one.
    way
        What writes and releases feedback, if something is changed.
    """

    exchange: Path | None
    dropped: frozenset[Place]
    aside: Mapping[str, Manual]
    why: str
    way: Way | None = None


@dataclass(frozen=True)
class Regraded(Outcome):
    """What became of one submission.

    Parameters
    ----------
    change
        `None` if nothing changes, or if that could not be found out.
    """

    change: Change | None = None


def regrade(order: Order, submission: Submission) -> Regraded:
    """Regrade one submission, with its feedback and a line in the record.

    The line comes first. Then, whatever happens, the gradebook holds all of the new grades or none
    of them. A submission that was interrupted counts as not graded until all is done.
    """
    regrader = _regrader(submission.root)
    return _tried(submission, lambda: regrader.regrade(submission, order))


def preview(order: Order, submission: Submission) -> Regraded:
    """Tell what regrading would change; gradebook, submission and graded notebooks stay."""
    regrader = _regrader(submission.root)
    return _tried(submission, lambda: Regraded("", change=regrader.preview(submission, order)))


def _tried(submission: Submission, do: Callable[[], Regraded]) -> Regraded:
    start = time.perf_counter()
    try:
        found = do()
    except CourseError:
        raise  # nothing can be graded here
    except Exception as error:  # noqa: BLE001 - one submission must not stop the others
        found = Regraded("", failed=f"{type(error).__name__}: {error}")
    return replace(found, trainee=submission.trainee, seconds=time.perf_counter() - start)


@lru_cache(maxsize=1)
def _regrader(root: Path) -> _Regrader:
    return _Regrader(root)


class _Regrader(Grader):
    """Regrades submissions of one course, one after the other."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._desk = Workshop(root).folder
        self._record = Record(root, shared=self.coursedir.groupshared)

    def preview(self, submission: Submission, order: Order) -> Change | None:
        """Grade a copy, and forget all of it but what it would change."""
        with submission.locked(), self._copied(submission):
            if not is_graded(submission):
                return None
            self.take_in(submission)
            with self.at_work(submission):
                self.run(submission, save=self.gradebook.undo)
                return self._score_anew(submission, order) or None

    @contextlib.contextmanager
    def _copied(self, submission: Submission) -> Iterator[None]:
        """Let grading find a copy of a submission in its place."""
        place, copies = self.coursedir.submitted_directory, self._desk / "submitted"
        copy = copies / submission.trainee / submission.module
        copy.mkdir(parents=True)
        copy_ordinary_files(submission.folder, copy)
        self.coursedir.submitted_directory = str(copies.relative_to(submission.root))
        try:
            yield
        finally:
            self.coursedir.submitted_directory = place
            shutil.rmtree(copies, ignore_errors=True)

    def regrade(self, submission: Submission, order: Order) -> Regraded:
        """Grade it and hand it back, unless someone else has, or it was handed in again."""
        with submission.locked():
            if not is_graded(submission):
                return Regraded("")
            self.take_in(submission)
            fingerprint = submission.fingerprint()
            if not submission.waits_for_feedback():
                submission.forget_graded()
            with self.at_work(submission):
                self.run(submission, save=self.gradebook.save)
                change = self._score_anew(submission, order)
                if change:
                    submission.note_waits_for_feedback()
                    self._record.add(order.why, submission.module, submission.trainee, change)
                self.gradebook.save()
            self.put_in_place(submission)
            if change and order.way:
                try:
                    self._hand_back(submission, order.way)
                except Exception as error:  # noqa: BLE001 - the grades are changed, which is said
                    failed = f"{type(error).__name__}: {error}"
                    return Regraded("", failed=failed, change=change or None)
            submission.note_graded(fingerprint)
            return Regraded("", change=change or None)

    def _score_anew(self, submission: Submission, order: Order) -> Change:
        """Score what was run; what people gave stays, and stays looked at."""
        before = self._standing(submission, submission.graded)
        closed = {
            place
            for place, grade in self._grades(submission).items()
            if grade.manual_score is not None and not grade.needs_manual_grade
        }
        manual = {place: mark.manual for place, mark in before.marks.items()}
        moved = moves(order.dropped, manual, order.aside.get(submission.trainee, {}))
        for place, mark in moved.items():
            self._grades(submission)[place].manual_score = mark
        self.score(submission)
        # Unlike after a new submission, whoever has marked has seen all that there is.
        for place in closed - moved.keys():
            self._grades(submission)[place].needs_manual_grade = False
        made = self.made(submission)
        return compare(
            before,
            self._standing(submission, made),
            pages=not _same_files(made, submission.graded),
            reissue=_reissue(submission, order),
            resumed=submission.waits_for_feedback(),
        )

    def _grades(self, submission: Submission) -> dict[Place, Grade]:
        found = self.gradebook.find_submission(submission.module, submission.trainee)
        return {
            Place(notebook.name, grade.name): grade
            for notebook in found.notebooks
            for grade in notebook.grades
        }

    def _standing(self, submission: Submission, folder: Path) -> Standing:
        """Return how a trainee stands by the gradebook and the graded notebooks in a folder."""
        marks = {
            place: Mark(
                grade.auto_score,
                grade.manual_score,
                grade.extra_credit or 0.0,
                float(grade.cell.max_score),
            )
            for place, grade in sorted(self._grades(submission).items())
        }
        items: dict[Place, dict[str, Earned]] = defaultdict(dict)
        for notebook in sorted(folder.glob("*.ipynb")):
            for cell, one in recorded(notebook):
                earned = Earned(one["points"], one["max_points"])
                items[Place(notebook.stem, cell)][one["item"]] = earned
        found = self.gradebook.find_submission(submission.module, submission.trainee)
        penalty = sum(notebook.late_submission_penalty or 0.0 for notebook in found.notebooks)
        return Standing(marks, items, penalty)

    def _hand_back(self, submission: Submission, way: Way) -> None:
        """Write feedback anew where there was some, and release it where it was released."""
        feedback = way.feedback(submission)
        released = feedback.was_released()
        if released or feedback.is_of_what_was_graded():
            start = time.perf_counter()
            replace(way, release=released).hand_back(submission, self._desk, start)


def _reissue(submission: Submission, order: Order) -> Reissue:
    if order.exchange is None:
        return ""
    feedback = Feedback(submission, order.exchange)
    if feedback.was_released():
        return "released"
    return "written" if feedback.is_of_what_was_graded() else ""


def _same_files(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same files of the same contents."""
    names = [
        sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        for folder in (one, other)
    ]
    return names[0] == names[1] and all(
        filecmp.cmp(one / name, other / name, shallow=False) for name in names[0]
    )
