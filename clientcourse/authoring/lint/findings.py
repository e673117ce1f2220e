"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass

from clientcourse.authoring.problems import Problem


@dataclass(frozen=True, order=True)
class Finding:
    """A place that a rule of good writing points to.

    Parameters
    ----------
    rule
        Its name, as in the author's guide.
    """

    problem: Problem
    rule: str

    def __str__(self) -> str:
        return f"{self.problem} [{self.rule}]"
