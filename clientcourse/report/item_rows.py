"""What the pages of a module and of a lesson both say of items: flags, reliability, definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.report.definitions import DEFINITIONS
from clientcourse.report.render import lesson_place

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.report.analysis import Reliability
    from clientcourse.report.cohort import ModuleCohort
    from clientcourse.report.flags import Severity


@dataclass(frozen=True)
class FlagRow:
    """Something about an item that is worth a look.

    Parameters
    ----------
    number
        Of the item in its lesson.
    address
        Where the item stands, from the folder of the report.
    """

    severity: Severity
    lesson: str
    lesson_title: str
    item: str
    number: int
    address: str
    text: str


def flag_rows(module: ModuleCohort, language: Language) -> list[FlagRow]:
    """Return what is worth a look in a module, in the order of its items."""
    titles = {lesson.id: lesson.title for lesson in module.lessons}
    numbers = {
        (lesson.id, item.id): number
        for lesson in module.lessons
        for number, item in enumerate(lesson.items, 1)
    }
    return [
        FlagRow(
            flag.severity,
            flag.lesson,
            titles[flag.lesson],
            flag.item,
            number := numbers[flag.lesson, flag.item],
            f"{lesson_place(flag.lesson)}#item-{number}",
            flag.text[language],
        )
        for flag in module.analysis.flags
    ]


def alpha(found: Reliability | None) -> str:
    """Return a reliability in two decimals, a dash for none."""
    return "–" if found is None or found.alpha is None else f"{found.alpha:.2f}"


def definitions(language: Language) -> list[tuple[str, str, str]]:
    """Return name, meaning and source of each figure."""
    return [
        (one.name[language], one.meaning[language], one.source[language])
        for one in DEFINITIONS.values()
    ]
