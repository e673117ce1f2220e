"""A graded cell's score and explanation as HTML: in the notebook, and so in the feedback.

Every element has the class by which the feedback page gives it its look, and a style of its own
for where nobody has our stylesheet, as in JupyterLab and nbgrader's formgrader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from clientcourse.difference import Difference, KindOfDifference, Role, first_rows
from clientcourse.explain import ChoiceNote, Debriefing, Explanation, explain
from clientcourse.items import BlankItem, Item, OrderItem, Scenario, TableItem
from clientcourse.items.questions import GAP
from clientcourse.languages import joined
from clientcourse.markup import inline
from clientcourse.messages import say
from clientcourse.scoring import counted_path
from clientcourse.widgets import scenario_plain
from clientcourse.widgets.plain import answer_html

if TYPE_CHECKING:
    from clientcourse.grading.grade import Marked, MarkedCell
    from clientcourse.language import Language

_MARKS = {"right": "✓", "partly": "◐", "wrong": "✗"}

# JupyterLab's signal colours are too pale to be read as text: drawn towards its ink.
_INK = "var(--jp-ui-font-color0,#000)"
_LOOKS = {
    "score": "line-height:1.6;max-width:50em;"
    f"--cc-right:color-mix(in srgb,var(--jp-success-color1,#388e3c) 62%,{_INK});"
    f"--cc-partly:color-mix(in srgb,var(--jp-warn-color1,#d08700) 50%,{_INK});"
    f"--cc-wrong:color-mix(in srgb,var(--jp-error-color1,#d32f2f) 72%,{_INK});"
    "--cc-soft:var(--jp-ui-font-color2,#5f6368)",
    "head": "margin:.2em 0 .8em;font-size:1.1em;display:flex;justify-content:space-between;gap:1em",
    "remark": "border-left:3px solid var(--cc-partly);padding-left:.7em",
    "item": "margin:0 0 1.2em;padding-left:.9em;border-left:3px solid",
    "item-soft": "border-color:var(--cc-soft)",
    "item-right": "border-color:var(--cc-right)",
    "item-partly": "border-color:var(--cc-partly)",
    "item-wrong": "border-color:var(--cc-wrong)",
    "verdict": "margin:.2em 0;font-size:1em;font-weight:600",
    "line": "margin:.2em 0",
    "list": "list-style:none;padding:0;margin:.3em 0",
    "entry": "margin:.35em 0",
    "steps": "margin:.2em 0;padding-left:1.8em",
    "chosen": "font-weight:600",
    "why": "color:var(--cc-soft)",
    "soft": "color:var(--cc-soft)",
    "right": "color:var(--cc-right)",
    "partly": "color:var(--cc-partly)",
    "wrong": "color:var(--cc-wrong)",
    "better": "margin:.3em 0;padding-left:.7em;border-left:2px solid var(--cc-right)",
    "scroll": "overflow-x:auto",
    "rows": "border-collapse:collapse",
    "cell": "padding:.2em .6em;text-align:left",
    "own": "margin-left:1.3em",
}


def _as(*names: str) -> str:
    """Return the attributes of an element that looks like this."""
    classes = " ".join(f"cc-{name}" for name in names)
    return f'class="{classes}" style="{";".join(_LOOKS[name] for name in names)}"'


def cell_html(cell: MarkedCell, language: Language, remarks: Sequence[str] = ()) -> str:
    """Return what is said of a graded cell.

    Parameters
    ----------
    remarks
        Sentences on what went wrong with the whole submission.
    """
    return "".join(_cell(cell, language, remarks))


def _cell(cell: MarkedCell, language: Language, remarks: Sequence[str]) -> Iterator[str]:
    total = say("points", language, points=f"{cell.points:g}", total=f"{cell.max_points:g}")
    yield (
        f"<div {_as('score')}><header {_as('head')}>"
        f"<strong>{inline(cell.title[language])}</strong><strong>{total}</strong></header>"
    )
    for remark in remarks:
        yield f"<aside {_as('remark')}>{escape(remark)}</aside>"
    if cell.is_dropped:
        yield f"<p {_as('remark')}>{say('dropped-part', language)}</p>"
    if not cell.items:
        yield f"<p>{say('not-in-the-bank', language)}</p>"
    for one in cell.items:
        yield from _item(one, language)
    yield "</div>"


def _item(one: Marked, language: Language) -> Iterator[str]:
    told = explain(one.item, one.value, one.score, language, one.reference)
    verdict = one.score.verdict
    mark, tone = _MARKS.get(verdict, "○"), verdict if verdict in _MARKS else "soft"
    result = f"{escape(told.verdict)} · {one.score.points:g} / {one.score.max_points:g}"
    if one.item.dropped:  # perhaps for a wrong key, by which the answer had better not be judged
        mark, tone, result = "○", "soft", say("dropped", language)
    # One of several is found by its heading; one alone has that of its cell.
    tag, label = ("h4", f"{one.number}. ") if one.number else ("p", "")
    yield (
        f'<section id="item-{one.item.id}" {_as("item", f"item-{tone}")}>'
        f"<{tag} {_as('verdict', tone)}>{label}{mark} {result}</{tag}>"
        f"<p {_as('line')}>{inline(_asked(one.item, language))}</p>"
    )
    if told.reason and not one.item.dropped:
        yield f"<p {_as('line')}>{escape(told.reason)}</p>"
    if one.item.reuse:
        yield from _own_answer(one, language)
    elif isinstance(one.item, OrderItem):
        yield from _order(told, language)
    elif told.choices:
        yield from _choices(told, language)
    if told.parts:
        yield from _parts(told, language)
    if told.debriefing:
        yield from _debriefing(told.debriefing, language)
    if told.difference:
        yield from _difference(told.difference, language)
    if told.why:
        yield f"<p {_as('line')}>{inline(told.why)}</p>"
    if one.item.reuse:
        yield f"<p {_as('line', 'soft')}>{say('asked-again', language)}</p>"
    if told.reread and one.score.verdict != "right" and not one.item.dropped:
        heading = f'<span class="cc-reread">{inline(told.reread)}</span>'
        yield f"<p {_as('line', 'soft')}>{say('reread', language, heading=heading)}</p>"
    yield "</section>"


def _asked(item: Item, language: Language) -> str:
    if isinstance(item, BlankItem):
        return f"{item.stem[language]} {GAP.sub('____', item.text[language])}"
    return item.stem[language]


def _own_answer(one: Marked, language: Language) -> Iterator[str]:
    """Yield an answer by itself, without a word on what is right."""
    if one.value is None:
        return
    if isinstance(one.item, TableItem):
        count, rows = first_rows(one.item, one.value)
        yield f"<p {_as('line')}>{say('rows-given', language, count=count)}</p>"
        columns = (*one.item.key_columns, *one.item.columns)
        cells = [[escape(cell) for cell in row] for row in rows]
        yield from _table(say("your-answer", language), columns, cells)
        return
    yield f"<p {_as('line')}>{say('your-answer', language)}</p><div {_as('own')}>"
    if isinstance(one.item, Scenario):
        path = counted_path(one.item, one.value) or []
        yield scenario_plain.conversation_html(one.item.public(language), path, language)
    else:
        yield answer_html(one.item.public(language), one.value, language)
    yield "</div>"


def _choices(told: Explanation, language: Language) -> Iterator[str]:
    yield f"<ul {_as('list')}>"
    for note in told.choices:
        mark, tone = ("✓", "right") if note.right else ("✗", "wrong")
        text = inline(note.text)
        if note.chosen:
            text = f"<strong {_as('chosen')}>{text}</strong>"
        said = f" <em>{say(_said_of(note), language)}</em>" if note.chosen or note.right else ""
        yield (
            f"<li {_as('entry')}><span {_as(tone)}>{mark}</span> {text}{said}"
            f"<div {_as('own', 'why')}>{inline(note.why)}</div></li>"
        )
    yield "</ul>"


def _said_of(note: ChoiceNote) -> str:
    if not note.chosen:
        return "right-answer"
    return "your-answer-right" if note.right else "your-answer-wrong"


def _order(told: Explanation, language: Language) -> Iterator[str]:
    yield f"<p {_as('line')}>{say('right-order', language)}</p><ol {_as('steps')}>"
    for note in told.choices:
        if note.belongs:
            yield f"<li {_as('entry')}>{_step(note, language)}</li>"
    yield "</ol>"
    extra = [note for note in told.choices if not note.belongs]
    if extra:
        yield f"<p {_as('line')}>{say('not-steps', language)}</p><ul {_as('steps')}>"
        for note in extra:
            yield f"<li {_as('entry')}>{_step(note, language)}</li>"
        yield "</ul>"


def _step(note: ChoiceNote, language: Language) -> str:
    if note.right:
        mark = f" <span {_as('right')}>✓</span>"
    elif note.place:
        place = say("your-place", language, place=note.place)
        mark = f" <span {_as('wrong')}>✗ {place}</span>"
    else:
        mark = ""
    return f"{inline(note.text)}{mark}<div {_as('why')}>{inline(note.why)}</div>"


def _parts(told: Explanation, language: Language) -> Iterator[str]:
    yield f"<ul {_as('list')}>"
    for note in told.parts:
        mark, tone = ("✓", "right") if note.right else ("✗", "wrong")
        # What was typed into a gap is a trainee's own text.
        given = escape(note.given) or say("gap-empty", language)
        expected = (
            "" if note.right else f" · {say('expected', language, words=inline(note.expected))}"
        )
        yield (
            f"<li {_as('entry')}><span {_as(tone)}>{mark}</span> "
            f"{inline(note.asked)} → <strong>{given}</strong>{expected}"
            f"<div {_as('own', 'why')}>{inline(note.why)}</div></li>"
        )
    yield "</ul>"


def _difference(told: Difference, language: Language) -> Iterator[str]:
    yield f"<ul {_as('list')}>"
    for kind in told.kinds:
        yield f"<li {_as('entry')}>{_kind(kind, language)}</li>"
    yield "</ul>"
    rows = [
        [
            say(f"row-{row.role}", language),
            *(
                _value(cell, row.role) if wrong else escape(cell)
                for cell, wrong in zip(row.cells, row.wrong, strict=True)
            ),
        ]
        for kind in told.kinds
        for row in kind.example
    ]
    heads = [say("row", language), *told.columns]
    yield from _table(say("rows-example", language), heads, rows)


def _kind(kind: KindOfDifference, language: Language) -> str:
    counted = say(f"rows-{kind.kind}", language, count=kind.count)
    colon = "：" if language == "zh" else ": "
    named = [f"<code>{escape(key)}</code>" for key in kind.keys]
    if more := kind.count - len(named):
        named.append(say("rows-more", language, count=more))
    columns = joined(
        (
            say("rows-in-column", language, column=f"<code>{escape(name)}</code>", count=count)
            for name, count in kind.columns
        ),
        language,
    )
    places = f" · {columns}" if columns else ""
    return f"<strong>{counted}</strong>{places}{colon}{joined(named, language)}"


def _value(cell: str, role: Role) -> str:
    """Return a value that differs, marked by more than its colour."""
    mark, tone = ("✗", "wrong") if role == "yours" else ("✓", "right")
    return f"<strong {_as(tone)}>{mark} {escape(cell)}</strong>"


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table in a box of its own, in which it can be moved.

    Parameters
    ----------
    rows
        HTML by column; the first cell is the row's heading.
    """
    # A box that moves has to be reached by keyboard, and named for those who hear it.
    name = escape(caption)
    yield f'<div {_as("scroll")} tabindex="0" role="group" aria-label="{name}">'
    yield f"<table {_as('rows')}><caption {_as('cell', 'soft')}>{name}</caption><thead><tr>"
    yield from (f'<th scope="col" {_as("cell")}>{escape(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for head, *cells in rows:
        yield f'<tr><th scope="row" {_as("cell")}>{head}</th>'
        yield from (f"<td {_as('cell')}>{cell}</td>" for cell in cells)
        yield "</tr>"
    yield "</tbody></table></div>"


def _debriefing(told: Debriefing, language: Language) -> Iterator[str]:
    yield f"<ol {_as('steps')}>"
    for turn in told.turns:
        effects = " · ".join(
            f"{say(f'meter-{meter}', language)} {value:+d}"
            for meter, value in turn.effects.items()
            if value
        )
        yield (
            f"<li {_as('entry')}><div {_as('soft')}>{inline(turn.client)}</div>"
            f"<strong>{inline(turn.reply)}</strong>"
            f"{f' <small>{effects}</small>' if effects else ''}<br>{inline(turn.debrief)}"
        )
        if turn.better:
            better = say("better", language, words=f"<strong>{inline(turn.better)}</strong>")
            yield f"<div {_as('better')}>{better}<br>{inline(turn.better_why)}</div>"
        yield "</li>"
    yield "</ol>"
    yield (
        f"<p {_as('line')}><strong>{inline(told.ending)}</strong><br>{inline(told.last_words)}<br>"
        f"{inline(told.debrief)}</p>"
    )
