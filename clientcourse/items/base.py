"""What all items share: ids, points, levels, and what a trainee may see of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clientcourse.language import Text

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
WordId = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,}(-[a-z]+)*$")]
Level = Literal["remember", "understand", "apply", "analyse"]
Points = Annotated[float, Field(gt=0, le=100, multiple_of=0.5)]
Use = Literal["practice", "graded"]


class Model(BaseModel):
    """Frozen, strict data without unknown fields: a mistake in a file is found, not passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Choice(Model):
    """One thing a trainee can choose, place or fill, as a trainee sees it."""

    id: str
    text: str


class PublicItem(Model):
    """An item as a trainee may see it: no key, no reasons, one language.

    Parameters
    ----------
    choices
        Options of a question, steps to be ordered, or what prompts are matched with; empty for
        items that are answered in one's own words or numbers.
    shuffle
        Whether every trainee gets the choices in an order of their own.
    title
        Short name of an exercise; empty for questions, which are named by their number.
    text, gaps
        Of a text with gaps: the text, in which `[[id]]` stands for a gap, and the gaps' ids.
    prompts
        What choices are matched with.
    leave_out
        Whether some of the steps to be ordered do not belong and are left out.
    unit
        Unit of a number, `None` where it has none.
    key_columns, columns
        Columns that identify a row of a table answer, and those whose values are compared.
    """

    id: ItemId
    type: Literal[
        "single",
        "multiple",
        "truefalse",
        "blank",
        "order",
        "match",
        "number",
        "short",
        "rating",
        "table",
    ]
    points: float
    stem: str
    title: str = ""
    choices: list[Choice] = []
    shuffle: bool = False
    text: str = ""
    gaps: list[str] = []
    prompts: list[Choice] = []
    leave_out: bool = False
    unit: str | None = None
    key_columns: list[str] = []
    columns: list[str] = []

    @property
    def choice_ids(self) -> list[str]:
        """Ids of the choices, in the order shown."""
        return [choice.id for choice in self.choices]

    @property
    def prompt_ids(self) -> list[str]:
        """Ids of the prompts, in the order shown."""
        return [prompt.id for prompt in self.prompts]

    def for_trainee(self, trainee: str) -> PublicItem:
        """Return the item as one trainee sees it: always the same order of choices for the same."""
        if not self.shuffle:
            return self
        order = by_hash(self.choice_ids, f"{trainee}/{self.id}")
        choices = sorted(self.choices, key=lambda choice: order.index(choice.id))
        return self.model_copy(update={"choices": choices})


class BaseItem(Model):
    """What every item has.

    Parameters
    ----------
    reread
        Heading of the part of the lesson that answers the item.
    dropped
        Whether it no longer counts. It is still shown and explained, but earns and costs nothing;
        what its graded cell is worth is shared by the items that are left.
    reuse
        Whether it will be asked again: then nobody is told its key, not even after grading.
    """

    id: ItemId
    type: str
    objective: ItemId
    level: Level
    points: Points = 1.0
    stem: Text
    reread: Text | None = None
    # Nothing for trainees' own files: only items that are practised are in them as a whole, and
    # practice has neither.
    dropped: Annotated[bool, Field(exclude=True)] = False
    reuse: Annotated[bool, Field(exclude=True)] = False


NOT_GRADED = "dropped: is for items that count; practice is not graded"
"""What is wrong with dropping an item of practice."""


def by_hash(ids: Sequence[str], salt: str) -> list[str]:
    """Return ids in an order that looks random and is the same on every machine.

    Parameters
    ----------
    ids
        Not repeated.
    salt
        Another salt makes another order.
    """
    return sorted(ids, key=lambda id_: hashlib.sha256(f"{salt}/{id_}".encode()).digest())


def mixed(ids: Sequence[str], salt: str) -> list[str]:
    """Return ids in an order that gives no hint: never the one they come in.

    Parameters
    ----------
    ids
        At least two, not repeated.
    salt
        As for `by_hash`.
    """
    order = by_hash(ids, salt)
    # Should it come out right by chance, the next turn of the wheel cannot.
    return order if order != list(ids) else order[1:] + order[:1]
