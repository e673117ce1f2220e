"""A Python kernel that is ready but for what differs from one submission to the next."""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.express as px
import zmq
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets.config import Config

import clientcourse.lesson  # noqa: F401 - every lesson imports it
from clientcourse.clients import complaints
from clientcourse.grading.sandbox.inside.order import CHANNELS, SOCKETS, Order

# What is imported only by a kernel's start or by the first cell, error, table or figure.
_ON_FIRST_USE = (
    "IPython.core.completer",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "asttokens",
    "executing",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.iostream",
    "pandas.io.formats.string",
    "pdb",
    "plotly.graph_objs",
    "psutil",
    "pure_eval.utils",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "stack_data.utils",
    "tornado.platform.asyncio",
    "tornado.queues",
)


class Stream(OutStream):
    """What code prints; ipykernel hands it over several times with each cell."""

    def flush(self) -> None:
        """Hand over what was printed, if anything was: that goes through another thread."""
        if self._buffers:
            super().flush()  # type: ignore[no-untyped-call]


class _App(IPKernelApp):
    """IPython's kernel without what depends on a user's home or on other programs."""

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
        self._ports: dict[str, int] = {}

    def init_iopub(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        """Let code wait when it puts out more than is read: nothing of it is dropped."""
        context.setsockopt(zmq.XPUB_NODROP, 1)
        super().init_iopub(context)  # type: ignore[no-untyped-call]

    def init_heartbeat(self) -> None:
        """Have none: the keeper sees whether the kernel lives."""


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
    app.init_pdb()
    # Found by each kernel, which would make the same.
    _rehearse(ZMQInteractiveShell.instance(parent=app, profile_dir=app.profile_dir))


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


def _listen(app: Any, connection: Mapping[str, str], folder: Path) -> None:  # noqa: ANN401
    """Open the sockets of a kernel in a folder and start it."""
    app.transport, app.ip = "ipc", str(folder / "k")
    for number, channel in enumerate(CHANNELS, 1):
        setattr(app, f"{channel}_port", number)
    app.session = Session(
        parent=app,
        key=connection["key"].encode(),
        signature_scheme=connection["signature_scheme"],
    )
    app.initialize([])
    app.shell.kernel = app.kernel


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
    _listen(app, order.connection, SOCKETS)
    os.write(tell_ready, b"1")
    os.close(tell_ready)
    app.start()
