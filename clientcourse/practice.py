"""What practice says at once about an answer, in the form that the widgets show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clientcourse.explain import Debriefing, Explanation, debriefing, explain
from clientcourse.items import OrderItem, Question, Scenario, ShortItem
from clientcourse.items.scenario import METERS
from clientcourse.markup import inline, plain
from clientcourse.messages import say
from clientcourse.scoring import ScoringRules, score
from clientcourse.values import last_attempt

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.values import Json

Feedback = dict[str, Any]


def question_feedback(
    item: Question, value: Json, rules: ScoringRules, language: Language
) -> Feedback | None:
    """Return what is said about an answer to a practice question; `None` where there is none.

    Returns
    -------
    dict
        `verdict` (`right`, `partly`, `wrong`, `self`), `summary` and what applies of `choices`,
        `order`, `parts`, `rubric`, `model`, `why`, `reread`; all HTML made by
        `clientcourse.markup.inline`.
    """
    if value is None:
        return None
    scored = score(item, value, rules=rules)
    told = explain(item, value, scored, language)
    in_words = isinstance(item, ShortItem)
    verdict = say("verdict-self", language) if in_words else told.verdict
    colon = "：" if language == "zh" else ": "
    if scored.verdict == "right":
        told = replace(told, reread="")
    feedback = {
        "verdict": "self" if in_words else scored.verdict,
        "summary": inline(colon.join(filter(None, [verdict, told.reason]))),
        **_details(told),
    }
    if isinstance(item, OrderItem):
        feedback["order"] = item.key
    return feedback


def _details(told: Explanation) -> Feedback:
    details = {
        "choices": {one.id: {"right": one.right, "why": inline(one.why)} for one in told.choices},
        "parts": {
            one.id: {
                "right": one.right,
                "expected": inline(one.expected),
                "why": inline(one.why),
            }
            for one in told.parts
        },
        "rubric": [{"points": one.points, "text": inline(one.text)} for one in told.rubric],
        "model": inline(told.model_answer),
        "why": inline(told.why),
        "reread": plain(told.reread),
    }
    return {name: detail for name, detail in details.items() if detail}


def scenario_feedback(item: Scenario, value: Json, language: Language) -> Feedback | None:
    """Return where the meters stand in the last attempt at a practice scenario.

    Returns
    -------
    dict
        `meters`, each with its `value` between 0 and 1 of what is possible, and `debriefing`,
        which is `None` until the conversation has come to its end.
    """
    if value is None:
        return None
    path = last_attempt(value)
    totals = item.totals(path)
    meters = {
        meter: {"value": (totals[meter] - reach.least) / (reach.most - reach.least or 1)}
        for meter in METERS
        for reach in [item.reach(meter)]
    }
    told = debriefing(item, path, language)
    earned, best = sum(totals.values()), item.reach("total").most
    return {
        "meters": meters,
        "debriefing": told and _debriefing(told, max(0.0, earned / best), language),
    }


def _debriefing(told: Debriefing, share: float, language: Language) -> Feedback:
    return {
        "summary": inline(say("share", language, percent=f"{share:.0%}")),
        "share": share,
        "turns": [
            {
                "client": inline(turn.client),
                "yours": inline(turn.reply),
                "debrief": inline(turn.debrief),
                "effects": dict(turn.effects),
                "better": inline(turn.better) or None,
                "better_why": inline(turn.better_why),
            }
            for turn in told.turns
        ],
        "ending": {
            "title": inline(told.ending),
            "says": inline(told.last_words),
            "debrief": inline(told.debrief),
        },
    }
