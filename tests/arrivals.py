"""Trainees who hand in through a real exchange, and the real `clientcourse watch`."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import (
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeList,
    ExchangeSubmit,
)
from traitlets.config import Config

from clientcourse.authoring.load import load_bank
from clientcourse.demo.trainees import right
from tests.test_path import changed, must, only_first_lesson

COMMAND = Path(sys.executable).parent / "clientcourse"
SECONDS = 60
WORDS = "own-words"
"""A cell that a person marks."""
_SETTINGS = """
c = get_config()
c.Exchange.root = {exchange!r}
c.ExchangeCollect.check_owner = {check_owner}
"""


@dataclass(frozen=True)
class Place:
    """A released course with its exchange."""

    folder: Path

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def inbound(self) -> Path:
        return self.exchange / "toy-course" / "inbound"

    def settle(self, *, check_owner: bool = False) -> None:
        """Let the course know where its exchange is now."""
        settings = self.course / "nbgrader_config.py"
        ours = settings.read_text().split("\nc = get_config()")[0]
        exchange = str(self.exchange)
        settings.write_text(ours + _SETTINGS.format(exchange=exchange, check_owner=check_owner))

    def copy(self, to: Path) -> Place:
        """Return the same course in another place."""
        place = Place(Path(shutil.copytree(self.folder, to)))
        place.settle()
        return place

    def feedback(self, trainee: str) -> Path:
        return self.course / "feedback" / trainee / "greeting" / "first-call.html"

    def released(self) -> list[Path]:
        return sorted((self.exchange / "toy-course" / "feedback").glob("*"))


def place_in(folder: Path) -> Place:
    """Make a course with one lesson and release it."""
    place = Place(folder)
    place.exchange.mkdir(parents=True)
    place.exchange.chmod(0o777)
    place.course.mkdir()
    only_first_lesson(place.course)
    with changed(place.course / "source/greeting") as source:
        about = {"schema_version": 3, "grade_id": WORDS, "points": 5, "task": False}
        flags = {"grade": True, "solution": True, "locked": False}
        metadata = {"nbgrader": {**about, **flags}}
        source.cells.append(nbformat.v4.new_markdown_cell("In your words:", metadata=metadata))
    place.settle()
    must(place.course, "generate_assignment", "greeting")
    must(place.course, "release_assignment", "greeting")
    return place


@dataclass(frozen=True)
class Trainee:
    """Somebody with a home, who works with nbgrader's own exchange."""

    name: str
    place: Place

    @property
    def desk(self) -> Path:
        return self.place.folder / "homes" / self.name / "greeting"

    def _exchange(self) -> dict[str, object]:
        config = Config()
        config.Exchange.root = str(self.place.exchange)
        config.Exchange.cache = str(self.desk.parent / "cache")
        config.CourseDirectory.course_id = "toy-course"
        coursedir = CourseDirectory(config=config)
        coursedir.student_id, coursedir.assignment_id = self.name, "greeting"
        return {
            "coursedir": coursedir,
            "authenticator": Authenticator(config=config),
            "config": config,
            "assignment_dir": str(self.desk.parent),
        }

    def fetch(self) -> None:
        """Fetch the module, unless it is there."""
        if not self.desk.exists():
            self.desk.parent.mkdir(parents=True)
            ExchangeFetchAssignment(**self._exchange()).start()

    def answer(self, *, right_ones: int) -> None:
        """Answer some questions rightly and the others not at all."""
        bank = load_bank(self.place.course, "greeting", "first-call")
        items = [item for quiz in bank.quizzes for item in quiz.items if quiz.use == "graded"]
        answers = {
            item.id: {"value": right(0, item), "at": "2026-03-02T09:00:00Z", "by": "widget"}
            for item in items[:right_ones]
        }
        about = {"schema": 1, "lesson": "first-call", "trainee": self.name, "variant": 0}
        path = self.desk / "first-call.answers.json"
        path.write_text(json.dumps({**about, "answers": answers}))

    def write(self, words: str) -> None:
        """Answer in words."""
        with changed(self.desk) as notebook:
            notebook.cells[-1].source = words

    def run_first(self, code: str) -> None:
        """Put a cell before all others."""
        with changed(self.desk) as notebook:
            notebook.cells.insert(0, nbformat.v4.new_code_cell(code))

    def submit(self) -> Path:
        """Hand in and return the folder in the exchange."""
        submitting = ExchangeSubmit(**self._exchange())
        submitting.start()
        return Path(submitting.inbound_path) / submitting.assignment_filename

    def hand_in(self, right_ones: int = 4) -> Path:
        """Fetch if need be, answer and submit."""
        self.fetch()
        self.answer(right_ones=right_ones)
        return self.submit()

    def fetched_feedback(self) -> list[str]:
        """Fetch feedback, as the Assignment List does, and return all pages, the oldest first."""
        ExchangeFetchFeedback(**self._exchange()).start()
        pages = (self.desk / "feedback").glob("*/first-call.html")
        return [page.read_text() for page in sorted(pages)]

    def sees_feedback(self) -> list[bool]:
        """Return what the Assignment List says of each submission: whether feedback is ready."""
        listing = ExchangeList(**self._exchange(), cached=True)
        listing.start()
        [assignment] = listing.parse_assignments()
        return [one["has_exchange_feedback"] for one in assignment["submissions"]]


def name_gradebook_for_the_machine(gradebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a gradebook where Jupyter's programs are configured, and not in a course."""
    folder = gradebook.parent / "jupyter"
    folder.mkdir()
    settings = f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{gradebook}'\n"
    (folder / "nbgrader_config.py").write_text(settings)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))


@dataclass
class Watcher:
    """A running `clientcourse watch`."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def expect(self, *words: str) -> str:
        """Wait for a line of its log that holds all these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if all(word in line for word in words):
                return line
        raise AssertionError(f"no {words} in\n{''.join(self.lines)}")

    def helpers(self) -> list[psutil.Process]:
        """Return the processes that it has started, and those in turn."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def end(self, word: int = signal.SIGTERM) -> int:
        """Ask it to end; wait until all of its processes have ended, and return its exit code."""
        helpers = self.helpers()
        self.process.send_signal(word)
        assert self.process.stdout is not None
        self.lines += list(self.process.stdout)
        code = self.process.wait(SECONDS)
        _gone, alive = psutil.wait_procs(helpers, SECONDS)
        assert not alive
        return code

    @property
    def said(self) -> str:
        return "".join(self.lines)


@contextlib.contextmanager
def watching(place: Place, *options: str) -> Iterator[Watcher]:
    """Run `clientcourse watch` until the test is over."""
    process = subprocess.Popen(
        [COMMAND, "--root", place.course, "watch", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    watcher = Watcher(process)
    patience = threading.Timer(SECONDS, process.kill)  # then what is waited for never comes
    patience.start()
    try:
        yield watcher
    finally:
        patience.cancel()
        if process.poll() is None:
            watcher.end(signal.SIGKILL)
