"""Takes what has arrived into `submitted/`, as nbgrader's collect does, and nothing with it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect

from clientcourse.grading.arrival.course import Course
from clientcourse.grading.arrival.inbound import Arrival, copy, opened
from clientcourse.grading.batch.submissions import Submission


def collect(course: Course, submission: Submission, arrival: Arrival, desk: Path) -> list[str]:
    """Collect one submission.

    `submitted/` gets all of it, or for a moment nothing, in which case it is still the newest one
    of the inbound folder.

    Parameters
    ----------
    desk
        An empty folder on the file system of `submitted/`.

    Returns
    -------
    list[str]
        What was left out, as it is no ordinary file of the trainee's.

    Raises
    ------
    NotWhole, Refused
        See `opened` and `copy`.
    """
    place = desk / arrival.folder.name
    with opened(arrival, check_owner=course.collecting.check_owner) as folder:
        left_out = copy(folder, place, course.limits)
    taking = _CollectCopy(coursedir=course.about(submission), config=course.config)
    taking.take(place, arrival.trainee, arrival.at)
    return left_out


class _CollectCopy(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's collecting of a submission that was copied here before."""

    def take(self, place: Path, trainee: str, at: datetime) -> None:
        self.update, self.check_owner = True, False  # that was looked at in the original
        self.inbound_path = str(place.parent)
        self.src_records = [{"username": trainee, "filename": place.name, "timestamp": at}]
        self.start()

    def init_src(self) -> None:
        """Look nowhere else."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:  # noqa: ARG002
        """Move it, so that it is there as a whole or not at all."""
        if self.coursedir.groupshared:
            self.set_perms(src, fileperms=0o664, dirperms=0o2775)
        Path(src).rename(dest)
