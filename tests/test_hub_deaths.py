"""Whoever is killed on the hub while people work: they go on, nothing is lost or graded twice."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator
from typing import cast

import psutil
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Error, Locator, Page, expect

from clientcourse.authoring.load import load_bank
from clientcourse.items import SingleItem
from tests.clicking import Clicking
from tests.conftest import TOY
from tests.hub import (
    BIN,
    COURSE,
    INSTRUCTOR,
    Hub,
    answer,
    hand_in,
    open_lesson,
    press,
    toy_hub,
)
from tests.lab import SECONDS

pytestmark = pytest.mark.browser

QUESTION = "say-name"


class AtWork(Clicking):
    """A trainee who clicks answers to the first question in Lab."""

    def __init__(self, hub: Hub, page: Page) -> None:
        items = load_bank(TOY, "greeting", "first-call").graded_items()
        questions = [cast(SingleItem, item) for item in items if item.id == QUESTION]
        super().__init__(questions, random.Random(20_260_301))  # noqa: S311 - no secret
        self.hub, self.page = hub, page
        self.open()

    def open(self) -> None:
        """Come to the start page and go on with the lesson."""
        come(self.hub, self.page)
        open_lesson(self.page)
        self.watch()

    @property
    def card(self) -> Locator:
        return self.page.locator(f".cc-item[data-item={QUESTION}]")

    def click_on(self) -> None:
        """Click some answers; of the last one nothing is known yet."""
        for _ in range(4):
            self.click()
            self.page.wait_for_timeout(self.chance.choice([0, 5, 20, 60]))  # any moment

    def click_until_saved(self) -> None:
        """Click an answer and see it saved."""
        self.click()
        self.expect_saved()

    def expect_saved(self) -> None:
        """Wait for the last click to be shown as saved."""
        expect(self.card).to_have_attribute("data-state", "saved")
        self.expect_kept()

    def expect_kept(self) -> None:
        """Wait until nothing is on its way; see that the last click is what is kept."""
        expect(self.card).not_to_have_attribute("data-state", re.compile("saving|unsaved"))
        chosen = self.clicked[QUESTION][-1]
        expect(self.card.locator(f"input[value={chosen}]")).to_be_checked()
        assert self.hub.answers("lin")[QUESTION]["value"] == chosen


def come(hub: Hub, page: Page) -> None:
    """Come to the start page by the hub's address, as often as it takes."""
    home, nobody = page.locator(".stage"), page.locator("h1", has_text=re.compile(r"^\s*[45]0\d"))
    while True:
        with contextlib.suppress(Error):  # there is not even a proxy
            page.goto(hub.url)
            home.or_(nobody).first.wait_for()
            if home.count():
                return


def expect_feedback(page: Page) -> None:
    """Wait on the start page for feedback on what was handed in last."""
    while page.locator(".stage").inner_text() != "Feedback is back":
        page.reload()


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, SECONDS)


def services(hub: Hub) -> list[psutil.Process]:
    """Return the course's server and the watcher: those that are no others' children."""
    ours = hub.processes(COURSE)
    numbers = {process.pid for process in ours}
    return [process for process in ours if process.ppid() not in numbers]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with toy_hub() as running:
        for step in ("generate_assignment", "release_assignment"):
            course = str(running.folder / "course")
            done = running.run(COURSE, BIN / "nbgrader", step, "greeting", folder=course)
            assert done.returncode == 0, done.stderr
        yield running


@pytest.fixture(scope="module")
def lin(hub: Hub, browser: Browser) -> AtWork:
    return AtWork(hub, hub.log_in(browser, "lin"))


@pytest.fixture(scope="module")
def mo(hub: Hub, browser: Browser) -> Page:
    page = hub.log_in(browser, "mo")
    come(hub, page)
    answer(page, "a")
    come(hub, page)
    return page


@pytest.fixture(autouse=True)
def _nothing_is_lost(hub: Hub, lin: AtWork) -> Iterator[None]:
    yield
    assert lin.lost(hub.answers("lin")) == {}


# The tests are one story, told in order.


def test_when_the_hub_is_killed_people_work_on_and_its_services_begin_anew(
    hub: Hub, lin: AtWork, mo: Page
) -> None:
    before = services(hub)
    assert len(before) == 2
    lin.click_on()
    kill([psutil.Process(hub.process.pid)])
    lin.click_until_saved()
    hand_in(mo)
    # Nobody is left who would have the port, or watch beside the next one.
    assert psutil.wait_procs(before, SECONDS)[1] == []
    hub.start()
    expect_feedback(mo)
    assert [process.ppid() for process in services(hub)] == [hub.process.pid] * 2
    lin.click_until_saved()


def test_nobody_has_to_log_in_again(lin: AtWork) -> None:
    lin.open()
    lin.click_until_saved()


def test_when_the_proxy_is_killed_nobody_is_left_in_the_dark_and_the_answer_arrives(
    hub: Hub, lin: AtWork, mo: Page
) -> None:
    lin.click_on()
    kill([psutil.Process(hub.proxy.pid)])
    lin.click()
    hub.start_proxy()
    expect(lin.card).to_have_attribute("data-state", re.compile("^(un)?saved$"))
    if lin.card.get_attribute("data-state") == "unsaved":  # was lost on its way, and the card says
        lin.open()  # to run it anew
    lin.expect_kept()
    come(hub, mo)
    expect_feedback(mo)


def test_when_a_trainees_server_and_kernel_are_killed_all_that_was_saved_is_there(
    hub: Hub, lin: AtWork
) -> None:
    lin.click_until_saved()
    lin.click_on()
    kill(hub.processes("lin"))
    lin.open()
    kept = hub.answers("lin")[QUESTION]["value"]
    expect(lin.card.locator(f"input[value={kept}]")).to_be_checked()
    lin.click_until_saved()


def test_when_a_server_is_killed_while_its_trainee_hands_in_it_can_be_done_again(
    hub: Hub, mo: Page
) -> None:
    answer(mo, "b")
    come(hub, mo)
    press(mo, "Hand in again: Greeting")
    mo.get_by_role("button", name="Hand in as it is: Greeting").click(no_wait_after=True)
    kill(hub.processes("mo"))
    come(hub, mo)
    if mo.get_by_role("button", name="Hand in again: Greeting").count():  # it was too soon
        hand_in(mo)
    expect_feedback(mo)


def test_when_the_services_are_killed_while_grading_the_hub_starts_them_and_they_go_on(
    hub: Hub, mo: Page, browser: Browser
) -> None:
    tang = hub.log_in(browser, INSTRUCTOR)
    answer(mo, "c")
    come(hub, mo)
    before = services(hub)
    hand_in(mo)
    kill(hub.processes(COURSE))
    expect_feedback(mo)
    tang.goto(f"{hub.url}services/course/formgrader/manage_submissions/greeting")
    while tang.locator("tr", has_text="mo").count() == 0:
        tang.reload()
    assert len(services(hub)) == 2
    assert not {one.pid for one in before} & {one.pid for one in services(hub)}


def test_in_the_end_everything_is_graded_and_nothing_twice(hub: Hub) -> None:
    assert hub.log.count("mo, greeting: graded") <= len(hub.submissions("mo"))
    with Gradebook(f"sqlite:///{hub.folder / 'course/gradebook.db'}") as gradebook:
        [submission] = gradebook.assignment_submissions("greeting")
        assert (submission.student_id, submission.score) == ("mo", 2)
