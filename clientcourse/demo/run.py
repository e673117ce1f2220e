"""The whole way once: from `course/` to released feedback and a report, for model trainees."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeSubmit
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from clientcourse.authoring.duplicate import duplicate_course, empty_own
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.demo.instructor import mark
from clientcourse.demo.trainees import Desk, ModelTrainee, cohort, solutions
from clientcourse.errors import CourseError
from clientcourse.grading.results import ItemResult, read_results
from clientcourse.language import Text
from clientcourse.report.cohort import read_cohort
from clientcourse.report.write import write_report

if TYPE_CHECKING:
    from clientcourse.language import Language

CELL_SECONDS = 20
"""How long a cell may run here; short, because one model trainee loops for ever."""

_MARK = ".clientcourse-demo"

_CONFIG = '''"""Written by `clientcourse demo`: the course of this folder, with its own exchange."""

from pathlib import Path

from clientcourse.grading.config import configure

here = Path(__file__).parent.resolve()
c = get_config()
configure(c, here)
# Whatever this machine grades otherwise.
c.CourseDirectory.db_url = f"sqlite:///{{here / 'gradebook.db'}}"
c.Exchange.root = str(here.parent / "exchange")
c.Exchange.cache = str(here.parent / "cache")
c.Execute.timeout = {seconds}
c.Sandbox.enabled = {fenced}
'''

_STAGES = {
    "build": Text(zh="生成 source/", en="Build source/"),
    "generate": Text(zh="生成并发布作业", en="Generate and release the assignments"),
    "work": Text(zh="模拟学员领取、作答、提交", en="Model trainees fetch, work and submit"),
    "collect": Text(zh="收取提交", en="Collect the submissions"),
    "autograde": Text(zh="自动评分", en="Grade"),
    "mark": Text(zh="批改文字答案", en="Mark the answers in words"),
    "feedback": Text(zh="生成并发还反馈", en="Generate and return the feedback"),
    "report": Text(zh="写报告", en="Write the report"),
}
_WORDS = {
    "trainee": Text(zh="学员", en="Trainee"),
    "points": Text(zh="得分", en="Points"),
    "of": Text(zh="满分", en="of"),
    "missing": Text(zh="未作答", en="Open items"),
    "title": Text(zh="得分一览", en="Scores"),
    "look": Text(zh="可以打开看看：", en="Open and look:"),
    "feedback": Text(zh="一份反馈", en="one feedback page"),
    "report": Text(zh="班级报告", en="the cohort report"),
    "summary": Text(zh="数据汇总", en="the figures"),
}


class DemoError(CourseError):
    """A step of the demo failed."""


@dataclass
class Demo:
    """One run of the demo.

    Parameters
    ----------
    root
        The course's root folder, which is only read.
    to
        Folder that the demo works in; emptied first.
    language
        Language of the course, of the feedback and of what is printed.
    trainees
        Who takes part.
    console
        Where progress is shown.
    marked
        Whether the model instructor marks what was written in words, before the feedback.
    """

    root: Path
    to: Path
    language: Language
    trainees: Sequence[ModelTrainee] = field(default_factory=cohort)
    console: Console = field(default_factory=Console)
    marked: bool = True
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def course(self) -> Path:
        """The course folder that the demo grades in."""
        return self.to / "course"

    @property
    def db_url(self) -> str:
        """The demo's gradebook."""
        return f"sqlite:///{self.course / 'gradebook.db'}"

    def run(self) -> dict[str, Any]:
        """Run every stage, print a table of scores, and return what `summary.json` holds.

        Raises
        ------
        NotOurs
            If the folder holds something else.
        DemoError
            If nbgrader refuses a step.
        CourseProblems
            If the course has mistakes.
        """
        empty_own(self.to, _MARK)
        self.course.mkdir(parents=True)
        with _own_jupyter_folders(self.to), warnings.catch_warnings():
            # nbgrader's models make SQLAlchemy remark on its own autoflush; it is of no concern.
            warnings.simplefilter("ignore", SAWarning)
            with self._stage("build"):
                modules = self._set_up()
            api, config = self._nbgrader()
            with self._stage("generate"):
                for module in modules:
                    _must(api.generate_assignment(module), f"generate {module}")
                    _must(api.release_assignment(module), f"release {module}")
            with self._stage("work"):
                for trainee in self.trainees:
                    self._tell(trainee.name)
                    for module in modules:
                        self._work(trainee, module, config)
            with self._stage("collect"):
                for module in modules:
                    _must(api.collect(module), f"collect {module}")
            with self._stage("autograde"):
                for module in modules:
                    for trainee in self.trainees:
                        _must(api.autograde(module, trainee.name), f"autograde {trainee.name}")
                        self._tell_score(trainee.name, module)
            with self._stage("mark"):
                for module in modules if self.marked else []:
                    mark(self.course, module, self.db_url)
            with self._stage("feedback"):
                for module in modules:
                    _must(api.generate_feedback(module), f"feedback on {module}")
                    _must(api.release_feedback(module), f"return feedback on {module}")
            with self._stage("report"):
                read = read_cohort(self.course, self.db_url, self.language)
                report = write_report(read, self.language, self.to / "report")[0]
        results = [r for m in modules for r in read_results(self.course, m, self.db_url)]
        summary = self._summary(results, modules)
        path = self.to / "summary.json"
        path.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self._show(results, summary, modules, report, path)
        return summary

    def _set_up(self) -> list[str]:
        config = self.course / "nbgrader_config.py"
        # Model trainees are known to be harmless; only Linux has a fence.
        fenced = sys.platform == "linux"
        config.write_text(_CONFIG.format(seconds=CELL_SECONDS, fenced=fenced), encoding="utf-8")
        (self.to / "exchange").mkdir()
        (self.to / "exchange").chmod(0o777)
        duplicate_course(self.root, self.course, self.language)
        return [module.id for module in load_course(self.course).modules]

    def _nbgrader(self) -> tuple[NbGraderAPI, Config]:
        config = PyFileConfigLoader("nbgrader_config.py", str(self.course)).load_config()
        coursedir = CourseDirectory(config=config)
        authenticator = Authenticator(config=config)
        return NbGraderAPI(coursedir, authenticator, config=config), config

    def _work(self, trainee: ModelTrainee, module: str, config: Config) -> None:
        home = self.to / "trainees" / trainee.name
        home.mkdir(parents=True, exist_ok=True)
        coursedir = CourseDirectory(config=config)
        coursedir.student_id = trainee.name
        coursedir.assignment_id = module
        exchange = {
            "coursedir": coursedir,
            "authenticator": Authenticator(config=config),
            "config": config,
            "assignment_dir": str(home),
        }
        with contextlib.chdir(home):
            ExchangeFetchAssignment(**exchange).start()
            lessons = next(m.lessons for m in load_course(self.course).modules if m.id == module)
            for lesson in lessons:
                source = self.course / "source" / module / f"{lesson}.ipynb"
                bank = load_bank(self.course, module, lesson)
                trainee.work(Desk(home / module, lesson, bank, solutions(source)))
            coursedir.assignment_id = module
            ExchangeSubmit(**exchange).start()

    @contextlib.contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self.console.print(f"[bold]{_STAGES[name][self.language]}[/bold]")
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)
        self.console.print(f"  [dim]{self.seconds[name]:.1f} s[/dim]")

    def _tell(self, line: str) -> None:
        self.console.print(f"  {line}", highlight=False)

    def _tell_score(self, trainee: str, module: str) -> None:
        with Gradebook(self.db_url) as gradebook:
            submission = gradebook.find_submission(module, trainee)
            self._tell(f"{trainee}: {submission.score:g} / {submission.max_score:g}")

    def _summary(self, results: Sequence[ItemResult], modules: Sequence[str]) -> dict[str, Any]:
        scores: dict[str, dict[str, float]] = {}
        largest: dict[str, float] = {}
        for result in results:
            scores.setdefault(result.trainee, {})[result.item] = result.points
            largest[result.item] = result.max_points
        return {
            "submissions": len(self.trainees) * len(modules),
            "seconds": self.seconds,
            "scores": scores,
            "max": sum(largest.values()),
            "max_by_item": largest,
        }

    def _show(
        self,
        results: Sequence[ItemResult],
        summary: dict[str, Any],
        modules: Sequence[str],
        report: Path,
        path: Path,
    ) -> None:
        words = {name: text[self.language] for name, text in _WORDS.items()}
        table = Table(title=words["title"])
        table.add_column(words["trainee"])
        for name in ("points", "of", "missing"):
            table.add_column(words[name], justify="right")
        for trainee, scores in summary["scores"].items():
            missing = sum(r.trainee == trainee and r.verdict == "missing" for r in results)
            total = sum(scores.values())
            table.add_row(trainee, f"{total:.2f}", f"{summary['max']:g}", str(missing))
        self.console.print(table)
        self.console.print(words["look"])
        lesson = load_course(self.course).modules[0].lessons[0]
        feedback = self.course / "feedback" / self.trainees[0].name / modules[0] / f"{lesson}.html"
        for name, file in (
            ("feedback", feedback),
            ("report", report),
            ("summary", path),
        ):
            self.console.print(f"  {words[name]}: {file}", soft_wrap=True, highlight=False)


def _must(result: dict[str, Any], step: str) -> None:
    if not result["success"]:
        raise DemoError(f"nbgrader could not {step}:\n{result['log']}\n{result.get('error')}")


@contextlib.contextmanager
def _own_jupyter_folders(to: Path) -> Iterator[None]:
    """Keep Jupyter's and IPython's own files inside the demo's folder."""
    ours = {
        "JUPYTER_DATA_DIR": str(to / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(to / "jupyter" / "runtime"),
        "JUPYTER_CONFIG_DIR": str(to / "jupyter" / "config"),
        "IPYTHONDIR": str(to / "jupyter" / "ipython"),
    }
    for folder in ours.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
