"""The fence from within: what is refused there, and that ordinary code goes on working."""

from __future__ import annotations

import functools
import os
import struct
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from traitlets.config import Config, Configurable

from clientcourse.grading.run import Run, run_notebook
from clientcourse.grading.sandbox.channel import Inbox, ProtocolError, frame
from clientcourse.grading.sandbox.inside import seccomp
from tests.test_batch import kernels

pytestmark = pytest.mark.path


def run(folder: Path, *sources: str, **settings: object) -> tuple[list[str], str | None]:
    """Run cells behind a fence; return what each puts out, and why it ended early."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    config = Config(Sandbox=settings, Execute={"timeout": 60})
    reason = run_notebook(notebook, Run(folder), Configurable(config=config))
    return ["".join(map(text_of, cell.outputs)) for cell in notebook.cells], reason


def text_of(output: nbformat.NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.get("text") or "".join(map(str, output.data.values())))


ORDINARY = {
    "threads": """
        import threading
        started = [threading.Thread(target=int) for _ in range(20)]
        [t.start() for t in started], [t.join() for t in started]""",
    "programs": """
        import subprocess, sys
        assert subprocess.check_output(["/bin/sh", "-c", "echo 7 | cat"]) == b"7\\n"
        subprocess.run([sys.executable, "-c", "import pandas"], check=True)""",
    "processes": """
        import multiprocessing, operator
        with multiprocessing.Pool(2) as pool:
            assert pool.map(abs, [-1, -2]) == [1, 2]
        queue = multiprocessing.Queue()
        other = multiprocessing.Process(target=queue.put, args=(5,))
        other.start()
        assert queue.get() == 5
        other.join()
        with multiprocessing.Manager() as manager:
            assert list(manager.list([1])) == [1]
        value = multiprocessing.Value("i", 3)
        assert value.value == 3""",
    "shared memory": """
        import numpy as np
        from multiprocessing import shared_memory
        block = shared_memory.SharedMemory(create=True, size=8_000_000)
        np.ndarray(1_000_000, buffer=block.buf)[:] = 1
        block.close(), block.unlink()""",
    "executors": """
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        for kind in (ProcessPoolExecutor, ThreadPoolExecutor):
            with kind(2) as pool:
                assert list(pool.map(abs, [-1])) == [1]""",
    "asyncio": """
        import asyncio
        process = await asyncio.create_subprocess_exec("/bin/cat", stdin=-1, stdout=-1)
        assert (await process.communicate(b"7"))[0] == b"7"
        await asyncio.to_thread(int)""",
    "databases": """
        import sqlite3
        with sqlite3.connect("x.db") as db:
            db.execute("pragma journal_mode=wal")
            db.execute("create table t (a)")""",
    "files": """
        import mmap, os, tempfile
        import numpy as np
        with tempfile.TemporaryFile() as file:
            file.truncate(4096)
            mmap.mmap(file.fileno(), 4096)[:1] = b"x"
        mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        np.memmap("a.bin", mode="w+", shape=(10, 10))[:] = 1
        os.urandom(8), open("/dev/urandom", "rb").read(1), open("/dev/null", "w").write("x")""",
    "tables": """
        import numpy as np, pandas as pd
        frame = pd.DataFrame(np.random.rand(10_000, 10))
        frame.to_csv("x.csv"), pd.read_csv("x.csv").describe()
        np.linalg.svd(np.random.rand(200, 200))""",
    "figures": """
        import plotly.express as px
        px.scatter(x=range(10_000), y=range(10_000)).to_html()""",
}  # fmt: skip


def test_ordinary_code_goes_on_working(tmp_path: Path) -> None:
    sources = [f"if True:{code}\nprint('done')" for code in ORDINARY.values()]
    written, reason = run(tmp_path, *sources)
    assert reason is None
    assert dict(zip(ORDINARY, written, strict=True)) == dict.fromkeys(ORDINARY, "done\n")


REFUSED = """
import ctypes, errno, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
calls = {calls!r}
print([n for n in calls if libc.syscall(n, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != errno.EPERM])
def refused(do, *about):
    try:
        do(*about)
    except PermissionError:
        return True
print(refused(mmap.mmap, -1, 4096), refused(socket.socket().setsockopt, 1, 7, 1 << 20))
for family in (1, 2, 10, 16):
    assert not refused(socket.socket, family, 3 if family == 16 else 1), family
print([family for family in range(50) if family not in (1, 2, 10, 16) and not refused(socket.socket, family, 1)])
print(len(open("/dev/zero", "rb").read()))
"""  # noqa: E501


def test_what_is_refused_is_refused(tmp_path: Path) -> None:
    which = list(seccomp._MACHINES).index(os.uname().machine)
    calls = [numbers[which] for numbers in seccomp._REFUSED.values()]
    written, reason = run(tmp_path, REFUSED.format(calls=calls))
    assert (written, reason) == (["[]\nTrue True\n[]\n0\n"], None)


CALLS = "import ctypes\nprint(ctypes.CDLL(None).syscall({number}, 0))"


def test_another_way_to_call_the_system_ends_the_kernel(tmp_path: Path) -> None:
    _, reason = run(tmp_path, CALLS.format(number=seccomp._X32 | 39))
    assert reason is not None


def decision(program: bytes, machine: int, number: int, *arguments: int) -> int:
    """What the system would decide on a call: only this machine's filter can be tried for real."""
    data = struct.pack("=IIQ6Q", number, machine, 0, *arguments, *[0] * (6 - len(arguments)))
    held = at = 0
    while True:
        code, if_so, if_not, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        match code:
            case seccomp._LOAD:
                (held,) = struct.unpack_from("=I", data, operand)
            case seccomp._AND:
                held &= operand
            case seccomp._IF_EQUAL:
                at += if_so if held == operand else if_not
            case seccomp._IF_AT_LEAST:
                at += if_so if held >= operand else if_not
            case seccomp._RETURN:
                return int(operand)


@pytest.mark.parametrize(("which", "machine"), [*enumerate(seccomp._MACHINES)])
def test_a_filter_decides_alike_on_every_machine(which: int, machine: str) -> None:
    about = seccomp._MACHINES[machine]
    decide = functools.partial(decision, seccomp.program(machine), about)
    never = {numbers[which] for numbers in seccomp._REFUSED.values()}
    assert {number for number in range(600) if decide(number, 1) == seccomp._REFUSE} == never
    calls = {name: both[0][which] for name, both in seccomp._REFUSED_SOMETIMES.items()}
    flags = {0x1: True, 0x2: True, 0x22: True, 0x21: False, 0x23: False, 0x4021: False}
    for flag, allowed in flags.items():
        assert (decide(calls["mmap"], 0, 4096, 3, flag) == seccomp._ALLOW) == allowed
    options = {(1, 7): False, (1, 8): False, (1, 2): True, (6, 7): True}
    for option, allowed in options.items():
        assert (decide(calls["setsockopt"], 5, *option) == seccomp._ALLOW) == allowed
    for numbers in seccomp._SOCKETS.values():
        families = {f for f in range(64) if decide(numbers[which], f) == seccomp._ALLOW}
        assert families == {1, 2, 10, 16}
    assert decide(seccomp._X32 | 1) == seccomp._KILL
    assert decision(seccomp.program(machine), about ^ 1, 1) == seccomp._KILL


def test_a_machine_whose_calls_are_unknown_is_told() -> None:
    with pytest.raises(NotImplementedError, match="riscv64"):
        seccomp.program("riscv64")


# What a kernel says.

MORE = 1
DISPLAY = "from IPython.display import display\n"


def test_every_output_comes_though_there_are_many(tmp_path: Path) -> None:
    (written,), reason = run(tmp_path, f"{DISPLAY}for number in range(5000): display(number)")
    assert (written, reason) == ("".join(map(str, range(5000))), None)


@pytest.mark.parametrize(
    ("say", "shown"),
    [
        ("display({'text/plain': 'x' * 1_000_000}, raw=True)", "x" * 1_000_000),
        ("display({'text/plain': '\N{GRINNING FACE}' * 1_000_000}, raw=True)",
         "\N{GRINNING FACE}" * 1_000_000),
        ("print('x' * 1_000_000)", "x" * 1_000_000 + "\n"),
        ("display({'text/plain': 'x' * 1_100_000}, raw=True)", "TooMuchOutput"),
        ("display({'text/plain': 'x' * 50_000_000}, raw=True)", "TooMuchOutput"),
    ],
    ids=["as much as may be", "in large letters", "printed", "too much", "far too much"],
)  # fmt: skip
def test_an_output_that_is_too_much_is_told_and_the_rest_goes_on(
    tmp_path: Path, say: str, shown: str
) -> None:
    (first, second), reason = run(tmp_path, DISPLAY + say, "print('on')", output_kb=1024)
    assert first.split(":")[0] == shown
    assert (second, reason) == ("on\n", None)


def test_a_message_is_put_together_from_whatever_arrives() -> None:
    parts = [b"a", b"b" * 300, b""]
    sent = b"".join(frame(MORE if part else 0, part) for part in parts)
    inbox = Inbox(1000)
    for byte in (sent * 3)[:-1]:
        inbox.add(bytes([byte]))
    assert [inbox.next_message() for _ in range(3)] == [parts, parts, None]
    inbox.add(sent[-1:])
    assert inbox.next_message() == parts


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(
    "large", [[b"x" * 2000], [b"x" * 400] * 5, [b""] * 100], ids=["one", "several", "many"]
)
def test_a_message_that_is_too_large_is_left_out_whole(large: list[bytes], size: int) -> None:
    sent = b"".join(frame(MORE, part) for part in large) + frame(0, b"end") + frame(0, b"next")
    inbox = Inbox(1000)
    messages = []
    for start in range(0, len(sent), size):
        inbox.add(sent[start : start + size])
        while message := inbox.next_message():
            messages.append(message)
    assert (messages, inbox.left_out) == ([[b"next"]], 1)


def test_what_is_no_message_is_refused() -> None:
    inbox = Inbox(1000)
    inbox.add(frame(4, b"PING"))
    with pytest.raises(ProtocolError):
        inbox.next_message()


def test_a_long_name_of_the_temporary_folder_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("n" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    # Something else to be seen makes it start a fence of its own.
    assert run(tmp_path, "print(7)", visible=[str(long)]) == (["7\n"], None)


def test_what_is_to_be_seen_is_seen_in_the_folder_for_temporary_files_too(tmp_path: Path) -> None:
    shared = tmp_path / "what all see"
    shared.mkdir()
    (shared / "note").write_text("seen")
    sources = [f"print(open('{shared}/note').read())", f"open('{shared}/note', 'w')"]
    (seen, written), _reason = run(tmp_path, *sources, visible=[str(shared)])
    assert seen == "seen\n"
    assert written.startswith("OSError: [Errno 30]")


def test_a_run_whose_keeper_is_killed_before_it_brings_files_back_is_repeated(
    tmp_path: Path,
) -> None:
    slow = "import time; time.sleep(1); open('kept.json', 'w').write('7')"
    cells = [nbformat.v4.new_code_cell(code) for code in ("1", slow)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(run_notebook, notebook, Run(tmp_path, keep=("kept.json",)))
        while not cells[0].execution_count:
            assert not running.done()
        [kernel] = kernels(psutil.Process())
        keeper = kernel.parent()
        assert keeper is not None
        keeper.suspend()  # so that it is killed only when the kernel has been told to end
        while not cells[1].execution_count:
            assert not running.done()
        keeper.kill()
        kernel.wait(10)
        assert running.result() is None
    assert (tmp_path / "kept.json").read_text() == "7"
