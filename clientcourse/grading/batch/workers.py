"""Grades submissions in several processes of this machine; survives the death of any of them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess

from clientcourse.errors import CourseError
from clientcourse.grading.batch.one import Outcome, grade
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.sandbox.parent import WarmParent, close, use

_ATTEMPTS = 2
_SECONDS = 1  # in which a process that has nothing to do ends


@dataclass
class _Worker:
    """A process with the submission that it is grading."""

    process: ForkProcess
    connection: Connection
    submission: Submission

    @classmethod
    def start(
        cls, context: ForkContext, sandbox: WarmParent | None, submission: Submission
    ) -> _Worker:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, ours, sandbox), daemon=True)
        process.start()
        theirs.close()  # so that its end is noticed
        worker = cls(process, ours, submission)
        worker.take(submission)
        return worker

    def take(self, submission: Submission) -> None:
        self.submission = submission
        self.connection.send(submission)

    def stop(self) -> None:
        """Let it end; if it is busy, at once."""
        self.connection.close()
        self.process.join(_SECONDS)
        self.process.terminate()
        self.process.join()


def grade_here(
    submissions: Sequence[Submission], sandbox: WarmParent | None, workers: int
) -> Iterator[Outcome]:
    """Grade submissions side by side.

    Parameters
    ----------
    sandbox
        Serves all of them, as long as it lives; `None` if they are to do without.
    workers
        How many processes are to grade.

    Yields
    ------
    Outcome
        As soon as each is known. A submission whose process died is tried once more.

    Raises
    ------
    CourseError
        If nothing can be graded here, for want of a sandbox for example.
    """
    # Forked, as what they need is imported here, which takes longer than to grade a submission.
    context = multiprocessing.get_context("fork")
    if sandbox:
        sandbox.wait()
    waiting = deque(submissions)
    attempts = dict.fromkeys((one.trainee for one in submissions), 0)
    busy: dict[Connection, _Worker] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                worker = _Worker.start(context, sandbox, waiting.popleft())
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


def _work(orders: Connection, theirs: Connection, sandbox: WarmParent | None) -> None:
    """Grade one submission after the other until there are no more, or nobody to ask for them."""
    theirs.close()
    if sandbox:
        use(sandbox)
    try:
        while True:
            orders.send(_graded(orders.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        close()


def _graded(submission: Submission) -> Outcome | CourseError:
    try:
        return grade(submission)
    except CourseError as error:
        return CourseError(str(error))
