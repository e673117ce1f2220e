"""Says in words what a score means: for practice at once, for graded items in feedback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from clientcourse.difference import Difference, cell_text, difference, told_apart
from clientcourse.items import (
    FALSE,
    TRUE,
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    NumberItem,
    NumberQuestion,
    OrderItem,
    Scenario,
    ShortItem,
    SingleItem,
    TableItem,
    TrueFalseItem,
)
from clientcourse.items.scenario import METERS, Meter
from clientcourse.messages import say
from clientcourse.scoring import counted_path, fills

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.language import Language
    from clientcourse.scoring import Score
    from clientcourse.values import Json


@dataclass(frozen=True)
class ChoiceNote:
    """What is said about one choice of a question.

    Parameters
    ----------
    chosen
        Whether the trainee chose it (for ordering: kept it).
    right
        Whether it belongs to the key (for ordering: whether the trainee put it in its place, or
        rightly left it out).
    why
        The reason, in the lesson's language.
    place
        For ordering, where the trainee put it, from 1; 0 where there is no such place.
    belongs
        For ordering, whether it is one of the steps.
    """

    id: str
    text: str
    chosen: bool
    right: bool
    why: str
    place: int = 0
    belongs: bool = True


@dataclass(frozen=True)
class PartNote:
    """What is said about one gap of a text or one prompt to be matched.

    Parameters
    ----------
    asked
        The prompt, or the number of the gap.
    given, expected
        What the trainee gave (empty for nothing) and what is right.
    """

    id: str
    asked: str
    given: str
    expected: str
    right: bool
    why: str


@dataclass(frozen=True)
class MarkingNote:
    """One point of the rubric of an answer that a person grades."""

    points: float
    text: str


@dataclass(frozen=True)
class TurnNote:
    """What is said about one exchange of a conversation.

    Parameters
    ----------
    better, better_why
        What would have been better to say, and why; empty if nothing would.
    """

    client: str
    reply: str
    debrief: str
    effects: Mapping[Meter, int]
    better: str
    better_why: str


@dataclass(frozen=True)
class Debriefing:
    """What is said after a conversation.

    Parameters
    ----------
    ending, last_words, debrief
        How it ended: title, what was said or happened last, and what to make of it.
    """

    turns: tuple[TurnNote, ...]
    ending: str
    last_words: str
    debrief: str


@dataclass(frozen=True)
class Explanation:
    """A score in words. What does not apply to the item's type is empty.

    Parameters
    ----------
    verdict
        The verdict as a short phrase.
    reason
        How the points came about, where the verdict alone does not say it.
    choices
        Every choice of a question, in the order shown; for ordering in the right order, followed
        by the steps that do not belong.
    parts
        Every gap or prompt.
    rubric, model_answer
        Of an answer that a person grades.
    debriefing
        Of a conversation that came to its end.
    difference
        Of a table, what differs from the reference.
    why
        For numbers and tables, the reason that the bank gives.
    reread
        Heading of the part of the lesson to read again.
    """

    verdict: str
    reason: str
    choices: tuple[ChoiceNote, ...] = ()
    parts: tuple[PartNote, ...] = ()
    rubric: tuple[MarkingNote, ...] = ()
    model_answer: str = ""
    debriefing: Debriefing | None = None
    difference: Difference | None = None
    why: str = ""
    reread: str = ""


def explain(
    item: Item, value: Json, score: Score, language: Language, reference: Json = None
) -> Explanation:
    """Return the explanation of a score.

    Of an item that is asked again (`reuse`) nothing is said but the verdict and where to read:
    neither the key nor a reason, nor a count from which it could be found.

    Parameters
    ----------
    item, value
        The item with its key, and the answer that was scored.
    score
        What `clientcourse.scoring.score` made of them.
    reference
        Of a data exercise, the answer that was expected.
    """
    verdict = say(f"verdict-{score.verdict}", language)
    reread = item.reread[language] if item.reread else ""
    if item.reuse:
        return Explanation(verdict, reason="", reread=reread)
    return Explanation(
        verdict,
        reason=_reason(item, score, language),
        reread=reread,
        difference=difference(item, value, reference) if isinstance(item, TableItem) else None,
        **_particulars(item, value, language),
    )


_Parts: TypeAlias = "dict[str, Any]"


def _particulars(item: Item, value: Json, language: Language) -> _Parts:
    match item:
        case NumberItem() | TableItem() | NumberQuestion():
            return {"why": item.why[language]}
        case SingleItem() | MultipleItem() | TrueFalseItem():
            return {"choices": _choice_notes(item, value, language)}
        case OrderItem():
            return {"choices": _step_notes(item, value, language)}
        case BlankItem():
            return {"parts": _gap_notes(item, value, language)}
        case MatchItem():
            return {"parts": _prompt_notes(item, value, language)}
        case ShortItem():
            rubric = tuple(MarkingNote(one.points, one.text[language]) for one in item.rubric)
            return {"rubric": rubric, "model_answer": item.model_answer[language]}
        case Scenario():
            path = counted_path(item, value)
            return {"debriefing": debriefing(item, path, language) if path else None}


def _reason(item: Item, score: Score, language: Language) -> str:
    facts = score.facts
    if score.verdict in {"missing", "unfit", "ungradable", "pending"}:
        return ""
    match item:
        case NumberItem(unit=unit) | NumberQuestion(unit=unit):
            return _reason_number(score, f" {unit[language]}" if unit else "", language)
        case TableItem():
            name = "reason-table" if item.columns else "reason-table-keys"
            return say(name, language, **facts)
        case Scenario():
            return say("reason-scenario", language, **facts)
        case _ if score.verdict == "right":
            return ""
        case OrderItem():
            name = "reason-order-extra" if facts["extra"] else "reason-order"
            return say(name, language, **facts)
        case MultipleItem():
            return _reason_multiple(score, language)
        case BlankItem() | MatchItem():
            return say(f"reason-{item.type}", language, **facts)
    return ""


def _reason_multiple(score: Score, language: Language) -> str:
    rule, wrong = score.facts["rule"], score.facts["wrong"]
    if rule == "proportional":
        name = "reason-multiple-wrong" if wrong else "reason-multiple-part"
    else:
        name = f"reason-multiple-{rule}"
    return say(name, language, **score.facts)


def _reason_number(score: Score, unit: str, language: Language) -> str:
    value, reference = score.facts["value"], score.facts["reference"]
    right = score.verdict == "right"
    own, expected = map(cell_text, (value, reference)) if right else told_apart(value, reference)
    allowed = cell_text(score.facts["allowed"])
    name = "reason-number-exact" if allowed == "0" else "reason-number"
    return say(name, language, value=own, reference=expected, allowed=allowed, unit=unit)


def _choice_notes(
    item: SingleItem | MultipleItem | TrueFalseItem, value: Json, language: Language
) -> tuple[ChoiceNote, ...]:
    given = value if isinstance(value, list) else [value]
    if isinstance(item, TrueFalseItem):
        whys = {TRUE: item.why_true[language], FALSE: item.why_false[language]}
    else:
        whys = {option.id: option.why[language] for option in item.options}
    return tuple(
        ChoiceNote(one.id, one.text, one.id in given, one.id in item.key, whys[one.id])
        for one in item.public(language).choices
    )


def _step_notes(item: OrderItem, value: Json, language: Language) -> tuple[ChoiceNote, ...]:
    given = value if isinstance(value, list) else []
    return tuple(
        ChoiceNote(
            step.id,
            step.text[language],
            chosen=step.id in given,
            right=given[place : place + 1] == [step.id] if belongs else step.id not in given,
            why=step.why[language],
            place=given.index(step.id) + 1 if step.id in given else 0,
            belongs=belongs,
        )
        for belongs, steps in ((True, item.steps), (False, item.leave_out))
        for place, step in enumerate(steps)
    )


def _gap_notes(item: BlankItem, value: Json, language: Language) -> tuple[PartNote, ...]:
    given = value if isinstance(value, dict) else {}
    return tuple(
        PartNote(
            gap.id,
            say("gap", language, number=number),
            str(given.get(gap.id) or ""),
            gap.accept[language][0],
            right=fills(item, gap.id, given.get(gap.id)),
            why=gap.why[language],
        )
        for number, gap in enumerate(item.gaps, 1)
    )


def _prompt_notes(item: MatchItem, value: Json, language: Language) -> tuple[PartNote, ...]:
    given = value if isinstance(value, dict) else {}
    targets = item.target_texts(language)
    return tuple(
        PartNote(
            prompt.id,
            prompt.text[language],
            targets.get(str(given.get(prompt.id)), ""),
            targets[item.key[prompt.id]],
            right=given.get(prompt.id) == item.key[prompt.id],
            why=prompt.why[language],
        )
        for prompt in item.prompts
    )


def debriefing(item: Scenario, path: Sequence[str], language: Language) -> Debriefing | None:
    """Return what is said of an attempt at a scenario; `None` before its end."""
    ending = item.ending(path)
    if ending is None:
        return None
    turns = []
    for turn in item.turns(path):
        better = item.better(turn.node)
        # Of two replies that are worth the same, the one that was chosen is as good.
        improvable = item.worth(better) > item.worth(turn.reply)
        turns.append(
            TurnNote(
                client=turn.says(language),
                reply=turn.reply.text[language],
                debrief=turn.reply.debrief[language],
                effects={meter: getattr(turn.reply.effects, meter) for meter in METERS},
                better=better.text[language] if improvable else "",
                better_why=better.debrief[language] if improvable else "",
            )
        )
    return Debriefing(
        tuple(turns), ending.title[language], ending.says[language], ending.debrief[language]
    )
