"""Rules of good writing: what a machine can see of bad items, typography and spelling."""

from __future__ import annotations

from pathlib import Path

from clientcourse.authoring.lesson import load_authored
from clientcourse.authoring.lint.findings import Finding
from clientcourse.authoring.lint.items import flaws
from clientcourse.authoring.lint.words import fix, spelling, typography

__all__ = ["Finding", "fix", "lint"]


def lint(root: Path) -> list[Finding]:
    """Return all that the rules find in a course.

    Parameters
    ----------
    root
        The folder that holds `course/`.

    Raises
    ------
    CourseProblems
        If the course has mistakes that keep it from being read.
    """
    found = [*flaws(load_authored(root).lessons), *typography(root), *spelling(root)]
    return sorted(set(found))
