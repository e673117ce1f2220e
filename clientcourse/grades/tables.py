"""Grades as CSV files: for people, for Moodle and for Canvas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.grades.safe import harmless
from clientcourse.grades.words import HEADS, STATES

if TYPE_CHECKING:
    from datetime import datetime

    from clientcourse.grades.model import Grades, Trainee

Cell = str | float | None
"""A text, a number, or nothing."""

_DIGITS = 4  # a third of a point is no neat number


def write_csv(grades: Grades, to: Path) -> None:
    """Write one row for each trainee and lesson: for people, and for programs that count.

    The grade is empty while it is not final; the points are what has been earned so far.
    """
    heads = [
        *("trainee", "last-name", "first-name", "email", "module", "lesson", "points", "maximum"),
        *("penalty", "grade", "handed-in", "due", "state"),
    ]
    rows = [
        [
            *(trainee.id, trainee.last_name, trainee.first_name, trainee.email),
            *(module.title, lesson.title, grade.points, lesson.max_points, grade.penalty),
            grade.value if grade.final else None,
            *(_moment(found.handed_in), _moment(found.due)),
            STATES[grade.state][grades.language],
        ]
        for trainee in grades.trainees
        for module in grades.modules
        for found in [grades.of(trainee, module)]
        for lesson in module.lessons
        for grade in [found.lessons[lesson.name]]
    ]
    _write(to, [[HEADS[head][grades.language] for head in heads], *rows])


def write_moodle(grades: Grades, to: Path) -> None:
    """Write what Moodle's gradebook imports as a CSV file: one row for each trainee.

    Whoever imports it says which column tells the user, and which grade item is meant by each of
    the others: https://docs.moodle.org/en/Grade_import, and Moodle's
    `grade/import/csv/classes/load_data.php`, from which two things follow. “-” says that there is
    no grade, where an empty cell would be 0 in a grade item that is made by the import. And a row
    without the user's e-mail address or number gives its grades to the user of the row before; so
    these columns are there only if nobody lacks them.
    """
    known = {"ID number": "lms_id", "Email address": "email"}
    people = {"Username": "id"} | {
        head: field
        for head, field in known.items()
        if all(getattr(trainee, field) for trainee in grades.trainees)
    }
    people |= {"First name": "first_name", "Last name": "last_name"}
    rows = [
        [*(getattr(trainee, field) for field in people.values()), *_on_platform(grades, trainee)]
        for trainee in grades.trainees
    ]
    _write(to, [[*people, *(module.title for module in grades.modules)], *rows], nothing="-")


def write_canvas(grades: Grades, to: Path) -> None:
    """Write what Canvas's gradebook imports: one row for each trainee, after one with the maxima.

    The columns are those of Canvas's own export, in this order; a user is found by `SIS User ID`
    or else by `SIS Login ID`, an assignment by its title:
    https://community.canvaslms.com/t5/Instructor-Guide/How-do-I-import-grades-in-the-Gradebook/ta-p/807
    and Canvas's `lib/gradebook_importer.rb`.
    """
    people = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    rows = [
        [_sortable(trainee), None, trainee.lms_id, trainee.id, None, *_on_platform(grades, trainee)]
        for trainee in grades.trainees
    ]
    maxima = ["Points Possible", *[None] * (len(people) - 1)]
    _write(
        to,
        [
            [*people, *(module.title for module in grades.modules)],
            [*maxima, *(module.max_points for module in grades.modules)],
            *rows,
        ],
    )


def _on_platform(grades: Grades, trainee: Trainee) -> list[Cell]:
    """Return a trainee's grade for each module, nothing where there is none to be shown.

    That is also so for what was not handed in: a platform has its own rule for that, and a 0 that
    was brought there before the module is due would tell the trainee of a result.
    """
    totals = [grades.of(trainee, module).total for module in grades.modules]
    return [total.value if total.state == "graded" else None for total in totals]


def _sortable(trainee: Trainee) -> str:
    name = ", ".join(filter(None, [trainee.last_name, trainee.first_name])) or trainee.id
    # Canvas would take the row of somebody of this name for the one with the maxima.
    return name.replace("Points Possible", "Points possible")


def _write(to: Path, rows: Iterable[Sequence[Cell]], nothing: str = "") -> None:
    """Write rows as Excel opens them rightly: it takes a file for UTF-8 only with the mark."""
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_written(cell, nothing) for cell in row] for row in rows)


def _written(cell: Cell, nothing: str) -> str:
    if cell is None:
        return nothing
    if isinstance(cell, str):
        return harmless(cell)
    return f"{round(cell, _DIGITS) + 0.0:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
