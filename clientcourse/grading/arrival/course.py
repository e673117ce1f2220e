"""What grading on arrival has to know of a course, by nbgrader's own settings."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

from clientcourse.errors import CourseError
from clientcourse.grading.arrival.inbound import Limits
from clientcourse.grading.batch.module import language_of
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.configured import configuration


class NoExchange(CourseError):
    """There is no exchange folder that could be watched."""


class Course:
    """A course folder with the exchange that belongs to it.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.

    Raises
    ------
    NoExchange
        If its submissions do not come through nbgrader's own exchange folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = configuration(root)
        self.coursedir = CourseDirectory(config=self.config)
        self.language = language_of(root)
        self._exchange = ExchangeFactory(config=self.config)
        self.collecting = ExchangeCollect(config=self.config)
        if self._exchange.collect is not ExchangeCollect:
            raise NoExchange(
                "Submissions of this course do not come through nbgrader's exchange folder "
                f"(c.ExchangeFactory.collect is {self._exchange.collect.__name__}), so it cannot "
                "be watched. Collect as before, and grade with `clientcourse grade`."
            )
        if not self.coursedir.course_id:
            raise NoExchange(
                "The course has no id, so its place in the exchange is not known. Set "
                "c.CourseDirectory.course_id in nbgrader_config.py."
            )

    @property
    def exchange(self) -> Path:
        """The course's own part of the exchange folder."""
        return Path(self.collecting.root) / str(self.coursedir.course_id)

    @property
    def inbound(self) -> Path:
        """Where nbgrader's submit puts what is handed in."""
        return self.exchange / "inbound"

    @property
    def db_url(self) -> str:
        """The gradebook."""
        return str(self.coursedir.db_url)

    @cached_property
    def limits(self) -> Limits:
        """What of a submission is taken."""
        about = self.coursedir
        return Limits(
            file_kb=about.max_file_size,
            folder_kb=about.max_dir_size,
            ignore=tuple(about.ignore),
            include=tuple(about.include),
        )

    def modules(self) -> list[str]:
        """Return all modules that there are."""
        return sorted(path.name for path in (self.root / "source").glob("*/"))

    def about(self, submission: Submission) -> CourseDirectory:
        """Return nbgrader's view of the course, turned to one submission."""
        self.coursedir.assignment_id = submission.module
        self.coursedir.student_id = submission.trainee
        return self.coursedir

    def releasing(self, submission: Submission) -> ExchangeReleaseFeedback:
        """Return nbgrader's release of the feedback on one submission."""
        return self._exchange.ReleaseFeedback(
            coursedir=self.about(submission),
            authenticator=Authenticator(config=self.config),
            config=self.config,
        )
