"""Makes trainees' Markdown fit to be opened by an instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nh3
from markdown_it import MarkdownIt
from nbgrader.preprocessors import NbGraderPreprocessor

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_TAGS = nh3.ALLOWED_TAGS - {"img"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "p": {"class"}}


class CleanText(NbGraderPreprocessor):  # type: ignore[misc]
    """Replaces every text cell by its own HTML without anything that loads or runs something.

    nbgrader's formgrader renders text cells as they are, so a script in a submission would run with
    an instructor's rights. Comes after nbgrader has looked whether a cell was changed.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean one cell; see nbconvert's `Preprocessor.preprocess_cell`."""
        if cell.cell_type != "code":
            html = nh3.clean(_MARKDOWN.render(cell.source), tags=_TAGS, attributes=_ATTRIBUTES)
            # One line, which Markdown takes as it is; a line break inside counts only in <pre>.
            cell.source = f"<div>{html.strip()}</div>".replace("\n", "&#10;")
        return cell, resources
