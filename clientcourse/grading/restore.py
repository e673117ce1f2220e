"""Puts back what a trainee changed or deleted, before a submission is run."""

from __future__ import annotations

import hashlib
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, Notebook, SourceCell
from nbgrader.preprocessors import OverwriteCells


class RestoreCells(OverwriteCells):  # type: ignore[misc]
    """Stands in for nbgrader's `OverwriteCells` and `DeduplicateIds`.

    Of nbgrader's metadata in a submission only the name of a cell is believed; all else comes from
    the gradebook. nbgrader itself fails over metadata that was edited, copied or is older than its
    schema, sometimes for all submissions, and over missing cells without a grade or solution cell
    before them.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore a submitted notebook; see nbgrader's `OverwriteCells.preprocess`."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        with Gradebook(about["db_url"]) as self.gradebook:
            released = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
            metadata = _metadata(released)
            sources = {cell.name: cell for cell in released.source_cells}
            # From the end: as with nbgrader, the last of several copies is the one that counts.
            for cell in reversed(nb.cells):
                name = _grade_id(cell)
                known = metadata.pop(name, None)
                cell.metadata.pop("nbgrader", None)
                if known is not None:
                    cell.metadata.nbgrader = NotebookNode(known)
                    self._restore(cell, sources[name])
            if self.add_missing_cells:
                self.add_missing_grade_cells(nb, resources)
                self.add_missing_task_cells(nb, resources)
        return nb, resources

    def _restore(self, cell: NotebookNode, source: SourceCell) -> None:
        """Give a cell its type and, if trainees may not change it, its source back."""
        self.update_cell_type(cell, source.cell_type)
        if source.locked and cell.source != source.source:
            self.log.warning("The cell %s was changed; it is as released again", source.name)
            cell.source = source.source

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


def _metadata(notebook: Notebook) -> dict[str, dict[str, Any]]:
    """Return nbgrader's metadata of every cell of a released notebook, by the cell's name."""
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    grades = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    return {
        cell.name: {
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
            "grade": cell.name in grades,
            "grade_id": cell.name,
            "locked": cell.locked,
            **({"points": points[cell.name]} if cell.name in points else {}),
            "schema_version": 3,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
        }
        for cell in notebook.source_cells
    }


def _grade_id(cell: NotebookNode) -> str:
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else ""
