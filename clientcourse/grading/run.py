"""Runs a notebook in a kernel: the seam between grading and the place where trainee code runs."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets.config import Configurable


@dataclass(frozen=True)
class Run:
    """How a notebook is run.

    Parameters
    ----------
    folder
        Working folder of the kernel.
    variables
        Environment variables set for the kernel.
    skip
        Tells of a cell whether it is left out.
    """

    folder: Path
    variables: Mapping[str, str]
    skip: Callable[[NotebookNode], bool] = field(default=lambda _cell: False)


def run_notebook(
    notebook: NotebookNode, run: Run, parent: Configurable | None = None
) -> str | None:
    """Run a notebook's code cells and put their outputs into it.

    Errors in cells are outputs like any other; a cell that takes too long is interrupted.

    Parameters
    ----------
    notebook
        Changed in place.
    run
        How to run it.
    parent
        Owner of the configuration (`Execute.timeout` and the like).

    Returns
    -------
    str | None
        Why the run stopped before the last cell; `None` if it did not. Cells that did not run to
        their end then hold an error.
    """
    with tempfile.TemporaryDirectory(prefix="clientcourse-") as sockets:
        kernel = _Kernel(run, Path(sockets), parent=parent)
        try:
            kernel.preprocess(notebook, {"metadata": {"path": str(run.folder)}})
        except Exception as error:  # noqa: BLE001 - whatever a trainee's code brought about
            kernel.log.warning("A notebook could not be run to its end: %s", error)
            reason = type(error).__name__
            _mark_unfinished(notebook, run, kernel.finished, reason)
            return reason
    return None


def _mark_unfinished(notebook: NotebookNode, run: Run, finished: set[int], reason: str) -> None:
    """Give every cell that did not run to its end an error.

    nbgrader takes a classic grade cell without an output for a passed one. It reads outputs from
    the first, so the error comes before whatever the cell had put out.
    """
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and index not in finished and not run.skip(cell):
            trace = [f"NotRun: {reason}"]
            error = nbformat.v4.new_output("error", ename="NotRun", evalue=reason, traceback=trace)
            cell.outputs = [error, *cell.outputs]


class _Kernel(Execute):  # type: ignore[misc]
    """nbgrader's own execution, with our environment and without the cells that are scored."""

    def __init__(self, run: Run, sockets: Path, **kwargs: Any) -> None:  # noqa: ANN401
        self._run = run
        self._sockets = sockets
        self.finished: set[int] = set()
        super().__init__(**kwargs)

    def create_kernel_manager(self) -> KernelManager:
        # Sockets in a folder of our own: no other account of this machine can listen in, and
        # their paths stay within the hundred bytes that the system allows.
        manager = super().create_kernel_manager()
        manager.transport = "ipc"
        manager.connection_file = str(self._sockets / "kernel.json")
        manager.ip = str(self._sockets / "kernel")
        return manager

    @contextlib.contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:  # noqa: ANN401
        environment = {**os.environ, **self._run.variables}
        with super().setup_kernel(env=environment, **kwargs):
            yield

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:  # noqa: ANN401
        if self._run.skip(cell):
            return cell, resources
        done = super().preprocess_cell(cell, resources, index)
        self.finished.add(index)
        return done
