"""Every lesson of the real course runs, in both languages: solved, untouched, just opened."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from clientcourse.authoring.load import load_course
from clientcourse.authoring.publish import publish
from clientcourse.authoring.text import headings, load_text
from clientcourse.grading.run import Run, run_notebook
from clientcourse.language import LANGUAGES, Language
from clientcourse.start.showing import showing_cells
from tests.conftest import ROOT

pytestmark = pytest.mark.path

STOP: dict[Language, str] = {
    "zh": "做到“(.+)”那一节，正好歇一歇",
    "en": r"a good place to stop is before “(.+)”\. What",
}
LESSONS = [(module.id, lesson) for module in load_course(ROOT).modules for lesson in module.lessons]


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The course, built in each language."""
    folders = {language: tmp_path_factory.mktemp(language) for language in LANGUAGES}
    for language in LANGUAGES:
        publish(ROOT, folders[language], language)
    return folders


@pytest.mark.parametrize("version", ["source", "release"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("module", "lesson"), LESSONS)
def test_a_lesson_runs_from_top_to_bottom(
    courses: dict[str, Path], module: str, lesson: str, language: str, version: str
) -> None:
    notebook = nbformat.read(courses[language] / version / module / f"{lesson}.ipynb", as_version=4)
    assert errors(notebook, courses[language] / version / module) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("module", "lesson"), LESSONS)
def test_what_runs_by_itself_in_a_lesson_needs_nothing_that_waits_for_the_trainee(
    courses: dict[str, Path], module: str, lesson: str, language: str
) -> None:
    folder = courses[language] / "release" / module
    notebook = nbformat.read(folder / f"{lesson}.ipynb", as_version=4)
    showing = showing_cells(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.source in showing]
    assert errors(notebook, folder) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("module", "lesson"), LESSONS)
def test_the_place_to_stop_halfway_is_a_heading_of_the_lesson(
    module: str, lesson: str, language: Language
) -> None:
    cells = load_text(ROOT, module, lesson, language, None)
    [place] = re.findall(STOP[language], "\n".join(cell.source for cell in cells))
    assert place in set(headings(cells))


def errors(notebook: NotebookNode, folder: Path) -> list[tuple[int, str]]:
    """Run a notebook as a trainee would, not as a grader, and return what went wrong where."""
    variables = {"JUPYTERHUB_USER": "lin", "NBGRADER_EXECUTION": ""}
    assert run_notebook(notebook, Run(folder, variables)) is None
    return [
        (number, output.evalue)
        for number, cell in enumerate(notebook.cells, 1)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
