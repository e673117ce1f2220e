"""The gallery of question forms, open in a real JupyterLab or Notebook 7."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from clientcourse.authoring.load import load_bank
from clientcourse.authoring.publish import publish
from clientcourse.items import Question, Quiz, Scenario
from clientcourse.language import Language
from clientcourse.markup import plain
from clientcourse.values import Json
from tests.conftest import ROOT
from tests.lab import Host, Lab, NotebookPage, jupyter_lab

GALLERY = ROOT / "docs" / "gallery"
LESSON, TRAINEE = "every-form", "lin"
BANK = load_bank(GALLERY, "gallery", LESSON)
QUIZZES: dict[str, Quiz] = {quiz.use: quiz for quiz in BANK.quizzes}
TALKS: dict[str, Scenario] = {scenario.use: scenario for scenario in BANK.scenarios}
FORMS: dict[str, Question] = {item.id: item for quiz in BANK.quizzes for item in quiz.items}


@dataclass(frozen=True)
class Look:
    """What a browser's window is like; its size is taken when the lesson has been run."""

    width: int = 1300
    height: int = 900
    dark: bool = False
    forced_colors: bool = False
    still: bool = False


PLAIN = Look()


@dataclass(frozen=True)
class Room:
    """Where lessons are opened: a browser, a server and what is released."""

    browser: Browser
    lab: Lab
    root: Path
    built: dict[Language, Path]

    def desk(self, name: str, language: Language) -> Path:
        """Fetch the gallery into a folder."""
        released = self.built[language] / "release" / "gallery"
        return Path(shutil.copytree(released, self.root / name))

    def open(self, notebook: Path, host: Host = "lab", look: Look = PLAIN) -> NotebookPage:
        """Open a notebook on a desk in a window of its own, with nothing kept from others."""
        self.lab.wear("JupyterLab Dark" if look.dark else "JupyterLab Light")
        window = self.browser.new_context(
            viewport={"width": PLAIN.width, "height": PLAIN.height},
            forced_colors="active" if look.forced_colors else "none",
            reduced_motion="reduce" if look.still else "no-preference",
        )
        path = notebook.relative_to(self.root).as_posix()
        return NotebookPage(window.new_page(), self.lab, path, host)

    def open_and_run(self, notebook: Path, host: Host = "lab", look: Look = PLAIN) -> NotebookPage:
        """Open a notebook, run it and make the window as large as it is to be."""
        opened = self.open(notebook, host, look)
        opened.run_all()
        if look.width < PLAIN.width and host == "lab":
            opened.page.keyboard.press("Control+b")  # the file browser leaves
        opened.page.set_viewport_size({"width": look.width, "height": look.height})
        return opened


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The gallery, built and released in both languages."""
    folders: dict[Language, Path] = {}
    for language in ("zh", "en"):
        folders[language] = tmp_path_factory.mktemp(language)
        publish(GALLERY, folders[language], language)
    return folders


@pytest.fixture(scope="module")
def _room(
    browser: Browser, built: dict[Language, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    root = tmp_path_factory.mktemp("desks")
    with jupyter_lab(root, tmp_path_factory.mktemp("lab"), TRAINEE) as lab:
        yield Room(browser, lab, root, built)


@pytest.fixture
def room(_room: Room) -> Iterator[Room]:
    """A server and a browser; every tab and kernel is closed after a test."""
    yield _room
    for context in _room.browser.contexts:
        context.close()
    _room.lab.end_sessions()


def kept(file: Path) -> dict[str, Json]:
    answers = json.loads(file.read_text())["answers"]
    return {id_: answer["value"] for id_, answer in answers.items()}


def card_of(page: Page, item: str) -> Locator:
    return page.locator(f".cc-item[data-item={item}]")


def widget_of(page: Page, item: str) -> Locator:
    return page.locator(".cc-widget").filter(has=card_of(page, item))


def talk_of(page: Page, scenario: Scenario, language: Language) -> Locator:
    return page.locator(".cc-scenario").filter(has_text=plain(scenario.title[language]))


def expect_accessible(page: Page, within: Locator, where: str) -> None:
    """Let axe look for what people with impairments would stumble over; nothing may stick out."""
    sticks_out = within.evaluate(
        """(within) => within.scrollWidth > within.clientWidth + 1
            || within.getBoundingClientRect().right > innerWidth"""
    )
    assert not sticks_out, f"{where}: wider than the window"
    # JupyterLab's body has no height of its own, and its panels cut off what is scrolled out of
    # sight; axe would take all of it for hidden and pass over it.
    within.evaluate(
        """(within) => {
            for (const old of document.querySelectorAll("[data-judged]")) {
                old.removeAttribute("data-judged");
            }
            within.setAttribute("data-judged", "");
            for (let node = within.parentElement; node; node = node.parentElement) {
                if (getComputedStyle(node).overflow === "hidden") node.style.overflow = "clip";
            }
        }"""
    )
    results = Axe().run(page, context={"include": [["[data-judged]"]]})
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"
