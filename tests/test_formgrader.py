"""Answers in one's own words, as an instructor marks them in nbgrader's formgrader."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Locator, Page, expect

from clientcourse.authoring.load import load_bank
from clientcourse.demo.run import Demo
from clientcourse.demo.trainees import Desk, ModelTrainee, nothing, unwritten
from clientcourse.items import ShortItem
from tests.lab import jupyter_lab
from tests.test_forms import GALLERY
from tests.test_path import run_demo

pytestmark = pytest.mark.browser

ITEM = load_bank(GALLERY, "gallery", "every-form").graded_by_person()["graded-short"]
HOSTILE = (
    "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>\n\n# **Sorry** $x$"
)


def answer_in_words(_number: int, item: object) -> str | None:
    return HOSTILE if isinstance(item, ShortItem) else None


def add_a_hostile_cell(desk: Desk) -> None:
    notebook = nbformat.read(desk.notebook, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"A cell of my own\n\n{HOSTILE}"))
    nbformat.write(notebook, desk.notebook)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    trainees = [
        ModelTrainee("writer", answer_in_words, unwritten, add_a_hostile_cell),
        ModelTrainee("silent", nothing, unwritten),
    ]
    return run_demo(GALLERY, tmp_path_factory.mktemp("demo"), "en", trainees, marked=False)


@pytest.fixture(scope="module")
def page(browser: Browser, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The formgrader, open at the submission of the trainee who wrote something."""
    extension = "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True"
    with jupyter_lab(demo.course, tmp_path_factory.mktemp("lab"), "zhao", extension) as lab:
        with Gradebook(demo.db_url) as gradebook:
            notebook = gradebook.find_submission_notebook("every-form", "gallery", "writer")
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(f"{lab.url}formgrader/submissions/{notebook.id}/?index=0")
        yield page
        page.close()


def cell(page: Page) -> Locator:
    return page.locator(".nbgrader_cell").filter(has=page.locator("#short-graded-short"))


def test_the_rubric_and_the_model_answer_are_in_front_of_who_marks(page: Page) -> None:
    for text in (ITEM.model_answer, *(point.text for point in ITEM.rubric)):
        expect(cell(page)).to_contain_text(" ".join(text.en.split()), use_inner_text=True)


def test_what_a_trainee_wrote_is_shown_as_it_was_typed_and_runs_nothing(page: Page) -> None:
    expect(cell(page)).to_contain_text("<script>window.stolen = 1</script>")
    expect(cell(page)).to_contain_text("# **Sorry**")
    assert page.evaluate("window.stolen") is None


def test_a_text_cell_of_a_trainees_own_runs_nothing_either(page: Page) -> None:
    expect(page.get_by_text("A cell of my own")).to_be_visible()
    assert page.evaluate("window.stolen") is None
    assert page.locator("#notebook img").count() == 0


def test_full_credit_reaches_the_gradebook(page: Page, demo: Demo) -> None:
    with page.expect_response(lambda reply: "/api/grade/" in reply.url and reply.ok):
        cell(page).get_by_role("button", name="Full credit").click()
    with Gradebook(demo.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook("every-form", "gallery", "writer")
        [grade] = [grade for grade in notebook.grades if grade.name == "short-graded-short"]
        assert grade.score == ITEM.points


def test_the_release_has_neither_rubric_nor_model_answer(demo: Demo) -> None:
    files = [path for path in (demo.course / "release").rglob("*") if path.is_file()]
    released = "".join(path.read_text() for path in files)
    for text in (ITEM.model_answer, *(point.text for point in ITEM.rubric)):
        assert text.en.splitlines()[0] not in released


def test_feedback_before_marking_says_that_it_is_awaited(demo: Demo) -> None:
    feedback = demo.course / "feedback"
    assert "Awaiting your instructor" in (feedback / "writer/gallery/every-form.html").read_text()
    assert "Awaiting" not in (feedback / "silent/gallery/every-form.html").read_text()
