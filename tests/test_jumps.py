"""Ways from a question to what it is about and from the list of what is open to its cell."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from clientcourse.items import MultipleItem
from tests.gallery import BANK, FORMS, LESSON, QUIZZES, Room, card_of, expect_accessible
from tests.lab import Host, NotebookPage

pytestmark = pytest.mark.browser

HOSTS: list[Host] = ["lab", "notebook"]


def in_front(target: Locator) -> None:
    """See that a place was gone to: it is on the screen and has the focus."""
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()


@pytest.fixture(params=HOSTS)
def opened(room: Room, request: pytest.FixtureRequest) -> NotebookPage:
    desk = room.desk(f"jumps-{request.param}", "en")
    return room.open_and_run(desk / f"{LESSON}.ipynb", request.param)


def test_a_wrong_answer_leads_to_what_to_read_again_and_the_list_to_an_open_cell(
    opened: NotebookPage,
) -> None:
    item = FORMS["try-multiple"]
    assert isinstance(item, MultipleItem)
    assert item.reread
    wrong = next(option for option in item.options if not option.correct)
    opened.choose(item.id, wrong.id)
    card = card_of(opened.page, item.id)
    card.locator(".cc-actions button").click()
    expect(card.locator(".cc-summary")).to_have_attribute("data-verdict", "wrong")
    expect_accessible(opened.page, card, "wrong")
    card.locator(".cc-way").click()
    heading = opened.page.get_by_role("heading", name=item.reread.en)
    in_front(heading)

    entries = opened.scroll_to(".cc-progress-list").locator(".cc-entry button")
    for name, call in (
        (QUIZZES["graded"].title.en, 'lesson.quiz("graded-forms")'),
        (BANK.scenarios[-1].title.en, 'lesson.scenario("wrong-fee")'),
    ):
        opened.scroll_to(".cc-progress-list")
        entries.filter(has_text=name).click()
        in_front(opened.page.locator(".jp-CodeCell").filter(has_text=call))
