"""The record of regradings: who changed whose scores, when and why, one line of JSON each."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from clientcourse.grading.regrade.change import CellChange, Change, Earned, Place

FILE = Path("course") / "regrades.jsonl"
"""Beside the keys: closed to trainees, never in git, in every backup."""

# What a terminal obeys or what turns a line round, and halves of characters.
_NOT_PLAIN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Record:
    """The file in a course's root folder.

    Parameters
    ----------
    shared
        Whether all of the folder's group may write to it, as nbgrader's `groupshared` has it.
    """

    root: Path
    shared: bool = False

    def add(self, why: str, module: str, trainee: str, change: Change) -> None:
        """Add a change that is about to be made; nothing of it can be lost from now on."""
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": _who(),
            "why": why,
            "module": module,
            "trainee": trainee,
            "total": {"before": change.before, "after": change.after, "max": change.max_points},
            "cells": [_cell(one) for one in change.cells],
            "feedback": change.reissue,
        }
        text = json.dumps(entry, ensure_ascii=False)
        line = _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"
        path = self.root / FILE
        path.parent.mkdir(exist_ok=True)
        mode = 0o660 if self.shared else 0o600
        with open(path, "a+b", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            if self.shared and file.seek(0, os.SEEK_END) == 0:
                os.fchmod(file.fileno(), mode)  # whatever the umask is
            if not _is_whole(file):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def aside(self, module: str) -> dict[str, dict[Place, float | None]]:
        """Return the marks of people that were set aside in a module, by trainee."""
        found: dict[str, dict[Place, float | None]] = defaultdict(dict)
        for entry in self._entries():
            for cell in entry["cells"] if entry["module"] == module else []:
                given, left = (cell["by_person"][when] for when in ("before", "after"))
                place = Place(cell["lesson"], cell["cell"])
                if given is not None and left is not None:
                    found[entry["trainee"]].pop(place, None)
                elif given is not None:
                    found[entry["trainee"]][place] = given
                elif left is not None:
                    # The line is older than the change: it may never have been given back.
                    found[entry["trainee"]][place] = left
        return found

    def _entries(self) -> Iterator[dict[str, Any]]:
        path = self.root / FILE
        for line in path.read_bytes().splitlines() if path.exists() else []:
            try:
                yield json.loads(line)
            except ValueError:  # half a line, which a machine that went down has left
                continue


def _is_whole(file: IO[bytes]) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _who() -> dict[str, str | None]:
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = str(os.getuid())
    return {"account": account, "hub_user": os.environ.get("JUPYTERHUB_USER")}


def _cell(one: CellChange) -> dict[str, Any]:
    return {
        "lesson": one.place.lesson,
        "cell": one.place.cell,
        "before": one.before.points,
        "after": one.after.points,
        "max": one.after.max_points,
        "by_machine": {"before": one.before.auto, "after": one.after.auto},
        "by_person": {"before": one.before.manual, "after": one.after.manual},
        "items": [
            {"item": item.item, "before": _earned(item.before), "after": _earned(item.after)}
            for item in one.items
        ],
    }


def _earned(earned: Earned | None) -> dict[str, float] | None:
    return {"points": earned.points, "max": earned.max_points} if earned else None
