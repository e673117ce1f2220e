"""What is answered in words in a quiz, as nbgrader's Validate sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor

from clientcourse.authoring.cells import BY_PERSON

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode


class AnsweredInWidget(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the checksum off released cells that show a person what was written in a quiz.

    Validate tells by it whether a trainee has written into a cell. Nobody writes into these, so it
    would call all of them unanswered; whether they are, `lesson.check` says of their quiz. When
    they are graded, checksums come from the gradebook.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Look at one cell; see nbconvert's `Preprocessor.preprocess_cell`."""
        about = cell.metadata.get("nbgrader", {})
        locked = not cell.metadata.get("editable", True)
        if locked and about.get("grade_id", "").startswith(BY_PERSON):
            del about["checksum"]
        return cell, resources
