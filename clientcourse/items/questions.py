"""Questions: items that are answered in a quiz."""

from __future__ import annotations

import hashlib
import math
import re
from abc import abstractmethod
from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from clientcourse.items.base import (
    BaseItem,
    Choice,
    Model,
    OptionId,
    Points,
    PublicItem,
    WordId,
    mixed,
)
from clientcourse.language import LANGUAGES, Language, Text
from clientcourse.normal import normal

TRUE, FALSE = "true", "false"
_TRUE_FALSE_WORDS = {
    TRUE: Text(zh="对", en="True"),
    FALSE: Text(zh="错", en="False"),
}
GAP = re.compile(r"\[\[([^\[\]]*)\]\]")
"""A gap in a text: its id between double brackets."""


class Option(Model):
    """An answer that a question offers: the key or a distractor, with the reason why."""

    id: OptionId
    text: Text
    correct: bool = False
    why: Text


class Step(Model):
    """One step of a sequence, with the reason why it stands where it stands, or nowhere."""

    id: WordId
    text: Text
    why: Text


class Forms(Model):
    """Forms in which an answer is accepted; the first is the one that is shown as right.

    A trainee may answer in either language.
    """

    zh: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    en: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]

    def __getitem__(self, language: Language) -> list[str]:
        return self.zh if language == "zh" else self.en

    @model_validator(mode="after")
    def _forms_say_something(self) -> Self:
        for form in [*self.zh, *self.en]:
            if not normal(form):
                raise ValueError(f"accept: {form!r} has no letter and no digit to be compared")
        return self


class Gap(Model):
    """One gap in a text."""

    id: WordId
    accept: Forms
    why: Text


class Target(Model):
    """What a prompt can be matched with."""

    id: OptionId
    text: Text


class Prompt(Model):
    """What is to be matched, the target that it belongs to and the reason why."""

    id: WordId
    text: Text
    target: OptionId
    why: Text


class MarkingPoint(Model):
    """One point that a good answer makes, and what it is worth."""

    points: Points
    text: Text


class Tolerance(Model):
    """How far a number may lie from the reference: `atol + rtol * |reference|`."""

    atol: Annotated[float, Field(ge=0)] = 0.0
    rtol: Annotated[float, Field(ge=0, lt=1)] = 0.0


class _Question(BaseItem):
    @abstractmethod
    def _shown(self, language: Language) -> dict[str, Any]:
        """Return the fields of `PublicItem` that this type of question has."""

    def public(self, language: Language) -> PublicItem:
        """Return what a trainee may see of this item in one language."""
        return PublicItem.model_validate(
            {
                "id": self.id,
                "type": self.type,
                "points": self.points,
                "stem": self.stem[language],
                **self._shown(language),
            }
        )


class _OptionItem(_Question):
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]
    shuffle: bool = False

    @property
    def key(self) -> list[str]:
        """Ids of the right options, in the order shown."""
        return [option.id for option in self.options if option.correct]

    def _shown(self, language: Language) -> dict[str, Any]:
        choices = [Choice(id=option.id, text=option.text[language]) for option in self.options]
        return {"choices": choices, "shuffle": self.shuffle}

    @model_validator(mode="after")
    def _option_ids_differ(self) -> Self:
        if _repeated(option.id for option in self.options):
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

    def _shown(self, language: Language) -> dict[str, Any]:
        words = _TRUE_FALSE_WORDS.items()
        return {"choices": [Choice(id=id_, text=text[language]) for id_, text in words]}


class BlankItem(_Question):
    """A text with gaps to be filled in. In the text, `[[id]]` stands for a gap."""

    type: Literal["blank"]
    text: Text
    gaps: Annotated[list[Gap], Field(min_length=1, max_length=8)]

    def _shown(self, language: Language) -> dict[str, Any]:
        return {"text": self.text[language], "gaps": [gap.id for gap in self.gaps]}

    @model_validator(mode="after")
    def _text_has_the_gaps(self) -> Self:
        gaps = [gap.id for gap in self.gaps]
        for language in LANGUAGES:
            found = GAP.findall(self.text[language])
            if found != gaps:
                raise ValueError(
                    f"text: {language}: expected the gaps {_marked(gaps)} once each and in this "
                    f"order, found {_marked(found) or 'none'}"
                )
        return self


class OrderItem(_Question):
    """Steps to be put in order. The bank lists them in the right order; trainees get them mixed.

    Parameters
    ----------
    leave_out
        Steps that do not belong and must be left out.
    """

    type: Literal["order"]
    steps: Annotated[list[Step], Field(min_length=3, max_length=12)]
    leave_out: Annotated[list[Step], Field(max_length=6)] = []

    @property
    def key(self) -> list[str]:
        """Step ids in the right order."""
        return [step.id for step in self.steps]

    def _shown(self, language: Language) -> dict[str, Any]:
        texts = {step.id: step.text[language] for step in [*self.steps, *self.leave_out]}
        choices = [Choice(id=id_, text=texts[id_]) for id_ in mixed([*texts], self.id)]
        return {"choices": choices, "leave_out": bool(self.leave_out)}

    @model_validator(mode="after")
    def _ids_hide_the_order(self) -> Self:
        if _repeated(step.id for step in [*self.steps, *self.leave_out]):
            raise ValueError("steps: every step needs an id of its own")
        if self.key in (sorted(self.key), sorted(self.key, reverse=True)):
            raise ValueError("steps: sorted by name the ids give the right order away; rename some")
        return self


class MatchItem(_Question):
    """Prompts, each to be matched with a target. A target may belong to several prompts or none."""

    type: Literal["match"]
    prompts: Annotated[list[Prompt], Field(min_length=2, max_length=10)]
    targets: Annotated[list[Target], Field(min_length=2, max_length=8)]

    @property
    def key(self) -> dict[str, str]:
        """Id of the right target, as trainees get it, by id of the prompt."""
        return {prompt.id: self.shown_id(prompt.target) for prompt in self.prompts}

    def target_texts(self, language: Language) -> dict[str, str]:
        """Return the text of every target by its id, as trainees get it."""
        return {self.shown_id(one.id): one.text[language] for one in self.targets}

    def shown_id(self, target: str) -> str:
        """Return the id of a target as trainees get it."""
        # An author's own letters often follow the prompts, and so would tell the key.
        return "t" + hashlib.sha256(f"{self.id}/{target}".encode()).hexdigest()[:6]

    def _shown(self, language: Language) -> dict[str, Any]:
        texts = self.target_texts(language)
        return {
            "prompts": [Choice(id=one.id, text=one.text[language]) for one in self.prompts],
            "choices": [Choice(id=id_, text=texts[id_]) for id_ in mixed([*texts], self.id)],
        }

    @model_validator(mode="after")
    def _targets_exist(self) -> Self:
        targets = [target.id for target in self.targets]
        if _repeated(targets) or _repeated(prompt.id for prompt in self.prompts):
            raise ValueError("every prompt and every target needs an id of its own")
        for prompt in self.prompts:
            if prompt.target not in targets:
                raise ValueError(
                    f"prompts: {prompt.id}: target: expected one of {', '.join(targets)}, "
                    f"found {prompt.target!r}"
                )
        target, count = Counter(prompt.target for prompt in self.prompts).most_common(1)[0]
        if count > (len(self.prompts) + 1) // 2:
            raise ValueError(
                f"prompts: {count} of {len(self.prompts)} belong to the target {target}: choosing "
                "it for all would earn most of the points; expected at most half"
            )
        return self


class NumberQuestion(_Question):
    """A question answered by a number."""

    type: Literal["number"]
    answer: Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
    unit: Text | None = None
    tolerance: Tolerance = Tolerance()
    why: Text

    def _shown(self, language: Language) -> dict[str, Any]:
        return {"unit": self.unit[language] if self.unit else None}


class ShortItem(_Question):
    """A term, a short answer, a case or an essay in the trainee's own words, graded by a person.

    Parameters
    ----------
    title
        Short name; needed where the item is an exercise, written in a cell of its own.
    rubric
        The points that a good answer makes; together they are worth the item's points.
    model_answer
        How a good answer could read.
    """

    type: Literal["short"]
    title: Text | None = None
    rubric: Annotated[list[MarkingPoint], Field(min_length=1)]
    model_answer: Text

    def _shown(self, language: Language) -> dict[str, Any]:
        return {"title": self.title[language] if self.title else ""}

    @model_validator(mode="after")
    def _rubric_adds_up(self) -> Self:
        total = math.fsum(point.points for point in self.rubric)
        if total != self.points:
            raise ValueError(
                f"rubric: its points add up to {total:g}, but the item is worth {self.points:g}"
            )
        return self


Question = (
    SingleItem
    | MultipleItem
    | TrueFalseItem
    | BlankItem
    | OrderItem
    | MatchItem
    | NumberQuestion
    | ShortItem
)


def _repeated(ids: Any) -> bool:  # noqa: ANN401 - any iterable of ids
    return max(Counter(ids).values(), default=0) > 1


def _marked(gaps: list[str]) -> str:
    return " ".join(f"[[{gap}]]" for gap in gaps)
