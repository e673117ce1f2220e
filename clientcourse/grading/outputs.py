"""The output of a graded cell: its score for nbgrader, its explanation for the trainee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import nbformat

from clientcourse.explain import ChoiceNote, Explanation, explain
from clientcourse.items import NumberItem, OrderItem, TableItem
from clientcourse.markup import inline
from clientcourse.messages import say

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from clientcourse.grading.grade import Marked, MarkedCell
    from clientcourse.language import Language

RESULTS_MIME = "application/vnd.clientcourse.results+json"
"""Item results inside the graded cell's output, for the report; browsers ignore it."""

_LIVE_MIMES = {
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.plotly.v1+json",
}


def score_output(
    cell: MarkedCell, language: Language, remarks: Sequence[str] = ()
) -> NotebookNode:
    """Return the output that gives a graded cell its score and says why.

    Parameters
    ----------
    remarks
        Sentences on what went wrong with the whole submission.
    """
    data = {
        "text/plain": f"{cell.points:g}",
        "text/html": "".join(_cell_html(cell, language, remarks)),
        RESULTS_MIME: {"cell": cell.name, "items": [_result(one) for one in cell.items]},
    }
    return nbformat.v4.new_output("execute_result", data=data, execution_count=None)


def without_live_parts(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs without widgets and figures, which are dead on a feedback page."""
    return [output for output in outputs if not _LIVE_MIMES & output.get("data", {}).keys()]


def _result(one: Marked) -> dict[str, Any]:
    # Tables stay out: the report counts choices, and a table may be large.
    known = one.score.verdict != "unfit" and not isinstance(one.item, TableItem)
    return {
        "item": one.item.id,
        "points": one.score.points,
        "max_points": one.score.max_points,
        "verdict": one.score.verdict,
        "value": one.value if known else None,
    }


_COLOURS = {"right": "#2e7d32", "partly": "#9a6700", "wrong": "#b3261e"}
_OTHER = "#5f6368"


def _cell_html(cell: MarkedCell, language: Language, remarks: Sequence[str]) -> Iterator[str]:
    yield '<div class="cc-score" style="line-height:1.6;max-width:50em">'
    total = say("points", language, points=f"{cell.points:g}", total=f"{cell.max_points:g}")
    yield f'<p style="margin:.2em 0 .6em"><strong>{total}</strong></p>'
    for remark in remarks:
        yield (
            f'<p style="border-left:3px solid {_COLOURS["partly"]};padding-left:.7em">'
            f"{escape(remark)}</p>"
        )
    for number, one in enumerate(cell.items, 1):
        label = f"{number}. " if len(cell.items) > 1 else ""
        yield from _item_html(one, label, language)
    yield "</div>"


def _item_html(one: Marked, label: str, language: Language) -> Iterator[str]:
    told = explain(one.item, one.value, one.score, language)
    colour = _COLOURS.get(one.score.verdict, _OTHER)
    total = f"{one.score.points:g} / {one.score.max_points:g}"
    yield (
        '<section style="margin:0 0 1.2em;padding-left:.9em;'
        f'border-left:3px solid {colour}">'
        f'<p style="margin:0">{label}{inline(one.item.stem[language])}</p>'
        f'<p style="margin:.2em 0;color:{colour}"><strong>{escape(told.verdict)}</strong> · {total}'
        f"{' · ' + escape(told.reason) if told.reason else ''}</p>"
    )
    if isinstance(one.item, OrderItem):
        yield from _order_html(told, language)
    elif not isinstance(one.item, NumberItem | TableItem):
        yield from _choices_html(told, language)
    if told.why:
        yield f'<p style="margin:.2em 0">{inline(told.why)}</p>'
    yield "</section>"


def _choices_html(told: Explanation, language: Language) -> Iterator[str]:
    yield '<ul style="list-style:none;padding:0;margin:.3em 0">'
    for note in told.choices:
        mark = "✓" if note.right else "✗"
        colour = _COLOURS["right" if note.right else "wrong"]
        chosen = f" <em>({say('your-answer', language)})</em>" if note.chosen else ""
        weight = "600" if note.chosen else "400"
        yield (
            f'<li style="margin:.35em 0"><span style="color:{colour}">{mark}</span> '
            f'<span style="font-weight:{weight}">{inline(note.text)}</span>{chosen}'
            f'<br><span style="margin-left:1.3em;color:{_OTHER}">{inline(note.why)}</span></li>'
        )
    yield "</ul>"


def _order_html(told: Explanation, language: Language) -> Iterator[str]:
    yield f'<p style="margin:.3em 0 0">{say("right-order", language)}</p>'
    yield '<ol style="margin:.2em 0;padding-left:1.8em">'
    for note in told.choices:
        yield f'<li style="margin:.35em 0">{_step_html(note)}</li>'
    yield "</ol>"


def _step_html(note: ChoiceNote) -> str:
    mark = f' <span style="color:{_COLOURS["right"]}">✓</span>' if note.right else ""
    why = f'<br><span style="color:{_OTHER}">{inline(note.why)}</span>'
    return f"{inline(note.text)}{mark}{why}"
