"""`clientcourse grade`: many submissions side by side, and whoever is killed, nothing is lost."""

from __future__ import annotations

import contextlib
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from clientcourse.cli import main
from clientcourse.grading.batch.one import Outcome
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.batch.workers import grade_here
from tests.arrivals import name_gradebook_for_the_machine
from tests.test_path import changed, gradebook_score, hand_in, must, only_first_lesson

pytestmark = pytest.mark.path

ROUNDS = int(os.environ.get("CLIENTCOURSE_KILLS", "2"))
TRAINEES = ["ann", "bea", "cem", "dan"]
CLICKED = 8  # points of a perfect answer sheet with an untouched notebook
LONGEST = 5  # seconds after which it is mostly done: a kill has to come before
COMMAND = Path(sys.executable).parent / "clientcourse"


@pytest.fixture(scope="module")
def _released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = only_first_lesson(tmp_path_factory.mktemp("batch"))
    must(course, "generate_assignment", "greeting")
    for trainee in TRAINEES:
        hand_in(course, trainee)
    return course


@pytest.fixture
def course(_released: Path, tmp_path: Path) -> Path:
    """A released course with four submissions that nobody has graded."""
    return Path(shutil.copytree(_released, tmp_path / "course"))


def grade(course: Path, *options: str) -> int:
    return main(["--root", str(course), "grade", "greeting", *options])


def scores(course: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        found = [one.student_id for one in gradebook.assignment_submissions("greeting")]
    assert len(found) == len(set(found))
    return {trainee: gradebook_score(course, trainee) for trainee in found}


def graded_at(course: Path, trainee: str) -> int:
    return (course / "autograded" / trainee / "greeting/first-call.ipynb").stat().st_mtime_ns


def test_every_submission_is_graded_and_said(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(course, "--workers=2") == 0
    assert scores(course) == dict.fromkeys(TRAINEES, CLICKED)
    said = capsys.readouterr().out
    for trainee in TRAINEES:
        assert f"{trainee}: 8 of 14" in said
    assert "Graded 4, unchanged 0, failed 0" in said


def test_only_what_has_changed_is_graded_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course)
    before = {trainee: graded_at(course, trainee) for trainee in TRAINEES}
    (course / "submitted/bea/greeting/first-call.answers.json").unlink()
    (course / "submitted/bea/greeting/first-call.answers.backup.json").unlink(missing_ok=True)
    capsys.readouterr()
    assert grade(course) == 0
    assert "Graded 1, unchanged 3" in capsys.readouterr().out
    assert scores(course) == {**dict.fromkeys(TRAINEES, CLICKED), "bea": 0}
    assert [one for one in TRAINEES if graded_at(course, one) != before[one]] == ["bea"]


def test_a_corrected_bank_grades_all_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course)
    bank = course / "course/greeting/first-call.items.yaml"
    bank.write_text(bank.read_text() + "\n# corrected\n")
    capsys.readouterr()
    grade(course)
    assert "Graded 4" in capsys.readouterr().out


def test_what_cannot_be_graded_is_told_and_stops_nothing_else(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "autograded").mkdir()
    (course / "autograded/cem").touch()
    assert grade(course) == 1
    said = capsys.readouterr().out
    assert "cem: not graded." in said
    assert "Graded 3, unchanged 0, failed 1" in said
    assert {one: points for one, points in scores(course).items() if one != "cem"} == {
        one: CLICKED for one in TRAINEES if one != "cem"
    }


def test_a_module_that_nobody_handed_in_is_told(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(course), "grade", "farewell"]) == 1
    assert "Nobody has handed in farewell" in capsys.readouterr().err


def test_without_a_sandbox_nothing_is_graded_and_it_says_what_to_do(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = course / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    assert grade(course) == 1
    said = capsys.readouterr().err
    for words in ("no namespaces here", "apt install bubblewrap", "c.Sandbox.enabled = False"):
        assert words in said
    assert scores(course).keys() <= set(TRAINEES)
    assert not (course / "autograded").exists()


def test_without_reference_answers_nobody_loses_points(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course)
    with changed(course / "source/greeting") as notebook:
        notebook.cells.insert(0, nbformat.v4.new_code_cell("print(unheard_of)"))
    capsys.readouterr()
    assert grade(course) == 1
    said = capsys.readouterr().err
    for words in ("first-call.ipynb does not run", "unheard_of", "build the course again"):
        assert words in said
    assert scores(course) == dict.fromkeys(TRAINEES, CLICKED)


def test_what_the_configuration_says_holds(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.Execute.timeout = 1\n")
    with changed(course / "submitted/dan/greeting") as notebook:
        notebook.cells.insert(0, nbformat.v4.new_code_cell("while True: pass"))
    grade(course)
    path = course / "autograded/dan/greeting/first-call.ipynb"
    [first, *_rest] = nbformat.read(path, as_version=4).cells
    assert first.outputs[0].ename == "KeyboardInterrupt"


def test_a_gradebook_that_is_named_for_the_machine_is_the_one(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = (course / "gradebook.db").rename(tmp_path / "elsewhere.db")
    name_gradebook_for_the_machine(elsewhere, monkeypatch)
    assert grade(course) == 0
    assert main(["--root", str(course), "grades", "--as=csv"]) == 0
    [ann, *_rest] = csv.DictReader((course / "build/grades/grades.csv").open(encoding="utf-8-sig"))
    assert ann["Points"] == str(CLICKED)
    assert not (course / "gradebook.db").exists()


def killed_with_its_answer(process: int, trainee: str) -> Outcome:
    """Kill a grader in the moment in which its answer is read, and return the answer."""
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    return Outcome(trainee)


class LastAnswer(Outcome):
    """What a grader says that is dead by the time it is heard."""

    def __reduce__(self) -> tuple[object, ...]:
        return killed_with_its_answer, (os.getpid(), self.trainee)


def answer(submission: Submission) -> Outcome:
    return (LastAnswer if submission.trainee == "ann" else Outcome)(submission.trainee)


def test_a_grader_that_dies_with_its_answer_given_costs_nobody_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # so that the same one is asked next
    todo = [Submission(tmp_path, "greeting", trainee) for trainee in TRAINEES]
    found = list(grade_here(todo, None, 1, do=answer))
    assert found == [Outcome(trainee) for trainee in TRAINEES]


def test_waiting_for_others_takes_nothing_of_a_notebooks_own_time(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.Sandbox.notebook_seconds = 4\n")
    for trainee in TRAINEES[:2]:
        with changed(course / "submitted" / trainee / "greeting") as notebook:
            notebook.cells.insert(0, nbformat.v4.new_code_cell("import time; time.sleep(2.5)"))
    assert grade(course, "--workers=1") == 0
    for trainee in TRAINEES[:2]:
        path = course / "autograded" / trainee / "greeting/first-call.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        assert [output for output in outputs if output.output_type == "error"] == []


def test_a_deleted_cell_is_put_back(course: Path) -> None:
    with changed(course / "submitted/dan/greeting") as notebook:
        notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader")]
    grade(course)
    assert scores(course)["dan"] == CLICKED


# Whoever is killed: the command, a worker, the warm parent of one.


def helpers(command: psutil.Process) -> Iterator[psutil.Process]:
    """Yield the command's workers and what runs in their sandboxes."""
    for process in command.children(recursive=True):
        if "resource_tracker" not in " ".join(process.cmdline()):
            yield process


def kernels(command: psutil.Process) -> list[psutil.Process]:
    """Return what runs code: the children of keepers, which the warm parent forks."""
    found = []
    for process in helpers(command):
        with contextlib.suppress(psutil.NoSuchProcess):
            above = ["bwrap" in parent.name() for parent in process.parents()[:3]]
            if above == [False, False, True]:
                found.append(process)
    return found


def test_a_killed_run_for_reference_answers_is_repeated(course: Path) -> None:
    with changed(course / "source/greeting") as notebook:  # long enough to be met
        notebook.cells.insert(0, nbformat.v4.new_code_cell("import time; time.sleep(0.5)"))
    for trainee in TRAINEES[1:]:  # whose kernels would be there, too
        shutil.rmtree(course / "submitted" / trainee)
    running = subprocess.Popen([COMMAND, "--root", str(course), "grade", "greeting", "--workers=1"])
    process = psutil.Process(running.pid)
    # A notebook has been run by then; the next kernel is the one for reference answers.
    while not list((course / "build/references").glob("*.lock")) or not kernels(process):
        assert running.poll() is None
    kernels(process)[0].kill()
    assert running.wait(120) == 0
    assert scores(course) == dict.fromkeys(TRAINEES[:1], CLICKED)


def whole(course: Path) -> None:
    """See that what is in `autograded/` is whole and belongs to what the gradebook says."""
    for path in course.glob("autograded/*/greeting/*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))
    assert set(scores(course).values()) <= {0, CLICKED}


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("victim", ["command", "helper"])
def test_after_a_kill_nothing_is_lost_doubled_or_half_written(
    course: Path, victim: str, number: int
) -> None:
    chance = random.Random(f"{victim} {number}")  # noqa: S311 - no secret
    for trainee in TRAINEES:
        with changed(course / "submitted" / trainee / "greeting") as notebook:
            notebook.metadata["round"] = number
    moment = chance.uniform(0, LONGEST)
    said = course.parent / "said.txt"
    with said.open("w") as file:
        running = subprocess.Popen(
            # With one, a second process prepares while the first one's trainee code is run.
            [COMMAND, "--root", str(course), "grade", "greeting", f"--workers={1 + number % 2}"],
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    process = psutil.Process(running.pid)
    helping: list[psutil.Process] = []
    target = None
    with contextlib.suppress(psutil.NoSuchProcess):
        try:
            running.wait(moment)  # any moment of its work, not an event of it
        except subprocess.TimeoutExpired:
            helping = list(helpers(process))
            target = chance.choice((helping if victim == "helper" else None) or [process])
            target.send_signal(signal.SIGKILL)
    ended = running.wait(120)
    assert ended == (-signal.SIGKILL if target is process else 0), said.read_text()
    psutil.wait_procs(helping, timeout=60)
    whole(course)
    assert grade(course) == 0
    assert scores(course) == dict.fromkeys(TRAINEES, CLICKED)
    whole(course)
