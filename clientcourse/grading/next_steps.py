"""What to look at next: a trainee's weakest objectives in a lesson, and where they are taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.authoring.load import find_bank, load_course, load_topics
from clientcourse.lesson_file import LessonFile, path_of
from clientcourse.markup import plain

if TYPE_CHECKING:
    from clientcourse.items import Bank
    from clientcourse.language import Language

ENOUGH = 0.6
"""An objective of which a smaller share of the points was earned is weak."""
MOST = 3
"""Objectives that are named: more would be a list, and not a next step."""


@dataclass(frozen=True)
class Earned:
    """The points of one item that has been marked."""

    item: str
    points: float
    max_points: float

    @property
    def lost(self) -> float:
        """The points that were not earned; never less than none."""
        return max(0.0, self.max_points - self.points)


@dataclass(frozen=True)
class Taught:
    """Where something is taught; the lesson's title is empty for the lesson at hand."""

    lesson: str
    heading: str


@dataclass(frozen=True)
class WeakObjective:
    """An objective of which less was earned than is enough.

    Parameters
    ----------
    items
        Ids of the items on which points were lost.
    """

    id: str
    points: float
    max_points: float
    items: tuple[str, ...]


def weakest(earned: Iterable[Earned], bank: Bank) -> list[WeakObjective]:
    """Return the weak objectives of a lesson, those first on which most points were lost.

    Of equal losses the smaller share comes first, then what the lesson asks first.

    Parameters
    ----------
    earned
        Of the items that have been marked; others say nothing yet.
    """
    by_item = {one.item: one for one in earned}
    found: dict[str, list[Earned]] = defaultdict(list)
    for item in bank.graded_items():
        if item.id in by_item:
            found[item.objective].append(by_item[item.id])
    weak = [
        WeakObjective(
            objective,
            sum(one.points for one in items),
            sum(one.max_points for one in items),
            tuple(one.item for one in items if one.lost),
        )
        for objective, items in found.items()
    ]
    weak = [one for one in weak if one.points < ENOUGH * one.max_points]
    return sorted(weak, key=lambda w: (w.points - w.max_points, w.points / w.max_points))


def taught_here(weak: WeakObjective, bank: Bank, language: Language) -> list[str]:
    """Return the headings under which a lesson teaches an objective, and those to read again."""
    headings = [one.under[language] for one in bank.teaches if weak.id in one.objectives]
    headings += [
        item.reread[language]
        for item in bank.graded_items()
        if item.id in weak.items and item.reread
    ]
    return list(dict.fromkeys(headings))


def taught_elsewhere(root: Path, lesson: str, objective: str, language: Language) -> list[Taught]:
    """Return where other lessons of a course teach an objective, in the course's order."""
    return [
        Taught(_title(root, module.id, name), plain(entry.under[language]))
        for module in load_course(root).modules
        for name in module.lessons
        if name != lesson
        for bank in [find_bank(root, module.id, name)]
        if bank is not None  # not written yet
        for entry in bank.teaches
        if objective in entry.objectives
    ]


def _title(root: Path, module: str, lesson: str) -> str:
    public = path_of(root / "source" / module, lesson)
    if not public.exists():  # not built yet
        return lesson
    return plain(LessonFile.model_validate_json(public.read_bytes()).heading) or lesson


def objective_texts(root: Path, language: Language) -> Mapping[str, str]:
    """Return what is to be known or done, by the objective's id."""
    return {
        goal.id: goal.text[language] for topic in load_topics(root) for goal in topic.objectives
    }
