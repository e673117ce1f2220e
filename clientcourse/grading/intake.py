"""Takes in a submission: only ordinary files and folders get any further."""

from __future__ import annotations

import logging
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

_logger = logging.getLogger(__name__)


def set_links_aside(root: Path, *, notebooks: Sequence[str], **_about: object) -> None:
    """Move links, pipes and devices out of a submission; an nbgrader `pre_convert_hook`.

    nbgrader would follow a link with the grader's rights, to the keys for example, and stumble
    over a pipe.

    Parameters
    ----------
    root
        The course's root folder; what is moved lands in `build/set-aside/` below it.
    notebooks
        Paths of the submitted notebooks. One that is a link is replaced by an empty file, which is
        graded as a notebook that cannot be read.
    """
    folder = Path(notebooks[0]).parent
    for path in list(_odd_entries(folder)):
        aside = root / "build" / "set-aside" / path.relative_to(folder.parent.parent)
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.replace(_free(aside))
        _logger.warning("%s is no ordinary file; moved to %s", path, aside.parent)
        if str(path) in notebooks:
            path.touch()


def _odd_entries(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(here) / name
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path


def _free(path: Path) -> Path:
    """Return a name that is not taken, not even by a link that leads nowhere."""
    number = 1
    free = path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def copy_ordinary_files(folder: Path, to: Path) -> None:
    """Copy the ordinary files of a folder and its subfolders, and nothing else.

    Parameters
    ----------
    folder
        Not trusted; links in it are not followed.
    to
        An empty folder.
    """
    for here, folders, files in os.walk(folder):
        target = to / Path(here).relative_to(folder)
        for name in folders:
            if not (Path(here) / name).is_symlink():
                (target / name).mkdir()
        for name in files:
            path = Path(here) / name
            if stat.S_ISREG(path.lstat().st_mode):
                shutil.copyfile(path, target / name, follow_symlinks=False)
