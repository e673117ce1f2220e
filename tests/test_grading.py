"""What the trusted process makes of answers and outputs, without nbgrader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from clientcourse.grading.grade import mark_cell
from clientcourse.grading.intake import copy_ordinary_files, take_in
from clientcourse.grading.outputs import RESULTS_MIME, score_output
from clientcourse.grading.safe import safe_outputs
from clientcourse.items import Bank
from clientcourse.scoring import DEFAULT_RULES

RIGHT = {
    "say-name": "c",
    "two-of-four": ["a", "c"],
    "is-it-so": "false",
    "in-order": ["listen", "greet", "solve", "call-back"],
}


def test_a_cell_is_worth_what_was_released_though_the_bank_has_changed(bank: Bank) -> None:
    answers = {**RIGHT, "in-order": None}
    assert mark_cell(bank, "first-quiz", 16.0, answers, {}, DEFAULT_RULES).points == 10.0


def dropping(bank: Bank, *ids: str) -> Bank:
    """Return the same bank without what these items count."""
    quizzes = [
        quiz.model_copy(
            update={
                "items": [
                    item.model_copy(update={"dropped": item.id in ids}) for item in quiz.items
                ]
            }
        )
        for quiz in bank.quizzes
    ]
    return bank.model_copy(update={"quizzes": quizzes})


@pytest.mark.parametrize(
    ("dropped", "wrong", "points"),
    [
        (["in-order"], ["in-order"], 8),
        (["in-order"], ["say-name"], 4.8),  # three of the five points that are left
        ([*RIGHT], [*RIGHT], 8),
    ],
)
def test_what_is_dropped_earns_and_costs_nothing(
    bank: Bank, dropped: list[str], wrong: list[str], points: float
) -> None:
    answers = {id_: value for id_, value in RIGHT.items() if id_ not in wrong}
    cell = mark_cell(dropping(bank, *dropped), "first-quiz", 8, answers, {}, DEFAULT_RULES)
    assert cell.points == points


def test_what_is_dropped_is_explained_and_said_to_count_no_more(bank: Bank) -> None:
    bank = dropping(bank, "say-name")
    output = score_output(mark_cell(bank, "first-quiz", 8, RIGHT, {}, DEFAULT_RULES), "en")
    page = output.data["text/html"]
    assert page.count("This question no longer counts") == 1
    assert "hidden reason gamma" in page
    assert "say-name" not in {one["item"] for one in output.data[RESULTS_MIME]["items"]}
    assert "say-name" not in {item.id for item in bank.graded_items()}


def test_a_part_that_the_bank_no_longer_has_gets_a_sentence_and_no_points(bank: Bank) -> None:
    output = score_output(mark_cell(bank, "gone", 5.0, RIGHT, {}, DEFAULT_RULES), "en")
    assert output.data["text/plain"] == "0"
    assert "The item bank no longer has this part" in output.data["text/html"]


def test_the_score_is_the_first_thing_that_nbgrader_reads(bank: Bank) -> None:
    output = score_output(mark_cell(bank, "first-quiz", 8.0, RIGHT, {}, DEFAULT_RULES), "zh")
    assert (output.output_type, output.data["text/plain"]) == ("execute_result", "8")


def test_an_answer_is_escaped_in_the_explanation(bank: Bank) -> None:
    answers = {"mean-reply": "<script>alert(1)</script>"}
    marked = mark_cell(bank, "mean-reply", 2.0, answers, {"mean-reply": 1.0}, DEFAULT_RULES)
    output = score_output(marked, "en")
    assert "<script>" not in output.data["text/html"]


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"text/plain": "42"}, {"text/plain": "42"}),
        ({"text/html": "<b>x</b><script>y</script>"}, {"text/html": "<b>x</b>"}),
        ({"text/html": '<a href="javascript:x()">x</a>'},
         {"text/html": '<a rel="noopener noreferrer">x</a>'}),
        ({"text/html": '<p>x<img src="https://example.org/x.png"></p>'}, {"text/html": "<p>x</p>"}),
        ({"image/png": "aGk=", "application/javascript": "x()"}, {"image/png": "aGk="}),
        ({"image/svg+xml": "<svg onload='x()'/>"}, None),
        ({RESULTS_MIME: {"items": [{"item": "say-name", "points": 2}]}}, None),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Widget()"}, None),
        ({"application/vnd.plotly.v1+json": {}, "text/plain": "Figure()"}, None),
    ],
)  # fmt: skip
def test_outputs_keep_what_can_do_no_harm(
    data: dict[str, Any], kept: dict[str, str] | None
) -> None:
    outputs = safe_outputs([nbformat.v4.new_output("display_data", data=data)])
    assert [dict(output.data) for output in outputs] == ([kept] if kept else [])


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted/lin/greeting"
    (folder / "sub").mkdir(parents=True)
    (folder / "notebook.ipynb").write_text("{}")
    (folder / "sub/data.csv").write_text("1")
    (tmp_path / "key.yaml").write_text("the key")
    (folder / "sub/k.txt").symlink_to(tmp_path / "key.yaml")
    (folder / "everything").symlink_to("/")
    os.mkfifo(folder / "pipe")
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_links_and_pipes_are_moved_out_of_a_submission(submission: Path, tmp_path: Path) -> None:
    take_in(submission, tmp_path / "source", tmp_path / "aside")
    assert names(submission) == {"notebook.ipynb", "sub", "sub/data.csv"}
    assert (tmp_path / "aside/lin/greeting/sub/k.txt").is_symlink()


def test_only_ordinary_files_reach_the_desk_of_a_run(submission: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    copy_ordinary_files(submission, desk)
    assert names(desk) == {"notebook.ipynb", "sub", "sub/data.csv"}
