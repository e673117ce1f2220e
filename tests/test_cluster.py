"""`clientcourse grade --scheduler`: on a real Dask cluster, with a gradebook in real PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import dask
import nbformat
import psutil
import pytest
from distributed import Client
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from sqlalchemy import text

from clientcourse.cli import main
from clientcourse.demo.trainees import solutions
from clientcourse.grading.configured import configuration
from clientcourse.grading.gradebook import SharedGradebook
from clientcourse.grading.sandbox.fence import _bubblewrap
from tests.servers import SECONDS, Cluster, Postgres, descendants, postgres
from tests.test_path import changed, hand_in, nbgrader, only_first_lesson

pytestmark = pytest.mark.path

TRAINEES = ["ann", "bea", "cem", "dan"]
CLICKED = 8  # points of a perfect answer sheet with an untouched notebook
SCORES = dict.fromkeys(TRAINEES, CLICKED)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


@pytest.fixture
def cluster(_cluster: Cluster) -> Cluster:
    """A cluster with two workers."""
    _cluster.make_whole(2)
    return _cluster


@pytest.fixture(scope="module")
def _other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("other"))
    yield cluster
    cluster.end()


@pytest.fixture
def empty(_other: Cluster) -> Iterator[Cluster]:
    """A scheduler without workers."""
    yield _other
    _other.dismiss()


def release(course: Path, db_url: str) -> None:
    set_gradebook(only_first_lesson(course), db_url)
    done = NbGraderAPI(config=configuration(course)).generate_assignment("greeting")
    assert done["success"], done["log"]


def set_gradebook(course: Path, db_url: str) -> None:
    path = course / "nbgrader_config.py"
    line = f'c.CourseDirectory.db_url = "{db_url}"\n'
    path.write_text(re.sub(r"(?m)^c\.CourseDirectory\.db_url.*\n|\Z", "", path.read_text()) + line)


@pytest.fixture(scope="module")
def _released(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("released")
    server.create("released")
    release(course, server.url("released"))
    for trainee in TRAINEES:
        hand_in(course, trainee)
    return course


@pytest.fixture
def course(_released: Path, server: Postgres, tmp_path: Path) -> Path:
    """A released course with four submissions that nobody has graded."""
    course = Path(shutil.copytree(_released, tmp_path / "course"))
    server.create(tmp_path.name, template="released")
    set_gradebook(course, server.url(tmp_path.name))
    return course


def db_url(course: Path) -> str:
    return str(configuration(course).CourseDirectory.db_url)


def grade(course: Path, cluster: Cluster | None, *options: str) -> int:
    where = [f"--scheduler={cluster.address}"] if cluster else ["--workers=2"]
    return main(["--root", str(course), "grade", "greeting", *where, *options])


def grades(course: Path) -> dict[tuple[str, str], float | None]:
    """Return what each trainee got for each cell, and see that there is no grade twice."""
    with Gradebook(db_url(course)) as gradebook:
        found = [
            ((submission.student_id, grade.name), grade.auto_score)
            for submission in gradebook.assignment_submissions("greeting")
            for notebook in submission.notebooks
            for grade in notebook.grades
        ]
    assert len(found) == len(dict(found))
    return dict(found)


def scores(course: Path) -> dict[str, float]:
    with Gradebook(db_url(course)) as gradebook:
        found = gradebook.assignment_submissions("greeting")
        return {submission.student_id: float(submission.score) for submission in found}


def solve(course: Path, trainee: str) -> None:
    """Let a trainee write the model solutions."""
    solved = solutions(course / "source/greeting/first-call.ipynb")
    with changed(course / "submitted" / trainee / "greeting") as notebook:
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if code := solved.get(name.removeprefix("exercise-")):
                cell.source = cell.source.replace("lesson.answer(", f"{code}\nlesson.answer(")


def empty_handed(course: Path, trainee: str) -> None:
    for sheet in (course / "submitted" / trainee / "greeting").glob("*.answers*.json"):
        sheet.unlink()


def test_the_cluster_gives_the_same_grades_as_this_machine(
    course: Path, cluster: Cluster, tmp_path: Path
) -> None:
    empty_handed(course, "bea")
    solve(course, "cem")
    here = tmp_path / "here"
    with patch("nbgrader.api.get_alembic_version", return_value="any"):  # takes seconds to find
        release(here, f"sqlite:///{here / 'gradebook.db'}")
    shutil.copytree(course / "submitted", here / "submitted")
    assert (grade(course, cluster), grade(here, None)) == (0, 0)
    assert scores(course) == {"ann": 8, "bea": 0, "cem": 14, "dan": 8}
    assert grades(course) == grades(here)


def test_every_submission_is_said_as_soon_as_it_is_graded(
    course: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course, cluster)
    *lines, summary = filter(None, capsys.readouterr().out.splitlines())
    assert sorted(line.split(",")[0] for line in lines) == [f"{one}: 8 of 14" for one in TRAINEES]
    assert summary.startswith("Graded 4, unchanged 0, failed 0;")


def test_only_what_has_changed_is_graded_again(
    course: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course, cluster)
    empty_handed(course, "bea")
    capsys.readouterr()
    assert grade(course, cluster) == 0
    assert "Graded 1, unchanged 3, failed 0" in capsys.readouterr().out
    assert scores(course) == {**SCORES, "bea": 0}


def test_what_cannot_be_graded_stops_nothing_else(
    course: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "autograded").mkdir()
    (course / "autograded/cem").touch()
    assert grade(course, cluster) == 1
    said = capsys.readouterr().out
    assert "cem: not graded." in said
    assert "Graded 3, unchanged 0, failed 1" in said


def test_two_commands_at_once_double_nothing(course: Path, cluster: Cluster) -> None:
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(grade, [course] * 2, [cluster] * 2)) == [0, 0]
    assert scores(course) == SCORES
    assert len(grades(course)) == len(TRAINEES) * len({cell for _, cell in grades(course)})


def test_nbgraders_own_commands_use_the_same_gradebook(course: Path, cluster: Cluster) -> None:
    (course / "submitted/ann/greeting/timestamp.txt").write_text("2026-03-02 09:00:00 UTC")
    grade(course, cluster)
    api = NbGraderAPI(config=configuration(course))
    with contextlib.chdir(course):
        [row] = api.get_submissions("greeting")[:1]
        assert (row["student"], row["score"], row["timestamp"]) == (
            "ann", CLICKED, "2026-03-02T09:00:00",
        )  # fmt: skip
        assert api.get_assignment("greeting")["num_submissions"] == len(TRAINEES)
        assert api.autograde("greeting", "ann", force=True)["success"]
    done = nbgrader(course, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert scores(course) == SCORES


# Whoever is killed while a submission is being run.


class Gate:
    """A named pipe at which the code of a trainee waits for the test."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder = folder
        self._pipe = folder / "pipe"
        os.mkfifo(self._pipe, 0o644)

    def stop(self, course: Path, trainee: str) -> None:
        """Let a trainee's code wait here."""
        with (course / "nbgrader_config.py").open("a") as settings:
            settings.write(f'c.Sandbox.visible = ["{self.folder}"]\n')
        with changed(course / "submitted" / trainee / "greeting") as notebook:
            code = f"open({str(self._pipe)!r}).read()"
            notebook.cells.insert(0, nbformat.v4.new_code_cell(code))

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """Wait until the code has come here, and let it on in the end."""
        opening = ThreadPoolExecutor(1).submit(self._pipe.open, "w")
        with opening.result(SECONDS):
            yield


@pytest.fixture
def gate() -> Iterator[Gate]:
    # The sandbox has a /tmp of its own.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Gate(Path(folder))


def busy_worker(cluster: Cluster) -> subprocess.Popen[str]:
    """Return the worker that ann's submission is with."""
    with Client(cluster.address) as client:
        [at] = [at for at, keys in client.processing().items() if "-ann-" in str(keys)]
        pid = client.run(os.getpid)[at]
    [found] = [worker for worker in cluster.workers if worker.pid == pid]
    return found


def test_what_a_killed_worker_had_is_graded_by_another(
    course: Path, cluster: Cluster, gate: Gate
) -> None:
    gate.stop(course, "ann")
    with ThreadPoolExecutor(1) as running:
        done = running.submit(grade, course, cluster)
        with gate.reached():
            victim = busy_worker(cluster)
            started = descendants(victim)
            victim.kill()
        with gate.reached():
            pass
        assert done.result(SECONDS) == 0
    assert scores(course) == SCORES
    assert nothing_left(started, cluster, alive=1)


def nothing_left(started: list[psutil.Process], cluster: Cluster, alive: int = 0) -> bool:
    """Tell whether processes have ended, and only living workers have temporary files."""
    _gone, running = psutil.wait_procs(started, SECONDS)
    return not running and len(list(cluster.temporary.glob("c*"))) == alive


def test_a_killed_scheduler_is_told_and_the_next_run_does_the_rest(
    course: Path, cluster: Cluster, gate: Gate
) -> None:
    gate.stop(course, "ann")
    running = subprocess.Popen(
        [sys.executable, "-c", "import sys; from clientcourse.cli import main; sys.exit(main())",
         "--root", course, "grade", "greeting", f"--scheduler={cluster.address}"],
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with gate.reached():
        started = [one for worker in cluster.workers for one in descendants(worker)]
        cluster.scheduler.kill()
        _said, complaint = running.communicate(timeout=SECONDS)
    assert running.returncode == 1
    assert f"The scheduler at {cluster.address} has gone." in complaint
    assert "Traceback" not in complaint
    assert nothing_left(started, cluster)
    with changed(course / "submitted/ann/greeting") as notebook:
        del notebook.cells[0]
    assert grade(course, None) == 0
    assert scores(course) == SCORES


# What is wrong with a cluster is said in a sentence, before anything is graded.


def complaint(course: Path, address: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["--root", str(course), "grade", "greeting", f"--scheduler={address}"]) == 1
    assert scores(course) == {}
    return capsys.readouterr().err


def test_no_scheduler_at_the_address(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        said = complaint(course, "tcp://127.0.0.1:1", capsys)
    assert "There is no Dask scheduler at tcp://127.0.0.1:1" in said
    assert "Traceback" not in said


def test_no_workers(course: Path, empty: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"dask worker {empty.address} --nthreads 1" in complaint(course, empty.address, capsys)


def test_a_worker_without_the_course_folder(
    course: Path, empty: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    hide = [_bubblewrap(), "--dev-bind", "/", "/", "--tmpfs", str(course), "--die-with-parent"]
    empty.hire(1, within=hide)
    said = complaint(course, empty.address, capsys)
    assert f"does not see the course folder {course}" in said


def test_a_worker_with_another_version(
    course: Path, empty: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = tmp_path / "clientcourse-99.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: clientcourse\nVersion: 99\n")
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    empty.hire(1, PYTHONPATH=paths)
    assert "has clientcourse 99, this machine has 0.1.0" in complaint(course, empty.address, capsys)


def test_a_gradebook_that_cannot_be_shared(
    course: Path, empty: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    set_gradebook(course, f"sqlite:///{course / 'gradebook.db'}")
    assert main(["--root", str(course), "grade", "greeting", f"--scheduler={empty.address}"]) == 1
    assert "cannot share an SQLite gradebook" in capsys.readouterr().err


def test_a_gradebook_that_cannot_be_reached(
    course: Path, empty: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    set_gradebook(course, "postgresql+psycopg://course@/none?host=/nowhere")
    assert main(["--root", str(course), "grade", "greeting", f"--scheduler={empty.address}"]) == 1
    assert "The gradebook's database cannot be used" in capsys.readouterr().err


# The gradebook alone.


def test_a_trainee_who_is_entered_by_two_at_once_is_entered_once(course: Path) -> None:
    first, second = (SharedGradebook(db_url(course), "toy-course") for _ in range(2))
    first.update_or_create_student("eve")  # and not saved yet
    with ThreadPoolExecutor(1) as other, Gradebook(db_url(course)) as watched:
        entered = other.submit(second.add_student, "eve")
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not watched.db.execute(waiting).scalar():
            assert not entered.done()
        first.save()
        assert entered.result(SECONDS).id == "eve"
    for gradebook in (first, second):
        Gradebook.close(gradebook)
