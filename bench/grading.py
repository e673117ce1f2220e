"""How fast submissions are graded, beside stock nbgrader and beside the least that it can take.

Run with `make bench`; writes `build/bench/grading.json`. Everything is measured in one run on the
same submissions, so that the ratios are figures to keep: the times themselves are those of the
machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import nbformat
from nbgrader.api import Gradebook

from bench.figures import write_figures
from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_bank
from clientcourse.demo.trainees import right, solutions
from clientcourse.grading.sandbox.inside.order import Order
from clientcourse.grading.sandbox.parent import limits_of, warm_parent
from clientcourse.grading.sandbox.provisioner import FencedKernelManager
from clientcourse.grading.sandbox.settings import Sandbox
from tests.conftest import ROOT, TOY

MODULE, LESSON = "greeting", "first-call"
MANY, MORE = 30, 300
REPEATS = 5  # of what the floor is made of
PROGRAMS = Path(sys.executable).parent

STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "toy-course"\n'
# Importing the package leaves out a part of jsonschema that costs each kernel a second. A kernel of
# stock nbgrader has it: this is run before its first cell.
AS_WITHOUT_US = "import rfc3987_syntax\n"
# What plain nbgrader can score, too: what to write, and the hidden test of it.
CLASSIC = {
    "late": (
        "late = log[log.first_reply_hours > 24]",
        "assert (late.first_reply_hours > 24).all()",
    ),
    "mean": (
        "mean = log.resolve_hours.mean()",
        "assert abs(mean - log.resolve_hours.mean()) < 1e-9",
    ),
    "by": (
        'by = log.groupby("channel").agg(n=("complaint_id", "count")).sort_values("n")',
        "assert by.n.sum() == len(log)",
    ),
    "top": ('top = log.nlargest(5, "resolve_hours")', "assert len(top) == 5"),
}
EXAMPLES = [
    "import pandas as pd\nimport plotly.express as px\nlog = lesson.complaints()",
    'px.histogram(log, x="resolve_hours", title="A figure")',
    "log.describe()",
    'log.groupby("channel").resolve_hours.agg(["mean", "count"])',
]
# Runs cells one by one in a kernel and prints how long they took together.
TIMED = """
import time, json
def _timed(sources):
    start = time.perf_counter()
    for source in sources:
        get_ipython().run_cell(source, silent=True)
    return time.perf_counter() - start
"""


def make_course(folder: Path) -> None:
    """Write a course with one lesson: quizzes and exercises of ours, classic cells beside them."""
    shutil.copytree(TOY / "course", folder / "course")
    settings = folder / "course/course.yaml"
    settings.write_text(settings.read_text().replace(f"[{LESSON}, second-call]", f"[{LESSON}]"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    write(build(folder), folder / "source")
    path = folder / "source" / MODULE / f"{LESSON}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells += [nbformat.v4.new_code_cell(code) for code in EXAMPLES]
    for name, (solution, test) in CLASSIC.items():
        source.cells.append(_cell(name, f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION"))
        hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
        source.cells.append(_cell(f"test-{name}", hidden, points=2))
    nbformat.write(source, path)
    run(folder, "nbgrader", "generate_assignment", MODULE)


def _cell(name: str, source: str, points: int | None = None) -> nbformat.NotebookNode:
    about = {
        "schema_version": 3,
        "task": False,
        "grade_id": name,
        "grade": points is not None,
        "locked": points is not None,
        "solution": points is None,
    }
    if points is not None:
        about["points"] = points
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": about})


def hand_in(course: Path, number: int) -> None:
    """Submit what a trainee did: all that was clicked, and of the code what the number says."""
    desk = course / "submitted" / f"trainee-{number:03d}" / MODULE
    shutil.copytree(course / "release" / MODULE, desk)
    clicked = {
        item.id: {"value": right(0, item), "at": "2026-03-02T09:00:00Z", "by": "widget"}
        for quiz in load_bank(course, MODULE, LESSON).quizzes
        for item in quiz.items
    }
    about = {"schema": 1, "lesson": LESSON, "trainee": f"trainee-{number:03d}", "variant": 0}
    (desk / f"{LESSON}.answers.json").write_text(json.dumps({**about, "answers": clicked}))
    solved = solutions(course / "source" / MODULE / f"{LESSON}.ipynb")
    notebook = nbformat.read(desk / f"{LESSON}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if code := solved.get(name.removeprefix("exercise-")):
            cell.source = cell.source.replace("lesson.answer(", f"{code}\nlesson.answer(")
        if name in CLASSIC and number >> list(CLASSIC).index(name) & 1:
            cell.source = CLASSIC[name][0]
    nbformat.write(notebook, desk / f"{LESSON}.ipynb")


def run(course: Path, program: str, *arguments: str, ipython: Path | None = None) -> float:
    """Run a command in a course folder; return how many seconds it took.

    Parameters
    ----------
    ipython
        IPython's folder for the kernels that it starts; the ordinary one if not given.
    """
    start = time.perf_counter()
    command = [str(PROGRAMS / program), *arguments]
    path = os.pathsep.join([str(PROGRAMS), os.environ["PATH"]])  # nbgrader runs alembic by name
    own = {"IPYTHONDIR": str(ipython)} if ipython else {}
    done = subprocess.run(  # noqa: S603
        command,
        cwd=course,
        env={**os.environ, "PATH": path, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def scores(course: Path, names: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return the scores of some cells, by trainee and cell."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            (submission.student_id, grade.name): float(grade.score)
            for submission in gradebook.assignment_submissions(MODULE)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.name in names
        }


async def cells_alone(course: Path) -> float:
    """Return the seconds that the cells of one submission need in a warm kernel."""
    settings = Sandbox()
    warm = warm_parent(settings)
    room = warm.room()
    desk = course / "submitted" / "trainee-015" / MODULE
    shutil.copytree(desk, room / "in", dirs_exist_ok=True)
    notebook = nbformat.read(desk / f"{LESSON}.ipynb", as_version=4)
    sources = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("grade-")
    ]
    key = uuid.uuid4().hex
    about = {"key": key, "signature_scheme": "hmac-sha256"}
    order = Order(room.name, MODULE, {"JUPYTERHUB_USER": "x"}, about, [], limits_of(settings))
    manager = FencedKernelManager(room, warm, order)
    manager.session.key = key.encode()
    await manager.start_kernel()
    client = manager.client()
    await client.start_channels()
    await client.wait_for_ready(timeout=30)
    await client.execute(TIMED, reply=True)
    reply = await client.execute(
        "", user_expressions={"seconds": f"_timed({sources!r})"}, reply=True
    )
    await manager.shutdown_kernel()
    await manager.cleanup_resources()
    client.stop_channels()
    return float(reply["content"]["user_expressions"]["seconds"]["data"]["text/plain"])


def commit_alone(course: Path) -> float:
    """Return the seconds that one commit of one submission's grades needs."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(MODULE, "trainee-015")
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score = (grade.auto_score or 0) + 1
        start = time.perf_counter()
        gradebook.db.commit()
        return time.perf_counter() - start


def measure(folder: Path) -> dict[str, float | int]:
    """Return the figures, in seconds."""
    ours, stock = folder / "ours", folder / "stock"
    ours.mkdir()
    make_course(ours)
    for number in range(MANY):
        hand_in(ours, number)
    shutil.copytree(ours, stock)
    (stock / "gradebook.db").unlink()
    (stock / "nbgrader_config.py").write_text(STOCK)
    run(stock, "nbgrader", "generate_assignment", MODULE, "--force")
    two = shutil.copytree(ours, folder / "two")
    helped = shutil.copytree(stock, folder / "helped")
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "as_without_us.py").write_text(AS_WITHOUT_US)

    stock_s = run(stock, "nbgrader", "autograde", MODULE, ipython=folder / "ipython")
    helped_s = run(helped, "nbgrader", "autograde", MODULE)
    one_s = run(ours, "clientcourse", "grade", MODULE, "--workers", "1")
    two_s = run(two, "clientcourse", "grade", MODULE, "--workers", "2")
    tests = [f"test-{name}" for name in CLASSIC]
    known = scores(stock, tests)
    if not len(known) == MANY * len(tests) or not known == scores(ours, tests) == scores(
        two, tests
    ):
        raise SystemExit("the gradebooks do not agree")

    # Before and after what they are compared with: the speed of a shared machine drifts.
    cells = [asyncio.run(cells_alone(ours)) for _ in range(REPEATS)]
    commits = [commit_alone(ours) for _ in range(REPEATS)]
    for number in range(MANY, MORE):
        hand_in(ours, number)
    more_one_s = run(ours, "clientcourse", "grade", MODULE, "--workers", "1", "--force")
    cells += [asyncio.run(cells_alone(ours)) for _ in range(REPEATS)]
    commits += [commit_alone(ours) for _ in range(REPEATS)]
    for number in range(MANY, MORE):
        hand_in(two, number)
    more_two_s = run(two, "clientcourse", "grade", MODULE, "--workers", "2", "--force")
    # What one more submission costs: starting up is done once, however many there are.
    marginal = (more_one_s - one_s) / (MORE - MANY)
    floor = median(cells) + median(commits)
    return {
        "submissions": MANY,
        "stock_s": round(stock_s, 2),
        "stock_with_our_imports_s": round(helped_s, 2),
        "one_worker_s": round(one_s, 2),
        "two_workers_s": round(two_s, 2),
        "ratio_one_worker": round(stock_s / one_s, 1),
        "ratio_two_workers": round(stock_s / two_s, 1),
        "ratio_two_workers_with_our_imports": round(helped_s / two_s, 1),
        "cells_s": round(median(cells), 4),
        "commit_s": round(median(commits), 4),
        "one_more_s": round(marginal, 4),
        "over_floor": round(marginal / floor, 2),
        "one_worker_300_s": round(more_one_s, 2),
        "two_workers_300_s": round(more_two_s, 2),
        "growth_300_over_30": round((more_two_s / MORE) / (two_s / MANY), 3),
    }


def main() -> None:
    """Measure and write the figures."""
    with tempfile.TemporaryDirectory(prefix="clientcourse-bench-") as name:
        figures = measure(Path(name))
    write_figures("grading", figures)


if __name__ == "__main__":
    main()
