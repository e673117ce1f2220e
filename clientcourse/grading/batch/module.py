"""Grades all submissions of a module that need it and says what became of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clientcourse.authoring.load import load_course
from clientcourse.grading.batch.one import Outcome
from clientcourse.grading.batch.submissions import Submission, submissions
from clientcourse.grading.batch.workers import grade_here
from clientcourse.grading.batch.workshop import clear_left_workshops
from clientcourse.grading.configured import configuration
from clientcourse.grading.gradebook import NoGradebook, make_gradebook
from clientcourse.grading.sandbox.parent import WarmParent
from clientcourse.grading.sandbox.settings import Sandbox
from clientcourse.language import Language, Text

_WORDS = {
    "grading": Text(zh="评分 {module}", en="Grading {module}"),
    "graded": Text(
        zh="{trainee}：{points:g} / {max_points:g}，{seconds:.1f} 秒",
        en="{trainee}: {points:g} of {max_points:g}, {seconds:.1f} s",
    ),
    "waiting": Text(zh="，还有文字题等人批改", en=", and a person has to mark what is in words"),
    "failed": Text(zh="{trainee}：没有评分。{failed}", en="{trainee}: not graded. {failed}"),
    "summary": Text(
        zh="评分 {graded} 份，没有变化 {unchanged} 份，失败 {failed} 份；用时 {seconds:.1f} 秒。",
        en="Graded {graded}, unchanged {unchanged}, failed {failed}; {seconds:.1f} s.",
    ),
    "again": Text(
        zh="已中断。已经评完的都算数；再运行一次，就会接着评其余的。",
        en="Interrupted. What is graded stays so; run it again to go on with the rest.",
    ),
}
_NOT_SHARED = (
    "The machines of a cluster cannot share an SQLite gradebook. Set one on a PostgreSQL server in "
    "nbgrader_config.py, after configure(…): "
    'c.CourseDirectory.db_url = "postgresql+psycopg://account@machine/database".'
)


@dataclass(frozen=True)
class Graded:
    """What became of a module's submissions.

    Parameters
    ----------
    unchanged
        How many had been graded before as they are now.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    unchanged: int = 0

    @property
    def failed(self) -> list[Outcome]:
        """Those that could not be graded."""
        return [outcome for outcome in self.outcomes if outcome.failed]


def grade_module(
    root: Path,
    module: str,
    *,
    sandbox: WarmParent | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    force: bool = False,
) -> Graded:
    """Grade the submissions of a module.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.
    sandbox
        Where trainee code is run on this machine; `None` if it could not be made, which matters
        only if the configuration asks for it.
    workers
        How many processes of this machine are to grade side by side.
    scheduler
        Address of a Dask cluster that grades instead of this machine.
    force
        Whether to grade also what has not changed since it was graded: submission, bank, source.

    Raises
    ------
    CourseError
        If nothing can be graded; among them `NothingSubmitted`, `NoSandbox`,
        `NoGradebook` and `NoCluster`.
    """
    console = Console()
    language = language_of(root)
    make_ready(root, scheduler)
    start = time.perf_counter()
    found = submissions(root, module)
    todo = [one for one in found if force or not one.is_current()]
    graded = Graded(unchanged=len(found) - len(todo))
    settings = Sandbox(config=configuration(root))
    here = settings.enabled and scheduler is None
    sandbox = (sandbox or WarmParent()) if here else None
    try:
        with progress_on(console) as progress:
            title = _WORDS["grading"][language].format(module=module)
            bar = progress.add_task(title, total=len(todo))
            for outcome in _grade(todo, sandbox, workers, scheduler):
                graded.outcomes.append(outcome)
                console.print(_line(outcome, language), highlight=False, markup=False)
                progress.update(bar, advance=1, refresh=True)
    except KeyboardInterrupt:
        console.print(_WORDS["again"][language])
        raise
    summary = _WORDS["summary"][language].format(
        graded=len(graded.outcomes) - len(graded.failed),
        unchanged=graded.unchanged,
        failed=len(graded.failed),
        seconds=time.perf_counter() - start,
    )
    console.print(summary, highlight=False)
    return graded


def progress_on(console: Console) -> Progress:
    """Return a bar for submissions; where there is no terminal it shows nothing."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
        auto_refresh=False,  # without a thread, beside which one had better not fork
    )


def _grade(
    todo: list[Submission], sandbox: WarmParent | None, workers: int, scheduler: str | None
) -> Iterator[Outcome]:
    if scheduler is None:
        return grade_here(todo, sandbox, workers)
    from clientcourse.grading.batch.cluster import grade_on_cluster  # noqa: PLC0415 - an extra

    return grade_on_cluster(todo, scheduler)


def language_of(root: Path) -> Language:
    """Return the language of a course; that of nbgrader itself if it is not one of ours."""
    return load_course(root).language if (root / "course" / "course.yaml").exists() else "en"


def make_ready(root: Path, scheduler: str | None = None) -> None:
    """Make the gradebook, if there is none yet; clear what killed graders left."""
    coursedir = CourseDirectory(config=configuration(root))
    if scheduler and coursedir.db_url.startswith("sqlite"):
        raise NoGradebook(_NOT_SHARED)
    make_gradebook(root, coursedir)
    clear_left_workshops(root)


def _line(outcome: Outcome, language: Language) -> str:
    about = vars(outcome)
    if outcome.failed:
        return _WORDS["failed"][language].format(**about)
    line = _WORDS["graded"][language].format(**about)
    return line + _WORDS["waiting"][language] if outcome.waiting else line
