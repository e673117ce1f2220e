"""What regrading changes for one trainee: pure comparison of how things stood and stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Reissue = Literal["released", "written", ""]
"""What is done again with the feedback: written and released, written only, nothing."""


class Place(NamedTuple):
    """A graded cell of a module, by nbgrader's names."""

    lesson: str
    cell: str


@dataclass(frozen=True)
class Mark:
    """What the gradebook says of one trainee's graded cell.

    Parameters
    ----------
    auto, manual
        Points by machine and by a person; `None` for none. A person's count.
    extra
        Extra credit.
    max_points
        What the cell was worth when it was released.
    """

    auto: float | None
    manual: float | None
    extra: float
    max_points: float

    @property
    def points(self) -> float:
        """What counts."""
        given = self.auto if self.manual is None else self.manual
        return (given or 0.0) + self.extra


@dataclass(frozen=True)
class Earned:
    """What an item earned, on the scale of the bank."""

    points: float
    max_points: float

    def __str__(self) -> str:
        return f"{self.points:g}/{self.max_points:g}"


@dataclass(frozen=True)
class Standing:
    """How one trainee stands in a module.

    Parameters
    ----------
    items
        What each item of a cell earned, as far as it is scored by machine and counts.
    penalty
        Points lost for being late.
    """

    marks: Mapping[Place, Mark]
    items: Mapping[Place, Mapping[str, Earned]]
    penalty: float = 0.0

    @property
    def total(self) -> float:
        """All points of the module."""
        return round(sum(mark.points for mark in self.marks.values()) - self.penalty, 6)


@dataclass(frozen=True)
class ItemChange:
    """An item before and after; `None` where it did or does not count."""

    item: str
    before: Earned | None
    after: Earned | None


@dataclass(frozen=True)
class CellChange:
    """A graded cell before and after, with those of its items that changed."""

    place: Place
    before: Mark
    after: Mark
    items: tuple[ItemChange, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether its score changes, or would if a person had not given one."""
        return self.before != self.after


@dataclass(frozen=True)
class Change:
    """What regrading changes for one trainee.

    Parameters
    ----------
    before, after, max_points
        Totals of the module.
    cells
        Those in which anything changes, in the order of the gradebook.
    pages
        Whether what feedback is made from changes.
    reissue
        What becomes of the feedback, if that changes.
    resumed
        Whether an earlier run was interrupted, which may have changed some of it already.
    """

    before: float
    after: float
    max_points: float
    cells: tuple[CellChange, ...] = field(default=())
    pages: bool = False
    reissue: Reissue = ""
    resumed: bool = False

    @property
    def seen(self) -> tuple[CellChange, ...]:
        """The cells whose scores change."""
        return tuple(cell for cell in self.cells if cell.is_seen)

    def __bool__(self) -> bool:
        return bool(self.cells) or self.pages


def compare(
    before: Standing, after: Standing, *, pages: bool, reissue: Reissue, resumed: bool = False
) -> Change:
    """Return what changes from one standing to the next, which has the same cells."""
    cells = tuple(
        CellChange(place, before.marks[place], mark, items)
        for place, mark in after.marks.items()
        for items in [_items(before.items.get(place, {}), after.items.get(place, {}))]
        if items or before.marks[place] != mark
    )
    pages = pages or bool(cells) or resumed
    return Change(
        before=before.total,
        after=after.total,
        max_points=sum(mark.max_points for mark in after.marks.values()),
        cells=cells,
        pages=pages,
        reissue=reissue if pages else "",
        resumed=resumed,
    )


def _items(before: Mapping[str, Earned], after: Mapping[str, Earned]) -> tuple[ItemChange, ...]:
    names = dict.fromkeys([*after, *before])
    return tuple(
        ItemChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
