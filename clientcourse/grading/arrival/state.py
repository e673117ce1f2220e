"""How far a submission has come: read from the files that each step leaves, remembered nowhere."""

from __future__ import annotations

import filecmp
import json
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.utils import notebook_hash

from clientcourse.files import write_safely
from clientcourse.grading.arrival.inbound import (
    SECRET,
    STAMP,
    Arrival,
    is_secret,
    moment,
    read_small,
)
from clientcourse.grading.batch.submissions import Submission, fingerprint_of

_COPYING = 5 * 10**9  # ns
_RUNNING = 600 * 10**9


@dataclass(frozen=True)
class Feedback:
    """The feedback on one submission: pages in `feedback/`, and copies in the exchange.

    Parameters
    ----------
    exchange
        The course's part of the exchange folder.
    """

    submission: Submission
    exchange: Path

    @property
    def folder(self) -> Path:
        """The pages, with the time stamp and the secret of what was handed in."""
        one = self.submission
        return one.root / "feedback" / one.trainee / one.module

    @property
    def _note(self) -> Path:
        one = self.submission
        return one.root / "build" / "feedback" / one.module / f"{one.trainee}.json"

    def source(self, marks: str) -> str:
        """Return what changes with anything that the pages are made from."""
        return fingerprint_of(self.submission.root, self.submission.graded) + marks

    def is_made_from(self, source: str) -> bool:
        """Tell whether the pages are there and made from this."""
        try:
            noted = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return False
        return self.folder.is_dir() and noted == {"source": source}

    def note_made_from(self, source: str) -> None:
        """Note what the pages were made from."""
        self._note.parent.mkdir(parents=True, exist_ok=True)
        write_safely(self._note, json.dumps({"source": source}).encode())

    def forget_made(self) -> None:
        """Note that whatever pages there are are not to be relied on."""
        self._note.unlink(missing_ok=True)

    @property
    def can_be_released(self) -> bool:
        """Whether it was handed in with a secret, by which its trainee finds the feedback."""
        return is_secret(read_small(self.folder / SECRET))

    def is_of_what_was_graded(self) -> bool:
        """Tell whether there are pages on what was handed in and graded last."""
        return self.folder.is_dir() and stamp(self.folder) == stamp(self.submission.graded)

    def was_released(self) -> bool:
        """Tell whether the exchange has any pages on what was handed in last."""
        secret = read_small(self.submission.folder / SECRET)
        return is_secret(secret) and any(
            self._place(secret, notebook.stem).exists()
            for notebook in self.submission.graded.glob("*.ipynb")
        )

    def is_released(self) -> bool:
        """Tell whether the exchange has just these pages."""
        return all(
            place.exists() and filecmp.cmp(page, place, shallow=False)
            for page, place in self._places()
        )

    def _places(self) -> Iterator[tuple[Path, Path]]:
        secret = read_small(self.folder / SECRET)
        for page in self.folder.glob("*.html"):
            yield page, self._place(secret, page.stem)

    def _place(self, secret: str, notebook: str) -> Path:
        name = notebook_hash(secret=secret, notebook_id=notebook)
        return self.exchange / "feedback" / f"{name}.html"


def is_graded(submission: Submission) -> bool:
    """Tell whether what was handed in last is graded, by us or by nbgrader itself.

    That is, whether `autograded/` is of the same time. `clientcourse grade` puts it there when all
    else is done. A bank that was corrected since does not matter here: to grade all again is for a
    person to decide.
    """
    return submission.graded.is_dir() and stamp(submission.graded) == stamp(submission.folder)


def is_being_changed(submission: Submission) -> bool:
    """Tell whether nbgrader's own collect or autograde is at it, as far as one can see.

    They copy and convert file by file. In the end collect gives a folder the age of its original,
    and autograde makes notebooks read-only, unless they are to be shared by a group.
    """
    now = time.time_ns()
    notebooks = [path.stat() for path in submission.graded.glob("*.ipynb")]
    return (
        now - changed(submission.folder) < _COPYING
        or now - changed(submission.graded) < _COPYING
        or any(
            now - about.st_mtime_ns < _RUNNING
            for about in notebooks
            if about.st_mode & stat.S_IWUSR
        )
    )


def stamp(folder: Path) -> str:
    """Return the time stamp in a folder of the course; nothing if there is none."""
    return read_small(folder / STAMP).strip()


def collected_at(submission: Submission) -> datetime | None:
    """Return when that was handed in which is in `submitted/`."""
    return moment(stamp(submission.folder))


def wanted(
    arrived: Sequence[Arrival], have: datetime | None, due: datetime | None
) -> Iterator[Arrival]:
    """Yield what is to be collected, the best first, as nbgrader's collect chooses.

    Parameters
    ----------
    arrived
        Of one trainee and module, the newest first.
    have
        The time of what is in `submitted/`.
    due
        If it is given, the last one that was in time is taken rather than a newer one.
    """
    in_time = [one for one in arrived if due is not None and one.at <= due]
    for one in in_time or arrived:
        if have is not None and (one.at == have or (due is None and one.at < have)):
            return
        yield one


def changed(folder: Path) -> int:
    """Return what changes when a folder is made anew; 0 if there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
