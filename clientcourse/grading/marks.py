"""What the gradebook says of the cells of one graded notebook, whoever gave the points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Mark:
    """The points of one graded cell.

    Parameters
    ----------
    points, max_points
        With extra credit; so there may be more points than the most.
    pending
        Whether a person has still to mark it.
    automatic
        What it was scored automatically, if a person has set other points; else `None`.
    extra
        Extra credit among the points.
    """

    points: float
    max_points: float
    pending: bool
    automatic: float | None
    extra: float


def marks_of(about: dict[str, Any]) -> dict[str, Mark]:
    """Return the marks of a submitted notebook by the names of its cells.

    Parameters
    ----------
    about
        What nbgrader knows of the notebook: `resources["nbgrader"]`.
    """
    with Gradebook(about["db_url"]) as gradebook:
        notebook = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return {
            grade.name: Mark(
                float(grade.score),
                float(grade.max_score),
                bool(grade.needs_manual_grade),
                grade.auto_score if grade.manual_score is not None else None,
                float(grade.extra_credit or 0),
            )
            for grade in notebook.grades
        }
