"""The map of objectives and trainees: who has mastered what."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from clientcourse.report.figures import BLUE, VERMILION, columns, lay_out, shortened

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.report.cohort import Goal
    from clientcourse.report.mastery import Mastery

# Even steps of lightness on both sides, told apart with every kind of colour vision.
_SCALE = [[0.0, VERMILION], [0.5, "#efe6d2"], [1.0, BLUE]]
_ROW = 18  # pixels
_LABEL = 44  # columns
_HOVER = {"zh": 28, "en": 56}
_HEAD = 40  # pixels
_NAMES = 40  # trainees, of whom the names can still be read below the map
_GAPS = 120  # trainees, between whom a gap can still be seen


def heat_map(
    known: Mastery, goals: Mapping[str, Goal], names: Mapping[str, str], language: Language
) -> go.Figure:
    """Return a map with a row for each objective and a column for each trainee.

    Parameters
    ----------
    known
        At least one objective and one trainee.
    goals
        Of its objectives.
    names
        Of its trainees, by id.
    """
    cells = [
        [None if np.isnan(share) else round(100 * share) for share in row] for row in known.shares
    ]
    who = [escape(names[one], quote=False) for one in known.trainees]
    # Whole, in lines, for the hover; cut for the axis.
    what = [_lines(goals[one].text, language) for one in known.objectives]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=who,
            y=what,
            hovertemplate="%{x}<br>%{y}<br>%{z}%<extra></extra>",
            colorscale=_SCALE,
            zmin=0,
            zmax=100,
            xgap=1 if len(who) <= _GAPS else 0,
            ygap=1,
            hoverongaps=False,
            colorbar={
                "orientation": "h",
                "thickness": 10,
                "len": 0.35,
                "x": 1,
                "xanchor": "right",
                "y": 1,
                "yanchor": "bottom",
                "tickvals": [0, 50, 100],
                "ticksuffix": "%",
                "outlinewidth": 0,
            },
        )
    )
    few = len(who) <= _NAMES
    below = 12 + (7 * max(map(columns, who)) if few else 0)
    lay_out(figure, "", height=_HEAD + _ROW * len(what) + below)
    figure.update_layout(margin={"t": _HEAD, "b": below, "l": 10 + 7 * _LABEL, "r": 6})
    figure.update_xaxes(
        type="category", tickvals=who if few else [], tickangle=-90, tickfont_size=11
    )
    figure.update_yaxes(
        type="category",
        tickvals=what,
        ticktext=[
            escape(shortened(goals[one].text, _LABEL), quote=False) for one in known.objectives
        ],
        range=[len(what) - 0.5, -0.5],
        showgrid=False,
        tickfont_size=12,
    )
    return figure


def _lines(text: str, language: Language) -> str:
    return "<br>".join(escape(line, quote=False) for line in wrap(text, _HOVER[language]))
