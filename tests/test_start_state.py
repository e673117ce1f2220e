"""Where a trainee stands, and what the start page says about it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from clientcourse.answers import Answers
from clientcourse.authoring.build import build
from clientcourse.lesson_file import LessonFile
from clientcourse.start import DEFAULT_URL, config_folder
from clientcourse.start.page import Frame, start_page
from clientcourse.start.showing import showing_cells
from clientcourse.start.state import Listed, ModuleState, Submission, course_states, find_notebook
from tests.conftest import TOY

FILES = {
    path.name.partition(".")[0]: LessonFile.model_validate_json(content)
    for path, content in build(TOY).items()
    if path.name.endswith(".lesson.json")
}
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
RIGHT = {
    "say-name": "c",
    "two-of-four": ["a", "c"],
    "is-it-so": "false",
    "mean-reply": 3,
    "late-ones": {"columns": [], "rows": []},
}


def answers(lesson: str, at: dt.datetime, values: dict[str, Any]) -> Answers:
    given = {id_: {"value": value, "at": at, "by": "widget"} for id_, value in values.items()}
    return Answers.model_validate(
        {"lesson": lesson, "trainee": "lin", "variant": 0, "answers": given}
    )


def listed(**changes: object) -> Listed:
    kept: dict[str, Any] = {
        "course": "toy-course",
        "module": "greeting",
        "released": Path("/exchange/toy-course/outbound/greeting"),
        "desk": "greeting",
        "files": [FILES["second-call"], FILES["first-call"]],
        "answers": {},
        "submissions": [],
    }
    return Listed(**{**kept, **changes})


def module(**changes: object) -> ModuleState:
    ((state,),) = [course.modules for course in course_states([listed(**changes)])]
    return state


def page(*modules: Listed, now: dt.datetime = NOON) -> str:
    frame = Frame("/user/lin/", "en", now, "", "nonce")
    return start_page(course_states(modules), frame)


def test_lessons_come_in_the_order_of_the_course() -> None:
    assert [lesson.name for lesson in module().lessons] == ["first-call", "second-call"]


def test_modules_come_in_the_order_of_the_course_whatever_their_names() -> None:
    later = listed(module="a-late-one", files=[FILES["second-call"]])
    (course,) = course_states([later, listed(files=[FILES["first-call"]])])
    assert [one.name for one in course.modules] == ["greeting", "a-late-one"]


def test_a_classic_assignment_is_left_to_the_assignment_list() -> None:
    assert course_states([listed(files=[])]) == []


@pytest.mark.parametrize(
    ("changes", "stage", "step"),
    [
        ({"desk": None}, "new", "begin"),
        ({}, "open", "continue"),
        ({"submissions": [Submission(NOON, {})]}, "handed-in", "wait"),
        ({"submissions": [Submission(NOON, {"first-call": False})]}, "feedback", "wait"),
        (
            {"submissions": [Submission(NOON - HOUR, {"first-call": True}), Submission(NOON, {})]},
            "handed-in",
            "wait",
        ),
        (
            {
                "submissions": [Submission(NOON, {})],
                "answers": {"first-call": answers("first-call", NOON + HOUR, {"say-name": "c"})},
            },
            "handed-in",
            "continue",
        ),
    ],
)
def test_the_stage_of_a_module_and_the_next_step(
    changes: dict[str, Any], stage: str, step: str
) -> None:
    state = module(**changes)
    assert (state.stage, state.next) == (stage, step)


def test_what_is_answered_is_counted_as_in_the_lesson() -> None:
    kept = answers("first-call", NOON, {"say-name": "c", "is-it-so": "no such option"})
    first, second = module(answers={"first-call": kept}).lessons
    assert (first.answered, first.total, first.open_graded) == (1, 7, 5)
    assert (second.answered, second.total, second.open_graded) == (0, 1, 1)


def test_with_all_that_counts_answered_the_next_step_is_to_hand_in() -> None:
    first = FILES["first-call"]
    steps = next(item for quiz in first.quizzes for item in quiz.items if item.type == "order")
    given = {**RIGHT, steps.id: [choice.id for choice in steps.choices]}
    state = module(files=[first], answers={"first-call": answers("first-call", NOON, given)})
    assert (state.open_graded, state.next) == (0, "hand-in")


def test_going_on_means_the_first_lesson_with_something_open() -> None:
    done = answers("first-call", NOON, RIGHT)
    assert module(answers={"first-call": done}).current == "first-call"
    (item,) = FILES["second-call"].items().values()
    only = module(
        files=[FILES["second-call"]],
        answers={"second-call": answers("second-call", NOON, {item.id: item.choices[0].id})},
    )
    assert only.current == "second-call"


def test_feedback_on_an_earlier_hand_in_stays_in_reach() -> None:
    two = [Submission(NOON - HOUR, {"first-call": True}), Submission(NOON, {})]
    first, second = module(submissions=two).lessons
    assert (first.feedback, first.unread, second.feedback) == (NOON - HOUR, False, None)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("greeting/first-call.ipynb", "first-call"),
        ("first-call.ipynb", None),
        ("greeting/../greeting/first-call.ipynb", None),
        ("greeting/other.ipynb", None),
    ],
)
def test_only_fetched_lessons_are_notebooks_of_the_course(path: str, found: str | None) -> None:
    pair = find_notebook(course_states([listed()]), path)
    assert (pair[1].name if pair else None) == found
    assert find_notebook(course_states([listed(desk=None)]), path) is None


def test_cells_run_by_themselves_unless_they_wait_for_the_trainee() -> None:
    figure = 'px.histogram(lesson.complaints(), x="resolve_hours", title="A picture")'
    built = nbformat.reads(build(TOY)[Path("greeting/first-call.ipynb")].decode(), 4)
    built.cells.insert(-1, new_code_cell("# An example\nlesson.complaints().head()"))
    assert showing_cells(built) == {
        'from clientcourse import Lesson\n\nlesson = Lesson("first-call")': True,
        'lesson.quiz("try-it")': True,
        f"import plotly.express as px\n\n{figure}": True,
        'lesson.quiz("first-quiz")': True,
        "# An example\nlesson.complaints().head()": False,
    }


def test_a_title_is_text_whatever_stands_in_it() -> None:
    hostile = FILES["first-call"].model_copy(
        update={"course": "<b>c", "title": '"><script>alert(1)', "heading": "<img src=x onerror=1>"}
    )
    html = page(listed(files=[hostile]))
    for mark in ("<b>c", "<script>alert", "<img"):
        assert mark not in html


def test_a_due_date_that_has_passed_is_said_to_have_passed() -> None:
    due = FILES["first-call"].model_copy(update={"due": NOON})
    assert 'class="due">Due <time' in page(listed(files=[due]), now=NOON - HOUR)
    assert 'class="due late">Was due <time' in page(listed(files=[due]), now=NOON + HOUR)
    handed_in = listed(files=[due], submissions=[Submission(NOON, {})])
    assert "due" not in page(handed_in, now=NOON + HOUR).partition("<main>")[2].lower()


def test_both_languages_have_the_same_quiet_lab() -> None:
    names = ["page_config.json", "default_setting_overrides.json"]
    zh, en = (
        [json.loads((config_folder(language) / "labconfig" / name).read_text()) for name in names]
        for language in ("zh", "en")
    )
    locale = "@jupyterlab/translation-extension:plugin"
    assert [zh[1].pop(locale), en[1].pop(locale)] == [{"locale": "zh_CN"}, {"locale": "en"}]
    assert zh == en
    assert DEFAULT_URL == "/clientcourse/"
