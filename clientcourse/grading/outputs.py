"""The output of a graded cell: its score for nbgrader, its explanation for the trainee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.notebooknode import NotebookNode

from clientcourse.grading.explanation_html import cell_html
from clientcourse.items import PublicQuiz, Scenario, TableItem
from clientcourse.markup import plain
from clientcourse.scoring import counted_path
from clientcourse.values import given, last_attempt
from clientcourse.widgets import scenario_plain
from clientcourse.widgets.plain import plain_html, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.grading.grade import Marked, MarkedCell
    from clientcourse.language import Language
    from clientcourse.values import Json

RESULTS_MIME = "application/vnd.clientcourse.results+json"
"""Item results inside the graded cell's output, for reports and feedback; browsers ignore it."""


def score_output(cell: MarkedCell, language: Language, remarks: Sequence[str] = ()) -> NotebookNode:
    """Return the output that gives a graded cell its score and says why.

    Parameters
    ----------
    remarks
        Sentences on what went wrong with the whole submission.
    """
    data = {
        "text/plain": f"{cell.points:g}",
        "text/html": cell_html(cell, language, remarks),
        RESULTS_MIME: {
            "title": plain(cell.title[language]),
            "remarks": [*remarks],
            "items": [_result(one) for one in cell.items if not one.item.dropped],
        },
    }
    return NotebookNode(
        output_type="execute_result",
        data=nbformat.from_dict(data),
        metadata=NotebookNode(),
        execution_count=None,
    )


def scenario_output(scenario: Scenario, value: Json, language: Language) -> NotebookNode:
    """Return the plain version of a scenario: the attempt that counts, else the last one."""
    public = scenario.public(language)
    fitting = given(public, {scenario.id: value})
    path = counted_path(scenario, fitting) or last_attempt(fitting)
    data = {
        "text/plain": scenario_plain.plain_text(public, path, language),
        "text/html": scenario_plain.plain_html(public, path, language),
    }
    return _display(data)


def quiz_output(quiz: PublicQuiz, values: Mapping[str, Json], language: Language) -> NotebookNode:
    """Return the plain version of a quiz with a trainee's answers, made here from the bank."""
    data = {
        "text/plain": plain_text(quiz, values, language),
        "text/html": plain_html(quiz, values, language),
    }
    return _display(data)


def _display(data: dict[str, str]) -> NotebookNode:
    return NotebookNode(
        output_type="display_data", data=NotebookNode(data), metadata=NotebookNode()
    )


def _result(one: Marked) -> dict[str, Any]:
    # Tables stay out: the report counts choices, and a table may be large.
    known = one.score.verdict != "unfit" and not isinstance(one.item, TableItem)
    return {
        "item": one.item.id,
        "points": one.score.points,
        "max_points": one.score.max_points,
        "verdict": one.score.verdict,
        "reuse": one.item.reuse,
        "value": one.value if known else None,
    }
