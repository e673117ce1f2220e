"""A lesson on a computer so slow that anywidget gives its widgets up before they are loaded."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.lab import Lab, NotebookPage

pytestmark = pytest.mark.browser

# The two seconds that anywidget gives are over at once.
HASTE = """AbortSignal.timeout = () => {
    const over = new AbortController();
    setTimeout(() => over.abort());
    return over.signal;
};"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> NotebookPage:
    page = browser.new_page()
    page.add_init_script(HASTE)
    notebook = NotebookPage(page, lab, "complaint-handling/nine-steps.ipynb")
    notebook.run_all()
    return notebook


def test_answers_are_seen_to_be_saved(notebook: NotebookPage) -> None:
    for item in ("second-visit", "no-name-yet"):
        notebook.choose(item, "a")
        notebook.expect_saved(item)


def test_a_picture_follows_its_control(notebook: NotebookPage) -> None:
    notebook.scroll_to(".jp-CodeCell", "答应几天办结")
    slider = notebook.page.locator(".widget-slider .noUi-handle").first
    title = notebook.page.locator(".js-plotly-plot .gtitle", has_text="都答应").first
    expect(title).to_contain_text("都答应 2 天")
    slider.press("ArrowRight")
    expect(title).to_contain_text("都答应 3 天")
