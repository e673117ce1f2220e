"""Reference answers: what the source notebook's own solutions record for a variant."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from filelock import FileLock, Timeout

import clientcourse
from clientcourse import answers
from clientcourse.errors import CourseError
from clientcourse.files import write_safely
from clientcourse.grading.run import Run, run_notebook
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.variants import VARIANT_VARIABLE

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode
    from traitlets.config import Configurable

    from clientcourse.values import Json

REFERENCE_TRAINEE = "reference"
_POLL = 0.01  # seconds; a run takes less than half a second

# In silence: tables and figures would be made for nobody.
_SET_UP = """
def _record(variant):
    import os
    os.environ["{variable}"] = str(variant)
    for number, source in {sources}.items():
        done = get_ipython().run_cell(source, silent=True)
        if not done.success:
            error = done.error_before_exec or done.error_in_exec
            raise RuntimeError(f"cell {{number}}: {{type(error).__name__}}: {{error}}")
    os.replace("{file}", f"{{variant}}.json")
    os.unlink("{backup}")
"""


class NoReference(CourseError):
    """The reference answers of a lesson could not be worked out, so nothing of it is graded."""


class _Stopped(NoReference):
    """The run of the source notebook came to no end of its own."""


@dataclass(frozen=True)
class References:
    """The reference answers of a lesson's data exercises.

    They are worked out once for each content of the source notebook, for all variants in one run,
    and kept in `build/references/`.

    Parameters
    ----------
    notebook
        The lesson's source notebook, which is run.
    public
        The lesson file beside it.
    folder
        Where they are kept, a file for each variant.
    parent
        Owner of the configuration of the run.
    """

    notebook: Path
    public: Path
    folder: Path
    parent: Configurable | None

    @classmethod
    def of(
        cls, root: Path, module: str, lesson: str, parent: Configurable | None = None
    ) -> References:
        """Return those of a lesson of the course in a root folder.

        Raises
        ------
        NoReference
            If the source notebook is missing.
        """
        notebook = root / "source" / module / f"{lesson}.ipynb"
        public = path_of(notebook.parent, lesson)
        try:
            content = _digest(notebook, public)
        except FileNotFoundError as error:
            raise NoReference(
                f"{error.filename} is missing; run `clientcourse build` in {root}"
            ) from None
        folder = root / "build" / "references" / f"{module}-{lesson}-{content}"
        folder.mkdir(parents=True, exist_ok=True)
        return cls(notebook, public, folder, parent)

    def prepare(self, variant: int) -> None:
        """Work them out unless they are known or another grader is at it: nobody waits.

        Raises
        ------
        NoReference
            If a cell of the source notebook fails.
        """
        if not self._file(variant).exists():
            with contextlib.suppress(Timeout), self._lock().acquire(blocking=False):
                self._work_out(variant)

    def answers(self, variant: int) -> dict[str, Json]:
        """Return those for one variant by item id; wait for another grader that is at it.

        Raises
        ------
        NoReference
            If a cell of the source notebook fails.
        """
        if not self._file(variant).exists():
            with self._lock():
                self._work_out(variant)
        return dict(json.loads(self._file(variant).read_bytes()))

    def _lock(self) -> FileLock:
        return FileLock(self.folder.with_suffix(".lock"), poll_interval=_POLL)

    def _file(self, variant: int) -> Path:
        return self.folder / f"{variant}.json"

    def _work_out(self, variant: int) -> None:
        if self._file(variant).exists():  # another grader has done it meanwhile
            return
        try:
            found = _run_source(self.notebook, self.public, self.parent)
        except _Stopped:  # by no fault of the notebook, perhaps
            found = _run_source(self.notebook, self.public, self.parent)
        for number, recorded in found.items():
            data = json.dumps(recorded, ensure_ascii=False).encode()
            write_safely(self._file(number), data)


def _digest(*files: Path) -> str:
    """Return a hash of these files and of the code that makes and records the data."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update(_digest_of_code())
    return digest.hexdigest()[:16]


@cache  # what is imported is what runs, whatever becomes of the files
def _digest_of_code() -> bytes:
    package = Path(clientcourse.__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*package.glob("*.py"), *package.glob("items/*.py")]):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _run_source(
    notebook: Path, public: Path, parent: Configurable | None
) -> dict[int, dict[str, Json]]:
    """Return what a source notebook records, by variant and item id."""
    source = nbformat.read(notebook, as_version=4)
    sources = {
        number: cell.source
        for number, cell in enumerate(source.cells, 1)
        if cell.cell_type == "code" and not _is_for_trainees(cell)
    }
    file, backup = answers.files_of(notebook.stem)
    set_up = _SET_UP.format(variable=VARIANT_VARIABLE, sources=sources, file=file, backup=backup)
    variants = range(LessonFile.model_validate_json(public.read_bytes()).variants)
    source.cells = [
        nbformat.v4.new_code_cell(code)
        for code in [set_up, *(f"_record({variant})" for variant in variants)]
    ]
    kept = {variant: f"{variant}.json" for variant in variants}
    with tempfile.TemporaryDirectory(prefix="clientcourse-reference-") as name:
        folder = Path(name)
        shutil.copy(public, folder)
        run = Run(folder, {"JUPYTERHUB_USER": REFERENCE_TRAINEE}, keep=tuple(kept.values()))
        stopped = run_notebook(source, run, parent)
        failed = [
            f"{output.ename}: {output.evalue}"
            for cell in source.cells
            for output in cell.outputs
            if output.output_type == "error"
        ]
        if stopped or failed:
            why = "; ".join(filter(None, [stopped, *failed[:1]]))
            error = _Stopped if stopped else NoReference
            raise error(
                f"{notebook} does not run ({why}), so exercises cannot be scored. Correct its "
                "solution, build the course again and grade again."
            )
        sheets = {
            variant: answers.parse((folder / name).read_bytes()) for variant, name in kept.items()
        }
    return {
        variant: {id_: answer.value for id_, answer in sheet.answers.items()}
        for variant, sheet in sheets.items()
    }


def _is_for_trainees(cell: NotebookNode) -> bool:
    """Tell of quizzes, scenarios and grade cells, which record no reference answer."""
    grade_id = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return grade_id.startswith(("quiz-", "scenario-", "grade-"))
