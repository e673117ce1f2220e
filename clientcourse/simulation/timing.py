"""When model trainees work: how long an item takes, where they pause, when they hand in.

Response times are lognormal, with a speed for every trainee and a time intensity for every item:
van der Linden, W. J. (2006), A lognormal model for response times on test items, Journal of
Educational and Behavioral Statistics 31, 181-204.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from clientcourse.simulation.chance import chance

if TYPE_CHECKING:
    from clientcourse.authoring.load import Module
    from clientcourse.items import Item
    from clientcourse.simulation.cohort import HandingIn, SimulatedTrainee

FIRST_DUE = dt.datetime(2027, 3, 5, 18, tzinfo=dt.timezone(dt.timedelta(hours=8)))
"""When the first module is due, where the course does not say: always the same files."""
EVERY = dt.timedelta(weeks=1)

_TYPICAL = {
    "single": 45,
    "multiple": 70,
    "truefalse": 30,
    "order": 90,
    "match": 80,
    "blank": 60,
    "number": 100,
    "short": 300,
    "table": 400,
    "scenario": 240,
}
"""Seconds that an item of a type takes, with what is read before it."""
_SPREAD = 0.3
"""Standard deviation, on the log scale, of speeds, of intensities and of all the rest."""
_PAUSES = 0.04
"""How often there is a pause before an item: a call, a client, lunch."""
_PAUSE_MINUTES = (11, 50)
_DAYS_EARLY, _DAYS_LATE, _DAYS_BETWEEN = 2.5, 1.5, 0.7
_HOURS_BEFORE = (0.2, 8)
"""At which time of the day a lesson is finished, counted back from the time at which it is due."""


def due_dates(modules: Sequence[Module]) -> dict[str, dt.datetime]:
    """Return when each module is due: what the course says, else one after the other, weekly."""
    return {
        module.id: module.due or FIRST_DUE + number * EVERY for number, module in enumerate(modules)
    }


def finished(
    trainee: SimulatedTrainee,
    module: str,
    lessons: Sequence[str],
    how: HandingIn,
    due: dt.datetime,
) -> dict[str, dt.datetime]:
    """Return when a trainee comes to the end of each lesson, each on a day of its own.

    Who is on time ends the last one before the module is due, who is late after that.
    """
    luck = chance(trainee.seed, "days", trainee.name, module)
    late = how == "late"
    days = 1 + int(luck.exponential(_DAYS_LATE)) if late else -int(luck.exponential(_DAYS_EARLY))
    ends = {}
    for lesson in reversed(lessons):
        hours = dt.timedelta(hours=luck.uniform(*_HOURS_BEFORE))
        ends[lesson] = (due + dt.timedelta(days=days) - hours).replace(microsecond=0)
        days -= 1 + int(luck.exponential(_DAYS_BETWEEN))
    return ends


def moments(
    trainee: SimulatedTrainee, items: Sequence[Item], end: dt.datetime
) -> dict[str, dt.datetime]:
    """Return when a trainee is done with each item of a lesson, in whole seconds.

    Parameters
    ----------
    items
        In the order in which they are answered.
    end
        When the last one is done.
    """
    lengths = {item.id: sum(_seconds(trainee, item)) for item in items}
    left = sum(lengths.values())
    found = {}
    for item, seconds in lengths.items():
        left -= seconds
        found[item] = (end - dt.timedelta(seconds=left)).astimezone(dt.UTC).replace(microsecond=0)
    return found


def _seconds(trainee: SimulatedTrainee, item: Item) -> Iterator[float]:
    """Yield how long an item takes, and the pause before it, if there is one."""
    luck = chance(trainee.seed, "seconds", trainee.name, item.id)
    slowness = _tendency(trainee.seed, "item", item.id) - _tendency(
        trainee.seed, "trainee", trainee.name
    )
    yield _TYPICAL[item.type] * math.exp(_SPREAD * (slowness + luck.standard_normal()))
    if luck.random() < _PAUSES:
        yield 60 * luck.uniform(*_PAUSE_MINUTES)


@cache
def _tendency(seed: int, kind: str, name: str) -> float:
    """Return a trainee's speed or an item's intensity, in standard deviations."""
    return float(chance(seed, "tendency", kind, name).standard_normal())
