"""What model trainees say about a lesson: the able like it a little better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientcourse.items.survey import STEPS, FreeWords, Rating, Survey
from clientcourse.simulation.chance import chance
from clientcourse.simulation.words import REMARKS

if TYPE_CHECKING:
    from clientcourse.language import Language
    from clientcourse.simulation.cohort import SimulatedTrainee
    from clientcourse.values import Json

_ANSWERED = 0.7
"""Share of the trainees who answer at all."""
_WITH_WORDS = 0.3
"""Share of these who write something."""
_MEAN, _BY_QUESTION, _BY_ABILITY, _BY_TRAINEE = 3.6, 0.4, 0.3, 0.8
"""Of ratings, in steps: their mean, and how far each thing moves them."""


def survey_answers(
    trainee: SimulatedTrainee, lesson: str, survey: Survey | None, language: Language
) -> dict[str, Json]:
    """Return what a trainee answers, by question; nothing if it, or the survey, is left out."""
    if survey is None or chance(trainee.seed, "survey", trainee.name, lesson).random() >= _ANSWERED:
        return {}
    answers = {one.id: _answer(trainee, lesson, one, language) for one in survey.items}
    return {id_: value for id_, value in answers.items() if value is not None}


def _answer(
    trainee: SimulatedTrainee, lesson: str, question: Rating | FreeWords, language: Language
) -> Json:
    luck = chance(trainee.seed, "survey", trainee.name, lesson, question.id)
    if isinstance(question, FreeWords):
        if luck.random() >= _WITH_WORDS:
            return None
        return REMARKS[int(luck.integers(len(REMARKS)))][language]
    leaning = chance(trainee.seed, "leaning", lesson, question.id).standard_normal()
    rating = (
        _MEAN
        + _BY_QUESTION * leaning
        + _BY_ABILITY * trainee.ability
        + _BY_TRAINEE * luck.standard_normal()
    )
    return str(min(max(round(rating), 1), STEPS))
