"""Reference answers: what the source notebook's own solutions record for a variant."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from filelock import FileLock

import clientcourse
from clientcourse import answers
from clientcourse.errors import CourseError
from clientcourse.grading.run import Run, run_notebook
from clientcourse.lesson_file import path_of
from clientcourse.variants import VARIANT_VARIABLE

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode
    from traitlets.config import Configurable

    from clientcourse.values import Json

REFERENCE_TRAINEE = "reference"

_ALL_AT_ONCE = """
for _number, _source in {sources}.items():
    _done = get_ipython().run_cell(_source, silent=True)
    if not _done.success:
        _error = _done.error_before_exec or _done.error_in_exec
        raise RuntimeError(f"cell {{_number}}: {{type(_error).__name__}}: {{_error}}")
"""


class NoReference(CourseError):
    """The reference answers of a lesson could not be worked out."""


def reference_answers(
    root: Path, module: str, lesson: str, variant: int, parent: Configurable | None = None
) -> dict[str, Json]:
    """Return the reference answers of a lesson's data exercises, by item id.

    They are worked out once for each content of the source notebook and each variant, and kept
    in `build/references/`.

    Parameters
    ----------
    root
        The course's root folder.
    module, lesson, variant
        Which lesson, for which client list.
    parent
        Owner of the configuration of the run.

    Raises
    ------
    NoReference
        If the source notebook is missing or one of its cells fails.
    """
    notebook = root / "source" / module / f"{lesson}.ipynb"
    public = path_of(notebook.parent, lesson)
    try:
        content = _digest(notebook, public)
    except FileNotFoundError as error:
        raise NoReference(
            f"{error.filename} is missing; run `clientcourse build` in {root}"
        ) from None
    cached = root / "build" / "references" / f"{module}-{lesson}-{content}-{variant}.json"
    with contextlib.suppress(FileNotFoundError):
        return dict(json.loads(cached.read_bytes()))
    cached.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(cached.with_suffix(".lock")):
        # Another grader may have worked them out meanwhile.
        with contextlib.suppress(FileNotFoundError):
            return dict(json.loads(cached.read_bytes()))
        found = _run_source(notebook, public, lesson, variant, parent)
        answers.write_safely(cached, json.dumps(found, ensure_ascii=False).encode())
    return found


def _digest(*files: Path) -> str:
    """Return a hash of these files and of the code that makes and records the data."""
    package = Path(clientcourse.__file__).parent
    made_by = sorted([*package.glob("*.py"), *package.glob("items/*.py")])
    digest = hashlib.sha256()
    for file in [*files, *made_by]:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _run_source(
    notebook: Path, public: Path, lesson: str, variant: int, parent: Configurable | None
) -> dict[str, Json]:
    source = nbformat.read(notebook, as_version=4)
    sources = {
        number: cell.source
        for number, cell in enumerate(source.cells, 1)
        if cell.cell_type == "code" and not _is_for_trainees(cell)
    }
    # All in one cell and in silence: tables and figures would be made for nobody.
    source.cells = [nbformat.v4.new_code_cell(_ALL_AT_ONCE.format(sources=sources))]
    with tempfile.TemporaryDirectory(prefix="clientcourse-reference-") as name:
        folder = Path(name)
        shutil.copy(public, folder)
        variables = {VARIANT_VARIABLE: str(variant), "JUPYTERHUB_USER": REFERENCE_TRAINEE}
        run = Run(folder, variables, keep=answers.files_of(lesson))
        stopped = run_notebook(source, run, parent)
        recorded, trouble = answers.read(folder, lesson)
    failed = [
        f"{output.ename}: {output.evalue}"
        for output in source.cells[0].outputs
        if output.output_type == "error"
    ]
    if stopped or failed or trouble or recorded is None:
        why = "; ".join(filter(None, [stopped, trouble, *failed])) or "it records no answer"
        raise NoReference(f"{notebook} does not run: {why}")
    return {id_: answer.value for id_, answer in recorded.answers.items()}


def _is_for_trainees(cell: NotebookNode) -> bool:
    """Tell of quizzes, scenarios and grade cells, which record no reference answer."""
    grade_id = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return grade_id.startswith(("quiz-", "scenario-", "grade-"))
