"""Says in words what a score means: for practice at once, for graded items in feedback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.items import (
    FALSE,
    TRUE,
    Item,
    NumberItem,
    OrderItem,
    Question,
    TableItem,
    TrueFalseItem,
)
from clientcourse.messages import say

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.scoring import Score
    from clientcourse.values import Json


@dataclass(frozen=True)
class ChoiceNote:
    """What is said about one choice of a question.

    Parameters
    ----------
    chosen
        Whether the trainee chose it (for ordering: always).
    right
        Whether it belongs to the key (for ordering: whether the trainee put it in its place).
    why
        The reason, in the lesson's language.
    place
        For ordering, where the trainee put it, from 1; 0 where there is no such place.
    """

    id: str
    text: str
    chosen: bool
    right: bool
    why: str
    place: int = 0


@dataclass(frozen=True)
class Explanation:
    """A score in words.

    Parameters
    ----------
    verdict
        The verdict as a short phrase.
    reason
        How the points came about, where the verdict alone does not say it.
    choices
        Every choice of a question, in the order shown; for ordering in the right order.
    why
        For data exercises, the reason that the bank gives.
    """

    verdict: str
    reason: str
    choices: tuple[ChoiceNote, ...]
    why: str


def explain(item: Item, value: Json, score: Score, language: Language) -> Explanation:
    """Return the explanation of a score.

    Parameters
    ----------
    item, value
        The item with its key, and the answer that was scored.
    score
        What `clientcourse.scoring.score` made of them.
    """
    verdict = say(f"verdict-{score.verdict}", language)
    reason = _reason(item, score, language)
    if isinstance(item, NumberItem | TableItem):
        return Explanation(verdict, reason, (), item.why[language])
    return Explanation(verdict, reason, _notes(item, value, language), "")


def _reason(item: Item, score: Score, language: Language) -> str:
    facts = score.facts
    if score.verdict in {"missing", "unfit", "ungradable"}:
        return ""
    match item:
        case NumberItem(unit=unit):
            unit_text = f" {unit[language]}" if unit else ""
            numbers = {name: _number(facts[name]) for name in ("value", "reference")}
            return say("reason-number", language, unit=unit_text, **numbers)
        case TableItem():
            name = "reason-table" if item.columns else "reason-table-keys"
            return say(name, language, **facts)
        case OrderItem() if score.verdict != "right":
            return say("reason-order", language, **facts)
        case _ if item.type == "multiple" and score.verdict != "right":
            name = "reason-multiple-wrong" if facts["wrong"] else "reason-multiple-part"
            return say(name, language, **facts)
    return ""


def _number(value: Json) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "–"


def _notes(item: Question, value: Json, language: Language) -> tuple[ChoiceNote, ...]:
    given = value if isinstance(value, list) else [value]
    match item:
        case TrueFalseItem():
            whys = {TRUE: item.why_true[language], FALSE: item.why_false[language]}
            return tuple(
                ChoiceNote(c.id, c.text, c.id in given, c.id in item.key, whys[c.id])
                for c in item.public(language).choices
            )
        case OrderItem():
            return tuple(
                ChoiceNote(
                    step.id,
                    step.text[language],
                    chosen=step.id in given,
                    right=given[place : place + 1] == [step.id],
                    why=step.why[language],
                    place=given.index(step.id) + 1 if step.id in given else 0,
                )
                for place, step in enumerate(item.steps)
            )
        case _:
            return tuple(
                ChoiceNote(
                    option.id,
                    option.text[language],
                    chosen=option.id in given,
                    right=option.correct,
                    why=option.why[language],
                )
                for option in item.options
            )
