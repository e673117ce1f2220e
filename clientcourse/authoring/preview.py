"""Lets an author run a lesson's text as a notebook in `course/`, before any build."""

from __future__ import annotations

import os
from pathlib import Path

from clientcourse.authoring.lesson import public_side
from clientcourse.authoring.load import load_bank, load_course, load_survey
from clientcourse.language import LANGUAGES, Language
from clientcourse.lesson_file import LessonFile


def preview(folder: Path, lesson: str) -> tuple[LessonFile, Path]:
    """Return the lesson of a bank in `course/<module>/` and a folder for the author's answers.

    Parameters
    ----------
    folder
        The module's folder in `course/`, in which the author's notebook runs.
    lesson
        Name of the lesson.

    Returns
    -------
    lesson, answers_folder
        The lesson in the language of the opened text, and a folder below `build/`: an author's
        tries must not land beside the keys.

    Raises
    ------
    CourseProblems
        With every mistake in the bank.
    """
    root, module = folder.parent.parent, folder.name
    course = load_course(root)
    bank = load_bank(root, module, lesson)
    language = _language_of_notebook(course.language)
    answers = root / "build" / "preview" / language / module
    answers.mkdir(parents=True, exist_ok=True)
    public = public_side(course, load_survey(root), module, lesson, bank, language)
    return public, answers


def _language_of_notebook(default: Language) -> Language:
    """Return the language in the name of the notebook that this kernel runs.

    Jupyter puts the notebook's path into the kernel's environment.
    """
    name = Path(os.environ.get("JPY_SESSION_NAME", "")).name
    for language in LANGUAGES:
        if name.endswith(f".{language}.md"):
            return language
    return default
