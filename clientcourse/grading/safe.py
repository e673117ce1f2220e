"""Makes what trainees wrote and what their code put out fit to be opened by an instructor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from nbformat.notebooknode import NotebookNode

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_TAGS = nh3.ALLOWED_TAGS - {"img"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "p": {"class"}}

_STILL_IMAGES = ("image/png", "image/jpeg")
_LIVE = ("application/vnd.jupyter.widget", "application/vnd.plotly")

# Beyond these the time that it takes to clean or to show something grows with its square.
_TAGS_AT_MOST = 2_000  # a DataFrame shows 1,300 of its own accord
_LONGEST = 100_000
_COLOURS = 2_000

_TAG = re.compile(r"<[a-zA-Z]")
_BASE_64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
# What a terminal obeys: colours first, as only they are kept.
_ESCAPE = re.compile(
    r"(?P<colour>\x1b\[[0-9;]{0,40}m)"
    r"|\x1b\[[0-?]{0,40}[ -/]{0,4}[@-~]"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


def safe_text(text: object) -> str:
    """Return a text in whole characters that no terminal obeys, but for colours.

    Parameters
    ----------
    text
        A string or lines of it, as notebooks have them; anything else counts as empty.
    """
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        return ""
    whole = text.encode(errors="replace").decode()
    colourful = whole.count("\x1b") <= _COLOURS
    return _ESCAPE.sub(lambda found: found["colour"] or "" if colourful else "", whole)


def safe_words(text: object, most: int = 500) -> str:
    """Return a text as a single line of a log, without colours."""
    return " ".join(_ESCAPE.sub("", safe_text(str(text)))[:most].split())


def safe_html(html: str) -> str | None:
    """Return HTML without scripts, styles and all else that loads or runs something.

    Returns
    -------
    str | None
        `None` if it has so many elements that cleaning it would take long.
    """
    if len(_TAG.findall(html)) > _TAGS_AT_MOST:
        return None
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES)


def cleaned_again(html: str) -> str:
    """Return HTML that was cleaned before, and so is not too much, once more."""
    return nh3.clean(html, tags=_TAGS)


def safe_markdown(source: str) -> str:
    """Return a trainee's Markdown as HTML; as plain text if there is too much of it."""
    source = safe_text(source)
    html = safe_html(_MARKDOWN.render(source)) if len(source) <= _LONGEST else None
    return f"<pre>{escape(source)}</pre>" if html is None else html


def is_short(source: str) -> bool:
    """Tell whether code can be coloured in no time."""
    return len(source) <= _LONGEST


def safe_outputs(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return what a trainee's cell put out, fit to be opened by an instructor.

    Text and still images stay; HTML loses what loads or runs something; widgets, figures and
    whatever poses as our results go. Of each output only what is known is taken over, as a kernel
    may say anything.
    """
    return [safe for output in outputs if (safe := _safe(output)) is not None]


def _safe(output: NotebookNode) -> NotebookNode | None:
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = safe_text(output.get("text"))
        return NotebookNode(output_type=kind, name=name, text=text)
    if kind == "error":
        trace = output.get("traceback")
        return NotebookNode(
            output_type=kind,
            ename=safe_text(output.get("ename")),
            evalue=safe_text(output.get("evalue")),
            traceback=[safe_text(line) for line in (trace if isinstance(trace, list) else [])],
        )
    data = output.get("data")
    kept = _kept(data) if isinstance(data, dict) else {}
    if not kept:
        return None
    shown = NotebookNode(output_type=kind, data=NotebookNode(kept), metadata=NotebookNode())
    if kind == "execute_result":
        shown.execution_count = None
    return shown


def _kept(data: dict[str, object]) -> dict[str, str]:
    kept = {mime: text for mime in _STILL_IMAGES if (text := _image(data.get(mime)))}
    if "text/plain" in data:
        kept["text/plain"] = safe_text(data["text/plain"])
    if "text/html" in data and (html := safe_html(safe_text(data["text/html"]))) is not None:
        kept["text/html"] = html
    # A widget's or figure's text is only its Python name, of no use to anyone.
    live = any(mime.startswith(_LIVE) for mime in data)
    return {} if live and kept.keys() == {"text/plain"} else kept


def _image(text: object) -> str:
    """Return an image in base 64; nothing if it is something else."""
    return text if isinstance(text, str) and _BASE_64.fullmatch(text) else ""
