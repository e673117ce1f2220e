"""Which languages the course has; light, so that a command can begin its work at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def joined(parts: Iterable[str], language: Language) -> str:
    """Return the parts of a list as they stand in a sentence."""
    return ("、" if language == "zh" else ", ").join(parts)
