"""The lesson file `<lesson>.lesson.json`: all that a trainee's notebook needs, and no key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from clientcourse.items import ItemId, PublicItem, PublicQuiz, PublicScenario, Quiz, Scenario
from clientcourse.language import Language
from clientcourse.scoring import ScoringRules

SUFFIX = ".lesson.json"


class EarlierLesson(BaseModel):
    """A lesson that comes before another one in the course."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    module: ItemId
    lesson: ItemId


@dataclass(frozen=True)
class Part:
    """What is answered in one place of a lesson.

    Parameters
    ----------
    id, title
        Of the quiz, the conversation or the data exercise.
    call
        The method of `Lesson` that shows it, or takes its answer.
    use
        `practice` or `graded`.
    items
        What there is to answer in it.
    """

    id: str
    title: str
    call: Literal["quiz", "scenario", "answer"]
    use: str
    items: Sequence[PublicItem | PublicScenario]


class LessonFile(BaseModel):
    """The public side of one lesson in one language.

    Parameters
    ----------
    module, lesson
        Ids of the module and the lesson.
    course, title, heading
        What the course, the module and the lesson are called.
    due
        Until when the module is to be handed in; `None` if the course does not say.
    variants
        Number of client lists; each trainee works on one of them.
    rules
        How the course scores.
    earlier
        The lessons before this one, from which warm-ups are taken.
    order
        Ids of quizzes, scenarios and exercises as they follow one another in the text.
    quizzes
        Quizzes in the order of the bank.
    exercises
        Data exercises, and what is written in cells of their own.
    scenarios
        Conversations.
    practice, practice_scenarios
        The practice quizzes and scenarios once more, with keys and reasons: practice answers at
        once.
    survey
        What is asked about the lesson; `None` if the course has no survey.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1] = Field(default=1, alias="schema")
    module: ItemId
    lesson: ItemId
    language: Language
    course: str = ""
    title: str
    heading: str = ""
    due: AwareDatetime | None = None
    variants: Annotated[int, Field(ge=1, le=1000)]
    rules: ScoringRules = ScoringRules()
    earlier: list[EarlierLesson] = []
    order: list[ItemId] = []
    quizzes: list[PublicQuiz]
    exercises: list[PublicItem]
    scenarios: list[PublicScenario] = []
    practice: list[Quiz]
    practice_scenarios: list[Scenario] = []
    survey: PublicQuiz | None = None

    def items(self) -> dict[str, PublicItem | PublicScenario]:
        """Return every item by its id."""
        items: dict[str, PublicItem | PublicScenario] = {
            item.id: item for quiz in self.quizzes for item in quiz.items
        }
        items |= {item.id: item for item in self.exercises}
        return items | {scenario.id: scenario for scenario in self.scenarios}

    def parts(self) -> list[Part]:
        """Return what there is to answer, in the order of the text.

        What is written in a cell of its own is not among it: it is known only to the notebook.
        """
        parts = [Part(quiz.id, quiz.title, "quiz", quiz.use, quiz.items) for quiz in self.quizzes]
        parts += [Part(one.id, one.title, "scenario", one.use, [one]) for one in self.scenarios]
        parts += [
            Part(item.id, item.title, "answer", "graded", [item])
            for item in self.exercises
            if item.type != "short"
        ]
        places = {id_: place for place, id_ in enumerate(self.order)}
        return sorted(parts, key=lambda part: places.get(part.id, len(places)))

    def dump(self) -> str:
        """Return the file's text: the same bytes for the same lesson."""
        return self.model_dump_json(by_alias=True, indent=1, exclude_defaults=False) + "\n"


def path_of(folder: Path, lesson: str) -> Path:
    """Return where the lesson file of a lesson lies in a folder."""
    return folder / f"{lesson}{SUFFIX}"
