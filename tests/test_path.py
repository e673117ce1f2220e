"""The whole way with real nbgrader and real kernels, for every model trainee."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.demo.run import Demo
from clientcourse.demo.trainees import ModelTrainee, cohort, nothing, right, solved, unwritten
from clientcourse.items import NumberItem, TableItem
from clientcourse.language import Language
from clientcourse.scoring import score
from tests.conftest import ROOT, TOY

pytestmark = pytest.mark.path

NBGRADER = [sys.executable, "-m", "nbgrader"]


def run_demo(
    root: Path, to: Path, language: Language, trainees: list[ModelTrainee], *, marked: bool = True
) -> Demo:
    demo = Demo(root, to, language, trainees, Console(file=io.StringIO()), marked=marked)
    demo.run()
    return demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The toy course, gone through by the twelve model trainees."""
    return run_demo(TOY, tmp_path_factory.mktemp("demo"), "en", cohort())


@pytest.fixture(scope="module")
def summary(demo: Demo) -> dict[str, Any]:
    return dict(json.loads((demo.to / "summary.json").read_text()))


def gradebook_score(course: Path, trainee: str, module: str = "greeting") -> float:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return float(gradebook.find_submission(module, trainee).score)


def feedback(demo: Demo, trainee: str, lesson: str = "first-call") -> str:
    return (demo.course / "feedback" / trainee / "greeting" / f"{lesson}.html").read_text()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]).split())


def expected(trainee: ModelTrainee) -> dict[str, float]:
    """What the plan of a trainee is worth, worked out without notebooks."""
    points: dict[str, float] = {}
    for module in load_course(TOY).modules:
        for lesson in module.lessons:
            items = load_bank(TOY, module.id, lesson).graded_items()
            questions = [item for item in items if not isinstance(item, NumberItem | TableItem)]
            for number, question in enumerate(questions, 1):
                points[question.id] = score(question, trainee.wish(number, question)).points
            exercises = [item for item in items if isinstance(item, NumberItem | TableItem)]
            for number, exercise in enumerate(exercises, 1):
                written = trainee.coding(number, exercise, "solution") == "solution"
                points[exercise.id] = exercise.points if written else 0
    return points


@pytest.mark.parametrize("trainee", cohort(), ids=lambda trainee: trainee.name)
def test_every_item_of_every_trainee_scores_what_the_plan_is_worth(
    summary: dict[str, Any], trainee: ModelTrainee
) -> None:
    assert summary["scores"][trainee.name] == expected(trainee)


@pytest.mark.parametrize(
    ("trainee", "points"),
    [
        ("perfect", 15),
        ("empty", 0),
        ("half", 6),  # two of the four questions, the second quiz, the first exercise
        ("crashing", 9),  # what was clicked
        ("looping", 13),  # all but the exercise that loops
        ("deleted-cell", 15),
        ("damaged-file", 15),
    ],
)
def test_the_gradebook_has_the_known_totals(demo: Demo, trainee: str, points: float) -> None:
    assert gradebook_score(demo.course, trainee) == points


def test_the_summary_says_what_was_possible(summary: dict[str, Any]) -> None:
    assert (summary["submissions"], summary["max"]) == (12, 15)


def test_the_summary_times_every_stage(summary: dict[str, Any]) -> None:
    assert list(summary["seconds"]) == [
        "build", "generate", "work", "collect", "autograde", "mark", "feedback", "report",
    ]  # fmt: skip


def test_the_report_is_written(demo: Demo) -> None:
    assert "damaged-file" in (demo.to / "report" / "greeting.html").read_text()


def test_feedback_explains_every_graded_item(demo: Demo) -> None:
    page = text_of(feedback(demo, "half"))
    for reason in ("hidden reason gamma", "hidden multi delta", "hidden step listen"):
        assert reason in page
    assert "Your answer: 16.1" in page


def test_feedback_tells_of_a_run_that_stopped_early(demo: Demo) -> None:
    assert "While your notebook was being run it stopped early" in feedback(demo, "crashing")


def test_feedback_tells_of_a_damaged_answer_file(demo: Demo) -> None:
    assert "damaged; its backup copy was used" in feedback(demo, "damaged-file")


def test_feedback_needs_nothing_from_outside(demo: Demo) -> None:
    assert not re.search(r"<(script|link)|https?://", feedback(demo, "perfect"))


def test_feedback_comes_back_through_the_exchange(demo: Demo) -> None:
    returned = list((demo.to / "exchange" / "toy-course" / "feedback").glob("*.html"))
    assert len(returned) == 24


def test_the_demo_can_be_run_again_in_the_same_place(tmp_path: Path) -> None:
    trainees = [ModelTrainee("empty", nothing, unwritten)]
    run_demo(TOY, tmp_path / "demo", "en", trainees)
    again = run_demo(TOY, tmp_path / "demo", "en", trainees)
    assert gradebook_score(again.course, "empty") == 0


def nbgrader(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NBGRADER, *command], cwd=course, text=True, capture_output=True, check=False, timeout=300
    )


def test_the_command_gives_the_same_scores_as_the_api(demo: Demo) -> None:
    before = gradebook_score(demo.course, "half")
    must(demo.course, "autograde", "greeting", "--student=half", "--force")
    assert gradebook_score(demo.course, "half") == before


def only_first_lesson(course: Path) -> Path:
    """Make a course folder with one lesson, graded by our configuration."""
    shutil.copytree(TOY / "course", course / "course")
    settings = course / "course/course.yaml"
    settings.write_text(settings.read_text().replace("[first-call, second-call]", "[first-call]"))
    shutil.copy(ROOT / "nbgrader_config.py", course)
    write(build(course), course / "source")
    return course


def hand_in(course: Path, trainee: str) -> Path:
    """Submit a perfect answer sheet with an untouched notebook and return the folder."""
    desk = course / "submitted" / trainee / "greeting"
    shutil.copytree(course / "release/greeting", desk)
    bank = load_bank(course, "greeting", "first-call")
    clicked = {
        item.id: {"value": right(0, item), "at": "2026-03-02T09:00:00Z", "by": "widget"}
        for quiz in bank.quizzes
        for item in quiz.items
    }
    about = {"schema": 1, "lesson": "first-call", "trainee": trainee, "variant": 0}
    (desk / "first-call.answers.json").write_text(json.dumps({**about, "answers": clicked}))
    return desk


def must(course: Path, *command: str) -> None:
    done = nbgrader(course, *command)
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def changed(desk: Path) -> Iterator[nbformat.NotebookNode]:
    """Change a submitted notebook."""
    notebook = nbformat.read(desk / "first-call.ipynb", as_version=4)
    yield notebook
    nbformat.write(notebook, desk / "first-call.ipynb")


ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose lesson has a classic grade cell, with odd submissions, graded in one go."""
    course = only_first_lesson(tmp_path_factory.mktemp("odd"))
    flags = {"schema_version": 3, "task": False}
    with changed(course / "source/greeting") as source:
        source.cells += [
            nbformat.v4.new_code_cell(
                "### BEGIN SOLUTION\ndouble = 2 * 21\n### END SOLUTION",
                metadata={"nbgrader": {**flags, "grade_id": "double", "solution": True,
                                       "grade": False, "locked": False}},
            ),
            nbformat.v4.new_code_cell(
                "### BEGIN HIDDEN TESTS\nassert double == 42\n### END HIDDEN TESTS",
                metadata={"nbgrader": {**flags, "grade_id": "test-double", "solution": False,
                                       "grade": True, "locked": True, "points": 5}},
            ),
        ]  # fmt: skip
    must(course, "generate_assignment", "greeting")
    for trainee, code in {"classic-right": "double = 42", "classic-wrong": "double = 41"}.items():
        with changed(hand_in(course, trainee)) as notebook:
            notebook.cells[-2].source = code
    desk = hand_in(course, "renamed")
    with changed(desk) as notebook:
        notebook.cells[-2].source = "double = 42"
    (desk / "first-call.ipynb").rename(desk / "first-call (1).ipynb")
    (hand_in(course, "missing") / "first-call.ipynb").unlink()
    (hand_in(course, "broken") / "first-call.ipynb").write_text('{"cells": [')
    (hand_in(course, "no-answers") / "first-call.answers.json").unlink()
    path = hand_in(course, "forged-answers") / "first-call.answers.json"
    sheet = json.loads(path.read_text())
    known = {"value": 16.1, "at": "2026-03-02T09:00:00Z"}
    sheet["answers"]["mean-reply"] = {**known, "by": "code"}
    sheet["answers"]["late-ones"] = {**known, "by": "widget"}
    path.write_text(json.dumps(sheet))
    with changed(hand_in(course, "forged-cells")) as notebook:
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                cell.source = "100"
                about.update(points=100, grade=False, solution=True)
        copy = nbformat.from_dict({**notebook.cells[4], "id": "copy"})
        nameless = nbformat.v4.new_code_cell("1", metadata={"nbgrader": {"grade": True}})
        notebook.cells += [copy, nameless]
    with changed(hand_in(course, "html")) as notebook:
        show = f"from IPython.display import HTML, display\ndisplay(HTML({ATTACK!r}))"
        notebook.cells += [nbformat.v4.new_code_cell(show), nbformat.v4.new_markdown_cell(ATTACK)]
    desk = hand_in(course, "linked")
    (desk / "first-call.ipynb").unlink()
    (desk / "first-call.ipynb").symlink_to(course / "source/greeting/first-call.ipynb")
    os.mkfifo(desk / "pipe")
    for trainee, code in {
        "vandal": "import os, shutil\nshutil.rmtree(os.getcwd())",
        "dead-kernel": "import os\nos._exit(0)",
        "bad-output": "from IPython.display import display\ndisplay({'text/html': 5}, raw=True)",
    }.items():
        with changed(hand_in(course, trainee)) as notebook:
            notebook.cells.insert(0, nbformat.v4.new_code_cell(code))
    sheet = (course / "submitted/html/greeting/first-call.answers.json").read_text()
    other = hand_in(course, "other-lesson") / "first-call.answers.json"
    other.write_text(sheet.replace('"first-call"', '"second-call"'))
    must(course, "autograde", "greeting")
    must(course, "generate_feedback", "greeting")
    return course


@pytest.mark.parametrize(
    ("trainee", "points"),
    [
        ("classic-right", 13),  # eight points of ours, five of the classic cell
        ("classic-wrong", 8),
        ("renamed", 13),
        ("missing", 8),
        ("broken", 8),  # the notebook is lost, the clicks are not
        ("no-answers", 0),
        ("forged-answers", 8),  # answers of exercises count only when the code makes them
        ("forged-cells", 8),
        ("html", 8),
        ("linked", 8),
        ("vandal", 8),
        ("dead-kernel", 8),  # no cell that was not run passes for right
        ("bad-output", 8),
        ("other-lesson", 0),
    ],
)
def test_odd_submissions_are_graded_for_what_is_there(
    odd: Path, trainee: str, points: float
) -> None:
    assert gradebook_score(odd, trainee) == points


def odd_feedback(odd: Path, trainee: str) -> str:
    return (odd / "feedback" / trainee / "greeting/first-call.html").read_text()


@pytest.mark.parametrize("trainee", ["classic-right", "classic-wrong"])
def test_hidden_tests_stay_hidden_in_feedback(odd: Path, trainee: str) -> None:
    page = odd_feedback(odd, trainee)
    assert "HIDDEN" not in page
    assert "== 42" not in text_of(page)


def test_a_link_to_the_source_shows_no_solution(odd: Path) -> None:
    assert "double = 2 * 21" not in odd_feedback(odd, "linked")
    assert (odd / "build/set-aside/linked/greeting/first-call.ipynb").is_symlink()


def test_feedback_tells_of_a_missing_answer_file(odd: Path) -> None:
    assert "The submission holds no answer file" in odd_feedback(odd, "no-answers")


@pytest.mark.parametrize("trainee", ["broken", "missing"])
def test_feedback_tells_of_an_unreadable_notebook(odd: Path, trainee: str) -> None:
    assert "The submitted notebook is missing or cannot be read" in odd_feedback(odd, trainee)


def test_feedback_tells_of_a_renamed_notebook(odd: Path) -> None:
    assert "handed in as “first-call (1).ipynb” and graded as" in odd_feedback(odd, "renamed")


def test_nothing_that_a_trainee_wrote_runs_in_an_instructors_browser(odd: Path) -> None:
    page = odd_feedback(odd, "html")
    assert "&lt;script&gt;alert(1)" in page  # the code is shown as it was written
    assert not re.search(r"<(script|img)|<[^>]*\sonerror", page)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A released course with one submission."""
    course = only_first_lesson(tmp_path / "course")
    must(course, "generate_assignment", "greeting")
    hand_in(course, "lin")
    return course


def test_without_our_preprocessor_our_cells_get_nothing_and_say_so_loudly(plain: Path) -> None:
    (plain / "nbgrader_config.py").write_text("c = get_config()\n")
    must(plain, "autograde", "greeting")
    assert gradebook_score(plain, "lin") == 0
    notebook = (plain / "autograded/lin/greeting/first-call.ipynb").read_text()
    assert "must be graded by clientcourse" in notebook


def test_a_corrected_key_is_applied_by_grading_again(plain: Path) -> None:
    must(plain, "autograde", "greeting")
    assert gradebook_score(plain, "lin") == 8
    bank = plain / "course/greeting/first-call.items.yaml"
    bank.write_text(bank.read_text().replace("answer: false", "answer: true", 1))
    must(plain, "autograde", "greeting", "--force")
    assert gradebook_score(plain, "lin") == 7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_real_course_gives_the_perfect_all_and_the_empty_nothing(
    tmp_path: Path, language: Language
) -> None:
    trainees = [
        ModelTrainee("perfect", right, solved),
        ModelTrainee("empty", nothing, unwritten),
    ]
    demo = run_demo(ROOT, tmp_path, language, trainees)
    summary = json.loads((demo.to / "summary.json").read_text())
    totals = {name: sum(scores.values()) for name, scores in summary["scores"].items()}
    assert totals == {"perfect": summary["max"], "empty": 0}


def test_the_demo_leaves_the_environment_as_it_was(demo: Demo) -> None:
    assert demo.course.exists()
    assert str(demo.to) not in os.environ["JUPYTER_DATA_DIR"]
