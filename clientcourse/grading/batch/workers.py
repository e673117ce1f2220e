"""Grades submissions in several processes of this machine; survives the death of any of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from typing import TypeAlias

import nbformat

from clientcourse.errors import CourseError
from clientcourse.grading.batch.one import Outcome, grade
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.sandbox.parent import WarmParent, close, use
from clientcourse.grading.turns import take_turns

Task: TypeAlias = Callable[[Submission], Outcome]

_ATTEMPTS = 2
_SECONDS = 1  # in which a process that has nothing to do ends


class _Turn(Enum):
    """What a process says of running trainee code, and is told."""

    ASKED = "asked"
    GIVEN = "given"
    OVER = "over"


@dataclass
class _Worker:
    """A process with the submission that it is grading."""

    process: ForkProcess
    connection: Connection
    submission: Submission
    turn: _Turn = _Turn.OVER
    died: bool = False

    @classmethod
    def start(
        cls,
        context: ForkContext,
        sandbox: WarmParent | None,
        submission: Submission,
        others: Iterable[Connection],
        do: Task,
    ) -> _Worker:
        ours, theirs = context.Pipe()
        about = (theirs, [ours, *others], sandbox, do)
        process = context.Process(target=_work, args=about, daemon=True)
        process.start()
        theirs.close()  # so that its end is noticed
        worker = cls(process, ours, submission)
        worker.take(submission)
        return worker

    def take(self, submission: Submission) -> None:
        self.submission = submission
        self._tell(submission)

    def hear(self) -> Outcome | None:
        """Take in what it says; return what became of its submission, if it says that.

        Raises
        ------
        CourseError
            If it says that nothing can be graded here.
        """
        try:
            found = self.connection.recv()
        except (EOFError, OSError):
            self.died = True
            return None
        if isinstance(found, CourseError):
            raise found
        if isinstance(found, _Turn):
            self.turn = found
            return None
        outcome: Outcome = found
        return outcome

    def give_turn(self) -> None:
        """Let it run trainee code."""
        self.turn = _Turn.GIVEN
        self._tell(self.turn)

    def _tell(self, what: Submission | _Turn) -> None:
        with contextlib.suppress(OSError):  # it has died, which is heard next
            self.connection.send(what)

    def stop(self) -> None:
        """Let it end; if it is busy, at once."""
        self.connection.close()
        self.process.join(_SECONDS)
        self.process.terminate()
        self.process.join()


def grade_here(
    submissions: Sequence[Submission],
    sandbox: WarmParent | None,
    workers: int,
    do: Task = grade,
) -> Iterator[Outcome]:
    """Grade submissions side by side.

    Parameters
    ----------
    sandbox
        Serves all of them, as long as it lives; `None` if they are to do without.
    workers
        How many run trainee code at the same time. Meanwhile another one prepares or scores, if
        there is a processor for it.
    do
        What is done with each of them.

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
    nbformat.validate(nbformat.v4.new_notebook())  # makes its validator, likewise
    waiting = deque(submissions)
    deaths: Counter[str] = Counter()
    busy: dict[Connection, _Worker] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < _graders(workers):
                worker = _Worker.start(context, sandbox, waiting.popleft(), busy, do)
                busy[worker.connection] = worker
            _give_turns(busy.values(), workers)
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                outcome = worker.hear()
                if worker.died:
                    outcome = _given_up(worker.submission.trainee, deaths)
                    if outcome is None:
                        waiting.appendleft(worker.submission)
                elif outcome is None:
                    continue
                if waiting and not worker.died:
                    worker.take(waiting.popleft())
                else:
                    del busy[worker.connection]
                    worker.stop()
                if outcome:
                    yield outcome
    finally:
        for worker in busy.values():
            worker.stop()


def _given_up(trainee: str, deaths: Counter[str]) -> Outcome | None:
    """Return what is said of a submission whose process died; nothing if it is tried again."""
    deaths[trainee] += 1
    if deaths[trainee] < _ATTEMPTS:
        return None
    return Outcome(trainee, failed=f"its process died {_ATTEMPTS} times")


def _graders(workers: int) -> int:
    """Return how many processes are to grade where so many may run trainee code."""
    return workers + (workers < (os.cpu_count() or 1))


def _give_turns(workers: Collection[_Worker], most: int) -> None:
    """Give turns to those who ask, as far as not too many have one."""
    free = most - sum(worker.turn is _Turn.GIVEN for worker in workers)
    asking = (worker for worker in workers if worker.turn is _Turn.ASKED)
    for worker in islice(asking, free):
        worker.give_turn()


def _work(
    orders: Connection,
    not_ours: Iterable[Connection],
    sandbox: WarmParent | None,
    do: Task,
) -> None:
    """Grade one submission after the other until there are no more, or nobody to ask for them.

    Parameters
    ----------
    not_ours
        Ends of connections that were inherited, and whose owner alone is to end them.
    """
    for connection in not_ours:
        connection.close()
    if sandbox:
        use(sandbox)
    take_turns(partial(_turn_from, orders))
    try:
        while True:
            orders.send(_done(do, orders.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        close()


@contextlib.contextmanager
def _turn_from(orders: Connection) -> Iterator[None]:
    """Wait for a turn; where nobody is left to give one, this process has to end."""
    try:
        orders.send(_Turn.ASKED)
        orders.recv()
    except (EOFError, OSError):
        # Nothing that is caught as a fault of the submission, which then would be scored as such.
        raise SystemExit from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            orders.send(_Turn.OVER)


def _done(do: Task, submission: Submission) -> Outcome | CourseError:
    try:
        return do(submission)
    except CourseError as error:
        return CourseError(str(error))
