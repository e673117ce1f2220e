"""What a worker of a Dask cluster does; a scheduler imports this module, too, so it is light."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.errors import CourseError
from clientcourse.grading.batch.submissions import Submission
from clientcourse.imports import import_fast

if TYPE_CHECKING:
    from clientcourse.grading.batch.one import Outcome

_alone = threading.Lock()  # nbgrader changes the working folder of its whole process
_CLEAR_AWAY = 'cat; rm -rf "$1" || { sleep 5; rm -rf "$1"; }'


@dataclass(frozen=True)
class Order:
    """What has to be true where something is graded.

    Parameters
    ----------
    sign
        A file in the course folder of whoever asks.
    version
        Of clientcourse, there.
    """

    sign: Path
    version: str


def grade_there(submission: Submission, order: Order) -> Outcome:
    """Grade one submission in a worker; see `one.grade`.

    Raises
    ------
    CourseError
        If this worker can grade nothing for whoever asks.
    """
    with _alone:
        _check(submission.root, order)
        _own_temporary_folder()
        import_fast()
        from clientcourse.grading.batch.one import grade  # noqa: PLC0415 - slow to import

        try:
            return grade(submission)
        except CourseError as error:
            # Of a class that can be pickled, whatever it is made from.
            raise CourseError(f"On worker {socket.gethostname()}: {error}") from None


def _check(root: Path, order: Order) -> None:
    host = socket.gethostname()
    if version("clientcourse") != order.version:
        raise CourseError(
            f"Worker {host} has clientcourse {version('clientcourse')}, this machine has "
            f"{order.version}; install the same everywhere."
        )
    if not order.sign.exists():
        raise CourseError(
            f"Worker {host} does not see the course folder {root} that this machine sees. It has "
            "to be shared, by the same path on all machines."
        )


@cache
def _own_temporary_folder() -> subprocess.Popen[bytes]:
    """Give this process a folder for temporary files that goes with it, even if it is killed."""
    tempfile.tempdir = tempfile.mkdtemp(prefix="cc-worker-")  # short, as paths of sockets are
    # Sees our end by that of its input. In a session of its own, as Ctrl-C is not for it.
    return subprocess.Popen(  # noqa: S603 - a command of our own
        ["/bin/sh", "-c", _CLEAR_AWAY, "sh", tempfile.tempdir],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
