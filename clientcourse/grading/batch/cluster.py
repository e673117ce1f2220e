"""Grades submissions on a Dask cluster whose workers share the course folder and the gradebook."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from importlib.metadata import version
from pathlib import Path

from distributed import Client, KilledWorker, as_completed

from clientcourse.errors import CourseError
from clientcourse.grading.batch.on_worker import Order, grade_there
from clientcourse.grading.batch.one import Outcome
from clientcourse.grading.batch.submissions import Submission


class NoCluster(CourseError):
    """There is no cluster that could grade, or not any more."""


def grade_on_cluster(submissions: Sequence[Submission], scheduler: str) -> Iterator[Outcome]:
    """Grade submissions on a cluster.

    Parameters
    ----------
    submissions
        Of one course.
    scheduler
        Address of its scheduler, such as `tcp://10.0.0.5:8786`.

    Yields
    ------
    Outcome
        As soon as each is known. A submission whose worker died is graded by another one, as often
        as the cluster's `allowed-failures` says.

    Raises
    ------
    NoCluster
        If the scheduler or workers are not there, end meanwhile or lack our package.
    CourseError
        If nothing can be graded there, for want of a sandbox for example.
    """
    if not submissions:
        return
    with _client(scheduler) as client, _sign(submissions[0].root) as sign:
        order = Order(sign, version("clientcourse"))
        run = uuid.uuid4().hex  # in no key of another time, the result of which would be taken
        tasks = {
            client.submit(
                grade_there, one, order, key=f"grade-{one.module}-{one.trainee}-{run}"
            ): one
            for one in submissions
        }
        for task in as_completed(tasks):
            try:
                yield task.result()
            except KilledWorker as error:
                yield Outcome(tasks[task].trainee, failed=str(error))
            except CancelledError:
                raise NoCluster(
                    f"The scheduler at {scheduler} has gone. What is graded stays so; run this "
                    "again, with a new one or without --scheduler, to go on with the rest."
                ) from None
            except CourseError:
                raise
            except Exception as error:
                raise NoCluster(
                    f"The cluster at {scheduler} cannot grade: {type(error).__name__}: {error} "
                    "Its scheduler and workers need the same packages as this machine."
                ) from error


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Client]:
    # What it logs of a lost connection are tracebacks; we say it in a sentence.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"There is no Dask scheduler at {scheduler} ({error}). Start one with "
            "`dask scheduler`, and name the address that it says."
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise NoCluster(
                f"The scheduler at {scheduler} has no workers. Start one for each processor: "
                f"`dask worker {scheduler} --nthreads 1`."
            )
        yield client


@contextlib.contextmanager
def _sign(root: Path) -> Iterator[Path]:
    """Lay a file into the course folder, by which workers know that they see the same folder."""
    folder = root / "build" / "cluster"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        yield Path(file.name)
