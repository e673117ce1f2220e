"""Writes the feedback on one submission and releases it to its trainee, each all or nothing."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

from nbconvert.writers import FilesWriter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from clientcourse.grading.arrival.course import Course
from clientcourse.grading.arrival.state import Feedback
from clientcourse.grading.batch.one import put_in_place
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.gradebook import SharedGradebook


class FeedbackWriter(GenerateFeedback):  # type: ignore[misc]
    """nbgrader's feedback, on one submission after the other.

    What takes long is done when it is made; processes that are forked later find it done.
    """

    def __init__(self, course: Course) -> None:
        super().__init__(coursedir=CourseDirectory(config=course.config), config=course.config)
        self.writer = FilesWriter(parent=self)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for step in self.preprocessors:
            self.exporter.register_preprocessor(step)

    def write(self, feedback: Feedback, source: str, desk: Path) -> None:
        """Write the pages of a feedback.

        Parameters
        ----------
        source
            What they are made from.
        desk
            An empty folder on the file system of `feedback/`.
        """
        submission = feedback.submission
        about = self.coursedir
        about.feedback_directory = str(desk.relative_to(submission.root))
        about.assignment_id, about.student_id = submission.module, submission.trainee
        gradebook = SharedGradebook(about.db_url, about.course_id)
        with (
            gradebook.shared(),
            contextlib.chdir(submission.root),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", SAWarning)
            self._write(submission)
        feedback.forget_made()
        put_in_place(desk / submission.trainee / submission.module, feedback.folder)
        feedback.note_made_from(source)

    def _write(self, submission: Submission) -> None:
        self.init_notebooks()
        [self.notebooks] = self.assignments.values()
        self.run_pre_convert_hook()
        self.init_assignment(submission.module, submission.trainee)
        for notebook in self.notebooks:
            self.convert_single_notebook(notebook)
        self.set_permissions(submission.module, submission.trainee)
        self.run_post_convert_hook()
