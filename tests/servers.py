"""Real servers for the tests, on this machine only: PostgreSQL, a Dask scheduler, its workers."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psutil
import psycopg
import pytest

SECONDS = 60


def _account() -> str | None:
    """Return whom PostgreSQL runs as: it refuses to run as root."""
    return "postgres" if os.getuid() == 0 else None


def postgres_programs() -> Path:
    """Find PostgreSQL; without one, fail in CI and skip elsewhere, saying what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    path = shutil.which("postgres") or (found[-1] if found else None)
    if path is None:
        message = "no PostgreSQL; on Debian or Ubuntu: sudo apt install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return Path(path).parent


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL server, reached through a socket in a folder of its own."""

    folder: Path

    def url(self, database: str) -> str:
        """Return a database's address as nbgrader wants it."""
        return f"postgresql+psycopg://course@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> None:
        """Create a database, as it is or as a copy of another one."""
        address = f"host={self.folder} user=course dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'.encode())


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server with an empty account `course`, without a network."""
    programs, account = postgres_programs(), _account()
    # Not among the folders of pytest, which are for one account only.
    with tempfile.TemporaryDirectory(prefix="clientcourse-postgres-") as name:
        folder = Path(name)
        if account:
            shutil.chown(folder, account, account)
        as_account = {"user": account, "group": account, "extra_groups": []} if account else {}
        data = str(folder / "data")
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "course", "--no-sync", "-E", "UTF8"],
            check=True, capture_output=True, cwd=folder, **as_account,
        )  # fmt: skip
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-k", str(folder)]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings],
            stderr=subprocess.PIPE, text=True, cwd=folder, **as_account,
        )  # fmt: skip
        try:
            _heard(process, "ready to accept connections")
            yield Postgres(folder)
        finally:
            _end(process, signal.SIGINT)  # does not wait for those who are connected


class Cluster:
    """A Dask scheduler and workers, each one a process of its own.

    Parameters
    ----------
    folder
        For what is written by Dask itself.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.temporary = Path(tempfile.mkdtemp(prefix="cc-"))  # short, as paths of sockets are
        self.workers: list[subprocess.Popen[str]] = []
        self._start()

    def _start(self) -> None:
        # Any port that is free.
        self.scheduler = self._dask("scheduler", "--port=0", "--dashboard-address=127.0.0.1:0")
        self.address = _heard(self.scheduler, r"tcp://127\.0\.0\.1:\d+")

    def _dask(
        self, *command: str, within: Sequence[str] = (), **variables: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*within, sys.executable, "-m", "dask", *command, "--host=127.0.0.1"],
            env={**os.environ, "TMPDIR": str(self.temporary), **variables},
            stderr=subprocess.PIPE,
            text=True,
        )

    def hire(self, number: int, within: Sequence[str] = (), **variables: str) -> None:
        """Start more workers.

        Parameters
        ----------
        within
            Command that starts them.
        variables
            Set in their environment.
        """
        options = ["--nthreads=1", "--no-nanny", f"--local-directory={self._folder}"]
        new = [
            self._dask("worker", self.address, *options, within=within, **variables)
            for _ in range(number)
        ]
        self.workers += new
        for worker in new:
            _heard(worker, "Registered to")

    def dismiss(self) -> None:
        """End all workers and see that nothing is left that they have started."""
        for worker in self.workers:
            _end(worker)
        self.workers.clear()

    def make_whole(self, workers: int) -> None:
        """Put new processes in place of those that were killed."""
        if self.scheduler.poll() is not None:
            self.dismiss()  # they end without a scheduler
            self._start()
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        self.hire(workers - len(self.workers))

    def end(self) -> None:
        """End all of it."""
        self.dismiss()
        _end(self.scheduler)
        shutil.rmtree(self.temporary)


def _heard(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait until a process says something, and let it say anything from then on."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(pattern, line):
            threading.Thread(target=_overhear, args=(process.stderr,), daemon=True).start()
            return found[0]
    raise AssertionError(said)


def _overhear(stream: TextIO) -> None:
    for _line in stream:
        pass


def _end(process: subprocess.Popen[str], word: int = signal.SIGTERM) -> None:
    """End a process; wait until all that it has started has ended, too."""
    started = descendants(process)
    process.send_signal(word)
    process.wait(SECONDS)
    _gone, alive = psutil.wait_procs(started, SECONDS)
    assert not alive


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return all processes that a process has started, and those in turn."""
    if process.poll() is not None:
        return []
    return psutil.Process(process.pid).children(recursive=True)
