"""nbgrader's own sample course, graded by clientcourse and by nbgrader alone."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import nbformat
import nbgrader
import pytest
from nbgrader.api import Gradebook

from clientcourse.cli import main
from tests.test_path import must

pytestmark = pytest.mark.path

SOLVED = {
    "squares": "def squares(n):\n"
    "    if n < 1:\n"
    "        raise ValueError\n"
    "    return [i**2 for i in range(1, n + 1)]",
    "sum_of_squares": "def sum_of_squares(n):\n    return sum(squares(n))",
}
PARTLY = {"squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]"}
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "course101"
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
TURN_ON = """
from pathlib import Path

from clientcourse.grading.config import grade_with_clientcourse

grade_with_clientcourse(c, Path(__file__).parent.resolve())
"""
Grades = dict[tuple[str, str, str], tuple[float | None, bool]]


def hand_in(course: Path, trainee: str, code: dict[str, str]) -> None:
    desk = course / "submitted" / trainee / "ps1"
    shutil.copytree(course / "release/ps1", desk)
    for path in desk.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = code.get(name, cell.source)
        nbformat.write(notebook, path)


@pytest.fixture(scope="module", autouse=True)
def _alembic() -> Iterator[None]:
    """Let plain nbgrader find it, as in an environment that is activated."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with patch.dict(os.environ, PATH=path):
        yield


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course of `nbgrader quickstart`, made without its six commands; three submissions."""
    course = tmp_path_factory.mktemp("stock") / "course101"
    guide = Path(nbgrader.__file__).parent / "docs/source/user_guide/source"
    shutil.copytree(guide / "ps1", course / "source/ps1")
    shutil.copy(guide / "header.ipynb", course / "source")
    (course / "nbgrader_config.py").write_text(STOCK)
    must(course, "generate_assignment", "ps1")
    hand_in(course, "solver", SOLVED)
    hand_in(course, "half", PARTLY)
    hand_in(course, "idle", {})
    return course


def grades(course: Path) -> Grades:
    """Return what each trainee got for each cell, and whether a person has to look at it."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            (submission.student_id, notebook.name, grade.name): (
                grade.auto_score,
                bool(grade.needs_manual_grade),
            )
            for submission in gradebook.assignment_submissions("ps1")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module")
def by_nbgrader(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Grades:
    course = tmp_path_factory.mktemp("plain") / "course101"
    shutil.copytree(sample, course)
    must(course, "autograde", "ps1")
    return grades(course)


@pytest.fixture
def turned_on(sample: Path, tmp_path: Path) -> Path:
    course = Path(shutil.copytree(sample, tmp_path / "course101"))
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write(TURN_ON)
    return course


def total(graded: Grades, trainee: str) -> float:
    return sum(points or 0 for (who, *_cell), (points, _waits) in graded.items() if who == trainee)


def test_clientcourse_grade_gives_the_scores_of_plain_nbgrader(
    turned_on: Path, by_nbgrader: Grades
) -> None:
    assert main(["--root", str(turned_on), "grade", "ps1", "--workers=2"]) == 0
    assert grades(turned_on) == by_nbgrader
    points = [total(by_nbgrader, trainee) for trainee in ("solver", "half", "idle")]
    assert points == [3, 1, 0]


def test_nbgrader_autograde_gives_them_too(turned_on: Path, by_nbgrader: Grades) -> None:
    must(turned_on, "autograde", "ps1")
    assert grades(turned_on) == by_nbgrader
