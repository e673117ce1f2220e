"""Model trainees: each works on a fetched module as a person would, from a fixed plan.

Clicks go through the quiz widget's own protocol, code goes into the notebook's cells.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.text import BEGIN, END
from clientcourse.errors import CourseError
from clientcourse.items import Bank, Exercise, ShortItem
from clientcourse.lesson import Lesson
from clientcourse.simulation.answers import Asked, Clicked, right_answer
from clientcourse.simulation.cohort import SimulatedTrainee

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from clientcourse.values import Json
    from clientcourse.widgets.saving import SavingWidget

Code = str
Wish = Callable[[int, Clicked], "Json"]
"""What a trainee answers to the question or scenario of that number in a lesson; `None` leaves it
open."""
Coding = Callable[[int, Exercise, Code], "Code | None"]
"""What a trainee writes for the exercise of that number, given its solution; `None`: nothing."""

_SEED = 2026
"""Of the difficulties and of the chances of those who neither know everything nor nothing."""


@dataclass(frozen=True)
class Desk:
    """Where a trainee works on one lesson.

    Parameters
    ----------
    folder
        The fetched module.
    lesson
        Name of the lesson.
    bank
        Its items with keys: a model trainee knows what it should know.
    solutions
        Code of the source notebook's solutions by exercise id.
    """

    folder: Path
    lesson: str
    bank: Bank
    solutions: Mapping[str, Code]

    @property
    def notebook(self) -> Path:
        """The trainee's notebook."""
        return self.folder / f"{self.lesson}.ipynb"


@dataclass(frozen=True)
class ModelTrainee:
    """A trainee with a plan.

    Parameters
    ----------
    name
        The trainee's id.
    wish, coding
        What it answers and what it writes.
    mishap
        What happens to its files in the end.
    """

    name: str
    wish: Wish
    coding: Coding
    mishap: Callable[[Desk], None] = lambda _desk: None

    def work(self, desk: Desk) -> None:
        """Answer the quizzes, fill in the exercises and save the notebook."""
        with _signed_in(self.name):
            lesson = Lesson(desk.lesson, desk.folder)
            numbers = iter(range(1, 1000))
            for quiz in desk.bank.quizzes:
                if quiz.use == "graded":
                    wishes = {q.id: self.wish(next(numbers), q) for q in quiz.items}
                    _click(partial(lesson.quiz, quiz.id), wishes)
            for one in desk.bank.scenarios:
                if one.use == "graded":
                    wishes = {one.id: self.wish(next(numbers), one)}
                    _click(partial(lesson.scenario, one.id), wishes)
        codes = {
            exercise.id: self.coding(number, exercise, desk.solutions[exercise.id])
            for number, exercise in enumerate(desk.bank.exercises, 1)
            if not isinstance(exercise, ShortItem)
        }
        words = {
            exercise.id: self.wish(next(numbers), exercise)
            for exercise in desk.bank.exercises
            if isinstance(exercise, ShortItem)
        }
        notebook = nbformat.read(desk.notebook, as_version=4)
        fill_in(notebook, codes, words)
        nbformat.write(notebook, desk.notebook)
        self.mishap(desk)


def solutions(source_notebook: Path) -> dict[str, Code]:
    """Return the solution code of every exercise in a source notebook, by exercise id."""
    found = {}
    region = re.compile(f"{re.escape(BEGIN)}\n(.*?){re.escape(END)}", re.DOTALL)
    for cell in nbformat.read(source_notebook, as_version=4).cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        code = region.search(cell.source)
        if code and grade_id.startswith("exercise-"):
            found[grade_id.removeprefix("exercise-")] = code[1].rstrip()
    return found


@contextlib.contextmanager
def _signed_in(name: str) -> Iterator[None]:
    before = os.environ.get("JUPYTERHUB_USER")
    os.environ["JUPYTERHUB_USER"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTERHUB_USER"]
        else:
            os.environ["JUPYTERHUB_USER"] = before


def _click(open_widget: Callable[[], SavingWidget], wishes: Mapping[str, Json]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):  # the plain version, shown in notebooks
        widget = open_widget()
        replies: list[Mapping[str, Any]] = []
        widget.send = replies.append
        for number, (item, value) in enumerate(wishes.items(), 1):
            if value is not None:
                click = {"kind": "answer", "sender": "demo", "seq": number}
                # Where the browser's clicks arrive.
                widget._handle_custom_msg({**click, "item": item, "value": value}, [])  # noqa: SLF001
    refused = [reply["message"] for reply in replies if reply["kind"] != "saved"]
    if refused:
        raise CourseError("; ".join(refused))


def fill_in(
    notebook: NotebookNode, codes: Mapping[str, Code | None], words: Mapping[str, Json]
) -> None:
    """Write code and words into the cells of a released notebook, which is changed.

    Parameters
    ----------
    codes
        By exercise id; `None` leaves the cell as it is.
    words
        By id of what is written in a cell of its own; likewise.
    """
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        code = codes.get(grade_id.removeprefix("exercise-"))
        if grade_id.startswith("exercise-") and code is not None:
            cell.source = cell.source.replace("lesson.answer(", f"{code}\nlesson.answer(", 1)
        written = words.get(grade_id.removeprefix(BY_PERSON))
        if grade_id.startswith(BY_PERSON) and isinstance(written, str):
            cell.source = written


# What they answer.


def right(_number: int, item: Clicked) -> Json:
    """Answer with the key."""
    return right_answer(item, "zh")


def nothing(_number: int, _item: Clicked) -> Json:
    """Leave it open."""
    return None


def every_second(number: int, question: Clicked) -> Json:
    """Answer every second question with the key and leave the others open."""
    return right(number, question) if number % 2 else None


# What they write.


def solved(_number: int, _exercise: Exercise, solution: Code) -> Code:
    """Write the solution."""
    return solution


def unwritten(_number: int, _exercise: Exercise, _solution: Code) -> None:
    """Write nothing."""


def first_solved(number: int, _exercise: Exercise, solution: Code) -> Code | None:
    """Write only the first solution."""
    return solution if number == 1 else None


def crash(number: int, _exercise: Exercise, _solution: Code) -> Code:
    """Write code that fails; from the second exercise on so badly that the kernel dies."""
    return "1 / 0" if number == 1 else "import os; os._exit(1)"


def loop_first(number: int, _exercise: Exercise, solution: Code) -> Code:
    """Write a loop without end first, then solutions."""
    return "while True:\n    pass" if number == 1 else solution


# What happens to their files.


def delete_a_grade_cell(desk: Desk) -> None:
    """Delete the first quiz's grade cell and the quiz cell itself."""
    notebook = nbformat.read(desk.notebook, as_version=4)
    first = next(quiz.id for quiz in desk.bank.quizzes if quiz.use == "graded")
    notebook.cells = [cell for cell in notebook.cells if not _is_about(cell, first)]
    nbformat.write(notebook, desk.notebook)


def _is_about(cell: NotebookNode, quiz: str) -> bool:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return grade_id in {f"quiz-{quiz}", f"grade-{quiz}"}


def damage_the_answer_file(desk: Desk) -> None:
    """Cut the answer file off in the middle."""
    path = desk.folder / f"{desk.lesson}.answers.json"
    path.write_bytes(path.read_bytes()[:200])


def average(name: str, ability: float) -> ModelTrainee:
    """Return a trainee who knows what somebody of this ability would, and else makes mistakes."""
    simulated = SimulatedTrainee(name, ability, seed=_SEED)
    return ModelTrainee(
        name,
        lambda _number, item: simulated.answer(Asked(item, "zh")),
        lambda _number, exercise, solution: solution if simulated.knows(exercise.id) else None,
    )


def cohort() -> list[ModelTrainee]:
    """Return the twelve model trainees of the demo."""
    averages = [
        average(f"average-{number}", ability)
        for number, ability in enumerate((-0.8, -0.2, 0.3, 0.9, 1.6), 1)
    ]
    return [
        ModelTrainee("perfect", right, solved),
        ModelTrainee("empty", nothing, unwritten),
        ModelTrainee("half", every_second, first_solved),
        *averages,
        ModelTrainee("crashing", right, crash),
        ModelTrainee("looping", right, loop_first),
        ModelTrainee("deleted-cell", right, solved, delete_a_grade_cell),
        ModelTrainee("damaged-file", right, solved, damage_the_answer_file),
    ]
