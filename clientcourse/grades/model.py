"""What is taken elsewhere: who has which grade in what, and which of it is not final yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from clientcourse.language import Language

State = Literal["missing", "graded", "ungraded", "waiting"]
"""Not handed in; graded to the end; handed in, but not graded yet; waiting for a person. The last
one that is true of any lesson is true of its module, and of modules, of their total."""


@dataclass(frozen=True)
class Trainee:
    """Somebody whom the gradebook knows; an empty text stands for what it does not know.

    Parameters
    ----------
    lms_id
        By which number a learning platform knows them.
    """

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    lms_id: str = ""


@dataclass(frozen=True)
class GradedLesson:
    """A lesson as the gradebook has it: one notebook of a module."""

    name: str
    title: str
    max_points: float


@dataclass(frozen=True)
class GradedModule:
    """A module as the gradebook has it: an assignment with its notebooks."""

    id: str
    title: str
    lessons: Sequence[GradedLesson]

    @property
    def max_points(self) -> float:
        """What can be earned in all lessons together."""
        return sum(lesson.max_points for lesson in self.lessons)


@dataclass(frozen=True)
class Grade:
    """How one trainee did, in one lesson or in all of a module together.

    Parameters
    ----------
    points
        Earned so far, before the penalty.
    penalty
        What is taken off for handing in late.
    """

    points: float = 0.0
    penalty: float = 0.0
    state: State = "missing"

    @property
    def value(self) -> float:
        """The grade proper, as nbgrader counts it: never below nothing."""
        return max(0.0, self.points - self.penalty)

    @property
    def final(self) -> bool:
        """Whether no more is to be expected, unless somebody hands in again."""
        return self.state in {"graded", "missing"}


@dataclass(frozen=True)
class ModuleGrades:
    """How one trainee did in a module.

    Parameters
    ----------
    lessons
        By lesson, for each of the module's.
    handed_in
        When; `None` if not at all, or if nobody has noted it.
    due
        Until when this trainee was to hand in, if that is said.
    """

    lessons: Mapping[str, Grade]
    handed_in: datetime | None
    due: datetime | None

    @property
    def total(self) -> Grade:
        """All lessons together."""
        return Grade(
            sum(grade.points for grade in self.lessons.values()),
            sum(grade.penalty for grade in self.lessons.values()),
            most_open(grade.state for grade in self.lessons.values()),
        )


@dataclass(frozen=True)
class Grades:
    """The grades of a course.

    Parameters
    ----------
    language
        In which spreadsheets say what is what.
    found
        By ids of trainee and module, for every pair of them.
    """

    language: Language
    modules: Sequence[GradedModule]
    trainees: Sequence[Trainee]
    found: Mapping[tuple[str, str], ModuleGrades]

    def of(self, trainee: Trainee, module: GradedModule) -> ModuleGrades:
        """Return how a trainee did in a module."""
        return self.found[trainee.id, module.id]

    def under_codes(self, codes: Mapping[str, str]) -> Grades:
        """Return the same grades, in which a code is all that is said of a trainee.

        Parameters
        ----------
        codes
            By trainee.
        """
        trainees = [Trainee(codes[trainee.id]) for trainee in self.trainees]
        return replace(
            self,
            # In another order, which would tell as much as the names.
            trainees=sorted(trainees, key=lambda trainee: trainee.id),
            found={(codes[id_], module): one for (id_, module), one in self.found.items()},
        )


def most_open(states: Iterator[State]) -> State:
    """Return the state of what consists of parts in these states."""
    return max(states, key=get_args(State).index, default="missing")
