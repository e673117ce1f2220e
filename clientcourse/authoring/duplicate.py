"""A second copy of a course, to try something out in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_course

if TYPE_CHECKING:
    from clientcourse.language import Language


def duplicate_course(root: Path, to: Path, language: Language) -> None:
    """Copy `course/` and build `source/` from it.

    Parameters
    ----------
    root
        The course's root folder, which is only read.
    to
        The copy's root folder.
    language
        Of the copy, for trainees and instructors.
    """
    shutil.copytree(root / "course", to / "course")
    settings = to / "course" / "course.yaml"
    own = load_course(root).language
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace(f"language: {own}", f"language: {language}", 1), encoding="utf-8"
    )
    write(build(to), to / "source")
