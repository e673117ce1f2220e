"""The released lesson in real JupyterLab and Chromium, by mouse and by keyboard, then graded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, expect

from clientcourse.authoring.load import load_bank
from clientcourse.items import MultipleItem, OrderItem, SingleItem, TrueFalseItem
from clientcourse.scoring import score
from tests.conftest import ROOT
from tests.lab import Lab, NotebookPage, jupyter_lab

pytestmark = pytest.mark.browser

MODULE, LESSON = "complaint-handling", "nine-steps"
TRAINEE = "lin"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with the real course, released, and the trainee's desk in it."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("course", "source"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbgrader(folder, "generate_assignment", MODULE)
    shutil.copytree(folder / "release" / MODULE, folder / "desk" / MODULE)
    return folder


@pytest.fixture(scope="module")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with jupyter_lab(course / "desk", tmp_path_factory.mktemp("lab"), TRAINEE) as lab:
        yield lab


def nbgrader(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def recorded(course: Path) -> dict[str, Any]:
    path = course / "desk" / MODULE / f"{LESSON}.answers.json"
    answers = json.loads(path.read_text())["answers"]
    return {id_: a["value"] for id_, a in answers.items() if a["value"] is not None}


BANK = load_bank(ROOT, MODULE, LESSON)
ITEMS = {item.id: item for item in BANK.graded_items()}
SINGLES = [item for item in ITEMS.values() if isinstance(item, SingleItem)]
CLICKED, TRAVELLED, LATE = SINGLES[:3]
TICKED = next(item for item in ITEMS.values() if isinstance(item, MultipleItem))
JUDGED = next(item for item in ITEMS.values() if isinstance(item, TrueFalseItem))
MOVED = next(item for item in ITEMS.values() if isinstance(item, OrderItem))
SHOWN = [choice.id for choice in MOVED.public("zh").choices]


# The tests of this part are one story, told in order in one open notebook.


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[NotebookPage]:
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    notebook = NotebookPage(page, lab, f"{MODULE}/{LESSON}.ipynb")
    notebook.run_all()
    yield notebook
    page.close()


def test_clicks_are_saved(notebook: NotebookPage, course: Path) -> None:
    notebook.choose(CLICKED.id, CLICKED.key[0])
    for option in TICKED.key:
        notebook.choose(TICKED.id, option)
    notebook.choose(JUDGED.id, JUDGED.key[0])
    for item in (CLICKED, TICKED, JUDGED):
        notebook.expect_saved(item.id)
    assert recorded(course) == {
        CLICKED.id: CLICKED.key[0],
        TICKED.id: TICKED.key,
        JUDGED.id: JUDGED.key[0],
    }


def test_a_choice_is_made_by_keyboard(notebook: NotebookPage, course: Path) -> None:
    notebook.item(TRAVELLED.id).locator("input").first.focus()
    notebook.page.keyboard.press("Space")
    notebook.page.keyboard.press("ArrowDown")
    second = notebook.item(TRAVELLED.id).locator("input").nth(1)
    expect(second).to_be_checked()
    notebook.expect_saved(TRAVELLED.id)
    assert recorded(course)[TRAVELLED.id] == TRAVELLED.options[1].id


def test_steps_are_ordered_by_keyboard(notebook: NotebookPage, course: Path) -> None:
    notebook.item(MOVED.id).locator(".cc-grip").first.focus()
    for key in ("Space", "ArrowDown", "Space"):
        notebook.page.keyboard.press(key)
    notebook.expect_saved(MOVED.id)
    assert recorded(course)[MOVED.id] == [SHOWN[1], SHOWN[0], *SHOWN[2:]]


def test_steps_are_ordered_by_dragging(notebook: NotebookPage, course: Path) -> None:
    grips = notebook.item(MOVED.id).locator(".cc-grip")
    grips.last.scroll_into_view_if_needed()
    grips.last.hover()
    notebook.page.mouse.down()
    top = grips.first.bounding_box()
    assert top
    notebook.page.mouse.move(top["x"] + 5, top["y"] + 2, steps=12)
    notebook.page.mouse.up()
    dragged = [SHOWN[-1], SHOWN[1], SHOWN[0], *SHOWN[2:-1]]
    expect(notebook.item(MOVED.id).locator("li")).to_contain_text(
        [step.text.zh for id_ in dragged for step in MOVED.steps if step.id == id_]
    )
    notebook.expect_saved(MOVED.id)
    assert recorded(course)[MOVED.id] == dragged


def test_a_data_exercise_is_answered_in_code(notebook: NotebookPage, course: Path) -> None:
    notebook.write_cell(
        "on_time_share = ...",
        "complaints = lesson.complaints()\n"
        'on_time_share = (complaints["first_reply_hours"] <= 24).mean() * 100\n'
        'lesson.answer("on-time-share", on_time_share)',
    )
    expect(notebook.page.get_by_text("已记录：").first).to_be_visible()
    assert "on-time-share" in recorded(course)


def test_a_killed_kernel_is_told_at_once_and_a_click_is_not_called_saved(
    notebook: NotebookPage, lab: Lab, course: Path
) -> None:
    lab.kill_kernels()
    notebook.page.locator(".jp-Dialog").get_by_role("button").first.click()
    notice = notebook.scroll_to(".cc-quiz", CLICKED.stem.zh).locator(".cc-notice")
    expect(notice).to_contain_text("已经保存的答案都在")
    notebook.choose(LATE.id, LATE.key[0])
    expect(notebook.item(LATE.id)).to_have_attribute("data-state", "unsaved")
    assert LATE.id not in recorded(course)


def test_running_again_brings_the_answers_back_and_saves_the_late_one(
    notebook: NotebookPage, course: Path
) -> None:
    notebook.run_all()
    expect(notebook.choice(CLICKED.id, CLICKED.key[0])).to_be_checked()
    notebook.expect_saved(LATE.id)
    assert recorded(course)[LATE.id] == LATE.key[0]


def leave_unsaved(notebook: NotebookPage, value: str, replaces: list[str | None]) -> None:
    """Let the browser tab hold an answer that the kernel has not confirmed."""
    quiz = next(quiz.id for quiz in BANK.quizzes if CLICKED in quiz.items)
    notebook.page.evaluate(
        """([quiz, kept]) => {
            const key = Object.keys(sessionStorage).find((name) => name.endsWith(`:${quiz}`));
            sessionStorage.setItem(key, JSON.stringify(kept));
        }""",
        [quiz, [[CLICKED.id, {"value": value, "replaces": replaces}]]],
    )


def test_an_old_unsaved_choice_does_not_replace_a_newer_saved_answer(
    notebook: NotebookPage, course: Path
) -> None:
    leave_unsaved(notebook, "a", [None])
    notebook.run_all()
    expect(notebook.choice(CLICKED.id, CLICKED.key[0])).to_be_checked()
    assert recorded(course)[CLICKED.id] == CLICKED.key[0]


def test_an_unsaved_choice_arrives_though_the_one_before_it_was_saved_without_a_word(
    notebook: NotebookPage, course: Path
) -> None:
    wrong = next(option.id for option in CLICKED.options if not option.correct)
    leave_unsaved(notebook, wrong, [None, CLICKED.key[0]])
    notebook.run_all()
    notebook.expect_saved(CLICKED.id)
    assert recorded(course)[CLICKED.id] == wrong
    notebook.choose(CLICKED.id, CLICKED.key[0])
    notebook.expect_saved(CLICKED.id)


def test_nothing_is_asked_from_outside_the_machine(notebook: NotebookPage) -> None:
    assert notebook.outside == []


def test_reopening_the_notebook_finds_the_answers(
    notebook: NotebookPage, browser: Browser, lab: Lab
) -> None:
    notebook.save()
    again = NotebookPage(browser.new_page(), lab, f"{MODULE}/{LESSON}.ipynb")
    expect(again.choice(CLICKED.id, CLICKED.key[0])).to_be_checked()
    again.page.close()


def test_without_its_kernel_the_saved_notebook_shows_the_answers_in_plain(
    notebook: NotebookPage, browser: Browser, lab: Lab
) -> None:
    notebook.save()
    lab.end_sessions()
    again = NotebookPage(browser.new_page(), lab, f"{MODULE}/{LESSON}.ipynb")
    plain = again.scroll_to(".cc-plain", LATE.stem.zh)
    expect(plain).to_be_visible()
    right = next(option.text.zh for option in LATE.options if option.correct)
    expect(plain).to_contain_text(f"◉ {right}")
    again.page.close()


def test_the_submitted_folder_earns_what_its_answers_are_worth(
    notebook: NotebookPage, course: Path
) -> None:
    notebook.save()
    values = recorded(course)
    shutil.copytree(course / "desk" / MODULE, course / "submitted" / TRAINEE / MODULE)
    nbgrader(course, "autograde", MODULE)
    clicked = [CLICKED, TICKED, JUDGED, TRAVELLED, MOVED, LATE]
    points = [score(item, values[item.id]).points for item in clicked]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        graded = gradebook.find_submission(MODULE, TRAINEE).score
    assert graded == pytest.approx(sum(points) + ITEMS["on-time-share"].points)


def test_an_author_runs_the_text_as_a_notebook_with_live_widgets(
    browser: Browser, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "course", tmp_path / "root" / "course")
    with jupyter_lab(tmp_path / "root", tmp_path / "lab", "author") as lab:
        notebook = NotebookPage(browser.new_page(), lab, f"course/{MODULE}/{LESSON}.en.md")
        notebook.run_all()
        item = notebook.page.locator(".cc-item").first
        item.locator("input").first.click()
        expect(item).to_have_attribute("data-state", "saved")
        expect(item).to_contain_text("Your choice")
        notebook.page.close()
