"""Reads the text of a lesson, a MyST notebook, into cells whose purpose is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jupytext
from jupytext.myst import MystMetadataParsingError
from yaml import YAMLError

from clientcourse.authoring.problems import CourseProblems, Problem
from clientcourse.items import Bank, ShortItem
from clientcourse.language import Language

Purpose = Literal["text", "setup", "quiz", "exercise", "scenario", "short", "code", "figure"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_METHODS: dict[Purpose, str] = {"quiz": "quiz", "exercise": "answer", "scenario": "scenario"}
_TAGS: dict[str, Purpose] = {
    "quiz": "quiz",
    "exercise": "exercise",
    "scenario": "scenario",
    "hide-input": "figure",
}
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson.

    Parameters
    ----------
    purpose
        What the cell is for: `setup` opens the lesson, `figure` only draws and is folded, in
        `short` a trainee writes an answer in words.
    name
        Id of the quiz, exercise or scenario it is about; empty otherwise.
    """

    purpose: Purpose
    name: str
    source: str


def text_path(module: str, lesson: str, language: Language) -> Path:
    """Return where the text of a lesson lies, relative to the course's root folder."""
    return Path("course") / module / f"{lesson}.{language}.md"


def load_text(
    root: Path, module: str, lesson: str, language: Language, bank: Bank | None
) -> list[Cell]:
    """Read the text of a lesson and hold it against its bank, if that could be read.

    Raises
    ------
    CourseProblems
        With every mistake found in the file.
    """
    file = text_path(module, lesson, language)
    try:
        notebook = jupytext.reads((root / file).read_text(encoding="utf-8-sig"), fmt="md:myst")
    except FileNotFoundError:
        raise CourseProblems([Problem(file, 0, "", "there is no such file")]) from None
    except (MystMetadataParsingError, YAMLError, ValueError, TypeError) as error:
        message = f"not readable as a MyST notebook: {error}"
        raise CourseProblems([Problem(file, 0, "", message)]) from None
    problems: list[Problem] = []
    cells: list[Cell] = []
    for number, raw in enumerate(notebook.cells, 1):
        place = f"cell {number}"
        if raw.cell_type != "code":
            # Written in the text as +++ {"short": "…"} before the cell.
            name = str(raw.metadata.get("short", ""))
            cells.append(Cell("short" if name else "text", name, raw.source))
            continue
        cell, mistakes = _code_cell(raw.source, raw.metadata.get("tags", []), lesson)
        cells.append(cell)
        problems += [Problem(file, 0, place, mistake) for mistake in mistakes]
    if bank is not None:
        misfits = [*_misfits(cells, bank), *_lost_headings(cells, bank, language)]
        problems += [Problem(file, 0, place, mistake) for place, mistake in misfits]
    if problems:
        raise CourseProblems(problems)
    return cells


def _code_cell(source: str, tags: list[str], lesson: str) -> tuple[Cell, list[str]]:
    """Return a code cell and what is wrong with it."""
    purpose: Purpose = next((_TAGS[tag] for tag in tags if tag in _TAGS), "code")
    if unknown := [tag for tag in tags if tag not in _TAGS]:
        known = ", ".join(_TAGS)
        mistakes = [f"unknown tag {tag!r}; expected one of {known}" for tag in unknown]
        return Cell(purpose, "", source), mistakes
    try:
        calls = lesson_calls(ast.parse(source))
    except SyntaxError as error:
        return Cell(purpose, "", source), [f"line {error.lineno} is not Python: {error.msg}"]
    if ("Lesson", lesson) in calls:
        purpose = "setup"
    names = [name for method, name in calls if method == _METHODS.get(purpose)]
    mistakes = [*_misplaced(purpose, calls, lesson), *_malformed(purpose, names, source)]
    return Cell(purpose, names[0] if names else "", source), mistakes


def _misplaced(purpose: Purpose, calls: list[tuple[str, str]], lesson: str) -> Iterator[str]:
    """Yield which calls do not belong into a cell of this purpose."""
    tags = {method: tag for tag, method in _METHODS.items()}
    for method, name in calls:
        if method == "Lesson" and name != lesson:
            yield f'opens the lesson {name!r}; expected Lesson("{lesson}")'
        elif method == "check":
            yield f'lesson.check("{name}") is written by the builder; take it out'
        elif method in tags and method != _METHODS.get(purpose):
            yield f'lesson.{method}("{name}") needs a cell tagged {tags[method]!r}'


def _malformed(purpose: Purpose, names: list[str], source: str) -> Iterator[str]:
    """Yield what a cell of this purpose has too much or too little."""
    if purpose in {"quiz", "scenario"}:
        expected = [f'lesson.{purpose}("{name}")' for name in names]
        if [source.strip()] != expected:
            yield f'a {purpose} cell is the one line lesson.{purpose}("…") and nothing else'
    if purpose == "exercise" and len(names) != 1:
        yield 'an exercise cell calls lesson.answer("…", …) exactly once'
    if purpose == "exercise" and not _has_one_solution(source):
        yield f"an exercise cell has its solution between {BEGIN} and {END}"
    if purpose != "exercise" and (BEGIN in source or END in source):
        yield "a solution stands in a cell that is not tagged 'exercise'"


def _has_one_solution(source: str) -> bool:
    marks = [line.strip() for line in source.splitlines() if line.strip() in {BEGIN, END}]
    return marks == [BEGIN, END]


def lesson_calls(tree: ast.AST) -> list[tuple[str, str]]:
    """Return `(method, first argument)` of every call such as `lesson.quiz("name")`.

    `Lesson("name")` is returned as `("Lesson", "name")`.
    """
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="lesson"), attr=method),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.append((method, name))
            case ast.Call(func=ast.Name(id="Lesson"), args=[ast.Constant(value=str(name)), *_]):
                found.append(("Lesson", name))
    return found


def title_of(root: Path, module: str, lesson: str, language: Language) -> str:
    """Return what a lesson is called: its first heading, or its id where it has none."""
    return next(headings(load_text(root, module, lesson, language, None)), lesson)


def headings(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield the headings of a text in their order."""
    for cell in cells:
        if cell.purpose == "text":
            yield from (found.strip() for found in _HEADING.findall(cell.source))


def _misfits(cells: list[Cell], bank: Bank) -> list[tuple[str, str]]:
    """Return what the text and the bank do not agree on, as (place, mistake)."""
    mistakes = []
    if [cell.purpose for cell in cells].count("setup") != 1:
        mistakes.append(("", 'expected exactly one cell with lesson = Lesson("…")'))
    written = [item.id for item in bank.exercises if isinstance(item, ShortItem)]
    for purpose, known in (
        ("quiz", [quiz.id for quiz in bank.quizzes]),
        ("exercise", [item.id for item in bank.exercises if item.id not in written]),
        ("short", written),
        ("scenario", [scenario.id for scenario in bank.scenarios]),
    ):
        used = [cell.name for cell in cells if cell.purpose == purpose and cell.name]
        mistakes += [
            (f"{purpose} {name}", f"the bank has no such {purpose}; it has {', '.join(known)}")
            for name in dict.fromkeys(used)
            if name not in known
        ]
        mistakes += [
            (
                f"{purpose} {name}",
                f"stands in the bank but {used.count(name)} times in the text; expected once",
            )
            for name in known
            if used.count(name) != 1
        ]
    return mistakes


def _lost_headings(cells: list[Cell], bank: Bank, language: Language) -> Iterator[tuple[str, str]]:
    """Yield where the bank names a heading that the text does not have."""
    known = set(headings(cells))
    named = [(f"{item.id}: reread", item.reread) for item in bank.items() if item.reread]
    named += [("teaches: under", entry.under) for entry in bank.teaches]
    for place, heading in named:
        if heading[language] not in known:
            message = f"the text has no heading {heading[language]!r}; expected the words of one"
            yield place, message
