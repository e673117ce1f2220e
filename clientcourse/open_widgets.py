"""The widgets that a notebook shows, kept in step with the answer files that they write."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clientcourse.answers import AnswerFile
from clientcourse.items import PublicScenario
from clientcourse.shown import Shown, show_updatable
from clientcourse.values import Json, extends, fit, given
from clientcourse.widgets.saving import Saved, SavingWidget

if TYPE_CHECKING:
    from clientcourse.items import PublicItem
    from clientcourse.language import Language
    from clientcourse.practice import Feedback

_logger = logging.getLogger(__name__)
_Shown = TypeVar("_Shown")

SECONDS = 1.0
"""How often answer files are looked at for what another tab or kernel has written."""


@dataclass(frozen=True)
class Sheet:
    """Some items with the files that their answers are kept in.

    Parameters
    ----------
    items
        By id, as the trainee sees them.
    files
        The answer file of every item.
    feedback
        What is said at once about an answer; `None` for nothing.
    plain
        The items and their answers for readers without widgets.
    since
        Answers from before do not count as given; all count if it is `None`.
    """

    items: Mapping[str, PublicItem | PublicScenario]
    files: Mapping[str, AnswerFile]
    feedback: Callable[[str, Json], Feedback | None]
    plain: Callable[[Mapping[str, Json]], Shown]
    since: dt.datetime | None = None

    def values(self, *, peek: bool = False) -> dict[str, Json]:
        """Return the answers that fit their items.

        Parameters
        ----------
        peek
            Only look: repair nothing and tell nobody what is wrong with a file.
        """
        kept = {file.path: file.peek() if peek else file.read() for file in {*self.files.values()}}
        return {
            id_: value
            for id_, item in self.items.items()
            for answer in [kept[self.files[id_].path].get(id_)]
            if answer is not None
            and (self.since is None or answer.at >= self.since)
            and (value := given(item, {id_: answer.value})) is not None
        }

    def told(self, values: Mapping[str, Json]) -> dict[str, Feedback]:
        """Return what is said at once about these answers."""
        return {
            id_: told
            for id_, value in values.items()
            if (told := self.feedback(id_, value)) is not None
        }


@dataclass
class OpenWidgets:
    """All widgets of one lesson that are open in this kernel.

    Every answer is stored before it is called saved. What other kernels write into the same files
    is shown within seconds.

    Parameters
    ----------
    language
        Language of messages.
    key
        Under which the browser keeps what is not saved yet; one for each trainee and lesson.
    changed
        Called after answers have changed, here or elsewhere.
    """

    language: Language
    key: str
    changed: Callable[[], object]
    _open: dict[str, Callable[[], None]] = field(default_factory=dict)
    _seen: dict[Path, object] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _watcher: threading.Thread | None = None

    def show(self, name: str, sheet: Sheet, make: Callable[..., SavingWidget]) -> SavingWidget:
        """Show the plain version of a widget and return the widget.

        Parameters
        ----------
        name
            What is shown; the latest widget of a name takes the place of earlier ones.
        sheet
            Its items.
        make
            Makes the widget from `answers`, `feedback`, `record`, `language` and `store_key`.
        """
        with self._lock:
            # Before the answers are read: what is written meanwhile is then seen as a change.
            for one in sheet.files.values():
                self._seen.setdefault(one.path, _signature(one.path))
        shown = sheet.values()
        handle = show_updatable(sheet.plain(shown))

        def show_plain(values: dict[str, Json]) -> None:
            nonlocal shown
            if handle is not None and values != shown:
                handle.update(sheet.plain(values))
            shown = values

        def record(item: str, value: object) -> Saved:
            about = sheet.items[item]
            fitting = fit(about, value, self.language)
            talk = isinstance(about, PublicScenario)
            answer = sheet.files[item].record(
                item, fitting, "widget", partial(extends, fitting) if talk else lambda _stored: True
            )
            # The answer is safe; nothing that goes wrong from here on may say otherwise.
            _quietly(lambda: show_plain(sheet.values(peek=True)))
            _quietly(self.changed)
            return Saved(answer.at, _quietly(lambda: sheet.feedback(item, answer.value)))

        widget = make(
            answers=shown,
            feedback=sheet.told(shown),
            record=record,
            language=self.language,
            store_key=f"{self.key}:{name}",
        )
        widget.lock = self._lock

        def renew() -> None:
            values = sheet.values(peek=True)
            widget.renew(values, sheet.told(values))
            show_plain(values)

        with self._lock:
            self._open[name] = renew
        self._watch()
        return widget

    def _watch(self) -> None:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._keep_in_step, daemon=True)
            self._watcher.start()

    def _keep_in_step(self) -> None:
        while True:
            time.sleep(SECONDS)
            with self._lock:
                now = {path: _signature(path) for path in self._seen}
                if now == self._seen:
                    continue
                self._seen = now
                for renew in self._open.values():
                    _quietly(renew)
                _quietly(self.changed)


def _quietly(show: Callable[[], _Shown]) -> _Shown | None:
    """Do what only shows something; should it fail, log it and go on."""
    try:
        return show()
    except Exception:
        _logger.exception("What is stored could not be shown")
        return None


def _signature(path: Path) -> Any:  # noqa: ANN401 - compared only
    """Return what changes whenever a file is replaced; `None` while there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
