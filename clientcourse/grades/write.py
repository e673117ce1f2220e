"""Writes grades in one of the forms that others take, and says what of them is not final."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.grades.safe import visible
from clientcourse.grades.tables import write_canvas, write_csv, write_moodle
from clientcourse.grades.words import STATES
from clientcourse.grades.workbook import write_workbook

if TYPE_CHECKING:
    from clientcourse.grades.model import Grades

_NAMED = 10
"""How many trainees are named in a warning; a cohort may have hundreds."""


@dataclass(frozen=True)
class Form:
    """A form that grades can be written in.

    Parameters
    ----------
    file
        What the file is called unless somebody says otherwise.
    by_name
        Whether it is of no use without knowing who is who.
    """

    file: str
    write: Callable[[Grades, Path], None]
    by_name: bool = False


FORMS = {
    "csv": Form("grades.csv", write_csv),
    "excel": Form("grades.xlsx", write_workbook),
    "moodle": Form("grades-moodle.csv", write_moodle, by_name=True),
    "canvas": Form("grades-canvas.csv", write_canvas, by_name=True),
}


def not_final(grades: Grades) -> Iterator[str]:
    """Yield a warning for each module of which somebody's grade is not final."""
    for module in grades.modules:
        open_ = [
            f"{visible(trainee.id)} ({STATES[total.state]['en']})"
            for trainee in grades.trainees
            for total in [grades.of(trainee, module).total]
            if not total.final
        ]
        if open_:
            more = f" and {len(open_) - _NAMED} more" if len(open_) > _NAMED else ""
            yield f"Not final in {module.id}: {', '.join(open_[:_NAMED])}{more}."
