"""The quiz widget: shows one quiz and hands every answer to the one who can save it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from clientcourse.errors import CourseError
from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.widgets.plain import given

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clientcourse.items import PublicQuiz

_logger = logging.getLogger(__name__)
_HERE = Path(__file__).parent

_WORDS = {
    "practice": Text(
        zh="练习：选后即可看到解析，不计分，可以反复尝试",
        en="Practice: you see at once how you did. Not scored; try as often as you like",
    ),
    "graded": Text(
        zh="测验：计入成绩，提交前可以随时修改",
        en="Graded quiz: counts towards your result. Change your answers until you submit",
    ),
    "progress": Text(zh="已答 {done} / {all} 题", en="{done} of {all} answered"),
    "number": Text(zh="第 {n} 题", en="Question {n}"),
    "points": Text(zh="{n} 分", en="{n} points"),
    "point": Text(zh="{n} 分", en="{n} point"),
    "several": Text(zh="可多选", en="Several may be right"),
    "check": Text(zh="核对", en="Check"),
    "saving": Text(zh="正在保存…", en="Saving…"),
    "saved": Text(zh="已保存 {clock}", en="Saved {clock}"),
    "unsaved": Text(zh="未保存", en="Not saved"),
    "unsaved_count": Text(zh="有 {n} 题未保存", en="Not saved: {n}"),
    "silent": Text(
        zh="内核（在后台为笔记本做计算的程序）正忙，或者没有运行。如果有单元格正在运行，请等它结束，"
        "答案随后会自动保存；否则请单击本单元格，再按 Shift+Enter 重新运行（也可以选菜单"
        "“Run / 运行”的第一项）。如果出现报错，请选菜单“Run / 运行”中的"
        "“Run All Cells / 运行所有单元格”。在此之前，你的选择会保留在这个浏览器标签页里。",
        en="The notebook’s engine (its kernel) is busy or not running. If a cell is running, wait "
        "until it is done; the answer is then saved by itself. Otherwise click this cell and press "
        "Shift+Enter to run it again (or take the first entry of the Run menu). If that shows an "
        "error, choose Run → Run All Cells. Until then your choice is kept in this browser tab.",
    ),
    "stopped": Text(
        zh="内核（在后台为笔记本做计算的程序）已停止或重新启动。已经保存的答案都在，请放心。要继续作答，"
        "请单击本单元格，再按 Shift+Enter 重新运行；如果出现报错，请选菜单“Run / 运行”中的“Run All "
        "Cells / 运行所有单元格”。",
        en="The notebook’s engine (its kernel) has stopped or was restarted. Everything that was "
        "saved is safe. To go on, click this cell and press Shift+Enter to run it again; if that "
        "shows an error, choose Run → Run All Cells.",
    ),
    "kept": Text(
        zh="你的选择会保留在这个浏览器标签页里，重新运行本单元格后会自动保存。",
        en="Your choice is kept in this browser tab and is saved by itself once this cell has "
        "been run again.",
    ),
    "keep_order": Text(zh="就是这个顺序", en="Keep this order"),
    "order_hint": Text(
        zh="拖动即可排序，也可以用上下按钮；用键盘时，按空格键拿起，用方向键移动，再按空格键放下",
        en="Drag to reorder, or use the arrow buttons. By keyboard: Space picks a step up, the "
        "arrow keys move it, Space drops it",
    ),
    "up": Text(zh="上移：{step}", en="Move up: {step}"),
    "down": Text(zh="下移：{step}", en="Move down: {step}"),
    "row": Text(zh="第 {n} 位，共 {all} 位：{step}", en="Position {n} of {all}: {step}"),
    "lifted": Text(
        zh="已拿起第 {n} 位。用方向键移动，按空格键放下，按 Esc 键取消",
        en="Picked up, position {n}. Arrow keys move, Space drops, Escape cancels",
    ),
    "moved": Text(zh="移到第 {n} 位，共 {all} 位", en="Moved to position {n} of {all}"),
    "dropped": Text(zh="已放在第 {n} 位", en="Dropped at position {n}"),
    "cancelled": Text(zh="已取消移动，回到第 {n} 位", en="Move cancelled, back at position {n}"),
    "right": Text(zh="正确", en="Right"),
    "wrong": Text(zh="不正确", en="Wrong"),
    "yours": Text(zh="你的选择", en="Your choice"),
    "right_place": Text(zh="位置正确", en="Right place"),
    "wrong_place": Text(zh="应在第 {n} 位", en="Belongs at position {n}"),
}

_NOT_RECORDED = Text(
    zh="这个答案没有保存：保存时出现了意外错误。请稍后再选一次；如果仍然不行，请告诉你的讲师。",
    en="This answer is not saved: something unexpected went wrong. Please choose again in a "
    "moment; if it still fails, tell your instructor.",
)
_NOT_UNDERSTOOD = Text(
    zh="这个答案没有保存：它与题目不符。请重新运行本单元格，然后再答一次。",
    en="This answer is not saved: it does not fit the question. Please run this cell again, then "
    "answer once more.",
)


@dataclass(frozen=True)
class Saved:
    """An answer that is safely stored.

    Parameters
    ----------
    at
        When it was stored, with its time zone; the browser shows it by the trainee's own clock.
    feedback
        For a practice item: `{"verdict": "right" | "partly" | "wrong", "summary": html, "choices":
        {choice id: {"right": bool, "why": html}}}`, for steps also `"order"`, their ids in the
        right order. All html must come from `clientcourse.markup.inline`. `None` for a graded item.
    """

    at: datetime
    feedback: dict[str, Any] | None = None


class QuizWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """One quiz, as a trainee sees and answers it.

    Knows nothing of files: `record` stores an answer, and only what it returns makes the browser
    say "saved".

    Parameters
    ----------
    quiz
        What is asked.
    language
        Language of everything the widget itself says.
    answers
        Values already given, by item id: a choice id for single and truefalse, a list of choice
        ids for multiple (in display order) and order (in the trainee's order).
    record
        Called with item id and value (`None`: answer withdrawn). Returns once the answer is stored;
        raises `CourseError` with a sentence for the trainee if it could not be.
    store_key
        Name under which the browser keeps answers that are not saved yet; one for each trainee,
        lesson and quiz.
    feedback
        Of answers already given in a practice quiz, by item id; as in `Saved`.
    """

    _esm = _HERE / "quiz.js"
    _css = _HERE / "quiz.css"

    quiz = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    store_key = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - all but the quiz by keyword
        self,
        quiz: PublicQuiz,
        *,
        language: Language,
        answers: Mapping[str, object],
        record: Callable[[str, object], Saved],
        store_key: str,
        feedback: Mapping[str, dict[str, Any]] = {},
    ) -> None:
        self._items = {item.id: item for item in quiz.items}
        self._record = record
        super().__init__(
            quiz=_shown(quiz),
            words={name: text[language] for name, text in _WORDS.items()},
            language=language,
            store_key=store_key,
            answers={
                item.id: {"value": value}
                for item in quiz.items
                if (value := given(item, answers)) is not None
            },
            feedback=dict(feedback),
        )
        self.on_msg(self._receive)

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        content = message if isinstance(message, dict) else {}
        about = {"seq": content.get("seq"), "item": content.get("item")}
        try:
            saved = self._save(content)
        except CourseError as error:
            self.send({"kind": "refused", **about, "message": str(error)})
        except Exception:
            _logger.exception("An answer could not be recorded: %s", about)
            self.send({"kind": "refused", **about, "message": self._say(_NOT_RECORDED)})
        else:
            self.send(
                {"kind": "saved", **about, "at": saved.at.isoformat(), "feedback": saved.feedback}
            )

    def _save(self, content: Mapping[str, Any]) -> Saved:
        match content:
            case {"kind": "answer", "seq": int(), "item": str(id_), "value": value} if (
                item := self._items.get(id_)
            ) and given(item, {id_: value}) == value:
                saved = self._record(id_, value)
            case _:
                raise CourseError(self._say(_NOT_UNDERSTOOD))
        # A second view of this widget, or one made after a reload of the page, reads these.
        self.answers = _with(self.answers, id_, None if value is None else {"value": value})
        self.feedback = _with(self.feedback, id_, saved.feedback)
        return saved

    def _say(self, text: Text) -> str:
        return text["en" if self.language == "en" else "zh"]


def _with(known: Mapping[str, Any], id_: str, entry: object) -> dict[str, Any]:
    others = {key: value for key, value in known.items() if key != id_}
    return others if entry is None else {**others, id_: entry}


def _shown(quiz: PublicQuiz) -> dict[str, Any]:
    return {
        "id": quiz.id,
        "use": quiz.use,
        "title": plain(quiz.title),
        "items": [
            {
                "id": item.id,
                "type": item.type,
                "points": item.points,
                "stem": inline(item.stem),
                "choices": [
                    {"id": choice.id, "text": inline(choice.text)} for choice in item.choices
                ],
            }
            for item in quiz.items
        ],
    }
