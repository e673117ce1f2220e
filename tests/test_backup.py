"""deploy/single-host: what was backed up can be put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

SCRIPTS = ROOT / "deploy" / "single-host"
SUBMITTED = "submitted/lin/greeting/first-call.ipynb"
HANDED_IN = "x/inbound/lin+greeting+now+abc/first-call.ipynb"
ANSWERS = "lin/greeting/first-call.answers.json"
MORE_THAN_TAR_READS_AT_ONCE = 100_000


class Server(NamedTuple):
    """The folders of a server that are backed up, and where copies are kept."""

    course: Path
    exchange: Path
    homes: Path
    copies: Path


@pytest.fixture
def server(tmp_path: Path) -> Server:
    server = Server(*(tmp_path / name for name in Server._fields))
    for path, text in _words(server).items():
        write(path, text)
    server.exchange.chmod(0o1777)
    with sqlite3.connect(server.course / "gradebook.db") as gradebook:
        gradebook.execute("create table grade (points integer)")
        gradebook.execute("insert into grade values (7)")
    return server


def _words(server: Server) -> dict[Path, str]:
    return {
        server.course / "course/course.yaml": "id: x",
        server.course / "nbgrader_config.py": "# ours",
        server.course / "codes.json": '{"lin": "XY42"}',
        server.course / SUBMITTED: "{}",
        server.exchange / HANDED_IN: "{}",
        server.homes / ANSWERS: '{"schema": 1}',
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def program(path: Path, *lines: str) -> Path:
    write(path, "\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def say(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=cwd,
        env={**os.environ, **environment},
    )  # fmt: skip
    return done.stdout.strip()


def packed(copy: str, name: str) -> set[str]:
    return set(say("tar", "-tzf", Path(copy) / f"{name}.tar.gz").splitlines())


def test_a_course_that_is_lost_comes_back(server: Server) -> None:
    copy = say(SCRIPTS / "backup", *server)
    assert Path(copy).stat().st_mode & 0o077 == 0

    (server.course / "gradebook.db").write_bytes(b"broken")
    (server.course / SUBMITTED).unlink()
    (server.exchange / HANDED_IN).unlink()
    say(SCRIPTS / "restore", copy, server.course, server.exchange)

    for path, text in _words(server).items():
        assert path.read_text() == text
    with sqlite3.connect(server.course / "gradebook.db") as gradebook:
        assert gradebook.execute("select points from grade").fetchall() == [(7,)]
    [kept] = server.course.glob("before-*/gradebook.db")
    assert kept.read_bytes() == b"broken"
    assert packed(copy, "answers") == {f"./{ANSWERS}"}


def test_a_copy_is_whole_when_people_are_at_work(server: Server, tmp_path: Path) -> None:
    growing = [server.course / SUBMITTED, server.exchange / HANDED_IN, server.homes / ANSWERS]
    for path in growing:
        path.write_bytes(os.urandom(MORE_THAN_TAR_READS_AT_ONCE))
    grow = program(tmp_path / "grow", *(f"echo >> {path}" for path in growing))
    while_it_reads = f"--checkpoint=1 --checkpoint-action=exec={grow}"
    copy = say(SCRIPTS / "backup", *server, TAR_OPTIONS=while_it_reads)

    for path in growing:
        assert path.stat().st_size > MORE_THAN_TAR_READS_AT_ONCE
    assert SUBMITTED in packed(copy, "course")
    assert f"./{HANDED_IN}" in packed(copy, "exchange")
    assert packed(copy, "answers") == {f"./{ANSWERS}"}
    assert list(server.copies.iterdir()) == [Path(copy)]


def test_answers_that_a_trainee_deletes_meanwhile_stop_no_copy(
    server: Server, tmp_path: Path
) -> None:
    gone = server.homes / "bea/greeting/first-call.answers.json"
    write(gone, "{}")
    found = tmp_path / "found"
    late = program(
        tmp_path / "bin/find",
        f'{shutil.which("find")} "$@" > {found}',
        f"rm {gone}",
        f"cat {found}",
    )
    copy = say(SCRIPTS / "backup", *server, PATH=f"{late.parent}:{os.environ['PATH']}")
    assert "bea/greeting" in found.read_text()
    assert packed(copy, "answers") == {f"./{ANSWERS}"}


def test_a_copy_that_fails_does_not_look_like_one(server: Server) -> None:
    (server.course / "nbgrader_config.py").unlink()
    with pytest.raises(subprocess.CalledProcessError) as failure:
        say(SCRIPTS / "backup", *server)
    assert "nbgrader_config.py" in failure.value.stderr
    [left] = server.copies.iterdir()
    assert left.suffix == ".part"


def test_folders_may_be_named_from_where_one_stands(server: Server, tmp_path: Path) -> None:
    names = [path.name for path in server]
    copy = Path(say(SCRIPTS / "backup", *names, cwd=tmp_path)).relative_to(tmp_path)
    (server.course / SUBMITTED).unlink()
    (server.exchange / HANDED_IN).unlink()
    say(SCRIPTS / "restore", copy, server.course.name, server.exchange.name, cwd=tmp_path)
    assert (server.course / SUBMITTED).read_text() == "{}"
    assert (server.exchange / HANDED_IN).read_text() == "{}"


def test_what_came_into_the_exchange_since_is_kept_beside(server: Server) -> None:
    copy = say(SCRIPTS / "backup", *server)
    since = "x/inbound/lin+greeting+later+def/first-call.ipynb"
    write(server.exchange / since, "newer")
    (server.exchange / ".since").touch()
    say(SCRIPTS / "restore", copy, server.course, server.exchange)

    [inbound] = server.exchange.glob("x/inbound/*")
    assert inbound.name == "lin+greeting+now+abc"
    assert [path.name for path in server.exchange.iterdir()] == ["x"]
    assert stat.S_IMODE(server.exchange.stat().st_mode) == 0o1777
    [kept] = server.course.glob("before-*/exchange")
    assert (kept / since).read_text() == "newer"
    assert (kept / ".since").exists()
