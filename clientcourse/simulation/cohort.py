"""A cohort of model trainees: their names and abilities, and what each of them does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clientcourse.errors import CourseError
from clientcourse.simulation.answers import Asked, Mistaken
from clientcourse.simulation.chance import chance, drawn
from clientcourse.simulation.coding import Coded, Working, left_open, mistakes, solved
from clientcourse.simulation.model import difficulty, probability, pulls

if TYPE_CHECKING:
    import numpy as np

    from clientcourse.values import Json

HandingIn = Literal["on time", "late", "not at all"]
Outcome = Literal["right", "mistaken", "open"]

_FAR = 10
"""Beyond this everybody knows everything, or nothing."""


class BadCohort(CourseError):
    """A cohort that there cannot be."""


@dataclass(frozen=True)
class SimulatedTrainee:
    """One trainee of a simulation.

    Parameters
    ----------
    name
        The trainee's id. Its chances hang on it.
    ability
        On the scale of the difficulties, which are standard normal: somebody of ability 0 gets
        half of the items right.
    seed
        Of the simulation.
    open
        Share of what the trainee does not know that is left open rather than answered wrongly.
    """

    name: str
    ability: float
    seed: int
    open: float = 0.0

    def knows(self, item: str) -> bool:
        """Tell whether the trainee gets the item of this id right."""
        outcome, _luck = self._try(item)
        return outcome == "right"

    def answer(self, asked: Asked) -> Json:
        """Return the answer to an item; `None` if it is left open."""
        outcome, luck = self._try(asked.item.id)
        match outcome:
            case "right":
                return asked.right
            case "open":
                return None
            case "mistaken":
                return Mistaken(self.seed, self.ability, luck).answer(asked)

    def work(self, exercise: Coded) -> Working:
        """Return what the trainee writes for a data exercise."""
        outcome, luck = self._try(exercise.id)
        match outcome:
            case "right":
                return solved(exercise)
            case "open":
                return left_open()
            case "mistaken":
                ways = list(mistakes(exercise))
                names = [way.name for way in ways]
                return ways[drawn(pulls(self.seed, exercise.id, names, self.ability), luck)]

    def _try(self, item: str) -> tuple[Outcome, np.random.Generator]:
        luck = chance(self.seed, "answer", self.name, item)
        if luck.random() < probability(self.ability, difficulty(self.seed, item)):
            return "right", luck
        return ("open" if luck.random() < self.open else "mistaken"), luck


@dataclass(frozen=True)
class Group:
    """Some trainees whose abilities are normally distributed.

    Parameters
    ----------
    size
        How many they are.
    mean, sd
        Of their abilities, on the scale of `SimulatedTrainee.ability`.
    """

    size: int
    mean: float = 0.0
    sd: float = 1.0


@dataclass(frozen=True)
class Cohort:
    """Trainees of declared abilities, and how they go about handing in.

    One more trainee at the end, or in another order, changes nothing for the others.

    Parameters
    ----------
    groups
        Who takes part; trainees are numbered through them.
    seed
        Another one makes another cohort, and items of other difficulties.
    open
        Share of what a trainee does not know that is left open rather than answered wrongly. Weak
        trainees therefore leave more open.
    late, missing
        Shares of the trainees who hand in a module too late and not at all.

    Raises
    ------
    BadCohort
        If a number is out of its range.
    """

    groups: Sequence[Group]
    seed: int = 0
    open: float = 0.1
    late: float = 0.1
    missing: float = 0.05

    def __post_init__(self) -> None:
        if not self.groups or min(group.size for group in self.groups) < 1:
            raise BadCohort("A cohort needs at least one trainee in every group.")
        # Put so that what is no number is refused, too.
        if not all(abs(one.mean) <= _FAR and 0 <= one.sd <= _FAR for one in self.groups):
            raise BadCohort(
                f"A group's mean lies between -{_FAR} and {_FAR}, its spread between 0 and {_FAR}."
            )
        if self.seed < 0:
            raise BadCohort("The seed cannot be less than 0.")
        shares = (self.open, self.late, self.missing, self.late + self.missing)
        if not all(0 <= share <= 1 for share in shares):
            raise BadCohort("Shares lie between 0 and 1; late and missing together, too.")

    def trainees(self) -> list[SimulatedTrainee]:
        """Return everyone, in the order of their names, such as `sim-0001`."""
        means = [(group.mean, group.sd) for group in self.groups for _ in range(group.size)]
        return [
            self._trainee(f"sim-{number:04d}", mean, sd)
            for number, (mean, sd) in enumerate(means, 1)
        ]

    def _trainee(self, name: str, mean: float, sd: float) -> SimulatedTrainee:
        place = float(chance(self.seed, "ability", name).standard_normal())
        return SimulatedTrainee(name, mean + sd * place, self.seed, self.open)

    def hands_in(self, trainee: SimulatedTrainee, module: str) -> HandingIn:
        """Return whether, and how, a trainee hands in a module."""
        number = chance(self.seed, "handing in", trainee.name, module).random()
        if number < self.missing:
            return "not at all"
        return "late" if number < self.missing + self.late else "on time"
