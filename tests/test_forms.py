"""Every question form the whole way, in the gallery course: graded, marked, returned."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from clientcourse.authoring.load import load_bank
from clientcourse.demo.instructor import marks
from clientcourse.demo.run import Demo
from clientcourse.demo.trainees import (
    ModelTrainee,
    average,
    nothing,
    right,
    solved,
    unwritten,
)
from clientcourse.items import NumberItem, ShortItem, TableItem
from clientcourse.scoring import score
from tests.conftest import ROOT
from tests.test_path import run_demo

pytestmark = pytest.mark.path

GALLERY = ROOT / "docs" / "gallery"
BANK = load_bank(GALLERY, "gallery", "every-form")
TRAINEES = [
    ModelTrainee("perfect", right, solved),
    ModelTrainee("empty", nothing, unwritten),
    average("weak", -1.5),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The gallery, gone through by three model trainees in English."""
    return run_demo(GALLERY, tmp_path_factory.mktemp("gallery"), "en", TRAINEES)


@pytest.fixture(scope="module")
def scores(demo: Demo) -> dict[str, dict[str, float]]:
    return dict(json.loads((demo.to / "summary.json").read_text())["scores"])


def feedback(demo: Demo, trainee: str) -> str:
    page = (demo.course / "feedback" / trainee / "gallery" / "every-form.html").read_text()
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]).split())


def expected(trainee: ModelTrainee) -> dict[str, float]:
    """What the plan of a trainee is worth, worked out without notebooks."""
    numbers, points = iter(range(1, 100)), {}
    items = BANK.graded_items()
    coded = [item for item in items if isinstance(item, NumberItem | TableItem)]
    written = [item for item in BANK.exercises if isinstance(item, ShortItem)]
    clicked = [item for item in items if item not in coded and item not in written]
    for item in [*clicked, *written]:
        answer = trainee.wish(next(numbers), item)  # type: ignore[arg-type]
        if isinstance(item, ShortItem):
            points[item.id] = marks(item, str(answer)) if answer else 0.0
        else:
            points[item.id] = score(item, answer).points
    for number, exercise in enumerate(BANK.exercises, 1):
        if exercise in coded:
            code = trainee.coding(number, exercise, "solution")
            points[exercise.id] = exercise.points if code == "solution" else 0.0
    return points


@pytest.mark.parametrize("name", ["perfect", "empty"])
def test_every_form_scores_what_the_plan_is_worth(
    scores: dict[str, dict[str, float]], name: str
) -> None:
    [trainee] = [trainee for trainee in TRAINEES if trainee.name == name]
    assert scores[name] == expected(trainee)


def test_a_weak_trainee_earns_something_but_not_all(
    scores: dict[str, dict[str, float]],
) -> None:
    assert 0 < sum(scores["weak"].values()) < sum(item.points for item in BANK.graded_items())


def test_what_nobody_answered_needs_nobody_to_mark_it(demo: Demo) -> None:
    with Gradebook(demo.db_url) as gradebook:
        grades = gradebook.find_submission_notebook("every-form", "gallery", "empty").grades
        found = {grade.name: grade.needs_manual_grade for grade in grades}
    assert found["short-graded-short"] is False
    assert found["short-graded-letter"] is False


def rubric_texts() -> list[str]:
    items = [BANK.graded_by_person()["graded-short"], BANK.graded_by_person()["graded-letter"]]
    return [
        text
        for item in items
        for words in [item.model_answer, *(point.text for point in item.rubric)]
        for text in (words.zh, words.en)
    ]


def test_rubrics_and_model_answers_are_not_in_the_release(demo: Demo) -> None:
    released = b"".join(path.read_bytes() for path in (demo.course / "release").rglob("*.*"))
    escaped = released.decode("unicode_escape", "ignore") + released.decode()
    assert [text for text in rubric_texts() if text.splitlines()[0] in escaped] == []


@pytest.mark.parametrize("trainee", ["perfect", "empty"])
def test_trainees_see_rubric_and_model_answer_in_the_feedback(demo: Demo, trainee: str) -> None:
    page = feedback(demo, trainee)
    item = BANK.graded_by_person()["graded-short"]
    for words in (item.model_answer, *(point.text for point in item.rubric)):
        assert " ".join(words.en.split()) in page


def test_the_feedback_shows_a_better_way_through_the_conversation(demo: Demo) -> None:
    assert "Better: " in feedback(demo, "weak")


def test_the_report_knows_every_form(demo: Demo) -> None:
    page = (demo.to / "report" / "lessons" / "every-form.html").read_text()
    for kind in ("fill in", "matching", "own words", "conversation"):
        assert kind in page


def test_results_of_own_words_come_from_the_gradebook(scores: dict[str, dict[str, Any]]) -> None:
    item = BANK.graded_by_person()["graded-letter"]
    assert scores["perfect"]["graded-letter"] == item.points


def test_the_gallery_holds_every_form_in_practice_and_graded() -> None:
    forms = {
        use: {item.type for quiz in BANK.quizzes if quiz.use == use for item in quiz.items}
        | {one.type for one in BANK.scenarios if one.use == use}
        for use in ("practice", "graded")
    }
    everything = {
        "single", "multiple", "truefalse", "blank", "order", "match", "number", "short", "scenario",
    }  # fmt: skip
    assert forms == {"practice": everything, "graded": everything}
    assert Path(GALLERY / "course/survey.yaml").exists()
