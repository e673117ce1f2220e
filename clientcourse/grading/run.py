"""Runs a notebook in a kernel: the seam between grading and the place where trainee code runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets.config import Configurable

from clientcourse.grading.intake import copy_ordinary_files
from clientcourse.grading.safe import safe_words
from clientcourse.grading.sandbox.inside.order import Order
from clientcourse.grading.sandbox.parent import SandboxLost, WarmParent, limits_of, warm_parent
from clientcourse.grading.sandbox.provisioner import LOST, FencedKernelManager
from clientcourse.grading.sandbox.settings import Sandbox
from clientcourse.grading.turns import turn

_TOO_MUCH = 4  # times what one cell may put out is the most for a notebook
_CHARACTER = 4  # bytes, at most
_BESIDES = 1024 * 1024  # bytes of what a kernel says that is no output


@dataclass(frozen=True)
class Run:
    """How a notebook is run.

    Parameters
    ----------
    folder
        What the kernel finds in its working folder.
    variables
        Environment variables set for the kernel.
    keep
        Names of files in the folder that the kernel may write; any other change is lost.
    skip
        Tells of a cell whether it is left out.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
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
        Owner of the configuration (`Sandbox`, `Execute.timeout` and the like).

    Returns
    -------
    str | None
        Why the run stopped before the last cell; `None` if it did not. Cells that did not run to
        their end then hold an error.

    Raises
    ------
    NoSandbox
        If trainee code cannot be fenced in here and the configuration does not allow to run it
        without.
    """
    settings = Sandbox(parent=parent)
    if not settings.enabled:
        kernel = _Kernel(run, settings, parent=parent)
        kernel.log.warning(
            "Trainee code is run WITHOUT a sandbox, with all that you may do, because "
            "c.Sandbox.enabled is False"
        )
        return kernel.run(notebook)
    reason = _run_fenced(notebook, run, settings, parent)
    if reason == LOST:  # by no fault of this notebook, perhaps
        reason = _run_fenced(notebook, run, settings, parent)
    return reason


def _run_fenced(
    notebook: NotebookNode, run: Run, settings: Sandbox, parent: Configurable | None
) -> str | None:
    with _FencedKernel.room_for(run, settings, parent) as kernel:
        return kernel.run(notebook)


class _Kernel(Execute):  # type: ignore[misc]
    """nbgrader's own execution, with our environment and without the cells that are scored."""

    def __init__(self, run: Run, settings: Sandbox, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._run = run
        self._cell_room = settings.output_kb * 1024
        self._room = self._cell_room * _TOO_MUCH
        self._finished: set[int] = set()
        self.store_widget_state = self.record_timing = False

    def run(self, notebook: NotebookNode) -> str | None:
        """Run a notebook; see `run_notebook`."""
        try:
            self.preprocess(notebook, {"metadata": {"path": str(self._run.folder)}})
        except Exception as error:  # noqa: BLE001 - whatever a trainee's code brought about
            reason = self.why(error)
            self.log.warning(
                "A notebook could not be run to its end: %s (%s)", reason, safe_words(error)
            )
            # nbgrader takes a classic grade cell without an output for a passed one.
            left = [
                cell
                for index, cell in enumerate(notebook.cells)
                if index not in self._finished and not self._run.skip(cell)
            ]
            _mark_not_run(left, reason)
            return reason
        return None

    def why(self, error: Exception) -> str:
        """Return why a run stopped, in a word."""
        return type(error).__name__

    def create_kernel_manager(self) -> AsyncKernelManager:
        manager = super().create_kernel_manager()
        # Sockets in a folder of our own: no other account of this machine can listen in, and
        # their paths stay within the hundred bytes that the system allows.
        self._sockets = tempfile.TemporaryDirectory(prefix="clientcourse-")
        manager.transport = "ipc"
        manager.connection_file = str(Path(self._sockets.name) / "kernel.json")
        manager.ip = str(Path(self._sockets.name) / "kernel")
        return manager

    @contextlib.contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:  # noqa: ANN401
        environment = {**os.environ, **self._run.variables}
        with super().setup_kernel(env=environment, **kwargs), turn():
            yield

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:  # noqa: ANN401
        if self._run.skip(cell):
            return cell, resources
        self._put_out = 0
        done = super().preprocess_cell(cell, resources, index)
        self._finished.add(index)
        return done

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Take an output of the kernel, unless it is too much."""
        size = _size(msg["content"])
        self._put_out += size
        self._room -= size
        if self._put_out <= self._cell_room and self._room >= 0:
            taken: NotebookNode | None = super().output(outs, msg, display_id, cell_index)
            return taken
        _say_too_much(self.nb.cells[cell_index])
        return None

    def handle_comm_msg(self, *_about: object) -> None:
        """Keep no state of widgets."""


class _FencedKernel(_Kernel):
    """Execution behind the fence."""

    def __init__(
        self,
        run: Run,
        settings: Sandbox,
        warm: WarmParent,
        room: Path,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(run, settings, **kwargs)
        self._warm, self._room_folder = warm, room
        self._limits = limits_of(settings)

    @classmethod
    @contextlib.contextmanager
    def room_for(
        cls, run: Run, settings: Sandbox, parent: Configurable | None
    ) -> Iterator[_FencedKernel]:
        """Provide a kernel that finds the run's folder; what it may keep is brought back."""
        warm = warm_parent(settings)
        room = warm.room()
        try:
            copy_ordinary_files(run.folder, room / "in")
            yield cls(run, settings, warm, room, parent=parent)
            for name in run.keep:
                (run.folder / name).unlink(missing_ok=True)
                if (room / "out" / name).exists():
                    shutil.copyfile(room / "out" / name, run.folder / name)
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def run(self, notebook: NotebookNode) -> str | None:
        """Run a notebook; what ended without a word from its keeper brought nothing back."""
        reason = super().run(notebook)
        return reason or (LOST if self._manager.provisioner.ended == LOST else None)

    def why(self, error: Exception) -> str:
        ended = self._manager.provisioner.ended
        if isinstance(error, SandboxLost) or ended == LOST:
            return LOST
        return ended if isinstance(ended, str) else super().why(error)

    def create_kernel_manager(self) -> AsyncKernelManager:
        key = uuid.uuid4().hex
        order = Order(
            id=self._room_folder.name,
            folder=self._run.folder.name,
            environment={"NBGRADER_EXECUTION": "autograde", **self._run.variables},
            connection={"key": key, "signature_scheme": "hmac-sha256"},
            keep=list(self._run.keep),
            limits=self._limits,
        )
        largest = self._cell_room * _CHARACTER + _BESIDES
        self._manager = FencedKernelManager(
            self._room_folder, self._warm, order, largest, parent=self
        )
        self._manager.session.key = key.encode()
        self.km = self._manager
        return self._manager

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:  # noqa: ANN401
        before, ran_before = self.kc.left_out, self.code_cells_executed
        done = super().preprocess_cell(cell, resources, index)
        if self.code_cells_executed > ran_before:
            cell.execution_count = self.code_cells_executed
        if self.kc.left_out > before:
            _say_too_much(cell)
        return done

    @contextlib.contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:  # noqa: ANN401
        with super(Execute, self).setup_kernel(**kwargs), turn():
            self._manager.provisioner.begin()
            yield


def mark_not_run(notebook: NotebookNode, reason: str) -> None:
    """Give every code cell of a notebook an error in place of a run."""
    _mark_not_run(notebook.cells, reason)


def _mark_not_run(cells: Sequence[NotebookNode], reason: str) -> None:
    for cell in cells:
        if cell.cell_type == "code":
            _put_error_first(cell, "NotRun", reason)


def _say_too_much(cell: NotebookNode) -> None:
    """Tell once that outputs of a cell were left out."""
    names = [out.ename for out in cell.outputs if out.output_type == "error"]
    if "TooMuchOutput" not in names:
        _put_error_first(cell, "TooMuchOutput", "the rest is left out")


def _put_error_first(cell: NotebookNode, name: str, message: str) -> None:
    """Give a cell an error before its other outputs, where nbgrader looks first for a score."""
    trace = [f"{name}: {message}"]
    error = nbformat.v4.new_output("error", ename=name, evalue=message, traceback=trace)
    cell.outputs = [error, *cell.outputs]


def _size(content: Any) -> int:  # noqa: ANN401 - JSON
    """Return about how many characters a message holds."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(len(key) + _size(value) for key, value in content.items())
    if isinstance(content, list):
        return sum(map(_size, content))
    return 8
