"""Makes trainees' Markdown fit to be opened by an instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor

from clientcourse.grading.safe import safe_markdown

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode


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
            html = safe_markdown(cell.source)
            # One line, which Markdown takes as it is; a line break inside counts only in <pre>.
            cell.source = f"<div>{html.strip()}</div>".replace("\n", "&#10;")
        return cell, resources
