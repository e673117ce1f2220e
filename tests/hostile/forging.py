"""Scores that trainees give themselves."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from clientcourse.grading.outputs import RESULTS_MIME
from clientcourse.grading.results import read_results
from tests.hostile.corpus import CLICKED, Host, Seen, Tamper, attack
from tests.test_path import changed


@functools.cache
def points_in_the_report(course: Path) -> dict[str, float]:
    points: dict[str, float] = {}
    for one in read_results(course, "greeting", f"sqlite:///{course / 'gradebook.db'}"):
        points[one.trainee] = points.get(one.trainee, 0) + one.points
    return points


def no_result_is_the_attackers(seen: Seen) -> None:
    assert points_in_the_report(seen.host.course)[seen.name] == CLICKED
    posing = [
        cell.source
        for cell in seen.notebook.cells
        for output in cell.get("outputs", [])
        if RESULTS_MIME in output.get("data", {})
        and not cell.source.startswith(("lesson.check(", "# ", "lesson.grade("))
        and not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert posing == []


attack("patches-everything", "patch_everything()", check=no_result_is_the_attackers)
attack("patches-everything-late", "patch_everything()", late=True)
attack("claims-points", f"claim_points({RESULTS_MIME!r})", check=no_result_is_the_attackers)


def edits(change: Callable[[nbformat.NotebookNode], object]) -> Tamper:
    def tamper(desk: Path, _host: Host) -> None:
        with changed(desk) as notebook:
            change(notebook)

    return tamper


def nbgraders(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


def raise_points(notebook: nbformat.NotebookNode) -> None:
    for cell in nbgraders(notebook):
        cell.metadata.nbgrader.update(points=1000, checksum="0", locked=False, max_score=1000)
        if cell.metadata.nbgrader.get("grade"):
            cell.source = "1000"
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000"})]


def exchange_ids(notebook: nbformat.NotebookNode) -> None:
    """Let every cell go by the name of another."""
    cells = nbgraders(notebook)
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    for cell, other in zip(cells, [*ids[1:], ids[0]], strict=True):
        cell.metadata.nbgrader.grade_id = other


def copy_cells(notebook: nbformat.NotebookNode) -> None:
    """Have three of each, all with one id."""
    notebook.cells = [nbformat.from_dict(dict(cell)) for cell in notebook.cells * 3]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"c{number}"


def write_odd_metadata(notebook: nbformat.NotebookNode) -> None:
    odd: list[Any] = [5, None, [], "x", {"grade_id": 5},
           {"grade_id": ["a"]}, {"grade_id": "../../x"},
           {"schema_version": 99, "grade_id": "grade-first-quiz"}, {"schema_version": "x"},
           {"grade_id": "grade-first-quiz", "points": "NaN", "grade": "yes"}]  # fmt: skip
    for about in odd:
        cell = nbformat.v4.new_code_cell("1")
        cell.metadata.update(nbgrader=about, trusted=True, deletable="no", tags=5)
        notebook.cells.append(cell)
    notebook.metadata.update(nbgrader={"x": 1}, clientcourse_unreadable=True, kernelspec=5)


attack("raises-points", tamper=edits(raise_points), check=no_result_is_the_attackers)
attack("exchanges-ids", tamper=edits(exchange_ids), check=no_result_is_the_attackers)
attack("copies-cells", tamper=edits(copy_cells), check=no_result_is_the_attackers)
attack("turns-cells-round", tamper=edits(lambda notebook: notebook.cells.reverse()))
attack("deletes-cells", tamper=edits(lambda notebook: notebook.cells.clear()))
attack("writes-odd-metadata", tamper=edits(write_odd_metadata))


def swaps_the_lesson(desk: Path, _host: Host) -> None:
    file = desk / "first-call.lesson.json"
    lesson = json.loads(file.read_text())
    lesson["quizzes"] = []
    file.write_text(json.dumps({**lesson, "variants": 10**9, "language": "zh"}))
    (desk / "clientcourse.py").write_text("class Lesson:\n    check = lambda *_: 100\n")
    (desk / "json.py").write_text("loads = dumps = lambda *_: 100\n")
    (desk / "sitecustomize.py").write_text("raise SystemExit")
    (desk / "nbgrader_config.py").write_text("c = get_config()\nc.Sandbox.enabled = False\n")


attack("swaps-the-lesson", tamper=swaps_the_lesson, check=no_result_is_the_attackers)
