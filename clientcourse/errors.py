"""Errors that are written for the person who meets them."""

from __future__ import annotations

from collections.abc import Sequence


class CourseError(Exception):
    """Something that a trainee, author or instructor can put right; its text says how.

    In a notebook only that text is shown, without a traceback: trainees are not programmers.
    """

    def _render_traceback_(self) -> Sequence[str]:
        """Return what IPython prints in place of a traceback."""
        return [f"⚠ {self}"]
