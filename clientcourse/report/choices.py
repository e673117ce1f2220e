"""What can be chosen, placed or filled in an item, as the report names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    OrderItem,
    SingleItem,
    TrueFalseItem,
)
from clientcourse.messages import say

if TYPE_CHECKING:
    from clientcourse.language import Language


def choice_texts(item: Item, language: Language) -> dict[str, str]:
    """Return the text of every choice by its id, in the order shown.

    Returns
    -------
    dict
        Options; steps in the right order; gaps with what is accepted; prompts with their right
        target. Empty for items without choices.
    """
    match item:
        case SingleItem() | MultipleItem() | TrueFalseItem():
            return {choice.id: choice.text for choice in item.public(language).choices}
        case OrderItem():
            return {step.id: step.text[language] for step in item.steps}
        case BlankItem():
            return {
                gap.id: f"{say('gap', language, number=number)}: {gap.accept[language][0]}"
                for number, gap in enumerate(item.gaps, 1)
            }
        case MatchItem():
            targets = item.target_texts(language)
            return {
                one.id: f"{one.text[language]} → {targets[item.key[one.id]]}"
                for one in item.prompts
            }
    return {}
