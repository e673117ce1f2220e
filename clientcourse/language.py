"""The languages of the course, and texts that exist in each of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from clientcourse.languages import LANGUAGES, Language

__all__ = ["LANGUAGES", "Language", "Text", "Words"]

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Text(BaseModel):
    """A text in every language of the course.

    Parameters
    ----------
    zh, en
        The text; Markdown emphasis and code spans are allowed where it is shown to trainees.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Words
    en: Words

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en
