"""The figure of what trainees say: how their ratings are spread, a bar for each lesson."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from clientcourse.items.survey import SHOWN_FROM, STEPS
from clientcourse.language import Text
from clientcourse.markup import plain
from clientcourse.report.figures import BLUE, ORANGE, SKY, VERMILION, lay_out, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.items.survey import Rating
    from clientcourse.language import Language
    from clientcourse.report.survey import Ratings

# From one end of the scale to the other by way of a grey: fills and letters.
_STEP_COLOURS = (
    (VERMILION, "#1a1a1a"),
    (ORANGE, "#1a1a1a"),
    ("#b4bac2", "#1a1a1a"),
    (SKY, "#1a1a1a"),
    (BLUE, "#ffffff"),
)
_GAP = 0.003  # of the width, between two steps
_NARROWEST = 0.04  # share of a step that has room for its number
_ROW_HEIGHT = 50  # pixels: a line of text and a bar
_HEAD = 0.7  # of a row
_LABEL_WIDTH = 46  # columns, so that a label and its n fit on a telephone

_TITLE = Text(
    zh=f"评分的分布：1 最低，{STEPS} 最高", en=f"Ratings, from 1 (lowest) to {STEPS} (highest)"
)
HIDDEN = Text(
    zh=f"不到 {SHOWN_FROM} 份回答，不显示", en=f"fewer than {SHOWN_FROM} answers: not shown"
)
_HOVER = Text(zh="{step}：{count} / {n} 人", en="{step}: {count} of {n}")


@dataclass(frozen=True)
class _Row:
    """A label and, below it, a bar; where there are too few answers, that in its place."""

    place: float
    label: str
    ratings: Ratings | None


def rating_spread(
    asked: Sequence[tuple[Rating, Mapping[str, Ratings | None]]], language: Language
) -> go.Figure:
    """Return a bar for each question and lesson, in which every step has its share.

    Parameters
    ----------
    asked
        Questions with what is said to them, by lesson; `None` where it is not to be shown. Of a
        single lesson the bars are named by the questions.
    """
    heads, rows, end = _placed(asked, language)
    figure = go.Figure()
    bars = [(row.place, row.ratings) for row in rows if row.ratings is not None]
    for step in range(STEPS):
        _add_step(figure, step, bars, language)
    _write(figure, [(place - 0.25, f"<b>{words}</b>") for place, words in heads])
    _write(figure, [(row.place - 0.3, escape(row.label, quote=False)) for row in rows])
    too_few = [row.place for row in rows if row.ratings is None]
    _write(figure, [(place + 0.12, f"<i>{HIDDEN[language]}</i>") for place in too_few])
    _write(figure, [(place - 0.3, f"n = {one.n}") for place, one in bars], at_end=True)
    lay_out(figure, _TITLE[language], height=round(94 + _ROW_HEIGHT * end))
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"}
    legend |= {"itemclick": False, "itemdoubleclick": False}
    figure.update_layout(barmode="overlay", showlegend=True, legend=legend)
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[end - 0.5, -0.6])
    return figure


def _placed(
    asked: Sequence[tuple[Rating, Mapping[str, Ratings | None]]], language: Language
) -> tuple[list[tuple[float, str]], list[_Row], float]:
    """Return headings and rows with their places from above, and the place after the last."""
    heads: list[tuple[float, str]] = []
    rows: list[_Row] = []
    place = 0.0
    for question, by_lesson in asked:
        stem = shortened(plain(question.stem[language]), _LABEL_WIDTH)
        if len(by_lesson) > 1:
            heads.append((place, escape(stem, quote=False)))
            place += _HEAD
        for lesson, one in by_lesson.items():
            rows.append(_Row(place, lesson if len(by_lesson) > 1 else stem, one))
            place += 1
    return heads, rows, place


def _add_step(
    figure: go.Figure, step: int, bars: Sequence[tuple[float, Ratings]], language: Language
) -> None:
    fill, letters = _STEP_COLOURS[step]
    shares = [one.counts[step] / one.n for _place, one in bars]
    figure.add_bar(
        x=[max(share - _GAP, 0) for share in shares],
        y=[place for place, _one in bars],
        base=[sum(one.counts[:step]) / one.n for _place, one in bars],
        orientation="h",
        width=0.42,
        offset=-0.06,
        marker_color=fill,
        name=str(step + 1),
        text=[
            one.counts[step] if share >= _NARROWEST else ""
            for share, (_place, one) in zip(shares, bars, strict=True)
        ],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont_color=letters,
        textangle=0,
        textfont_size=12,
        constraintext="none",
        hovertext=[
            _HOVER[language].format(step=step + 1, count=one.counts[step], n=one.n)
            for _place, one in bars
        ],
        hoverinfo="text",
    )


def _write(figure: go.Figure, lines: Sequence[tuple[float, str]], *, at_end: bool = False) -> None:
    """Write lines at their places, from the left or, `at_end`, up to the right."""
    figure.add_scatter(
        x=[int(at_end)] * len(lines),
        y=[place for place, _words in lines],
        text=[words for _place, words in lines],
        mode="text",
        textposition="middle left" if at_end else "middle right",
        textfont_size=12,
        hoverinfo="skip",
        showlegend=False,
    )
