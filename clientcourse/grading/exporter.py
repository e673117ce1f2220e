"""Reads submitted notebooks, even broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.notebooknode import NotebookNode

UNREADABLE = "clientcourse_unreadable"
"""Notebook metadata that says: the submitted notebook could not be read."""


class ForgivingExporter(NotebookExporter):  # type: ignore[misc]
    """Takes the released notebook in place of a submitted one that cannot be read.

    One broken file then costs the code written in it, not the answers clicked beside it, and does
    not stop the grading of others.
    """

    def from_file(
        self,
        file_stream: TextIO,
        resources: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[str, dict[str, Any]]:
        """Convert an open notebook file; see nbconvert's `Exporter.from_file`."""
        notebook = self.read(file_stream, (resources or {})["nbgrader"])
        converted: tuple[str, dict[str, Any]] = self.from_notebook_node(
            notebook, resources=resources, **kwargs
        )
        return converted

    def read(self, file_stream: TextIO, about: dict[str, str]) -> NotebookNode:
        """Return a submitted notebook, or the released one in its place.

        Parameters
        ----------
        about
            Whose and which it is, in nbgrader's words.
        """
        try:
            notebook = nbformat.read(file_stream, as_version=4)
            # Written by hand and of no use without a browser; nbclient trips over a wrong one.
            notebook.metadata.pop("widgets", None)
            nbformat.validate(notebook)
            nbformat.writes(notebook).encode()  # half a character can be read but not written
        except Exception:  # noqa: BLE001 - what a trainee sends may fail to be read in any way
            self.log.warning("%(student)s: the notebook %(notebook)s cannot be read", about)
            notebook = nbformat.read(self._released(about), as_version=4)
            notebook.metadata[UNREADABLE] = True
        return notebook

    def _released(self, about: dict[str, str]) -> Path:
        coursedir = self.parent.coursedir
        folder = coursedir.format_path(coursedir.release_directory, ".", about["assignment"])
        return Path(folder) / f"{about['notebook']}.ipynb"
