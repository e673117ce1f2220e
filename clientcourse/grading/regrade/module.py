"""Regrades a module, or shows what that would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clientcourse.authoring.build import build, stale
from clientcourse.authoring.problems import CourseProblems
from clientcourse.errors import CourseError
from clientcourse.grading.arrival.course import Course, NoExchange
from clientcourse.grading.arrival.feedback import FeedbackWriter
from clientcourse.grading.arrival.marks import MarkReader
from clientcourse.grading.arrival.one import Way
from clientcourse.grading.arrival.state import is_graded
from clientcourse.grading.arrival.words import Log
from clientcourse.grading.batch.module import make_ready
from clientcourse.grading.batch.submissions import Submission, submissions
from clientcourse.grading.batch.workers import grade_here
from clientcourse.grading.config import built_language
from clientcourse.grading.configured import configuration, db_url_of
from clientcourse.grading.gradebook import must_exist
from clientcourse.grading.regrade.change import Change, Place
from clientcourse.grading.regrade.log import FILE, Record
from clientcourse.grading.regrade.marks import Manual, moves, read_manual
from clientcourse.grading.regrade.one import Order, Regraded, preview, regrade
from clientcourse.grading.regrade.screen import Screen
from clientcourse.grading.regrade.worth import cells_of, read_worth
from clientcourse.grading.sandbox.parent import WarmParent
from clientcourse.grading.sandbox.settings import Sandbox

NO_REASON = 'Say why, for the record: --why "key of first-response was B".'


@dataclass(frozen=True)
class Regrading:
    """What became of a module's submissions, by trainee."""

    found: Sequence[Regraded]

    @property
    def failed(self) -> list[Regraded]:
        """Those that could not be regraded, or not to the end."""
        return [one for one in self.found if one.failed]

    @property
    def changes(self) -> list[Change]:
        """What changes, for each trainee for whom anything does."""
        return [one.change for one in self.found if one.change]


def regrade_module(
    root: Path,
    module: str,
    *,
    why: str | None = None,
    sandbox: WarmParent | None = None,
    workers: int = 1,
) -> Regrading:
    """Regrade what was graded of a module by the course as it is now, or show what would change.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.
    why
        The reason for the record; without one nothing is changed.
    sandbox
        Where trainee code is run; `None` if it could not be made, which matters only if the
        configuration asks for it.
    workers
        How many processes are to grade side by side.

    Raises
    ------
    CourseError
        If nothing can be graded, or if the reason is empty.
    """
    if why is not None and not why.strip():
        raise CourseError(NO_REASON)
    screen = Screen(root)
    db_url = db_url_of(root)
    submitted = submissions(root, module)
    must_exist(db_url)
    make_ready(root)
    given = read_manual(db_url, module)
    # Who was taken out of the gradebook would be put back by grading.
    graded = [one for one in submitted if is_graded(one) and one.trainee in given]
    if _is_not_built(root, module):
        screen.say("not-built")
    parts = cells_of(root, module)
    dropped = frozenset(
        place for place, worth in parts.items() if all(dropped for _, dropped in worth.values())
    )
    order = _order(root, dropped, Record(root).aside(module), why, screen)
    todo = [
        one
        for one in graded
        if not one.is_current()
        or moves(dropped, given.get(one.trainee, {}), order.aside.get(one.trainee, {}))
    ]
    found = list(screen.following(_regrade(root, todo, order, sandbox, workers), module, len(todo)))
    regrading = Regrading(sorted(found, key=lambda one: one.trainee))
    screen.show(regrading.found, len(graded), parts, read_worth(db_url, module))
    if len(graded) < len(submitted):
        screen.say("not-graded", number=len(submitted) - len(graded))
    if regrading.changes:
        screen.say("done" if why else "dry", module=module, file=FILE)
    return regrading


def _order(
    root: Path,
    dropped: frozenset[Place],
    aside: Mapping[str, Manual],
    why: str | None,
    screen: Screen,
) -> Order:
    """Return what all regradings of this run have in common."""
    try:
        course = Course(root)
    except NoExchange as error:
        screen.say("no-exchange", why=error)
        return Order(None, dropped, aside, why or "")
    way = None
    if why:
        writer, log = FeedbackWriter(course), Log(course.language)
        way = Way(course, MarkReader(course.db_url), writer, log, release=True)
    return Order(course.exchange, dropped, aside, why or "", way)


def _regrade(
    root: Path,
    todo: Sequence[Submission],
    order: Order,
    sandbox: WarmParent | None,
    workers: int,
) -> Iterator[Regraded]:
    if not todo:
        return
    settings = Sandbox(config=configuration(root))
    here = (sandbox or WarmParent()) if settings.enabled else None
    do = partial(regrade if order.why else preview, order)
    for outcome in grade_here(todo, here, workers, do):
        # Of a submission whose process died it is said only that.
        yield outcome if isinstance(outcome, Regraded) else Regraded(**vars(outcome))


def _is_not_built(root: Path, module: str) -> bool:
    """Tell whether `source/`, which has the solutions, is older than what authors wrote."""
    if not (root / "course" / "course.yaml").exists():
        return False
    try:
        files = build(root, built_language(root))
    except CourseProblems:
        return False  # in another module, perhaps; in this one it is told when it is graded
    mine = {path: content for path, content in files.items() if path.parts[0] == module}
    return any(path.parts[0] == module for path in stale(mine, root / "source"))
