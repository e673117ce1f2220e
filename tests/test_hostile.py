"""Hostile trainees: every attack fails, and whoever is graded before and after gets their due.

All are graded one after the other in this process and behind one fence. What they put into their
cells is in `hostile/attacks.py`; what they hand in is made here.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from clientcourse.demo.trainees import solutions
from clientcourse.grading.outputs import RESULTS_MIME
from clientcourse.grading.results import read_results
from tests.test_path import changed, hand_in, only_first_lesson

pytestmark = pytest.mark.path

ATTACKS_FILE = Path(__file__).parent / "hostile" / "attacks.py"
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
LONGEST_PAGE = 15
MOST_GRADER_MB = 400  # that the grader may need in addition, whatever it is told


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


def write_holes(path: Path, mb: int) -> None:
    with path.open("wb") as file:
        file.truncate(mb * 1024 * 1024)


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


# What instructors open.


class Live(HTMLParser):
    """Collects what loads, runs or hides something in a page."""

    TAGS = frozenset({"script", "iframe", "svg", "form", "object", "embed", "base"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        live = [
            name
            for name, value in attrs
            if name.startswith("on")
            or (name in {"href", "src", "action"} and "javascript:" in (value or "")[:20])
        ]
        outside = tag == "img" and not (dict(attrs).get("src") or "").startswith("data:image/")
        if tag in self.TAGS or live or outside:
            self.found.append(str(self.get_starttag_text()))


ESCAPES = "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1bc"
MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>"
    "<a href='javascript:alert(1)'>a</a><iframe src='javascript:alert(1)'></iframe>"
    "\"'><body onload=alert(1)>{{7*7}}"
    "<style>body{display:none}</style><form action=//x><input></form></textarea></title>"
)


def pages_are_harmless(seen: Seen) -> None:
    """Look at what is the attacker's in the pages: nothing that loads, runs or hides something."""
    page = (seen.host.course / "feedback" / seen.name / "greeting/first-call.html").read_text()
    graded = formgrader_page(seen)
    assert Live(page[page.index("<main") :]).found == []
    assert Live(graded[graded.index('id="notebook-container"') :]).found == []


def pages_are_plain_text(seen: Seen) -> None:
    """Look for what a terminal would obey."""
    page = (seen.host.course / "feedback" / seen.name / "greeting/first-call.html").read_text()
    assert "\x1b" not in page


def formgrader_page(seen: Seen) -> str:
    """What nbgrader's formgrader shows of a submission; see its `SubmissionHandler`."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    about = {"notebook_id": "first-call", "assignment_id": "greeting", "submission_id": "1",
             "base_url": "", "index": 0, "total": 1, "student": seen.name}  # fmt: skip
    page, _ = HTMLExporter(config=config).from_notebook_node(seen.notebook, resources=about)
    return str(page)


attack("says-markup", f"say_markup({MARKUP!r})", check=pages_are_harmless, shown=True)
attack(
    "says-markup-for-a-number",
    f"say_markup_for_a_number({MARKUP!r})",
    check=pages_are_harmless,
    shown=True,
)
attack(
    "prints-escapes",
    f"print({ESCAPES!r})\nraise ValueError({ESCAPES!r})",
    check=pages_are_plain_text,
    shown=True,
)
attack(
    "displays-markup",
    f"from IPython.display import HTML\ndisplay(HTML({MARKUP!r}))\nprint({MARKUP!r})\n"
    f"raise ValueError({MARKUP!r})",
    check=pages_are_harmless,
    shown=True,
)


def writes_markup(desk: Path, _host: Host) -> None:
    with changed(desk) as notebook:
        link = '[a](javascript:alert(1)) ![b](x" onerror="alert(1)) <data:text/html,x>'
        odd = nbformat.v4.new_markdown_cell(f"{MARKUP}\n\n{link}\n\n![c](attachment:d)")
        odd.attachments = {"d": {'image/svg+xml" onerror="alert(1)': "<svg onload=alert(1)>"}}
        odd.metadata.tags = ['"><script>alert(1)</script>']
        raw = nbformat.v4.new_raw_cell(MARKUP, metadata={"format": "text/html"})
        code = nbformat.v4.new_code_cell(f"# {MARKUP}")
        code.metadata.update(tags=['"onclick="alert(1)'], name=MARKUP, collapsed=MARKUP)
        notebook.cells += [odd, raw, code]
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source += f"\n# {MARKUP}"
        notebook.metadata.update(title=MARKUP, authors=[{"name": MARKUP}])
        notebook.metadata.language_info = {"name": MARKUP, "pygments_lexer": MARKUP}
        notebook.metadata.kernelspec = {"name": MARKUP, "display_name": MARKUP}


attack("writes-markup", tamper=writes_markup, check=pages_are_harmless, shown=True)
hands_in(
    "markup-for-a-name",
    lambda file, _host: file.write_text(some_answers(trainee=MARKUP)),
    2,
    check=pages_are_harmless,
    shown=True,
)
hands_in(
    "escapes-for-a-name",
    lambda file, _host: file.write_text(some_answers(trainee=ESCAPES)),
    2,
    check=pages_are_plain_text,
    shown=True,
)
hands_in(
    "markup-for-a-lesson",
    lambda file, _host: file.write_text(some_answers(lesson=MARKUP)),
    0,
    check=pages_are_harmless,
    shown=True,
)
hands_in("markup-for-answers", clicks(json.dumps(MARKUP)), 0, check=pages_are_harmless, shown=True)


def logs_are_harmless(seen: Seen) -> None:
    assert "\x1b[2J" not in seen.graded.log
    assert len(seen.graded.log) < 100_000


attack("says-half-a-character", "say_half_a_character()", shown=True)
attack("says-and-changes-it", "say_and_change_it()", shown=True)
attack("says-nonsense", "say_nonsense()", check=logs_are_harmless, shown=True)
attack("says-deep-json", "say_deep_json()")
attack("says-much", "say_much(1536)")
attack("says-in-parts", "say_in_parts(20_000_000)")
attack("says-large-json", "say_large_json()")
attack("says-many", "say_many(1536)")
attack("nests-html", "say('display_data', {'data': {'text/html': '<div>' * 35_000}, "
       "'metadata': {}})")  # fmt: skip


def nests_text(desk: Path, _host: Host) -> None:
    with changed(desk) as notebook:
        notebook.cells.append(nbformat.v4.new_markdown_cell("<div>" * 35_000))


attack("nests-text", tamper=nests_text)
attack("prints-much", "print_much()", shown=True)
attack("prints-for-ever", "print_for_ever()")
attack("prints-on-the-side", "print_on_the_side()")
attack("displays-much", "display_much()")
attack("displays-many", "display_many()")
attack("prints-colours", "print('\\x1b[m' * 250_000)", shown=True)


# Forging scores.


@functools.cache
def points_in_the_report(course: Path) -> dict[str, float]:
    points: dict[str, float] = {}
    for one in read_results(course, "greeting", f"sqlite:///{course / 'gradebook.db'}"):
        points[one.trainee] = points.get(one.trainee, 0) + one.points
    return points


def no_result_is_the_attackers(seen: Seen) -> None:
    assert points_in_the_report(seen.host.course)[seen.name] == CLICKED
    posing = [
        cell.source
        for cell in seen.notebook.cells
        for output in cell.get("outputs", [])
        if RESULTS_MIME in output.get("data", {})
        and not cell.source.startswith(("lesson.check(", "# ", "lesson.grade("))
        and not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert posing == []


attack("patches-everything", "patch_everything()", check=no_result_is_the_attackers)
attack("patches-everything-late", "patch_everything()", late=True)
attack("claims-points", f"claim_points({RESULTS_MIME!r})", check=no_result_is_the_attackers)


def edits(change: Callable[[nbformat.NotebookNode], object]) -> Tamper:
    def tamper(desk: Path, _host: Host) -> None:
        with changed(desk) as notebook:
            change(notebook)

    return tamper


def nbgraders(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


def raise_points(notebook: nbformat.NotebookNode) -> None:
    for cell in nbgraders(notebook):
        cell.metadata.nbgrader.update(points=1000, checksum="0", locked=False, max_score=1000)
        if cell.metadata.nbgrader.get("grade"):
            cell.source = "1000"
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000"})]


def exchange_ids(notebook: nbformat.NotebookNode) -> None:
    """Let every cell go by the name of another."""
    cells = nbgraders(notebook)
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    for cell, other in zip(cells, [*ids[1:], ids[0]], strict=True):
        cell.metadata.nbgrader.grade_id = other


def copy_cells(notebook: nbformat.NotebookNode) -> None:
    """Have three of each, all with one id."""
    notebook.cells = [nbformat.from_dict(dict(cell)) for cell in notebook.cells * 3]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"c{number}"


def write_odd_metadata(notebook: nbformat.NotebookNode) -> None:
    odd: list[Any] = [5, None, [], "x", {"grade_id": 5},
           {"grade_id": ["a"]}, {"grade_id": "../../x"},
           {"schema_version": 99, "grade_id": "grade-first-quiz"}, {"schema_version": "x"},
           {"grade_id": "grade-first-quiz", "points": "NaN", "grade": "yes"}]  # fmt: skip
    for about in odd:
        cell = nbformat.v4.new_code_cell("1")
        cell.metadata.update(nbgrader=about, trusted=True, deletable="no", tags=5)
        notebook.cells.append(cell)
    notebook.metadata.update(nbgrader={"x": 1}, clientcourse_unreadable=True, kernelspec=5)


attack("raises-points", tamper=edits(raise_points), check=no_result_is_the_attackers)
attack("exchanges-ids", tamper=edits(exchange_ids), check=no_result_is_the_attackers)
attack("copies-cells", tamper=edits(copy_cells), check=no_result_is_the_attackers)
attack("turns-cells-round", tamper=edits(lambda notebook: notebook.cells.reverse()))
attack("deletes-cells", tamper=edits(lambda notebook: notebook.cells.clear()))
attack("writes-odd-metadata", tamper=edits(write_odd_metadata))


def swaps_the_lesson(desk: Path, _host: Host) -> None:
    file = desk / "first-call.lesson.json"
    lesson = json.loads(file.read_text())
    lesson["quizzes"] = []
    file.write_text(json.dumps({**lesson, "variants": 10**9, "language": "zh"}))
    (desk / "clientcourse.py").write_text("class Lesson:\n    check = lambda *_: 100\n")
    (desk / "json.py").write_text("loads = dumps = lambda *_: 100\n")
    (desk / "sitecustomize.py").write_text("raise SystemExit")
    (desk / "nbgrader_config.py").write_text("c = get_config()\nc.Sandbox.enabled = False\n")


attack("swaps-the-lesson", tamper=swaps_the_lesson, check=no_result_is_the_attackers)


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


# The grading.


@dataclass
class Ward:
    """A course whose submissions have all been graded."""

    host: Host
    visitors: list[bytes] = field(default_factory=list)
    graded: dict[str, Graded] = field(default_factory=dict)
    scores: dict[str, float | None] = field(default_factory=dict)
    pages: dict[str, tuple[bool, float, str]] = field(default_factory=dict)


SHARED = [f"{when}-{who}" for when in ("before", "after") for who in ("perfect", "empty")]


WATCH = 10


def sentry_of(one: Attack) -> str:
    """The perfect trainee who is graded next after some attackers."""
    return f"sentry-{chosen().index(one) // WATCH}"


def closes_a_watch(one: Attack) -> bool:
    later = chosen()[chosen().index(one) + 1 :]
    return not later or sentry_of(later[0]) != sentry_of(one)


def perfect(course: Path, name: str) -> None:
    with changed(hand_in(course, name)) as notebook:
        code = solutions(course / "source/greeting" / NOTEBOOK)
        for cell in notebook.cells:
            id_ = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("exercise-")
            if id_ in code:
                cell.source = cell.source.replace("lesson.answer(", f"{code[id_]}\nlesson.answer(")


def empty(course: Path, name: str) -> None:
    (hand_in(course, name) / ANSWERS).unlink()


def submit(attack: Attack, host: Host) -> None:
    desk = hand_in(host.course, attack.name)
    if attack.code:
        with changed(desk) as notebook:
            cells = [
                nbformat.v4.new_code_cell(text)
                for text in (ATTACKS_FILE.read_text(), attack.code(host))
            ]
            notebook.cells[:] = (
                [*notebook.cells, *cells] if attack.late else [*cells, *notebook.cells]
            )
    attack.tamper(desk, host)


@contextlib.contextmanager
def listening(visitors: list[bytes], folder: Path) -> Iterator[tuple[int, Path]]:
    """Listen to whoever comes: on a port, on an abstract name, in a folder."""
    with contextlib.ExitStack() as stack:
        doors = [
            stack.enter_context(socket.socket(family))
            for family in (socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX)
        ]
        path = folder / "door"
        addresses: list[Any] = [("127.0.0.1", 0), f"\0{ABSTRACT}", str(path)]
        for door, address in zip(doors, addresses, strict=True):
            door.bind(address)
            door.listen()

        def take(door: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while True:
                    visitor, _ = door.accept()
                    visitors.append(repr(door.getsockname()).encode())
                    visitor.close()

        for door in doors:
            threading.Thread(target=take, args=(door,), daemon=True).start()
        yield doors[0].getsockname()[1], path
        for door in doors:
            door.shutdown(socket.SHUT_RDWR)


def api_of(course: Path, visible: Path) -> NbGraderAPI:
    config = PyFileConfigLoader("nbgrader_config.py", str(course)).load_config()
    config.Execute.timeout = CELL_SECONDS
    config.Sandbox.notebook_seconds = NOTEBOOK_SECONDS
    config.Sandbox.memory_mb = MEMORY_MB
    config.Sandbox.disk_mb = DISK_MB
    config.Sandbox.file_mb = FILE_MB
    # A folder of our own to see makes the fence one of our own.
    config.Sandbox.visible = [str(visible)]
    return NbGraderAPI(CourseDirectory(config=config), Authenticator(config=config), config=config)


def begun_since(bystanders: set[psutil.Process]) -> list[psutil.Process]:
    """What this process started beside `bystanders`, which are of other tests: a browser, say."""
    return [child for child in psutil.Process().children() if child not in bystanders]


def fences(bystanders: set[psutil.Process]) -> list[psutil.Process]:
    return [child for child in begun_since(bystanders) if "bwrap" in child.name()]


def memory_mb(name: str) -> float:
    line = re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert line is not None
    return int(line[1]) / 1024


def grade(
    api: NbGraderAPI, name: str, quiet: set[psutil.Process], bystanders: set[psutil.Process]
) -> Graded:
    """Grade one submission and look at what it costs and what it leaves behind."""
    before = fences(bystanders)
    Path("/proc/self/clear_refs").write_text("5")  # the largest memory is what it is now
    start, held = time.monotonic(), memory_mb("VmRSS")
    result = api.autograde("greeting", name)
    seconds = time.monotonic() - start
    more_mb = memory_mb("VmHWM") - held
    after = fences(bystanders)
    quiet |= set(after[0].children(recursive=True)) if before != after else set()
    strangers = [
        process
        for child in begun_since(bystanders)
        for process in (child, *child.children(recursive=True))
        if process not in quiet and process not in after
    ]
    _, alive = psutil.wait_procs(strangers, timeout=3)
    marked = [p for p in psutil.process_iter(["cmdline"]) if MARKER in str(p.info["cmdline"])]
    left_over = [repr(process) for process in {*alive, *marked}]
    return Graded(result, seconds, more_mb, before == after, left_over)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """Everyone handed in and graded, in one go."""
    bystanders = set(psutil.Process().children())
    course = only_first_lesson(tmp_path_factory.mktemp("hostile"))
    visitors: list[bytes] = []
    with (
        tempfile.TemporaryDirectory(prefix="hostile-", dir="/tmp") as folder,
        listening(visitors, Path(folder)) as (port, path),
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", SAWarning)
        patch.setenv("HOSTILE_SECRET", SECRET)
        host = Host(course, port, path)
        ward = Ward(host, visitors)
        (Path(folder) / "visible").mkdir()
        api = api_of(course, Path(folder) / "visible")
        assert api.generate_assignment("greeting")["success"]
        quiet: set[psutil.Process] = set()

        def turn(name: str) -> None:
            ward.graded[name] = grade(api, name, quiet, bystanders)

        for when in ("before", "after"):
            perfect(course, f"{when}-perfect")
            empty(course, f"{when}-empty")
        turn("before-perfect")
        turn("before-empty")
        for one in chosen():
            submit(one, host)
            turn(one.name)
            clear(course / "submitted" / one.name)
            if closes_a_watch(one):
                perfect(course, sentry_of(one))
                turn(sentry_of(one))
        turn("after-perfect")
        turn("after-empty")
        for name in [one.name for one in chosen() if one.shown]:
            start = time.monotonic()
            result = api.generate_feedback("greeting", name)
            ward.pages[name] = (result["success"], time.monotonic() - start, str(result))
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            for submission in gradebook.assignment_submissions("greeting"):
                ward.scores[submission.student.id] = float(submission.score)
        yield ward
        clear(course / "build" / "set-aside")


def clear(folder: Path) -> None:
    """Remove a folder that may be deeper than Python's own way of clearing up can go."""
    subprocess.run(["rm", "-rf", folder], check=True)


def chosen() -> list[Attack]:
    """The attacks to be tried; `HOSTILE=name,name` chooses some."""
    names = os.environ.get("HOSTILE", "")
    return [one for one in ATTACKS if not names or one.name in names.split(",")]


@pytest.mark.parametrize("one", chosen(), ids=lambda one: one.name)
def test_an_attack_fails_and_harms_nobody(ward: Ward, one: Attack) -> None:
    graded = ward.graded[one.name]
    seen = Seen(one.name, ward.host, graded, ward.visitors)
    assert graded.result["success"], graded.log
    assert ward.scores[one.name] == one.points
    assert graded.left_over == []
    assert graded.same_fence
    one.check(seen)
    if one.shown:
        success, seconds, log = ward.pages[one.name]
        assert success, log
        assert seconds < LONGEST_PAGE
    assert graded.seconds < LONGEST
    assert graded.more_mb < MOST_GRADER_MB
    assert ward.scores[sentry_of(one)] == ALL
    assert ward.graded[sentry_of(one)].same_fence


@pytest.mark.parametrize(("name", "points"), [*zip(SHARED, [ALL, 0, ALL, 0], strict=True)])
def test_neighbours_get_their_due(ward: Ward, name: str, points: float) -> None:
    assert ward.graded[name].result["success"], ward.graded[name].log
    assert ward.scores[name] == points


def test_nobody_came_from_behind_the_fence(ward: Ward) -> None:
    assert ward.visitors == []
