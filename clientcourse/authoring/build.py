"""Builds `source/`, nbgrader's instructor version, from `course/`: the same bytes every time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from clientcourse.authoring.cells import BY_PERSON, GRADE_CALL
from clientcourse.authoring.lesson import AuthoredLesson, load_authored
from clientcourse.authoring.text import BEGIN, END
from clientcourse.items import ShortItem
from clientcourse.language import Language
from clientcourse.lesson_file import SUFFIX
from clientcourse.messages import say


def build(root: Path, language: Language | None = None) -> dict[Path, bytes]:
    """Return every file of `source/` by its path below that folder.

    Parameters
    ----------
    root
        The folder that holds `course/`.
    language
        Language of the notebooks; the course's own if not given.

    Raises
    ------
    CourseProblems
        With every mistake in the course.
    """
    authored = load_authored(root)
    chosen = language or authored.course.language
    files: dict[Path, bytes] = {}
    for lesson in authored.lessons:
        folder = Path(lesson.module)
        notebook = _notebook(lesson, chosen)
        files[folder / f"{lesson.name}.ipynb"] = notebook.encode()
        public = lesson.public(authored.course, authored.survey, chosen).dump()
        files[folder / f"{lesson.name}{SUFFIX}"] = public.encode()
    return files


def write(files: Mapping[Path, bytes], folder: Path) -> list[Path]:
    """Make the modules in a folder be exactly these files; return what changed."""
    changed = stale(files, folder)
    for path in changed:
        if path in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(files[path])
        else:
            (folder / path).unlink()
    return changed


def stale(files: Mapping[Path, bytes], folder: Path) -> list[Path]:
    """Return the paths in which the modules of a folder differ from these files.

    Every subfolder is a module; what Jupyter leaves behind for itself does not count.
    """
    there = {
        path.relative_to(folder)
        for path in folder.glob("*/**/*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    differ = {
        path for path in files if path not in there or (folder / path).read_bytes() != files[path]
    }
    return sorted(differ | (there - files.keys()))


def _notebook(lesson: AuthoredLesson, language: Language) -> str:
    cells = [
        nbformat.from_dict({"id": _cell_id(lesson.name, name), **cell})
        for name, cell in _cells(lesson, language)
    ]
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py"},
        },
    )
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"  # type: ignore[no-any-return]


def _cell_id(lesson: str, name: str) -> str:
    return hashlib.sha256(f"{lesson}/{name}".encode()).hexdigest()[:12]


def _cells(lesson: AuthoredLesson, language: Language) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each cell of the notebook with a name that is unique in it."""
    for number, cell in enumerate(lesson.texts[language]):
        match cell.purpose:
            case "text":
                yield (
                    f"text-{number}",
                    {
                        "cell_type": "markdown",
                        "metadata": {},
                        "source": cell.source,
                    },
                )
            case "code":
                yield f"code-{number}", _code(cell.source, {})
            case "figure":
                yield f"figure-{number}", _code(cell.source, {"jupyter": {"source_hidden": True}})
            case "setup":
                yield "setup", _code(cell.source, _locked("setup"))
            case "quiz" | "scenario":
                name = f"{cell.purpose}-{cell.name}"
                yield name, _code(cell.source, _locked(name))
                yield from _grade_cells(lesson, cell.name, language)
            case "exercise":
                name = f"exercise-{cell.name}"
                yield name, _code(cell.source, {"nbgrader": _nbgrader(name, solution=True)})
                yield from _grade_cells(lesson, cell.name, language)
            case "short":
                item = lesson.bank.graded_by_person()[cell.name]
                yield _cell_for_a_person(item, cell.source, language, {})


def _grade_cells(
    lesson: AuthoredLesson, name: str, language: Language
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cells that give a quiz, exercise or scenario its points."""
    points = sum(item.points for item in lesson.bank.auto_graded(name))
    if points:
        yield _grade_cell(name, points)
    for quiz in lesson.bank.quizzes:
        for number, item in enumerate(quiz.items, 1):
            if quiz.id == name and quiz.use == "graded" and isinstance(item, ShortItem):
                title = quiz.title[language]
                source = say(
                    "marked-by-person",
                    language,
                    title=title,
                    number=number,
                    points=f"{item.points:g}",
                )
                metadata = {"deletable": False, "editable": False}
                yield _cell_for_a_person(item, source, language, metadata)


def _grade_cell(cell: str, points: float) -> tuple[str, dict[str, Any]]:
    name = f"grade-{cell}"
    metadata = {
        "deletable": False,
        "editable": False,
        "nbgrader": {**_nbgrader(name, grade=True, locked=True), "points": points},
    }
    return name, _code(GRADE_CALL.format(name=cell), metadata)


def _cell_for_a_person(
    item: ShortItem, source: str, language: Language, metadata: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the cell that shows an answer in words to whoever marks it.

    The model answer stands where nbgrader takes solutions out of the release.
    """
    name = f"{BY_PERSON}{item.id}"
    about = {**_nbgrader(name, grade=True, solution=True), "points": item.points}
    return name, {
        "cell_type": "markdown",
        "metadata": {**metadata, "nbgrader": about},
        "source": f"{source}\n\n{BEGIN}\n{item.model_answer[language]}\n{END}",
    }


def _locked(name: str) -> dict[str, Any]:
    return {"deletable": False, "editable": False, "nbgrader": _nbgrader(name, locked=True)}


def _nbgrader(
    name: str, *, grade: bool = False, solution: bool = False, locked: bool = False
) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _code(source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }
