"""The scenario widget without a browser: a reply comes in, is recorded, is confirmed or refused."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from clientcourse.errors import CourseError
from clientcourse.items import PublicScenario
from clientcourse.language import Language
from clientcourse.widgets.saving import Saved
from clientcourse.widgets.scenario import ScenarioWidget
from clientcourse.widgets.scenario_plain import plain_html, plain_text

AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)

SCENARIO = PublicScenario.model_validate(
    {
        "id": "late-transfer",
        "use": "practice",
        "points": 4.0,
        "counts": "first",
        "title": "The *late* transfer",
        "setting": "A **Friday** afternoon.",
        "client": "Ms Lin",
        "about": "Runs a flower shop.",
        "mood": "angry",
        "start": "opening",
        "nodes": [
            {
                "id": "opening",
                "says": "Where is *my* money?",
                "says_if": {},
                "choices": [
                    {"id": "b", "text": "It says so on the form.", "goto": "lost", "mood": -1},
                    {"id": "a", "text": "I’ll look **now**.", "goto": "trace", "mood": 2},
                ],
            },
            {
                "id": "trace",
                "says": "And the fee?",
                "says_if": {"calm": "Thank you. And the fee?"},
                "choices": [
                    {"id": "a", "text": "20 yuan.", "goto": "solved", "mood": 0},
                    {"id": "b", "text": "Wait here.", "goto": "wait", "mood": -1},
                ],
            },
            {
                "id": "wait",
                "says": "(An hour goes by.)",
                "says_if": {},
                "choices": [
                    {"id": "a", "text": "It is done.", "goto": "solved", "mood": 0},
                    {"id": "b", "text": "Come again tomorrow.", "goto": "lost", "mood": -2},
                ],
            },
        ],
        "endings": [
            {"id": "solved", "title": "The money is there", "says": "Thank you."},
            {"id": "lost", "title": "A client *walks out*", "says": "Then I’ll go."},
        ],
    }
)
TOLD = {
    "meters": {name: {"value": 0.5} for name in ("outcome", "respect", "process")},
    "debriefing": None,
}


def attempts(*paths: Sequence[object]) -> dict[str, object]:
    return {"attempts": [[*path] for path in paths]}


class Notebook:
    """A widget with the two ends that it stands between: the browser and the answer file."""

    def __init__(
        self,
        record: Callable[[str, object], Saved] | None = None,
        *,
        scenario: PublicScenario = SCENARIO,
        language: Language = "en",
        value: object = None,
        feedback: dict[str, Any] | None = None,
    ) -> None:
        self.recorded: list[tuple[str, object]] = []
        self.replies: list[dict[str, Any]] = []
        self.widget = ScenarioWidget(
            scenario,
            language=language,
            answers={"late-transfer": value},
            feedback={"late-transfer": feedback} if feedback else {},
            record=record or self._record,
            store_key="nine-steps/late-transfer",
        )
        self.widget.send = self.replies.append

    def _record(self, item_id: str, value: object) -> Saved:
        self.recorded.append((item_id, value))
        return Saved(AT, TOLD)

    def answer(self, value: object, item: object = "late-transfer") -> dict[str, Any]:
        message = {"kind": "answer", "sender": "tab", "seq": 7, "item": item, "value": value}
        self.widget._handle_custom_msg(message, [])  # as ipywidgets does it
        return self.replies[-1]


@pytest.mark.parametrize(
    "value",
    [
        attempts("a"),
        attempts("aba"),
        attempts("b", ""),
        attempts("b", "ab"),
        attempts("aa", "b", "abb"),
        attempts(*["b"] * 49, "a"),
    ],
)
def test_attempts_are_recorded(value: object) -> None:
    notebook = Notebook()
    notebook.answer(value)
    assert notebook.recorded == [("late-transfer", value)]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a",
        ["a"],
        {},
        {"attempts": []},
        {"attempts": "a"},
        {"attempts": ["a"]},
        {"attempts": [None]},
        {"attempts": [["a"]], "more": 1},
        attempts("c"),
        attempts([1]),
        attempts([["a"]]),
        attempts("ba"),
        attempts("a", "b"),
        attempts("", "b"),
        attempts("b", "", "b"),
        attempts(*["b"] * 50, "a"),
    ],
)
def test_what_cannot_have_been_said_is_refused_and_not_recorded(value: object) -> None:
    notebook = Notebook()
    assert notebook.answer(value)["kind"] == "refused"
    assert notebook.recorded == []


@pytest.mark.parametrize("item", ["other", None, ["late-transfer"]])
def test_attempts_at_something_else_are_refused_and_not_recorded(item: object) -> None:
    notebook = Notebook()
    assert notebook.answer(attempts("a"), item)["kind"] == "refused"
    assert notebook.recorded == []


def test_saved_is_said_with_time_number_and_meters() -> None:
    assert Notebook().answer(attempts("a")) == {
        "kind": "saved",
        "sender": "tab",
        "seq": 7,
        "item": "late-transfer",
        "at": "2026-03-02T14:03:00+00:00",
        "feedback": TOLD,
        "revision": 1,
    }


def test_what_could_not_be_stored_is_refused_in_the_words_of_the_error() -> None:
    def full(_item: str, _value: object) -> Saved:
        raise CourseError("The disk is full.")

    notebook = Notebook(full, value=attempts("a"))
    assert notebook.answer(attempts("aa")) == {
        "kind": "refused",
        "sender": "tab",
        "seq": 7,
        "item": "late-transfer",
        "message": "The disk is full.",
    }
    assert notebook.widget.answers == {"late-transfer": {"value": attempts("a")}}


def test_a_conversation_goes_on_where_it_was_left() -> None:
    widget = Notebook(value=attempts("b", "a"), feedback=TOLD).widget
    assert widget.answers == {"late-transfer": {"value": attempts("b", "a")}}
    assert widget.feedback == {"late-transfer": TOLD}


@pytest.mark.parametrize("value", [None, "gone", attempts("a", "b"), attempts("gone")])
def test_what_no_longer_fits_the_scenario_counts_as_not_begun(value: object) -> None:
    assert Notebook(value=value).widget.answers == {}


def test_a_second_view_sees_the_new_reply_and_the_meters() -> None:
    notebook = Notebook(value=attempts("a"))
    notebook.answer(attempts("aa"))
    assert notebook.widget.answers == {"late-transfer": {"value": attempts("aa")}}
    assert notebook.widget.feedback == {"late-transfer": TOLD}


def test_the_browser_gets_ready_html_and_plain_names() -> None:
    assert Notebook().widget.scenario == {
        "id": "late-transfer",
        "use": "practice",
        "counts": "first",
        "points": 4.0,
        "title": "The late transfer",
        "setting": "A <strong>Friday</strong> afternoon.",
        "client": "Ms Lin",
        "about": "Runs a flower shop.",
        "mood": "angry",
        "moods": ["angry", "upset", "calm", "warm"],
        "most": 50,
        "start": "opening",
        "nodes": {
            "opening": {
                "says": "Where is <em>my</em> money?",
                "says_if": {},
                "choices": [
                    {"id": "b", "text": "It says so on the form.", "goto": "lost", "mood": -1},
                    {
                        "id": "a",
                        "text": "I’ll look <strong>now</strong>.",
                        "goto": "trace",
                        "mood": 2,
                    },
                ],
            },
            "trace": {
                "says": "And the fee?",
                "says_if": {"calm": "Thank you. And the fee?"},
                "choices": [
                    {"id": "a", "text": "20 yuan.", "goto": "solved", "mood": 0},
                    {"id": "b", "text": "Wait here.", "goto": "wait", "mood": -1},
                ],
            },
            "wait": {
                "says": "(An hour goes by.)",
                "says_if": {},
                "choices": [
                    {"id": "a", "text": "It is done.", "goto": "solved", "mood": 0},
                    {"id": "b", "text": "Come again tomorrow.", "goto": "lost", "mood": -2},
                ],
            },
        },
        "endings": {
            "solved": {"title": "The money is there", "says": "Thank you."},
            "lost": {"title": "A client <em>walks out</em>", "says": "Then I’ll go."},
        },
    }


@pytest.mark.parametrize(
    ("language", "question"), [("zh", "你怎么回应？"), ("en", "How do you reply?")]
)
def test_the_widget_speaks_the_language_of_the_course(language: Language, question: str) -> None:
    assert Notebook(language=language).widget.words["question"] == question


def test_both_languages_fill_the_same_gaps() -> None:
    zh, en = (Notebook(language=language).widget.words for language in ("zh", "en"))
    gaps = re.compile(r"\{\w+\}")
    assert {name: sorted(gaps.findall(text)) for name, text in zh.items()} == {
        name: sorted(gaps.findall(text)) for name, text in en.items()
    }


def test_chinese_words_have_chinese_punctuation() -> None:
    words = Notebook(language="zh").widget.words.values()
    assert [text for text in words if re.search(r"[\u4e00-\u9fff][,;:?!()]", text)] == []


def test_plain_text_of_a_conversation_under_way() -> None:
    assert (
        plain_text(SCENARIO, ["a", "b"], "en")
        == """\
The late transfer

A Friday afternoon.
Ms Lin: Runs a flower shop.

Ms Lin (angry): Where is my money?
You: I’ll look now.
Ms Lin (calm): Thank you. And the fee?
You: Wait here.
(An hour goes by.)

You can reply:
   ○ It is done.
   ○ Come again tomorrow."""
    )


def test_plain_text_of_a_finished_conversation() -> None:
    assert (
        plain_text(SCENARIO, ["b"], "zh")
        == """\
The late transfer

A Friday afternoon.
Ms Lin：Runs a flower shop.

Ms Lin（愤怒）：Where is my money?
你：It says so on the form.
Ms Lin（愤怒）：Then I’ll go.

对话结束：A client walks out"""
    )


def test_plain_html_of_a_conversation_under_way() -> None:
    html = plain_html(SCENARIO, ["a"], "en")
    assert html.startswith('<div class="cc-plain"><style>')
    assert html.endswith(
        '<div style="font-size:1.2em"><b>The late transfer</b></div>'
        '<div style="margin:0.5em 0">A <strong>Friday</strong> afternoon.</div>'
        "<div><b>Ms Lin</b>: Runs a flower shop.</div>"
        '<div style="margin:1em 0">'
        "<div><b>Ms Lin (angry)</b>: Where is <em>my</em> money?</div>"
        "<div><b>You</b>: I’ll look <strong>now</strong>.</div>"
        "<div><b>Ms Lin (calm)</b>: Thank you. And the fee?</div></div>"
        "<div>You can reply:</div>"
        '<div style="margin-left:1.5em"><div>○ 20 yuan.</div><div>○ Wait here.</div></div></div>'
    )


def test_plain_html_hides_itself_before_the_live_conversation() -> None:
    hidden = ".jp-OutputArea-child:has(.cc-plain):has(+ .jp-OutputArea-child .cc-scenario)"
    assert f"{hidden}{{display:none}}" in plain_html(SCENARIO, [], "en")


@pytest.mark.parametrize("render", [plain_html, plain_text])
def test_a_path_that_leads_nowhere_does_not_break_the_page(
    render: Callable[[PublicScenario, Sequence[str], Language], str],
) -> None:
    assert render(SCENARIO, ["gone"], "en") == render(SCENARIO, [], "en")


def test_plain_html_escapes_hostile_text() -> None:
    evil = "<img src=x onerror=alert(1)>"
    hostile = SCENARIO.model_copy(
        update={"title": evil, "setting": evil, "client": evil, "about": evil}
    )
    assert "<img" not in plain_html(hostile, ["a"], "en")
