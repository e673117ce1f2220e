"""Notebooks that are none, and folders that are odd."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import nbformat

from tests.hostile.corpus import KEYS, NOTEBOOK, Host, Seen, Tamper, attack, write_holes
from tests.hostile.pages import MARKUP, pages_are_harmless
from tests.test_path import changed

# Notebooks that are none.


def rewrites(write: Callable[[Path], object]) -> Tamper:
    def tamper(desk: Path, _host: Host) -> None:
        notebook = desk / NOTEBOOK
        text = notebook.read_text()
        notebook.unlink()
        write(notebook)
        if not notebook.exists():
            notebook.with_name("kept.txt").write_text(text)

    return tamper


def told_of_the_notebook(seen: Seen) -> None:
    assert "notebook" in seen.remarks


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "deep": lambda path: path.write_text('{"cells": ' + "[" * 100_000),
    "not-utf-8": lambda path: path.write_bytes(b"\xff\xfe\x00{"),
    "of-the-future": lambda path: path.write_text('{"nbformat": 9, "cells": []}'),
    "of-no-type": lambda path: path.write_text("[]"),
    "a-folder": lambda path: (path / "a").mkdir(parents=True),
    "sparse": lambda path: write_holes(path, 200),
}
for name, write in UNREADABLE.items():
    attack(f"notebook-{name}", tamper=rewrites(write), check=told_of_the_notebook)
attack("notebook-missing", tamper=rewrites(lambda _path: None), check=told_of_the_notebook)
attack(
    "notebook-renamed",
    tamper=rewrites(
        lambda path: nbformat.write(nbformat.v4.new_notebook(), path.with_name("mine.ipynb"))
    ),
    check=told_of_the_notebook,
)


def adds_notebooks(desk: Path, _host: Host) -> None:
    for name in ("extra", "first-call copy", "third-call", "-h", "$(id)"):
        (desk / f"{name}.ipynb").write_text('{"cells": 5')
    nbformat.write(nbformat.v4.new_notebook(), desk / "grade-first-quiz.ipynb")


def writes_format_3(desk: Path, _host: Host) -> None:
    old = nbformat.convert(nbformat.read(desk / NOTEBOOK, as_version=4), 3)
    nbformat.write(old, desk / NOTEBOOK)


def writes_format_99(desk: Path, _host: Host) -> None:
    with changed(desk) as notebook:
        cell = nbformat.v4.new_code_cell("1")
        notebook.cells.append(cell)
    text = json.loads((desk / NOTEBOOK).read_text())
    text["nbformat_minor"] = 99
    text["cells"] += [{"cell_type": "evil", "metadata": {}, "source": MARKUP}]
    text["cells"][-2].update(id='"><script>alert(1)</script>', execution_count=MARKUP, new=1)
    (desk / NOTEBOOK).write_text(json.dumps(text))


def writes_20_mb(desk: Path, _host: Host) -> None:
    with changed(desk) as notebook:
        notebook.cells.append(nbformat.v4.new_markdown_cell("words " * 1_700_000))
        notebook.cells.append(nbformat.v4.new_code_cell("#" + "x" * 10_000_000))


def writes_much_into_a_solution(desk: Path, _host: Host) -> None:
    with changed(desk) as notebook:
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "exercise-mean-reply":
                cell.source = "x = 1 + (2, 'a')\n" * 20_000


attack("notebook-more", tamper=adds_notebooks)
attack("notebook-of-format-3", tamper=writes_format_3)
attack("notebook-of-format-99", tamper=writes_format_99, check=pages_are_harmless, shown=True)
attack("notebook-of-20-mb", tamper=writes_20_mb, shown=True)
attack("notebook-of-much-code", tamper=writes_much_into_a_solution, shown=True)


# Folders that are odd.


def puts_a_folder_for_the_lesson(desk: Path, _host: Host) -> None:
    (desk / "first-call.lesson.json").unlink()
    (desk / "first-call.lesson.json").mkdir()
    (desk / "first-call.lesson.json" / "x").write_text("x")


def puts_names(desk: Path, _host: Host) -> None:
    for name in ("\x1b[2J", "a\nb", "$(touch x)", "-rf", "x" * 250):
        (desk / name).write_text("x")
    (desk / os.fsdecode(b"\xff\xfe")).write_text("x")
    (desk / "clientcourse.egg-info").mkdir()
    (desk / "pth.pth").write_text("import os")


def puts_depth(desk: Path, _host: Host) -> None:
    """Nest folders deeper than Python can call itself."""
    with contextlib.chdir(desk):
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")


def puts_links(desk: Path, host: Host) -> None:
    (desk / "root").symlink_to("/")
    (desk / "loop").symlink_to(desk)
    (desk / "bank.yaml").symlink_to(host.bank)
    (desk / "none").symlink_to("/nowhere")
    (desk / "first-call.lesson.json").unlink()
    (desk / "first-call.lesson.json").symlink_to(host.course / "nbgrader_config.py")
    os.mkfifo(desk / "pipe")
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(desk):
        listener.bind("socket")
    os.link(host.course / "gradebook.db", desk / "hard")


def leaves_the_course_alone(seen: Seen) -> None:
    assert "configure(" in (seen.host.course / "nbgrader_config.py").read_text()
    handed_on = seen.host.course / "autograded" / seen.name / "greeting"
    assert KEYS not in "".join(path.read_text(errors="replace") for path in handed_on.iterdir()
                               if path.suffix != ".ipynb" and path.is_file())  # fmt: skip


def timestamp(content: bytes) -> Tamper:
    def tamper(desk: Path, _host: Host) -> None:
        (desk / "timestamp.txt").write_bytes(content)

    return tamper


attack("folder-for-the-lesson", tamper=puts_a_folder_for_the_lesson)
attack("odd-names", tamper=puts_names)
attack("deep-folders", tamper=puts_depth)
attack("links", tamper=puts_links, check=leaves_the_course_alone)
attack("timestamp-of-nonsense", tamper=timestamp(b"\x1b[2Jyesterday"))
attack("timestamp-far-off", tamper=timestamp(b"9" * 5000))
attack("timestamp-not-utf-8", tamper=timestamp(b"\xff\xfe"))
attack(
    "timestamp-a-folder", tamper=lambda desk, _host: (desk / "timestamp.txt").mkdir(parents=True)
)
