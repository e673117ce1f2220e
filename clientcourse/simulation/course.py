"""A copy of a course with the submissions of model trainees in it, as if they were collected."""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, Student
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from clientcourse.authoring.duplicate import duplicate_course, empty_own
from clientcourse.authoring.load import load_course
from clientcourse.errors import CourseError
from clientcourse.grading.configured import configuration
from clientcourse.simulation.handout import Handout
from clientcourse.simulation.timing import due_dates, finished

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.simulation.cohort import Cohort, HandingIn, SimulatedTrainee

_MARK = ".clientcourse-simulated"
_STAMP = "timestamp.txt"
_STAMP_FORMAT = "%Y-%m-%d %H:%M:%S.%f UTC"
_LAST_LOOK = dt.timedelta(minutes=5)
"""Between the last lesson and handing in."""

_CONFIG = '''"""Written by `clientcourse simulate`: model trainees, kept apart from real ones."""

from pathlib import Path

from clientcourse.grading.config import configure

here = Path(__file__).parent.resolve()
c = get_config()
configure(c, here)
c.CourseDirectory.db_url = f"sqlite:///{{here / 'gradebook.db'}}"
c.Exchange.root = str(here / "exchange")
c.Sandbox.enabled = {fenced}
'''


class CannotSimulate(CourseError):
    """A simulation cannot be made, or not be graded."""


@dataclass(frozen=True)
class Submissions:
    """What model trainees handed in of a module.

    Parameters
    ----------
    how
        How each trainee handed in, in the order of the cohort.
    """

    module: str
    how: Sequence[HandingIn]


def make_course(
    root: Path, to: Path, modules: Sequence[str], language: Language, cohort: Cohort
) -> list[Submissions]:
    """Make a course folder in which a cohort has handed in some modules.

    Parameters
    ----------
    root
        The course's root folder, which is only read.
    to
        The folder; what an earlier simulation has left there is removed.
    modules
        Ids of the modules; all of them if none is named.
    language
        Of the copy.

    Raises
    ------
    NotOurs
        If the folder holds something else.
    CannotSimulate
        If there is no such module, or nbgrader refuses to release one.
    CourseProblems
        If the course has mistakes.
    """
    known = load_course(root).modules
    due, lessons = due_dates(known), {module.id: module.lessons for module in known}
    if unknown := [module for module in modules if module not in lessons]:
        raise CannotSimulate(
            f"There is no module {', '.join(unknown)}; the course has {', '.join(lessons)}."
        )
    empty_own(to, _MARK)
    # Only Linux has a fence; model trainees are harmless.
    config = _CONFIG.format(fenced=sys.platform == "linux")
    (to / "nbgrader_config.py").write_text(config, encoding="utf-8")
    duplicate_course(root, to, language, due)
    trainees = cohort.trainees()
    chosen = [module for module in lessons if module in (modules or lessons)]
    _release(to, {module: due[module] for module in chosen}, trainees)
    made = []
    for module in chosen:
        handouts = [Handout.of(to, module, lesson) for lesson in lessons[module]]
        ways = [cohort.hands_in(trainee, module) for trainee in trainees]
        for trainee, how in zip(trainees, ways, strict=True):
            if how != "not at all":
                ends = finished(trainee, module, lessons[module], how, due[module])
                _hand_in(to / "submitted" / trainee.name / module, trainee, handouts, ends)
        made.append(Submissions(module, ways))
    return made


def _release(
    course: Path, due: Mapping[str, dt.datetime], trainees: Sequence[SimulatedTrainee]
) -> None:
    """Make `release/` and a gradebook that knows modules, with their dates, and trainees."""
    coursedir = CourseDirectory(config=configuration(course))
    api = NbGraderAPI(coursedir, config=coursedir.config)
    with warnings.catch_warnings():
        # nbgrader's models make SQLAlchemy remark on its own autoflush; it is of no concern.
        warnings.simplefilter("ignore", SAWarning)
        for module in due:
            made = api.generate_assignment(module)
            if not made["success"]:
                raise CannotSimulate(f"nbgrader did not release {module}:\n{made['log']}")
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            for module, moment in due.items():
                utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
                gradebook.find_assignment(module).duedate = utc
            # In one go: nbgrader's own way writes to the disk for each.
            gradebook.db.add_all(Student(id=trainee.name) for trainee in trainees)
            gradebook.db.commit()


def _hand_in(
    folder: Path,
    trainee: SimulatedTrainee,
    handouts: Sequence[Handout],
    ends: Mapping[str, dt.datetime],
) -> None:
    """Write what a trainee hands in of a module, with the time stamp that collecting leaves."""
    folder.mkdir(parents=True)
    for handout in handouts:
        for name, data in handout.done_by(trainee, ends[handout.public.lesson]).items():
            (folder / name).write_bytes(data)
    moment = (max(ends.values()) + _LAST_LOOK).astimezone(dt.UTC)
    (folder / _STAMP).write_text(f"{moment.strftime(_STAMP_FORMAT)}\n")
