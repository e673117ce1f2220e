"""`clientcourse regrade`: a corrected course is brought to those who were graded before."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from clientcourse.authoring.build import build, write
from clientcourse.cli import main
from clientcourse.grading.arrival.feedback import FeedbackWriter
from clientcourse.grading.batch.one import Grader
from clientcourse.grading.regrade.log import Record
from clientcourse.grading.results import read_results
from tests.arrivals import Place, Trainee, watching
from tests.servers import Postgres, postgres
from tests.test_cluster import release
from tests.test_path import changed, hand_in, must, only_first_lesson, text_of

pytestmark = pytest.mark.path

BANK = "course/greeting/first-call.items.yaml"
RECORD = "course/regrades.jsonl"
WHY = "the key of is-it-so was wrong"
WORDS = "short-in-words"
QUIZ = "grade-first-quiz"
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
HOSTILE = "=cmd|' \x1bc\x07\x9b31m<img src=x onerror=alert(1)>"


def once(place: Place, *options: str) -> None:
    with watching(place, "--once", *options) as watcher:
        watcher.expect("Stopped")


@pytest.fixture(scope="module")
def _graded(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("regrade") / "place")
    place.exchange.mkdir(parents=True)
    place.exchange.chmod(0o777)
    place.course.mkdir()
    only_first_lesson(place.course)
    correct(place.course, "\nexercises:\n", SHORT)
    write(build(place.course), place.course / "source")
    place.settle()
    must(place.course, "generate_assignment", "greeting")
    must(place.course, "release_assignment", "greeting")
    Trainee("ann", place).hand_in(5)
    Trainee("bea", place).hand_in(4)
    cem = Trainee("cem", place)
    cem.fetch()
    with changed(cem.desk) as notebook:
        for cell in notebook.cells:
            cell.source = cell.source.replace(
                'lesson.answer("mean-reply", mean_reply)',
                'lesson.answer("mean-reply", complaints["first_reply_hours"].mean() + 0.3)',
            )
    cem.hand_in(2)
    once(place)
    Trainee("dan", place).hand_in(4)
    once(place, "--no-release")
    return place


@pytest.fixture
def place(_graded: Place, tmp_path: Path) -> Place:
    """Ann, bea and cem have their feedback; dan's is written and kept back.

    Ann has answered all questions, also the one in words; bea and dan the first four, which are
    right; cem the first two, and an exercise with a number that is a little too high.
    """
    return _graded.copy(tmp_path / "place")


def correct(course: Path, old: str, new: str) -> None:
    path = course / BANK
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def correct_key(place: Place) -> None:
    correct(place.course, "answer: false", "answer: true")


def regrade(course: Path, *options: str) -> int:
    return main(["--root", str(course), "regrade", "greeting", "--workers=2", *options])


def do(place: Place, why: str = WHY) -> int:
    return regrade(place.course, f"--why={why}", "--yes")


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """Return what was said, each line as what stands in its columns."""
    said = capsys.readouterr().out.splitlines()
    return [re.split(r" {2,}", line.strip()) for line in said]


def record(course: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (course / RECORD).read_text().splitlines()]


def db_url(course: Path) -> str:
    return f"sqlite:///{course / 'gradebook.db'}"


Grades = dict[tuple[str, str], tuple[Any, ...]]


def grades(url: str) -> Grades:
    """Return all that the gradebook says, by trainee and cell."""
    with Gradebook(url) as gradebook:
        return {
            (submission.student_id, grade.name): (
                grade.auto_score,
                grade.manual_score,
                grade.extra_credit,
                grade.needs_manual_grade,
                [one.manual_comment for one in notebook.comments if one.name == grade.name],
            )
            for submission in gradebook.assignment_submissions("greeting")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def mark(
    url: str, trainee: str, cell: str, points: float | None, comment: str = "", extra: float = 0
) -> None:
    """Mark as formgrader does."""
    with Gradebook(url) as gradebook:
        about = (cell, "first-call", "greeting", trainee)
        grade = gradebook.find_grade(*about)
        grade.manual_score, grade.needs_manual_grade = points, False
        grade.extra_credit = extra or None
        if comment:
            gradebook.find_comment(*about).manual_comment = comment
        gradebook.db.commit()


def autos(found: Grades, cell: str = QUIZ) -> dict[str, float]:
    return {trainee: grade[0] for (trainee, name), grade in found.items() if name == cell}


def files(place: Place) -> dict[Path, bytes]:
    """Return all files of course and exchange but caches, locks and what is thrown away."""
    return {
        path: path.read_bytes()
        for path in sorted(place.folder.rglob("*"))
        if path.is_file() and "build" not in path.parts
    }


def test_first_it_is_only_shown_who_would_change_and_by_how_much(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct_key(place)
    before = files(place)
    assert regrade(place.course) == 0
    assert files(place) == before
    assert lines(capsys) == [
        ["Trainee", "Lesson", "Item", "Points", "Total", "Note"],
        ["ann", "first-call", "is-it-so", "1/1 → 0/1", "8 → 7 / 17"],
        ["bea", "first-call", "is-it-so", "1/1 → 0/1", "8 → 7 / 17"],
        ["dan", "first-call", "is-it-so", "1/1 → 0/1", "8 → 7 / 17"],
        ["Scores that change: 3 of 4; 0 up, 3 down, 0 with the same total."],
        ["Feedback that changes: 3 released again, 1 written again only."],
        ["Nothing is changed yet. To do it:"],
        ['clientcourse regrade greeting --why "what was wrong" --yes'],
    ]


def test_exactly_the_affected_scores_change_and_what_people_gave_stays(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    url = db_url(place.course)
    mark(url, "ann", WORDS, 2, comment="Well said!")
    mark(url, "bea", QUIZ, 5)  # over the machine's 8
    mark(url, "dan", QUIZ, None, extra=1)
    before = grades(url)
    correct_key(place)
    assert do(place) == 0
    after = grades(url)
    assert autos(after) == {"ann": 7, "bea": 7, "cem": 4, "dan": 7}
    fixed = {
        one: (8, *grade[1:]) if one[1] == QUIZ and one[0] != "cem" else grade
        for one, grade in after.items()
    }
    assert fixed == before
    assert ["bea", "first-call", "is-it-so", "1/1 → 0/1", "5 → 5 / 17", "a person’s 5 stays"] in (
        lines(capsys)
    )
    page = text_of(place.feedback("ann").read_text())
    assert "Well said!" in page
    assert "Awaiting" not in page


def test_the_record_says_who_what_when_and_why(place: Place) -> None:
    correct_key(place)
    do(place)
    correct(place.course, "answer: true", "answer: false")
    do(place, "it was right after all\nsays ann")
    found = record(place.course)
    trainees = ["ann", "bea", "cem", "dan"]
    assert sorted((one["why"], one["trainee"]) for one in found) == [
        *(("it was right after all\nsays ann", name) for name in trainees),
        *((WHY, name) for name in trainees),
    ]
    [ann, *_rest] = [one for one in found if one["trainee"] == "ann"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", ann.pop("at"))
    assert ann == {
        "by": {"account": pwd.getpwuid(os.getuid()).pw_name, "hub_user": "lin"},
        "why": WHY,
        "module": "greeting",
        "trainee": "ann",
        "total": {"before": 8, "after": 7, "max": 17},
        "cells": [
            {
                "lesson": "first-call",
                "cell": QUIZ,
                "before": 8,
                "after": 7,
                "max": 8,
                "by_machine": {"before": 8, "after": 7},
                "by_person": {"before": None, "after": None},
                "items": [
                    {
                        "item": "is-it-so",
                        "before": {"points": 1, "max": 1},
                        "after": {"points": 0, "max": 1},
                    }
                ],
            }
        ],
        "feedback": "released",
    }
    assert (place.course / RECORD).stat().st_mode & 0o777 == 0o600


def test_released_feedback_is_released_again_and_what_was_kept_back_stays_so(place: Place) -> None:
    shutil.rmtree(place.course / "feedback/bea")  # and was released; cem's was, too
    released = {path: path.read_text() for path in place.released()}
    assert len(released) == 3
    correct_key(place)
    do(place)
    assert place.released() == list(released)
    assert all(path.read_text() != page for path, page in released.items())
    [page] = Trainee("ann", place).fetched_feedback()
    assert "7 / 17" in text_of(page)
    assert "7 / 17" in text_of(place.feedback("dan").read_text())


def test_feedback_that_nobody_has_written_yet_is_left_to_them(place: Place) -> None:
    shutil.rmtree(place.course / "feedback/dan")
    correct_key(place)
    do(place)
    assert not place.feedback("dan").exists()


def test_a_wider_tolerance_gives_points_to_whom_it_concerns(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(place.course, "tolerance: {atol: 0.05}", "tolerance: {atol: 0.5}")
    do(place, "the tolerance of mean-reply was too narrow")
    assert ["cem", "first-call", "mean-reply", "0/2 → 2/2", "4 → 6 / 17"] in lines(capsys)
    assert autos(grades(db_url(place.course)), "grade-mean-reply") == {
        "ann": 0, "bea": 0, "cem": 2, "dan": 0,
    }  # fmt: skip


def test_a_correction_that_changes_nobody_says_so(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(place.course, "quizzes:\n", "# corrected\nquizzes:\n")
    before = files(place)
    assert regrade(place.course) == 0
    assert lines(capsys) == [["Nobody’s score changes."]]
    assert do(place) == 0
    assert lines(capsys) == [["Nobody’s score changes."]]
    assert files(place) == before


def test_a_dropped_question_earns_and_costs_nothing(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(place.course, "id: in-order\n", "id: in-order\n        dropped: true\n")
    do(place, "in-order can be read in two ways")
    said = lines(capsys)
    assert ["cem", "first-call", "in-order", "0/3 → –", "4 → 6.4 / 17", "dropped"] in said
    assert [
        "first-quiz of first-call: in-order dropped, its 8 points are shared by the rest."
    ] in said
    assert autos(grades(db_url(place.course))) == {"ann": 8, "bea": 8, "cem": 6.4, "dan": 8}
    page = text_of(place.feedback("cem").read_text())
    assert "it earns and costs nothing stem of the order one" in page
    assert "hidden step listen" in page
    results = read_results(place.course, "greeting", db_url(place.course))
    assert {one.item for one in results} == {
        "say-name", "two-of-four", "is-it-so", "in-words", "mean-reply", "late-ones",
    }  # fmt: skip


def test_everyone_gets_full_points_where_nothing_counts_any_more(place: Place) -> None:
    correct(place.course, "id: late-ones\n", "id: late-ones\n    dropped: true\n")
    do(place, "late-ones cannot be solved")
    found = grades(db_url(place.course))
    assert autos(found, "grade-late-ones") == dict.fromkeys(["ann", "bea", "cem", "dan"], 4)
    assert "everyone gets all of its points" in text_of(place.feedback("bea").read_text())


def test_marks_for_words_that_count_no_more_are_set_aside_and_come_back(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    url = db_url(place.course)
    mark(url, "ann", WORDS, 1, comment="Think again.")
    once(place)
    correct(place.course, "id: in-words\n", "id: in-words\n        dropped: true\n")
    main(["--root", str(place.course), "grade", "greeting"])
    assert grades(url)["ann", WORDS][1] == 1  # a person's mark, which nothing else takes away
    do(place, "in-words was not taught")
    assert grades(url)["ann", WORDS] == (3, None, None, False, ["Think again."])
    assert grades(url)["bea", WORDS][:4] == (3, None, None, False)
    note = "dropped · full points in place of a person’s 1"
    assert ["ann", "first-call", "in-words", "1/3 → 3/3", "9 → 11 / 17", note] in lines(capsys)
    correct(place.course, "        dropped: true\n", "")
    do(place, "in-words was taught")
    assert grades(url)["ann", WORDS] == (None, 1, None, True, ["Think again."])
    note = "a person’s 1 is back; look at it again"
    assert ["ann", "first-call", "in-words", "3/3 → 1/3", "11 → 9 / 17", note] in lines(capsys)


def test_a_mark_comes_back_although_that_was_interrupted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = db_url(place.course)
    mark(url, "ann", WORDS, 1)
    once(place)
    correct(place.course, "id: in-words\n", "id: in-words\n        dropped: true\n")
    do(place, "in-words was not taught")
    correct(place.course, "        dropped: true\n", "")
    add = Record.add

    def die(*about: Any) -> None:  # noqa: ANN401
        add(*about)
        os._exit(1)

    with monkeypatch.context() as dying:
        dying.setattr(Record, "add", die)
        do(place, "in-words was taught")
    do(place, "in-words was taught")
    assert grades(url)["ann", WORDS][:4] == (None, 1, None, True)


def test_who_was_taken_out_of_the_gradebook_stays_out(place: Place) -> None:
    url = db_url(place.course)
    with Gradebook(url) as gradebook:
        gradebook.remove_student("cem")
    correct_key(place)
    assert (regrade(place.course), do(place)) == (0, 0)
    assert autos(grades(url)) == {"ann": 7, "bea": 7, "dan": 7}


def test_points_that_differ_from_those_released_are_told(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(
        place.course,
        "points: 3\n        stem: {zh: 题干排序",
        "points: 5\n        stem: {zh: 题干排序",
    )
    regrade(place.course)
    said = lines(capsys)
    assert ["cem", "first-call", "in-order", "0/3 → 0/5", "4 → 3.2 / 17"] in said
    assert said[0][0].startswith("Mind that source/ is not built from course/ as it is now.")
    note = (
        "first-quiz of first-call: worth 8 as released, 10 by the bank as it is now. The released "
        "points hold; the share that was earned counts."
    )
    assert [note] in said


def test_hostile_names_are_text(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(place.course, HOSTILE)
    main(["--root", str(place.course), "grade", "greeting"])
    capsys.readouterr()
    correct_key(place)
    do(place, "why\x1b[2J\x9b31m")
    said = capsys.readouterr().out
    assert "=cmd|' c31m<img src=x onerror=alert(1)>" in said
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)
    text = (place.course / RECORD).read_text()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    [mine] = [one for one in record(place.course) if one["trainee"] == HOSTILE]
    assert mine["why"] == "why\x1b[2J\x9b31m"


def test_nothing_is_changed_without_a_reason(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    correct_key(place)
    before = files(place)
    for options in (["--yes"], ["--yes", "--why= "]):
        assert regrade(place.course, *options) == 1
        assert "Say why" in capsys.readouterr().err
    assert files(place) == before


def test_what_was_handed_in_again_is_left_to_grading(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    Trainee("bea", place).hand_in(2)
    must(place.course, "collect", "greeting", "--update")
    correct_key(place)
    do(place)
    said = lines(capsys)
    assert [row[0] for row in said[1:3]] == ["ann", "dan"]
    assert ["Not graded yet, and left to clientcourse grade: 1."] in said
    assert autos(grades(db_url(place.course)))["bea"] == 8


def test_one_that_fails_stops_nobody_else(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = place.course / "autograded/bea/greeting/first-call.ipynb"
    notebook.chmod(0o600)
    notebook.write_text("{")
    correct_key(place)
    assert do(place) == 1
    assert any(row[0].startswith("bea: not done. JSONDecodeError") for row in lines(capsys))
    assert autos(grades(db_url(place.course))) == {"ann": 7, "bea": 8, "cem": 4, "dan": 7}


STEPS = {
    "when it is on record": (Record, "add", "after"),
    "when it is saved": (Grader, "put_in_place", "before"),
    "when it is in its place": (Grader, "put_in_place", "after"),
    "when feedback is written": (FeedbackWriter, "write", "after"),
}


@pytest.mark.parametrize("step", STEPS)
def test_interrupted_it_can_be_run_again_and_ends_right(
    place: Place, step: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, name, when = STEPS[step]
    done = getattr(owner, name)

    def die(*about: object) -> None:
        if when == "after":
            done(*about)
        os._exit(1)

    correct_key(place)
    with monkeypatch.context() as dying:
        dying.setattr(owner, name, die)
        do(place)
    assert do(place) == 0
    assert "Interrupted before and taken up again" in capsys.readouterr().out
    assert autos(grades(db_url(place.course))) == {"ann": 7, "bea": 7, "cem": 4, "dan": 7}
    for trainee in ("ann", "bea"):
        assert "7 / 17" in text_of(Trainee(trainee, place).fetched_feedback()[-1])
    assert len(place.released()) == 3
    assert "7 / 17" in text_of(place.feedback("dan").read_text())
    changes = [one for one in record(place.course) if one["total"]["after"] == 7]
    assert {one["trainee"] for one in changes} == {"ann", "bea", "dan"}


def test_beside_a_watcher_each_does_its_own(place: Place) -> None:
    once(place)  # dan's is released, too
    correct_key(place)
    with watching(place) as watcher:
        watcher.expect("Watching")
        assert do(place) == 0
        Trainee("eve", place).hand_in(4)
        watcher.expect("eve", "feedback released")
        watcher.end()
    assert watcher.said.count("graded,") == 1
    assert "not done" not in watcher.said
    assert autos(grades(db_url(place.course))) == {
        "ann": 7, "bea": 7, "cem": 4, "dan": 7, "eve": 8,
    }  # fmt: skip
    for name, points in {"ann": 7, "dan": 7, "eve": 8}.items():
        assert f"{points} / 17" in text_of(Trainee(name, place).fetched_feedback()[-1])


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


def test_it_is_the_same_with_a_gradebook_in_postgresql(
    server: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course, url = tmp_path / "course", server.url("regrade")
    course.mkdir()
    server.create("regrade")
    release(course, url)
    for trainee in ("ann", "bea"):
        hand_in(course, trainee)
    main(["--root", str(course), "grade", "greeting"])
    mark(url, "bea", QUIZ, 5)
    before = grades(url)
    correct(course, "answer: false", "answer: true")
    capsys.readouterr()
    assert regrade(course) == 0
    assert grades(url) == before
    assert ["ann", "first-call", "is-it-so", "1/1 → 0/1", "8 → 7 / 14"] in lines(capsys)
    assert regrade(course, f"--why={WHY}", "--yes") == 0
    assert grades(url)["ann", QUIZ][:4] == (7, None, None, False)
    assert grades(url)["bea", QUIZ][:4] == (7, 5, None, False)
