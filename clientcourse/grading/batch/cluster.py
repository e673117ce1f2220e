"""Grades submissions on a Dask cluster whose workers share the course folder and the gradebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distributed import Client, as_completed

from clientcourse.errors import CourseError
from clientcourse.grading.batch.one import Outcome, grade
from clientcourse.grading.batch.submissions import Submission

_SECONDS = 30  # to reach the scheduler


class NoCluster(CourseError):
    """A cluster's scheduler could not be reached."""


def grade_there(submissions: Sequence[Submission], scheduler: str) -> Iterator[Outcome]:
    """Grade submissions on a cluster.

    Parameters
    ----------
    scheduler
        Address of its scheduler, such as `tcp://10.0.0.5:8786`.

    Yields
    ------
    Outcome
        As soon as each is known.

    Raises
    ------
    NoCluster
        If there is no scheduler at this address.
    """
    try:
        client = Client(scheduler, timeout=_SECONDS)
    except OSError as error:
        raise NoCluster(f"There is no Dask scheduler at {scheduler}: {error}") from None
    with client:
        tasks = {
            # Never the result of an earlier time: what it depends on are files.
            client.submit(grade, one, pure=False, key=f"grade-{one.module}-{one.trainee}"): one
            for one in submissions
        }
        for task in as_completed(tasks):
            try:
                yield task.result()
            except CourseError:
                raise
            except Exception as error:  # noqa: BLE001 - the cluster's own, as a lost worker
                yield Outcome(tasks[task].trainee, failed=f"{type(error).__name__}: {error}")
