"""Answer files that are none, or say what they want: made by code, or handed in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.corpus import (
    ANSWERS,
    BACKUP,
    CLICKED,
    Check,
    Host,
    Seen,
    attack,
    write_holes,
)

# The answer file, made by the code.


def in_the_place_of_answers(what: str, do: Callable[[Host], str]) -> None:
    attack(
        f"answers-become-{what}",
        lambda host: f"on_the_answer_file({do(host)!r})",
        late=True,
        check=no_key_got_out,
    )


def no_key_got_out(seen: Seen) -> None:
    kept = seen.host.course / "autograded" / seen.name / "greeting"
    assert all(path.is_file() and not path.is_symlink() for path in kept.iterdir())
    assert "items:" not in (kept / ANSWERS).read_text() if (kept / ANSWERS).exists() else True


in_the_place_of_answers("a-link", lambda host: host.bank)
in_the_place_of_answers("a-pipe", lambda _host: "pipe")
in_the_place_of_answers("a-folder", lambda _host: "folder")
in_the_place_of_answers("a-device", lambda _host: "device")
in_the_place_of_answers("huge", lambda _host: "huge")


def sheet(value: str, more: str = "") -> str:
    """An answer file of which the code says what it wants; JSON as it is written."""
    entries = ", ".join(
        f'"{item}": {{"value": {value}, "at": "2026-03-02T09:00:00Z", "by": "code"}}'
        for item in ("mean-reply", "late-ones")
    )
    about = '"schema": 1, "lesson": "first-call", "trainee": "x", "variant": 0'
    return f'{{{about}, "answers": {{{entries}}}{more}}}'


VALUES = {
    "nan": "NaN",
    "very-large": f"1{'0' * 5000}",
    "true": "true",
    "deep": "[" * 100_000 + "]" * 100_000,
    "table-of-nan": '{"columns": ["complaint_id", "first_reply_hours"], "rows": [[NaN, 1e999]]}',
    "ragged-table": '{"columns": ["complaint_id"], "rows": [[], [1, 2, 3], 5, null, [{"a": 1}]]}',
    "many-rows": '{"columns": ["complaint_id", "first_reply_hours"], "rows": ['
    + ",".join(["[0, 1]"] * 120_000)
    + "]}",
}
for name, value in VALUES.items():
    attack(
        f"code-answers-{name}", f"write_answers({sheet(value)!r})", late=True, shown=name == "nan"
    )
TWICE = ', "answers": {"mean-reply": {"value": 1, "at": 5, "by": "widget"}}'
attack("code-answers-twice", f"write_answers({sheet('1', TWICE)!r})", late=True)
attack(
    "code-answers-half-a-character",
    f"write_answers({sheet(chr(34) + chr(92) + 'ud800' + chr(34))!r})",
    late=True,
    shown=True,
)
attack("code-answers-nonsense", "write_answers('\\x00' * 100)", late=True)
attack("swaps-answers", lambda host: f"swap_answers({host.bank!r})", late=True)
attack("wrecks-the-desk", "wreck_the_desk()", late=True)


# The answer file, as it is handed in.


def hands_in(
    name: str,
    write: Callable[[Path, Host], object],
    points: float = CLICKED,
    *,
    check: Check = no_key_got_out,
    shown: bool = False,
) -> None:
    """Enter an attack that hands in another answer file and another backup of it."""

    def tamper(desk: Path, host: Host) -> None:
        for file in (desk / ANSWERS, desk / BACKUP):
            file.unlink(missing_ok=True)
            write(file, host)

    attack(f"hands-in-{name}", tamper=tamper, points=points, check=check, shown=shown)


def some_answers(**about: Any) -> str:  # noqa: ANN401
    clicked = {"value": "c", "at": "2026-03-02T09:00:00Z", "by": "widget"}
    whole = {"schema": 1, "lesson": "first-call", "trainee": "x", "variant": 0,
             "answers": {"say-name": clicked}}  # fmt: skip
    return json.dumps({**whole, **about})


def clicks(value: str) -> Callable[[Path, Host], object]:
    """Give every item the same answer; JSON as it is written."""
    items = ("say-name", "two-of-four", "is-it-so", "in-order", "mean-reply", "late-ones")
    entries = ", ".join(
        f'"{item}": {{"value": {value}, "at": "2026-03-02T09:00:00Z", "by": "widget"}}'
        for item in items
    )
    about = '"schema": 1, "lesson": "first-call", "trainee": "x", "variant": 0'
    return lambda file, _host: file.write_text(f'{{{about}, "answers": {{{entries}}}}}')


def told_that_it_is_damaged(seen: Seen) -> None:
    no_key_got_out(seen)
    assert "answer file" in seen.remarks


hands_in("a-link", lambda file, host: file.symlink_to(host.bank), 0)
hands_in("a-pipe", lambda file, _host: os.mkfifo(file), 0)
if os.geteuid() == 0:
    hands_in("a-device", lambda file, _host: os.mknod(file, 0o20666, os.makedev(1, 5)), 0)
hands_in("a-folder", lambda file, _host: (file / "a").mkdir(parents=True), 0)
hands_in("nothing", lambda file, _host: file.write_text(""), 0, check=told_that_it_is_damaged)
hands_in("deep", lambda file, _host: file.write_text("[" * 100_000), 0,
         check=told_that_it_is_damaged)  # fmt: skip
hands_in("sparse", lambda file, _host: write_holes(file, 200), 0,
         check=told_that_it_is_damaged)  # fmt: skip
hands_in("nan", clicks("NaN"), 0, shown=True)
hands_in("large-numbers", clicks(f"1{'0' * 400}"), 0, shown=True)
hands_in("very-large-numbers", clicks(f"1{'0' * 5000}"), 0)
hands_in("wrong-types", clicks('{"a": [{"b": null}]}'), 0)
hands_in("everything-chosen", clicks('["a", "b", "c", "d", "a"]'), 0)
hands_in("negative-variant", lambda f, _host: f.write_text(some_answers(variant=-1)), 0,
         check=told_that_it_is_damaged)  # fmt: skip
hands_in("another-variant", lambda f, _host: f.write_text(some_answers(variant=2)), 2)
