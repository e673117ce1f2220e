"""Writes the report: a page for the cohort, one for each module and one for each lesson."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.report.cohort_page import cohort_page
from clientcourse.report.lesson_page import lesson_page
from clientcourse.report.module_page import module_page

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.report.cohort import Cohort

COHORT = Path("index.html")
"""The page to begin with."""


def pages(cohort: Cohort, language: Language, now: datetime) -> Iterator[tuple[Path, str]]:
    """Yield all pages of a report, each with its place in the report's folder."""
    yield COHORT, cohort_page(cohort, language, now)
    for module in cohort.modules:
        yield Path(f"{module.id}.html"), module_page(cohort, module, language, now)
        for lesson in module.lessons:
            place = Path("lessons") / f"{lesson.id}.html"
            yield place, lesson_page(cohort, module, lesson, language, now)


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
    for place, page in pages(cohort, language, datetime.now(tz=UTC).astimezone()):
        file = to / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
        written.append(file)
    return written
