"""What trainees say about the lessons of a module, read from what they handed in; no drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from clientcourse import answers
from clientcourse.answers import survey_of
from clientcourse.authoring.load import load_course, load_survey
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.safe import safe_words
from clientcourse.items.survey import SHOWN_FROM, STEPS
from clientcourse.lesson_file import path_of
from clientcourse.values import given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LONGEST = 1000
"""Characters of a comment that are shown."""


@dataclass(frozen=True, order=True)
class Said:
    """One answer to a question of the survey.

    Parameters
    ----------
    value
        A step, `1` to `5`, or words in a single line.
    trainee
        Who gave it; empty where that is not to be known.
    """

    value: str
    trainee: str = ""


@dataclass(frozen=True)
class Ratings:
    """How the answers to a question are spread over its steps.

    Parameters
    ----------
    counts
        Answers on each step, from the lowest.
    median
        Half a step where it falls between two.
    """

    counts: tuple[int, ...]
    median: float

    @property
    def n(self) -> int:
        """Number of answers."""
        return sum(self.counts)


Answered: TypeAlias = "Mapping[str, list[Said]]"
"""Answers of a lesson by question."""


def read_survey(root: Path, module: str, trainees: Iterable[str]) -> dict[str, Answered]:
    """Return what trainees say about the lessons of a module.

    Parameters
    ----------
    root
        The course's root folder.
    module
        Id of a module.
    trainees
        All whose submissions the gradebook knows, and never a part of them: what is said in two
        reports could be subtracted.

    Returns
    -------
    dict
        By lesson, then by question: answers that fit it, sorted by what they say and so in an order
        that tells nothing of who gave them. Empty if the course has no survey. A name is on an
        answer only if the course wants it and its trainee was told so when asked. What of a file is
        damaged is left out.
    """
    course, survey = load_course(root), load_survey(root)
    lessons = next(entry.lessons for entry in course.modules if entry.id == module)
    if survey is None:
        return {}
    public = [question.public(course.language) for question in survey.items]
    said: dict[str, dict[str, list[Said]]] = {
        lesson: {question.id: [] for question in public} for lesson in lessons
    }
    for trainee in dict.fromkeys(trainees):
        folder = Submission(root, module, trainee).folder
        for lesson in lessons:
            values = _values(folder, lesson)
            named = values and not course.survey.anonymous and _knows_of_names(folder, lesson)
            for question in public:
                value = given(question, values)
                if isinstance(value, str) and (words := safe_words(value, len(value))):
                    said[lesson][question.id].append(Said(words, trainee if named else ""))
    return {
        lesson: {question: sorted(of_question) for question, of_question in of_lesson.items()}
        for lesson, of_lesson in said.items()
    }


def ratings(said: Sequence[Said]) -> Ratings | None:
    """Return how ratings are spread, `None` where there are too few to be shown.

    Examples
    --------
    >>> ratings([Said("4"), Said("5"), Said("2"), Said("4"), Said("4")])
    Ratings(counts=(0, 1, 0, 3, 1), median=4)
    >>> ratings([Said("5")] * 4)
    """
    if len(said) < SHOWN_FROM:
        return None
    steps = [int(one.value) for one in said]
    found = Counter(steps)
    return Ratings(tuple(found[step] for step in range(1, STEPS + 1)), median(steps))


def comments(said: Sequence[Said]) -> list[Said] | None:
    """Return comments, the longest cut off, `None` where there are too few to be shown."""
    if len(said) < SHOWN_FROM:
        return None
    return [Said(_shortened(one.value), one.trainee) for one in said]


def _values(folder: Path, lesson: str) -> Mapping[str, object]:
    handed_in, _trouble = answers.read(folder, survey_of(lesson))
    if handed_in is None or handed_in.lesson != survey_of(lesson):
        return {}
    return {id_: answer.value for id_, answer in handed_in.answers.items()}


class _Told(BaseModel):
    """What a lesson file says of the survey."""

    class Survey(BaseModel):
        use: Literal["survey"]

    survey: Survey


def _knows_of_names(folder: Path, lesson: str) -> bool:
    """Tell whether a trainee was told that answers are reported with names.

    The lesson file that was handed in is the one that the question was asked from: the course may
    have thought otherwise then. Who changes it changes only what becomes of the own answers.
    """
    try:
        _Told.model_validate_json(answers.read_bytes(path_of(folder, lesson)))
    except (ValidationError, answers.DamagedAnswers, OSError):
        return False
    return True


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
