"""Folders for what is not done yet; whose grader has ended, on whatever machine, are cleared."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

_PLACE = Path("build") / "autograding"


class Workshop:
    """A folder of its own for a grader, locked for as long as the grader lives."""

    def __init__(self, root: Path) -> None:
        self.folder = root / _PLACE / uuid.uuid4().hex
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_of(self.folder)
        self._lock.acquire()
        self.folder.mkdir()  # only now: what is not locked may be cleared


def clear_left_workshops(root: Path) -> None:
    """Remove the folders of graders that have ended."""
    for folder in (root / _PLACE).glob("*/"):
        with contextlib.suppress(Timeout), _lock_of(folder).acquire(blocking=False) as lock:
            shutil.rmtree(folder, ignore_errors=True)
            Path(lock.lock_file).unlink(missing_ok=True)


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder.with_suffix(".lock"))
