"""The service: one process that looks, and others that do what is left, one for each submission.

What is left is read from files each time, so all of them can be killed and started at any moment.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from clientcourse.errors import CourseError
from clientcourse.grading.arrival.course import Course
from clientcourse.grading.arrival.feedback import FeedbackWriter
from clientcourse.grading.arrival.inbound import NotWhole, Refused
from clientcourse.grading.arrival.lookout import Left, Lookout, View
from clientcourse.grading.arrival.marks import MarkReader
from clientcourse.grading.arrival.one import NotGraded, Way
from clientcourse.grading.arrival.words import Log
from clientcourse.grading.batch.module import make_ready
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.batch.workshop import clear_left_workshops
from clientcourse.grading.sandbox.parent import close, warm_parent
from clientcourse.grading.sandbox.settings import Sandbox
from clientcourse.language import Text

_LOOK = 1.0  # seconds from one look to the next
_AGAIN = 60.0  # seconds after which what failed is tried again; each time twice as many
_LONGEST = 3600.0


class AlreadyWatched(CourseError):
    """Another process watches the same course."""


def watch(
    root: Path,
    modules: Sequence[str] = (),
    *,
    release: bool = True,
    once: bool = False,
) -> bool:
    """Grade what arrives, until the process is asked to end.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.
    modules
        Which ones; all, and those that are yet to come, if none is named.
    release
        Whether feedback goes to trainees, or is only written.
    once
        Whether to end when nothing is left to do.

    Returns
    -------
    bool
        Whether all was done that was left, if it was to end then.

    Raises
    ------
    CourseError
        If nothing can be graded; among them `AlreadyWatched`, `NoExchange`, `NoSandbox` and
        `NoGradebook`.
    """
    course = Course(root)
    with _alone(root), _asked_to_end() as ending:
        make_ready(root)
        log = Log(course.language)
        way = Way(course, MarkReader(course.db_url), FeedbackWriter(course), log, release)
        service = _Service(way, Lookout(way, modules))
        log.say("watching" if release else "watching-only", inbound=str(course.inbound))
        try:
            service.run(ending, once=once)
        finally:
            service.stop()
            close()
        log.say("stopped")
        return not (once and service.failed)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    place = root / "build" / "watch.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a") as file:
        try:
            # Ends with this process, even if one that was forked from it lives on.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyWatched(
                f"Another process watches {root} already; one is enough for a course. End it "
                "first, if this one is to watch."
            ) from None
        yield


@contextmanager
def _asked_to_end() -> Iterator[socket.socket]:
    """Yield a socket that can be read from once this process was asked to end."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)  # noqa: FBT003 - its signature
    before = {
        number: signal.signal(number, lambda *_about: None)
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    signal.set_wakeup_fd(theirs.fileno())
    try:
        yield ours
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()


@dataclass(frozen=True)
class _Job:
    """A process that does what is left of a submission, with a folder for temporary files."""

    left: Left
    process: ForkProcess
    temporary: Path


@dataclass(frozen=True)
class _Attempt:
    """What was seen of a submission when it was last begun; with the same view, it has to wait."""

    view: View
    number: int
    not_before: float


class _Service:
    def __init__(self, way: Way, lookout: Lookout) -> None:
        self._way, self._lookout = way, lookout
        self._settings = Sandbox(config=way.course.config)
        self._warm_up()
        # More than one, even with one processor: code that never ends must not hold up others.
        self._most = max(2, os.cpu_count() or 1)
        self._context = multiprocessing.get_context("fork")
        self._jobs: dict[Connection, _Job] = {}
        self._attempts: dict[Submission, _Attempt] = {}
        self.failed: dict[Submission, str] = {}

    def run(self, ending: socket.socket, *, once: bool) -> None:
        """Do what is left, until asked to end; once, if so wanted."""
        while True:
            all_begun = self._begin_what_is_left()
            if once and all_begun and not (self._jobs or self._lookout.waits):
                return
            ready = wait([ending, *self._jobs], _LOOK)
            if ending in ready:
                return
            for connection in ready:
                self._finish(connection)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End all processes; what they were at is as if it had not been begun."""
        for job in self._jobs.values():
            job.process.kill()
            self._clear(job)

    def _clear(self, job: _Job) -> None:
        """Wait for the end of a job's process and clear away what it may have left."""
        job.process.join()
        shutil.rmtree(job.temporary, ignore_errors=True)
        clear_left_workshops(self._way.course.root)

    def _begin_what_is_left(self) -> bool:
        """Begin as much as there are processes for; tell whether that was all."""
        busy = {job.left.submission.trainee for job in self._jobs.values()}
        for left in self._lookout.look(busy):
            one = left.submission
            last = self._attempts.get(one)
            again = bool(last and last.view == left.view)
            if one.trainee in busy or (again and last and time.monotonic() < last.not_before):
                continue
            if len(self._jobs) >= self._most:
                return False
            number = last.number + 1 if again and last else 0
            pause = min(_AGAIN * 2**number, _LONGEST)
            self._attempts[one] = _Attempt(left.view, number, time.monotonic() + pause)
            self._begin(left)
            busy.add(one.trainee)  # one at a time, so that nobody can take all processes
        return True

    def _warm_up(self) -> None:
        """Have a sandbox, where trainee code is run, that processes of ours find warm."""
        if self._settings.enabled:
            warm_parent(self._settings)

    def _begin(self, left: Left) -> None:
        self._warm_up()
        ours, theirs = self._context.Pipe(duplex=False)
        temporary = Path(tempfile.mkdtemp(prefix="cc-watch-"))  # short, as paths of sockets are
        process = self._context.Process(
            target=_work, args=(self._way, left, temporary, theirs), daemon=True
        )
        process.start()
        theirs.close()  # so that its end is noticed
        self._jobs[ours] = _Job(left, process, temporary)

    def _finish(self, connection: Connection) -> None:
        job = self._jobs.pop(connection)
        one, arrival = job.left.submission, job.left.arrival
        try:
            result = connection.recv()
        except (EOFError, OSError):
            result = self._way.log.word("died")
            last = self._attempts[one]
            if not last.number:  # by no fault of the submission, perhaps
                self._attempts[one] = _Attempt(last.view, 0, 0)
        connection.close()
        self._clear(job)
        if isinstance(result, Text) and arrival:
            self._lookout.refuse(arrival.folder.name, result)
            del self._attempts[one]  # the one before it is to be taken
        elif isinstance(result, str):
            if self.failed.get(one) != result:
                self._way.log.say("failed", trainee=one.trainee, module=one.module, why=result)
            self.failed[one] = result
        else:
            self.failed.pop(one, None)


def _work(way: Way, left: Left, temporary: Path, result: Connection) -> None:
    """Do what is left of a submission, and send why it is not done; nothing if it is."""
    signal.set_wakeup_fd(-1)  # the service decides when this process ends
    tempfile.tempdir = str(temporary)
    try:
        result.send(_why_not(way, left))
    except OSError:
        pass  # nobody waits for it any more
    finally:
        close()


def _why_not(way: Way, left: Left) -> str | Text | None:
    try:
        way.go(left.submission, left.arrival)
    except NotWhole:
        return None  # it is changed at this moment, and will be seen to be
    except Refused as error:
        return error.why
    except (CourseError, NotGraded) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - one submission must not stop the others
        return f"{type(error).__name__}: {error}"
    return None
