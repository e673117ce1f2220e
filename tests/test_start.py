"""From the start page to the first question, and back: a trainee who has never seen Jupyter."""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from traitlets.config.loader import PyFileConfigLoader

from clientcourse.authoring.build import build, write
from clientcourse.start import config_folder
from tests.conftest import ROOT, TOY
from tests.gallery import expect_accessible
from tests.lab import SECONDS, Lab, jupyter_lab

pytestmark = pytest.mark.browser

COURSE, MODULE, TRAINEE, TOKEN = "toy-course", "greeting", "lin", "open-sesame"
DUE = "2099-03-01 18:00:00+08:00"


@dataclass(frozen=True)
class School:
    """A course, an exchange and the server of one trainee."""

    folder: Path
    lab: Lab
    window: BrowserContext
    api: NbGraderAPI

    @property
    def desk(self) -> Path:
        return self.folder / "desk"

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    def open(self, language: str = "en") -> Page:
        """Open the start page, logged in."""
        page = self.window.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{self.lab.url}clientcourse/?token={TOKEN}&language={language}")
        return page

    def post(self, action: str, **fields: str) -> int:
        """Send a form as a program would, and return the answer's status."""
        body = urllib.parse.urlencode(fields).encode()
        login = {"Authorization": f"token {TOKEN}"}
        url = f"{self.lab.url}clientcourse/{action}"
        request = urllib.request.Request(url, body, login)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture(scope="module")
def school(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("school")
    for name in ("desk", "exchange", "config"):
        (folder / name).mkdir()
    (folder / "exchange").chmod(0o777)
    shutil.copytree(TOY, folder / "course")
    about = folder / "course" / "course" / "course.yaml"
    about.write_text(about.read_text().replace("    lessons:", f"    due: {DUE}\n    lessons:"))
    write(build(folder / "course"), folder / "course" / "source")
    shutil.copy(ROOT / "nbgrader_config.py", folder / "course")
    (folder / "config" / "nbgrader_config.py").write_text(
        f"c = get_config()\n"
        f"c.Exchange.root = {str(folder / 'exchange')!r}\n"
        f"c.Exchange.cache = {str(folder / 'cache')!r}\n"
    )
    c = PyFileConfigLoader("nbgrader_config.py", str(folder / "course")).load_config()
    c.Exchange.root = str(folder / "exchange")
    config = os.pathsep.join([str(config_folder("zh")), str(folder / "config")])
    home = tmp_path_factory.mktemp("lab")
    window = browser.new_context(
        viewport={"width": 1300, "height": 900}, timezone_id="Asia/Shanghai"
    )
    with jupyter_lab(folder / "desk", home, TRAINEE, config=config, token=TOKEN) as lab:
        yield School(folder, lab, window, NbGraderAPI(CourseDirectory(config=c), config=c))
        window.close()


def must(result: dict[str, Any]) -> None:
    assert result["success"], result


def card(page: Page) -> Locator:
    return page.locator("article")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


# The tests of this part are one story, told in order.


def test_before_a_release_the_page_says_so(school: School) -> None:
    page = school.open()
    expect(page.locator("h1")).to_have_text("No module is open yet")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("还没有开放的模块")


def test_a_released_module_shows_what_it_is_called_and_when_it_is_due(school: School) -> None:
    must(school.api.generate_assignment(MODULE))
    must(school.api.release_assignment(MODULE))
    page = school.open()
    expect(page).to_have_title("A toy course")
    expect(card(page).locator("h2")).to_have_text("Greeting")
    expect(card(page).locator(".stage")).to_have_text("Not started")
    expect(card(page).locator(".due")).to_have_text("Due March 1, 2099 at 6:00 PM")
    expect(card(page).locator("li")).to_have_text(["The first call", "The first call 2"])


def test_the_first_question_is_there_after_one_click(school: School) -> None:
    page = school.open()
    press(page, "Begin: Greeting")
    expect(page).to_have_url(f"{school.lab.url}lab/tree/{MODULE}/first-call.ipynb")
    page.locator(".cc-item[data-item=warm-words] input[value=b]").click()
    expect(page.locator(".cc-item[data-item=warm-words]")).to_have_attribute("data-state", "saved")


def test_what_a_trainee_writes_and_what_gives_points_waits_for_them(school: School) -> None:
    page = school.window.pages[-1]
    # Only what shows something has a number; exercises and grade cells have none yet.
    expect(page.locator(".jp-CodeCell.cc-shown")).to_have_count(4)
    code = page.locator(".jp-CodeCell:not(.cc-shown) .jp-InputArea-prompt")
    expect(code).to_have_text(["[ ]:"] * code.count())


def test_the_way_back_saves_the_lesson_and_the_page_counts(school: School) -> None:
    page = school.window.pages[-1]
    page.get_by_role("link", name="← 课程首页").click()
    expect(card(page).locator(".stage")).to_have_text("In progress")
    expect(card(page).locator(".count")).to_have_text(["1 of 7 answered", "0 of 1 answered"])
    saved = json.loads((school.desk / MODULE / "first-call.ipynb").read_text())
    assert any(cell.get("outputs") for cell in saved["cells"])


def test_going_on_finds_the_answer_as_it_was(school: School) -> None:
    page = school.open()
    press(page, "Continue: Greeting")
    expect(page.locator(".cc-item[data-item=warm-words] input[value=b]")).to_be_checked()


def test_jupyterlab_speaks_the_language_it_was_set_up_for(school: School) -> None:
    pytest.importorskip("jupyterlab_language_pack_zh_CN")
    page = school.window.pages[-1]
    expect(page.get_by_role("menuitem", name="文件", exact=True)).to_be_visible()


def test_what_cannot_be_handed_in_is_said_to_be_so(school: School) -> None:
    inbound = school.exchange / COURSE / "inbound"
    inbound.rename(inbound.with_name("elsewhere"))
    page = school.open()
    press(page, "Hand in: Greeting")
    press(page, "Hand in as it is: Greeting")
    expect(page.get_by_role("alert")).to_contain_text("“Greeting” was not handed in")
    expect(page.get_by_role("alert")).to_contain_text("Inbound directory doesn't exist")
    expect(card(page).locator(".stage")).to_have_text("In progress")
    inbound.with_name("elsewhere").rename(inbound)


def come_back(page: Page) -> None:
    """Let the page know that it is looked at again; a browser without a screen never says so."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_handing_in_asks_once_about_open_questions(school: School) -> None:
    page = school.open()
    press(page, "Hand in: Greeting")
    expect(card(page).locator(".ask")).to_contain_text("Questions that count and are not answered:")
    assert not list((school.exchange / COURSE / "inbound").iterdir())
    with page.expect_response(lambda reply: reply.request.method == "GET" and reply.ok):
        come_back(page)
    press(page, "Hand in as it is: Greeting")  # the question still stands
    expect(card(page).locator(".said")).to_have_text("✓ It has been handed in.")
    expect(card(page).locator(".stage")).to_have_text("Handed in")
    (submission,) = (school.exchange / COURSE / "inbound").iterdir()
    assert f"+{MODULE}+" in submission.name
    answers = json.loads((submission / "first-call.answers.json").read_text())["answers"]
    assert answers["warm-words"]["value"] == "b"


def test_feedback_appears_by_itself_and_opens_in_a_sandbox(school: School) -> None:
    page = school.open()
    expect(card(page).locator(".stage")).to_have_text("Handed in")
    (submission,) = (school.exchange / COURSE / "inbound").iterdir()
    trainee = submission.name.partition("+")[0]  # the account, as no hub is there
    must(school.api.collect(MODULE))
    must(school.api.autograde(MODULE, trainee))
    must(school.api.generate_feedback(MODULE, trainee))
    must(school.api.release_feedback(MODULE))
    expect(card(page).locator(".stage")).to_have_text("Feedback is back")
    button = card(page).get_by_role("button", name="Read feedback: The first call (opens in")
    expect(button).to_have_text(re.compile("new"))
    with page.expect_popup() as popup:
        button.click()
    feedback = popup.value
    expect(feedback.locator(".total")).to_have_text("0 / 14")
    assert feedback.evaluate("origin") == "null"
    come_back(page)
    expect(button).to_have_text("Read feedback")


def test_the_page_is_for_everyone(school: School) -> None:
    for language in ("en", "zh"):
        page = school.open(language)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for width in (320, 1300):
                page.set_viewport_size({"width": width, "height": 800})
                expect_accessible(page, page.locator("body"), f"{language} {scheme} {width}")


def test_other_notebooks_are_left_alone(school: School) -> None:
    shutil.copy(school.desk / MODULE / "second-call.ipynb", school.desk / "copy.ipynb")
    page = school.open()
    with page.expect_response(lambda reply: "/clientcourse/showing" in reply.url) as answer:
        page.goto(f"{school.lab.url}lab/tree/copy.ipynb?reset")
    assert answer.value.json() == {"cells": {}}
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached()
    expect(page.locator(".jp-CodeCell").first).to_be_visible()
    expect(page.locator(".cc-shown")).to_have_count(0)


def test_a_request_without_a_login_or_from_another_site_is_refused(school: School) -> None:
    names = {"course": COURSE, "module": MODULE}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(  # noqa: S310
            urllib.request.Request(f"{school.lab.url}clientcourse/hand-in", b"")  # noqa: S310
        )
    page = school.open()
    reply = page.request.post(f"{school.lab.url}clientcourse/hand-in", form={**names, "sure": "1"})
    assert reply.status == 403


@pytest.mark.parametrize(
    "names",
    [
        {"course": COURSE, "module": "../greeting"},
        {"course": COURSE, "module": "greeting/../greeting"},
        {"course": "..", "module": MODULE},
        {"course": COURSE, "module": MODULE, "lesson": "../../config/nbgrader_config"},
        {"course": COURSE},
    ],
)
@pytest.mark.parametrize("action", ["begin", "hand-in", "feedback"])
def test_names_that_are_not_listed_are_refused(
    school: School, action: str, names: dict[str, str]
) -> None:
    assert school.post(action, sure="yes", **names) == 404


def test_what_was_deleted_comes_back(school: School) -> None:
    notebook = school.desk / MODULE / "second-call.ipynb"
    notebook.unlink()
    assert school.post("begin", course=COURSE, module=MODULE, lesson="second-call") == 200
    assert notebook.exists()


def test_without_an_exchange_the_page_says_whom_to_tell(school: School) -> None:
    school.exchange.rename(school.folder / "elsewhere")
    try:
        page = school.open()
        expect(page.locator("h1")).to_have_text("The course cannot be reached just now")
        expect(page.locator(".trouble")).to_contain_text("(c.Exchange.root) must exist")
        page.get_by_role("link", name="中文").click()
        expect(page.locator("h1")).to_have_text("暂时领不到课程")
    finally:
        (school.folder / "elsewhere").rename(school.exchange)
