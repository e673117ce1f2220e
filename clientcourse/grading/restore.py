"""Puts back what a trainee changed or deleted, before a submission is run."""

from __future__ import annotations

import hashlib
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import OverwriteCells


class RestoreCells(OverwriteCells):  # type: ignore[misc]
    """Stands in for nbgrader's `OverwriteCells`, which adds a missing grade cell back only if the
    cell released before it is a grade or solution cell and still there.
    """

    def add_missing_grade_cells(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Add each missing grade cell behind the nearest earlier cell that is still there."""
        released = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        points = {cell.name: cell.max_score for cell in released.grade_cells}
        by_hand = {cell.name for cell in released.solution_cells}
        earlier: set[str] = set()
        for cell in released.source_cells:
            present = [_grade_id(other) for other in nb.cells]
            if cell.name in points and cell.name not in present:
                self.log.warning("The grade cell %s was missing and is added back", cell.name)
                place = max((i + 1 for i, name in enumerate(present) if name in earlier), default=0)
                added = self.missing_cell_transform(
                    cell, points[cell.name], is_solution=cell.name in by_hand
                )
                added.id = hashlib.sha256(cell.name.encode()).hexdigest()[:12]
                nb.cells.insert(place, added)
            earlier.add(cell.name)
        return nb, resources


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
