"""The report as instructors meet it: in the course's own server, by a button in JupyterLab."""

from __future__ import annotations

import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clientcourse.course_server import config_folder
from tests.conftest import ROOT, TOY
from tests.gallery import expect_accessible
from tests.lab import SECONDS, Lab, jupyter_lab

pytestmark = pytest.mark.browser

TOKEN = "open-sesame"  # noqa: S105 - of a server that lives as long as the test


@dataclass(frozen=True)
class Desk:
    """A course's own server, and a browser that is logged in."""

    lab: Lab
    window: BrowserContext

    def open(self, path: str, width: int = 1300) -> Page:
        page = self.window.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{self.lab.url}{path}?token={TOKEN}")
        return page

    def ask(self, path: str, token: str = TOKEN) -> tuple[int, str]:
        """Ask for a page as a program would; return the answer's status and where it came from."""
        url = f"{self.lab.url}clientcourse-report/{path}"
        request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
                return int(reply.status), str(reply.url)
        except urllib.error.HTTPError as error:
            return error.code, url


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("desk") / "toy"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader runs `alembic` by name, which lies beside this Python.
        beside = str(Path(sys.executable).parent)
        patch.setenv("PATH", os.pathsep.join([os.environ["PATH"], beside]))
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            gradebook.add_assignment("greeting")
            gradebook.add_student("lin", first_name="Mei", last_name="Lin")
            gradebook.add_submission("greeting", "lin")
        (root / "autograded/lin/greeting").mkdir(parents=True)
        window = browser.new_context(viewport={"width": 1300, "height": 900})
        home, config = tmp_path_factory.mktemp("lab"), str(config_folder("en"))
        with jupyter_lab(root, home, "teacher", config=config, token=TOKEN) as lab:
            yield Desk(lab, window)
            window.close()


def test_a_button_in_jupyterlab_opens_the_report(desk: Desk) -> None:
    page = desk.open("lab")
    with desk.window.expect_page() as opened:
        page.get_by_role("link", name="Cohort report").click()
    expect(opened.value.locator("h1")).to_have_text("A toy course")


def test_a_button_opens_the_formgrader_in_a_tab_of_its_own(desk: Desk) -> None:
    page = desk.open("lab")
    with desk.window.expect_page() as opened:
        page.get_by_role("link", name="Formgrader").click()
    expect(opened.value).to_have_url(f"{desk.lab.url}formgrader/manage_assignments")


def test_links_lead_from_the_cohort_to_a_lesson(desk: Desk) -> None:
    page = desk.open("clientcourse-report/en/names/index.html")
    page.get_by_role("main").get_by_role("link", name="Greeting").click()
    page.get_by_role("main").get_by_role("link", name="The first call", exact=True).click()
    expect(page.locator("h1")).to_have_text("The first call")


def test_the_language_and_the_names_can_be_changed_on_any_page(desk: Desk) -> None:
    page = desk.open("clientcourse-report/en/names/lessons/first-call.html")
    expect(page.get_by_text("Mei Lin (lin)")).to_be_visible()
    page.get_by_role("link", name="With codes for names").click()
    page.get_by_role("link", name="中文").click()
    expect(page.locator(".kind")).to_have_text("课的报告")
    expect(page.get_by_text("Mei Lin")).to_have_count(0)


@pytest.mark.parametrize("place", ["index.html", "greeting.html", "lessons/first-call.html"])
@pytest.mark.parametrize("width", [1300, 380])
def test_pages_are_accessible(desk: Desk, place: str, width: int) -> None:
    page = desk.open(f"clientcourse-report/en/names/{place}", width)
    expect_accessible(page, page.locator("body"), place)


@pytest.mark.parametrize(
    "path",
    ["fr/names/index.html", "en/all/index.html", "en/names/../index.html", "en/names/x.html"],
)
def test_there_are_no_other_pages(desk: Desk, path: str) -> None:
    assert desk.ask(path)[0] == 404


def test_nobody_else_reads_it(desk: Desk) -> None:
    _status, address = desk.ask("en/names/index.html", "another")
    assert "/login" in address
