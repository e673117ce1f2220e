"""Grades one submission in this process: nbgrader's own steps, in one go and all or nothing."""

from __future__ import annotations

import contextlib
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbconvert.writers import FilesWriter
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning

from clientcourse.errors import CourseError
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.batch.workshop import Workshop
from clientcourse.grading.configured import configuration
from clientcourse.grading.digest import digests
from clientcourse.grading.gradebook import SharedGradebook


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Parameters
    ----------
    points, max_points
        By the gradebook; 0 of 0 if it could not be graded.
    waiting
        Whether a person still has to mark something.
    seconds
        How long it took.
    failed
        Why it could not be graded; empty if it was.
    """

    trainee: str
    points: float = 0
    max_points: float = 0
    waiting: bool = False
    seconds: float = 0
    failed: str = ""


def grade(submission: Submission) -> Outcome:
    """Grade one submission: gradebook, `autograded/` and the note of it.

    Whatever happens, at any moment, the gradebook holds all of the new grades or none of them, and
    `autograded/` all of the new notebooks or none. A submission that was interrupted counts as not
    graded.
    """
    start = time.perf_counter()
    try:
        grader = _grader(submission.root)
        points, max_points, waiting = grader.grade(submission)
    except CourseError:
        raise  # nothing can be graded here
    except Exception as error:  # noqa: BLE001 - one submission must not stop the others
        reason = f"{type(error).__name__}: {error}"
        return Outcome(submission.trainee, seconds=time.perf_counter() - start, failed=reason)
    seconds = time.perf_counter() - start
    return Outcome(submission.trainee, points, max_points, waiting, seconds)


@lru_cache(maxsize=1)
def _grader(root: Path) -> Grader:
    return Grader(root)


class Grader:
    """Grades submissions of one course, one after the other.

    Attributes
    ----------
    gradebook
        Shared by all steps of nbgrader while one is graded.
    workshop
        Where all is made before it is put in its place.
    """

    def __init__(self, root: Path) -> None:
        self.coursedir = CourseDirectory(config=configuration(root))
        self.gradebook = SharedGradebook(self.coursedir.db_url, self.coursedir.course_id)
        self.workshop = Workshop(root)
        # Nothing half-done is ever seen where others look.
        self.coursedir.autograded_directory = str(self.workshop.folder.relative_to(root))
        self._autograde = _Autograde(self.coursedir, config=self.coursedir.config)

    def grade(self, submission: Submission) -> tuple[float, float, bool]:
        """Grade one submission; return its points, what was possible and whether a person waits."""
        with submission.locked():
            self.take_in(submission)
            fingerprint = submission.fingerprint()
            submission.forget_graded()
            with self.at_work(submission):
                self.run(submission, save=self.gradebook.save)
                self.score(submission)
                self.gradebook.save()
                found = self.gradebook.find_submission(submission.module, submission.trainee)
                result = float(found.score), float(found.max_score), bool(found.needs_manual_grade)
            self.put_in_place(submission)
            submission.note_graded(fingerprint)
            return result

    def take_in(self, submission: Submission) -> None:
        """Turn to a submission, and make it fit to be graded."""
        self.coursedir.assignment_id = submission.module
        self.coursedir.student_id = submission.trainee
        self._autograde.init_notebooks()

    def made(self, submission: Submission) -> Path:
        """Return where the graded notebooks of a submission are made."""
        return self.workshop.folder / submission.trainee / submission.module

    @contextlib.contextmanager
    def at_work(self, submission: Submission) -> Iterator[None]:
        """Have all steps share the gradebook, which in the end forgets what is not saved."""
        shutil.rmtree(self.made(submission), ignore_errors=True)
        with (
            self.gradebook.shared(),
            contextlib.chdir(submission.root),
            warnings.catch_warnings(),
        ):
            # nbgrader's gradebook brings one about with each new submission, to no harm.
            warnings.simplefilter("ignore", SAWarning)
            yield

    def run(self, submission: Submission, save: Callable[[], None]) -> None:
        """Run what was submitted; see `_Autograde.run`."""
        self._autograde.run(submission, save)

    def score(self, submission: Submission) -> None:
        """Score what was run: gradebook, which is not saved, and graded notebooks."""
        self._autograde.score(submission)

    def put_in_place(self, submission: Submission) -> None:
        """Put what was made into `autograded/`."""
        put_in_place(self.made(submission), submission.graded)
        digests(submission, [Path(notebook).stem for notebook in self._autograde.notebooks])


def put_in_place(made: Path, place: Path) -> None:
    """Put a new folder in an old one's place, which then holds all of it or, for a moment, nothing.

    Parameters
    ----------
    made
        On the same file system.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    old = made.with_name(f"{made.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


class _Autograde(Autograde):  # type: ignore[misc]
    """nbgrader's autograding of one submission, with both of its passes in one."""

    def __init__(self, coursedir: CourseDirectory, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(coursedir, **kwargs)
        self.writer = FilesWriter(parent=self)
        both = [*self.sanitize_preprocessors, *self.autograde_preprocessors]
        # Without steps of its own: they are taken one by one, and the notebook is written once.
        self.exporter = self.exporter_class(parent=self, config=self.config)
        names = list(reversed(dict.fromkeys(reversed(both))))  # what is in both comes last
        steps = [step(parent=self.exporter) for step in names]
        first_that_writes = names.index(SaveAutoGrades)
        self._run_steps, self._score_steps = steps[:first_that_writes], steps[first_that_writes:]
        self._ran: list[tuple[NotebookNode, dict[str, Any]]] = []

    def run(self, submission: Submission, save: Callable[[], None]) -> None:
        """Run a submission that was taken in.

        Parameters
        ----------
        save
            Called once the gradebook knows of the submission, before its code is run: no other
            grader has to wait for that. And after the run: a person may have marked meanwhile.
        """
        [self.notebooks] = self.assignments.values()
        self.run_pre_convert_hook()
        self.init_assignment(submission.module, submission.trainee)
        save()
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            self._ran = [self._run(Path(notebook)) for notebook in self.notebooks]
        save()

    def score(self, submission: Submission) -> None:
        """Score what was run, into the course directory's `autograded` folder.

        Only then is anything written: while one writes to an SQLite gradebook, no other can.
        """
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            for one in self._ran:
                scored, resources = _take(self._score_steps, *one)
                resources["output_extension"] = self.exporter.file_extension
                self.write_single_notebook(nbformat.writes(scored) + "\n", resources)
        self.set_permissions(submission.module, submission.trainee)
        self.run_post_convert_hook()

    def _run(self, notebook: Path) -> tuple[NotebookNode, dict[str, Any]]:
        """Sanitize and run one notebook; the gradebook is only read."""
        resources = self.init_single_notebook_resources(str(notebook))
        about = resources["nbgrader"]
        # Run where the course's own files have replaced the submitted ones.
        path = self._format_dest(about["assignment"], about["student"])
        resources["metadata"] = {"name": about["notebook"], "path": path}
        with notebook.open(encoding="utf-8") as file:
            return _take(self._run_steps, self.exporter.read(file, about), resources)


def _take(
    steps: Sequence[Preprocessor], notebook: NotebookNode, resources: dict[str, Any]
) -> tuple[NotebookNode, dict[str, Any]]:
    for step in steps:
        notebook, resources = step(notebook, resources)
    return notebook, resources
