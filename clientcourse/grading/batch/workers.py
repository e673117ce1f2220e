"""Grades submissions in several processes of this machine; survives the death of any of them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess

from clientcourse.errors import CourseError
from clientcourse.grading.batch.one import Outcome, grade
from clientcourse.grading.batch.submissions import Submission

_ATTEMPTS = 2


@dataclass
class _Worker:
    """A process with the submission that it is grading."""

    process: SpawnProcess
    connection: Connection
    submission: Submission

    @classmethod
    def start(cls, context: SpawnContext, submission: Submission) -> _Worker:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()  # so that its end is noticed
        worker = cls(process, ours, submission)
        worker.take(submission)
        return worker

    def take(self, submission: Submission) -> None:
        self.submission = submission
        self.connection.send(submission)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join()


def grade_here(submissions: Sequence[Submission], workers: int) -> Iterator[Outcome]:
    """Grade submissions side by side.

    Parameters
    ----------
    workers
        How many processes.

    Yields
    ------
    Outcome
        As soon as each is known. A submission whose process died is tried once more.

    Raises
    ------
    CourseError
        If nothing can be graded here, for want of a sandbox for example.
    """
    context = multiprocessing.get_context("spawn")
    waiting = deque(submissions)
    attempts = dict.fromkeys((one.trainee for one in submissions), 0)
    busy: dict[Connection, _Worker] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                worker = _Worker.start(context, waiting.popleft())
                busy[worker.connection] = worker
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                attempts[worker.submission.trainee] += 1
                try:
                    found = worker.connection.recv()
                except (EOFError, OSError):
                    del busy[worker.connection]
                    worker.stop()
                    if attempts[worker.submission.trainee] < _ATTEMPTS:
                        waiting.appendleft(worker.submission)
                    else:
                        reason = f"its process died {_ATTEMPTS} times"
                        yield Outcome(worker.submission.trainee, failed=reason)
                    continue
                if isinstance(found, CourseError):
                    raise found
                if waiting:
                    worker.take(waiting.popleft())
                else:
                    del busy[worker.connection]
                    worker.stop()
                yield found
    finally:
        for worker in busy.values():
            worker.stop()


def _work(orders: Connection) -> None:
    """Grade one submission after the other until there are no more, or nobody to ask for them."""
    try:
        while True:
            orders.send(_graded(orders.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _graded(submission: Submission) -> Outcome | CourseError:
    try:
        return grade(submission)
    except CourseError as error:
        return CourseError(str(error))
