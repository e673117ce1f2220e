"""What instructors would open: markup, and output without measure."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from tests.hostile.answer_files import clicks, hands_in, some_answers
from tests.hostile.corpus import Host, Seen, attack
from tests.test_path import changed


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
