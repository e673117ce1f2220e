"""Hostile trainees: every attack fails, and whoever is graded before and after gets their due.

All are graded one after the other in this process and behind one fence. The attacks are in
`hostile/`; what they put into their cells is in `hostile/attacks.py`.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import PyFileConfigLoader

from clientcourse.demo.trainees import solutions

# Entering their attacks into the list.
from tests.hostile import answer_files, breaking_out, forging, odd_submissions, pages  # noqa: F401
from tests.hostile.corpus import (
    ABSTRACT,
    ALL,
    ANSWERS,
    ATTACKS,
    CELL_SECONDS,
    DISK_MB,
    FILE_MB,
    LONGEST,
    MARKER,
    MEMORY_MB,
    NOTEBOOK,
    NOTEBOOK_SECONDS,
    SECRET,
    Attack,
    Graded,
    Host,
    Seen,
)
from tests.test_path import changed, hand_in, only_first_lesson

pytestmark = pytest.mark.path

ATTACKS_FILE = Path(__file__).parent / "hostile" / "attacks.py"
LONGEST_PAGE = 15
MOST_GRADER_MB = 400  # that the grader may need in addition, whatever it is told


@dataclass
class Ward:
    """A course whose submissions have all been graded."""

    host: Host
    visitors: list[bytes] = field(default_factory=list)
    graded: dict[str, Graded] = field(default_factory=dict)
    scores: dict[str, float | None] = field(default_factory=dict)
    pages: dict[str, tuple[bool, float, str]] = field(default_factory=dict)


SHARED = [f"{when}-{who}" for when in ("before", "after") for who in ("perfect", "empty")]


WATCH = 10


def sentry_of(one: Attack) -> str:
    """The perfect trainee who is graded next after some attackers."""
    return f"sentry-{chosen().index(one) // WATCH}"


def closes_a_watch(one: Attack) -> bool:
    later = chosen()[chosen().index(one) + 1 :]
    return not later or sentry_of(later[0]) != sentry_of(one)


def perfect(course: Path, name: str) -> None:
    with changed(hand_in(course, name)) as notebook:
        code = solutions(course / "source/greeting" / NOTEBOOK)
        for cell in notebook.cells:
            id_ = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("exercise-")
            if id_ in code:
                cell.source = cell.source.replace("lesson.answer(", f"{code[id_]}\nlesson.answer(")


def empty(course: Path, name: str) -> None:
    (hand_in(course, name) / ANSWERS).unlink()


def submit(attack: Attack, host: Host) -> None:
    desk = hand_in(host.course, attack.name)
    if attack.code:
        with changed(desk) as notebook:
            cells = [
                nbformat.v4.new_code_cell(text)
                for text in (ATTACKS_FILE.read_text(), attack.code(host))
            ]
            notebook.cells[:] = (
                [*notebook.cells, *cells] if attack.late else [*cells, *notebook.cells]
            )
    attack.tamper(desk, host)


@contextlib.contextmanager
def listening(visitors: list[bytes], folder: Path) -> Iterator[tuple[int, Path]]:
    """Listen to whoever comes: on a port, on an abstract name, in a folder."""
    with contextlib.ExitStack() as stack:
        doors = [
            stack.enter_context(socket.socket(family))
            for family in (socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX)
        ]
        path = folder / "door"
        addresses: list[Any] = [("127.0.0.1", 0), f"\0{ABSTRACT}", str(path)]
        for door, address in zip(doors, addresses, strict=True):
            door.bind(address)
            door.listen()

        def take(door: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while True:
                    visitor, _ = door.accept()
                    visitors.append(repr(door.getsockname()).encode())
                    visitor.close()

        for door in doors:
            threading.Thread(target=take, args=(door,), daemon=True).start()
        yield doors[0].getsockname()[1], path
        for door in doors:
            door.shutdown(socket.SHUT_RDWR)


def api_of(course: Path, visible: Path) -> NbGraderAPI:
    config = PyFileConfigLoader("nbgrader_config.py", str(course)).load_config()
    config.Execute.timeout = CELL_SECONDS
    config.Sandbox.notebook_seconds = NOTEBOOK_SECONDS
    config.Sandbox.memory_mb = MEMORY_MB
    config.Sandbox.disk_mb = DISK_MB
    config.Sandbox.file_mb = FILE_MB
    # A folder of our own to see makes the fence one of our own.
    config.Sandbox.visible = [str(visible)]
    return NbGraderAPI(CourseDirectory(config=config), Authenticator(config=config), config=config)


def begun_since(bystanders: set[psutil.Process]) -> list[psutil.Process]:
    """What this process started beside `bystanders`, which are of other tests: a browser, say."""
    return [child for child in psutil.Process().children() if child not in bystanders]


def fences(bystanders: set[psutil.Process]) -> list[psutil.Process]:
    return [child for child in begun_since(bystanders) if "bwrap" in child.name()]


def memory_mb(name: str) -> float:
    line = re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert line is not None
    return int(line[1]) / 1024


def grade(
    api: NbGraderAPI, name: str, quiet: set[psutil.Process], bystanders: set[psutil.Process]
) -> Graded:
    """Grade one submission and look at what it costs and what it leaves behind."""
    before = fences(bystanders)
    Path("/proc/self/clear_refs").write_text("5")  # the largest memory is what it is now
    start, held = time.monotonic(), memory_mb("VmRSS")
    result = api.autograde("greeting", name)
    seconds = time.monotonic() - start
    more_mb = memory_mb("VmHWM") - held
    after = fences(bystanders)
    quiet |= set(after[0].children(recursive=True)) if before != after else set()
    strangers = [
        process
        for child in begun_since(bystanders)
        for process in (child, *child.children(recursive=True))
        if process not in quiet and process not in after
    ]
    _, alive = psutil.wait_procs(strangers, timeout=3)
    marked = [p for p in psutil.process_iter(["cmdline"]) if MARKER in str(p.info["cmdline"])]
    left_over = [repr(process) for process in {*alive, *marked}]
    return Graded(result, seconds, more_mb, before == after, left_over)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """Everyone handed in and graded, in one go."""
    bystanders = set(psutil.Process().children())
    course = only_first_lesson(tmp_path_factory.mktemp("hostile"))
    visitors: list[bytes] = []
    with (
        tempfile.TemporaryDirectory(prefix="hostile-", dir="/tmp") as folder,
        listening(visitors, Path(folder)) as (port, path),
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", SAWarning)
        patch.setenv("HOSTILE_SECRET", SECRET)
        host = Host(course, port, path)
        ward = Ward(host, visitors)
        (Path(folder) / "visible").mkdir()
        api = api_of(course, Path(folder) / "visible")
        assert api.generate_assignment("greeting")["success"]
        quiet: set[psutil.Process] = set()

        def turn(name: str) -> None:
            ward.graded[name] = grade(api, name, quiet, bystanders)

        for when in ("before", "after"):
            perfect(course, f"{when}-perfect")
            empty(course, f"{when}-empty")
        turn("before-perfect")
        turn("before-empty")
        for one in chosen():
            submit(one, host)
            turn(one.name)
            clear(course / "submitted" / one.name)
            if closes_a_watch(one):
                perfect(course, sentry_of(one))
                turn(sentry_of(one))
        turn("after-perfect")
        turn("after-empty")
        for name in [one.name for one in chosen() if one.shown]:
            start = time.monotonic()
            result = api.generate_feedback("greeting", name)
            ward.pages[name] = (result["success"], time.monotonic() - start, str(result))
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            for submission in gradebook.assignment_submissions("greeting"):
                ward.scores[submission.student.id] = float(submission.score)
        yield ward
        clear(course / "build" / "set-aside")


def clear(folder: Path) -> None:
    """Remove a folder that may be deeper than Python's own way of clearing up can go."""
    subprocess.run(["rm", "-rf", folder], check=True)


def chosen() -> list[Attack]:
    """The attacks to be tried; `HOSTILE=name,name` chooses some."""
    names = os.environ.get("HOSTILE", "")
    return [one for one in ATTACKS if not names or one.name in names.split(",")]


@pytest.mark.parametrize("one", chosen(), ids=lambda one: one.name)
def test_an_attack_fails_and_harms_nobody(ward: Ward, one: Attack) -> None:
    graded = ward.graded[one.name]
    seen = Seen(one.name, ward.host, graded, ward.visitors)
    assert graded.result["success"], graded.log
    assert ward.scores[one.name] == one.points
    assert graded.left_over == []
    assert graded.same_fence
    one.check(seen)
    if one.shown:
        success, seconds, log = ward.pages[one.name]
        assert success, log
        assert seconds < LONGEST_PAGE
    assert graded.seconds < LONGEST
    assert graded.more_mb < MOST_GRADER_MB
    assert ward.scores[sentry_of(one)] == ALL
    assert ward.graded[sentry_of(one)].same_fence


@pytest.mark.parametrize(("name", "points"), [*zip(SHARED, [ALL, 0, ALL, 0], strict=True)])
def test_neighbours_get_their_due(ward: Ward, name: str, points: float) -> None:
    assert ward.graded[name].result["success"], ward.graded[name].log
    assert ward.scores[name] == points


def test_nobody_came_from_behind_the_fence(ward: Ward) -> None:
    assert ward.visitors == []
