"""Items: what trainees are asked, with the key and, as `Public…`, without it."""

from clientcourse.items.bank import Bank, Exercise, Item, PublicQuiz, Quiz, Teaching
from clientcourse.items.base import Choice, ItemId, PublicItem
from clientcourse.items.exercises import NumberItem, TableItem
from clientcourse.items.questions import (
    FALSE,
    TRUE,
    BlankItem,
    MatchItem,
    MultipleItem,
    NumberQuestion,
    OrderItem,
    Question,
    ShortItem,
    SingleItem,
    Tolerance,
    TrueFalseItem,
)
from clientcourse.items.scenario import PublicScenario, Scenario
from clientcourse.items.survey import Survey

__all__ = [
    "FALSE",
    "TRUE",
    "Bank",
    "BlankItem",
    "Choice",
    "Exercise",
    "Item",
    "ItemId",
    "MatchItem",
    "MultipleItem",
    "NumberItem",
    "NumberQuestion",
    "OrderItem",
    "PublicItem",
    "PublicQuiz",
    "PublicScenario",
    "Question",
    "Quiz",
    "Scenario",
    "ShortItem",
    "SingleItem",
    "Survey",
    "TableItem",
    "Teaching",
    "Tolerance",
    "TrueFalseItem",
]
