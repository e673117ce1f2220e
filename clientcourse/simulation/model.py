"""The item response model: who knows what, and which mistakes attract whom.

Whether a trainee gets an item right follows Rasch, G. (1960), Probabilistic models for some
intelligence and attainment tests. Which mistake is made otherwise follows the nominal response
model of Bock, R. D. (1972), Psychometrika 37, 29-51, among the mistakes alone. The two levels
together are a nested logit model: Suh, Y. and Bolt, D. M. (2010), Psychometrika 75, 454-473.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from clientcourse.simulation.chance import chance

_SLOPE = 0.4
"""Standard deviation of how differently strong and weak trainees are drawn to a mistake."""


@cache
def difficulty(seed: int, item: str) -> float:
    """Return an item's difficulty: drawn from a standard normal distribution by its id alone."""
    return float(chance(seed, "difficulty", item).standard_normal())


def probability(ability: float, item_difficulty: float) -> float:
    """Return how probable it is that somebody of this ability gets an item right.

    Examples
    --------
    >>> probability(0.5, 0.5)
    0.5
    """
    return 1 / (1 + math.exp(item_difficulty - ability))


def pulls(seed: int, item: str, mistakes: Sequence[str], ability: float) -> list[float]:
    """Return how strongly each of some mistakes attracts somebody of this ability.

    Parameters
    ----------
    item
        Its id.
    mistakes
        What each is called; the same name in the same item always attracts in the same way.

    Returns
    -------
    list[float]
        Weights: they are as the probabilities of the mistakes are.
    """
    lines = (_line(seed, item, mistake) for mistake in mistakes)
    return [math.exp(intercept + slope * ability) for intercept, slope in lines]


@cache
def _line(seed: int, item: str, mistake: str) -> tuple[float, float]:
    intercept, slope = chance(seed, "mistake", item, mistake).standard_normal(2)
    return float(intercept), float(slope) * _SLOPE
