"""Which submissions there are, and which of them were graded as they are now."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from clientcourse.errors import CourseError
from clientcourse.files import write_safely
from clientcourse.grading.intake import DEEPEST


class NothingSubmitted(CourseError):
    """There is no submission of a module."""


@dataclass(frozen=True)
class Submission:
    """One trainee's submission of a module.

    Parameters
    ----------
    root
        The course's root folder.
    """

    root: Path
    module: str
    trainee: str

    @property
    def folder(self) -> Path:
        """What was handed in."""
        return self.root / "submitted" / self.trainee / self.module

    @property
    def graded(self) -> Path:
        """What came of it."""
        return self.root / "autograded" / self.trainee / self.module

    @property
    def _note(self) -> Path:
        return self.root / "build" / "graded" / self.module / f"{self.trainee}.json"

    def fingerprint(self) -> str:
        """Return what changes with anything that its grade depends on."""
        return fingerprint_of(
            self.root,
            self.folder,
            self.root / "course" / "course.yaml",
            self.root / "course" / self.module,
            self.root / "source" / self.module,
        )

    def is_current(self) -> bool:
        """Tell whether it was graded, to the end, by all that its grade depends on as it is now.

        By us, that is; `arrival.state.is_graded` tells whether it was graded at all.
        """
        try:
            noted = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return False
        return self.graded.is_dir() and noted == {"fingerprint": self.fingerprint()}

    def note_graded(self, fingerprint: str) -> None:
        """Note that it was graded as it was when it had this fingerprint."""
        self._note.parent.mkdir(parents=True, exist_ok=True)
        write_safely(self._note, json.dumps({"fingerprint": fingerprint}).encode())

    def note_waits_for_feedback(self) -> None:
        """Note that it is being regraded, which is not done before its feedback is."""
        self._note.parent.mkdir(parents=True, exist_ok=True)
        write_safely(self._note, json.dumps({"waits_for": "feedback"}).encode())

    def waits_for_feedback(self) -> bool:
        """Tell whether it was regraded, but not to the end."""
        try:
            return bool(json.loads(self._note.read_bytes()) == {"waits_for": "feedback"})
        except (OSError, ValueError):
            return False

    def locked(self) -> FileLock:
        """Keep other graders away from it for a while; who has it can take it once more."""
        self._note.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._note.with_suffix(".lock"), is_singleton=True)

    def forget_graded(self) -> None:
        """Note that whatever its grade is now is not to be relied on."""
        self._note.unlink(missing_ok=True)


def submissions(root: Path, module: str) -> list[Submission]:
    """Return all submissions of a module, by trainee.

    Raises
    ------
    NothingSubmitted
        If there is none.
    """
    found = sorted((root / "submitted").glob(f"*/{module}"))
    if not found:
        raise NothingSubmitted(
            f"Nobody has handed in {module}: there is no {root}/submitted/<trainee>/{module}. "
            f"Run `nbgrader collect {module}` first, and check the module's name."
        )
    return [Submission(root, module, path.parent.name) for path in found]


def fingerprint_of(root: Path, *paths: Path) -> str:
    """Return what changes with anything in these files and folders below a root."""
    digest = hashlib.sha256()
    for path in paths:
        for part in _parts(path, root):
            digest.update(part)
    return digest.hexdigest()


def _parts(path: Path, root: Path) -> Iterator[bytes]:
    """Yield names and contents of ordinary files; of anything else, only that it is there."""
    if path.is_file():
        yield from _part(path, root)
    for here, folders, files in os.walk(path):
        folders.sort()
        for name in sorted([*folders, *files]):
            yield from _part(Path(here) / name, root)
        if len(Path(here).relative_to(path).parts) >= DEEPEST:
            folders.clear()


def _part(file: Path, root: Path) -> Iterator[bytes]:
    about = file.lstat()
    size = about.st_size if stat.S_ISREG(about.st_mode) else 0
    yield os.fsencode(f"{file.relative_to(root)} {stat.S_IFMT(about.st_mode)} {size}")
    if stat.S_ISREG(about.st_mode):
        with file.open("rb") as opened:
            yield hashlib.file_digest(opened, "sha256").digest()
