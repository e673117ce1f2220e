"""The report on a lesson: right numbers, one safe page, in both languages."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from clientcourse.authoring.load import load_bank
from clientcourse.grading.results import ItemResult
from clientcourse.items import Item
from clientcourse.language import LANGUAGES, Language
from clientcourse.report.cohort import Cohort, HandedIn, LessonCohort, ModuleCohort
from clientcourse.report.figures import choice_shares, item_difficulty, score_distribution
from clientcourse.report.lesson_page import lesson_page
from clientcourse.report.render import Frame
from clientcourse.report.statistics import ChoiceShare, item_statistics, trainee_totals
from clientcourse.scoring import Verdict, score
from clientcourse.values import Json
from tests.report_pages import Tags

TOY = Path(__file__).parent / "toy"
ITEMS: list[Item] = load_bank(TOY, "greeting", "first-call").graded_items()
NAMED: dict[str, Item] = {item.id: item for item in ITEMS}
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
PERFECT: dict[str, Json] = {
    "say-name": "c",
    "two-of-four": ["a", "c"],
    "is-it-so": "false",
    "in-order": ["listen", "greet", "solve", "call-back"],
}
every_language = pytest.mark.parametrize("language", LANGUAGES)


def answer(trainee: str, item: str, value: Json) -> ItemResult:
    marked = score(NAMED[item], value)
    return ItemResult(
        trainee, "first-call", item, marked.points, marked.max_points, marked.verdict, value
    )


def answers(item: str, *values: Json) -> list[ItemResult]:
    return [answer(f"trainee-{place}", item, value) for place, value in enumerate(values)]


def shares(item: str, *values: Json) -> tuple[ChoiceShare, ...]:
    [one] = item_statistics(answers(item, *values), [NAMED[item]])
    return one.choice_shares


def cohort(*trainees: str) -> list[ItemResult]:
    """Return results of trainees who answer every question right and leave out the exercises."""
    return [
        answer(trainee, item.id, PERFECT.get(item.id)) for trainee in trainees for item in ITEMS
    ]


def page(results: Sequence[ItemResult], language: Language = "en") -> str:
    trainees = dict.fromkeys(one.trainee for one in results)
    lesson = LessonCohort("first-call", "The first call", ITEMS)
    handed_in = {
        one: HandedIn(NOON, late=False, waiting=False, minutes={"first-call": 31.4})
        for one in trainees
    }
    module = ModuleCohort("greeting", "Greeting", None, [lesson], handed_in, results)
    everyone = Cohort("A toy course", {one: one for one in trainees}, [module], {})
    return lesson_page(everyone, module, lesson, Frame(language, NOON))


# --- totals


def test_the_points_of_a_trainee_are_added_up() -> None:
    results = [answer("lin", "say-name", "c"), answer("lin", "two-of-four", ["a"])]
    assert trainee_totals(results) == {"lin": (3.0, 4.0)}


def test_trainees_keep_their_own_points() -> None:
    results = [answer("lin", "say-name", "c"), answer("zhao", "say-name", "a")]
    assert trainee_totals(results) == {"lin": (2.0, 2.0), "zhao": (0.0, 2.0)}


def test_an_empty_cohort_has_no_totals() -> None:
    assert trainee_totals([]) == {}


# --- difficulty


@pytest.mark.parametrize(
    ("item", "values", "difficulty"),
    [
        ("say-name", ["c", "c", "c", "a"], 0.75),
        ("two-of-four", [["a", "c"], ["a"]], 0.75),
        ("two-of-four", [["a", "c"], ["a", "b"]], 0.5),
        ("say-name", ["c", None], 0.5),
        ("say-name", ["c"], 1.0),
        ("say-name", [], None),
    ],
    ids=["share-right", "partial-credit", "none-for-wrong", "unanswered-is-0", "one", "nobody"],
)
def test_difficulty_is_the_mean_earned_share(
    item: str, values: list[Json], difficulty: float | None
) -> None:
    [one] = item_statistics(answers(item, *values), [NAMED[item]])
    assert one.difficulty == difficulty


def test_an_answer_without_reference_says_nothing_on_difficulty() -> None:
    results = [
        ItemResult("lin", "first-call", "mean-reply", 2.0, 2.0, "right", 3.5),
        ItemResult("zhao", "first-call", "mean-reply", 0.0, 2.0, "ungradable", 3.5),
    ]
    [one] = item_statistics(results, [NAMED["mean-reply"]])
    assert one.difficulty == 1.0


@pytest.mark.parametrize(
    ("right", "ease"), [(20, "easy"), (17, "easy"), (16, "fine"), (11, "fine"), (10, "hard")]
)
def test_the_limits_of_easy_and_hard(right: int, ease: str) -> None:
    results = answers("say-name", *["c"] * right, *["a"] * (20 - right))
    [one] = item_statistics(results, [NAMED["say-name"]])
    assert one.ease == ease


# --- counts


def test_every_verdict_is_counted() -> None:
    results = answers("two-of-four", ["a", "c"], ["a"], ["b"], None, ["a", "z"])
    [one] = item_statistics(results, [NAMED["two-of-four"]])
    expected: dict[Verdict, int] = {
        "right": 1,
        "partly": 1,
        "wrong": 1,
        "missing": 1,
        "unfit": 1,
        "ungradable": 0,
        "pending": 0,
    }
    assert one.verdicts == expected


def test_only_readable_answers_count_as_answered() -> None:
    results = answers("say-name", "c", "a", None, "no-such-option")
    [one] = item_statistics(results, [NAMED["say-name"]])
    assert (one.answered, one.n) == (2, 4)


def test_statistics_come_in_the_order_of_the_items() -> None:
    found = item_statistics(cohort("lin"), ITEMS)
    assert [one.item for one in found] == [item.id for item in ITEMS]


# --- choices


def test_shares_of_a_single_choice_are_of_those_who_answered() -> None:
    assert shares("say-name", "c", "c", "c", "a", None) == (
        ChoiceShare("a", 0.25, key=False),
        ChoiceShare("b", 0.0, key=False),
        ChoiceShare("c", 0.75, key=True),
    )


def test_shares_of_a_multiple_choice_count_every_chosen_option() -> None:
    assert shares("two-of-four", ["a", "c"], ["a", "b"]) == (
        ChoiceShare("a", 1.0, key=True),
        ChoiceShare("b", 0.5, key=False),
        ChoiceShare("c", 0.5, key=True),
        ChoiceShare("d", 0.0, key=False),
    )


def test_true_and_false_are_choices() -> None:
    assert shares("is-it-so", "false", "true") == (
        ChoiceShare("true", 0.5, key=False),
        ChoiceShare("false", 0.5, key=True),
    )


def test_an_order_counts_the_steps_in_their_place() -> None:
    given: Json = ["listen", "greet", "call-back", "solve"]
    assert shares("in-order", PERFECT["in-order"], given) == (
        ChoiceShare("listen", 1.0, key=True),
        ChoiceShare("greet", 1.0, key=True),
        ChoiceShare("solve", 0.5, key=True),
        ChoiceShare("call-back", 0.5, key=True),
    )


@pytest.mark.parametrize("item", ["mean-reply", "late-ones"])
def test_exercises_have_no_choices(item: str) -> None:
    assert shares(item) == ()


@pytest.mark.parametrize("values", [[], [None], [["a"]], [{"a": 1}], [7]])
def test_shares_without_a_readable_answer_are_zero(values: list[Json]) -> None:
    assert {choice.share for choice in shares("say-name", *values)} == {0.0}


# --- figures


@pytest.mark.parametrize(
    ("scores", "bars"),
    [
        ([0.0, 0.09, 0.1], {0: 2, 1: 1}),
        ([0.7, 2.1 / 3.0, 0.69999], {6: 1, 7: 2}),
        ([0.95, 1.0], {9: 2}),
    ],
    ids=["lowest", "inexact-sums", "full-marks"],
)
def test_every_score_falls_into_its_tenth(scores: list[float], bars: dict[int, int]) -> None:
    counts = score_distribution(scores, "en").data[0].y
    assert {place: count for place, count in enumerate(counts) if count} == bars


@every_language
def test_the_median_is_written_on_the_histogram(language: Language) -> None:
    figure = score_distribution([0.2, 0.5, 0.9], language)
    assert any("50%" in note.text for note in figure.layout.annotations)


def test_the_first_item_stands_on_top() -> None:
    items = ITEMS
    figure = item_difficulty(items, item_statistics([], items), "en")
    low, high = figure.layout.yaxis.range
    assert (list(figure.data[0].y), low > high) == ([0, 1, 2, 3, 4, 5], True)


def test_the_key_is_ticked_in_the_figure_of_choices() -> None:
    items = [NAMED["say-name"]]
    results = answers("say-name", "c", "c", "c", "a")
    figure = choice_shares(items, item_statistics(results, items), "en")
    assert list(figure.data[3].text) == ["a 25", "b 0", "c✓ 75"]


def test_an_item_that_nobody_got_right_has_a_bar_with_its_label() -> None:
    items = [NAMED["say-name"]]
    figure = item_difficulty(items, item_statistics(answers("say-name", "a"), items), "en")
    assert (figure.data[0].x[0] > 0, figure.data[0].text[0]) == (True, "0% hard")


def test_markup_in_a_stem_is_shown_not_obeyed() -> None:
    item = NAMED["say-name"]
    hostile = item.model_copy(
        update={"stem": item.stem.model_copy(update={"en": "<a href='https://x.test'>go</a>"})}
    )
    figure = item_difficulty([hostile], item_statistics([], [hostile]), "en")
    assert "<a" not in figure.data[0].hovertext[0]


# --- the page


@pytest.mark.parametrize("trainees", [[], ["lin"], ["lin", "zhao", "qian"]])
@every_language
def test_every_item_has_one_section(trainees: list[str], language: Language) -> None:
    parsed = Tags(page(cohort(*trainees), language))
    ids = [tag["id"] for tag in parsed.named("article")]
    assert ids == [f"item-{number}" for number in range(1, len(NAMED) + 1)]


@every_language
def test_every_item_is_read_in_the_language_of_the_page(language: Language) -> None:
    text = Tags(page(cohort("lin"), language)).text
    assert [item.id for item in NAMED.values() if item.stem[language] not in text] == []


@every_language
def test_every_option_is_written_out(language: Language) -> None:
    text = Tags(page(cohort("lin"), language)).text
    choices = [choice for item in NAMED.values() for choice in item.public(language).choices]
    assert [choice.text for choice in choices if choice.text not in text] == []


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-Hans"), ("en", "en")])
def test_the_page_says_its_language(language: Language, tag: str) -> None:
    assert Tags(page([], language)).named("html") == [{"lang": tag}]


def test_the_page_asks_nothing_of_the_network() -> None:
    parsed = Tags(page(cohort("lin", "zhao")))
    addresses = [
        value
        for _tag, attributes in parsed.tags
        for name, value in attributes.items()
        if name in {"src", "href", "action", "srcset", "data"}
    ]
    assert [value for value in addresses if not (value or "").startswith(("#", "../"))] == []


def test_the_browser_is_told_to_stay_off_the_network() -> None:
    [policy] = [
        tag["content"] or ""
        for tag in Tags(page([])).named("meta")
        if tag.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'")


def test_plotly_is_in_the_page_once() -> None:
    assert page(cohort("lin")).count("* plotly.js v") == 1


def test_a_hostile_trainee_id_is_text() -> None:
    hostile = "<script>alert(1)</script>"
    html = page(cohort(hostile))
    assert (hostile in html, hostile in Tags(html).text) == (False, True)


def test_a_trainee_has_points_percent_and_open_items() -> None:
    assert "lin 8 14 57.1% 2 31" in Tags(page(cohort("lin"))).text


def test_mean_and_median_of_the_cohort() -> None:
    results = cohort("lin", "zhao", "qian")
    results = [
        dataclasses.replace(one, points=0.0) if one.trainee == "lin" else one for one in results
    ]
    assert "Mean score 38.1% Median score 57.1%" in Tags(page(results)).text


def test_an_empty_cohort_is_said() -> None:
    assert "No submission has been graded yet" in Tags(page([])).text


def test_what_could_not_be_graded_is_said() -> None:
    results = [
        dataclasses.replace(one, verdict="ungradable") if one.item == "late-ones" else one
        for one in cohort("lin", "zhao")
    ]
    assert "want of a reference answer: 2." in Tags(page(results)).text


def test_headings_skip_no_level() -> None:
    levels = [
        int(tag[1])
        for tag, _attributes in Tags(page(cohort("lin"))).tags
        if tag in {"h1", "h2", "h3"}
    ]
    steps = [after - before for before, after in pairwise(levels)]
    assert (levels[0], max(steps)) == (1, 1)


def test_every_table_head_says_what_it_heads() -> None:
    heads = Tags(page(cohort("lin"))).named("th")
    assert [head for head in heads if "scope" not in head] == []
