"""`clientcourse regrade`: a corrected course is brought to those who were graded before."""

from __future__ import annotations

import json
import pwd
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook, Grade

from clientcourse.authoring.build import build, write
from clientcourse.cli import main
from tests.arrivals import Place, Trainee, watching
from tests.conftest import TOY
from tests.test_path import must, only_first_lesson, text_of

pytestmark = pytest.mark.path

BANK = "course/greeting/first-call.items.yaml"
LOG = "course/regrades.jsonl"
WHY = "the key of is-it-so was wrong"
SHORT = """
      - id: in-words
        objective: greet-name
        type: short
        level: apply
        points: 3
        stem: {zh: 题干简答, en: stem of the short one}
        rubric:
          - {points: 3, text: {zh: 要点, en: a marking point}}
        model_answer: {zh: 范文, en: a model answer}
exercises:
"""


def once(place: Place, *options: str) -> None:
    with watching(place, "--once", *options) as watcher:
        watcher.expect("Stopped")


@pytest.fixture(scope="module")
def _graded(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Ann, bea and cem have feedback; dan's is written and not released."""
    place = Place(tmp_path_factory.mktemp("regrade") / "place")
    place.exchange.mkdir(parents=True)
    place.exchange.chmod(0o777)
    place.course.mkdir()
    only_first_lesson(place.course)
    edit(place, "\nexercises:\n", SHORT)
    write(build(place.course), place.course / "source")
    place.settle()
    must(place.course, "generate_assignment", "greeting")
    must(place.course, "release_assignment", "greeting")
    for name, right_ones in {"ann": 5, "bea": 4, "cem": 2}.items():
        Trainee(name, place).hand_in(right_ones)
    once(place)
    Trainee("dan", place).hand_in(4)
    once(place, "--no-release")
    return place


@pytest.fixture
def place(_graded: Place, tmp_path: Path) -> Place:
    return _graded.copy(tmp_path / "place")


def edit(place: Place, old: str, new: str) -> None:
    path = place.course / BANK
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def regrade(place: Place, *options: str) -> int:
    return main(["--root", str(place.course), "regrade", "greeting", "--workers=2", *options])

def test_try(place, capsys):
    edit(place, "answer: false", "answer: true")
    print(regrade(place))
    print(regrade(place, "--why", WHY, "--yes"))
    print((place.course/LOG).read_text())
    print(regrade(place, "--why", WHY, "--yes"))
    edit(place, "type: order\n", "type: order\n        dropped: true\n")
    edit(place, "type: short\n", "type: short\n        dropped: true\n")
    print(regrade(place))
