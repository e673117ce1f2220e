"""The nbgrader preprocessor that re-runs a lesson and scores it in the trusted process."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute

from clientcourse import answers
from clientcourse.answers import Answer, Answers, survey_of
from clientcourse.authoring.cells import BY_PERSON, GRADE_CALL
from clientcourse.authoring.load import find_bank, load_course
from clientcourse.grading.exporter import UNREADABLE
from clientcourse.grading.grade import mark_cell
from clientcourse.grading.intake import RENAMED, copy_ordinary_files
from clientcourse.grading.outputs import quiz_output, scenario_output, score_output
from clientcourse.grading.reference import References
from clientcourse.grading.run import Run, mark_not_run, run_notebook
from clientcourse.grading.safe import safe_outputs, safe_words
from clientcourse.items import Bank
from clientcourse.language import Language
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.messages import say
from clientcourse.values import Json, given
from clientcourse.variants import VARIANT_VARIABLE, variant_of

_OUR_CELL = re.compile(re.escape(GRADE_CALL).replace(r"\{name\}", r"(?P<name>[a-z0-9-]+)"))


class ScoreLesson(Execute):  # type: ignore[misc]
    """Stands in for nbgrader's `Execute` among the autograde preprocessors.

    A notebook that is a lesson of the course is run, then every grade cell that calls
    `lesson.check` gets its score here, from the answer file and the bank. What such a cell is and
    what it is worth comes from the gradebook's own copy of it. Any other notebook, and any other
    grade cell in a lesson, is executed and scored as plain nbgrader does.
    """

    def preprocess(
        self,
        nb: NotebookNode,
        resources: dict[str, Any],
        km: Any = None,  # noqa: ANN401, ARG002 - nbgrader's signature
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run and score one submitted notebook; see nbgrader's `Execute.preprocess`."""
        about = resources["nbgrader"]
        module, lesson = about["assignment"], about["notebook"]
        root = Path(self.parent.parent.coursedir.root)
        folder = root / resources["metadata"]["path"]
        bank = find_bank(root, module, lesson)
        if bank is None:
            self._grade_classic(nb, folder)
            return nb, resources
        _leave_out_surveys(folder)
        rules = load_course(root).scoring
        released = LessonFile.model_validate_json(
            path_of(root / "source" / module, lesson).read_bytes()
        )
        language = released.language
        trainee = about["student"]
        variant = variant_of(trainee, released.variants)
        ours = _graded_cells(about["db_url"], module, lesson)
        clicked, remarks = _clicked_answers(folder, lesson, trainee, bank, language)
        if nb.metadata.get(UNREADABLE):
            remarks.append(say("notebook-unreadable", language))
        if name := nb.metadata.pop(RENAMED, None):
            remarks.append(say("notebook-renamed", language, name=name, lesson=lesson))
        sheet = Answers(lesson=lesson, trainee=trainee, variant=variant, answers=clicked)
        quizzes = {f"quiz-{quiz.id}": quiz for quiz in released.quizzes}
        scenarios = {f"scenario-{one.id}": one for one in bank.scenarios}
        shown_here = ours.keys() | quizzes.keys() | scenarios.keys()
        references = References.of(root, module, lesson, self.parent) if bank.coded() else None
        if references:
            references.prepare(variant)  # while others run what was submitted
        with _desk(folder, sheet) as desk:
            run = Run(
                desk,
                {VARIANT_VARIABLE: str(variant), "JUPYTERHUB_USER": trainee},
                keep=answers.files_of(lesson),
                # All that these cells would do is to show what is shown below.
                skip=lambda cell: _grade_id(cell) in shown_here,
            )
            stopped = run_notebook(nb, run, parent=self.parent)
            coded = _code_answers(desk, lesson)
        if stopped:
            remarks.append(say("run-stopped", language, reason=stopped))
        # What was clicked wins over what code records for the same question when it is re-run:
        # the answer file named the click as the last word.
        values = {**coded, **{id_: answer.value for id_, answer in clicked.items()}}
        expected = references.answers(variant) if references else {}
        for cell in nb.cells:
            grade_id = _grade_id(cell)
            if grade_id in ours:
                name, max_points = ours[grade_id]
                marked = mark_cell(bank, name, max_points, values, expected, rules)
                if not marked.items:
                    self.log.error("The bank has no graded quiz or exercise %s any more", name)
                cell.outputs = [score_output(marked, language, remarks)]
            elif grade_id in quizzes:
                cell.outputs = [quiz_output(quizzes[grade_id], values, language)]
            elif grade_id in scenarios:
                scenario = scenarios[grade_id]
                cell.outputs = [scenario_output(scenario, values.get(scenario.id), language)]
            else:
                _clean(cell)
        _fill_in_words(nb, bank, about, values)
        return nb, resources

    def _grade_classic(self, nb: NotebookNode, folder: Path) -> None:
        """Run a notebook whose own tests score it; one that is not there is worth nothing."""
        if nb.metadata.get(UNREADABLE):
            mark_not_run(nb, "the notebook is missing or cannot be read")
        else:
            run_notebook(nb, Run(folder), parent=self.parent)
        for cell in nb.cells:
            _clean(cell)


def _graded_cells(db_url: str, module: str, lesson: str) -> dict[str, tuple[str, float]]:
    """Return our grade cells as the gradebook has them: grade id -> (quiz or exercise, points)."""
    ours = {}
    with Gradebook(db_url) as gradebook:
        notebook = gradebook.find_notebook(lesson, module)
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        for cell in notebook.source_cells:
            call = _OUR_CELL.fullmatch(cell.source.strip())
            if call and cell.name in points:
                ours[cell.name] = (call["name"], float(points[cell.name]))
    return ours


def _fill_in_words(
    nb: NotebookNode, bank: Bank, about: dict[str, Any], values: Mapping[str, Json]
) -> None:
    """Put what was answered in words into the cells that a person marks.

    An unanswered one is left as it was released, for which nbgrader gives no points by itself.
    """
    in_cells = {item.id for item in bank.exercises}
    with Gradebook(about["db_url"]) as gradebook:
        released = gradebook.find_notebook(about["notebook"], about["assignment"]).source_cells
        sources = {cell.name: cell.source for cell in released}
    for item in bank.graded_by_person().values():
        name = f"{BY_PERSON}{item.id}"
        for cell in nb.cells:
            if _grade_id(cell) == name and name in sources:
                # In a cell of its own the answer follows the words that ask for it.
                own = cell.source.removeprefix(sources[name].strip()) if item.id in in_cells else ""
                words = own.strip() or given(item.public("en"), values)
                cell.source = str(words) if words else sources[name]


def _clean(cell: NotebookNode) -> None:
    """Make what a kernel said of a cell, which may be anything, fit to be opened."""
    if cell.cell_type == "code":
        cell.outputs = safe_outputs(cell.outputs)
        count = cell.execution_count
        cell.execution_count = count if isinstance(count, int) else None


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _clicked_answers(
    folder: Path, lesson: str, trainee: str, bank: Bank, language: Language
) -> tuple[dict[str, Answer], list[str]]:
    """Return the clicked answers of a submission and remarks on its answer file.

    Code answers are left out: running the submitted code makes them again, so only what it really
    produces counts.
    """
    submitted, trouble = answers.read(folder, lesson)
    if submitted is None:
        if trouble is None:
            return {}, [say("answers-missing", language)]
        return {}, [say("answers-unreadable", language, reason=safe_words(trouble))]
    if submitted.lesson != lesson:
        other = safe_words(submitted.lesson)
        return {}, [say("answers-of-another-lesson", language, lesson=other)]
    remarks = [say("answers-restored", language)] if trouble else []
    if submitted.trainee != trainee:
        other = safe_words(submitted.trainee)
        remarks.append(say("answers-of-another-trainee", language, trainee=other))
    questions = {item.id for quiz in bank.quizzes for item in quiz.items}
    questions |= {scenario.id for scenario in bank.scenarios}
    clicked = {
        id_: answer
        for id_, answer in submitted.answers.items()
        if id_ in questions and answer.by == "widget"
    }
    return clicked, remarks


def _leave_out_surveys(folder: Path) -> None:
    """Remove what trainees say of lessons from the copy of a submission that is graded.

    It is theirs to say without their names, and would come into `autograded/`, the feedback and the
    sight of whoever marks.
    """
    for path in folder.glob(survey_of("*") + ".*"):
        if path.is_file():
            path.unlink()


@contextlib.contextmanager
def _desk(folder: Path, sheet: Answers) -> Iterator[Path]:
    """Yield a folder for the run: the submitted files with this answer sheet.

    Whatever the run does to it, the folder that nbgrader reads and writes stays as it is.
    """
    with tempfile.TemporaryDirectory(
        prefix="clientcourse-run-", ignore_cleanup_errors=True
    ) as name:
        desk = Path(name) / folder.name
        desk.mkdir()
        copy_ordinary_files(folder, desk)
        for file in answers.files_of(sheet.lesson):
            if (desk / file).is_dir():
                shutil.rmtree(desk / file)
            (desk / file).write_bytes(sheet.dump())
        yield desk


def _code_answers(folder: Path, lesson: str) -> dict[str, Json]:
    recorded, _trouble = answers.read(folder, lesson)
    entries = recorded.answers if recorded else {}
    return {id_: answer.value for id_, answer in entries.items() if answer.by == "code"}
