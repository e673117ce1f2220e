"""The way of one submission: collected, graded, feedback written, feedback released.

Every step is all or nothing and says by what it leaves that it is done. So whoever is killed in
between, the next one who comes this way does what is left, and nothing twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from clientcourse.grading.arrival.collect import collect
from clientcourse.grading.arrival.course import Course
from clientcourse.grading.arrival.feedback import FeedbackWriter
from clientcourse.grading.arrival.inbound import Arrival
from clientcourse.grading.arrival.marks import MarkReader
from clientcourse.grading.arrival.state import Feedback, collected_at, is_graded
from clientcourse.grading.arrival.words import Log
from clientcourse.grading.batch.one import grade
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.batch.workshop import Workshop

_NAMED = 5  # things that were left out are named


class NotGraded(Exception):
    """A submission cannot be graded."""


@dataclass(frozen=True)
class Way:
    """What takes submissions of one course from `inbound` to released feedback.

    Parameters
    ----------
    release
        Whether feedback goes to trainees, or is only written.
    """

    course: Course
    marks: MarkReader
    writer: FeedbackWriter
    log: Log
    release: bool

    def feedback(self, submission: Submission) -> Feedback:
        """Return the feedback on a submission, which there may not be yet."""
        return Feedback(submission, self.course.exchange)

    def is_handed_back(self, submission: Submission) -> bool:
        """Tell whether the feedback on a graded submission is as the gradebook is now."""
        feedback = self.feedback(submission)
        made = feedback.is_made_from(self._source(feedback))
        return made and not self._to_be_released(feedback)

    def _source(self, feedback: Feedback) -> str:
        one = feedback.submission
        marks = self.marks.read([one.module], one.trainee)
        return feedback.source(marks.of.get((one.trainee, one.module), ""))

    def _to_be_released(self, feedback: Feedback) -> bool:
        return self.release and feedback.can_be_released and not feedback.is_released()

    def go(self, submission: Submission, arrival: Arrival | None) -> None:
        """Do what is left to do of a submission.

        Parameters
        ----------
        arrival
            What is to be collected first, if anything is.

        Raises
        ------
        NotGraded
            If it cannot be graded.
        NotWhole, Refused
            If what has arrived cannot be collected.
        """
        start = time.perf_counter()
        workshop = Workshop(submission.root)  # is cleared by others once nothing here holds it
        with submission.locked():
            if arrival:
                self._collect(submission, arrival, workshop.folder)
            if not is_graded(submission):
                self._grade(submission)
            self.hand_back(submission, workshop.folder, start)

    def hand_back(self, submission: Submission, desk: Path, start: float) -> None:
        """Write and release the feedback on a graded submission, as far as that is left to do.

        Parameters
        ----------
        desk
            An empty folder on the file system of `feedback/`.
        start
            When all of this began, by `time.perf_counter`.
        """
        self._write(submission, desk)
        feedback = self.feedback(submission)
        if self._to_be_released(feedback):
            self.course.releasing(submission).start()
            self._say("released", submission, start)

    def _collect(self, submission: Submission, arrival: Arrival, desk: Path) -> None:
        have = collected_at(submission)
        if have == arrival.at:  # by someone else, meanwhile
            return
        start = time.perf_counter()
        left_out = collect(self.course, submission, arrival, desk)
        self._say("collected", submission, start)
        if left_out:
            names = ", ".join(left_out[:_NAMED]) + (" …" if len(left_out) > _NAMED else "")
            self._say("left-out", submission, start, names=names)

    def _grade(self, submission: Submission) -> None:
        start = time.perf_counter()
        outcome = grade(submission)
        if outcome.failed:
            raise NotGraded(outcome.failed)
        self._say(
            "graded-waiting" if outcome.waiting else "graded",
            submission,
            start,
            points=outcome.points,
            max_points=outcome.max_points,
        )

    def _write(self, submission: Submission, desk: Path) -> None:
        start = time.perf_counter()
        feedback = self.feedback(submission)
        # Read before the pages are made: what changes meanwhile will be seen to be newer.
        source = self._source(feedback)
        if feedback.is_made_from(source):
            return
        self.writer.write(feedback, source, desk)
        self._say("written", submission, start)
        if self.release and not feedback.can_be_released:
            self._say("no-secret", submission, start)

    def _say(self, event: str, submission: Submission, start: float, **about: object) -> None:
        self.log.say(
            event,
            trainee=submission.trainee,
            module=submission.module,
            seconds=time.perf_counter() - start,
            **about,
        )
