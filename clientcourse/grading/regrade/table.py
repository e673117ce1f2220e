"""Regrading as a person reads it: who changes, in what, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text as Line

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.grading.regrade.change import CellChange, Change, Earned, Place
from clientcourse.grading.regrade.one import Regraded
from clientcourse.grading.regrade.worth import Worth
from clientcourse.grading.safe import safe_words
from clientcourse.language import Language, Text
from clientcourse.languages import joined

_WORDS = {
    "trainee": Text(zh="学员", en="Trainee"),
    "lesson": Text(zh="课", en="Lesson"),
    "item": Text(zh="题目", en="Item"),
    "points": Text(zh="得分", en="Points"),
    "total": Text(zh="总分", en="Total"),
    "note": Text(zh="说明", en="Note"),
    "dropped": Text(zh="不再计分", en="dropped"),
    "gone": Text(zh="题库里已经没有", en="no longer in the bank"),
    "stays": Text(zh="讲师给的 {points:g} 分不变", en="a person’s {points:g} stays"),
    "away": Text(
        zh="满分取代讲师给的 {points:g} 分",
        en="full points in place of a person’s {points:g}",
    ),
    "back": Text(
        zh="恢复讲师原来给的 {points:g} 分，请再看一遍",
        en="a person’s {points:g} is back; look at it again",
    ),
    "worth": Text(
        zh="{lesson} 的 {part}：发布时是 {released:g} 分，题库里现在合计 {now:g} 分。"
        "满分仍以发布时的为准，得分按比例折算。",
        en="{part} of {lesson}: worth {released:g} as released, {now:g} by the bank as it is now. "
        "The released points hold; the share that was earned counts.",
    ),
    "shared": Text(
        zh="{lesson} 的 {part}：其中 {dropped} 不再计分，{released:g} 分由其余的题分担。",
        en="{part} of {lesson}: {dropped} dropped, its {released:g} points are shared by the rest.",
    ),
    "full": Text(
        zh="{lesson} 的 {part}：已经没有计分的题，人人得满分 {released:g} 分。",
        en="{part} of {lesson}: nothing counts any more, everyone gets its {released:g} points.",
    ),
}


def table(found: Sequence[Regraded], parts: Mapping[Place, Worth], language: Language) -> Table:
    """Return a table of all whose scores change, with a line for each item that does.

    Points of items are those of the bank, totals those of the gradebook.
    """
    said = {name: text[language] for name, text in _WORDS.items()}
    drawn = Table(box=None, pad_edge=False)
    for name in ("trainee", "lesson", "item"):
        drawn.add_column(said[name], overflow="fold")
    drawn.add_column(said["points"], no_wrap=True)
    drawn.add_column(said["total"], no_wrap=True)
    drawn.add_column(said["note"], overflow="fold")
    for one in found:
        if one.change is None:
            continue
        head = (safe_words(one.trainee), _total(one.change))
        for cell in one.change.seen:
            for item, points, note in _lines(cell, parts.get(cell.place, {}), said):
                row = (head[0], cell.place.lesson, item, points, head[1], note)
                drawn.add_row(*map(Line, row))
                head = ("", "")
    return drawn


def notes(
    released: Mapping[Place, float], parts: Mapping[Place, Worth], language: Language
) -> Iterator[str]:
    """Yield what has to be known of cells that are not worth what the bank now says."""
    for place, worth in parts.items():
        if place not in released:
            continue
        dropped = [item for item, (_points, is_dropped) in worth.items() if is_dropped]
        about = {
            "lesson": place.lesson,
            "part": part_of(place),
            "released": released[place],
            "now": sum(points for points, _dropped in worth.values()),
            "dropped": joined(dropped, language),
        }
        if about["now"] != about["released"]:
            yield _WORDS["worth"][language].format(**about)
        if dropped:
            name = "full" if len(dropped) == len(worth) else "shared"
            yield _WORDS[name][language].format(**about)


def part_of(place: Place) -> str:
    """Return the name by which an author knows a cell."""
    return place.cell.removeprefix("grade-").removeprefix(BY_PERSON)


def _lines(
    cell: CellChange, worth: Worth, said: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield item, points and a note for each line on a cell."""
    note = _note_on_person(cell, said)
    if not cell.items:  # of the classic kind, or marked by a person
        most = cell.after.max_points
        points = _arrow(Earned(cell.before.points, most), Earned(cell.after.points, most))
        dropped = any(is_dropped for _points, is_dropped in worth.values())
        why = said["dropped"] if dropped else ""
        yield part_of(cell.place), points, " · ".join(filter(None, [why, note]))
    for item in cell.items:
        why = ""
        if item.after is None:
            why = said["dropped" if item.item in worth else "gone"]
        yield item.item, _arrow(item.before, item.after), " · ".join(filter(None, [why, note]))


def _note_on_person(cell: CellChange, said: Mapping[str, str]) -> str:
    before, after = cell.before.manual, cell.after.manual
    if before is not None and after is None:
        return said["away"].format(points=before)
    if after is not None and before is None:
        return said["back"].format(points=after)
    return "" if after is None else said["stays"].format(points=after)


def _arrow(before: Earned | None, after: Earned | None) -> str:
    return " → ".join(str(one or "–") for one in (before, after))


def _total(change: Change) -> str:
    return f"{change.before:g} → {change.after:g} / {change.max_points:g}"
