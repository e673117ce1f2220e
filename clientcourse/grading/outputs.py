"""The output of a graded cell: its score for nbgrader, its explanation for the trainee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.notebooknode import NotebookNode

from clientcourse.explain import ChoiceNote, Debriefing, Explanation, explain
from clientcourse.items import BlankItem, Item, OrderItem, PublicQuiz, Scenario, TableItem
from clientcourse.items.questions import GAP
from clientcourse.markup import inline, plain
from clientcourse.messages import say
from clientcourse.scoring import counted_path
from clientcourse.values import given, last_attempt
from clientcourse.widgets import scenario_plain
from clientcourse.widgets.plain import plain_html, plain_text

if TYPE_CHECKING:
    from clientcourse.grading.grade import Marked, MarkedCell
    from clientcourse.language import Language
    from clientcourse.values import Json

RESULTS_MIME = "application/vnd.clientcourse.results+json"
"""Item results inside the graded cell's output, for the report; browsers ignore it."""


def score_output(cell: MarkedCell, language: Language, remarks: Sequence[str] = ()) -> NotebookNode:
    """Return the output that gives a graded cell its score and says why.

    Parameters
    ----------
    remarks
        Sentences on what went wrong with the whole submission.
    """
    data = {
        "text/plain": f"{cell.points:g}",
        "text/html": "".join(_cell_html(cell, language, remarks)),
        RESULTS_MIME: {
            "title": plain(cell.title[language]),
            "items": [_result(one) for one in cell.items if not one.item.dropped],
        },
    }
    return NotebookNode(
        output_type="execute_result",
        data=nbformat.from_dict(data),
        metadata=NotebookNode(),
        execution_count=None,
    )


def scenario_output(scenario: Scenario, value: Json, language: Language) -> NotebookNode:
    """Return the plain version of a scenario: the attempt that counts, else the last one."""
    public = scenario.public(language)
    fitting = given(public, {scenario.id: value})
    path = counted_path(scenario, fitting) or last_attempt(fitting)
    data = {
        "text/plain": scenario_plain.plain_text(public, path, language),
        "text/html": scenario_plain.plain_html(public, path, language),
    }
    return _display(data)


def quiz_output(quiz: PublicQuiz, values: Mapping[str, Json], language: Language) -> NotebookNode:
    """Return the plain version of a quiz with a trainee's answers, made here from the bank."""
    data = {
        "text/plain": plain_text(quiz, values, language),
        "text/html": plain_html(quiz, values, language),
    }
    return _display(data)


def _display(data: dict[str, str]) -> NotebookNode:
    return NotebookNode(
        output_type="display_data", data=NotebookNode(data), metadata=NotebookNode()
    )


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
    yield (
        '<p style="margin:.2em 0 .8em;font-size:1.1em;display:flex;justify-content:space-between;'
        f'gap:1em"><strong>{inline(cell.title[language])}</strong><strong>{total}</strong></p>'
    )
    for remark in [*remarks, *([say("dropped-part", language)] if cell.is_dropped else [])]:
        yield (
            f'<p style="border-left:3px solid {_COLOURS["partly"]};padding-left:.7em">'
            f"{escape(remark)}</p>"
        )
    if not cell.items:
        yield f"<p>{say('not-in-the-bank', language)}</p>"
    for number, one in enumerate(cell.items, 1):
        label = f"{number}. " if len(cell.items) > 1 else ""
        yield from _item_html(one, label, language)
    yield "</div>"


def _item_html(one: Marked, label: str, language: Language) -> Iterator[str]:
    told = explain(one.item, one.value, one.score, language)
    colour = _COLOURS.get(one.score.verdict, _OTHER)
    result = (
        f"<strong>{escape(told.verdict)}</strong> · {one.score.points:g} / {one.score.max_points:g}"
    )
    result += f" · {escape(told.reason)}" if told.reason else ""
    if one.item.dropped:  # perhaps for a wrong key, by which the answer had better not be judged
        colour, result = _OTHER, f"<strong>{say('dropped', language)}</strong>"
    yield (
        '<section style="margin:0 0 1.2em;padding-left:.9em;'
        f'border-left:3px solid {colour}">'
        f'<p style="margin:0">{label}{inline(_asked(one.item, language))}</p>'
        f'<p style="margin:.2em 0;color:{colour}">{result}</p>'
    )
    if isinstance(one.item, OrderItem):
        yield from _order_html(told, language)
    elif told.choices:
        yield from _choices_html(told, language)
    if told.parts:
        yield from _parts_html(told, language)
    if told.debriefing:
        yield from _debriefing_html(told.debriefing, language)
    if told.why:
        yield f'<p style="margin:.2em 0">{inline(told.why)}</p>'
    if told.reread and one.score.verdict != "right" and not one.item.dropped:
        yield (
            f'<p style="margin:.2em 0;color:{_OTHER}">'
            f"{say('reread', language, heading=inline(told.reread))}</p>"
        )
    yield "</section>"


def _asked(item: Item, language: Language) -> str:
    if isinstance(item, BlankItem):
        return f"{item.stem[language]} {GAP.sub('____', item.text[language])}"
    return item.stem[language]


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
        if note.belongs:
            yield f'<li style="margin:.35em 0">{_step_html(note, language)}</li>'
    yield "</ol>"
    extra = [note for note in told.choices if not note.belongs]
    if extra:
        yield f'<p style="margin:.3em 0 0">{say("not-steps", language)}</p>'
        yield '<ul style="margin:.2em 0;padding-left:1.8em">'
        for note in extra:
            yield f'<li style="margin:.35em 0">{_step_html(note, language)}</li>'
        yield "</ul>"


def _step_html(note: ChoiceNote, language: Language) -> str:
    if note.right:
        mark = f' <span style="color:{_COLOURS["right"]}">✓</span>'
    elif note.place:
        place = say("your-place", language, place=note.place)
        mark = f' <span style="color:{_COLOURS["wrong"]}">✗ {place}</span>'
    else:
        mark = ""
    why = f'<br><span style="color:{_OTHER}">{inline(note.why)}</span>'
    return f"{inline(note.text)}{mark}{why}"


def _parts_html(told: Explanation, language: Language) -> Iterator[str]:
    yield '<ul style="list-style:none;padding:0;margin:.3em 0">'
    for note in told.parts:
        mark, colour = ("✓", "right") if note.right else ("✗", "wrong")
        # What was typed into a gap is a trainee's own text.
        given = escape(note.given) or "–"
        expected = (
            "" if note.right else f" · {say('expected', language, words=inline(note.expected))}"
        )
        yield (
            f'<li style="margin:.35em 0"><span style="color:{_COLOURS[colour]}">{mark}</span> '
            f"{inline(note.asked)} → <strong>{given}</strong>{expected}"
            f'<br><span style="margin-left:1.3em;color:{_OTHER}">{inline(note.why)}</span></li>'
        )
    yield "</ul>"


def _debriefing_html(told: Debriefing, language: Language) -> Iterator[str]:
    yield '<ol style="margin:.4em 0;padding-left:1.8em">'
    for turn in told.turns:
        effects = " · ".join(
            f"{say(f'meter-{meter}', language)} {value:+d}"
            for meter, value in turn.effects.items()
            if value
        )
        yield (
            f'<li style="margin:.7em 0"><span style="color:{_OTHER}">{inline(turn.client)}</span>'
            f"<br><strong>{inline(turn.reply)}</strong>"
            f"{f' <small>{effects}</small>' if effects else ''}<br>{inline(turn.debrief)}"
        )
        if turn.better:
            better = say("better", language, words=f"<strong>{inline(turn.better)}</strong>")
            yield (
                f'<div style="margin:.3em 0;padding-left:.7em;'
                f'border-left:2px solid {_COLOURS["right"]}">{better}'
                f"<br>{inline(turn.better_why)}</div>"
            )
        yield "</li>"
    yield "</ol>"
    yield (
        f"<p><strong>{inline(told.ending)}</strong><br>{inline(told.last_words)}<br>"
        f"{inline(told.debrief)}</p>"
    )
