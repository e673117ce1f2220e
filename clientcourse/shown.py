"""Shows a piece of HTML in a notebook, with plain text for front ends without HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from IPython.display import display


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
