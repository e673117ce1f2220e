"""A Python kernel that is ready but for what differs from one submission to the next."""

from __future__ import annotations

import importlib
import os
import random
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.express as px
import zmq
from ipykernel.iostream import BackgroundSocket, IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

import clientcourse.lesson  # noqa: F401 - every lesson imports it
from clientcourse.clients import complaints
from clientcourse.grading.sandbox.inside.order import SOCKETS, Order

# What is imported only by a kernel's start or by the first cell, error, table or figure.
_ON_FIRST_USE = (
    "faulthandler",
    "psutil",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "tornado.platform.asyncio",
)
_PRINTED = 64 * 1024  # characters that are handed over before a cell ends


class Stream(OutStream):
    """What code prints: handed over at the end of a cell, or when it is much."""

    def flush(self) -> None:
        """Hand over what was printed, if anything was: ipykernel asks several times a cell."""
        if self._buffers:
            super().flush()  # type: ignore[no-untyped-call]

    def _schedule_flush(self) -> None:
        with self._buffer_lock:
            held = sum(buffer.tell() for buffer in self._buffers.values())
        if held > _PRINTED:
            self.flush()


class _Publisher(IOPubThread):
    """Sends outputs at once, where ipykernel has a thread for that: nobody watches them come."""

    def __init__(self) -> None:
        self.socket: Any = None
        self.background_socket = BackgroundSocket(self)  # type: ignore[no-untyped-call]
        self.thread = threading.Thread()  # never started
        self.io_loop = None  # type: ignore[assignment]
        self._one_at_a_time = threading.RLock()

    def open(self, socket: zmq.Socket[bytes]) -> None:
        """Begin to send through a socket, which outlives no fork of this process."""
        self.socket, self._opener = socket, os.getpid()

    def schedule(self, action: Callable[[], object]) -> None:
        """Do it now; what was forked by code has no way to be heard."""
        with self._one_at_a_time:
            if self.socket and os.getpid() == self._opener:
                action()

    def send_multipart(self, *about: Any, **more: Any) -> None:  # noqa: ANN401
        """Send the parts of a message."""
        self.schedule(lambda: self.socket.send_multipart(*about, **more))


class _NoSubshells:
    """In place of the thread that hands cells to subshells; ipykernel asks it for its parent."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class Kernel(IPythonKernel):
    """A kernel with one channel for code, which it reads itself, and one for outputs.

    It says when it has done something, but not that it begins to: nobody watches.
    """

    _supports_kernel_subshells = False

    def _publish_status(self, status: str, *about: Any, **more: Any) -> None:  # noqa: ANN401
        if status == "idle":
            super()._publish_status(status, *about, **more)  # type: ignore[no-untyped-call]

    def _publish_execute_input(self, *_about: object) -> None:
        """Say nothing of code that is about to be run."""

    def start(self) -> None:
        """Begin to read; there is no debugger to be set up."""
        super(IPythonKernel, self).start()  # type: ignore[no-untyped-call]


class _App(IPKernelApp):
    """IPython's kernel without what depends on a user's home, other programs, or a process.

    It is made before its process is forked; `open` does the rest.
    """

    def parse_command_line(self, argv: Sequence[str] | None = None) -> None:
        """Have none."""

    def init_crash_handler(self) -> None:
        """Write no reports."""

    def init_profile_dir(self) -> None:
        """Have the one that was given."""

    def init_config_files(self) -> None:
        """Have none."""

    def load_config_file(self, *_about: object, **_more: object) -> None:
        """Have none."""

    def init_connection_file(self) -> None:
        """Have none: the order says where to listen."""

    def write_connection_file(self, **_about: object) -> None:
        """Have none."""

    def log_connection_info(self) -> None:
        """Tell nobody."""

    def init_poller(self) -> None:
        """Look after no parent: the keeper sees to the end."""

    def init_heartbeat(self) -> None:
        """Have none: the keeper sees whether the kernel lives."""

    def init_sockets(self) -> None:
        """Have a place for outputs; the sockets themselves are for `open`."""
        # Without a copy, large messages would go through a thread of their own.
        self.session = Session(parent=self, key=os.urandom(32), copy_threshold=sys.maxsize)
        self.iopub_thread = _Publisher()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_io(self) -> None:
        """Leave printing for `open`."""

    def init_signal(self) -> None:
        """Leave interrupts for `open`."""

    def init_kernel(self) -> None:
        """Make the kernel."""
        self.kernel = Kernel.instance(
            parent=self,
            session=self.session,
            shell_channel_thread=_NoSubshells(),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
        )

    def open(self, connection: Mapping[str, str], folder: Path) -> None:
        """Be one kernel from now on, whose sockets are in this folder.

        Parameters
        ----------
        connection
            With which key and how messages are signed.
        """
        self.session.pid = os.getpid()
        self.session.signature_scheme = connection["signature_scheme"]
        self.session.key = connection["key"].encode()
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        shell, outputs = context.socket(zmq.ROUTER), context.socket(zmq.XPUB)
        # Code waits when it puts out more than is read: nothing of it is dropped.
        outputs.setsockopt(zmq.XPUB_NODROP, 1)
        for number, socket in enumerate((shell, outputs), 1):  # as in CHANNELS
            socket.bind(f"ipc://{folder / 'k'}-{number}")
        super().init_io()  # type: ignore[no-untyped-call]
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        super().init_signal()  # type: ignore[no-untyped-call]
        self.iopub_thread.open(outputs)
        self.kernel.shell_stream = ZMQStream(shell)


def prepare(folder: Path) -> None:
    """Do everything that is the same for all kernels, before any is forked.

    Parameters
    ----------
    folder
        Takes a few files, of which no kernel will see anything.
    """
    os.environ["IPYTHONDIR"] = str(folder)
    for name in _ON_FIRST_USE:
        importlib.import_module(name)
    config = Config()
    config.HistoryManager.enabled = False
    # Short, for people who do not program every day; the long form takes fifty times as long.
    config.InteractiveShell.xmode = "Plain"
    config.IPKernelApp.outstream_class = f"{__name__}.{Stream.__name__}"
    config.IPythonKernel._execute_sleep = 0.0  # noqa: SLF001 - an option, if an odd one
    profile = ProfileDir(location=str(folder / "profile"))
    app = _App.instance(config=config, profile_dir=profile)
    app.initialize([])
    _rehearse(app.shell)


def _rehearse(shell: ZMQInteractiveShell) -> None:
    """Do once what trainees do: much of it takes several times as long for the first time."""
    log = complaints(0)
    by_channel = log.groupby("channel").agg(hours=("resolve_hours", "mean")).reset_index()
    for frame in (log, log.describe(), log.merge(by_channel, on="channel").sort_values("hours")):
        shell.display_formatter.format(frame)
    for figure in (
        px.histogram(log, x="resolve_hours"),
        px.bar(by_channel, x="channel", y="hours"),
        px.line(by_channel, x="channel", y="hours"),
        px.scatter(log, x="first_reply_hours", y="resolve_hours", color="channel"),
    ):
        figure._repr_mimebundle_()


def run(order: Order, tell_ready: int) -> None:
    """Run a kernel in this process until it is shut down.

    Parameters
    ----------
    order
        Says with which key its messages are signed.
    tell_ready
        File descriptor that is written to and closed when it can be talked to.
    """
    random.seed()
    np.random.seed()  # noqa: NPY002 - what trainees use must differ, too
    app = _App.instance()
    app.open(order.connection, SOCKETS)
    os.write(tell_ready, b"1")
    os.close(tell_ready)
    app.iopub_thread.socket.recv()  # somebody listens: what is put out from now on is heard
    app.start()
