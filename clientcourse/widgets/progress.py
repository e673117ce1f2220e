"""The progress widget: what is done and what is open in a lesson, with a way to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

import anywidget
import traitlets

from clientcourse.language import Language
from clientcourse.markup import plain
from clientcourse.messages import say
from clientcourse.shown import Shown
from clientcourse.widgets.bundle import bundle
from clientcourse.widgets.plain import makes_way_for

_HERE = Path(__file__).parent / "progress"
_STYLE = makes_way_for("cc-progress-list")
_WORDS = ["title", "line", "open", "all-done", "go", "lost"]


@dataclass(frozen=True)
class Row:
    """Something to do in a lesson.

    Parameters
    ----------
    title, kind
        What it is, for the trainee.
    call
        The code by which its cell is found.
    done, total
        How many of its items are answered.
    """

    title: str
    kind: str
    call: str
    done: int
    total: int


class ProgressWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """What is done and what is open in a lesson.

    Parameters
    ----------
    rows
        In the order of the lesson.
    language
        Language of everything it says.
    """

    _esm = bundle(_HERE / "progress.js")

    rows = traitlets.List().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)

    def __init__(self, rows: Sequence[Row], *, language: Language) -> None:
        super().__init__(
            rows=_shown(rows),
            # The browser fills the blanks.
            words={
                name: say(
                    f"progress-{name}",
                    language,
                    done="{done}",
                    total="{total}",
                    n="{n}",
                    title="{title}",
                )
                for name in _WORDS
            },
            language=language,
        )

    def renew(self, rows: Sequence[Row]) -> None:
        """Show where things stand now."""
        self.rows = _shown(rows)


def progress_plain(rows: Sequence[Row], language: Language) -> Shown:
    """Return the same for readers without widgets."""
    html, text = [], [say("progress-title", language)]
    for row in rows:
        line = say("progress-line", language, done=row.done, total=row.total)
        mark = "✓" if row.done == row.total else "○"
        title = plain(row.title)
        html.append(
            f"<tr><td>{mark} {escape(title)}</td><td>{escape(row.kind)}</td>"
            f"<td>{escape(line)}</td></tr>"
        )
        text.append(f"{mark} {title} · {row.kind} · {line}")
    return Shown(
        f'<div class="cc-plain">{_STYLE}<strong>{escape(text[0])}</strong>'
        f"<table>{''.join(html)}</table></div>",
        "\n".join(text),
    )


def _shown(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [asdict(row) | {"title": plain(row.title)} for row in rows]
