"""The model instructor: marks what model trainees wrote in their own words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.api import Gradebook

from clientcourse import answers
from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import load_bank

if TYPE_CHECKING:
    from clientcourse.items import ShortItem


def marks(item: ShortItem, words: str) -> float:
    """Return what an answer gets: all points for the model answer, else the first of the rubric."""
    model = item.model_answer
    return item.points if words in {model.zh, model.en} else item.rubric[0].points


def mark(course: Path, module: str, db_url: str) -> None:
    """Mark every answer of a module that waits for a person, as one would in the formgrader.

    Parameters
    ----------
    course
        The course folder, with `submitted/`.
    db_url
        The gradebook.
    """
    with Gradebook(db_url) as gradebook:
        for submission in gradebook.assignment_submissions(module):
            folder = course / "submitted" / submission.student.id / module
            for notebook in submission.notebooks:
                items = load_bank(course, module, notebook.name).graded_by_person()
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        item = items[grade.name.removeprefix(BY_PERSON)]
                        grade.manual_score = marks(item, _words(folder, notebook.name, item.id))
                        grade.needs_manual_grade = False
        gradebook.db.commit()


def _words(folder: Path, lesson: str, item: str) -> str:
    recorded, _trouble = answers.read(folder, lesson)
    if recorded and item in recorded.answers:
        return str(recorded.answers[item].value)
    cells = nbformat.read(folder / f"{lesson}.ipynb", as_version=4).cells
    names = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells)
    written = dict(zip(names, (cell.source for cell in cells), strict=True))
    return str(written.get(f"{BY_PERSON}{item}", ""))
