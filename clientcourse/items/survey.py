"""The survey: what trainees say about a lesson. Never part of a score."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clientcourse.items.bank import PublicQuiz
from clientcourse.items.base import Choice, ItemId, Model, PublicItem
from clientcourse.language import Language, Text

STEPS = 5
SHOWN_FROM = 5
"""Answers to a question in a lesson from which on they are reported; trainees are told.

With fewer, each is easily put to a person. Of statistical offices, some ask for five respondents
and others for three (Statistics Netherlands et al. 2005, Glossary of Statistical Disclosure
Control, UNECE/Eurostat work session on statistical data confidentiality: "threshold rule").
"""


class Rating(Model):
    """A statement to agree with, or something to rate, in five steps.

    Parameters
    ----------
    low, high
        What the ends of the scale mean.
    """

    id: ItemId
    type: Literal["rating"]
    stem: Text
    low: Text
    high: Text

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee sees of it in one language."""
        ends = {1: f"1 · {self.low[language]}", STEPS: f"{STEPS} · {self.high[language]}"}
        choices = [Choice(id=str(n), text=ends.get(n, str(n))) for n in range(1, STEPS + 1)]
        return PublicItem(
            id=self.id, type="rating", points=0, stem=self.stem[language], choices=choices
        )


class FreeWords(Model):
    """A question answered in free words."""

    id: ItemId
    type: Literal["words"]
    stem: Text

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee sees of it in one language."""
        return PublicItem(id=self.id, type="short", points=0, stem=self.stem[language])


class Survey(Model):
    """The questions asked about every lesson: `course/survey.yaml`."""

    title: Text
    items: Annotated[
        list[Annotated[Rating | FreeWords, Field(discriminator="type")]], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [item.id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError("items: every question needs an id of its own")
        return self

    def public(self, language: Language, *, anonymous: bool) -> PublicQuiz:
        """Return what a trainee sees of it in one language.

        Parameters
        ----------
        anonymous
            Whether answers are reported without names.
        """
        return PublicQuiz(
            id="survey",
            use="anonymous-survey" if anonymous else "survey",
            title=self.title[language],
            items=[item.public(language) for item in self.items],
        )
