"""Quizzes, and the bank of all items of one lesson."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clientcourse.items.base import NOT_GRADED, ItemId, Model, PublicItem, Use
from clientcourse.items.exercises import NumberItem, TableItem
from clientcourse.items.questions import Question, ShortItem
from clientcourse.items.scenario import Scenario
from clientcourse.language import Language, Text

Exercise = NumberItem | TableItem | ShortItem
Item = Question | Exercise | Scenario


class PublicQuiz(Model):
    """A quiz as a trainee may see it: no key, no reasons, one language.

    Parameters
    ----------
    use
        What its answers are for. Those of a survey are reported with names or, of an anonymous one,
        without; the trainee is told which.
    """

    id: ItemId
    use: Use | Literal["survey", "anonymous-survey"]
    title: str
    items: list[PublicItem]


class Quiz(Model):
    """An ordered group of items shown as one widget."""

    id: ItemId
    use: Use
    title: Text
    items: Annotated[list[Annotated[Question, Field(discriminator="type")]], Field(min_length=1)]

    @model_validator(mode="after")
    def _practice_keeps_no_key(self) -> Self:
        kept = [item.id for item in self.items if item.reuse]
        if self.use == "practice" and kept:
            raise ValueError(
                f"{kept[0]}: reuse: practice tells the answer at once; only graded items can keep "
                "theirs"
            )
        return self

    def public(self, language: Language) -> PublicQuiz:
        """Return what a trainee may see of this quiz in one language."""
        return PublicQuiz(
            id=self.id,
            use=self.use,
            title=self.title[language],
            items=[item.public(language) for item in self.items],
        )

    @model_validator(mode="after")
    def _only_graded_ones_are_dropped(self) -> Self:
        for item in self.items:
            if item.dropped and self.use != "graded":
                raise ValueError(f"{item.id}: {NOT_GRADED}")
        return self


class Teaching(Model):
    """What a lesson teaches under one of its headings.

    Parameters
    ----------
    under
        The heading, word for word.
    objectives
        Ids of what is taught there.
    """

    under: Text
    objectives: Annotated[list[ItemId], Field(min_length=1)]


class Bank(Model):
    """All items of one lesson, with their keys: `<lesson>.items.yaml` and its scenarios."""

    teaches: list[Teaching] = []
    quizzes: list[Quiz] = []
    exercises: list[Annotated[Exercise, Field(discriminator="type")]] = []
    scenarios: list[Scenario] = []

    def items(self) -> Iterator[Item]:
        """Yield every item: those of quizzes first, then exercises, then scenarios."""
        for quiz in self.quizzes:
            yield from quiz.items
        yield from self.exercises
        yield from self.scenarios

    def graded_items(self) -> list[Item]:
        """Return every item that counts, in the order of `items`; not what was dropped."""
        return [item for item in self._in_graded_cells() if not item.dropped]

    def _in_graded_cells(self) -> list[Item]:
        questions = [i for quiz in self.quizzes if quiz.use == "graded" for i in quiz.items]
        scenarios = [scenario for scenario in self.scenarios if scenario.use == "graded"]
        return [*questions, *self.exercises, *scenarios]

    def auto_graded(self, cell: str) -> list[Item]:
        """Return the items that are scored by machine in one graded cell, with those dropped.

        Parameters
        ----------
        cell
            Id of a graded quiz, an exercise or a graded scenario.

        Returns
        -------
        list[Item]
            Empty if there is no such cell, or if all in it is graded by a person.
        """
        graded = [quiz for quiz in self.quizzes if quiz.use == "graded"]
        items: dict[str, list[Item]] = {quiz.id: [*quiz.items] for quiz in graded}
        items |= {exercise.id: [exercise] for exercise in self.exercises}
        items |= {one.id: [one] for one in self.scenarios if one.use == "graded"}
        return [item for item in items.get(cell, []) if not isinstance(item, ShortItem)]

    def coded(self) -> list[NumberItem | TableItem]:
        """Return the exercises that are answered in code."""
        return [item for item in self.exercises if not isinstance(item, ShortItem)]

    def graded_by_person(self) -> dict[str, ShortItem]:
        """Return the items that a person grades, with those dropped, by their ids."""
        return {item.id: item for item in self._in_graded_cells() if isinstance(item, ShortItem)}

    def number(self, item: str) -> int:
        """Return the number of a question in its quiz; 0 for what stands alone."""
        return next(
            (
                number
                for quiz in self.quizzes
                for number, question in enumerate(quiz.items, 1)
                if question.id == item and len(quiz.items) > 1
            ),
            0,
        )

    def title(self, cell: str) -> Text:
        """Return the title of a quiz, an exercise or a scenario.

        Raises
        ------
        KeyError
            If the bank has none of that id.
        """
        entries = [*self.quizzes, *self.exercises, *self.scenarios]
        return {entry.id: entry.title for entry in entries}[cell] or Text(zh=cell, en=cell)
