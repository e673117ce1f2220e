"""Codes in place of trainees' names, for pages that others are to see."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from clientcourse.files import write_safely

FILE = "codes.json"
"""Says whose code is whose; beside the gradebook, for instructors only, never in git."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that looks like a figure
_FIGURES = "23456789"


def codes(root: Path, trainees: Iterable[str]) -> dict[str, str]:
    """Return a code for each trainee: the same one each time.

    A code is drawn by chance when it is first wanted. Nothing in it comes from the trainee, so that
    nobody finds out by trying, as with a hash; only the file of the codes tells.

    Parameters
    ----------
    root
        The course's root folder, where the codes are kept.
    """
    file = root / FILE
    with FileLock(file.with_suffix(".lock")):
        known: dict[str, str] = json.loads(file.read_bytes()) if file.exists() else {}
        wanted = sorted(trainees)
        missing = [one for one in wanted if one not in known]
        for one in missing:
            known[one] = _new_code(set(known.values()))
        if missing:
            text = json.dumps(known, ensure_ascii=False, indent=1)
            write_safely(file, text.encode(), mode=0o600)
    return {one: known[one] for one in wanted}


def _new_code(taken: set[str]) -> str:
    while True:
        code = "".join(secrets.choice(kind) for kind in (_LETTERS, _LETTERS, _FIGURES, _FIGURES))
        if code not in taken:
            return code
