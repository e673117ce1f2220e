"""Code that looks around, uses up, never ends or reaches for others."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.hostile.corpus import (
    ABSTRACT,
    DISK_MB,
    MARKER,
    MEMORY_MB,
    SECRET,
    Check,
    Host,
    Seen,
    attack,
    says,
    write_holes,
)

# Looking around.


def sees_nothing(seen: Seen) -> None:
    report = seen.report
    assert report["pids"] == [1]
    # What the package itself brings for trainees' servers is for everyone to read.
    assert [place for place in report["places"] if "/clientcourse/hub/" not in place] == []
    # A Python that is installed at home is shown, and nothing beside it.
    assert set(report["home"]) <= {*Path(sys.base_prefix).parts, *Path(sys.prefix).parts}
    assert SECRET not in json.dumps(report)
    assert "gradebook" not in json.dumps(report)


def holds_no_file_of_the_graders(seen: Seen) -> None:
    held = seen.report["open"].values()
    outside = [
        path
        for path in held
        if path.startswith("/") and not path.startswith(("/dev/", "/home/trainee", "/proc"))
    ]
    assert outside == []


def look_around(host: Host) -> str:
    return says(f"look_around({host.paths!r})")


attack("looks-around", look_around, check=sees_nothing)
attack("holds-open-files", look_around, check=holds_no_file_of_the_graders)


def reaches_nobody(seen: Seen) -> None:
    assert [name for name, reached in seen.report.items() if reached] == []
    assert seen.visitors == []


attack(
    "knocks",
    lambda host: says(f"knock({host.port}, {ABSTRACT!r}, {str(host.listening)!r})"),
    check=reaches_nobody,
)


# Using up.


def at_most(limit: float) -> Check:
    def check(seen: Seen) -> None:
        assert seen.report is None or seen.report <= limit

    return check


def stopped(seen: Seen) -> None:
    assert seen.report is None
    assert "stopped early" in seen.remarks


attack("fork-bomb", says(f"fork_bomb({MARKER!r})"), check=at_most(64))
attack("bomb-of-bombs", says("bomb_of_bombs()"), check=stopped)
attack("many-threads", says("many_threads()"), check=at_most(64))
attack("fills-memory", "fill_memory()", check=at_most(MEMORY_MB * 1.5))
attack("fills-shared-memory", "fill_shared_memory()", check=at_most(MEMORY_MB * 1.5))
attack("fills-memory-files", "fill_memory_files()", check=at_most(MEMORY_MB * 1.5))
attack("fills-segments", "fill_segments()", check=at_most(MEMORY_MB * 1.5))
attack("fills-sockets", "fill_sockets()", check=at_most(MEMORY_MB * 1.5))
attack("fills-sockets-of-many", "fill_sockets_of_many()", check=stopped)
attack("fills-page-tables", "fill_page_tables()", check=at_most(MEMORY_MB * 1.5))
attack("fills-with-names", says("fill_with_names()"), check=at_most(65536))
attack("fills-leftovers", says("fill_leftovers()"), check=at_most(0))


def fills_only_its_share(seen: Seen) -> None:
    assert seen.report is None or sum(seen.report.values()) <= DISK_MB


attack("fills-disk", says("fill_disk()"), check=fills_only_its_share)


def brings_too_much(desk: Path, _host: Host) -> None:
    for number in range(10):
        write_holes(desk / f"big-{number}", 28)


def is_told_why(seen: Seen) -> None:
    assert "stopped early" in seen.remarks


def is_set_aside(seen: Seen) -> None:
    assert not (seen.host.course / "autograded" / seen.name / "greeting/big").exists()
    assert (seen.host.course / "build/set-aside" / seen.name / "greeting/big").exists()


attack("brings-too-much", tamper=brings_too_much, check=is_told_why)
attack(
    "brings-a-large-file",
    tamper=lambda desk, _host: write_holes(desk / "big", 280),
    check=is_set_aside,
)


# Never coming to an end.


attack("backtracks", says("backtrack()"))
attack("counts-for-ever", says("count_for_ever()"), check=stopped)
attack("waits-without-end", says("wait_without_end()"), check=stopped)
attack("spins-on-exit", says("spin_on_exit()"))
attack("swallows-replies", "swallow_replies()")


# Reaching for others.


def hits_nobody(seen: Seen) -> None:
    assert seen.report == []


def traces_nobody(seen: Seen) -> None:
    assert [what for what, pids in seen.report.items() if pids] == []


attack("kills-everyone", says("kill_everyone()"), check=hits_nobody)
attack("traces-others", says("trace_others()"), check=traces_nobody)
attack("escapes", says("escape()"), check=hits_nobody)


def writes_only_at_home(seen: Seen) -> None:
    own = ("/home/trainee", "/tmp", "/dev/shm")  # noqa: S108
    assert [place for place in seen.report if not place.startswith(own)] == []


attack("writes-everywhere", says("write_everywhere()"), check=writes_only_at_home)
attack("leaves-traces", "leave_traces()")
attack("finds-traces", says("find_traces()"), check=hits_nobody)


def nobody_called(seen: Seen) -> None:
    assert seen.visitors == []


attack("stays", lambda host: f"stay({MARKER!r}, {host.port})", check=nobody_called)
