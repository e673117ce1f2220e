"""The figures of a cohort report: scores, difficulties and choices.

Colours are from the palette of Okabe and Ito (2008, Color Universal Design), which can be told
apart with every kind of colour vision. Backgrounds are transparent and lines and letters mid-grey,
so that a figure stands on a light page as well as on a dark one.
"""

from __future__ import annotations

from html import escape
from statistics import median
from textwrap import wrap
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import plotly.graph_objects as go

from clientcourse.items import MultipleItem, SingleItem, TrueFalseItem
from clientcourse.language import Text
from clientcourse.markup import plain
from clientcourse.report.choices import choice_texts
from clientcourse.report.statistics import EASY_FROM, HARD_UP_TO, Ease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clientcourse.items import Item
    from clientcourse.language import Language
    from clientcourse.report.statistics import ChoiceShare, ItemStatistics

BLUE, ORANGE, SKY, VERMILION = "#0072b2", "#e69f00", "#56b4e9", "#d55e00"
_INK, _GRID, _TRACK = "#757b84", "rgba(128, 128, 128, 0.25)", "rgba(128, 128, 128, 0.13)"
_BLACK, _WHITE = "#1a1a1a", "#ffffff"
_EASE_COLOURS: dict[Ease | None, tuple[str, str]] = {
    "easy": (SKY, _BLACK),
    "fine": (BLUE, _WHITE),
    "hard": (VERMILION, _BLACK),
    None: (_INK, _WHITE),
}
EASE_WORDS: dict[Ease, Text] = {
    "easy": Text(zh="太易", en="too easy"),
    "fine": Text(zh="适中", en="fine"),
    "hard": Text(zh="偏难", en="hard"),
}

_BINS = 10
_ROW_HEIGHT = 50  # pixels: a line of text and a bar
_LABEL_WIDTH = 44  # columns, so that a label fits on a telephone
_HOVER_WIDTH = 56
_CELL = 0.94  # of a column, the rest is the gap to the next

_TITLES = {
    "scores": Text(zh="得分率分布，{n} 人", en="Distribution of scores, n = {n}"),
    "difficulty": Text(zh="每题的平均得分率", en="Mean score on each item"),
    "choices": Text(zh="每个选项的选择比例（%）", en="Share choosing each option, %"),
}
_SCORE_AXIS = Text(zh="得分率", en="Score")
_COUNT_AXIS = Text(zh="人数", en="Trainees")
_MEDIAN = Text(zh="中位数 {value}", en="median {value}")
_BIN_HOVER = Text(zh="{low}–{high}%：{count} 人", en="{low}–{high}%: {count}")
_DIFFICULTY_HOVER = Text(
    zh="平均得分率 {value}，{answered} / {n} 人作答", en="mean {value}, {answered} of {n} answered"
)
_KEY = Text(zh="✓ 正确选项", en="✓ key")
_DISTRACTOR = Text(zh="其他选项", en="other options")


def score_distribution(scores: Sequence[float], language: Language) -> go.Figure:
    """Return a histogram of scores in steps of ten percent, with the median.

    Parameters
    ----------
    scores
        Share of all points that each trainee earned, 0 to 1; at least one.
    """
    counts = [0] * _BINS
    for score in scores:
        # Rounded first: sums of points are inexact, and 70 % belongs to the bar from 70 on.
        counts[min(int(round(score * _BINS, 9)), _BINS - 1)] += 1
    step = 100 // _BINS
    lows = range(0, 100, step)
    middle = 100 * median(scores)
    figure = go.Figure(
        go.Bar(
            x=[low + step / 2 for low in lows],
            y=counts,
            width=step - 0.6,
            marker_color=BLUE,
            text=[count or "" for count in counts],
            textposition="outside",
            textfont_color=_INK,
            cliponaxis=False,
            hovertext=[
                _BIN_HOVER[language].format(low=low, high=low + step, count=count)
                for low, count in zip(lows, counts, strict=True)
            ],
            hoverinfo="text",
        )
    )
    title = _TITLES["scores"][language].format(n=len(scores))
    lay_out(figure, title, height=320)
    figure.update_layout(margin={"t": 74, "b": 44, "l": 44, "r": 20})
    figure.add_vline(x=middle, line={"color": VERMILION, "width": 2, "dash": "dash"})
    figure.add_annotation(
        text=_MEDIAN[language].format(value=f"{middle:.0f}%"),
        x=middle,
        y=1,
        yref="paper",
        yshift=22,
        xanchor="right" if middle > 85 else "left" if middle < 15 else "center",  # noqa: PLR2004
        showarrow=False,
    )
    figure.update_xaxes(
        title_text=_SCORE_AXIS[language],
        range=[-0.5, 100.5],
        ticklabelstandoff=5,
        tickvals=list(range(0, 101, 20)),
        ticktext=[f"{tick}%" for tick in range(0, 101, 20)],
    )
    figure.update_yaxes(
        title_text=_COUNT_AXIS[language],
        gridcolor=_GRID,
        range=[0, max(counts) * 1.08],
        dtick=max(1, -(-max(counts) // 5)),
    )
    return figure


def item_difficulty(
    items: Sequence[Item], statistics: Sequence[ItemStatistics], language: Language
) -> go.Figure:
    """Return one bar for each item: its difficulty, in the order of the lesson.

    Parameters
    ----------
    items, statistics
        Items and their statistics, in the same order.
    """
    # A bar of no length would lose its label.
    bars = [(max(one.difficulty or 0.0, 0.002), *_EASE_COLOURS[one.ease]) for one in statistics]
    figure = go.Figure(
        go.Bar(
            x=[difficulty for difficulty, _fill, _letters in bars],
            y=list(range(len(items))),
            orientation="h",
            width=0.42,
            offset=-0.06,
            marker_color=[fill for _difficulty, fill, _letters in bars],
            text=[_difficulty_text(one, language) for one in statistics],
            textposition="auto",
            insidetextanchor="end",
            insidetextfont_color=[letters for _difficulty, _fill, letters in bars],
            outsidetextfont_color=_INK,
            textangle=0,
            textfont_size=12,
            constraintext="none",
            hovertext=[
                _hover(item, _difficulty_hover(one, language), language)
                for item, one in zip(items, statistics, strict=True)
            ],
            hoverinfo="text",
        )
    )
    _lay_out_rows(figure, "difficulty", items, language)
    figure.update_xaxes(
        range=[0, 1.005], tickformat=".0%", tickvals=[0.25, 0.5, 0.75], gridcolor=_GRID
    )
    for limit in (HARD_UP_TO, EASY_FROM):
        figure.add_vline(x=limit, line={"color": _INK, "width": 1, "dash": "dot"}, layer="below")
    zones = {"hard": HARD_UP_TO / 2, "fine": (HARD_UP_TO + EASY_FROM) / 2, "easy": 1.0}
    for ease, words in EASE_WORDS.items():
        figure.add_annotation(
            text=words[language],
            x=zones[ease],
            xanchor="right" if ease == "easy" else "center",
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=2,
            showarrow=False,
        )
    return figure


def choice_shares(
    items: Sequence[Item], statistics: Sequence[ItemStatistics], language: Language
) -> go.Figure:
    """Return one row for each question with options, one small bar for each option.

    Ordering questions and data exercises have no options and are left out. The key is told by its
    colour and by a tick.

    Parameters
    ----------
    items, statistics
        Items and their statistics, in the same order.
    """
    rows = [
        (number, item, one)
        for number, (item, one) in enumerate(zip(items, statistics, strict=True), 1)
        if isinstance(item, SingleItem | MultipleItem | TrueFalseItem)
    ]
    cells = [
        (row, column, item, share)
        for row, (_number, item, one) in enumerate(rows)
        for column, share in enumerate(one.choice_shares)
    ]
    figure = go.Figure(
        go.Bar(
            x=[_CELL] * len(cells),
            y=[row for row, *_rest in cells],
            base=[column for _row, column, *_rest in cells],
            orientation="h",
            width=0.44,
            offset=-0.08,
            marker_color=_TRACK,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    for key, colour, name in ((True, BLUE, _KEY), (False, ORANGE, _DISTRACTOR)):
        of_kind = [cell for cell in cells if cell[-1].key == key]
        figure.add_bar(
            x=[share.share * _CELL for *_rest, share in of_kind],
            y=[row for row, *_rest in of_kind],
            base=[column for _row, column, *_rest in of_kind],
            orientation="h",
            width=0.44,
            offset=-0.08,
            marker={"color": colour, "opacity": 0.5},
            name=name[language],
            hovertext=[
                _hover(
                    item,
                    f"{share.share:.0%}{_tick(share)} · {_choice_text(item, share.id, language)}",
                    language,
                )
                for _row, _column, item, share in of_kind
            ],
            hoverinfo="text",
        )
    figure.add_scatter(
        x=[column + 0.02 for _row, column, *_rest in cells],
        y=[row + 0.14 for row, *_rest in cells],
        text=[
            f"{_choice_label(item, share.id, language)}{_tick(share)} {100 * share.share:.0f}"
            for _row, _column, item, share in cells
        ],
        mode="text",
        textposition="middle right",
        textfont_size=12,
        hoverinfo="skip",
        showlegend=False,
    )
    labelled = [item for _number, item, _one in rows]
    numbers = [number for number, _item, _one in rows]
    _lay_out_rows(figure, "choices", labelled, language, numbers)
    figure.update_layout(
        barmode="overlay",
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    columns = max((column for _row, column, *_rest in cells), default=0) + 1
    figure.update_xaxes(range=[0, columns], visible=False)
    return figure


def lay_out(figure: go.Figure, title: str, height: int) -> None:
    """Give a figure of a report its title and height and the look of the others."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 6, "r": 6, "t": 66, "b": 28},
        title={"text": title, "x": 0, "y": 1, "yanchor": "top", "pad": {"l": 6, "t": 10}},
        title_font_size=15,
        font={"color": _INK, "size": 13, "family": "system-ui, sans-serif"},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        hoverlabel_align="left",
        dragmode=False,
        showlegend=False,
    )
    figure.update_xaxes(fixedrange=True, zeroline=False, showgrid=False)
    figure.update_yaxes(fixedrange=True, zeroline=False)


def _lay_out_rows(
    figure: go.Figure,
    title: str,
    items: Sequence[Item],
    language: Language,
    numbers: Sequence[int] | None = None,
) -> None:
    """Write the name of every item above its bar and size the figure by the number of rows."""
    lay_out(figure, _TITLES[title][language], height=94 + _ROW_HEIGHT * len(items))
    figure.add_scatter(
        x=[0] * len(items),
        y=[row - 0.3 for row in range(len(items))],
        text=[
            _label(number, item, language)
            for number, item in zip(numbers or range(1, len(items) + 1), items, strict=True)
        ],
        mode="text",
        textposition="middle right",
        textfont_size=12,
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_yaxes(visible=False, range=[len(items) - 0.5, -0.6])


def _label(number: int, item: Item, language: Language) -> str:
    room = max(_LABEL_WIDTH - len(item.id), 16)
    return escape(f"{number} · {shortened(_name(item, language), room)} · {item.id}", quote=False)


def _name(item: Item, language: Language) -> str:
    """Return what an item is called: the title of an exercise, the stem of a question."""
    text = getattr(item, "title", None) or item.stem
    return plain(text[language])


def shortened(text: str, columns: int) -> str:
    """Return a text cut to a width, in which a Chinese character takes two columns."""
    width = 0
    for place, character in enumerate(text):
        width += 2 if east_asian_width(character) in "WFA" else 1
        if width > columns:
            return text[:place].rstrip() + "…"
    return text


def _difficulty_text(one: ItemStatistics, language: Language) -> str:
    if one.difficulty is None or one.ease is None:
        return "–"
    # Only what needs a look is said in words.
    return f"{one.difficulty:.0%}" + (
        "" if one.ease == "fine" else f" {EASE_WORDS[one.ease][language]}"
    )


def _difficulty_hover(one: ItemStatistics, language: Language) -> str:
    value = "–" if one.difficulty is None else f"{one.difficulty:.1%}"
    return _DIFFICULTY_HOVER[language].format(value=value, answered=one.answered, n=one.n)


def _hover(item: Item, last: str, language: Language) -> str:
    paragraphs = [_name(item, language), plain(last)]
    width = _HOVER_WIDTH // 2 if language == "zh" else _HOVER_WIDTH
    lines = [line for text in paragraphs for line in wrap(text, width)]
    return "<br>".join(escape(line, quote=False) for line in lines)


def _tick(share: ChoiceShare) -> str:
    return "✓" if share.key else ""


def _choice_text(item: Item, id_: str, language: Language) -> str:
    return choice_texts(item, language)[id_]


def _choice_label(item: Item, id_: str, language: Language) -> str:
    """Return one letter for a choice: its id, but the initial of true and of false."""
    return _choice_text(item, id_, language)[0] if item.type == "truefalse" else id_
