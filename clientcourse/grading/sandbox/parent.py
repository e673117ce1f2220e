"""The grader's end of the warm parent: starts it on first use, renews it, asks it for kernels."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import itertools
import json
import logging
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from clientcourse.grading.sandbox.fence import NoSandbox, fenced
from clientcourse.grading.sandbox.inside.order import GRADER, Limits, Order
from clientcourse.grading.sandbox.settings import Sandbox

_WARM = "clientcourse.grading.sandbox.inside.warm"
_DOOR = "door"
_log = logging.getLogger(__name__)


class SandboxLost(Exception):
    """The warm parent ended while a submission was run."""


class WarmParent:
    """A fenced process that forks kernels; it ends with this one, whatever happens to this one."""

    def __init__(self, visible: tuple[str, ...]) -> None:
        self.visible = visible
        self.working = Path(tempfile.mkdtemp(prefix="clientcourse-"))
        self._numbers = itertools.count(1)
        self._complaints = (self.working / "complaints").open("w+")
        with fenced(["-m", _WARM, str(GRADER / _DOOR)], self.working, visible) as (command, fds):
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                command,
                pass_fds=fds,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                text=True,
            )
            assert self._process.stdout is not None  # noqa: S101
            if self._process.stdout.readline().strip() != "ready":
                why = self.said()
                self.close()
                raise NoSandbox(f"it does not start ({why})")

    @property
    def alive(self) -> bool:
        """Whether it can be asked for kernels."""
        return self._process.poll() is None

    def said(self) -> str:
        """Return the last line of what went wrong inside."""
        lines = (self.working / "complaints").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no reason given"

    def room(self) -> Path:
        """Make the folder of a new submission, with `in/`, `sockets/` and `out/`."""
        room = self.working / str(next(self._numbers))
        for name in ("in", "sockets", "out"):
            (room / name).mkdir(parents=True)
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
        """End it with everything inside."""
        self._process.kill()
        self._process.communicate()
        self._complaints.close()
        shutil.rmtree(self.working, ignore_errors=True)


_current: WarmParent | None = None


def warm_parent(settings: Sandbox) -> WarmParent:
    """Return this process's warm parent; start it first if there is none, or none alive."""
    global _current  # noqa: PLW0603 - one a process, for as long as the process lives
    visible = tuple(settings.visible)
    if _current and not (_current.alive and _current.visible == visible):
        _log.warning("The sandbox is started anew")
        _current.close()
        _current = None
    if _current is None:
        _current = WarmParent(visible)
    return _current


@atexit.register
def _close() -> None:
    if _current:
        with contextlib.suppress(OSError):
            _current.close()


def limits_of(settings: Sandbox) -> Limits:
    """Return what the configuration allows one submission."""
    names = [field.name for field in dataclasses.fields(Limits)]
    return Limits(**{name: getattr(settings, name) for name in names})
