"""An interactive Jupyter course for client managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clientcourse.lesson import Lesson

__all__ = ["Lesson"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import on first use: commands need not wait for what only notebooks use."""
    if name == "Lesson":
        from clientcourse.lesson import Lesson  # noqa: PLC0415

        return Lesson
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
