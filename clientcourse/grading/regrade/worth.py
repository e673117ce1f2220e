"""What graded cells are worth: by the bank as it is now, and as they were released."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from nbgrader.api import Assignment, GradeCell, Notebook
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.grading.regrade.change import Place

Worth: TypeAlias = Mapping[str, tuple[float, bool]]
"""Of each item of a cell its points in the bank, and whether it was dropped."""


def cells_of(root: Path, module: str) -> dict[Place, Worth]:
    """Return the graded cells of a module, and what they are worth, by the bank as it is now.

    Empty if the course is not one of ours.
    """
    if not (root / "course" / "course.yaml").exists():
        return {}
    entries = {entry.id: entry.lessons for entry in load_course(root).modules}
    found: dict[Place, Worth] = {}
    for lesson in entries.get(module, []):
        bank = load_bank(root, module, lesson)
        for part in [*bank.quizzes, *bank.exercises, *bank.scenarios]:
            if items := bank.auto_graded(part.id):
                found[Place(lesson, f"grade-{part.id}")] = {
                    item.id: (item.points, item.dropped) for item in items
                }
        for item in bank.graded_by_person().values():
            found[Place(lesson, f"{BY_PERSON}{item.id}")] = {item.id: (item.points, item.dropped)}
    return found


def read_worth(db_url: str, module: str) -> dict[Place, float]:
    """Return what each graded cell of a module was worth when it was released."""
    query = (
        select(Notebook.name, GradeCell.name, GradeCell.max_score)
        .join(Notebook, GradeCell.notebook_id == Notebook.id)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
        .where(Assignment.name == module)
    )
    with create_engine(db_url, poolclass=NullPool).connect() as connection:
        return {Place(*place): float(worth) for *place, worth in connection.execute(query)}
