"""`Lesson` as a notebook uses it: answers, checks, messages in the lesson's language."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clientcourse.answers import NotSaved
from clientcourse.authoring.build import build, write
from clientcourse.clients import complaints
from clientcourse.errors import CourseError
from clientcourse.lesson import Incomplete, Lesson, LessonError, PlainNbgrader
from clientcourse.messages import say
from clientcourse.values import UnfitValue
from clientcourse.variants import variant_of
from clientcourse.widgets.saving import SavingWidget
from tests.conftest import TOY


def click(lesson: Lesson, quiz: str, item: str, value: object) -> dict[str, Any]:
    """Answer in the widget as the browser does and return the reply."""
    return click_in(lesson.quiz(quiz), item, value)


def click_in(widget: SavingWidget, item: str, value: object) -> dict[str, Any]:
    """Answer in an open widget as the browser does and return the reply."""
    replies: list[dict[str, Any]] = []
    widget.send = replies.append
    message = {"kind": "answer", "sender": "tab", "seq": 1, "item": item, "value": value}
    widget._handle_custom_msg(message, [])
    return replies[-1]


def test_a_click_is_acknowledged_only_as_saved(lesson: Lesson, desk: Path) -> None:
    assert click(lesson, "first-quiz", "say-name", "b")["kind"] == "saved"
    assert '"b"' in (desk / "first-call.answers.json").read_text()


def test_answers_come_back_when_the_lesson_is_opened_again(lesson: Lesson, desk: Path) -> None:
    click(lesson, "first-quiz", "say-name", "b")
    again = Lesson("first-call", desk).quiz("first-quiz")
    assert again.answers == {"say-name": {"value": "b"}}


def test_a_refused_click_says_why(lesson: Lesson, desk: Path) -> None:
    click(lesson, "first-quiz", "say-name", "b")
    (desk / "first-call.answers.json").chmod(0o444)
    reply = click(lesson, "first-quiz", "say-name", "c")
    assert reply["kind"] == "refused"
    assert "read-only" in reply["message"]


def test_practice_explains_at_once(lesson: Lesson) -> None:
    feedback = click(lesson, "try-it", "warm-words", "a")["feedback"]
    assert feedback["verdict"] == "wrong"
    assert feedback["choices"]["b"] == {"right": True, "why": "practice reason beta"}


def test_a_graded_quiz_explains_nothing(lesson: Lesson) -> None:
    assert click(lesson, "first-quiz", "say-name", "c")["feedback"] is None


def test_the_plain_version_shows_the_answers(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    click(lesson, "first-quiz", "say-name", "c")
    capsys.readouterr()
    lesson.quiz("first-quiz")
    assert "◉ option gamma" in capsys.readouterr().out


def test_a_number_is_recorded_and_shown(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    lesson.answer("mean-reply", 16.5)
    assert "Recorded: 16.5 hours" in capsys.readouterr().out


def test_a_table_is_recorded_with_the_columns_asked_for(
    lesson: Lesson, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.answer("late-ones", lesson.complaints().head(3))
    assert "Recorded: 3 rows" in capsys.readouterr().out
    assert "resolve_hours" not in (desk / "first-call.answers.json").read_text()


def test_a_list_in_a_sentence_is_set_as_its_language_has_it() -> None:
    names = {"item": "reply", "missing": ["id", "hours"], "found": "–"}
    assert "id、hours" in say("missing-columns", "zh", **names)
    assert "id, hours" in say("missing-columns", "en", **names)


def test_a_key_column_in_the_index_counts(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.answer("late-ones", lesson.complaints().set_index("complaint_id"))
    assert "Recorded: 240 rows" in capsys.readouterr().out


def test_dots_mean_not_answered_yet(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    lesson.answer("mean-reply", ...)
    assert "“Mean reply time” is not answered yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("item", "value", "says"),
    [
        ("mean-reply", "sixteen", "got a str"),
        ("mean-reply", float("nan"), "not infinite, not empty"),
        ("mean-reply", True, "got a bool"),
        ("late-ones", 3, "asks for a table"),
        ("late-ones", pd.DataFrame({"x": [1]}), "lacks these columns: complaint_id"),
        ("say-name", "z", "one of these ids: a, b, c"),
        ("two-of-four", "a", "a list of some of these ids"),
        ("in-order", ["listen"], "all of these ids"),
    ],
)
def test_a_value_of_the_wrong_kind_says_what_was_expected(
    lesson: Lesson, item: str, value: object, says: str
) -> None:
    with pytest.raises(UnfitValue, match=says):
        lesson.answer(item, value)


def test_a_wrong_value_leaves_the_earlier_answer(lesson: Lesson, desk: Path) -> None:
    lesson.answer("mean-reply", 16.5)
    with pytest.raises(UnfitValue):
        lesson.answer("mean-reply", "sixteen")
    kept = json.loads((desk / "first-call.answers.json").read_text())["answers"]
    assert kept["mean-reply"]["value"] == 16.5


def test_a_huge_table_is_refused_in_plain_words(lesson: Lesson) -> None:
    huge = pd.DataFrame({"complaint_id": ["K" * 100] * 30_000, "first_reply_hours": 1.0})
    with pytest.raises(NotSaved, match="Did you hand in a whole big table"):
        lesson.answer("late-ones", huge)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda lesson: lesson.quiz("nope"), "no quiz “nope”. It has: try-it, first-quiz"),
        (lambda lesson: lesson.answer("nope", 1), "no item “nope”"),
        (lambda lesson: lesson.check("try-it"), "no graded quiz and no exercise “try-it”"),
        (lambda lesson: lesson.dictionary("nope"), "no table “nope”"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(
    lesson: Lesson, call: Callable[[Lesson], object], says: str
) -> None:
    with pytest.raises(LessonError, match=says):
        call(lesson)


def test_what_columns_mean_is_shown_to_the_last_word(lesson: Lesson) -> None:
    shown = lesson.dictionary("complaints")
    long = (
        "double charge, fee dispute, investment loss, attitude, waiting time or wrong information"
    )
    assert long in shown.html
    assert long in shown.text


def test_check_tells_what_is_open_and_never_whether_it_is_right(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    click(lesson, "first-quiz", "say-name", "a")
    capsys.readouterr()
    lesson.check("first-quiz")
    assert capsys.readouterr().out.strip() == (
        "“First quiz”: 3 of 4 still open: question 2, question 3, question 4."
    )


def test_check_of_a_complete_quiz_says_ready(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.answer("mean-reply", 1)
    lesson.check("mean-reply")
    assert "ready to submit" in capsys.readouterr().out


def test_validation_fails_while_something_is_open(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(Incomplete, match="4 of 4 still open"):
        lesson.check("first-quiz")


def test_a_plain_nbgrader_gets_an_error_not_full_marks(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(PlainNbgrader, match="must be graded by clientcourse"):
        lesson.check("first-quiz")


def test_progress_counts_every_quiz_and_exercise(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.answer("mean-reply", 1)
    capsys.readouterr()
    lesson.progress()
    assert capsys.readouterr().out.splitlines()[1:] == [
        "○ Try it · practice · 0 of 1 answered",
        "○ First quiz · graded · 0 of 4 answered",
        "✓ Mean reply time · data exercise · 1 of 1 answered",
        "○ Late replies · data exercise · 0 of 1 answered",
    ]


def test_the_survey_is_kept_apart_from_what_is_graded(lesson: Lesson, desk: Path) -> None:
    click_in(lesson.survey(), "change", "Less plastic.")
    assert '"Less plastic."' in (desk / "first-call.survey.answers.json").read_text()
    assert not (desk / "first-call.answers.json").exists()


def test_a_course_without_a_survey_says_so(toy: Path, tmp_path: Path) -> None:
    (toy / "course/survey.yaml").unlink()
    write(build(toy), tmp_path / "desk")
    with pytest.raises(LessonError, match="no survey"):
        Lesson("first-call", tmp_path / "desk" / "greeting").survey()


def test_each_trainee_works_on_the_own_variant(lesson: Lesson) -> None:
    variant = variant_of("lin", 3)
    pd.testing.assert_frame_equal(lesson.complaints(), complaints(variant, language="en"))


def test_a_notebook_away_from_its_lesson_file_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="move the notebook back") as caught:
        Lesson("first-call", tmp_path)
    assert "请把笔记本移回原来的文件夹" in str(caught.value)


def test_a_changed_lesson_file_says_what_to_do(desk: Path) -> None:
    (desk / "first-call.lesson.json").write_text("{}")
    with pytest.raises(LessonError, match="Fetch the assignment again"):
        Lesson("first-call", desk)


def test_a_chinese_lesson_speaks_chinese(tmp_path: Path) -> None:
    write(build(TOY, "zh"), tmp_path)
    with pytest.raises(LessonError, match="这一课里没有 “nope” 这组题"):
        Lesson("first-call", tmp_path / "greeting").quiz("nope")


def test_errors_show_a_sentence_and_no_traceback() -> None:
    assert CourseError("Do this.")._render_traceback_() == ["⚠ Do this."]
