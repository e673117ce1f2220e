"""The feedback page: what a trainee gets back, in the language of the course."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nh3
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbgrader.api import Gradebook
from traitlets import Unicode

from clientcourse.authoring.load import bank_path, load_bank
from clientcourse.grading.rubric import titles
from clientcourse.grading.safe import is_short
from clientcourse.language import Language, Text

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

_WORDS = {
    "title": Text(zh="反馈", en="Feedback"),
    "score": Text(zh="得分", en="Score"),
    "parts": Text(zh="各部分得分", en="Score by part"),
    "code": Text(zh="你的代码", en="Your code"),
    "comment": Text(zh="讲师的评语", en="Your instructor’s comment"),
    "reading": Text(zh="连课文一起显示", en="Show the lesson around it, too"),
    "late": Text(zh="迟交扣分", en="Late submission"),
    "silent": Text(zh="没有作答。", en="No response."),
    "pending": Text(zh="等待讲师批改", en="Awaiting your instructor"),
    "top": Text(zh="回到顶部", en="Back to the top"),
}


def _pending(about: dict[str, Any]) -> set[str]:
    """Return the names of the cells that a person has still to mark."""
    with Gradebook(about["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return {grade.name for grade in submission.grades if grade.needs_manual_grade}


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Turns a graded notebook into a page that stands alone: no script, nothing from outside."""

    language = Unicode("zh", help="Language of the page.").tag(config=True)

    def from_notebook_node(
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[str, dict[str, Any]]:
        """Render a graded notebook; see nbconvert's `Exporter.from_notebook_node`."""
        resources = resources or {}
        language: Language = "en" if self.language == "en" else "zh"
        resources["words"] = {name: text[language] for name, text in _WORDS.items()}
        resources["graded"] = {
            mine["grade_id"]
            for cell in nb.cells
            if (mine := cell.metadata.get("nbgrader", {})).get("grade")
        }
        about = resources["nbgrader"]
        resources["pending"] = _pending(about)
        root = Path(self.config.CourseDirectory.root)
        bank = bank_path(about["assignment"], about["notebook"])
        resources["titles"] = (
            titles(load_bank(root, about["assignment"], about["notebook"]), language)
            if (root / bank).exists()
            else {}
        )
        resources["lang"] = {"zh": "zh-CN", "en": "en"}[language]
        page: tuple[str, dict[str, Any]] = super().from_notebook_node(nb, resources, **kwargs)
        return page

    def default_filters(self) -> Any:  # noqa: ANN401
        """Yield nbconvert's filters and ours, for what a trainee may have written."""
        yield from super().default_filters()
        yield "safe_html", nh3.clean
        yield "coloured", _coloured


def _coloured(source: str) -> str:
    """Return Python code as HTML, with colours unless they would take long."""
    if is_short(source):
        return str(Highlight2HTML(pygments_lexer="ipython3")(source))
    return f'<div class="highlight"><pre>{escape(source)}</pre></div>'
