"""What the results of a cohort say about its trainees and about every item; no drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal, get_args

from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    OrderItem,
    SingleItem,
    TrueFalseItem,
)
from clientcourse.scoring import Verdict, fills
from clientcourse.values import given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.grading.results import ItemResult

Ease = Literal["easy", "fine", "hard"]

_OPEN = {"ungradable", "pending"}

EASY_FROM = 0.85
"""Difficulty from which an item is called too easy."""
HARD_UP_TO = 0.50
"""Difficulty up to which an item is called hard."""


@dataclass(frozen=True)
class ChoiceShare:
    """How many of those who answered took one choice.

    Parameters
    ----------
    share
        Share of the answers, 0 to 1, that chose the option, put the step in its place, filled the
        gap or matched the prompt rightly; 0 where nobody answered.
    key
        Whether it belongs to the key; only options can be wrong.
    """

    id: str
    share: float
    key: bool


@dataclass(frozen=True)
class ItemStatistics:
    """How a cohort did on one item.

    Parameters
    ----------
    item
        Id of the item.
    n
        Trainees who submitted.
    answered
        Trainees whose answer could be read.
    difficulty
        Mean earned share of the points, 0 to 1, over all who submitted; no answer earns nothing.
        This is the item difficulty *p* of classical test theory, generalised from right-or-wrong
        items to items with partial credit: the higher, the easier (Crocker & Algina 1986,
        Introduction to Classical and Modern Test Theory, chapter 14). Answers without a reference
        to compare them with, and those that a person has still to mark, are left out; `None` where
        none is left.
    verdicts
        Number of trainees for every verdict.
    choice_shares
        Options in the order shown, steps in the right order, gaps, prompts; empty for other items.
    """

    item: str
    n: int
    answered: int
    difficulty: float | None
    verdicts: Mapping[Verdict, int]
    choice_shares: tuple[ChoiceShare, ...]

    @property
    def ease(self) -> Ease | None:
        """The difficulty in a word, `None` where there is none.

        The limits are those of ScorePak (University of Washington, Office of Educational
        Assessment, "Understanding Item Analyses"): easy from 85 %, hard up to 50 %.
        """
        if self.difficulty is None:
            return None
        if self.difficulty >= EASY_FROM:
            return "easy"
        return "hard" if self.difficulty <= HARD_UP_TO else "fine"


def trainee_totals(results: Sequence[ItemResult]) -> dict[str, tuple[float, float]]:
    """Return earned and possible points of every trainee, in the order of the results.

    Parameters
    ----------
    results
        One for each trainee and item.
    """
    totals: dict[str, tuple[float, float]] = {}
    for result in results:
        points, possible = totals.get(result.trainee, (0.0, 0.0))
        totals[result.trainee] = (points + result.points, possible + result.max_points)
    return totals


def is_answered(result: ItemResult) -> bool:
    """Return whether a trainee gave an answer that could be read."""
    return result.verdict not in {"missing", "unfit"}


def is_settled(result: ItemResult) -> bool:
    """Return whether it is known what an answer earns."""
    return result.verdict not in _OPEN


def item_statistics(results: Sequence[ItemResult], items: Sequence[Item]) -> list[ItemStatistics]:
    """Return the statistics of every item of a lesson, in the order of the items.

    Parameters
    ----------
    results
        Results of that lesson, one for each trainee and item.
    items
        The lesson's graded items; their ids differ.

    Examples
    --------
    >>> from clientcourse.grading.results import ItemResult
    >>> from clientcourse.items import TrueFalseItem
    >>> item = TrueFalseItem.model_validate({
    ...     "id": "thank-first", "type": "truefalse", "objective": "thanks", "level": "apply",
    ...     "answer": True, "stem": {"zh": "先致谢。", "en": "Say thank you first."},
    ...     "why_true": {"zh": "对。", "en": "Yes."}, "why_false": {"zh": "错。", "en": "No."},
    ... })
    >>> results = [
    ...     ItemResult("lin", "nine-steps", "thank-first", 1.0, 1.0, "right", "true"),
    ...     ItemResult("zhao", "nine-steps", "thank-first", 0.0, 1.0, "missing", None),
    ... ]
    >>> [one] = item_statistics(results, [item])
    >>> one.difficulty, one.answered, one.choice_shares[0].share
    (0.5, 1, 1.0)
    """
    return [_of_item(item, [one for one in results if one.item == item.id]) for item in items]


def difficulty(results: Sequence[ItemResult]) -> float | None:
    """Return the mean earned share of an item's points, as `ItemStatistics` explains it."""
    shares = [one.points / one.max_points for one in results if is_settled(one)]
    return fmean(shares) if shares else None


def choice_hits(item: Item, results: Sequence[ItemResult]) -> dict[str, list[bool]]:
    """Return for every choice of an item which trainees took it.

    Parameters
    ----------
    results
        Results on that item.

    Returns
    -------
    dict
        By choice, as in `ItemStatistics.choice_shares`, one for each result: whether the trainee
        chose the option, put the step in its place, filled the gap or matched the prompt rightly.
        Who gave no answer that the item allows has taken none.
    """
    return _hits(item, _answers(item, results))


def is_key(item: Item, choice: str) -> bool:
    """Tell whether a choice belongs to the key; only options can be wrong."""
    return not isinstance(item, SingleItem | MultipleItem | TrueFalseItem) or choice in item.key


def _of_item(item: Item, results: Sequence[ItemResult]) -> ItemStatistics:
    verdicts = Counter(one.verdict for one in results)
    answers = [value for value in _answers(item, results) if value is not None]
    return ItemStatistics(
        item=item.id,
        n=len(results),
        answered=sum(map(is_answered, results)),
        difficulty=difficulty(results),
        verdicts={verdict: verdicts[verdict] for verdict in get_args(Verdict)},
        choice_shares=tuple(
            ChoiceShare(id_, _share(hit), key=is_key(item, id_))
            for id_, hit in _hits(item, answers).items()
        ),
    )


def _answers(item: Item, results: Sequence[ItemResult]) -> list[Any]:
    """Return the answers that the item allows, `None` for every other."""
    public = item.public("en")
    return [given(public, {item.id: one.value}) for one in results]


def _hits(item: Item, answers: Sequence[Any]) -> dict[str, list[bool]]:
    match item:
        case SingleItem() | TrueFalseItem():
            ids = [choice.id for choice in item.public("en").choices]
            return {id_: [answer == id_ for answer in answers] for id_ in ids}
        case MultipleItem():
            ids = [choice.id for choice in item.public("en").choices]
            return {id_: [id_ in (answer or ()) for answer in answers] for id_ in ids}
        case OrderItem():
            return {
                step: [(answer or [])[place : place + 1] == [step] for answer in answers]
                for place, step in enumerate(item.key)
            }
        case BlankItem():
            return {
                gap.id: [fills(item, gap.id, (answer or {}).get(gap.id)) for answer in answers]
                for gap in item.gaps
            }
        case MatchItem():
            return {
                prompt: [(answer or {}).get(prompt) == target for answer in answers]
                for prompt, target in item.key.items()
            }
    return {}


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
