"""Lets widgets load for as long as they need.

anywidget, on which quizzes and plotly's figures are built, gives each widget two seconds to load.
After that it throws away all that the kernel tells the widget, for as long as the page is open: on
a slow computer, where a lesson's figures load for longer, no answer would ever be shown as saved.
"""

from __future__ import annotations

from pathlib import Path

import anywidget


class PatienceWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """Shows nothing; once it exists, widgets that are made after it are waited for."""

    _esm = Path(__file__).with_name("patience.js").read_text(encoding="utf-8")
