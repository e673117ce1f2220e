"""The page of one lesson: every item, and how it was answered. It shows the key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from markupsafe import Markup

from clientcourse.items import Item
from clientcourse.report import figures
from clientcourse.report.analysis import GroupShare, ItemAnalysis
from clientcourse.report.choices import choice_texts
from clientcourse.report.item_rows import FlagRow, alpha, definitions, flag_rows
from clientcourse.report.render import (
    COHORT,
    Frame,
    html,
    lesson_place,
    module_place,
    percent,
    render,
)
from clientcourse.report.rows import minutes, survey_figure, what_they_say
from clientcourse.report.statistics import (
    ChoiceShare,
    ItemStatistics,
    is_answered,
    item_statistics,
    trainee_totals,
)
from clientcourse.report.words import WORDS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from clientcourse.language import Language
    from clientcourse.report.cohort import Cohort, LessonCohort, ModuleCohort


def lesson_page(
    cohort: Cohort,
    module: ModuleCohort,
    lesson: LessonCohort,
    frame: Frame,
) -> str:
    """Return the report on one lesson of a module as an HTML page that needs no network."""
    language, say = frame.language, frame.say
    rows = _item_rows(module, lesson, language)
    reliability = module.analysis.lessons.get(lesson.id)
    trainees = _trainee_rows(cohort, module, lesson)
    scores = [one.score for one in trainees]
    survey = what_they_say(cohort, module, [lesson], language) if trainees else None
    return render(
        "lesson",
        frame,
        lesson_place(lesson.id),
        {**_figures(scores, rows, language), **survey_figure(survey)} if trainees else {},
        title=lesson.title,
        above=[(cohort.course, f"../{COHORT}"), (module.title, f"../{module_place(module.id)}")],
        tiles=[
            (say["trainees"], len(trainees)),
            (say["mean"], percent(fmean(scores) if scores else None)),
            (say["median"], percent(median(scores) if scores else None)),
            (say["items"], len(rows)),
            (say["alpha"], alpha(reliability)),
        ],
        sections=[
            *(["scores"] if trainees else []),
            "flags",
            "difficulty",
            "answers",
            *(["survey"] if survey else []),
            *(["by-trainee"] if trainees else []),
            "definitions",
        ],
        flags=[flag for row in rows for flag in row.flags],
        analysis_notes=[note[language] for note in module.analysis.notes],
        reliability=reliability,
        definitions=definitions(language),
        survey=survey,
        rows=rows,
        trainees=trainees,
        ungradable=sum(row.statistics.verdicts["ungradable"] for row in rows),
    )


@dataclass(frozen=True)
class _ChoiceRow:
    label: str
    text: Markup
    share: ChoiceShare
    groups: GroupShare | None


@dataclass(frozen=True)
class _ItemRow:
    number: int
    item: Item
    kind: str
    title: Markup
    stem: Markup
    statistics: ItemStatistics
    analysis: ItemAnalysis
    ease: str
    verdicts: str
    choices: list[_ChoiceRow]
    flags: list[FlagRow]


@dataclass(frozen=True)
class _TraineeRow:
    name: str
    points: float
    max_points: float
    unanswered: int
    minutes: str

    @property
    def score(self) -> float:
        return self.points / self.max_points


def _item_rows(module: ModuleCohort, lesson: LessonCohort, language: Language) -> list[_ItemRow]:
    found = item_statistics(module.of_lesson(lesson.id), lesson.items)
    flags = flag_rows(module, language)
    return [
        _ItemRow(
            number=number,
            item=item,
            kind=WORDS[item.type][language],
            title=_title(item, language),
            stem=html(item.stem[language]),
            statistics=statistics,
            analysis=module.analysis.items[lesson.id, item.id],
            ease=figures.EASE_WORDS[statistics.ease][language] if statistics.ease else "–",
            verdicts=_verdicts(statistics, language),
            choices=_choice_rows(
                item, statistics, module.analysis.items[lesson.id, item.id], language
            ),
            flags=[flag for flag in flags if (flag.lesson, flag.item) == (lesson.id, item.id)],
        )
        for number, (item, statistics) in enumerate(zip(lesson.items, found, strict=True), 1)
    ]


def _title(item: Item, language: Language) -> Markup:
    title = getattr(item, "title", None)
    return html(title[language]) if title else Markup()


def _choice_rows(
    item: Item, statistics: ItemStatistics, analysis: ItemAnalysis, language: Language
) -> list[_ChoiceRow]:
    texts = choice_texts(item, language)
    groups = {share.id: share for share in analysis.shares}
    return [
        _ChoiceRow(
            # Letters name options; true and false are known by themselves, all others by place.
            label={"single": share.id, "multiple": share.id, "truefalse": ""}.get(
                item.type, str(place)
            ),
            text=html(texts[share.id]),
            share=share,
            groups=groups.get(share.id),
        )
        for place, share in enumerate(statistics.choice_shares, 1)
    ]


def _verdicts(statistics: ItemStatistics, language: Language) -> str:
    return " · ".join(
        f"{WORDS[verdict][language]} {count}"
        for verdict, count in statistics.verdicts.items()
        if count
    )


def _trainee_rows(cohort: Cohort, module: ModuleCohort, lesson: LessonCohort) -> list[_TraineeRow]:
    results = module.of_lesson(lesson.id)
    unanswered = {one.trainee: 0 for one in results}
    for one in results:
        unanswered[one.trainee] += not is_answered(one)
    return [
        _TraineeRow(
            cohort.trainees[trainee],
            points,
            max_points,
            unanswered[trainee],
            minutes(module.handed_in[trainee].minutes.get(lesson.id)),
        )
        for trainee, (points, max_points) in trainee_totals(results).items()
    ]


def _figures(
    scores: Sequence[float], rows: Sequence[_ItemRow], language: Language
) -> dict[str, go.Figure]:
    items = [row.item for row in rows]
    statistics = [row.statistics for row in rows]
    drawn = {
        "scores": figures.score_distribution(scores, language),
        "difficulty": figures.item_difficulty(items, statistics, language),
    }
    if any(row.item.type in {"single", "multiple", "truefalse"} for row in rows):
        drawn["choices"] = figures.choice_shares(items, statistics, language)
    return drawn
