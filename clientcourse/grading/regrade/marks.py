"""Marks that people gave for what counts no more: set aside, and given back if it counts again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from nbgrader.api import (
    Assignment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from clientcourse.grading.regrade.change import Place

Manual: TypeAlias = Mapping[Place, float | None]
"""What people gave, by cell; `None` where nobody has."""


def read_manual(db_url: str, module: str) -> dict[str, dict[Place, float | None]]:
    """Return what people gave in a module, by trainee; the gradebook is only read."""
    query = (
        select(SubmittedAssignment.student_id, Notebook.name, GradeCell.name, Grade.manual_score)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(Assignment.name == module)
    )
    found: dict[str, dict[Place, float | None]] = defaultdict(dict)
    with create_engine(db_url, poolclass=NullPool).connect() as connection:
        for trainee, lesson, cell, manual in connection.execute(query):
            found[trainee][Place(lesson, cell)] = manual
    return found


def moves(dropped: frozenset[Place], manual: Manual, aside: Manual) -> dict[Place, float | None]:
    """Return what is to become of marks that people gave to one trainee.

    Parameters
    ----------
    dropped
        Cells of which nothing counts any more: everyone gets full points, whatever was given.
    manual
        What the gradebook says.
    aside
        What was set aside before.
    """
    away = {place: None for place in dropped if manual.get(place) is not None}
    back = {
        place: mark
        for place, mark in aside.items()
        if place not in dropped and place in manual and manual[place] is None
    }
    return {**away, **back}
