"""The cohort report as one self-contained HTML page, for instructors only: it shows the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from clientcourse.authoring.load import load_bank, load_course
from clientcourse.errors import CourseError
from clientcourse.grading.results import ItemResult, read_results
from clientcourse.items import Item
from clientcourse.language import Language, Text
from clientcourse.markup import inline
from clientcourse.pages import LANGUAGE_TAGS, templates
from clientcourse.report import figures
from clientcourse.report.choices import choice_texts
from clientcourse.report.statistics import (
    ChoiceShare,
    ItemStatistics,
    is_answered,
    item_statistics,
    trainee_totals,
)
from clientcourse.report.survey_section import SurveySection, survey_section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

_FOLDER = Path(__file__).parent
_TEMPLATES = templates(_FOLDER)


def write_report(root: Path, module: str, db_url: str, language: Language, to: Path) -> Path:
    """Write the report of a graded module.

    Parameters
    ----------
    root
        The course's root folder, which holds `course/` and `autograded/`.
    module
        Id of a module.
    db_url
        The gradebook.
    to
        The HTML file to write; its folder is made if need be. It shows the key and the trainees'
        results, so it must not lie where trainees can read it.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CourseError
        If the course has no such module.
    CourseProblems
        If the course or an item bank has mistakes.
    """
    course = load_course(root)
    modules = {entry.id: entry for entry in course.modules}
    if module not in modules:
        raise CourseError(f"There is no module “{module}”. There are: {', '.join(modules)}.")
    results = read_results(root, module, db_url)
    page = report_page(
        results,
        {
            lesson: load_bank(root, module, lesson).graded_items()
            for lesson in modules[module].lessons
        },
        title=_WORDS["title"][language].format(
            course=course.title[language], module=modules[module].title[language]
        ),
        language=language,
        generated=datetime.now(tz=UTC).astimezone(),
        survey=survey_section(root, module, None, language, {one.trainee for one in results}),
    )
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(page, encoding="utf-8")
    return to


def report_page(
    results: Sequence[ItemResult],
    items: Mapping[str, Sequence[Item]],
    *,
    title: str,
    language: Language,
    generated: datetime,
    survey: SurveySection | None = None,
) -> str:
    """Return the report of a cohort on a module as an HTML page that needs no network.

    Parameters
    ----------
    results
        One for every trainee who submitted and every graded item.
    items
        Graded items of every lesson of the module, by lesson, in the order of the course. By
        lesson because an item's id is its own only within one.
    title
        Names of the course and the module.
    generated
        When the page is made.
    survey
        What trainees say; nothing if not given.
    """
    rows = _item_rows(results, items, language)
    trainees = _trainee_rows(results)
    return _TEMPLATES.get_template("page.html.j2").render(
        lang=LANGUAGE_TAGS[language],
        say={name: text[language] for name, text in _WORDS.items()},
        title=title,
        generated=generated,
        lessons=list(items),
        rows=rows,
        trainees=trainees,
        full_marks=_number(sum(row.item.points for row in rows)),
        mean=_percent(fmean(one.score for one in trainees)) if trainees else "–",
        median=_percent(median(one.score for one in trainees)) if trainees else "–",
        ungradable=sum(row.statistics.verdicts["ungradable"] for row in rows),
        figures=_figures(trainees, rows, survey, language) if trainees else {},
        survey=survey if trainees else None,
        number=_number,
        percent=_percent,
        css=Markup((_FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        plotlyjs=Markup(get_plotlyjs()),  # noqa: S704 - Plotly's own
    )


@dataclass(frozen=True)
class _ChoiceRow:
    label: str
    text: Markup
    share: ChoiceShare


@dataclass(frozen=True)
class _ItemRow:
    number: int
    lesson: str
    item: Item
    kind: str
    title: Markup
    stem: Markup
    statistics: ItemStatistics
    ease: str
    verdicts: str
    choices: list[_ChoiceRow]


@dataclass(frozen=True)
class _TraineeRow:
    name: str
    points: float
    max_points: float
    unanswered: int

    @property
    def score(self) -> float:
        return self.points / self.max_points


def _item_rows(
    results: Sequence[ItemResult], items: Mapping[str, Sequence[Item]], language: Language
) -> list[_ItemRow]:
    found = [
        (lesson, item, statistics)
        for lesson, of_lesson in items.items()
        for item, statistics in zip(
            of_lesson,
            item_statistics([one for one in results if one.lesson == lesson], of_lesson),
            strict=True,
        )
    ]
    return [
        _ItemRow(
            number=number,
            lesson=lesson,
            item=item,
            kind=_WORDS[item.type][language],
            title=_title(item, language),
            stem=_html(item.stem[language]),
            statistics=statistics,
            ease=figures.EASE_WORDS[statistics.ease][language] if statistics.ease else "–",
            verdicts=_verdicts(statistics, language),
            choices=_choice_rows(item, statistics, language),
        )
        for number, (lesson, item, statistics) in enumerate(found, 1)
    ]


def _title(item: Item, language: Language) -> Markup:
    title = getattr(item, "title", None)
    return _html(title[language]) if title else Markup()


def _choice_rows(item: Item, statistics: ItemStatistics, language: Language) -> list[_ChoiceRow]:
    texts = choice_texts(item, language)
    return [
        _ChoiceRow(
            # Letters name options; true and false are known by themselves, all others by place.
            label={"single": share.id, "multiple": share.id, "truefalse": ""}.get(
                item.type, str(place)
            ),
            text=_html(texts[share.id]),
            share=share,
        )
        for place, share in enumerate(statistics.choice_shares, 1)
    ]


def _verdicts(statistics: ItemStatistics, language: Language) -> str:
    return " · ".join(
        f"{_WORDS[verdict][language]} {count}"
        for verdict, count in statistics.verdicts.items()
        if count
    )


def _trainee_rows(results: Sequence[ItemResult]) -> list[_TraineeRow]:
    unanswered = {one.trainee: 0 for one in results}
    for one in results:
        unanswered[one.trainee] += not is_answered(one)
    return [
        _TraineeRow(trainee, points, max_points, unanswered[trainee])
        for trainee, (points, max_points) in trainee_totals(results).items()
    ]


def _figures(
    trainees: Sequence[_TraineeRow],
    rows: Sequence[_ItemRow],
    survey: SurveySection | None,
    language: Language,
) -> dict[str, Markup]:
    items = [row.item for row in rows]
    statistics = [row.statistics for row in rows]
    drawn = {
        "scores": figures.score_distribution([one.score for one in trainees], language),
        "difficulty": figures.item_difficulty(items, statistics, language),
    }
    if any(row.item.type in {"single", "multiple", "truefalse"} for row in rows):
        drawn["choices"] = figures.choice_shares(items, statistics, language)
    if survey and survey.figure:
        drawn["survey"] = survey.figure
    return {name: _figure_html(name, figure) for name, figure in drawn.items()}


def _figure_html(name: str, figure: go.Figure) -> Markup:
    html = figure.to_html(
        full_html=False,
        include_plotlyjs=False,  # once in the page's head
        include_mathjax=False,
        div_id=f"figure-{name}",
        config={"displayModeBar": False, "responsive": True, "plotlyServerURL": ""},
    )
    return Markup(html)  # noqa: S704 - Plotly escapes what it embeds


def _html(markdown: str) -> Markup:
    return Markup(inline(markdown))  # noqa: S704 - escaped but for emphasis, strong and code


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def _percent(share: float | None, digits: int = 1) -> str:
    return "–" if share is None else f"{share:.{digits}%}"


_WORDS: dict[str, Text] = {
    "title": Text(zh="{course}：{module}", en="{course}: {module}"),
    "report": Text(zh="班级报告", en="Cohort report"),
    "generated": Text(zh="生成于", en="Made on"),
    "internal": Text(
        zh="内部资料：含正确答案和学员成绩，请勿转给学员。",
        en="For instructors only: this page shows the key and the trainees’ results.",
    ),
    "contents": Text(zh="目录", en="Contents"),
    "trainees": Text(zh="学员", en="Trainees"),
    "mean": Text(zh="平均得分率", en="Mean score"),
    "median": Text(zh="得分率中位数", en="Median score"),
    "items": Text(zh="题目", en="Items"),
    "full-marks": Text(zh="满分", en="Full marks"),
    "empty": Text(
        zh="还没有评过分的提交。收取并评分以后，这里会有成绩和统计。",
        en="No submission has been graded yet. Collect and grade, and results will appear here.",
    ),
    "ungradable-note": Text(
        zh="参考答案没有算出来，所以有 {count} 份作答暂时无法评分。它们现在记 0 分，不计入难度。"
        "修好参考答案后请重新评分。",
        en="Not gradable for want of a reference answer: {count}. They earn 0 points for now and "
        "are left out of the difficulty. Mend the reference and grade again.",
    ),
    # sections
    "scores": Text(zh="全班成绩", en="How the cohort did"),
    "difficulty": Text(zh="题目难度", en="How hard the items were"),
    "answers": Text(zh="各题作答", en="How each item was answered"),
    "by-trainee": Text(zh="学员成绩", en="Results by trainee"),
    "difficulty-note": Text(
        zh="难度指全体提交者在一道题上的平均得分率，没有作答按 0 分计：数值越高，题目越容易。"
        "85% 及以上标为“太易”，50% 及以下标为“偏难”，其余为“适中”。",
        en="Difficulty is the mean share of an item’s points earned by all who submitted; no "
        "answer counts as 0. The higher, the easier: from 85% an item is marked “too easy”, up to "
        "50% “hard”, in between “fine”.",
    ),
    "weight-note": Text(
        zh="这个班有 {n} 人，一名学员的对错就会让难度变动 {points} 个百分点。",
        en="With {n} in the cohort, a single trainee can move a difficulty by {points} points.",
    ),
    "answers-note": Text(
        zh="比例的分母是作答了这道题的人数。错误选项比正确选项更受欢迎时，请检查题干、答案和讲法。",
        en="Shares are of those who answered the item. Where a wrong option is chosen more often "
        "than the key, look again at the stem, the key and the lesson.",
    ),
    # text alternatives
    "scores-figure": Text(
        zh="得分率分布的柱状图，数据在“学员成绩”表中",
        en="Histogram of scores; the data are in the table “Results by trainee”",
    ),
    "difficulty-figure": Text(
        zh="每题平均得分率的条形图，数据在下面的表中",
        en="Bar chart of the mean score on each item; the data are in the table below",
    ),
    "choices-figure": Text(
        zh="每题各选项选择比例的条形图，数据在下面各题的表中",
        en="Bar chart of the share choosing each option; the data are in the tables below",
    ),
    # table heads
    "position": Text(zh="题号", en="No."),
    "item": Text(zh="题目", en="Item"),
    "type": Text(zh="题型", en="Type"),
    "objective": Text(zh="目标", en="Objective"),
    "points": Text(zh="分值", en="Points"),
    "answered": Text(zh="作答人数", en="Answered"),
    "difficulty-head": Text(zh="难度", en="Difficulty"),
    "hint": Text(zh="提示", en="Hint"),
    "option": Text(zh="选项", en="Option"),
    "option-share": Text(zh="选择比例", en="Chosen by"),
    "part": Text(zh="部分", en="Part"),
    "part-share": Text(zh="答对的比例", en="Right in"),
    "step": Text(zh="步骤（正确顺序）", en="Step (in the right order)"),
    "step-share": Text(zh="放对位置的比例", en="Put in its place by"),
    "key": Text(zh="正确选项", en="key"),
    "name": Text(zh="学员", en="Trainee"),
    "earned": Text(zh="得分", en="Points"),
    "score": Text(zh="得分率", en="Score"),
    "unanswered": Text(zh="未作答题数", en="Unanswered"),
    "worth": Text(zh="{points} 分", en="worth {points}"),
    # item types
    "single": Text(zh="单选", en="single choice"),
    "multiple": Text(zh="多选", en="multiple choice"),
    "truefalse": Text(zh="判断", en="true or false"),
    "order": Text(zh="排序", en="ordering"),
    "blank": Text(zh="填空", en="fill in"),
    "match": Text(zh="配对", en="matching"),
    "number": Text(zh="数值", en="number"),
    "short": Text(zh="简答", en="own words"),
    "scenario": Text(zh="对话", en="conversation"),
    "table": Text(zh="表格", en="table"),
    # verdicts
    "right": Text(zh="正确", en="right"),
    "partly": Text(zh="部分正确", en="partly right"),
    "wrong": Text(zh="不正确", en="wrong"),
    "missing": Text(zh="未作答", en="not answered"),
    "unfit": Text(zh="读不出", en="unreadable"),
    "ungradable": Text(zh="无法评分", en="not gradable"),
    "pending": Text(zh="待批改", en="to be marked"),
}
