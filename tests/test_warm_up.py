"""Warm-ups: what is chosen from earlier lessons, and where the answers are kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from clientcourse.answers import AnswerFile
from clientcourse.items import SingleItem
from clientcourse.lesson import Lesson
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.warm_up import Practised, choose
from tests.test_lesson import click_in

MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def practised(name: str, days: int | None, *, right: bool = False) -> Practised:
    item = SingleItem.model_construct(id=name)
    at = None if days is None else MONDAY + dt.timedelta(days=days)
    lesson = LessonFile.model_construct()
    return Practised(item, lesson, AnswerFile(Path(), "x", "lin", 0, "en"), at, right)


KNOWN = [
    practised("right-lately", 5, right=True),
    practised("right-long-ago", 1, right=True),
    practised("never", None),
    practised("never-either", None),
    practised("wrong-lately", 4),
    practised("wrong-long-ago", 2),
]


def test_wrong_comes_before_unseen_before_right_and_older_before_newer() -> None:
    assert [one.item.id for one in choose(KNOWN, 6)] == [
        "wrong-long-ago",
        "wrong-lately",
        "never",
        "never-either",
        "right-long-ago",
        "right-lately",
    ]


def test_a_warm_up_is_short() -> None:
    assert len(choose(KNOWN)) == 3


def test_it_takes_practice_of_earlier_lessons(desk: Path) -> None:
    widget = Lesson("second-call", desk).warm_up()
    assert widget is not None
    assert [item["id"] for item in widget.quiz["items"]] == ["warm-words"]


def test_an_answer_is_kept_with_the_lesson_it_belongs_to(desk: Path) -> None:
    widget = Lesson("second-call", desk).warm_up()
    assert widget is not None
    assert click_in(widget, "warm-words", "b")["feedback"]["verdict"] == "right"
    assert '"warm-words"' in (desk / "first-call.answers.json").read_text()
    assert not (desk / "second-call.answers.json").exists()


def test_an_earlier_answer_does_not_give_away_what_is_to_be_remembered(desk: Path) -> None:
    click_in(Lesson("first-call", desk).quiz("try-it"), "warm-words", "a")
    widget = Lesson("second-call", desk).warm_up()
    assert widget is not None
    assert (widget.answers, widget.feedback) == ({}, {})


def test_the_first_lesson_has_nothing_to_warm_up_with(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Lesson("first-call", desk).warm_up() is None
    assert "Nothing to warm up with yet" in capsys.readouterr().out


def test_an_earlier_lesson_that_is_damaged_is_passed_over(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path_of(desk, "first-call").write_text("{")
    assert Lesson("second-call", desk).warm_up() is None
    assert "Nothing to warm up with yet" in capsys.readouterr().out
