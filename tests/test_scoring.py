"""Scores by the rules printed in the lessons, from tables of worked examples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientcourse.authoring.load import load_bank
from clientcourse.scoring import longest_increasing, score
from tests.conftest import TOY

BANK = load_bank(TOY, "greeting", "first-call")
ITEMS = {item.id: item for item in BANK.items()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


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
