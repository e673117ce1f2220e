"""One lesson open twice: in two tabs on one kernel, and in two notebooks with a kernel each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from clientcourse.items import FALSE, TRUE, ShortItem, SingleItem
from tests.gallery import FORMS, LESSON, Room, card_of, kept
from tests.lab import NotebookPage

pytestmark = pytest.mark.browser

SINGLE, JUDGED, WRITTEN = (FORMS[f"graded-{form}"] for form in ("single", "truefalse", "short"))


def same_kernel(room: Room, desk: Path) -> tuple[NotebookPage, NotebookPage]:
    """Open one notebook in two windows."""
    first = room.open_and_run(desk / f"{LESSON}.ipynb")
    first.save()
    return first, room.open(desk / f"{LESSON}.ipynb")


def own_kernels(room: Room, desk: Path) -> tuple[NotebookPage, NotebookPage]:
    """Open a notebook and a copy of it that stands beside it."""
    shutil.copy(desk / f"{LESSON}.ipynb", desk / "copy.ipynb")
    first = room.open_and_run(desk / f"{LESSON}.ipynb")
    return first, room.open_and_run(desk / "copy.ipynb")


@pytest.mark.parametrize("open_both", [same_kernel, own_kernels])
def test_both_show_every_answer_and_none_is_lost(
    room: Room, open_both: Callable[[Room, Path], tuple[NotebookPage, NotebookPage]]
) -> None:
    assert isinstance(SINGLE, SingleItem)
    assert isinstance(WRITTEN, ShortItem)
    desk = room.desk(open_both.__name__, "zh")
    first, second = open_both(room, desk)

    # Each sees what the other answers.
    first.choose(SINGLE.id, SINGLE.options[0].id)
    expect(second.choice(SINGLE.id, SINGLE.options[0].id)).to_be_checked()
    second.choose(SINGLE.id, SINGLE.options[1].id)
    expect(first.choice(SINGLE.id, SINGLE.options[1].id)).to_be_checked()
    second.choose(JUDGED.id, TRUE)
    expect(first.choice(JUDGED.id, TRUE)).to_be_checked()

    # What is being typed stays, even if the other window has saved something meanwhile.
    first.item(WRITTEN.id).locator(".cc-field").click()
    first.page.keyboard.type("first")
    second.item(WRITTEN.id).locator(".cc-field").click()
    second.page.keyboard.press("Control+a")
    second.page.keyboard.type("second, later")
    second.expect_saved(WRITTEN.id)
    mine = card_of(first.page, WRITTEN.id).locator(".cc-field")
    expect(mine).to_have_value("first")
    first.page.keyboard.type(" and last")
    first.expect_saved(WRITTEN.id)
    expect(mine).to_have_value("first and last")

    # Whoever has left a field sees what was saved last.
    second.choose(JUDGED.id, FALSE)
    expect(second.item(WRITTEN.id).locator(".cc-field")).to_have_value("first and last")
    expect(first.choice(JUDGED.id, FALSE)).to_be_checked()

    saved = kept(desk / f"{LESSON}.answers.json")
    assert {id_: value for id_, value in saved.items() if value is not None} == {
        SINGLE.id: SINGLE.options[1].id,
        JUDGED.id: FALSE,
        WRITTEN.id: "first and last",
    }
