"""What is answered to an item: the key, or a mistake that somebody could believe in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from clientcourse.items import (
    BlankItem,
    MatchItem,
    MultipleItem,
    NumberQuestion,
    OrderItem,
    Question,
    Scenario,
    ShortItem,
    SingleItem,
    TrueFalseItem,
)
from clientcourse.scoring import fills, score
from clientcourse.simulation.chance import drawn
from clientcourse.simulation.model import pulls
from clientcourse.simulation.words import NOT_KNOWN, POOR_ANSWERS

if TYPE_CHECKING:
    import numpy as np

    from clientcourse.items.scenario import Node, Reply
    from clientcourse.language import Language
    from clientcourse.values import Json

Clicked = Question | Scenario
"""What is answered in a widget, or in words."""

_SECOND = 0.3
"""How often a mistake in an answer of several parts does not come alone."""


def right_answer(item: Clicked, language: Language) -> Json:
    """Return the key of an item, or the model answer, as a trainee would give it."""
    match item:
        case SingleItem() | TrueFalseItem():
            return item.key[0]
        case MultipleItem() | OrderItem():
            return [*item.key]
        case MatchItem():
            return {**item.key}
        case BlankItem():
            return {gap.id: gap.accept[language][0] for gap in item.gaps}
        case NumberQuestion():
            return item.answer
        case ShortItem():
            return item.model_answer[language]
        case Scenario():
            return {"attempts": [[*item.best_path()]]}


@dataclass(frozen=True)
class Asked:
    """An item as it is put to a cohort, with all that can be answered.

    Parameters
    ----------
    language
        In which trainees write.
    """

    item: Clicked
    language: Language

    @cached_property
    def right(self) -> Json:
        """The key, or the model answer."""
        return right_answer(self.item, self.language)

    @cached_property
    def mistakes(self) -> Mapping[str, Any]:
        """What can be done wrong, by a name of its own; what it is depends on the type of item."""
        match self.item:
            case SingleItem() | TrueFalseItem() as item:
                choices = item.public(self.language).choice_ids
                return {id_: id_ for id_ in choices if id_ not in item.key}
            case MultipleItem() as item:
                return {option.id: option.id for option in item.options}
            case OrderItem() as item:
                swaps = {f"swap {a} {b}": (a, b) for a, b in pairwise(item.key)}
                return swaps | {f"keep {step.id}": (step.id,) for step in item.leave_out}
            case MatchItem() as item:
                return dict(_wrong_matches(item))
            case BlankItem() as item:
                return dict(_wrong_words(item, self.language))
            case NumberQuestion() as item:
                return dict(_wrong_numbers(item))
            case ShortItem():
                return {one.en: one[self.language] for one in POOR_ANSWERS}
            case Scenario() as item:
                return {node.id: _worse(item, node) for node in item.nodes}


@dataclass(frozen=True)
class Mistaken:
    """Somebody who does not get an item right.

    Parameters
    ----------
    seed
        Of the simulation, which says what attracts.
    luck
        This trainee's own with this item.
    """

    seed: int
    ability: float
    luck: np.random.Generator

    def answer(self, asked: Asked) -> Json:
        """Return a possible answer that does not earn all points.

        A conversation in which one cannot do anything wrong comes out right even so.
        """
        match asked.item:
            case SingleItem() | TrueFalseItem() | NumberQuestion() | ShortItem():
                [name] = self._drawn(asked.item.id, [*asked.mistakes])
                wrong: Json = asked.mistakes[name]
                return wrong
            case Scenario() as item:
                return {"attempts": [self._path(item, asked.mistakes)]}
        names = self._drawn(asked.item.id, [*asked.mistakes], and_another=_SECOND)
        made = [asked.mistakes[name] for name in names]
        match asked.item:
            case MultipleItem() as multiple:
                return _toggled(multiple, made)
            case OrderItem() as order:
                return self._disordered(order, made)
            case MatchItem() | BlankItem():
                return {**asked.right, **dict(made)}  # type: ignore[dict-item]

    def _drawn(self, item: str, names: list[str], and_another: float = 0) -> list[str]:
        """Draw a mistake, each attracting as the model has it, and perhaps a different one."""
        first = names.pop(drawn(pulls(self.seed, item, names, self.ability), self.luck))
        if names and self.luck.random() < and_another:
            return [first, *self._drawn(item, names)]
        return [first]

    def _disordered(self, item: OrderItem, made: Sequence[tuple[str, ...]]) -> Json:
        """Swap neighbours, or put in what does not belong."""
        order = [*item.key]
        for steps in made:
            match steps:
                case (first, second):
                    here, there = order.index(first), order.index(second)
                    order[here], order[there] = second, first
                case (superfluous,):
                    order.insert(int(self.luck.integers(len(order) + 1)), superfluous)
        return [*order]

    def _path(self, item: Scenario, worse: Mapping[str, Sequence[Reply]]) -> list[Json]:
        """Talk as well as one can up to a turn, then as one is drawn to."""
        best = item.turns(item.best_path())
        turns = [number for number, turn in enumerate(best) if worse[turn.node.id]]
        if not turns:
            return [*item.best_path()]
        wrong_turn = turns[int(self.luck.integers(len(turns)))]
        path: list[Json] = [turn.reply.id for turn in best[:wrong_turn]]
        nodes = {node.id: node for node in item.nodes}
        place = best[wrong_turn].node.id
        replies = worse[place]
        while replies:
            named = {f"{place} {reply.id}": reply for reply in replies}
            [name] = self._drawn(item.id, [*named])
            path.append(named[name].id)
            place = named[name].goto
            replies = nodes[place].choices if place in nodes else []
        return path


def _toggled(item: MultipleItem, options: Sequence[str]) -> Json:
    """Choose wrong options, or leave out right ones."""
    chosen = {*item.key}
    for option in options:
        if chosen != {option}:  # nothing at all would be no answer
            chosen ^= {option}
    return [option.id for option in item.options if option.id in chosen]


def _wrong_matches(item: MatchItem) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield every prompt with every target that does not belong to it."""
    for prompt, right in item.key.items():
        for target in item.public("en").choice_ids:
            if target != right:
                yield f"{prompt} {target}", (prompt, target)


def _wrong_words(item: BlankItem, language: Language) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield every gap with what belongs into another one, and with a word that says nothing."""
    words = [gap.accept[language][0] for gap in item.gaps]
    for gap in item.gaps:
        for word in [*words, NOT_KNOWN[language]]:
            if not fills(item, gap.id, word):
                yield f"{gap.id} {word}", (gap.id, word)


def _worse(item: Scenario, node: Node) -> list[Reply]:
    """Return the replies after which the best is out of reach."""
    best = item.worth(item.better(node))
    return [reply for reply in node.choices if item.worth(reply) < best]


def _wrong_numbers(item: NumberQuestion) -> Iterator[tuple[str, float]]:
    """Yield numbers that come of usual slips, and always one more, by what went wrong."""
    right, allowed = item.answer, item.tolerance.atol + item.tolerance.rtol * abs(item.answer)
    slips = {
        "ten times": right * 10,
        "a tenth": right / 10,
        "double": right * 2,
        "half": right / 2,
        "one more": right + 1,
        "one less": right - 1,
        "far off": right + 2 * allowed + 1,
    }
    for name, number in slips.items():
        rounded = round(number, 6)
        if score(item, rounded).verdict == "wrong":
            yield name, rounded
