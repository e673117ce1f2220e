"""`clientcourse coverage`: what the course teaches and asks, and where there are gaps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clientcourse.cli import main
from tests.test_authoring import BANK, change, problems

TEACHES = "teaches:\n  - under: {zh: 第一次通话, en: The first call}\n    objectives: [%s]\n"


def covered(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["--root", str(root), "coverage", "--json", *options])
    return code, {one["objective"]: one for one in json.loads(capsys.readouterr().out)}


def test_an_objective_that_is_taught_and_asked_has_no_gap(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(toy, BANK, "quizzes:\n", TEACHES % "greet-name" + "quizzes:\n")
    code, found = covered(toy, capsys)
    assert code == 0
    assert found["greet-name"]["gaps"] == []
    assert found["greet-name"]["taught"] == ["first-call"]
    assert {"lesson": "first-call", "item": "say-name", "form": "single", "graded": True} in found[
        "greet-name"
    ]["asked"]


def test_what_was_dropped_does_not_count_as_asked(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(toy, BANK, "id: say-name\n", "id: say-name\n        dropped: true\n")
    _, found = covered(toy, capsys)
    asked = {one["item"] for one in found["greet-name"]["asked"]}
    assert "say-name" not in asked
    assert "two-of-four" in asked


def test_an_objective_without_lesson_or_item_is_a_gap(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(toy, BANK, "quizzes:\n", TEACHES % "greet-name" + "quizzes:\n")
    with (toy / "course/objectives.yaml").open("a") as file:
        file.write("      - {id: greet-smile, kinds: [single, truefalse]}\n")
    code, found = covered(toy, capsys)
    assert code == 1
    assert found["greet-smile"]["gaps"] == ["not taught", "not asked"]


def test_one_form_is_a_gap_where_several_are_named(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (toy / "course/objectives.yaml").open("a") as file:
        file.write("      - {id: greet-smile, kinds: [single, truefalse]}\n")
    change(toy, BANK, "quizzes:\n", TEACHES % "greet-name, greet-smile" + "quizzes:\n")
    change(toy, BANK, "objective: greet-name", "objective: greet-smile")
    _, found = covered(toy, capsys)
    assert found["greet-smile"]["gaps"] == ["asked only as single"]


def test_people_get_a_line_for_each_objective_and_a_summary(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(toy), "coverage"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("greet-name: taught in –; ")
    assert said[0].endswith("  ← not taught")
    assert said[-1] == "1 objectives, 1 with gaps."


def test_on_request_only_gaps_are_told(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(toy, BANK, "quizzes:\n", TEACHES % "greet-name" + "quizzes:\n")
    assert main(["--root", str(toy), "coverage", "--gaps"]) == 0
    assert capsys.readouterr().out == "1 objectives, 0 with gaps.\n"


def test_a_module_that_is_not_there_is_told(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(toy), "coverage", "--module", "farewell"]) == 1
    assert "has no module farewell; it has greeting." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("en: The first call", "en: The last call", "the text has no heading 'The last call'"),
        ("greet-name]", "greet-nobody]", "course/objectives.yaml has no 'greet-nobody'"),
    ],
)
def test_what_is_said_to_be_taught_has_to_be_there(
    toy: Path, old: str, new: str, expected: str
) -> None:
    change(toy, BANK, "quizzes:\n", TEACHES % "greet-name" + "quizzes:\n")
    change(toy, BANK, old, new)
    (problem,) = problems(toy)
    assert expected in problem
