"""Puts the rubric and the model answer beside what a person marks."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.authoring.load import find_bank
from clientcourse.items import ShortItem
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.markup import inline, plain
from clientcourse.messages import say

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from clientcourse.items import Bank
    from clientcourse.language import Language

ANSWER = "clientcourse_answer"
"""Cell metadata that holds what was written, by itself: the feedback need not tell the rest."""


class ShowRubric(NbGraderPreprocessor):  # type: ignore[misc]
    """Rewrites the cells that a person marks: answer, marking points, model answer.

    Comes after nbgrader has looked whether such a cell was changed, which tells it whether anyone
    needs to mark it. The formgrader then shows all of it.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Rewrite the cells of one notebook; see nbconvert's `Preprocessor.preprocess`."""
        about = resources["nbgrader"]
        module, lesson = about["assignment"], about["notebook"]
        root = Path(self.parent.parent.coursedir.root)
        bank = find_bank(root, module, lesson)
        if bank is None:
            return nb, resources
        items = bank.graded_by_person()
        released = path_of(root / "source" / module, lesson).read_bytes()
        language = LessonFile.model_validate_json(released).language
        for cell in nb.cells:
            mine = cell.metadata.get("nbgrader", {})
            item = items.get(mine.get("grade_id", "").removeprefix(BY_PERSON))
            if item is not None and mine["grade_id"].startswith(BY_PERSON):
                answered = compute_checksum(cell) != mine.get("checksum")
                answer = cell.source if answered else ""
                cell.metadata[ANSWER] = answer
                cell.source = _page(item, answer, language)
        return nb, resources


def titles(bank: Bank, language: Language) -> dict[str, str]:
    """Return what trainees know the cells by that a person marks, by the cells' names.

    That is the item's own title, or its place in its quiz.
    """
    found = {
        f"{BY_PERSON}{item.id}": f"{plain(quiz.title[language])} · "
        f"{say('question-number', language, number=number)}"
        for quiz in bank.quizzes
        for number, item in enumerate(quiz.items, 1)
        if isinstance(item, ShortItem)
    }
    written = [item for item in bank.exercises if isinstance(item, ShortItem) and item.title]
    return found | {
        f"{BY_PERSON}{item.id}": plain(item.title[language]) for item in written if item.title
    }


def _page(item: ShortItem, answer: str, language: Language) -> str:
    """Return one line of HTML: Markdown takes it as it is, whatever the answer holds."""
    lines = "<br>".join(escape(line) for line in answer.splitlines()) or "–"
    points = "".join(
        f"<li><strong>{one.points:g}</strong> · {inline(one.text[language])}</li>"
        for one in item.rubric
    )
    return " ".join(
        [
            f"<div><p><strong>{inline(item.stem[language])}</strong></p>",
            *([f"<p>{say('dropped-part', language)}</p>"] if item.dropped else []),
            f"<h4>{say('answer', language)}</h4><p class='tex2jax_ignore'>{lines}</p>",
            f"<h4>{say('rubric', language)}</h4><ul>{points}</ul>",
            f"<h4>{say('model-answer', language)}</h4>",
            f"<p>{inline(item.model_answer[language])}</p></div>",
        ]
    ).replace("\n", " ")
