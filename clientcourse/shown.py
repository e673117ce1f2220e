"""Shows a piece of HTML in a notebook, with plain text for front ends without HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


@dataclass(frozen=True)
class Shown:
    """Something to look at: HTML and the same in plain text."""

    html: str
    text: str

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:  # noqa: ANN401
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def show(shown: Shown) -> None:
    """Show something below the running cell."""
    display(shown)


def show_updatable(shown: Shown) -> Any:  # noqa: ANN401 - IPython's untyped DisplayHandle or None
    """Show something and return IPython's handle to change it later; `None` outside a notebook."""
    return display(shown, display_id=True)


_TONES = {
    "good": "--jp-success-color1, #2e7d32",
    "calm": "--jp-brand-color1, #1976d2",
    "warn": "--jp-warn-color1, #b26a00",
}


def note(sentence: str, tone: str = "calm", more_html: str = "") -> Shown:
    """Return a sentence set off by a coloured line at its side.

    Parameters
    ----------
    sentence
        Plain text.
    tone
        `good`, `calm` or `warn`.
    more_html
        HTML put beneath it.
    """
    html = (
        f'<div style="border-inline-start:3px solid var({_TONES[tone]});padding:.35em .9em;'
        f'margin:.3em 0;line-height:1.6">{escape(sentence)}{more_html}</div>'
    )
    return Shown(html, sentence)


def words(table: pd.DataFrame) -> Shown:
    """Return a table of words as one reads it: to the left, and in full, where pandas cuts off."""
    head = _row("th", table.columns)
    body = "".join(_row("td", row) for row in table.itertuples(index=False))
    return Shown(
        f"<table><thead>{head}</thead><tbody>{body}</tbody></table>",
        table.to_string(index=False),
    )


def _row(tag: str, cells: Iterable[str]) -> str:
    shown = (f'<{tag} style="text-align:start">{escape(cell)}</{tag}>' for cell in cells)
    return f"<tr>{''.join(shown)}</tr>"
