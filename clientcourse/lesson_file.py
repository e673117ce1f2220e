"""The lesson file `<lesson>.lesson.json`: all that a trainee's notebook needs, and no key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from clientcourse.items import ItemId, PublicItem, PublicQuiz, Quiz
from clientcourse.language import Language

SUFFIX = ".lesson.json"


class LessonFile(BaseModel):
    """The public side of one lesson in one language.

    Parameters
    ----------
    module, lesson
        Ids of the module and the lesson.
    variants
        Number of client lists; each trainee works on one of them.
    quizzes
        Quizzes in the order of the bank.
    exercises
        Data exercises.
    practice
        The practice quizzes once more, with keys and reasons: practice answers at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1] = Field(default=1, alias="schema")
    module: ItemId
    lesson: ItemId
    language: Language
    title: str
    variants: Annotated[int, Field(ge=1, le=1000)]
    quizzes: list[PublicQuiz]
    exercises: list[PublicItem]
    practice: list[Quiz]

    def items(self) -> dict[str, PublicItem]:
        """Return every item by its id."""
        questions = (item for quiz in self.quizzes for item in quiz.items)
        return {item.id: item for item in [*questions, *self.exercises]}

    def dump(self) -> str:
        """Return the file's text: the same bytes for the same lesson."""
        return self.model_dump_json(by_alias=True, indent=1, exclude_defaults=False) + "\n"


def path_of(folder: Path, lesson: str) -> Path:
    """Return where the lesson file of a lesson lies in a folder."""
    return folder / f"{lesson}{SUFFIX}"
