"""A Python kernel that is ready but for what differs from one submission to the next."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets.config import Config

import clientcourse.lesson  # noqa: F401 - every lesson imports it
from clientcourse.grading.sandbox.inside.order import CHANNELS, SOCKETS, Order

_SAMPLE = """
import pandas as pd
import plotly.express as px
clients = pd.DataFrame({"tier": ["A", "B", "A"], "profit": [3.0, 1.0, 2.0]})
display(clients.groupby("tier").agg(total=("profit", "sum")).sort_values("total"))
display(px.bar(clients, x="tier", y="profit"))
1 / 0
"""


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
    for name in _modules_of_a_trial(folder):
        # Some are parts of others and cannot be imported by their names.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    px.bar(pd.DataFrame({"tier": ["A"], "profit": [3.0]}), x="tier")._repr_mimebundle_()
    app = _app(folder)
    app.init_pdb()
    # Found by each kernel, which would make the same.
    ZMQInteractiveShell.instance(parent=app, profile_dir=app.profile_dir)


def _app(folder: Path) -> Any:  # noqa: ANN401 - IPython has no types
    config = Config()
    config.HistoryManager.enabled = False
    return _App.instance(config=config, profile_dir=ProfileDir(location=str(folder / "profile")))


def _modules_of_a_trial(folder: Path) -> list[str]:
    """Return what has been imported by the time that a first kernel has run a first cell."""
    names, written = os.pipe()
    trial = os.fork()
    if trial == 0:
        try:
            app = _app(folder)
            _listen(app, {"key": "", "signature_scheme": "hmac-sha256"}, folder)
            app.shell.run_cell(_SAMPLE)
            with os.fdopen(written, "w") as report:
                json.dump(list(sys.modules), report)
        finally:
            os._exit(0)
    os.close(written)
    with os.fdopen(names) as report:
        found = report.read()
    os.waitpid(trial, 0)
    return list(json.loads(found))


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
