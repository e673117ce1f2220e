"""The quiz widget without a browser: an answer comes in, is recorded, is confirmed or refused."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from clientcourse.errors import CourseError
from clientcourse.items import Choice, PublicItem, PublicQuiz
from clientcourse.language import Language
from clientcourse.widgets.plain import plain_html, plain_text
from clientcourse.widgets.quiz import QuizWidget
from clientcourse.widgets.saving import Saved

AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


def item(id_: str, type_: str, **choices: str) -> PublicItem:
    return PublicItem.model_validate(
        {
            "id": id_,
            "type": type_,
            "points": 2.0,
            "stem": f"What about **{id_}**?",
            "choices": [{"id": key, "text": text} for key, text in choices.items()],
        }
    )


QUIZ = PublicQuiz(
    id="first-response",
    use="graded",
    title="The *first* reply",
    items=[
        item("say-first", "single", a="listen", b="explain", c="wait"),
        item("in-record", "multiple", a="date", b="photo", c="amount"),
        item("closing", "truefalse", true="True", false="False"),
        item("steps", "order", record="Record", calm="Calm", close="Close"),
    ],
)
OTHER_FORMS = PublicQuiz(
    id="all-forms",
    use="practice",
    title="Forms",
    items=[
        item("keep", "order", record="Record", blame="Blame", calm="Calm").model_copy(
            update={"leave_out": True}
        ),
        item("pairs", "match", a="Listen", b="Explain").model_copy(
            update={
                "prompts": [Choice(id="angry", text="**Angry**"), Choice(id="lost", text="Lost")]
            }
        ),
        item("rule", "blank").model_copy(
            update={
                "text": "Reply *within* [[hours]] hours, [[mood]] first",
                "gaps": ["hours", "mood"],
            }
        ),
        item("share", "number").model_copy(update={"unit": "% of `all`"}),
        item("essay", "short"),
        item("useful", "rating", **{"1": "1 · No", "2": "2", "3": "3", "4": "4", "5": "5 · Yes"}),
    ],
)
GIVEN: dict[str, object] = {
    "keep": ["calm", "record"],
    "pairs": {"angry": "a"},
    "rule": {"mood": "<calm>"},
    "share": 80.5,
    "essay": "First.\n\n<b>Then</b> *this*.",
    "useful": "4",
}
RIGHT = {"verdict": "right", "summary": "Yes", "choices": {"a": {"right": True, "why": "so"}}}


class Notebook:
    """A widget with the two ends that it stands between: the browser and the answer file."""

    def __init__(
        self,
        record: Callable[[str, object], Saved] | None = None,
        *,
        quiz: PublicQuiz = QUIZ,
        language: Language = "en",
        answers: dict[str, object] | None = None,
        feedback: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        self.recorded: list[tuple[str, object]] = []
        self.replies: list[dict[str, Any]] = []
        self.widget = QuizWidget(
            quiz,
            language=language,
            answers=answers or {},
            feedback=feedback or {},
            record=record or self._record,
            store_key="nine-steps/first-response",
        )
        self.widget.send = self.replies.append

    def _record(self, item_id: str, value: object) -> Saved:
        self.recorded.append((item_id, value))
        return Saved(AT)

    def receive(self, message: object) -> dict[str, Any]:
        self.widget._handle_custom_msg(message, [])  # as ipywidgets does it
        return self.replies[-1]

    def answer(self, item_id: object, value: object, seq: int = 1) -> dict[str, Any]:
        return self.receive(answer(item_id, value, seq))


def answer(item_id: object, value: object, seq: int, sender: str = "tab") -> dict[str, Any]:
    return {"kind": "answer", "sender": sender, "seq": seq, "item": item_id, "value": value}


def failing(error: Exception) -> Callable[[str, object], Saved]:
    def record(_item: str, _value: object) -> Saved:
        raise error

    return record


GOOD_VALUES = [
    ("say-first", "b"),
    ("in-record", ["a", "c"]),
    ("closing", "true"),
    ("steps", ["calm", "record", "close"]),
    ("say-first", None),
    ("in-record", None),
]


@pytest.mark.parametrize(("item_id", "value"), GOOD_VALUES)
def test_an_answer_is_recorded(item_id: str, value: object) -> None:
    notebook = Notebook()
    notebook.answer(item_id, value)
    assert notebook.recorded == [(item_id, value)]


@pytest.mark.parametrize(("item_id", "value"), GIVEN.items())
def test_an_answer_of_every_form_is_recorded(item_id: str, value: object) -> None:
    notebook = Notebook(quiz=OTHER_FORMS)
    notebook.answer(item_id, value)
    assert notebook.recorded == [(item_id, value)]


@pytest.mark.parametrize(
    ("item_id", "value"),
    [
        ("keep", []),
        ("keep", ["calm", "gone"]),
        ("pairs", {}),
        ("pairs", {"angry": "z"}),
        ("pairs", {"gone": "a"}),
        ("pairs", ["a", "b"]),
        ("rule", {"hours": 24}),
        ("rule", {"gone": "x"}),
        ("rule", {"hours": " "}),
        ("rule", "24"),
        ("share", "80"),
        ("share", True),
        ("share", float("inf")),
        ("essay", " untrimmed "),
        ("essay", "x" * 10_001),
        ("essay", ["x"]),
        ("useful", 4),
        ("useful", "6"),
    ],
)
def test_a_value_that_does_not_fit_its_form_is_refused(item_id: str, value: object) -> None:
    notebook = Notebook(quiz=OTHER_FORMS)
    assert notebook.answer(item_id, value)["kind"] == "refused"


def test_saved_is_said_with_the_time_and_number_of_that_answer() -> None:
    assert Notebook().answer("say-first", "b", seq=7) == {
        "kind": "saved",
        "sender": "tab",
        "seq": 7,
        "item": "say-first",
        "at": "2026-03-02T14:03:00+00:00",
        "feedback": None,
        "revision": 1,
    }


def test_practice_feedback_comes_with_the_reply() -> None:
    notebook = Notebook(lambda _item, _value: Saved(AT, RIGHT))
    assert notebook.answer("say-first", "a")["feedback"] == RIGHT


def test_what_could_not_be_stored_is_refused_in_the_words_of_the_error() -> None:
    notebook = Notebook(failing(CourseError("The disk is full.")))
    assert notebook.answer("say-first", "a", seq=3) == {
        "kind": "refused",
        "sender": "tab",
        "seq": 3,
        "item": "say-first",
        "message": "The disk is full.",
    }


def test_an_unexpected_error_is_refused_in_plain_words() -> None:
    notebook = Notebook(failing(RuntimeError("boom")), language="zh")
    assert notebook.answer("say-first", "a")["message"].startswith("这个答案没有保存：")


def test_an_unexpected_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        Notebook(failing(RuntimeError("boom"))).answer("say-first", "a")
    assert "boom" in caplog.text


@pytest.mark.parametrize(
    ("item_id", "value"),
    [
        ("unknown", "a"),
        (["say-first"], "a"),
        (None, "a"),
        ("say-first", "z"),
        ("say-first", ["a"]),
        ("say-first", {"a": 1}),
        ("in-record", []),
        ("in-record", "a"),
        ("in-record", ["c", "a"]),
        ("in-record", ["a", "a"]),
        ("in-record", [["a"]]),
        ("closing", True),
        ("steps", ["calm", "record"]),
        ("steps", ["calm", "calm", "record"]),
        ("steps", [1, 2, 3]),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_not_recorded(
    item_id: object, value: object
) -> None:
    notebook = Notebook()
    assert notebook.answer(item_id, value)["kind"] == "refused"
    assert notebook.recorded == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        "answer",
        {},
        {"kind": "answer"},
        {"kind": "hello", "sender": "tab", "seq": 1, "item": "say-first", "value": "a"},
        {"kind": "answer", "seq": 1, "item": "say-first", "value": "a"},
        {"kind": "answer", "sender": "tab", "seq": "1", "item": "say-first", "value": "a"},
        {"kind": "answer", "sender": "tab", "seq": 1, "item": "say-first"},
    ],
)
def test_a_malformed_message_is_refused_and_not_recorded(message: object) -> None:
    notebook = Notebook()
    assert notebook.receive(message)["kind"] == "refused"
    assert notebook.recorded == []


def test_an_answer_that_comes_in_after_a_newer_one_is_not_recorded() -> None:
    notebook = Notebook()
    notebook.answer("say-first", "b", seq=2)
    assert notebook.answer("say-first", "a", seq=1) == {
        "kind": "overtaken",
        "sender": "tab",
        "seq": 1,
        "item": "say-first",
    }
    assert notebook.recorded == [("say-first", "b")]


def test_tabs_and_items_are_numbered_apart() -> None:
    notebook = Notebook()
    notebook.answer("say-first", "b", seq=2)
    notebook.answer("closing", "true", seq=1)
    notebook.receive(answer("say-first", "a", seq=1, sender="another tab"))
    assert notebook.recorded == [("say-first", "b"), ("closing", "true"), ("say-first", "a")]


def test_a_second_view_sees_the_new_answer() -> None:
    notebook = Notebook(answers={"say-first": "a"})
    notebook.answer("in-record", ["a"])
    assert notebook.widget.answers == {"say-first": {"value": "a"}, "in-record": {"value": ["a"]}}


def test_a_second_view_sees_the_new_feedback() -> None:
    notebook = Notebook(lambda _item, _value: Saved(AT, RIGHT))
    notebook.answer("say-first", "a")
    assert notebook.widget.feedback == {"say-first": RIGHT}


def test_a_withdrawn_answer_leaves_no_answer() -> None:
    notebook = Notebook(answers={"in-record": ["a"]})
    notebook.answer("in-record", None)
    assert notebook.widget.answers == {}


def test_a_withdrawn_answer_leaves_no_feedback() -> None:
    notebook = Notebook(answers={"in-record": ["a"]}, feedback={"in-record": RIGHT})
    notebook.answer("in-record", None)
    assert notebook.widget.feedback == {}


def test_a_refused_answer_is_not_shown_as_given() -> None:
    notebook = Notebook(failing(CourseError("The disk is full.")), answers={"say-first": "b"})
    notebook.answer("say-first", "a")
    assert notebook.widget.answers == {"say-first": {"value": "b"}}


def test_answers_of_other_quizzes_stay_out_of_the_browser() -> None:
    assert Notebook(answers={"elsewhere": "a"}).widget.answers == {}


def test_the_browser_gets_ready_html() -> None:
    assert Notebook().widget.quiz["items"][0]["stem"] == "What about <strong>say-first</strong>?"


def shown(item_id: str) -> dict[str, Any]:
    items = Notebook(quiz=OTHER_FORMS).widget.quiz["items"]
    found: dict[str, Any] = next(item for item in items if item["id"] == item_id)
    return found


def test_the_browser_gets_a_text_with_gaps_in_pieces() -> None:
    assert shown("rule")["segments"] == [
        {"text": "Reply <em>within</em> "},
        {"gap": "hours"},
        {"text": " hours, "},
        {"gap": "mood"},
        {"text": " first"},
    ]


def test_the_browser_gets_the_gaps_in_their_order() -> None:
    assert shown("rule")["gaps"] == ["hours", "mood"]


def test_the_browser_gets_prompts_as_ready_html() -> None:
    assert shown("pairs")["prompts"] == [
        {"id": "angry", "text": "<strong>Angry</strong>"},
        {"id": "lost", "text": "Lost"},
    ]


def test_the_browser_gets_a_unit_without_marks() -> None:
    assert shown("share")["unit"] == "% of all"


def test_the_browser_is_told_that_there_is_no_unit() -> None:
    assert shown("essay")["unit"] is None


@pytest.mark.parametrize(("item_id", "leave_out"), [("keep", True), ("pairs", False)])
def test_the_browser_is_told_whether_steps_are_left_out(item_id: str, leave_out: bool) -> None:  # noqa: FBT001
    assert shown(item_id)["leave_out"] is leave_out


@pytest.mark.parametrize("use", ["practice", "graded", "survey", "anonymous-survey"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_widget_says_what_its_answers_are_used_for(
    use: Literal["practice", "graded", "survey", "anonymous-survey"], language: Language
) -> None:
    widget = Notebook(quiz=OTHER_FORMS.model_copy(update={"use": use}), language=language).widget
    assert widget.words[widget.quiz["use"]]


@pytest.mark.parametrize(("language", "saved"), [("zh", "已保存 {clock}"), ("en", "Saved {clock}")])
def test_the_widget_speaks_the_language_of_the_course(language: Language, saved: str) -> None:
    assert Notebook(language=language).widget.words["saved"] == saved


def test_plain_text_marks_what_was_chosen() -> None:
    answers = {"say-first": "b", "in-record": ["a", "c"], "steps": ["calm", "close", "record"]}
    assert (
        plain_text(QUIZ, answers, "en")
        == """\
The first reply

1. What about say-first?
   ○ listen
   ◉ explain
   ○ wait

2. What about in-record?
   ☑ date
   ☐ photo
   ☑ amount

3. What about closing? (Not answered)
   ○ True
   ○ False

4. What about steps?
   1. Calm
   2. Close
   3. Record"""
    )


def test_plain_text_writes_out_an_answer_of_every_form() -> None:
    assert (
        plain_text(OTHER_FORMS, GIVEN, "en")
        == """\
Forms

1. What about keep?
   1. Calm
   2. Record
   – Blame (left out)

2. What about pairs?
   Angry → Listen
   Lost → ____

3. What about rule?
   Reply within ____ hours, __<calm>__ first

4. What about share?
   80.5 % of all

5. What about essay?
   First.

   <b>Then</b> *this*.

6. What about useful?
   ○ 1 · No
   ○ 2
   ○ 3
   ◉ 4
   ○ 5 · Yes"""
    )


def test_plain_text_shows_every_form_unanswered() -> None:
    assert (
        plain_text(OTHER_FORMS, {}, "zh")
        == """\
Forms

1. What about keep?（未作答）
   · Record
   · Blame
   · Calm

2. What about pairs?（未作答）
   Angry → ____
   Lost → ____
   · Listen
   · Explain

3. What about rule?（未作答）
   Reply within ____ hours, ____ first

4. What about share?（未作答）
   ____ % of all

5. What about essay?（未作答）

6. What about useful?（未作答）
   ○ 1 · No
   ○ 2
   ○ 3
   ○ 4
   ○ 5 · Yes"""
    )


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>– Blame (left out)</div>", id="order"),
        pytest.param("<div><strong>Angry</strong> → Listen</div>", id="match"),
        pytest.param(
            "<div>Reply <em>within</em> ____ hours, <u>&lt;calm&gt;</u> first</div>", id="blank"
        ),
        pytest.param("<div>80.5 % of all</div>", id="number"),
        pytest.param(
            "<div>First.</div><div><br></div><div>&lt;b&gt;Then&lt;/b&gt; *this*.</div>",
            id="short",
        ),
        pytest.param("<div>◉ 4</div>", id="rating"),
    ],
)
def test_plain_html_writes_out_an_answer_of_every_form(html: str) -> None:
    assert html in plain_html(OTHER_FORMS, GIVEN, "en")


def test_plain_html_marks_what_was_chosen() -> None:
    html = plain_html(QUIZ, {"say-first": "b"}, "en")
    assert "<div>○ listen</div><div>◉ explain</div><div>○ wait</div>" in html


def test_plain_html_says_what_was_not_answered() -> None:
    assert plain_html(QUIZ, {"say-first": "b"}, "zh").count("（未作答）") == 3


@pytest.mark.parametrize("render", [plain_html, plain_text])
def test_an_answer_with_unknown_ids_does_not_break_the_page(
    render: Callable[[PublicQuiz, dict[str, object], Language], str],
) -> None:
    answers: dict[str, object] = {"say-first": "z", "in-record": [["a"]], "steps": ["gone", 3]}
    assert "Record" in render(QUIZ, answers, "en")


def test_plain_html_escapes_hostile_text() -> None:
    evil = "<img src=x onerror=alert(1)>"
    hostile = QUIZ.model_copy(
        update={
            "title": evil,
            "items": [
                QUIZ.items[0].model_copy(
                    update={"stem": evil, "choices": [Choice(id="a", text=evil)]}
                )
            ],
        }
    )
    assert "<img" not in plain_html(hostile, {"say-first": evil}, "en")
