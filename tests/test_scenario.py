"""Conversations: what their checker finds, what a path is worth, what is said of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clientcourse.explain import debriefing
from clientcourse.items import Scenario
from clientcourse.practice import scenario_feedback
from clientcourse.scoring import score


def both(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def reply(id_: str, goto: str, *effects: int, mood: int = 0) -> dict[str, Any]:
    meters = dict(zip(("outcome", "respect", "process"), effects, strict=False))
    return {
        "id": id_,
        "text": both(f"say {id_}"),
        "goto": goto,
        "mood": mood,
        "effects": meters,
        "debrief": both(f"about {id_}"),
    }


def node(id_: str, *choices: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"id": id_, "says": both(f"{id_}?"), "choices": [*choices], **more}


def ending(id_: str, **effects: int) -> dict[str, Any]:
    words = {"title": both(id_), "says": both(f"{id_}."), "debrief": both(f"so {id_}")}
    return {"id": id_, "effects": effects, **words}


PLAN: dict[str, Any] = {
    "id": "late-money",
    "objective": "x",
    "level": "apply",
    "points": 10,
    "stem": both("A transfer is late."),
    "use": "graded",
    "title": both("Late"),
    "client": {"name": both("Ms Bai"), "about": both("in a hurry")},
    "mood": "upset",
    "start": "opening",
    "nodes": [
        node(
            "opening",
            reply("a", "reason", 0, 2, 0, mood=1),
            reply("b", "reason", 0, -2, 0, mood=-1),
        ),
        node(
            "reason",
            reply("a", "solved", 3, 0, 1),
            reply("b", "left", 0, 0, -1),
            says_if={"angry": both("At last!")},
        ),
    ],
    "endings": [ending("solved", outcome=2), ending("left")],
}  # fmt: skip


def scenario(**changes: object) -> Scenario:
    return Scenario.model_validate(copy.deepcopy(PLAN) | changes)


def mistake(**changes: object) -> str:
    with pytest.raises(ValidationError) as caught:
        scenario(**changes)
    return str(caught.value.errors()[0]["msg"])


LATE = scenario()
REPLIES = st.lists(st.lists(st.sampled_from("abz"), max_size=3), max_size=4)


def test_best_and_worst_come_from_the_graph() -> None:
    assert LATE.reach("total").most == 8
    assert LATE.reach("total").least == -3


def test_the_best_path_is_found() -> None:
    assert LATE.best_path() == ["a", "a"]


@pytest.mark.parametrize(
    ("attempts", "points", "verdict"),
    [
        ([["a", "a"]], 10, "right"),
        ([["b", "a"]], 5, "partly"),
        ([["a", "b"]], 1.25, "partly"),
        ([["b", "b"]], 0, "wrong"),
        ([["a"]], 0, "missing"),
        ([[]], 0, "missing"),
        ([["a", "z"]], 0, "unfit"),
        ([["a"], ["a", "a"]], 0, "unfit"),
        ([["a", "a", "a"]], 0, "unfit"),
        ("a", 0, "unfit"),
    ],
)
def test_a_conversation_is_worth_its_share_of_the_best(
    attempts: object, points: float, verdict: str
) -> None:
    scored = score(LATE, {"attempts": attempts})  # type: ignore[dict-item]
    assert (scored.points, scored.verdict) == (points, verdict)


@pytest.mark.parametrize(("counts", "points"), [("first", 5), ("last", 1.25), ("best", 10)])
def test_the_declared_attempt_counts(counts: str, points: float) -> None:
    attempts = {"attempts": [["b", "a"], ["a", "a"], ["a", "b"], ["a"]]}
    assert score(scenario(counts=counts), attempts).points == points


@given(REPLIES)
def test_whatever_is_handed_in_stays_within_bounds(attempts: list[list[str]]) -> None:
    scored = score(LATE, {"attempts": attempts})  # type: ignore[dict-item]
    assert 0 <= scored.points <= 10


def test_a_trainee_sees_how_the_client_takes_it_but_not_what_it_is_worth() -> None:
    public = LATE.public("en").model_dump_json()
    assert '"mood":1' in public
    for hidden in ("effects", "outcome", "about a", "so solved"):
        assert hidden not in public


def test_replies_do_not_stand_in_the_order_of_the_file() -> None:
    assert [one.id for one in LATE.public("en").nodes[0].choices] == ["b", "a"]


def test_the_debriefing_shows_the_better_reply_only_where_there_was_one() -> None:
    told = debriefing(LATE, ["b", "a"], "en")
    assert told is not None
    assert [turn.better for turn in told.turns] == ["say a", ""]
    assert told.ending == "solved"


def test_the_debriefing_quotes_the_client_in_the_mood_of_that_moment() -> None:
    told = debriefing(LATE, ["b", "a"], "en")
    assert told is not None
    assert told.turns[1].client == "At last!"


def test_practice_shows_the_meters_between_worst_and_best() -> None:
    feedback = scenario_feedback(LATE, {"attempts": [["a", "a"]]}, "en")
    assert feedback is not None
    assert {name: meter["value"] for name, meter in feedback["meters"].items()} == {
        "outcome": 1.0,
        "respect": 1.0,
        "process": 1.0,
    }


def test_practice_tells_nothing_of_the_end_before_it() -> None:
    feedback = scenario_feedback(LATE, {"attempts": [["a"]]}, "en")
    assert feedback is not None
    assert feedback["debriefing"] is None


CIRCLE = [node("opening", reply("a", "reason"), reply("b", "left")),
          node("reason", reply("a", "opening"), reply("b", "solved"))]  # fmt: skip
LOST = [*PLAN["nodes"], node("nowhere", reply("a", "left"), reply("b", "solved"))]
TWINS = [PLAN["nodes"][0], node("reason", reply("a", "solved", 3), reply("b", "solved", 3),
                                reply("c", "left"))]  # fmt: skip
UNHEARD = [PLAN["nodes"][0], PLAN["nodes"][1] | {"says_if": {"warm": both("Dear!")}}]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nodes": CIRCLE}, "round in circles through opening, reason"),
        ({"nodes": LOST}, "nowhere: no path leads here"),
        ({"endings": [*PLAN["endings"], ending("never")]}, "never: no path leads here"),
        ({"nodes": TWINS}, "reason: the choices a and b do the same"),
        ({"nodes": UNHEARD}, "reason: says_if: nobody comes here while the client is warm"),
        ({"start": "lobby"}, "start: there is no node 'lobby'"),
        ({"endings": [ending("solved")]}, "reason: choice b: goto: there is no 'left'"),
        ({"endings": [*PLAN["endings"], ending("reason")]}, "reason: this id is used 2 times"),
        (
            {
                "nodes": [
                    node("opening", reply("a", "left"), reply("a", "solved")),
                    PLAN["nodes"][1],
                ]
            },
            "opening: every choice needs an id of its own",
        ),
    ],
)
def test_a_mistake_in_the_graph_is_named(changes: dict[str, Any], says: str) -> None:
    assert says in mistake(**changes)


def test_only_a_conversation_that_counts_can_be_dropped() -> None:
    assert scenario(dropped=True).dropped
    assert "practice is not graded" in mistake(use="practice", dropped=True)


def test_a_conversation_in_which_nothing_can_be_earned_is_refused() -> None:
    nodes = [node("opening", reply("a", "left", -1), reply("b", "left", -2)),
             node("other", reply("a", "left"), reply("b", "left", -1))]  # fmt: skip
    nodes[0]["choices"][0]["goto"] = "other"
    assert "no path earns anything" in mistake(nodes=nodes, endings=[ending("left")])
