"""Tells which cells of a released notebook may run by themselves."""

from __future__ import annotations

from nbformat import NotebookNode

_CALLS = {"lesson.warm_up()", "lesson.progress()", "lesson.survey()"}


def showing_cells(notebook: NotebookNode) -> dict[str, bool]:
    """Return the sources of the cells that JupyterLab may run when the notebook is opened.

    They set up the lesson, ask, talk, draw, tell how far one has come, or are worked examples that
    later cells may build on. What a trainee writes and what gives points is not among them.

    Parameters
    ----------
    notebook
        As it was released: in the trainee's own copy, anything may stand in any cell.

    Returns
    -------
    dict[str, bool]
        For each source whether only its output is for reading; the code of an example is, too.
    """
    return {
        cell.source: _only_shows(cell)
        for cell in notebook.cells
        if cell.cell_type == "code" and not _waits(cell)
    }


def _waits(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("solution", False) or about.get("grade", False))


def _only_shows(cell: NotebookNode) -> bool:
    asks = cell.metadata.get("nbgrader", {}).get("locked", False)
    draws = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    return bool(asks or draws) or cell.source.strip() in _CALLS
