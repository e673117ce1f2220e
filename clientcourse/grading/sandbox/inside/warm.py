"""The warm parent: imports once what every kernel needs and forks a keeper for each submission."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from clientcourse.grading.sandbox.inside import keeper, linux, seccomp
from clientcourse.grading.sandbox.inside.order import GRADER, READY, Order
from clientcourse.imports import for_good, import_fast

_COMPLAINT = 4096  # characters of what went wrong with one submission
_NO_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")


def serve(address: str) -> None:
    """Wait for the grader's orders until its end of standard input is closed.

    Parameters
    ----------
    address
        Path of the socket at which every connection is a submission.
    """
    linux.hide_from_debuggers()
    # A process in a name space of its own would have privileges again, if only there.
    with contextlib.suppress(OSError):
        linux.umount("/proc/sys")  # which bubblewrap has made read-only, mostly
    _NO_NAMESPACES.write_text("0")
    seccomp.program(os.uname().machine)  # better to fail now than with the first submission
    # Nobody debugs here, and loading a debugger takes longer than starting a kernel.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    # Plotly imports it, where it is, for the one type; that takes longer than all the rest of it.
    sys.modules["xarray"] = None  # type: ignore[assignment]
    import_fast()
    with for_good():
        from clientcourse.grading.sandbox.inside import kernel  # noqa: PLC0415

        kernel.prepare(GRADER / "warm")
    del sys.modules["xarray"]  # whoever works with it can import it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        os.write(1, READY)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # kernels have nothing to say there
        while True:
            happened, _, _ = select.select([door, sys.stdin], [], [])
            if sys.stdin in happened:
                os._exit(0)  # without clearing up memory, which takes as long as a kernel's start
            control, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _keep(control, kernel.run)
            control.close()


def _keep(control: socket.socket, run_kernel: Callable[[Order, int], None]) -> None:
    """Keep a submission in this process, which then ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        keeper.keep(control, run_kernel)
    except BaseException:  # noqa: BLE001 - this process must not go on as a second parent
        # Trainees choose the names that stand in it, and how many.
        sys.stderr.write(traceback.format_exc()[-_COMPLAINT:])
    finally:
        os._exit(0)
