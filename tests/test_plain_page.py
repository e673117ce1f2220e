"""A lesson as a page without widgets: what is printed, mailed or read where no Jupyter is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from clientcourse.markup import plain
from tests.gallery import FORMS, LESSON, TALKS, Room

pytestmark = pytest.mark.browser


@pytest.fixture
def page(room: Room, browser: Browser) -> Iterator[Page]:
    """The gallery made into HTML by nbconvert, read on a machine without a network."""
    desk = room.desk("plain", "zh")
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", f"{LESSON}.ipynb"]
    subprocess.run(command, cwd=desk, check=True, capture_output=True, timeout=300)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((desk / f"{LESSON}.html").as_uri())
    yield page
    context.close()


def test_every_question_and_what_can_be_answered_is_read(page: Page) -> None:
    # The plain version comes a moment late, lest it flash up where a widget is to come.
    expect(page.locator(".cc-plain").last).to_be_visible()
    body = " ".join(page.locator("body").inner_text().split())
    for item in FORMS.values():
        assert plain(item.stem.zh) in body, item.id
    for scenario in TALKS.values():
        assert plain(scenario.title.zh) in body, scenario.id
        start = next(node for node in scenario.nodes if node.id == scenario.start)
        assert plain(start.choices[0].text.zh) in body, scenario.id
