"""Item analysis: figures as independent software finds them, and flags that mean something."""

import dataclasses
import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
import pingouin as pg
import pytest

from clientcourse.grading.results import ItemResult
from clientcourse.items import Item, MultipleItem, NumberQuestion, TrueFalseItem
from clientcourse.language import LANGUAGES, Language, Text
from clientcourse.report.analysis import Analysis, GroupShare, analyse
from clientcourse.report.definitions import DEFINITIONS
from clientcourse.report.flags import Flag, Kind
from clientcourse.scoring import score
from clientcourse.values import Json
from tests.cohorts import LESSON, Cohort, Quality, cohort, guessing, single

every_language = pytest.mark.parametrize("language", LANGUAGES)
PLANTED: tuple[Quality, ...] = ("wrong-key", "ambiguous", "trivial")
SEEDS = range(1000, 1050)
KEY_KINDS = {"wrong-key", "negative", "ambiguous"}


def answered(lesson: str, items: Sequence[Item], *trainees: Sequence[Json]) -> list[ItemResult]:
    """Return results of trainees, each with a value for each item."""
    return [
        ItemResult(
            f"trainee-{row}", lesson, item.id, got.points, got.max_points, got.verdict, value
        )
        for row, values in enumerate(trainees)
        for item, value in zip(items, values, strict=True)
        for got in [score(item, value)]
    ]


def singles(n: int, key: str = "a") -> list[Item]:
    return [single(f"item-{place}", key) for place in range(n)]


def analysed(items: Sequence[Item], *trainees: Sequence[Json]) -> Analysis:
    return analyse(answered(LESSON, items, *trainees), {LESSON: items})


def multiple(id_: str, *right: str) -> MultipleItem:
    plain = single(id_, "a").model_dump()
    options = [option | {"correct": option["id"] in right} for option in plain["options"]]
    return MultipleItem.model_validate(plain | {"type": "multiple", "options": options})


def number(id_: str) -> NumberQuestion:
    text = {"zh": "文", "en": "text"}
    fields = {"id": id_, "type": "number", "objective": "thanks", "level": "apply", "stem": text}
    return NumberQuestion.model_validate({**fields, "answer": 5.0, "why": text})


def truefalse(id_: str, *, answer: bool) -> TrueFalseItem:
    text = {"zh": "文", "en": "text"}
    fields = {"id": id_, "type": "truefalse", "objective": "thanks", "level": "apply", "stem": text}
    return TrueFalseItem.model_validate(
        {**fields, "answer": answer, "why_true": text, "why_false": text}
    )


def table(results: Sequence[ItemResult]) -> pd.DataFrame:
    """Return the points, trainees in rows and items in columns."""
    frame = pd.DataFrame([dataclasses.asdict(one) for one in results])
    return frame.pivot_table(index="trainee", columns="item", values="points", sort=False)


def partial_credit(seed: int) -> Cohort:
    """Return a cohort of 40 on 12 items with points in quarters of 2."""
    whole = cohort(40, seed, items=12)
    rng = np.random.default_rng(seed)
    results = [
        dataclasses.replace(
            one,
            points=min(2.0, one.points + rng.integers(0, 4) / 2),
            max_points=2.0,
            verdict="partly",
        )
        for one in whole.results
    ]
    return dataclasses.replace(whole, results=results)


# --- against independent software, on the same data

COHORTS = [cohort(60, 7), cohort(12, 8), partial_credit(9)]
of_every_cohort = pytest.mark.parametrize("known", COHORTS, ids=["60", "12", "partial-credit"])


@of_every_cohort
def test_discrimination_is_the_item_rest_correlation(known: Cohort) -> None:
    points = table(known.results)
    expected = {
        (LESSON, item): pg.corr(points[item], points.drop(columns=item).sum(axis=1))["r"].iloc[0]
        for item in points
    }
    found = analyse(known.results, known.items).items
    assert {place: one.discrimination for place, one in found.items()} == pytest.approx(expected)


@of_every_cohort
def test_reliability_is_cronbachs_alpha(known: Cohort) -> None:
    alpha, _interval = pg.cronbach_alpha(data=table(known.results))
    assert analyse(known.results, known.items).reliability.alpha == pytest.approx(alpha)


@of_every_cohort
def test_the_interval_of_the_reliability_is_feldts(known: Cohort) -> None:
    _alpha, interval = pg.cronbach_alpha(data=table(known.results), ci=0.95)
    found = analyse(known.results, known.items).reliability
    assert found.low is not None
    assert found.high is not None
    # pingouin rounds to three decimals
    assert [round(found.low, 3), round(found.high, 3)] == pytest.approx(list(interval))


# --- by hand


def test_a_small_case_by_hand() -> None:
    found = analysed(singles(3), "aaa", "aab", "abb", "bbb")
    # Variances 1/4, 1/3, 1/4 of the items and 5/3 of the totals 3, 2, 1, 0.
    alpha = 3 / 2 * (1 - (5 / 6) / (5 / 3))
    assert found.reliability.alpha == pytest.approx(alpha)
    assert found.reliability.sem == pytest.approx(math.sqrt(5 / 3) * math.sqrt(1 - alpha))
    # Item 1 is 1, 1, 1, 0; the rest is 2, 1, 0, 0.
    r = (3 - 4 * 0.75 * 0.75) / math.sqrt(0.75 * 2.75)
    assert found.items[LESSON, "item-0"].discrimination == pytest.approx(r)


def test_partial_credit_counts_in_the_discrimination() -> None:
    items = [multiple("some-of", "a", "b"), *singles(2)]
    found = analysed(items, (["a", "b"], "a", "a"), (["a"], "a", "b"), (["c"], "b", "b"))
    assert found.items[LESSON, "some-of"].discrimination == pytest.approx(1.0)


def test_a_wrong_answer_earns_as_little_as_none_but_only_none_is_omitted() -> None:
    found = analysed(singles(2), "aa", (None, "a"), "ba", "aa").items[LESSON, "item-0"]
    assert (found.difficulty, found.omitted) == (0.5, 0.25)


# --- strong and weak


def shares(*trainees: Sequence[Json]) -> dict[str, tuple[float, float]]:
    """Return the strong's and the weak's shares of the options of the first item."""
    items = singles(len(trainees[0]))
    found = analysed(items, *trainees).items[LESSON, "item-0"]
    return {one.id: (one.strong, one.weak) for one in found.shares}


def test_strong_and_weak_are_those_best_and_worst_on_the_other_items() -> None:
    trainees = ["b" + "a" * right + "b" * (10 - right) for right in range(11)]
    trainees[10] = "a" + trainees[10][1:]  # the best of eleven
    trainees[0] = "c" + trainees[0][1:]  # the last
    assert shares(*trainees) == {
        "a": (1 / 3, 0),
        "b": (2 / 3, 2 / 3),
        "c": (0, 1 / 3),
        "d": (0, 0),
    }


def test_a_group_is_27_percent_of_the_trainees() -> None:
    known = cohort(60, 3)
    assert {one.group for one in analyse(known.results, known.items).items.values()} == {16}


def test_who_ties_for_the_last_place_in_a_group_counts_in_part() -> None:
    # Two of seven are strong: the first, and one of the two who come next.
    trainees = ["abbb" if row else "aaaa" for row in range(7)]
    trainees[1:3] = ["baab", "aaab"]
    assert shares(*trainees)["b"] == (0.25, 0.0)


def test_the_order_of_trainees_decides_nothing() -> None:
    known = cohort(13, 4)

    def groups(results: Sequence[ItemResult]) -> list[tuple[float, float]]:
        found = analyse(results, known.items).items.values()
        return [(share.strong, share.weak) for one in found for share in one.shares]

    turned, straight = groups(known.results[::-1]), groups(known.results)
    assert np.array(turned) == pytest.approx(np.array(straight))


def test_who_left_an_item_open_is_part_of_the_group() -> None:
    trainees: list[Sequence[Json]] = ["aaa", (None, "a", "a"), "aba", "bba", "bba", "bbb", "bbb"]
    assert shares(*trainees)["a"] == (0.5, 0.0)


def test_several_options_can_be_chosen_by_one_trainee() -> None:
    items = [multiple("some-of", "a", "b"), *singles(1)]
    found = analysed(items, (["a", "b"], "a"), (["c"], "b"))
    assert found.items[LESSON, "some-of"].shares == (
        GroupShare("a", key=True, strong=1.0, weak=0.0),
        GroupShare("b", key=True, strong=1.0, weak=0.0),
        GroupShare("c", key=False, strong=0.0, weak=1.0),
        GroupShare("d", key=False, strong=0.0, weak=0.0),
    )


# --- who and what is left out


def test_empty_submissions_are_left_out_and_counted() -> None:
    filled = ["aaa", "aab", "abb", "bbb"]
    with_empty = analysed(singles(3), *filled, (None,) * 3, (None,) * 3)
    without = analysed(singles(3), *filled)
    assert (with_empty.left_out, with_empty.n) == (2, 4)
    assert (with_empty.items, with_empty.reliability) == (without.items, without.reliability)


def test_who_did_nothing_in_a_lesson_is_left_out_of_it() -> None:
    items = {"monday": singles(2), "tuesday": singles(2)}
    results = [
        *answered("monday", items["monday"], "aa", "ab", "bb"),
        *answered("tuesday", items["tuesday"], "aa", "ab", (None, None)),
    ]
    found = analyse(results, items)
    assert [found.lessons[lesson].n for lesson in items] == [3, 2]
    assert found.items["tuesday", "item-0"].omitted == 0.0


@pytest.mark.parametrize("verdict", ["pending", "ungradable"])
def test_an_unsettled_answer_is_left_out(verdict: str) -> None:
    results = answered(LESSON, singles(4), "aaab", "aaba", "abba", "bbbb")
    results[3] = dataclasses.replace(results[3], points=0.0, verdict=verdict)  # type: ignore[arg-type]
    found = analyse(results, {LESSON: singles(4)})
    without = analysed(singles(3), "aaa", "aab", "abb", "bbb")
    assert found.items[LESSON, "item-3"].n == 3
    assert found.reliability == without.reliability
    assert found.items[LESSON, "item-0"] == without.items[LESSON, "item-0"]


def test_items_of_one_name_in_two_lessons_are_kept_apart() -> None:
    items = {"monday": singles(1), "tuesday": singles(1)}
    results = [
        *answered("monday", items["monday"], "a", "a"),
        *answered("tuesday", items["tuesday"], "a", "b"),
    ]
    found = {place: one.difficulty for place, one in analyse(results, items).items.items()}
    assert found == {("monday", "item-0"): 1.0, ("tuesday", "item-0"): 0.5}


# --- what has no value


@pytest.mark.parametrize(
    "trainees",
    [[], ["aa"], ["aa", "aa"], ["ab", "ba"]],
    ids=["nobody", "one", "all-alike", "equal-totals"],
)
def test_a_reliability_that_is_not_defined_is_none(trainees: list[str]) -> None:
    found = analysed(singles(2), *trainees).reliability
    assert (found.alpha, found.low, found.high, found.sem) == (None,) * 4


def test_one_item_has_no_reliability_and_no_discrimination() -> None:
    found = analysed(singles(1), "a", "b", "a")
    assert (found.reliability.alpha, found.items[LESSON, "item-0"].discrimination) == (None, None)


@pytest.mark.parametrize("trainees", [[], ["aa"], ["aa", "ab", "ab"]])
def test_an_item_on_which_nobody_varies_has_no_discrimination(trainees: list[str]) -> None:
    assert analysed(singles(2), *trainees).items[LESSON, "item-0"].discrimination is None


def test_an_item_that_nobody_could_be_graded_on_has_no_figures() -> None:
    results = [
        dataclasses.replace(one, verdict="pending")
        for one in answered(LESSON, singles(1), "a", "b")
    ]
    found = analyse(results, {LESSON: singles(1)}).items[LESSON, "item-0"]
    assert (found.n, found.difficulty, found.omitted, found.shares) == (0, None, None, ())


# --- flags: rates over many cohorts


@cache
def judged(trainees: int) -> list[tuple[Quality, set[str]]]:
    """Return for every item of many cohorts what it is and what it was flagged as."""
    found = []
    for seed in SEEDS:
        known = cohort(trainees, seed, planted=PLANTED)
        kinds: dict[str, set[str]] = {item: set() for item in known.qualities}
        for flag in analyse(known.results, known.items).flags:
            kinds[flag.item].add(flag.kind)
        found += [(quality, kinds[item]) for item, quality in known.qualities.items()]
    return found


def rate(trainees: int, quality: Quality, kinds: set[str]) -> float:
    """Return the share of the items of a quality that were flagged as one of some kinds."""
    flags = [flagged for known, flagged in judged(trainees) if known == quality]
    return sum(bool(flagged & kinds) for flagged in flags) / len(flags)


# Measured in 500 other cohorts: 92.8, 78.8 and 98.4 %; 1.8 % of good items. By chance alone the
# rates of 50 cohorts lie beyond these bounds once in a hundred times.
@pytest.mark.parametrize(
    ("quality", "kind", "at_least"),
    [
        ("wrong-key", "wrong-key", 0.84),
        ("ambiguous", "ambiguous", 0.64),
        ("trivial", "too-easy", 0.94),
    ],
)
def test_a_planted_bad_item_is_flagged_in_a_cohort_of_60(
    quality: Quality, kind: str, at_least: float
) -> None:
    assert rate(60, quality, {kind}) >= at_least


def test_good_items_are_seldom_called_wrong_or_ambiguous_in_a_cohort_of_60() -> None:
    assert rate(60, "good", KEY_KINDS) <= 0.028


def test_no_key_is_called_in_doubt_by_chance_in_a_cohort_of_12() -> None:
    assert rate(12, "good", {"wrong-key", "negative"}) == 0.0


def test_no_key_is_called_in_doubt_where_everyone_guesses() -> None:
    known = [guessing(12, seed) for seed in SEEDS]
    flags = [flag for one in known for flag in analyse(one.results, one.items).flags]
    assert [flag for flag in flags if flag.kind in {"wrong-key", "negative"}] == []


# --- flags: what they say


def beside(first: Item, answers: Sequence[Json]) -> Analysis:
    """Analyse an item, and nine good ones, with answers from trainees from weak to strong."""
    n = len(answers)
    trainees = [
        [answer, *("a" if 10 * row >= n * place else "b" for place in range(1, 10))]
        for row, answer in enumerate(answers)
    ]
    return analysed([first, *singles(10)[1:]], *trainees)


def said(first: Item, answers: Sequence[Json]) -> list[Flag]:
    """Return what is said of an item."""
    return [flag for flag in beside(first, answers).flags if flag.item == first.id]


def says(kind: Kind, zh: str, en: str) -> Flag:
    return Flag(kind, LESSON, "first", Text(zh=zh, en=en))


WEAK: list[Json] = ["b", "c", "d"] * 10


@pytest.mark.parametrize(
    ("first", "answers", "flag"),
    [
        (
            single("first", "b"),
            ["b"] * 20 + ["c", "d"] * 5 + ["a"] * 30,
            says(
                "wrong-key",
                "请核对答案：成绩最好的学员有 100% 选了“a”，0% 选了算作正确的“b”；成绩最差的"
                "学员里分别是 0% 和 100%。从作答看，“a”更像是正确答案。",
                "Look at the key: 100% of the strongest trainees chose “a” and 0% the key "
                "“b”; of the weakest, 0% and 100%. By these answers “a” looks like the right "
                "one.",
            ),
        ),
        (
            truefalse("first", answer=True),
            ["true"] * 25 + ["false"] * 35,
            says(
                "wrong-key",
                "请核对答案：成绩最好的学员有 100% 选了“错”，0% 选了算作正确的“对”；"
                "成绩最差的学员里分别是 0% 和 100%。从作答看，“错”更像是正确答案。",
                "Look at the key: 100% of the strongest trainees chose “False” and 0% the key "
                "“True”; of the weakest, 0% and 100%. By these answers “False” looks like the "
                "right one.",
            ),
        ),
        (
            multiple("first", "a", "c"),
            [["a", "b"]] * 25 + [["a", "d"]] * 35,
            says(
                "wrong-key",
                "请核对答案：“d”算作错误，但成绩最好的学员有 100% 选了它，成绩最差的学员有 0%。"
                "从作答看，情况正好相反。",
                "Look at the key: “d” counts as wrong, but 100% of the strongest trainees "
                "chose it and 0% of the weakest. By these answers it looks the other way round.",
            ),
        ),
        (
            single("first", "a"),
            ["c", "d"] * 14 + ["a", "b"] * 16,
            says(
                "ambiguous",
                "题目有没有歧义？成绩最好的学员意见不一：50% 选了算作正确的“a”，50% 选了“b”；"
                "成绩最差的学员里分别是 0% 和 0%。“b”是不是也说得通？",
                "Is it ambiguous? Two options share the strongest trainees: 50% chose the key "
                "“a” and 50% chose “b”; of the weakest, 0% and 0%. Could “b” be right, too?",
            ),
        ),
        (
            number("first"),
            [5] * 30 + [4] * 30,
            says(
                "negative",
                "总的来说，成绩差的学员在这道题上反而比成绩好的学员做得好（区分度 -0.87），"
                "不像是偶然。请核对答案、评分和题目的说法。",
                "Weak trainees did better on it than strong ones (discrimination -0.87), and "
                "chance does not explain it. Look at the key, the points and the wording.",
            ),
        ),
        (
            single("first", "a"),
            [None] * 12 + WEAK[:18] + ["a"] * 30,
            says(
                "omitted",
                "许多人没有作答（20%）：是看不懂、太费时间，还是位置太靠后？",
                "Many leave it open (20%): is it unclear, too long, or too far down?",
            ),
        ),
        (
            single("first", "a"),
            ["b"] * 2 + ["a"] * 58,
            says(
                "too-easy",
                "几乎人人都对（平均得分率 97%）：这道题区分不出任何人。",
                "Nearly everyone is right (mean score 97%): it tells nobody apart.",
            ),
        ),
        (
            single("first", "a"),
            ["b"] * 20 + ["a"] * 40,
            says(
                "unused",
                "60 人作答，没有一个选“c”、“d”：看来没有人会这样错。",
                "Of 60 who answered, nobody chose “c”, “d”: not a believable mistake.",
            ),
        ),
        (single("first", "a"), [*WEAK, *["a"] * 30], None),
        (single("first", "a"), ["a"] * 12, None),
        (single("first", "a"), [*WEAK[:2] * 4, *["a"] * 12], None),
        (single("first", "a"), [None] * 2 + WEAK[:3] + ["a"] * 7, None),
    ],
    ids=[
        "wrong-key",
        "wrong-key-of-two",
        "wrong-key-of-several",
        "ambiguous",
        "negative",
        "omitted",
        "too-easy",
        "unused",
        "good",
        "twelve-right-by-chance",
        "unused-by-chance",
        "left-open-by-chance",
    ],
)
def test_what_is_said_of_an_item(first: Item, answers: Sequence[Json], flag: Flag | None) -> None:
    assert said(first, answers) == ([flag] if flag else [])


def test_the_most_serious_is_said_first() -> None:
    answers: list[Json] = [None] * 12 + ["b"] * 18 + ["a"] * 30
    found = said(single("first", "b"), answers)
    assert [(flag.kind, flag.severity) for flag in found] == [
        ("wrong-key", "high"),
        ("omitted", "medium"),
    ]


# --- notes and definitions


@pytest.mark.parametrize(
    ("trainees", "expected"), [(0, []), (3, ["tiny"]), (12, ["small"]), (29, ["small"]), (30, [])]
)
def test_a_small_cohort_is_said_to_be_small(trainees: int, expected: list[str]) -> None:
    known = cohort(trainees, 5) if trainees else Cohort([], {LESSON: singles(3)}, {})
    notes = " ".join(note.en for note in analyse(known.results, known.items).notes)
    words = {"tiny": "almost all chance", "small": "so chance is large"}
    assert [name for name, found in words.items() if found in notes] == expected


def test_the_reason_is_how_far_a_discrimination_may_be_off() -> None:
    known = cohort(12, 5)
    low, high = pg.compute_esci(stat=0.3, nx=12, ny=12, eftype="r")
    [note, *_] = analyse(known.results, known.items).notes
    assert f"from {low:.2f} to {high:.2f}" in note.en


def test_what_is_left_out_is_said() -> None:
    results = answered(LESSON, singles(3), "aaa", "aab", "abb", (None,) * 3, (None,) * 3)
    results[0] = dataclasses.replace(results[0], verdict="pending")
    notes = analyse(results, {LESSON: singles(3)}).notes
    assert [note.en for note in notes[1:3]] == [
        "Handed in without a single answer, and left out here: 2.",
        (
            "Items with answers that wait to be marked or cannot be graded, which count neither "
            "for reliability nor for the discrimination of other items yet: 1."
        ),
    ]


def test_items_that_tell_nobody_apart_call_no_key_in_doubt_and_say_so() -> None:
    # Whoever is right on one item is wrong on the others.
    found = analysed(singles(3), *["abb", "bab", "bba"] * 20)
    assert [flag for flag in found.flags if flag.kind in KEY_KINDS] == []
    assert found.notes[0].en.startswith(
        "These items do not reliably tell strong trainees from weak"
    )


@every_language
def test_every_figure_is_defined_with_its_source(language: Language) -> None:
    for definition in DEFINITIONS.values():
        assert all([definition.meaning[language], definition.source[language]])
