"""The course on JupyterHub, with real accounts: from release to feedback, and who may do what."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import TOY
from tests.hub import INSTRUCTOR, Hub, course_hub

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    if os.getuid() != 0:
        message = "only root can make accounts"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with course_hub(TOY, "en") as running:
        yield running


@pytest.fixture(scope="module")
def tang(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, INSTRUCTOR)


@pytest.fixture(scope="module")
def lin(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, "lin")


@pytest.fixture(scope="module")
def mo(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, "mo")


# The tests are one story, told in order.


def confirm(page: Page) -> None:
    """Wait for formgrader's word that it has worked, and close it."""
    page.locator("#success-modal").wait_for()
    page.locator("#success-modal .modal-footer [data-dismiss=modal]").click()
    page.locator("#success-modal").wait_for(state="detached")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def answer(page: Page, option: str) -> None:
    """Begin the module, or go on with it, and click an answer to its first question."""
    page.get_by_role("button", name="Begin: Greeting").or_(
        page.get_by_role("button", name="Continue: Greeting")
    ).first.click()
    page.locator(f".cc-item[data-item=say-name] input[value={option}]").click()
    expect(page.locator(".cc-item[data-item=say-name]")).to_have_attribute("data-state", "saved")
    page.get_by_role("link", name="Course home").click()


def hand_in(page: Page) -> None:
    press(page, "Hand in: Greeting")
    press(page, "Hand in as it is: Greeting")
    expect(page.locator(".said")).to_have_text("✓ It has been handed in.")


def test_an_instructor_releases_the_module(hub: Hub, tang: Page) -> None:
    expect(tang).to_have_url(re.compile(f"^{hub.url}services/course/lab"))
    tang.goto(f"{hub.url}services/course/formgrader/manage_assignments")
    row = tang.locator("tr", has_text="greeting")
    row.locator(".glyphicon-education").click()
    confirm(tang)
    row.locator(".glyphicon-cloud-upload").click()
    confirm(tang)
    expect(row).to_contain_text("released")


def test_trainees_come_to_their_start_page_answer_and_hand_in(
    hub: Hub, lin: Page, mo: Page
) -> None:
    for page, name, option in ((lin, "lin", "c"), (mo, "mo", "a")):
        expect(page).to_have_url(f"{hub.url}user/{name}/clientcourse/")
        answer(page, option)
        hand_in(page)


def test_feedback_comes_back_without_anyone_asking(lin: Page, mo: Page) -> None:
    for page, points in ((lin, "2"), (mo, "0")):
        expect(page.locator(".stage")).to_have_text("Handed in")
        while page.locator(".stage").inner_text() != "Feedback is back":
            page.reload()
        with page.expect_popup() as popup:
            page.get_by_role("button", name="Read feedback: The first call (opens in").click()
        expect(popup.value.locator(".total")).to_have_text(f"{points} / 14")
        popup.value.close()


@pytest.mark.parametrize(
    "place",
    [
        "services/course/lab",
        "services/course/formgrader",
        "services/course/files/course/greeting/first-call.items.yaml",
        "user/mo/lab",
        "user/mo/files/greeting/first-call.ipynb",
        "user/mo/api/contents/greeting",
        "hub/admin",
        "hub/api/users",
        "hub/api/users/mo",
        "hub/api/services",
    ],
)
def test_a_trainee_is_refused_where_others_are_at_home(hub: Hub, lin: Page, place: str) -> None:
    reply = lin.request.get(f"{hub.url}{place}")
    assert reply.status in (403, 404), reply.url


def test_an_account_reads_nothing_of_others(hub: Hub) -> None:
    submission = next((hub.folder / "exchange/toy-course/inbound").iterdir())
    places = {
        "the keys": hub.folder / "course/course",
        "the gradebook": hub.folder / "course/gradebook.db",
        "what others have handed in": submission.parent,
        "the hub's secrets": hub.folder / "state",
        "another's home": hub.folder / "home" / "mo",
    }
    for name, place in places.items():
        seen = subprocess.run(
            ["ls", place], user=hub.account("lin"), group=hub.account("lin"), extra_groups=[],
            capture_output=True, check=False,
        )  # fmt: skip
        assert seen.returncode != 0, name
        assert seen.stdout == b"", name
