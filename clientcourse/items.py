"""Items: what trainees are asked, with the key (`Item`) and without it (`PublicItem`)."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clientcourse.language import Language, Text

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
StepId = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,}(-[a-z]+)*$")]
Level = Literal["remember", "understand", "apply", "analyse"]
Points = Annotated[float, Field(gt=0, le=100, multiple_of=0.5)]
Use = Literal["practice", "graded"]

TRUE, FALSE = "true", "false"
_TRUE_FALSE_WORDS = {
    TRUE: Text(zh="对", en="True"),
    FALSE: Text(zh="错", en="False"),
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Choice(_Model):
    """One thing a trainee can choose or place, as a trainee sees it."""

    id: str
    text: str


class PublicItem(_Model):
    """An item as a trainee may see it: no key, no reasons, one language.

    Parameters
    ----------
    choices
        Options of a question, or steps to be ordered; empty for data exercises.
    title
        Short name of a data exercise; empty for questions, which are named by their number.
    unit
        Unit of a number, `None` where it has none.
    key_columns, columns
        Columns that identify a row of a table answer, and those whose values are compared.
    """

    id: ItemId
    type: Literal["single", "multiple", "truefalse", "order", "number", "table"]
    points: float
    stem: str
    title: str = ""
    choices: list[Choice] = []
    unit: str | None = None
    key_columns: list[str] = []
    columns: list[str] = []

    @property
    def choice_ids(self) -> list[str]:
        """Ids of the choices, in the order shown."""
        return [choice.id for choice in self.choices]


class Option(_Model):
    """An answer that a question offers: the key or a distractor, with the reason why."""

    id: OptionId
    text: Text
    correct: bool = False
    why: Text


class Step(_Model):
    """One step of a sequence, with the reason why it stands where it stands."""

    id: StepId
    text: Text
    why: Text


class Tolerance(_Model):
    """How far a number may lie from the reference: `atol + rtol * |reference|`."""

    atol: Annotated[float, Field(ge=0)] = 0.0
    rtol: Annotated[float, Field(ge=0, lt=1)] = 0.0


class _Item(_Model):
    id: ItemId
    type: str
    objective: ItemId
    level: Level
    points: Points = 1.0
    stem: Text


class _Question(_Item):
    @abstractmethod
    def _choices(self, language: Language) -> list[Choice]:
        """Return what a trainee chooses from or puts in order, as it is shown."""

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee may see of this item in one language."""
        return PublicItem.model_validate(
            {
                "id": self.id,
                "type": self.type,
                "points": self.points,
                "stem": self.stem[language],
                "choices": self._choices(language),
            }
        )


class _OptionItem(_Question):
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]

    @property
    def key(self) -> list[str]:
        """Ids of the right options, in the order shown."""
        return [option.id for option in self.options if option.correct]

    def _choices(self, language: Language) -> list[Choice]:
        return [Choice(id=option.id, text=option.text[language]) for option in self.options]

    @model_validator(mode="after")
    def _option_ids_differ(self) -> Self:
        ids = [option.id for option in self.options]
        if len(set(ids)) < len(ids):
            raise ValueError("options: every option needs an id of its own (a, b, c, d …)")
        return self


class SingleItem(_OptionItem):
    """A question with exactly one right option."""

    type: Literal["single"]

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.key) != 1:
            raise ValueError(f"options: exactly one needs `correct: true`, found {len(self.key)}")
        return self


class MultipleItem(_OptionItem):
    """A question with several right options."""

    type: Literal["multiple"]

    @model_validator(mode="after")
    def _key_and_distractor(self) -> Self:
        if len(self.key) < 2 or len(self.key) == len(self.options):  # noqa: PLR2004
            raise ValueError(
                "options: at least two need `correct: true` and at least one must be wrong, "
                f"found {len(self.key)} right of {len(self.options)}"
            )
        return self


class TrueFalseItem(_Question):
    """A statement to be judged. `why_true` is said of the answer "true", `why_false` of "false"."""

    type: Literal["truefalse"]
    answer: bool
    why_true: Text
    why_false: Text

    @property
    def key(self) -> list[str]:
        """The right judgement, as a one-element list like the key of any question."""
        return [TRUE if self.answer else FALSE]

    def _choices(self, language: Language) -> list[Choice]:
        return [Choice(id=id_, text=text[language]) for id_, text in _TRUE_FALSE_WORDS.items()]


class OrderItem(_Question):
    """Steps to be put in order. The bank lists them in the right order; trainees get them mixed."""

    type: Literal["order"]
    steps: Annotated[list[Step], Field(min_length=3, max_length=12)]

    @property
    def key(self) -> list[str]:
        """Step ids in the right order."""
        return [step.id for step in self.steps]

    def _choices(self, language: Language) -> list[Choice]:
        texts = {step.id: step.text[language] for step in self.steps}
        return [Choice(id=id_, text=texts[id_]) for id_ in self._mixed()]

    def _mixed(self) -> list[str]:
        # The order of a hash: the same on every build, and no hint to the key. Should it come
        # out right by chance, the next turn of the wheel cannot.
        mixed = sorted(
            self.key, key=lambda id_: hashlib.sha256(f"{self.id}/{id_}".encode()).digest()
        )
        return mixed if mixed != self.key else mixed[1:] + mixed[:1]

    @model_validator(mode="after")
    def _ids_hide_the_order(self) -> Self:
        if len(set(self.key)) < len(self.key):
            raise ValueError("steps: every step needs an id of its own")
        if self.key in (sorted(self.key), sorted(self.key, reverse=True)):
            raise ValueError("steps: sorted by name the ids give the right order away; rename some")
        return self


class _Exercise(_Item):
    title: Text
    tolerance: Tolerance = Tolerance()
    why: Text


class NumberItem(_Exercise):
    """A data exercise whose answer is one number. The key is what the source notebook records."""

    type: Literal["number"]
    unit: Text | None = None

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee may see of this item in one language."""
        return PublicItem(
            id=self.id,
            type="number",
            points=self.points,
            title=self.title[language],
            stem=self.stem[language],
            unit=self.unit[language] if self.unit else None,
        )


class TableItem(_Exercise):
    """A data exercise whose answer is a table. The key is what the source notebook records.

    Parameters
    ----------
    key_columns
        Columns that together identify a row.
    columns
        Further columns whose values are compared.
    """

    type: Literal["table"]
    key_columns: Annotated[list[str], Field(min_length=1)]
    columns: list[str] = []

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee may see of this item in one language."""
        return PublicItem(
            id=self.id,
            type="table",
            points=self.points,
            title=self.title[language],
            stem=self.stem[language],
            key_columns=self.key_columns,
            columns=self.columns,
        )


Question = SingleItem | MultipleItem | TrueFalseItem | OrderItem
Exercise = NumberItem | TableItem
Item = Question | Exercise


class PublicQuiz(_Model):
    """A quiz as a trainee may see it: no key, no reasons, one language."""

    id: ItemId
    use: Use
    title: str
    items: list[PublicItem]


class Quiz(_Model):
    """An ordered group of items shown as one widget."""

    id: ItemId
    use: Use
    title: Text
    items: Annotated[list[Annotated[Question, Field(discriminator="type")]], Field(min_length=1)]

    @property
    def points(self) -> float:
        """Points of all items together."""
        return sum(item.points for item in self.items)

    def public(self, language: Language) -> PublicQuiz:
        """Return what a trainee may see of this quiz in one language."""
        return PublicQuiz(
            id=self.id,
            use=self.use,
            title=self.title[language],
            items=[item.public(language) for item in self.items],
        )


class Bank(_Model):
    """All items of one lesson, with their keys: the content of `<lesson>.items.yaml`."""

    quizzes: list[Quiz] = []
    exercises: list[Annotated[Exercise, Field(discriminator="type")]] = []

    def items(self) -> Iterator[Item]:
        """Yield every item, in the order of the file: quizzes first, then exercises."""
        for quiz in self.quizzes:
            yield from quiz.items
        yield from self.exercises

    def graded_items(self) -> list[Item]:
        """Return every item that counts: those of graded quizzes, then the exercises."""
        questions = [i for quiz in self.quizzes if quiz.use == "graded" for i in quiz.items]
        return [*questions, *self.exercises]

    def has_graded(self, cell: str) -> bool:
        """Tell whether there is a graded quiz or an exercise of that id."""
        quizzes = {quiz.id for quiz in self.quizzes if quiz.use == "graded"}
        return cell in quizzes | {exercise.id for exercise in self.exercises}

    def graded(self, cell: str) -> list[Item]:
        """Return the items that the graded cell of a quiz or an exercise is worth.

        Parameters
        ----------
        cell
            Id of a graded quiz or of an exercise.

        Raises
        ------
        KeyError
            If the bank has no graded quiz and no exercise of that id.
        """
        for quiz in self.quizzes:
            if quiz.id == cell and quiz.use == "graded":
                return list(quiz.items)
        for exercise in self.exercises:
            if exercise.id == cell:
                return [exercise]
        raise KeyError(cell)

    def title(self, cell: str) -> Text:
        """Return the title of a quiz or exercise.

        Raises
        ------
        KeyError
            If the bank has none of that id.
        """
        return {entry.id: entry.title for entry in [*self.quizzes, *self.exercises]}[cell]
