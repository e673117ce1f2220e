"""Two kernels on the same answers: neither loses a click, both show what is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from traitlets import HasTraits

from clientcourse.lesson import Lesson
from clientcourse.values import extends
from tests.test_lesson import click_in

SECONDS = 20


@pytest.fixture
def two(desk: Path) -> tuple[Lesson, Lesson]:
    """The same lesson in two kernels, as far as files can tell."""
    return Lesson("first-call", desk), Lesson("first-call", desk)


def wait_for(widget: HasTraits, trait: str, act: Callable[[], object]) -> object:
    """Do something and return a widget's trait once that has changed it."""
    changed = threading.Event()
    widget.observe(lambda _change: changed.set(), trait)
    act()
    assert changed.wait(SECONDS)
    return getattr(widget, trait)


def test_what_one_kernel_saves_the_other_shows(two: tuple[Lesson, Lesson]) -> None:
    here, there = (lesson.quiz("first-quiz") for lesson in two)
    shown = wait_for(there, "answers", lambda: click_in(here, "say-name", "b"))
    assert shown == {"say-name": {"value": "b"}}


def test_feedback_on_practice_comes_along(two: tuple[Lesson, Lesson]) -> None:
    here, there = (lesson.quiz("try-it") for lesson in two)
    wait_for(there, "answers", lambda: click_in(here, "warm-words", "b"))
    assert there.feedback["warm-words"]["verdict"] == "right"


def test_progress_follows_answers_of_another_kernel(two: tuple[Lesson, Lesson]) -> None:
    here, there = two
    there.quiz("first-quiz")
    progress = there.progress()
    quiz = here.quiz("first-quiz")
    rows = wait_for(progress, "rows", lambda: click_in(quiz, "say-name", "b"))
    assert [row["done"] for row in rows] == [0, 1, 0, 0]  # type: ignore[attr-defined]


def test_what_was_said_in_a_conversation_cannot_be_taken_back() -> None:
    first, other = {"attempts": [["a"]]}, {"attempts": [["b"]]}
    assert extends({"attempts": [["a", "b"], []]}, first)
    assert not extends(other, first)


def test_many_clicks_of_two_kernels_are_all_kept(two: tuple[Lesson, Lesson]) -> None:
    widgets = [lesson.quiz("first-quiz") for lesson in two]
    items = [("say-name", "a"), ("is-it-so", "true")]

    def click_often(number: int) -> None:
        for _ in range(25):
            assert click_in(widgets[number], *items[number])["kind"] == "saved"

    threads = [threading.Thread(target=click_often, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert {id_: value for id_, value in two[0]._values().items() if value} == dict(items)
