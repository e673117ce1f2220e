"""Mistakes in course files: where they are, what is wrong and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clientcourse.errors import CourseError


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one file.

    Parameters
    ----------
    file
        The file, relative to the course's root folder.
    line
        Line number from 1; 0 where the mistake has no line.
    place
        The item and field, or the cell, in which it is.
    message
        What is wrong and what was expected.
    """

    file: Path
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        place = f" {self.place}:" if self.place else ""
        return f"{self.file}{line}:{place} {self.message}"


class CourseProblems(CourseError):
    """All mistakes that were found in one run."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(set(problems))
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the course:"
        super().__init__("\n".join([head, *map(str, self.problems)]))
