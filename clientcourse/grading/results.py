"""Item results of a graded module, read back from what the trusted process wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.api import Grade, Gradebook

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.grading.gradebook import NoGradebook
from clientcourse.grading.outputs import RESULTS_MIME
from clientcourse.items import ShortItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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

    A lesson that a trainee did not hand in counts as not answered.

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
    file = db_url.removeprefix("sqlite:///")
    if file != db_url and not Path(file).exists():
        raise NoGradebook(f"There is no gradebook {file}; grade the module first, or name another.")
    course = load_course(root)
    lessons = next(entry.lessons for entry in course.modules if entry.id == module)
    items = {lesson: load_bank(root, module, lesson).graded_items() for lesson in lessons}
    with Gradebook(db_url) as gradebook:
        submissions = gradebook.assignment_submissions(module)
        trainees = sorted(submission.student.id for submission in submissions)
        marks = {
            (submission.student.id, notebook.name): {grade.name: grade for grade in notebook.grades}
            for submission in submissions
            for notebook in submission.notebooks
        }
        return [
            result
            for trainee in trainees
            for lesson in lessons
            for result in _lesson_results(
                root / "autograded" / trainee / module / f"{lesson}.ipynb",
                trainee,
                items[lesson],
                marks.get((trainee, lesson), {}),
            )
        ]


def _lesson_results(
    path: Path, trainee: str, items: list[Item], marks: Mapping[str, Grade]
) -> Iterator[ItemResult]:
    lesson = path.stem
    found = {entry["item"]: entry for entry in _recorded(path)} if path.exists() else {}
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


def _marked(trainee: str, lesson: str, item: ShortItem, mark: Grade) -> ItemResult:
    """Return the result of an answer in words, as the person who marked it left it."""
    points = float(mark.score)
    verdict: Verdict
    if mark.needs_manual_grade:
        verdict = "pending"
    elif mark.manual_score is None and not points:
        verdict = "missing"
    else:
        verdict = "right" if points >= mark.max_score else "partly" if points > 0 else "wrong"
    return ItemResult(trainee, lesson, item.id, points, float(mark.max_score), verdict, None)


def _recorded(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the results in a graded notebook: only from grade cells, whose outputs are ours."""
    for cell in nbformat.read(path, as_version=4).cells:
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        for output in cell.get("outputs", []):
            yield from output.get("data", {}).get(RESULTS_MIME, {}).get("items", [])
