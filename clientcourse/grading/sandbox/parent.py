"""The grader's end of the warm parent: starts it on first use, renews it, asks it for kernels."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import json
import logging
import os
import select
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import clientcourse
from clientcourse.grading.sandbox.fence import NoSandbox, fenced
from clientcourse.grading.sandbox.inside.order import GRADER, READY, Limits, Order
from clientcourse.grading.sandbox.settings import Sandbox

# From where this process has imported the package, wherever that is.
_WARM = """
import sys
sys.path.insert(0, sys.argv[2])
from clientcourse.grading.sandbox.inside.warm import serve
serve(sys.argv[1])
"""
_DOOR = "door"
_PREFIX = "clientcourse-"
_LONGEST = 80  # bytes; the system allows 107 for a socket
_SECONDS = 10  # in which it has to end
_log = logging.getLogger(__name__)


class SandboxLost(Exception):
    """The warm parent ended while a submission was run."""


class WarmParent:
    """A fenced process that forks kernels; it ends with this one, whatever happens to this one.

    It takes a second to be ready; whoever makes one can do other things meanwhile.

    Parameters
    ----------
    visible
        Further folders that trainee code can read.
    """

    def __init__(self, visible: tuple[str, ...] = ()) -> None:
        self.visible = visible
        self.working = _working_folder()
        self._maker = os.getpid()
        self._ready = False
        self._start()

    def _start(self) -> None:
        (self.working / _DOOR).unlink(missing_ok=True)
        self._news, theirs = socket.socketpair()
        program = ["-c", _WARM, str(GRADER / _DOOR), str(Path(clientcourse.__file__).parent.parent)]
        with (
            theirs,
            (self.working / "complaints").open("w") as complaints,
            fenced(program, self.working, self.visible) as (command, descriptors),
        ):
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                command,
                pass_fds=descriptors,
                stdin=subprocess.PIPE,
                stdout=theirs.fileno(),
                stderr=complaints,
            )
        self._life = os.pidfd_open(self._process.pid)

    def wait(self) -> None:
        """Wait until it is ready; processes that were forked from its maker can do so, too.

        Raises
        ------
        NoSandbox
            If it never will be.
        """
        if self._ready or self._starts():
            return
        if not self._said():  # it was killed
            self._stop()
            self._start()
            if self._starts():
                return
        raise NoSandbox(f"it does not start ({self._said() or 'it gives no reason'})")

    def _starts(self) -> bool:
        # Left there for whoever else waits for it.
        self._ready = self._news.recv(len(READY), socket.MSG_PEEK) == READY
        return self._ready

    @property
    def alive(self) -> bool:
        """Whether it can be asked for kernels."""
        # Known to processes, too, that were forked after it was made.
        return not select.select([self._life], [], [], 0)[0]

    def _said(self) -> str:
        """Return the last line of what went wrong inside."""
        lines = (self.working / "complaints").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def room(self) -> Path:
        """Make the folder of a new submission, with `in/`, `sockets/` and `out/`."""
        room = Path(tempfile.mkdtemp(dir=self.working))
        for name in ("in", "sockets", "out"):
            (room / name).mkdir()
        return room

    def ask(self, order: Order) -> socket.socket:
        """Ask for a kernel.

        Returns
        -------
        socket.socket
            Connection to the submission's keeper.

        Raises
        ------
        SandboxLost
            If the parent has ended.
        """
        control = socket.socket(socket.AF_UNIX)
        try:
            control.connect(str(self.working / _DOOR))
            control.sendall(json.dumps(dataclasses.asdict(order)).encode() + b"\n")
        except OSError as error:
            control.close()
            raise SandboxLost from error
        return control

    def close(self) -> None:
        """End it with everything inside, once all who were forked from its maker have ended."""
        self._stop()
        if os.getpid() == self._maker:
            shutil.rmtree(self.working, ignore_errors=True)

    def _stop(self) -> None:
        assert self._process.stdin is not None  # noqa: S101
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # the end of its input is its end
        self._news.close()
        os.close(self._life)
        if os.getpid() != self._maker:
            return
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _working_folder() -> Path:
    """Make a folder whose name leaves room for that of a kernel's socket."""
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    if len(os.fsencode(folder)) > _LONGEST:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp")
    return Path(folder)


_current: WarmParent | None = None


def use(parent: WarmParent) -> None:
    """Let this process use a parent that was made before it was forked."""
    global _current  # noqa: PLW0603 - one a process, for as long as the process lives
    _current = parent


def warm_parent(settings: Sandbox) -> WarmParent:
    """Return this process's warm parent; start it first if there is none, or none alive.

    Raises
    ------
    NoSandbox
        If it cannot be started.
    """
    visible = tuple(settings.visible)
    if _current and not (_current.alive and _current.visible == visible):
        _log.warning("The sandbox is started anew")
        _current.close()
        use(WarmParent(visible))
    if _current is None:
        use(WarmParent(visible))
    assert _current is not None  # noqa: S101
    _current.wait()
    return _current


@atexit.register
def close() -> None:
    """End this process's warm parent, if it has one."""
    global _current  # noqa: PLW0603
    if _current:
        _current.close()
    _current = None


def limits_of(settings: Sandbox) -> Limits:
    """Return what the configuration allows one submission."""
    names = [field.name for field in dataclasses.fields(Limits)]
    return Limits(**{name: getattr(settings, name) for name in names})
