"""The trainee's side of nbgrader's exchange: what is there, and fetch, submit, feedback."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.utils import parse_utc
from pydantic import ValidationError
from traitlets.config import Config

from clientcourse.answers import Answers, read
from clientcourse.lesson_file import SUFFIX, LessonFile
from clientcourse.start.state import Listed, Submission

FAILURES = (ExchangeError, OSError, RuntimeError)
"""What nbgrader raises when something cannot be fetched, submitted or listed."""

_Key = tuple[str, str]  # ids of a course and a module


@dataclass(frozen=True)
class Exchange:
    """nbgrader's exchange as nbgrader itself is configured, seen from a trainee's server.

    Parameters
    ----------
    root
        The server's root folder.
    """

    root: Path

    def listing(self) -> list[Listed]:
        """Return all modules that are released.

        Raises
        ------
        ExchangeError
            If there is no exchange.
        """
        with self._config() as config:
            lister = _step("List", config)
            fetched = {_key(info): info for info in lister.start()}
            released = {_key(lister.parse_assignment(path)): path for path in lister.assignments}
            config.ExchangeList.cached = True
            submitted: dict[_Key, list[Submission]] = defaultdict(list)
            for info in _step("List", config).start():
                submitted[_key(info)] += map(_submission, info["submissions"])
        return [
            self._listed(key, Path(released[key]), info, submitted[key])
            for key, info in fetched.items()
        ]

    def fetch(self, course: str, module: str) -> str:
        """Bring a module, or what is missing of it, into the trainee's folder.

        Returns
        -------
        str
            That folder, relative to the server's root folder.
        """
        with self._config() as config:
            config.ExchangeFetchAssignment.replace_missing_files = True
            step = _step("FetchAssignment", config, course, module)
            step.start()
            return self._relative(step.dest_path)

    def submit(self, course: str, module: str) -> None:
        """Hand a module in."""
        with self._config() as config:
            _step("Submit", config, course, module).start()

    def fetch_feedback(self, course: str, module: str, lesson: str) -> str | None:
        """Fetch the feedback on a module.

        Returns
        -------
        str | None
            Where the latest on a lesson lies, relative to the server's root folder.
        """
        with self._config() as config:
            _step("FetchFeedback", config, course, module).start()
            config.ExchangeList.cached = True
            paths = [
                notebook["local_feedback_path"]
                for info in _step("List", config, course, module).start()
                for submission in info["submissions"]
                for notebook in submission["notebooks"]
                if notebook["notebook_id"] == lesson and notebook["has_local_feedback"]
            ]
            return self._relative(paths[-1]) if paths else None

    @contextlib.contextmanager
    def _config(self) -> Iterator[Config]:
        """Read nbgrader's configuration and work where it wants to, as its own extension does."""
        with contextlib.chdir(self.root):
            app = NbGrader()
            app.load_config_file()
            config = app.config
            desks = ExchangeFactory(config=config).List(config=config).assignment_dir
            config.Exchange.assignment_dir = str(Path(desks).resolve())
            with contextlib.chdir(desks):
                yield config

    def _listed(
        self, key: _Key, released: Path, info: dict[str, Any], submissions: list[Submission]
    ) -> Listed:
        course, module = key
        desk = Path(info["path"]) if info["status"] == "fetched" else None
        files = list(_lesson_files(released, module))
        return Listed(
            course=course,
            module=module,
            released=released,
            desk=None if desk is None else self._relative(desk),
            files=files,
            answers={} if desk is None else dict(_answers(desk, files)),
            submissions=submissions,
        )

    def _relative(self, path: str | Path) -> str:
        return Path(os.path.relpath(path, self.root)).as_posix()


def _step(name: str, config: Config, course: str = "", module: str = "") -> Any:  # noqa: ANN401
    """Return one of nbgrader's steps, ready to be started."""
    if course:
        config.CourseDirectory.course_id = course
        config.CourseDirectory.assignment_id = module
    make = getattr(ExchangeFactory(config=config), name)
    return make(
        coursedir=CourseDirectory(config=config),
        authenticator=Authenticator(config=config),
        config=config,
    )


def _key(info: dict[str, Any]) -> _Key:
    return info["course_id"], info["assignment_id"]


def _submission(info: dict[str, Any]) -> Submission:
    at: datetime = parse_utc(info["timestamp"])
    feedback = {
        notebook["notebook_id"]: notebook["has_local_feedback"] and not notebook["feedback_updated"]
        for notebook in info["notebooks"]
        if notebook["has_local_feedback"] or notebook["has_exchange_feedback"]
    }
    return Submission(at.replace(tzinfo=UTC), feedback)


def _lesson_files(folder: Path, module: str) -> Iterator[LessonFile]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with contextlib.suppress(OSError, ValidationError):
            file = LessonFile.model_validate_json(path.read_bytes())
            if (file.module, f"{file.lesson}{SUFFIX}") == (module, path.name):
                yield file


def _answers(desk: Path, files: list[LessonFile]) -> Iterator[tuple[str, Answers]]:
    for file in files:
        answers, _trouble = read(desk, file.lesson)
        if answers is not None:
            yield file.lesson, answers
