"""Scores by the rules printed in the lessons, from tables of worked examples."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientcourse.authoring.load import load_bank
from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    NumberQuestion,
    OrderItem,
    ShortItem,
)
from clientcourse.scoring import MultipleRule, ScoringRules, longest_increasing, score
from tests.conftest import TOY

BANK = load_bank(TOY, "greeting", "first-call")
ITEMS = {item.id: item for item in BANK.items()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def both(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def item_of(type_: str, **fields: object) -> dict[str, object]:
    about = {"id": f"a-{type_}", "type": type_, "objective": "x", "level": "apply", "points": 6}
    return {**about, "stem": both("?"), **fields}


BLANK = BlankItem.model_validate(
    item_of(
        "blank",
        text=both("[[hours]], [[system]]"),
        gaps=[
            {
                "id": "hours",
                "accept": {"zh": ["24 小时", "一天"], "en": ["24 hours"]},
                "why": both("!"),
            },
            {
                "id": "system",
                "accept": {"zh": ["CRM", "客户关系管理系统"], "en": ["CRM", "crm system"]},
                "why": both("!"),
            },
        ],
    )
)
MATCH = MatchItem.model_validate(
    item_of(
        "match",
        targets=[{"id": id_, "text": both(id_)} for id_ in "abc"],
        prompts=[
            {"id": id_, "text": both(id_), "target": target, "why": both("!")}
            for id_, target in {"hurried": "b", "anxious": "a", "curious": "b"}.items()
        ],
    )
)
A, B, C = (MATCH.shown_id(target) for target in "abc")
SORT = OrderItem.model_validate(
    item_of(
        "order",
        steps=[{"id": id_, "text": both(id_), "why": both("!")} for id_ in ("one", "two", "red")],
        leave_out=[{"id": "argue", "text": both("argue"), "why": both("!")}],
    )
)
NUMBER = NumberQuestion.model_validate(
    item_of("number", answer=12.5, tolerance={"atol": 0.25}, why=both("!"))
)
SHORT = ShortItem.model_validate(
    item_of("short", rubric=[{"points": 6, "text": both("!")}], model_answer=both("!"))
)
CHOICES = MultipleItem.model_validate(
    item_of(
        "multiple",
        options=[
            {"id": id_, "text": both(id_), "correct": id_ in "abc", "why": both("!")}
            for id_ in "abcdef"
        ],
    )
)
NEW = {item.id: item for item in (BLANK, MATCH, SORT, NUMBER, SHORT)}


@pytest.mark.parametrize(
    ("item", "value", "points", "verdict"),
    [
        (BLANK, {"hours": "24 小时", "system": "CRM"}, 6, "right"),
        (BLANK, {"hours": "２４小时。", "system": " crm "}, 6, "right"),
        (BLANK, {"hours": "二十四小时", "system": "客户关系管理系统"}, 6, "right"),
        (BLANK, {"hours": "24 hours", "system": "“CRM System”"}, 6, "right"),
        (BLANK, {"hours": "一天", "system": "EHR"}, 3, "partly"),
        (BLANK, {"hours": "48 小时"}, 0, "wrong"),
        (BLANK, {"hours": " "}, 0, "missing"),
        (BLANK, {"hours": "1" * 40 + "亿1万"}, 0, "wrong"),
        (BLANK, {"hours": "1" * 201}, 0, "unfit"),
        (BLANK, {"days": "1"}, 0, "unfit"),
        (BLANK, {"hours": 24}, 0, "unfit"),
        (BLANK, "24", 0, "unfit"),
        (MATCH, {"hurried": B, "anxious": A, "curious": B}, 6, "right"),
        (MATCH, {"hurried": B, "anxious": B, "curious": B}, 4, "partly"),
        (MATCH, {"hurried": B}, 2, "partly"),
        (MATCH, {"hurried": C}, 0, "wrong"),
        (MATCH, {"hurried": "b"}, 0, "unfit"),
        (MATCH, {}, 0, "missing"),
        (SORT, ["one", "two", "red"], 6, "right"),
        (SORT, ["one", "two"], 3, "partly"),
        (SORT, ["one", "argue", "two", "red"], 3, "partly"),
        (SORT, ["argue", "one", "two"], 0, "wrong"),
        (SORT, ["argue"], 0, "wrong"),
        (NUMBER, 12.5, 6, "right"),
        (NUMBER, 12.75, 6, "right"),
        (NUMBER, 12.76, 0, "wrong"),
        (NUMBER, "12.5", 0, "unfit"),
        (SHORT, "In my own words.", 0, "pending"),
        (SHORT, " \n", 0, "missing"),
        (SHORT, "\ud800", 0, "unfit"),
        (SHORT, "x" * 10_001, 0, "unfit"),
    ],
)
def test_worked_examples_of_answers_in_words_and_pairs(
    item: Item, value: object, points: float, verdict: str
) -> None:
    scored = score(item, value)
    assert (scored.points, scored.verdict) == (points, verdict)


@pytest.mark.parametrize(
    ("rule", "chosen", "points"),
    [
        ("proportional", "abc", 6),
        ("proportional", "ab", 4),
        ("proportional", "abd", 0),
        ("all-or-nothing", "abc", 6),
        ("all-or-nothing", "ab", 0),
        ("all-or-nothing", "abcd", 0),
        ("each-option", "abc", 6),
        ("each-option", "ab", 4),  # five right decisions, one wrong
        ("each-option", "abd", 2),
        ("each-option", "abcdef", 0),
        ("each-option", "def", 0),
    ],
)
def test_the_three_rules_for_several_right_options(
    rule: MultipleRule, chosen: str, points: float
) -> None:
    assert score(CHOICES, [*chosen], rules=ScoringRules(multiple=rule)).points == points


@given(st.sampled_from(sorted(NEW)), JSON | st.dictionaries(st.text(), st.text()))
def test_any_json_is_scored_within_bounds_in_every_form(item: str, value: object) -> None:
    scored = score(NEW[item], value)
    assert 0 <= scored.points <= scored.max_points


@given(
    st.sampled_from(get_args(MultipleRule)),
    st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
)
def test_under_every_rule_only_the_key_earns_full_points(
    rule: MultipleRule, chosen: list[str]
) -> None:
    scored = score(CHOICES, chosen, rules=ScoringRules(multiple=rule))
    assert 0 <= scored.points <= 6
    assert (scored.points == 6) == (set(chosen) == {"a", "b", "c"})


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_the_order_of_options_does_not_matter(order: list[str], chosen: set[str]) -> None:
    options = sorted(CHOICES.options, key=lambda option: order.index(option.id))
    reordered = CHOICES.model_copy(update={"options": options})
    answer = [id_ for id_ in order if id_ in chosen]
    assert score(reordered, answer) == score(CHOICES, sorted(chosen))


@given(
    st.fixed_dictionaries(
        {}, optional={prompt: st.sampled_from([A, B, C]) for prompt in MATCH.key}
    ).filter(bool)
)
def test_only_the_right_pairs_earn_full_points(pairs: dict[str, str]) -> None:
    assert (score(MATCH, pairs).points == 6) == (pairs == MATCH.key)


@given(st.lists(st.sampled_from(["one", "two", "red", "argue"]), min_size=1, unique=True))
def test_only_the_steps_that_belong_in_their_order_earn_full_points(steps: list[str]) -> None:
    assert (score(SORT, steps).points == 6) == (steps == ["one", "two", "red"])


def table(*rows: list[object]) -> dict[str, object]:
    return {"columns": ["complaint_id", "first_reply_hours"], "rows": list(rows)}


REFERENCE = {"mean-reply": 16.1, "late-ones": table(["K1", 30.0], ["K2", 40.0])}


@pytest.mark.parametrize(
    ("item", "value", "points", "verdict"),
    [
        ("say-name", "c", 2, "right"),
        ("say-name", "a", 0, "wrong"),
        ("say-name", None, 0, "missing"),
        ("say-name", "z", 0, "unfit"),
        ("say-name", ["c"], 0, "unfit"),
        ("two-of-four", ["a", "c"], 2, "right"),
        ("two-of-four", ["c", "a"], 2, "right"),
        ("two-of-four", ["a"], 1, "partly"),
        ("two-of-four", ["a", "b"], 0, "wrong"),
        ("two-of-four", ["a", "b", "c", "d"], 0, "wrong"),
        ("two-of-four", ["a", "a"], 0, "unfit"),
        ("is-it-so", "false", 1, "right"),
        ("is-it-so", "true", 0, "wrong"),
        ("in-order", ["listen", "greet", "solve", "call-back"], 3, "right"),
        ("in-order", ["listen", "solve", "greet", "call-back"], 2, "partly"),
        ("in-order", ["call-back", "solve", "greet", "listen"], 0, "wrong"),
        ("in-order", ["listen", "greet"], 0, "unfit"),
        ("mean-reply", 16.1, 2, "right"),
        ("mean-reply", 16.15, 2, "right"),
        ("mean-reply", 16.16, 0, "wrong"),
        ("mean-reply", math.nan, 0, "unfit"),
        ("mean-reply", math.inf, 0, "unfit"),
        ("mean-reply", 10**400, 0, "unfit"),
        ("mean-reply", True, 0, "unfit"),
        ("mean-reply", "16.1", 0, "unfit"),
        ("late-ones", table(["K1", 30.0], ["K2", 40.0]), 4, "right"),
        ("late-ones", table(["K2", 40.04], ["k1 ", 30]), 4, "right"),
        ("late-ones", table(["K1", 30.0]), 2.67, "partly"),
        ("late-ones", table(["K1", 30.0], ["K2", 99.0]), 2, "partly"),
        ("late-ones", table(["K1", 30.0], ["K1", 30.0], ["K2", 40.0]), 3.2, "partly"),
        ("late-ones", table(["K9", 30.0]), 0, "wrong"),
        ("late-ones", table(), 0, "wrong"),
        ("late-ones", {"columns": ["complaint_id"], "rows": []}, 0, "unfit"),
        ("late-ones", table(["K1"]), 0, "unfit"),
        ("late-ones", table(["K1", [1]]), 0, "unfit"),
    ],
)
def test_worked_examples(item: str, value: object, points: float, verdict: str) -> None:
    scored = score(ITEMS[item], value, REFERENCE.get(item))
    assert (scored.points, scored.verdict) == (points, verdict)


def test_an_exercise_without_reference_is_ungradable_not_full() -> None:
    assert score(ITEMS["mean-reply"], 3.0, None).verdict == "ungradable"


def test_a_nearly_perfect_table_never_rounds_up_to_full_points() -> None:
    rows = [[f"K{i}", 30.0] for i in range(1000)]
    item = ITEMS["late-ones"]
    scored = score(item, table(*rows[1:]), table(*rows))
    assert scored.points == 3.99


@given(st.sampled_from(sorted(ITEMS)), JSON)
def test_any_json_is_scored_within_bounds(item: str, value: object) -> None:
    scored = score(ITEMS[item], value, REFERENCE.get(item))
    assert 0 <= scored.points <= scored.max_points == ITEMS[item].points


@given(st.permutations(["listen", "greet", "solve", "call-back"]))
def test_only_the_right_order_earns_full_points(order: list[str]) -> None:
    full = score(ITEMS["in-order"], order).points == 3
    assert full == (order == ["listen", "greet", "solve", "call-back"])


@given(st.lists(st.sampled_from("abcd"), min_size=1, unique=True))
def test_only_the_key_earns_full_points(chosen: list[str]) -> None:
    full = score(ITEMS["two-of-four"], chosen).points == 2
    assert full == (set(chosen) == {"a", "c"})


@given(st.permutations([["K1", 30.0], ["K2", 40.0], ["K3", None]]))
def test_the_order_of_rows_does_not_matter(rows: list[list[object]]) -> None:
    reference = table(["K1", 30.0], ["K2", 40.0], ["K3", None])
    assert score(ITEMS["late-ones"], table(*rows), reference).verdict == "right"


@given(st.lists(st.integers(), max_size=9))
def test_longest_increasing_agrees_with_trying_all(numbers: list[int]) -> None:
    best = [1] * len(numbers)
    for i, number in enumerate(numbers):
        best[i] = 1 + max((best[j] for j in range(i) if numbers[j] < number), default=0)
    assert longest_increasing(numbers) == max(best, default=0)
