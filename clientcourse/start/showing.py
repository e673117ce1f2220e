"""Tells which cells of a released notebook only show something."""

from __future__ import annotations

from nbformat import NotebookNode

_CALLS = {"lesson.warm_up()", "lesson.progress()", "lesson.survey()"}


def showing_cells(notebook: NotebookNode) -> list[str]:
    """Return the sources of the cells that JupyterLab may run when the notebook is opened.

    They set up the lesson, ask, talk, draw or tell how far one has come. What a trainee writes and
    what gives points is not among them.

    Parameters
    ----------
    notebook
        As it was released: in the trainee's own copy, anything may stand in any cell.
    """
    return [cell.source for cell in notebook.cells if cell.cell_type == "code" and _shows(cell)]


def _shows(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    asks = about.get("locked", False) and not about.get("grade", False)
    draws = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    return bool(asks or draws) or cell.source.strip() in _CALLS
