"""Takes in a submission: only what nbgrader can deal with gets any further.

nbgrader would follow a link with the grader's rights, to the keys for example, and stumble over a
pipe, over a folder where it expects a file, over folders deeper than Python can call itself, over a
time stamp that is none and over a submission without a notebook.
"""

from __future__ import annotations

import glob
import json
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.utils import parse_utc

from clientcourse.grading.safe import safe_words

RENAMED = "clientcourse_renamed"
"""Notebook metadata: the name under which the notebook was handed in."""

DEEPEST = 8
"""How many folders may lie in each other; deeper names can be too long for the system."""
_MOST = 2000  # files and folders
_LARGEST = 32 * 1024 * 1024  # bytes of a file
_STAMP = "timestamp.txt"
_STAMP_LENGTH = 100  # bytes

_logger = logging.getLogger(__name__)
_look_for_notebooks = Autograde.init_notebooks


def take_in_first() -> None:
    """Let nbgrader's autograding take in every submission before it looks at it.

    Its own hooks come too late: after it has looked for notebooks and read the time stamp.
    """
    Autograde.init_notebooks = _take_in_and_look


def _take_in_and_look(self: Autograde) -> None:
    about = self.coursedir
    source = Path(about.format_path(about.source_directory, ".", about.assignment_id))
    for folder in glob.glob(self._format_source(about.assignment_id, about.student_id)):  # noqa: PTH207 - as nbgrader itself does
        take_in(Path(folder), source, Path(about.root) / "build" / "set-aside")
    _look_for_notebooks(self)


def take_in(folder: Path, source: Path, aside: Path) -> None:
    """Make a submission fit to be graded; what is in the way is set aside, nothing is lost.

    Parameters
    ----------
    folder
        The submission, which is not trusted.
    source
        The module's folder in `source/`: which files belong there. A notebook that is missing is
        taken from one of another name that has the same cells; if there is none, an empty file
        stands in, which is graded as a notebook that cannot be read.
    aside
        Below it lands, by trainee and module, what is set aside.
    """
    for path, why in list(_unfit(folder, source)):
        place = aside / path.relative_to(folder.parent.parent)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(_free(place))
        _logger.warning("%s is %s; moved to %s", safe_words(path), why, safe_words(place.parent))
    for notebook in sorted(source.glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            _stand_in(folder, notebook)


def _unfit(folder: Path, source: Path) -> Iterator[tuple[Path, str]]:
    """Yield what is in the way, with the reason, but nothing below it."""
    number = 0
    for here, folders, files in os.walk(folder):
        inside = Path(here).relative_to(folder)
        for name in [*folders, *files]:
            path, expected = Path(here) / name, source / inside / name
            number += not expected.exists()
            if why := _in_the_way(path, expected, len(inside.parts), number):
                yield path, why
                if name in folders:
                    folders.remove(name)


def _in_the_way(path: Path, expected: Path, depth: int, number: int) -> str:
    """Tell why something cannot stay; nothing if it can."""
    about = path.lstat()
    is_folder = stat.S_ISDIR(about.st_mode)
    if not (is_folder or stat.S_ISREG(about.st_mode)):
        return "no ordinary file"
    if is_folder and (expected.is_file() or (depth == 0 and path.name == _STAMP)):
        return "a folder where a file belongs"
    if not is_folder and expected.is_dir():
        return "a file where a folder belongs"
    if is_folder and depth >= DEEPEST:
        return "nested too deeply"
    if about.st_size > _LARGEST:
        return "too large"
    if number > _MOST:
        return "one of too many files"
    if depth == 0 and path.name == _STAMP and not _is_stamp(path):
        return "no time stamp"
    return ""


def _is_stamp(path: Path) -> bool:
    try:
        parse_utc(path.read_bytes()[:_STAMP_LENGTH].decode().strip() or "2000-01-01")
    except (ValueError, OverflowError):
        return False
    return path.stat().st_size <= _STAMP_LENGTH


def _free(path: Path) -> Path:
    """Return a name that is not taken, not even by a link that leads nowhere."""
    number = 1
    free = path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _stand_in(folder: Path, notebook: Path) -> None:
    """Put the notebook that was meant in a missing one's place, else an empty file."""
    wanted = _cell_names(_content(notebook))
    others = {
        path: _content(path)
        for path in sorted(folder.glob("*.ipynb"))
        if not notebook.with_name(path.name).exists()
    }
    fitting = {path: len(wanted & _cell_names(content)) for path, content in others.items()}
    best = max(fitting, key=lambda path: fitting[path], default=None)
    if best is None or not fitting[best]:
        (folder / notebook.name).touch()
        return
    content = others[best]
    content["metadata"] = {**_dict(content.get("metadata")), RENAMED: safe_words(best.name)}
    (folder / notebook.name).write_text(json.dumps(content))
    _logger.warning("%s is taken for %s", safe_words(best), notebook.name)


def _content(path: Path) -> dict[str, Any]:
    try:
        return _dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return {}


def _cell_names(content: dict[str, Any]) -> set[str]:
    """Return nbgrader's names of a notebook's cells."""
    cells = content.get("cells")
    names = (
        _dict(_dict(_dict(cell).get("metadata")).get("nbgrader")).get("grade_id")
        for cell in (cells if isinstance(cells, list) else [])
    )
    return {name for name in names if isinstance(name, str)}


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return value if isinstance(value, dict) else {}


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
