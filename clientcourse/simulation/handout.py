"""A released lesson, and what a model trainee hands in of it: the same bytes for the same seed."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from clientcourse.answers import Answer, Answers, files_of
from clientcourse.authoring.load import load_bank, load_survey
from clientcourse.demo.trainees import fill_in, solutions
from clientcourse.items import Bank, Item, ShortItem, Survey
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.simulation.answers import Asked
from clientcourse.simulation.coding import Coded
from clientcourse.simulation.survey import survey_answers
from clientcourse.simulation.timing import moments
from clientcourse.variants import variant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat.notebooknode import NotebookNode

    from clientcourse.simulation.cohort import SimulatedTrainee
    from clientcourse.values import Json

_FOR_SURVEY = dt.timedelta(seconds=15)
"""Between the answers of the survey."""


@dataclass(frozen=True)
class Handout:
    """A lesson as it is handed out, with all that is needed to do it.

    Parameters
    ----------
    public
        The released lesson file.
    released
        The released notebook.
    solutions
        Code of the source notebook's solutions by exercise id.
    """

    public: LessonFile
    released: NotebookNode
    bank: Bank
    survey: Survey | None
    solutions: Mapping[str, str]

    @classmethod
    def of(cls, course: Path, module: str, lesson: str) -> Handout:
        """Return a lesson of a course folder that holds `source/` and `release/`."""
        folder = course / "release" / module
        return cls(
            LessonFile.model_validate_json(path_of(folder, lesson).read_bytes()),
            nbformat.read(folder / f"{lesson}.ipynb", as_version=4),
            load_bank(course, module, lesson),
            load_survey(course),
            solutions(course / "source" / module / f"{lesson}.ipynb"),
        )

    def done_by(self, trainee: SimulatedTrainee, end: dt.datetime) -> dict[str, bytes]:
        """Return the files that a trainee hands in, by name.

        Parameters
        ----------
        end
            When the trainee comes to the end of the lesson.
        """
        lesson = self.public.lesson
        given = {id_: trainee.answer(asked) for id_, asked in self._asked.items()}
        times = moments(trainee, list(self._in_order()), end)
        clicked = {
            id_: Answer(value=given[id_], at=at, by="widget")
            for id_, at in times.items()
            if id_ in given and id_ not in self._in_cells and given[id_] is not None
        }
        said = survey_answers(trainee, lesson, self.survey, self.public.language)
        rated = {
            id_: Answer(
                value=value, at=(end + number * _FOR_SURVEY).astimezone(dt.UTC), by="widget"
            )
            for number, (id_, value) in enumerate(said.items(), 1)
        }
        workings = {one.id: trainee.work(one).then for one in self.bank.coded()}
        words = {id_: given[id_] for id_ in self._in_cells}
        return {
            f"{lesson}.ipynb": self._notebook(workings, words),
            path_of(Path(), lesson).name: self._public_file,
            **self._answer_files(trainee, lesson, clicked),
            **self._answer_files(trainee, f"{lesson}.survey", rated),
        }

    def _answer_files(
        self, trainee: SimulatedTrainee, name: str, answers: Mapping[str, Answer]
    ) -> dict[str, bytes]:
        """Return an answer file and its backup; none where nothing was answered."""
        sheet = Answers(
            lesson=name,
            trainee=trainee.name,
            variant=variant_of(trainee.name, self.public.variants),
            answers=dict(answers),
        )
        return dict.fromkeys(files_of(name), sheet.dump()) if answers else {}

    def _notebook(self, workings: Mapping[str, str | None], words: Mapping[str, Json]) -> bytes:
        """Return the notebook in which this is written; large cohorts write the same many times."""
        written = json.dumps([workings, words])
        if written not in self._notebooks:
            self._notebooks[written] = self._filled(workings, words)
        return self._notebooks[written]

    def _filled(self, workings: Mapping[str, str | None], words: Mapping[str, Json]) -> bytes:
        notebook = copy.deepcopy(self.released)
        codes = {id_: self.solutions[id_] if then else None for id_, then in workings.items()}
        fill_in(notebook, codes, words)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            then = workings.get(grade_id.removeprefix("exercise-"))
            if grade_id.startswith("exercise-") and then:
                cell.source = hand_over(cell.source, then)
        return f"{nbformat.writes(notebook)}\n".encode()

    @cached_property
    def _notebooks(self) -> dict[str, bytes]:
        return {}

    @cached_property
    def _asked(self) -> dict[str, Asked]:
        """All that is answered in widgets or in words."""
        items = [item for item in self.bank.items() if not isinstance(item, Coded)]
        return {item.id: Asked(item, self.public.language) for item in items}

    @cached_property
    def _public_file(self) -> bytes:
        return self.public.dump().encode()

    @cached_property
    def _in_cells(self) -> list[str]:
        """What is written in a cell of its own."""
        return [item.id for item in self.bank.exercises if isinstance(item, ShortItem)]

    def _in_order(self) -> Iterator[Item]:
        """Yield all items in the order of the text."""
        parts: dict[str, list[Item]] = {quiz.id: [*quiz.items] for quiz in self.bank.quizzes}
        parts |= {one.id: [one] for one in [*self.bank.exercises, *self.bank.scenarios]}
        for name in self.public.order:
            yield from parts.get(name, [])


def hand_over(source: str, then: str) -> str:
    """Return the code of an exercise with something done to what it hands over.

    Parameters
    ----------
    source
        Calls `lesson.answer` once.
    then
        An expression in which `{}` stands for what was handed over.

    Examples
    --------
    >>> hand_over('lesson.answer("late-ones", late)', "{}.head(0)")
    'lesson.answer("late-ones", late.head(0))'
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="answer"), args=[name, value]):
                old = ast.get_source_segment(source, node) or ""
                given = ast.unparse(value)
                given = given if isinstance(value, ast.Name) else f"({given})"
                new = f'lesson.answer("{ast.literal_eval(name)}", {then.format(given)})'
                return source.replace(old, new)
    return source
