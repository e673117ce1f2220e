"""A second copy of a course, to try something out in."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_course
from clientcourse.errors import CourseError

if TYPE_CHECKING:
    from clientcourse.language import Language


class NotOurs(CourseError):
    """A folder holds something that was not made here."""


def empty_own(folder: Path, mark: str) -> None:
    """Make a folder, or clear it if it was made here before.

    Parameters
    ----------
    mark
        Name of a file that is in a folder of ours, and in no other.

    Raises
    ------
    NotOurs
        If it holds something else, which then stays as it is.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / mark).exists():
            raise NotOurs(f"{folder} is not empty and was not made here; name another folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / mark).touch()


def duplicate_course(
    root: Path, to: Path, language: Language, due: Mapping[str, datetime] | None = None
) -> None:
    """Copy `course/` and build `source/` from it.

    Parameters
    ----------
    root
        The course's root folder, which is only read.
    to
        The copy's root folder.
    language
        Of the copy, for trainees and instructors.
    due
        When modules of the copy are due to which the course gives no date.

    Raises
    ------
    CourseProblems
        If the course has mistakes.
    """
    load_course(root)
    shutil.copytree(root / "course", to / "course")
    settings = to / "course" / "course.yaml"
    about = yaml.safe_load(settings.read_text(encoding="utf-8-sig"))
    about["language"] = language
    for module in about["modules"]:
        if due and module["id"] in due:
            module.setdefault("due", due[module["id"]])
    text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False)
    settings.write_text(text, encoding="utf-8")
    write(build(to), to / "source")
