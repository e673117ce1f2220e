"""Model cohorts on a test of single-choice items, some of which are bad in a known way.

Abilities are standard normal. Whether a trainee knows an item follows a two-parameter logistic
curve; who knows it takes the right option, who does not one of the others, the more believable ones
more often, and not quite independently of ability: the nested logit model of Suh & Bolt (2010,
Psychometrika 75, 454-473). Slopes around 1.2 and difficulties around -0.6 make a test of 25 items
with an alpha of about 0.8 and two thirds of the points earned, as class tests have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clientcourse.grading.results import ItemResult
from clientcourse.items import Item, SingleItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Quality = Literal["good", "wrong-key", "ambiguous", "trivial"]
LESSON = "nine-steps"
OPTIONS = "abcd"
RIGHT = "a"  # what who knows the item chooses; the key, but of an item with a wrong one


@dataclass(frozen=True)
class Cohort:
    """A cohort's results, with what is known of every item."""

    results: Sequence[ItemResult]
    items: Mapping[str, Sequence[Item]]
    qualities: Mapping[str, Quality]

    def of(self, quality: Quality) -> set[str]:
        return {item for item, known in self.qualities.items() if known == quality}


def cohort(trainees: int, seed: int, *, planted: Sequence[Quality] = (), items: int = 25) -> Cohort:
    """Return a cohort that answered a test.

    Parameters
    ----------
    planted
        The bad items, one for each entry; where they stand is drawn. With a `wrong-key` the option
        counts that those who do not know the item choose most; an `ambiguous` item has a second
        right option, taken by half of those who know it; of a `trivial` one next to all know it.
    """
    rng = np.random.default_rng(seed)
    abilities = rng.standard_normal(trainees)
    qualities: list[Quality] = [*planted, *["good"] * (items - len(planted))]  # type: ignore[list-item]
    qualities = [qualities[place] for place in rng.permutation(items)]
    tests = {f"item-{place}": quality for place, quality in enumerate(qualities)}
    drawn = {id_: _answers(rng, abilities, quality) for id_, quality in tests.items()}
    return Cohort(
        results=[
            _result(f"trainee-{row}", id_, choices[row], key)
            for row in range(trainees)
            for id_, (choices, key) in drawn.items()
        ],
        items={LESSON: [single(id_, key) for id_, (_choices, key) in drawn.items()]},
        qualities=tests,
    )


def guessing(trainees: int, seed: int, *, items: int = 25) -> Cohort:
    """Return a cohort in which everyone only guesses."""
    rng = np.random.default_rng(seed)
    drawn = {f"item-{place}": rng.choice(list(OPTIONS), trainees) for place in range(items)}
    return Cohort(
        results=[
            _result(f"trainee-{row}", id_, choices[row], RIGHT)
            for row in range(trainees)
            for id_, choices in drawn.items()
        ],
        items={LESSON: [single(id_, RIGHT) for id_ in drawn]},
        qualities=dict.fromkeys(drawn, "good"),
    )


def single(id_: str, key: str) -> SingleItem:
    """Return a single-choice item with four options."""
    text = {"zh": "文", "en": "text"}
    options = [{"id": one, "text": text, "why": text, "correct": one == key} for one in OPTIONS]
    fields = {"id": id_, "type": "single", "objective": "thanks", "level": "apply", "stem": text}
    return SingleItem.model_validate({**fields, "options": options})


def _answers(
    rng: np.random.Generator, abilities: NDArray[np.float64], quality: Quality
) -> tuple[NDArray[np.str_], str]:
    n = len(abilities)
    slope, difficulty = rng.lognormal(np.log(1.2), 0.3), np.clip(rng.normal(-0.6, 0.9), -2.2, 1.4)
    appeal, leaning = rng.normal(0, 0.7, 3), rng.normal(0, 0.25, 3)
    if quality == "trivial":
        slope, difficulty = 1.0, -4.5
    knows = rng.random(n) < 1 / (1 + np.exp(-slope * (abilities - difficulty)))
    favourite = int(np.argmax(appeal))
    if quality == "ambiguous":
        appeal[favourite] = -np.inf  # it is no wrong answer
    # The largest of the weights plus Gumbel noise is a draw in proportion to their exponentials.
    wrong = np.argmax(appeal + np.outer(abilities, leaning) + rng.gumbel(size=(n, 3)), axis=1)
    distractors = np.array(list(OPTIONS.replace(RIGHT, "")))
    right = np.full(n, RIGHT)
    if quality == "ambiguous":
        right[rng.random(n) < 0.5] = distractors[favourite]
    key = str(distractors[favourite]) if quality == "wrong-key" else RIGHT
    return np.where(knows, right, distractors[wrong]), key


def _result(trainee: str, item: str, choice: str, key: str) -> ItemResult:
    right = choice == key
    return ItemResult(
        trainee, LESSON, item, float(right), 1.0, "right" if right else "wrong", str(choice)
    )
