"""Which objectives the course teaches and asks: where, in which forms, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clientcourse.authoring.lesson import AuthoredLesson, load_authored
from clientcourse.authoring.load import Objective, load_topics
from clientcourse.errors import CourseError


@dataclass(frozen=True)
class Asked:
    """One item that asks for an objective."""

    lesson: str
    item: str
    form: str
    graded: bool


@dataclass(frozen=True)
class Covered:
    """What the course has of one objective.

    Parameters
    ----------
    module
        Topic of the objective, which is the id of the module that is to teach it.
    taught
        Lessons that teach it.
    kinds
        Forms in which it can be asked.
    """

    module: str
    objective: str
    taught: tuple[str, ...]
    asked: tuple[Asked, ...]
    kinds: tuple[str, ...]

    @property
    def forms(self) -> list[str]:
        """The forms in which it is asked."""
        return sorted({one.form for one in self.asked})

    @property
    def gaps(self) -> list[str]:
        """What is missing, in plain words."""
        found = []
        if not self.taught:
            found.append("not taught")
        if not self.asked:
            found.append("not asked")
        elif len(self.kinds) > 1 and len(self.forms) == 1:
            found.append(f"asked only as {self.forms[0]}")
        return found


def coverage(root: Path, modules: Collection[str] = ()) -> list[Covered]:
    """Return what the course has of every objective, in the order of `course/objectives.yaml`.

    Parameters
    ----------
    root
        The folder that holds `course/`.
    modules
        Look only at the objectives of these topics; of all modules of the course if empty.

    Raises
    ------
    CourseProblems
        If the course has mistakes.
    CourseError
        If there is no such topic.
    """
    authored = load_authored(root)
    topics = {topic.id: topic for topic in load_topics(root)}
    chosen = list(modules) or [one.id for one in authored.course.modules if one.id in topics]
    if unknown := [name for name in chosen if name not in topics]:
        raise CourseError(
            f"course/objectives.yaml has no module {', '.join(unknown)}; it has "
            f"{', '.join(topics)}."
        )
    return [
        _covered(name, objective, authored.lessons)
        for name in topics
        if name in chosen
        for objective in topics[name].objectives
    ]


def _covered(module: str, objective: Objective, lessons: Iterable[AuthoredLesson]) -> Covered:
    taught, asked = [], []
    for lesson in lessons:
        if any(objective.id in entry.objectives for entry in lesson.bank.teaches):
            taught.append(lesson.name)
        graded = {item.id for item in lesson.bank.graded_items()}
        asked += [
            Asked(lesson.name, item.id, item.type, item.id in graded)
            for item in lesson.bank.items()
            if item.objective == objective.id and not item.dropped
        ]
    kinds = tuple(objective.kinds)
    return Covered(module, objective.id, tuple(taught), tuple(asked), kinds)


def as_table(covered: Iterable[Covered], *, only_gaps: bool = False) -> Iterator[str]:
    """Yield a line for each objective, on where it is taught and how it is asked, and a summary.

    Parameters
    ----------
    only_gaps
        Leave out those of which nothing is missing.
    """
    rows = list(covered)
    for one in rows:
        if only_gaps and not one.gaps:
            continue
        graded = sum(item.graded for item in one.asked)
        lessons = ", ".join(one.taught) or "–"
        forms = ", ".join(one.forms) or "–"
        line = (
            f"{one.objective}: taught in {lessons}; {graded} graded, "
            f"{len(one.asked) - graded} practice ({forms})"
        )
        yield line + "".join(f"  ← {gap}" for gap in one.gaps)
    missing = sum(bool(one.gaps) for one in rows)
    yield f"{len(rows)} objectives, {missing} with gaps."


def as_json(covered: Iterable[Covered]) -> list[dict[str, Any]]:
    """Return the same for programs."""
    return [{**asdict(one), "gaps": one.gaps} for one in covered]
