"""The feedback page: what a trainee gets back, in the language of the course."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from nbconvert.exporters import Exporter
from traitlets import Unicode

from clientcourse.authoring.load import find_bank
from clientcourse.grading.feedback_page import Code, Page, Part, read_page
from clientcourse.grading.marks import marks_of
from clientcourse.grading.next_steps import (
    MOST,
    Taught,
    objective_texts,
    taught_elsewhere,
    taught_here,
    weakest,
)
from clientcourse.language import Language, Text
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.markup import inline, plain
from clientcourse.messages import say
from clientcourse.pages import LANGUAGE_TAGS, style, templates

if TYPE_CHECKING:
    from jinja2 import Template
    from nbformat.notebooknode import NotebookNode

    from clientcourse.items import Bank

_FOLDER = Path(__file__).parent / "templates"
_CSS = style(_FOLDER / "feedback.css")
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

_WORDS = {
    "feedback": Text(zh="反馈", en="Feedback"),
    "skip": Text(zh="跳到反馈正文", en="Skip to the feedback"),
    "parts": Text(zh="各部分得分", en="Score by part"),
    "part": Text(zh="部分", en="Part"),
    "late": Text(zh="迟交扣分", en="Late submission"),
    "waits": Text(
        zh="还有 {count} 处等待讲师批改，总分到时会变。",
        en="Still to be marked by your instructor: {count}. The total will change then.",
    ),
    "pending": Text(zh="等待讲师批改", en="Awaiting your instructor"),
    "changed": Text(
        zh="讲师改定了这一部分的得分；自动评分是 {points} 分。",
        en="Your instructor has set the points of this part; scored automatically: {points}.",
    ),
    "extra": Text(zh="其中加分 {points} 分。", en="Extra credit among them: {points}."),
    "next": Text(zh="接下来看什么", en="What to look at next"),
    "next-none": Text(
        zh="这一课的各项目标都拿到了六成以上的分数，没有特别要补的。",
        en="You earned at least 60% of the points on every objective of this lesson; nothing in "
        "particular to go back to.",
    ),
    "next-waits": Text(
        zh="等讲师批改以后，这里会告诉你接下来看什么。",
        en="Once your instructor has marked your answers, this will say what to look at next.",
    ),
    "next-more": Text(
        zh="另有 {count} 项目标也不到六成，请看下面各题的说明。",
        en="Objectives below 60% beside these: {count}. What is said of each question below helps.",
    ),
    "points": Text(zh="{points} / {total} 分", en="{points} of {total} points"),
    "asked": Text(zh="相关题目：", en="Asked in:"),
    "reread": Text(zh="请再读：", en="Read again:"),
    "elsewhere": Text(zh="《{lesson}》一课：{heading}", en="Lesson “{lesson}”: {heading}"),
    "questions": Text(zh="题目", en="Questions"),
    "exercises": Text(zh="数据练习", en="Data exercises"),
    "code": Text(zh="你的代码", en="Your code"),
    "output": Text(zh="代码的输出", en="What the code put out"),
    "image": Text(zh="代码画的图", en="A picture that the code drew"),
    "comment": Text(zh="讲师的评语", en="Your instructor’s comment"),
    "silent": Text(zh="没有作答。", en="No response."),
    "lesson": Text(zh="整课内容", en="The whole lesson"),
    "reading": Text(zh="显示整课内容", en="Show the lesson"),
    "above": Text(zh="见上面的反馈", en="see the feedback above"),
    "top": Text(zh="回到顶部", en="Back to the top"),
}
_SAID = ("answer", "rubric", "model-answer", "asked-again", "dropped-part")


@cache  # not when this is imported: graders do that, too, and make no page
def _template() -> Template:
    return templates(_FOLDER).get_template("feedback.html.j2")


class FeedbackExporter(Exporter):  # type: ignore[misc]
    """Turns a graded notebook into a page that stands alone: no script, nothing from outside."""

    language = Unicode("zh", help="Language of the page.").tag(config=True)
    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[str, dict[str, Any]]:
        """Render a graded notebook; see nbconvert's `Exporter.from_notebook_node`."""
        notebook, resources = super().from_notebook_node(nb, resources, **kwargs)
        language: Language = "en" if self.language == "en" else "zh"
        about = resources["nbgrader"]
        root = Path(self.config.CourseDirectory.root)
        module, lesson = about["assignment"], about["notebook"]
        bank = find_bank(root, module, lesson)
        page = read_page(notebook, bank, marks_of(about), language)
        html = _template().render(
            lang=LANGUAGE_TAGS[language],
            css=_CSS,
            css_hash=_CSS_HASH,
            say={name: text[language] for name, text in _WORDS.items()}
            | {name: say(name, language) for name in _SAID},
            language=language,
            page=page,
            score=max(0.0, about["score"]),
            max_score=about["max_score"],
            late=about["late_penalty"],
            next=_next(page, bank, root, lesson, language) if bank else None,
            **_titles(root, module, lesson),
            number=_number,
            share=_share,
            plain=plain,
            inline=lambda text: Markup(inline(text)),  # noqa: S704 - escaped
            is_part=lambda one: isinstance(one, Part),
            is_code=lambda one: isinstance(one, Code),
        )
        return html, resources


def _titles(root: Path, module: str, lesson: str) -> dict[str, str]:
    """Return what module and lesson are called; their ids if the course does not have them."""
    public = path_of(root / "source" / module, lesson)
    if not public.exists():
        return {"module": module, "title": lesson}
    released = LessonFile.model_validate_json(public.read_bytes())
    return {"module": released.title, "title": plain(released.heading) or lesson}


@dataclass(frozen=True)
class _Link:
    """Words, and where they lead on the page."""

    words: str
    to: str


@dataclass(frozen=True)
class _Goal:
    """An objective that a trainee should look at again.

    Parameters
    ----------
    here, mentioned
        Where this lesson teaches it; headings that are not in the notebook are only mentioned.
    elsewhere
        Where other lessons do, if this one does not.
    """

    text: str
    points: float
    max_points: float
    asked: list[_Link]
    here: list[_Link]
    mentioned: list[str]
    elsewhere: list[Taught]


@dataclass(frozen=True)
class _Next:
    """What to look at next, how many weak objectives are beside it, if something is unmarked."""

    goals: list[_Goal]
    more: int
    pending: bool


def _next(page: Page, bank: Bank, root: Path, lesson: str, language: Language) -> _Next:
    weak = weakest(page.earned, bank)
    texts = objective_texts(root, language) if weak else {}
    names = _item_names(bank, language)
    goals = []
    for one in weak[:MOST]:
        headings = [plain(heading) for heading in taught_here(one, bank, language)]
        goals.append(
            _Goal(
                texts.get(one.id, one.id),
                one.points,
                one.max_points,
                asked=[_Link(names[item], page.places[item]) for item in one.items],
                here=[
                    _Link(words, page.anchors[words]) for words in headings if words in page.anchors
                ],
                mentioned=[words for words in headings if words not in page.anchors],
                elsewhere=[] if headings else taught_elsewhere(root, lesson, one.id, language),
            )
        )
    pending = any(part.mark.pending for part in page.parts)
    return _Next(goals, len(weak) - len(goals), pending)


def _item_names(bank: Bank, language: Language) -> dict[str, str]:
    """Return what trainees know the graded items by: their titles, or quiz and number."""
    names = {
        item.id: f"{quiz.title[language]} · "
        f"{say('question-number', language, number=bank.number(item.id))}"
        if bank.number(item.id)
        else quiz.title[language]
        for quiz in bank.quizzes
        for item in quiz.items
    }
    names |= {
        one.id: one.title[language] for one in [*bank.exercises, *bank.scenarios] if one.title
    }
    return {item: plain(name) for item, name in names.items()}


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _share(points: float, most: float) -> float:
    """Return a share of the points, between none and all."""
    return round(min(max(points / most, 0.0), 1.0), 3) if most else 0.0
