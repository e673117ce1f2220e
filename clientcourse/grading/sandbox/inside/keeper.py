"""Keeps one submission: builds its room, starts its kernel, watches it and clears everything away.

A keeper is forked from the warm parent for each submission. It keeps its privileges inside the
fence, so the kernel, which has none, can neither see nor touch it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import select
import shutil
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from clientcourse.grading.sandbox.inside import linux, seccomp
from clientcourse.grading.sandbox.inside.order import (
    GRADER,
    HOME,
    NOBODY,
    SCRATCH,
    SOCKETS,
    Limits,
    Order,
)

_MB = 1024 * 1024
_TMP = Path("/tmp")  # noqa: S108 - the one of the fence
_TICK = 0.05  # seconds between two looks at what the processes use up
_OPEN_FILES = 256  # of each process
# Where the grader is not root, the system counts the processes of all submissions together. Whoever
# has too many is stopped before the others are short of them.
_NEIGHBOURS = 16
# What a process is told to hold; what it shares with another is counted for both.
_HELD = ("RssAnon", "RssShmem", "VmPTE", "VmSwap", "HugetlbPages")


def keep(control: socket.socket, run_kernel: Callable[[Order, int], None]) -> None:
    """Serve one submission from its start to its end.

    Parameters
    ----------
    control
        Connection to the grader: lines of JSON, the first of which is the order.
    run_kernel
        Runs a kernel in this process until it ends; is given the order and a file descriptor to
        write one byte to when the kernel can be talked to.
    """
    linux.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    lines = control.makefile("rb")
    order = Order.read(lines.readline())
    out = os.open(GRADER / order.id / "out", os.O_RDONLY | os.O_DIRECTORY)
    desk = _build_room(order)
    sockets = os.open("/proc/self/net/sockstat", os.O_RDONLY)
    ready, tell_ready = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        _let_go(tell_ready)
        _become_trainee(order)
        run_kernel(order, tell_ready)
        os._exit(0)
    os.close(tell_ready)
    reason = _watch(kernel, _Usage(order.limits, sockets), control, ready)
    with contextlib.suppress(ProcessLookupError):
        os.kill(kernel, signal.SIGKILL)
    # The first process of a process space takes all others with it.
    _, status = os.waitpid(kernel, 0)
    for name in order.keep:
        _copy_out(name, desk, out, order.limits.file_mb * _MB)
    with contextlib.suppress(OSError):
        _tell(control, {"ended": reason or os.waitstatus_to_exitcode(status)})


def _tell(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def _build_room(order: Order) -> int:
    """Give the submission folders of its own and hide the grader's; return its desk."""
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWNET)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    own = GRADER / order.id
    # Python itself may be installed there.
    shown = [(place, os.open(place, os.O_PATH)) for place in linux.mounted_below(_TMP)]
    # One store for all that can be written, so that one limit holds for it.
    _store(SCRATCH, f"size={order.limits.disk_mb}m,nr_inodes=65536,mode=0755")
    for name, place in (("home", HOME), ("tmp", _TMP), ("shm", Path("/dev/shm"))):  # noqa: S108
        (SCRATCH / name).mkdir(mode=0o700)
        linux.mount(str(SCRATCH / name), str(place), flags=linux.MS_BIND)
    shutil.copytree(own / "in", HOME / order.folder)
    linux.mount(str(own / "sockets"), str(SOCKETS), flags=linux.MS_BIND)
    if os.getuid() == 0:
        for path in (HOME, _TMP, Path("/dev/shm"), own / "sockets", *HOME.rglob("*")):  # noqa: S108
            os.chown(path, NOBODY, NOBODY)
    for place, folder in shown:
        place.mkdir(parents=True, exist_ok=True)
        linux.mount(f"/proc/self/fd/{folder}", str(place), flags=linux.MS_BIND)
        os.close(folder)
    for hidden in (SCRATCH, GRADER):
        _store(hidden, "size=4k,mode=0555")
    # Mapped by several, it is memory that belongs to no process.
    linux.mount(os.devnull, "/dev/zero", flags=linux.MS_BIND)
    # Terminals of its own, so that no neighbour's can be opened.
    flags = linux.MS_NOSUID | linux.MS_NOEXEC
    linux.mount("devpts", "/dev/pts", "devpts", flags, "ptmxmode=0666,mode=0620,max=64")
    linux.make_read_only("/dev")
    return os.open(HOME / order.folder, os.O_RDONLY | os.O_DIRECTORY)


def _store(place: Path, options: str) -> None:
    linux.mount("tmpfs", str(place), "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)


def _let_go(but: int) -> None:
    """Close every open file but one; input and output lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, but)
    os.closerange(but + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _become_trainee(order: Order) -> None:
    """Turn into a process that has no privileges and sees only its own kind."""
    # Processes alone: the system's settings, which are found there too, are not for trainees.
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", "/proc", "proc", flags, "subset=pid")
    limits = order.limits
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_mb * _MB),
        (resource.RLIMIT_NPROC, limits.processes * _NEIGHBOURS),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    linux.give_up_privileges()
    linux.die_with_parent()  # the system forgets it when the account changes
    seccomp.refuse_system_calls()
    os.setsid()
    os.chdir(HOME / order.folder)
    os.environ.update(order.environment, HOME=str(HOME), TMPDIR="/tmp")  # noqa: S108


def _watch(kernel: int, usage: _Usage, control: socket.socket, ready: int) -> str:
    """Serve the grader until the kernel ends or has to; return why it has to, if so."""
    deadline = math.inf
    ended = os.pidfd_open(kernel)
    waiting: list[Any] = [control, ended, ready]
    while True:
        happened, _, _ = select.select(waiting, [], [], _TICK)
        if ended in happened:
            return ""
        if ready in happened:
            waiting.remove(ready)
            if os.read(ready, 1):
                # The kernel has made its sockets: from now on nothing else can stand there.
                linux.make_read_only(str(SOCKETS))
                _tell(control, {"ready": True})
        if control in happened:
            words = control.recv(4096).split()
            if not words or b"end" in words:
                return ""
            if b"begin" in words:
                deadline = time.monotonic() + usage.limits.notebook_seconds
            if b"interrupt" in words:
                os.kill(kernel, signal.SIGINT)
        if time.monotonic() > deadline:
            return "time"
        # No trainee's code runs before; until then `/proc` may still show everyone's processes.
        if ready not in waiting and (reason := usage.exceeded()):
            return reason


class _Usage:
    """What the processes of a submission use up together.

    Parameters
    ----------
    limits
        What they may use up.
    sockets
        File descriptor of the system's count of their sockets.
    """

    def __init__(self, limits: Limits, sockets: int) -> None:
        self.limits = limits
        self._sockets = sockets
        with socket.socket(socket.AF_UNIX) as one:
            self._buffers = sum(
                one.getsockopt(socket.SOL_SOCKET, which)
                for which in (socket.SO_SNDBUF, socket.SO_RCVBUF)
            )

    def exceeded(self) -> str:
        """Tell which limit they exceed."""
        used, processes = self._in_sockets(), 0
        for memory, threads in _processes():
            used += memory
            processes += threads
        if used > self.limits.memory_mb * _MB:
            return "memory"
        # Where the grader is root the system itself does not count.
        return "processes" if processes > self.limits.processes else ""

    def _in_sockets(self) -> int:
        """Return how many bytes their sockets may hold, wherever these are open."""
        # The first line is, for example, "sockets: used 12".
        return int(os.pread(self._sockets, 64, 0).split()[2]) * self._buffers


def _processes() -> Iterator[tuple[int, int]]:
    """Yield the memory in bytes and the threads of each process of the submission."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            lines = (process / "status").read_text().splitlines()
            about = dict(line.split(":", 1) for line in lines)
            held = sum(int(about.get(name, "0 kB").split()[0]) for name in _HELD)
            yield held * 1024, int(about["Threads"])


def _copy_out(name: str, desk: int, out: int, most: int) -> None:
    """Copy an ordinary file from the desk; whatever else stands there stays there."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        source = os.open(name, flags, dir_fd=desk)
    except OSError:
        return
    with os.fdopen(source, "rb") as reader:
        about = os.fstat(source)
        if stat.S_ISREG(about.st_mode) and about.st_size <= most:
            target = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=out)
            with os.fdopen(target, "wb") as writer:
                shutil.copyfileobj(reader, writer)
