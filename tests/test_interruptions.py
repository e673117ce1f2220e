"""Saved means saved: random interruptions while a simulated trainee clicks, in a real browser.

A short form runs with every test run; `make soak` runs two hundred interruptions.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from playwright.sync_api import Browser

from clientcourse.authoring.load import load_bank
from clientcourse.items import SingleItem
from tests.clicking import Clicking
from tests.conftest import ROOT
from tests.lab import Lab, NotebookPage, jupyter_lab

pytestmark = pytest.mark.browser

INTERRUPTIONS = int(os.environ.get("CLIENTCOURSE_INTERRUPTIONS", "6"))
MODULE, LESSON = "complaint-handling", "nine-steps"


class Trainee(Clicking):
    """Clicks in a notebook of a JupyterLab, and opens it again when the tab was closed."""

    def __init__(
        self, browser: Browser, lab: Lab, questions: list[SingleItem], chance: random.Random
    ) -> None:
        super().__init__(questions, chance)
        self.browser, self.lab = browser, lab
        self.open()

    def open(self) -> None:
        """Open the notebook in a new tab and run it."""
        self.page = self.browser.new_page(viewport={"width": 1300, "height": 900})
        notebook = NotebookPage(self.page, self.lab, f"{MODULE}/{LESSON}.ipynb")
        self.watch()
        notebook.run_all()
        for question in self.questions:
            notebook.item(question.id)

    def missing(self, folder: Path) -> dict[str, Any]:
        """Return what was shown as saved and is lost."""
        return self.lost(json.loads((folder / f"{LESSON}.answers.json").read_text())["answers"])


def kill_the_kernel(trainee: Trainee, _file: Path) -> None:
    trainee.lab.kill_kernels()
    trainee.click()
    trainee.page.close()


def close_the_tab(trainee: Trainee, _file: Path) -> None:
    trainee.page.close()


def fill_the_disk(trainee: Trainee, _file: Path) -> None:
    """Let the kernel write no further byte into any file for some clicks."""
    kernels = trainee.lab.kernels()
    for kernel in kernels:
        kernel.rlimit(psutil.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    for _ in range(3):
        trainee.click()
    trainee.page.wait_for_selector(".cc-item[data-state=unsaved]", state="attached")
    for kernel in kernels:
        kernel.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make_read_only(trainee: Trainee, file: Path) -> None:
    # A save under way puts a new file in place, with the permissions that it found.
    trainee.page.wait_for_function("!document.querySelector('.cc-item[data-state=saving]')")
    file.chmod(0o444)
    for _ in range(3):
        trainee.click()
    trainee.page.wait_for_selector(".cc-item[data-state=unsaved]", state="attached")
    file.chmod(0o644)


MISHAPS: list[Callable[[Trainee, Path], None]] = [
    kill_the_kernel,
    close_the_tab,
    fill_the_disk,
    make_read_only,
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "release" / MODULE, folder / MODULE)
    # Only the quizzes: two hundred times through a whole lesson would take hours.
    path = folder / MODULE / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith(("setup", "quiz-"))
    ]
    nbformat.write(notebook, path)
    return folder


@pytest.fixture(scope="module")
def trainee(
    browser: Browser, desk: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trainee]:
    questions = [
        item for item in load_bank(ROOT, MODULE, LESSON).graded_items() if item.type == "single"
    ]
    with jupyter_lab(desk, tmp_path_factory.mktemp("lab"), "lin") as lab:
        chance = random.Random(20_260_301)  # noqa: S311 - no secret
        trainee = Trainee(browser, lab, questions[:6], chance)  # type: ignore[arg-type]
        yield trainee
        trainee.page.close()


@pytest.mark.parametrize("number", range(INTERRUPTIONS))
def test_no_answer_shown_as_saved_is_missing_after_an_interruption(
    trainee: Trainee, desk: Path, number: int
) -> None:
    file = desk / MODULE / f"{LESSON}.answers.json"
    for _ in range(4):
        trainee.click()
        # Interrupt at any moment of saving, not only after it.
        trainee.page.wait_for_timeout(trainee.chance.choice([0, 5, 20, 60]))
    if number == 0:
        trainee.page.wait_for_selector(".cc-item[data-state=saved]", state="attached")
    mishap = MISHAPS[number % 4] if number < len(MISHAPS) else trainee.chance.choice(MISHAPS)
    mishap(trainee, file)
    assert trainee.missing(file.parent) == {}
    if trainee.page.is_closed():
        trainee.open()
    assert trainee.missing(file.parent) == {}
