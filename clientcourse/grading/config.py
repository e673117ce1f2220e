"""Makes an nbgrader course grade with clientcourse: only sets configuration."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearOutput,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from clientcourse.authoring.in_widget import AnsweredInWidget
from clientcourse.authoring.load import load_course
from clientcourse.grading.dropped import CreditDropped
from clientcourse.grading.exporter import ForgivingExporter
from clientcourse.grading.feedback import FeedbackExporter
from clientcourse.grading.gradebook import wait_for_each_other
from clientcourse.grading.intake import take_in_first
from clientcourse.grading.preprocessor import ScoreLesson
from clientcourse.grading.restore import RestoreCells
from clientcourse.grading.rubric import ShowRubric
from clientcourse.grading.text import CleanText
from clientcourse.language import Language, Text
from clientcourse.lesson_file import SUFFIX, LessonFile

if TYPE_CHECKING:
    from traitlets.config import Config

_YOUR_CODE = Text(
    zh="# ↑ 在这里写你的代码，标点用英文的；写完按 Shift + Enter 运行",
    en="# ↑ your code goes here; then press Shift + Enter to run it",
)


def configure(c: Config, root: Path, language: Language | None = None) -> None:
    """Set everything that nbgrader needs for a course of ours.

    Parameters
    ----------
    c
        nbgrader's configuration.
    root
        The course's root folder, which holds `course/`, `source/` and `release/`.
    language
        Language of what trainees get; that of `source/` if not given, or the course's own before
        the first build.
    """
    course = load_course(root)
    grade_with_clientcourse(c, root)
    ours = [*GenerateAssignment.preprocessors.default(), AnsweredInWidget]
    c.GenerateAssignment.preprocessors = ours
    c.CourseDirectory.course_id = course.id
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "__pycache__",
        "*.pyc",
        "feedback",
        ".*.answers.json.*",
    ]
    _speak(c, language or built_language(root) or course.language)


def grade_with_clientcourse(c: Config, root: Path) -> None:
    """Let clientcourse grade a course, which need not be one of ours, and nothing else.

    Classic assignments are then run behind the fence, by nbgrader's commands and by
    `clientcourse grade`.

    Parameters
    ----------
    c
        nbgrader's configuration.
    root
        The course's root folder.
    """
    c.CourseDirectory.root = str(root)
    take_in_first()
    wait_for_each_other()
    _find_alembic()
    c.Autograde.exporter_class = ForgivingExporter
    # No CheckCellMetadata: RestoreCells leaves no metadata of the submission to be checked.
    c.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, RestoreCells]
    c.Autograde.autograde_preprocessors = [
        ScoreLesson,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        CreditDropped,
        AssignLatePenalties,
        ShowRubric,
        CleanText,
    ]
    # A trainee who deleted a grade cell still gets what its answers are worth.
    c.RestoreCells.add_missing_cells = True
    # A notice in such a cell would pass for the trainee's own words.
    c.RestoreCells.missing_cell_notification = ""


def built_language(root: Path) -> Language | None:
    """Return the language that `source/` was built in; `None` before the first build."""
    for path in sorted((root / "source").glob(f"*/*{SUFFIX}")):
        return LessonFile.model_validate_json(path.read_bytes()).language
    return None


def _speak(c: Config, language: Language) -> None:
    # An unanswered exercise keeps its `name = ...`; an exception here would only frighten.
    c.ClearSolutions.code_stub = {"python": _YOUR_CODE[language]}
    # What is written in words has its own request in the cell.
    c.ClearSolutions.text_stub = ""
    c.GenerateFeedback.exporter_class = FeedbackExporter
    # The page has a look of its own, so nbconvert need not bring the one of JupyterLab.
    c.GenerateFeedback.preprocessors = [GetGrades]
    c.FeedbackExporter.language = language


def _find_alembic() -> None:
    # nbgrader runs `alembic` by name; it lies beside this Python even where no environment is
    # activated.
    beside = str(Path(sys.executable).parent)
    known = os.environ.get("PATH", os.defpath)
    if beside not in known.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([known, beside])
