"""What every widget that saves answers has in common: the kernel's half of saving."""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from clientcourse.errors import CourseError
from clientcourse.language import Language, Text

if TYPE_CHECKING:
    from clientcourse.values import Json

_logger = logging.getLogger(__name__)

_WORDS = {
    "saving": Text(zh="正在保存…", en="Saving…"),
    "saved": Text(zh="已保存 {clock}", en="Saved {clock}"),
    "unsaved": Text(zh="未保存", en="Not saved"),
    "silent": Text(
        zh="内核（在后台为笔记本做计算的程序）正忙，或者没有运行。如果有单元格正在运行，请等它结束，"
        "答案随后会自动保存；否则请单击本单元格，再按 Shift+Enter 重新运行（也可以选菜单"
        "“Run / 运行”的第一项）。如果出现报错，请选菜单“Run / 运行”中的"
        "“Run All Cells / 运行所有单元格”。在此之前，你的答案会保留在这个浏览器标签页里。",
        en="The notebook’s engine (its kernel) is busy or not running. If a cell is running, wait "
        "until it is done; the answer is then saved by itself. Otherwise click this cell and press "
        "Shift+Enter to run it again (or take the first entry of the Run menu). If that shows an "
        "error, choose Run → Run All Cells. Until then your answer is kept in this browser tab.",
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
        zh="你的答案会保留在这个浏览器标签页里，重新运行本单元格后会自动保存。",
        en="Your answer is kept in this browser tab and is saved by itself once this cell has "
        "been run again.",
    ),
}

_NOT_RECORDED = Text(
    zh="这个答案没有保存：保存时出现了意外错误。请稍后再答一次；如果仍然不行，请告诉你的讲师。",
    en="This answer is not saved: something unexpected went wrong. Please answer again in a "
    "moment; if it still fails, tell your instructor.",
)
_NOT_UNDERSTOOD = Text(
    zh="这个答案没有保存：它与题目不符。请重新运行本单元格，然后再答一次。",
    en="This answer is not saved: it does not fit the question. Please run this cell again, then "
    "answer once more.",
)


class _Overtaken(Exception):
    """A newer answer of the same sender has already been dealt with."""


@dataclass(frozen=True)
class Saved:
    """An answer that is safely stored.

    Parameters
    ----------
    at
        When it was stored, with its time zone; the browser shows it by the trainee's own clock.
    feedback
        What is said at once about an answer to a practice item, as `clientcourse.practice` makes
        it; `None` for a graded item. All html must come from `clientcourse.markup.inline`.
    """

    at: datetime
    feedback: dict[str, Any] | None = None


Record = Callable[[str, object], Saved]
"""Stores an answer and returns once it is stored; raises `CourseError` if it could not be."""


class SavingWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget whose answers are saved one by one: base of the quiz and the scenario.

    Knows nothing of files: `record` stores an answer, and only what it returns makes the browser
    say "saved".

    Parameters
    ----------
    language
        Language of everything the widget itself says.
    words
        What it says, by name, besides what every such widget says.
    answers
        Values already given, by item id, in the form that the browser takes them.
    feedback
        What is already to be said of them, by item id.
    record
        Called with item id and value (`None`: answer withdrawn).
    store_key
        Name under which the browser keeps answers that are not saved yet; one for each trainee,
        lesson and widget.
    shown
        Further traits.
    """

    words = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    store_key = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)
    # Counts the changes of answers and feedback.
    revision = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        *,
        language: Language,
        words: Mapping[str, Text],
        answers: Mapping[str, Json],
        feedback: Mapping[str, dict[str, Any]],
        record: Record,
        store_key: str,
        **shown: object,
    ) -> None:
        self._record = record
        self._newest: dict[tuple[str, str], int] = {}  # by sender and item
        # Answers are stored, and what is shown of them changes, in one go.
        self.lock = threading.RLock()
        super().__init__(
            language=language,
            words={name: text[language] for name, text in {**_WORDS, **words}.items()},
            store_key=store_key,
            answers=_entries(answers),
            feedback=dict(feedback),
            **shown,
        )
        self.on_msg(self._receive)

    @abstractmethod
    def takes(self, item: str, value: object) -> bool:
        """Tell whether an item of this widget can have a value, in the browser's form."""

    def renew(self, answers: Mapping[str, Json], feedback: Mapping[str, dict[str, Any]]) -> None:
        """Show the answers that are stored now: another tab or kernel may have stored some."""
        with self.lock:
            self._revise(_entries(answers), dict(feedback))

    def _revise(self, answers: dict[str, Any], feedback: dict[str, Any]) -> None:
        """Tell the browser what is stored now, unless it knows."""
        if (answers, feedback) == (self.answers, self.feedback):
            return
        with self.hold_sync():
            self.answers, self.feedback = answers, feedback
            self.revision += 1

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        content = message if isinstance(message, dict) else {}
        about = {name: content.get(name) for name in ("sender", "seq", "item")}
        try:
            with self.lock:
                saved = self._save(content)
        except _Overtaken:
            self.send({"kind": "overtaken", **about})
        except CourseError as error:
            self.send({"kind": "refused", **about, "message": str(error)})
        except Exception:
            _logger.exception("An answer could not be recorded: %s", about)
            self.send({"kind": "refused", **about, "message": self._say(_NOT_RECORDED)})
        else:
            self.send(
                {
                    "kind": "saved",
                    **about,
                    "at": saved.at.isoformat(),
                    "feedback": saved.feedback,
                    "revision": self.revision,
                }
            )

    def _save(self, content: Mapping[str, Any]) -> Saved:
        match content:
            case {
                "kind": "answer",
                "sender": str(sender),
                "seq": int(seq),
                "item": str(id_),
                "value": value,
            } if self.takes(id_, value):
                # ipykernel runs messages of one moment concurrently, not always in their order.
                newest = max(seq, self._newest.get((sender, id_), seq))
                self._newest[sender, id_] = newest
                if seq < newest:
                    raise _Overtaken
                saved = self._record(id_, value)
            case _:
                raise CourseError(self._say(_NOT_UNDERSTOOD))
        # A second view of this widget, or one made after a reload of the page, reads these.
        self._revise(
            _with(self.answers, id_, None if value is None else {"value": value}),
            _with(self.feedback, id_, saved.feedback),
        )
        return saved

    def _say(self, text: Text) -> str:
        return text["en" if self.language == "en" else "zh"]


def _entries(answers: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    return {id_: {"value": value} for id_, value in answers.items() if value is not None}


def _with(known: Mapping[str, Any], id_: str, entry: object) -> dict[str, Any]:
    others = {key: value for key, value in known.items() if key != id_}
    return others if entry is None else {**others, id_: entry}
