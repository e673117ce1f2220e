"""The part of a report that shows what trainees say: ready for its template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from clientcourse.items.survey import SHOWN_FROM, STEPS, FreeWords, Rating, Survey
from clientcourse.language import Text
from clientcourse.markup import plain
from clientcourse.report.render import html
from clientcourse.report.survey import Answered, Ratings, Said, comments, ratings
from clientcourse.report.survey_figure import HIDDEN, rating_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go

    from clientcourse.language import Language


@dataclass(frozen=True)
class RatedQuestion:
    """A question that is answered by a step, with its scale and, by lesson, its answers."""

    stem: Markup
    scale: str
    by_lesson: Mapping[str, Ratings | None]


@dataclass(frozen=True)
class OpenQuestion:
    """A question that is answered in words, with its answers by lesson."""

    stem: Markup
    by_lesson: Mapping[str, list[Said] | None]


@dataclass(frozen=True)
class SurveySection:
    """What `survey.html.j2` shows; `None` stands for too few answers to be shown.

    Parameters
    ----------
    say
        The section's words.
    figure
        How ratings are spread; `None` if nothing is rated.
    lessons
        Titles of the lessons, in the order of the course.
    """

    say: Mapping[str, str]
    figure: go.Figure | None
    lessons: list[str]
    rated: list[RatedQuestion]
    open: list[OpenQuestion]
    steps: range = range(1, STEPS + 1)


def survey_section(
    survey: Survey, of_lessons: Mapping[str, Answered], language: Language, *, anonymous: bool
) -> SurveySection:
    """Return what trainees say about lessons, which stand side by side.

    Nothing is added up over them: sums could be compared with what is hidden.

    Parameters
    ----------
    of_lessons
        Answers by the title of their lesson.
    anonymous
        Whether the course asks without names.
    """
    rated = [
        (question, {name: ratings(found[question.id]) for name, found in of_lessons.items()})
        for question in survey.items
        if isinstance(question, Rating)
    ]
    words = {name: text[language] for name, text in _WORDS.items()}
    return SurveySection(
        say={
            **words,
            "names": words["anonymous" if anonymous else "named"],
            "hidden": HIDDEN[language],
        },
        figure=rating_spread(rated, language) if rated else None,
        lessons=list(of_lessons),
        rated=[
            RatedQuestion(html(question.stem[language]), _scale(question, language), by_lesson)
            for question, by_lesson in rated
        ],
        open=[
            OpenQuestion(
                html(question.stem[language]),
                {name: comments(found[question.id]) for name, found in of_lessons.items()},
            )
            for question in survey.items
            if isinstance(question, FreeWords)
        ],
    )


def _scale(question: Rating, language: Language) -> str:
    return _WORDS["scale"][language].format(
        low=plain(question.low[language]), steps=STEPS, high=plain(question.high[language])
    )


_WORDS: dict[str, Text] = {
    "title": Text(zh="学员的看法", en="What trainees say"),
    "anonymous": Text(
        zh="回答不署名，排列的次序和学员无关。",
        en="Answers are shown without names, in an order that has nothing to do with trainees.",
    ),
    "named": Text(
        zh="这门课的问卷是署名的，学员填写时就知道；填写时没有得知的，不署名。",
        en="This course asks by name, and comments show the names of those who were told so.",
    ),
    "few": Text(
        zh=f"一道题在一课里不到 {SHOWN_FROM} 份回答，就不显示。",
        en=f"What fewer than {SHOWN_FROM} answered in a lesson is not shown.",
    ),
    "figure": Text(
        zh="每题评分分布的条形图，数据在下面的表中",
        en="Bars of how the ratings are spread; the data are in the table below",
    ),
    "question": Text(zh="问题", en="Question"),
    "lesson": Text(zh="课", en="Lesson"),
    "n": Text(zh="回答人数", en="Answers"),
    "median": Text(zh="中位数", en="Median"),
    "scale": Text(zh="1 = {low}，{steps} = {high}", en="1 = {low}, {steps} = {high}"),
}
