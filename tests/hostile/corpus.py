"""What an attack is, what there is on the host, and what can be seen of it afterwards."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from clientcourse.grading.outputs import RESULTS_MIME

CLICKED, ALL = 8, 14  # what the clicks of `hand_in` are worth, and what all of it is
SECRET = f"hostile-secret-{os.getpid()}"
MARKER = f"hostile-marker-{os.getpid()}"
ABSTRACT = f"hostile-abstract-{os.getpid()}"
NOTEBOOK = "first-call.ipynb"
ANSWERS = "first-call.answers.json"
BACKUP = "first-call.answers.backup.json"
KEYS = "hidden reason gamma"  # stands in the item bank only

CELL_SECONDS, NOTEBOOK_SECONDS, MEMORY_MB, DISK_MB, FILE_MB = 4, 6, 320, 256, 64
# What goes on for ever, or for minutes, takes longer than these even on a busy machine.
LONGEST = NOTEBOOK_SECONDS + 12  # for grading one


@dataclass(frozen=True)
class Host:
    """What there is on the machine that attackers might want."""

    course: Path
    port: int
    listening: Path

    @property
    def paths(self) -> list[str]:
        others = self.course / "submitted" / "before-perfect" / "greeting" / ANSWERS
        return [
            *map(str, (self.course, self.course / "gradebook.db", others)),
            self.bank,
            str(self.course / "nbgrader_config.py"),
            str(self.listening),
        ]

    @property
    def bank(self) -> str:
        """The file with the keys."""
        return str(self.course / "course" / "greeting" / "first-call.items.yaml")


@dataclass
class Graded:
    """How the grading of one submission went."""

    result: dict[str, Any]
    seconds: float
    more_mb: float
    same_fence: bool
    left_over: list[str]

    @property
    def log(self) -> str:
        return f"{self.result.get('log')}\n{self.result.get('error')}"


@dataclass(frozen=True)
class Seen:
    """What can be seen of one attack after all have been graded."""

    name: str
    host: Host
    graded: Graded
    visitors: list[bytes]

    @property
    def notebook(self) -> nbformat.NotebookNode:
        path = self.host.course / "autograded" / self.name / "greeting" / NOTEBOOK
        return nbformat.read(path, as_version=4)

    @property
    def written(self) -> str:
        """All that the attacker's own cells put out."""
        texts = (
            output.get("text", "") + "".join(output.get("traceback", ""))
            for cell in self.notebook.cells
            for output in cell.get("outputs", [])
        )
        return "\n".join(texts)

    @property
    def report(self) -> Any:  # noqa: ANN401 - whatever an attack tells
        """What the attack says it achieved; `None` if it did not live to tell."""
        found = re.findall(r"^REPORT (.*)$", self.written, re.MULTILINE)
        return json.loads(found[-1]) if found else None

    @property
    def remarks(self) -> str:
        """What the trainee is told with the score."""
        return "".join(
            output.data.get("text/html", "")
            for cell in self.notebook.cells
            for output in cell.get("outputs", [])
            if RESULTS_MIME in output.get("data", {})
        )


Check = Callable[[Seen], None]
Tamper = Callable[[Path, Host], None]


def as_it_is(_desk: Path, _host: Host) -> None:
    """Hand it in."""


def unseen(_seen: Seen) -> None:
    """Ask for nothing but the score."""


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Parameters
    ----------
    code
        Calls of `hostile/attacks.py`, given what there is on the host.
    tamper
        What is done to the folder that is handed in.
    check
        Looks at what can be seen of it.
    points
        What it is worth all the same.
    late
        Whether the code stands behind the lesson's own cells.
    shown
        Whether instructors look at it: feedback and formgrader pages are made.
    """

    name: str
    code: Callable[[Host], str] | None = None
    tamper: Tamper = as_it_is
    check: Check = unseen
    points: float = CLICKED
    late: bool = False
    shown: bool = False


ATTACKS: list[Attack] = []


def attack(name: str, code: str | Callable[[Host], str] | None = None, **more: Any) -> None:  # noqa: ANN401
    """Enter an attack into the list."""
    calls = (lambda _host: code) if isinstance(code, str) else code
    ATTACKS.append(Attack(name, calls, **more))


def says(call: str) -> str:
    return f"report({call})"


def write_holes(path: Path, mb: int) -> None:
    with path.open("wb") as file:
        file.truncate(mb * 1024 * 1024)
