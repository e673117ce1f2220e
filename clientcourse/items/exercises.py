"""Exercises: items that are answered in code. Their key is what the source notebook records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clientcourse.items.base import BaseItem, PublicItem
from clientcourse.items.questions import Tolerance
from clientcourse.language import Language, Text


class _Exercise(BaseItem):
    title: Text
    tolerance: Tolerance = Tolerance()
    why: Text


class NumberItem(_Exercise):
    """A data exercise whose answer is one number."""

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
    """A data exercise whose answer is a table.

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
