"""Item results of a graded module, read back from what the trusted process wrote."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.digest import digests
from clientcourse.grading.gradebook import must_exist
from clientcourse.items import ShortItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from clientcourse.items import Item
    from clientcourse.scoring import Verdict
    from clientcourse.values import Json


@dataclass(frozen=True)
class ItemResult:
    """How one trainee did on one graded item.

    Parameters
    ----------
    value
        The answer; `None` where there is none, where it could not be read, and for tables.
    """

    trainee: str
    lesson: str
    item: str
    points: float
    max_points: float
    verdict: Verdict
    value: Json


def read_results(root: Path, module: str, db_url: str) -> list[ItemResult]:
    """Return the result of every trainee who submitted a module, on every graded item.

    A lesson that a trainee did not hand in counts as not answered. Of a submission that was never
    graded to the end nothing is said: the gradebook knows it from the moment grading begins.

    Parameters
    ----------
    root
        The course's root folder.
    module
        Id of a module.
    db_url
        The gradebook.

    Returns
    -------
    list[ItemResult]
        By trainee, then in the order of lessons and items.

    Raises
    ------
    NoGradebook
        If a gradebook file does not exist; nbgrader would make an empty one.
    """
    must_exist(db_url)
    course = load_course(root)
    lessons = next(entry.lessons for entry in course.modules if entry.id == module)
    items = {lesson: load_bank(root, module, lesson).graded_items() for lesson in lessons}
    with Gradebook(db_url) as gradebook:
        submitted = (
            select(SubmittedAssignment.student_id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .where(Assignment.name == module)
        )
        trainees = sorted(gradebook.db.scalars(submitted))
        marks = _marks(gradebook, module)
    return [
        result
        for trainee in trainees
        if Submission(root, module, trainee).graded.is_dir()
        for lesson, found in _by_lesson(Submission(root, module, trainee), lessons).items()
        for result in _lesson_results(
            trainee, lesson, items[lesson], found, marks.get((trainee, lesson), {})
        )
    ]


@dataclass(frozen=True)
class _Mark:
    """What the gradebook says of an answer in words."""

    points: float
    max_points: float
    by_person: bool
    open: bool


def _marks(gradebook: Gradebook, module: str) -> dict[tuple[str, str], dict[str, _Mark]]:
    """Return what is said of answers in words by trainee and lesson, then by cell: in one query."""
    rows = gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            Notebook.name,
            GradeCell.name,
            Grade.score,
            GradeCell.max_score,
            Grade.manual_score,
            Grade.needs_manual_grade,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(Assignment.name == module, GradeCell.name.startswith(BY_PERSON))
    )
    found: dict[tuple[str, str], dict[str, _Mark]] = defaultdict(dict)
    for trainee, lesson, cell, points, most, manual, waiting in rows:
        mark = _Mark(float(points), float(most), manual is not None, bool(waiting))
        found[trainee, lesson][cell] = mark
    return found


def _by_lesson(
    submission: Submission, lessons: Sequence[str]
) -> dict[str, Mapping[str, dict[str, Any]]]:
    """Return the recorded results of every lesson by item id; empty for what was not graded."""
    graded = digests(submission, lessons)
    return {
        lesson: {entry["item"]: entry for entry in graded[lesson].items} if lesson in graded else {}
        for lesson in lessons
    }


def _lesson_results(
    trainee: str,
    lesson: str,
    items: Sequence[Item],
    found: Mapping[str, dict[str, Any]],
    marks: Mapping[str, _Mark],
) -> Iterator[ItemResult]:
    for item in items:
        entry = found.get(item.id)
        mark = marks.get(f"{BY_PERSON}{item.id}")
        if isinstance(item, ShortItem) and mark is not None:
            yield _marked(trainee, lesson, item, mark)
        elif entry is None:
            yield ItemResult(trainee, lesson, item.id, 0.0, item.points, "missing", None)
        else:
            yield ItemResult(
                trainee,
                lesson,
                item.id,
                entry["points"],
                entry["max_points"],
                entry["verdict"],
                entry["value"],
            )


def _marked(trainee: str, lesson: str, item: ShortItem, mark: _Mark) -> ItemResult:
    """Return the result of an answer in words, as the person who marked it left it."""
    verdict: Verdict
    if mark.open:
        verdict = "pending"
    elif not mark.by_person and not mark.points:
        verdict = "missing"
    else:
        full = mark.points >= mark.max_points
        verdict = "right" if full else "partly" if mark.points > 0 else "wrong"
    return ItemResult(trainee, lesson, item.id, mark.points, mark.max_points, verdict, None)
