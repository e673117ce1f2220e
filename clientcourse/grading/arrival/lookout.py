"""Looks at the inbound folder, at `submitted/` and at the gradebook for what is left to do."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from clientcourse.grading.arrival.inbound import Arrival, NotWhole, Refused, arrivals, opened
from clientcourse.grading.arrival.marks import Marks
from clientcourse.grading.arrival.one import Way
from clientcourse.grading.arrival.state import (
    changed,
    collected_at,
    is_being_changed,
    is_graded,
    wanted,
)
from clientcourse.grading.batch.submissions import Submission
from clientcourse.language import Text

_MARKS_EVERY = 5.0  # seconds; whoever marks has paused if nothing changed from one look to the next
_NOT_WHOLE = 60.0  # seconds after which an unfinished submission is worth a line

View = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Left:
    """A submission with something left to do.

    Parameters
    ----------
    arrival
        What is to be collected first, if anything is.
    view
        What was seen of it; while this is the same, nothing has happened to it.
    """

    submission: Submission
    arrival: Arrival | None
    view: View


class Lookout:
    """Sees what is left to do; what it remembers only saves it work.

    Parameters
    ----------
    modules
        Which ones are looked after; all, and those that are yet to come, if none is named.

    Attributes
    ----------
    waits
        Whether something is left that somebody else is changing, or may be, as the gradebook could
        not be read, as of the last look.
    """

    def __init__(self, way: Way, modules: Sequence[str]) -> None:
        self._way, self._named = way, modules
        self.waits = False
        self._root, self._inbound = way.course.root, way.course.inbound
        self._done: dict[Submission, View] = {}
        self._said: set[str] = set()
        self._marks, self._marks_at = Marks(), 0.0
        self._being_marked: set[tuple[str, str]] = set()

    def look(self, busy: Collection[str]) -> Iterator[Left]:
        """Yield what is left to do, what has arrived first; while there is no gradebook, nothing.

        Parameters
        ----------
        busy
            Trainees whose submissions are not looked at now.
        """
        self.waits = False
        try:
            yield from self._look(busy)
        except SQLAlchemyError as error:  # its server is restarted, for example
            self.waits = True
            self._say_once("gradebook", "gradebook", why=str(getattr(error, "orig", error)))

    def _look(self, busy: Collection[str]) -> Iterator[Left]:
        modules = self._named or self._way.course.modules()
        self._look_at_marks(modules)
        arrived = arrivals(self._inbound, modules, self.refuse)
        known = {Submission(self._root, module, trainee) for trainee, module in arrived}
        collected = []
        for one in sorted(known | self._collected(modules), key=lambda one: _order(one, arrived)):
            if one.trainee in busy:
                continue
            several = arrived.get((one.trainee, one.module), [])
            view = self._view(one, several)
            if self._done.get(one) == view:
                continue
            arrival, unfinished = self._to_collect(one, several)
            if arrival:
                yield Left(one, arrival, view)
            else:
                collected.append((one, view, unfinished))
        for one, view, unfinished in collected:
            with suppress(OSError):  # something was moved away meanwhile
                if not self._is_left(one):
                    if not unfinished:
                        self._done[one] = view
                elif is_being_changed(one):
                    self.waits = True
                elif (one.trainee, one.module) not in self._being_marked:
                    yield Left(one, None, view)

    def refuse(self, name: str, why: Text) -> None:
        """Leave alone what has this name in the inbound folder, and say so once."""
        self._say_once(f"refused {name}", "refused", name=name, why=why)

    def _view(self, one: Submission, several: Sequence[Arrival]) -> View:
        return (
            several[0].folder.name if several else None,
            changed(one.folder),
            changed(one.graded),
            self._marks.of.get((one.trainee, one.module)),
        )

    def _collected(self, modules: Sequence[str]) -> set[Submission]:
        with suppress(FileNotFoundError), os.scandir(self._root / "submitted") as trainees:
            return {
                Submission(self._root, module, trainee.name)
                for trainee in trainees
                for module in modules
                if changed(self._root / "submitted" / trainee.name / module)
            }
        return set()

    def _to_collect(
        self, one: Submission, several: Sequence[Arrival]
    ) -> tuple[Arrival | None, bool]:
        """Return what is to be collected, and whether something is being handed in right now."""
        unfinished = False
        collecting = self._way.course.collecting
        due = self._marks.due.get(one.module) if collecting.before_duedate else None
        for arrival in wanted(several, collected_at(one), due):
            name = arrival.folder.name
            if f"refused {name}" in self._said:
                continue
            try:
                with opened(arrival, check_owner=collecting.check_owner):
                    return arrival, unfinished
            except Refused as error:
                self.refuse(name, error.why)
            except NotWhole:
                unfinished = True
                if 0 < changed(arrival.folder) < time.time_ns() - _NOT_WHOLE * 1e9:
                    self._say_once(f"not whole {name}", "not-whole", name=name)
        return None, unfinished

    def _is_left(self, one: Submission) -> bool:
        """Tell whether something is left to do about what is in `submitted/`."""
        if not changed(one.folder):
            return False
        return not (is_graded(one) and self._way.is_handed_back(one))

    def _look_at_marks(self, modules: Sequence[str]) -> None:
        now = time.monotonic()
        if self._marks_at and now < self._marks_at + _MARKS_EVERY:
            return
        marks = self._way.marks.read(modules)
        self._said.discard("gradebook")
        before = self._marks.of if self._marks_at else marks.of
        self._being_marked = {about for about in marks.of if before.get(about) != marks.of[about]}
        self._marks, self._marks_at = marks, now

    def _say_once(self, key: str, event: str, **about: object) -> None:
        if key not in self._said:
            self._said.add(key)
            self._way.log.say(event, **about)


def _order(one: Submission, arrived: dict[tuple[str, str], list[Arrival]]) -> tuple[bool, str]:
    several = arrived.get((one.trainee, one.module))
    return (not several, several[0].at.isoformat() if several else one.trainee)
