"""Chooses what a trainee practises once more before a new lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.answers import AnswerFile
from clientcourse.items import Question, ShortItem
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.scoring import score
from clientcourse.values import given

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from clientcourse.answers import Answer

COUNT = 3
"""Items in a warm-up."""


@dataclass(frozen=True)
class Practised:
    """A practice item of an earlier lesson and how its trainee did last.

    Parameters
    ----------
    lesson, file
        The lesson, and the file in which its trainee's answers are kept.
    at
        When it was answered last; `None` if never.
    right
        Whether that answer was right.
    """

    item: Question
    lesson: LessonFile
    file: AnswerFile
    at: dt.datetime | None
    right: bool


def choose(practised: Sequence[Practised], count: int = COUNT) -> list[Practised]:
    """Return what to practise again.

    The rule, also told to trainees: first what was not right last time, then what was never
    answered, then what was right; among equals what was answered longest ago, then by the order of
    the course.

    Parameters
    ----------
    practised
        All practice items of earlier lessons, in the order of the course.
    count
        How many at most.
    """

    def rank(one: Practised) -> tuple[int, float]:
        if one.at is None:
            return 1, 0.0
        return 2 if one.right else 0, one.at.timestamp()

    return sorted(practised, key=rank)[:count]


def practised_items(
    folder: Path, lesson: LessonFile, answer_file: Callable[[Path, LessonFile], AnswerFile]
) -> Iterator[Practised]:
    """Yield the practice items of the earlier lessons that a trainee has fetched.

    Parameters
    ----------
    folder
        Folder of the lesson; other modules lie beside it.
    lesson
        The lesson that names the earlier ones.
    answer_file
        Makes the answer file of a lesson in a folder.
    """
    for earlier in lesson.earlier:
        place = folder if earlier.module == lesson.module else folder.parent / earlier.module
        try:
            file = LessonFile.model_validate_json(path_of(place, earlier.lesson).read_bytes())
        except (OSError, ValueError):
            continue  # not fetched, moved away or damaged: there is more to practise elsewhere
        answers = answer_file(place, file)
        kept = answers.peek()
        for quiz in file.practice:
            for item in quiz.items:
                if not isinstance(item, ShortItem):
                    yield _practised(item, file, answers, kept.get(item.id))


def _practised(
    item: Question, lesson: LessonFile, file: AnswerFile, answer: Answer | None
) -> Practised:
    value = given(item.public(lesson.language), {item.id: answer.value if answer else None})
    if answer is None or value is None:
        return Practised(item, lesson, file, None, right=False)
    right = score(item, value, rules=lesson.rules).verdict == "right"
    return Practised(item, lesson, file, answer.at, right)
