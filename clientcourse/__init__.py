"""An interactive Jupyter course for client managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clientcourse.lesson import Lesson

__all__ = ["Lesson"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import on first use: commands need not wait for what only notebooks use."""
    if name == "Lesson":
        from clientcourse.imports import import_fast  # noqa: PLC0415
        from clientcourse.lesson import Lesson  # noqa: PLC0415

        # A notebook's first figure makes plotly import nbformat, half of what a kernel computes.
        import_fast()
        return Lesson
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
