"""Brings `source/` and `release/` up to date with `course/`, or tells what is not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.authoring.build import build, stale, write
from clientcourse.authoring.load import load_course
from clientcourse.authoring.release import release

if TYPE_CHECKING:
    from clientcourse.language import Language


def publish(
    root: Path, to: Path, language: Language | None = None, *, dry: bool = False
) -> list[Path]:
    """Build `source/` and `release/`.

    Parameters
    ----------
    root
        The folder that holds `course/`.
    to
        Below which the two folders lie; usually the same.
    language
        Language of the notebooks; the course's own if not given.
    dry
        Only tell what is not current.

    Returns
    -------
    list[Path]
        What changed, or would change, relative to `to`.

    Raises
    ------
    CourseProblems
        With every mistake in the course; then nothing is written.
    """
    source = build(root, language)
    modules = [module.id for module in load_course(root).modules]
    with tempfile.TemporaryDirectory(prefix="clientcourse-source-") as name:
        write(source, Path(name))
        released = release(root, modules, Path(name), language)
    update = stale if dry else write
    return [
        Path(folder) / path
        for folder, files in (("source", source), ("release", released))
        for path in update(files, to / folder)
    ]
