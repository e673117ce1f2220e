"""deploy/single-host: what was backed up can be put back."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

from tests.conftest import ROOT

SCRIPTS = ROOT / "deploy" / "single-host"


def say(*command: str | Path) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_course_that_is_lost_comes_back(tmp_path: Path) -> None:
    course, exchange, homes = (tmp_path / name for name in ("course", "exchange", "homes"))
    words = {
        course / "course/course.yaml": "id: x",
        course / "nbgrader_config.py": "# ours",
        course / "codes.json": '{"lin": "XY42"}',
        course / "submitted/lin/greeting/first-call.ipynb": "{}",
        exchange / "x/inbound/lin+greeting+now+abc/first-call.ipynb": "{}",
        homes / "lin/greeting/first-call.answers.json": '{"schema": 1}',
    }
    for path, text in words.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with sqlite3.connect(course / "gradebook.db") as gradebook:
        gradebook.execute("create table grade (points integer)")
        gradebook.execute("insert into grade values (7)")
    copy = say(SCRIPTS / "backup", course, exchange, homes, tmp_path / "copies")
    assert Path(copy).stat().st_mode & 0o077 == 0

    (course / "gradebook.db").write_bytes(b"broken")
    (course / "submitted/lin/greeting/first-call.ipynb").unlink()
    (exchange / "x/inbound/lin+greeting+now+abc/first-call.ipynb").unlink()
    say(SCRIPTS / "restore", copy, course, exchange)

    for path, text in words.items():
        assert path.read_text() == text
    with sqlite3.connect(course / "gradebook.db") as gradebook:
        assert gradebook.execute("select points from grade").fetchall() == [(7,)]
    [kept] = course.glob("before-*/gradebook.db")
    assert kept.read_bytes() == b"broken"
    listed = say("tar", "-tzf", Path(copy) / "answers.tar.gz")
    assert listed.endswith("homes/lin/greeting/first-call.answers.json")
