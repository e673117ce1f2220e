"""Gives everyone full points for answers in words that no longer count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import find_bank

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode


class CreditDropped(NbGraderPreprocessor):  # type: ignore[misc]
    """Comes after nbgrader's `SaveAutoGrades`, which lets such an answer wait for a person.

    What a person has given already is left alone: only `clientcourse regrade` takes it back.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Credit the cells of one notebook; see nbconvert's `Preprocessor.preprocess`."""
        about = resources["nbgrader"]
        module, lesson = about["assignment"], about["notebook"]
        root = Path(self.parent.parent.coursedir.root)
        bank = find_bank(root, module, lesson)
        if bank is None:
            return nb, resources
        items = bank.graded_by_person()
        dropped = {f"{BY_PERSON}{item.id}" for item in items.values() if item.dropped}
        if dropped:
            with Gradebook(about["db_url"]) as gradebook:
                mine = gradebook.find_submission_notebook(lesson, module, about["student"])
                for grade in mine.grades:
                    if grade.name in dropped:
                        grade.auto_score = grade.max_score
                        grade.needs_manual_grade = False
                gradebook.db.commit()
        return nb, resources
