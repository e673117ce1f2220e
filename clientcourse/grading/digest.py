"""What reports need of a graded submission, kept beside it: notebooks are large, cohorts too."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from clientcourse import answers
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.outputs import RESULTS_MIME

PAUSE = timedelta(minutes=10)
"""A longer time between two answers counts as a pause. What is chosen here changes the sums: see
Kovanović et al. 2015, Penetrating the black box of time-on-task estimation, LAK '15, 184-193."""

_VERSION = 1  # of the files; another one is made anew


@dataclass(frozen=True)
class LessonDigest:
    """What one trainee did in one lesson.

    Parameters
    ----------
    items
        Item results as `outputs.score_output` has written them.
    minutes
        Time between the first and the last answer, without pauses; `None` for fewer than two.
    """

    items: list[dict[str, Any]]
    minutes: float | None


def digests(submission: Submission, lessons: Iterable[str]) -> dict[str, LessonDigest]:
    """Return what a trainee did in lessons of a module, by lesson; of those that were graded.

    What was kept is used as long as the files that it was made from are the same; else it is made
    from them, and kept.
    """
    paths = {lesson: submission.graded / f"{lesson}.ipynb" for lesson in lessons}
    sources = {lesson: path for lesson, path in paths.items() if path.exists()}
    stamps = {lesson: _stamp(submission, path) for lesson, path in sources.items()}
    kept = _kept(submission)
    found = {
        lesson: kept[lesson]
        if lesson in kept and kept[lesson]["stamp"] == stamps[lesson]
        else {"stamp": stamps[lesson], **_made(submission, path)}
        for lesson, path in sources.items()
    }
    if any(kept.get(lesson) != one for lesson, one in found.items()):
        found = kept | found  # of other lessons, asked for at another time
        _keep(_place(submission), {"version": _VERSION, "lessons": found})
    return {
        lesson: LessonDigest(items=one["items"], minutes=one["minutes"])
        for lesson, one in found.items()
        if lesson in sources
    }


def active_minutes(moments: list[datetime]) -> float | None:
    """Return the time that somebody worked who answered at these moments, in minutes.

    Longer gaps than `PAUSE` are left out.
    """
    if len(moments) < 2:  # noqa: PLR2004 - a time lies between two
        return None
    gaps = (later - earlier for earlier, later in pairwise(sorted(moments)))
    return sum((gap for gap in gaps if gap <= PAUSE), timedelta()) / timedelta(minutes=1)


def _place(submission: Submission) -> Path:
    return submission.root / "build" / "results" / submission.module / f"{submission.trainee}.json"


def _keep(place: Path, content: dict[str, Any]) -> None:
    """Write a file as a whole; that it may be lost with the machine's power does not matter."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_suffix(f".{uuid.uuid4().hex}")
    try:
        new.write_text(json.dumps(content), encoding="ascii")
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)


def _kept(submission: Submission) -> dict[str, Any]:
    try:
        kept = json.loads(_place(submission).read_bytes())
    except (OSError, ValueError):
        return {}
    return kept["lessons"] if kept["version"] == _VERSION else {}


def _stamp(submission: Submission, notebook: Path) -> list[int]:
    """Return what changes when a graded notebook or the answers handed in with it do."""
    stamp = [notebook.stat().st_mtime_ns, notebook.stat().st_size]
    with contextlib.suppress(OSError):
        answered = (submission.folder / answers.files_of(notebook.stem)[0]).lstat()
        stamp += [answered.st_mtime_ns, answered.st_size]
    return stamp


def _made(submission: Submission, notebook: Path) -> dict[str, Any]:
    handed_in, _ = answers.read(submission.folder, notebook.stem)
    moments = [answer.at for answer in handed_in.answers.values()] if handed_in else []
    items = [item for _cell, item in recorded(notebook)]
    return {"items": items, "minutes": active_minutes(moments)}


def recorded(notebook: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the results in a graded notebook, each with the name of its cell.

    Only from grade cells, whose outputs are ours.
    """
    for cell in json.loads(notebook.read_bytes())["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if not about.get("grade"):
            continue
        for output in cell.get("outputs", []):
            for item in output.get("data", {}).get(RESULTS_MIME, {}).get("items", []):
                yield about["grade_id"], item
