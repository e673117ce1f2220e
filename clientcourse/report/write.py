"""Writes the report: a page for the cohort, one for each module and one for each lesson."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.report.cohort_page import cohort_page
from clientcourse.report.lesson_page import lesson_page
from clientcourse.report.module_page import module_page
from clientcourse.report.render import COHORT, Frame, lesson_place, module_place

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.report.cohort import Cohort


def pages(cohort: Cohort, frame: Frame) -> dict[str, Callable[[], str]]:
    """Return what makes the pages of a report, by their places in its folder; the cohort's first.

    Every page needs no network.
    """
    made: dict[str, Callable[[], str]] = {COHORT: partial(cohort_page, cohort, frame)}
    for module in cohort.modules:
        made[module_place(module.id)] = partial(module_page, cohort, module, frame)
        for lesson in module.lessons:
            page = partial(lesson_page, cohort, module, lesson, frame)
            made[lesson_place(lesson.id)] = page
    return made


def write_report(cohort: Cohort, language: Language, to: Path) -> list[Path]:
    """Write all pages of a report.

    Parameters
    ----------
    to
        Folder for them, which is made if need be. They show keys and results, so it must not be
        where trainees can read.

    Returns
    -------
    list[Path]
        The files, that of the cohort first.
    """
    written = []
    for place, make in pages(cohort, Frame(language, datetime.now(tz=UTC).astimezone())).items():
        file = to / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(make(), encoding="utf-8")
        written.append(file)
    return written
