"""What stands on a feedback page: a graded notebook, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

import nh3
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML, strip_ansi

from clientcourse.authoring.cells import BY_PERSON
from clientcourse.grading.explanation_html import cell_html
from clientcourse.grading.grade import Marked, MarkedCell
from clientcourse.grading.next_steps import Earned
from clientcourse.grading.outputs import RESULTS_MIME
from clientcourse.grading.rubric import ANSWER, titles
from clientcourse.grading.safe import cleaned_again, is_short, safe_markdown
from clientcourse.language import Text
from clientcourse.scoring import Score

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from clientcourse.grading.marks import Mark
    from clientcourse.items import Bank, ShortItem
    from clientcourse.language import Language

# Our own explanations keep their classes; their styles are for where our stylesheet is not. What
# the page says by itself, the title and remarks on the whole submission, is left out.
_SAID_ELSEWHERE = {"header", "aside"}
_TAGS = (nh3.ALLOWED_TAGS | {"section"}) - {"img", *_SAID_ELSEWHERE}
_ATTRIBUTES = {
    "*": {"class"},
    "section": {"id"},
    "div": {"tabindex", "role", "aria-label"},
    "th": {"scope"},
}
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
_REREAD = re.compile(r'<span class="cc-reread">(.*?)</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SHOWS_ONLY = re.compile(r"lesson\.\w+\(.*\)")
# nbgrader's own comment on an untouched cell exists in English only.
_SILENT = "No response."


@dataclass(frozen=True)
class ShortAnswer:
    """An answer in words, with what it is marked by; without that if it will be asked again."""

    item: ShortItem
    words: str


@dataclass(frozen=True)
class Output:
    """Something that a cell put out: text, an image in base 64 or HTML that is safe."""

    kind: str
    content: str | Markup


@dataclass(frozen=True)
class Code:
    """A cell that was written by a trainee: its code in colours, and what came of it."""

    source: Markup
    outputs: tuple[Output, ...]
    comment: Markup | None
    silent: bool


@dataclass(frozen=True)
class Part:
    """One graded cell.

    Parameters
    ----------
    told
        What is said of it, if it is one of ours that is scored by machine.
    answer
        If it is one of ours that a person marks.
    text
        Of any other cell that a person marks, what was written there.
    code
        What was written for it, in cells of their own.
    silent
        Whether nothing was written where a person would have marked it.
    """

    id: str
    title: str
    mark: Mark
    exercise: bool
    told: Markup | None = None
    answer: ShortAnswer | None = None
    text: Markup | None = None
    code: tuple[Code, ...] = ()
    outputs: tuple[Output, ...] = ()
    comment: Markup | None = None
    silent: bool = False


@dataclass
class Page:
    """A graded notebook as its feedback shows it.

    Parameters
    ----------
    parts
        Its graded cells.
    remarks
        Sentences on the submission as a whole.
    earned
        The points of the items that have been marked.
    places
        Links to the items, by their ids.
    anchors
        Links to the headings of the lesson, by their words.
    lesson
        The notebook from its first cell to its last one: text, code, and where parts stand.
    """

    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    earned: list[Earned] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    lesson: list[Markup | Code | Part] = field(default_factory=list)


def read_page(
    notebook: NotebookNode, bank: Bank | None, marks: Mapping[str, Mark], language: Language
) -> Page:
    """Take a graded notebook apart.

    Parameters
    ----------
    notebook
        As nbgrader's `GetGrades` has left it: with comments.
    bank
        The lesson's items as they are now; `None` if the notebook is not a lesson of the course.
    marks
        What the gradebook says, by the names of cells.
    """
    page = Page()
    reader = _Reader(page, bank, marks, language)
    # Texts come first: what is said of a question leads to headings before and after it.
    texts = [_is_text(cell) and reader.text(cell.source) for cell in notebook.cells]
    for cell, text in zip(notebook.cells, texts, strict=True):
        if text is not False:
            page.lesson.append(text)
        else:
            reader.read(cell)
    reader.end()
    # As they follow one another on the page.
    page.parts.sort(key=lambda part: part.exercise)
    return page


def _is_text(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("grade")


class _Reader:
    """Reads one cell after the other; code waits for the graded cell that it was written for."""

    def __init__(
        self, page: Page, bank: Bank | None, marks: Mapping[str, Mark], language: Language
    ) -> None:
        self._page = page
        self._bank = bank
        self._marks = marks
        self._language = language
        self._titles = titles(bank, language) if bank else {}
        self._by_person = bank.graded_by_person() if bank else {}
        self._coded = {f"grade-{item.id}" for item in bank.coded()} if bank else set()
        self._waiting: list[NotebookNode] = []
        self._headings = 1

    def read(self, cell: NotebookNode) -> None:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            part = self._part(cell, about)
            self._page.parts.append(part)
            self._page.lesson.append(part)
        elif cell.cell_type == "code" and about.get("solution"):
            self._waiting.append(cell)
        elif cell.cell_type == "code" and not self._is_told(about):
            self._page.lesson.append(_code(cell))

    def end(self) -> None:
        """Show what was written for no graded cell at all at the end."""
        self._page.lesson += [_code(cell) for cell in self._waiting]

    def _is_told(self, about: Mapping[str, Any]) -> bool:
        """Tell of a graded quiz or scenario: its plain version would say everything twice."""
        kind, _, name = str(about.get("grade_id", "")).partition("-")
        return kind in {"quiz", "scenario"} and f"grade-{name}" in self._marks

    def text(self, source: str) -> Markup:
        """Return a cell's text, its headings below those of the page and each with a link."""

        def headed(found: re.Match[str]) -> str:
            link = f"read-{self._headings}"
            self._page.anchors.setdefault(_words(found[2]), link)
            self._headings += 1
            level = min(int(found[1]) + 2, 6)
            return f'<h{level} id="{link}">{found[2]}</h{level}>'

        return Markup(_HEADING.sub(headed, cleaned_again(source)))  # noqa: S704 - cleaned

    def _part(self, cell: NotebookNode, about: Mapping[str, Any]) -> Part:
        name = str(about["grade_id"])
        mark = self._marks[name]
        results = next(
            (output.data[RESULTS_MIME] for output in cell.get("outputs", [])
             if RESULTS_MIME in output.get("data", {})),
            None,
        )  # fmt: skip
        item = self._by_person.get(name.removeprefix(BY_PERSON))
        comment, silent = _comment(about.get("comment"))
        if results is not None:
            self._note(results, mark)
            html = self._retold(name, results, mark) or cell.outputs[0].data["text/html"]
            exercise = name in self._coded
            code = self._take_code() if exercise else ()
            return Part(name, results["title"], mark, exercise, told=self._said(html), code=code)
        if item is not None and name.startswith(BY_PERSON):
            self._page.places[item.id] = name
            if not mark.pending:
                self._page.earned.append(Earned(item.id, mark.points, mark.max_points))
            answer = ShortAnswer(item, cell.metadata.get(ANSWER, ""))
            return Part(
                name, self._titles[name], mark, exercise=False, answer=answer, comment=comment,
                silent=silent,
            )  # fmt: skip
        written = bool(about.get("solution"))
        return Part(
            name,
            self._titles.get(name, name),
            mark,
            exercise=cell.cell_type == "code",
            text=_written(cell) if written else None,
            code=self._take_code() if cell.cell_type == "code" and not written else (),
            outputs=_outputs(cell, with_traces=written),
            comment=comment,
            silent=silent,
        )

    def _said(self, html: str) -> Markup:
        """Return an explanation in the look of the page, with links to what is to be read again."""
        cleaned = nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            clean_content_tags={"script", "style", *_SAID_ELSEWHERE},
        )

        def linked(found: re.Match[str]) -> str:
            link = self._page.anchors.get(_words(found[1]))
            return f'<a href="#{link}">{found[1]}</a>' if link else found[1]

        return Markup(_REREAD.sub(linked, cleaned))  # noqa: S704 - cleaned

    def _take_code(self) -> tuple[Code, ...]:
        taken, self._waiting = self._waiting, []
        return tuple(_code(cell) for cell in taken)

    def _note(self, results: Mapping[str, Any], mark: Mark) -> None:
        """Keep what a part says of its items and of the whole submission."""
        remarks = results.get("remarks", [])
        self._page.remarks += [one for one in remarks if one not in self._page.remarks]
        for one in results["items"]:
            self._page.places[one["item"]] = f"item-{one['item']}"
            if one["verdict"] == "ungradable" or mark.pending:
                continue
            # Points that a person has set are for the cell as a whole, so for each of its items.
            share = mark.points / mark.max_points if mark.automatic is not None else None
            points = one["points"] if share is None else share * one["max_points"]
            self._page.earned.append(Earned(one["item"], points, one["max_points"]))

    def _retold(self, name: str, results: Mapping[str, Any], mark: Mark) -> str:
        """Return what may still be said of a cell if an item in it was marked `reuse` since.

        Nothing is returned if none was. What the notebook says of such a cell holds the key.
        """
        items = {item.id: item for item in self._bank.graded_items()} if self._bank else {}
        entries = [(items[one["item"]], one) for one in results["items"] if one["item"] in items]
        if not any(item.reuse and not one.get("reuse") for item, one in entries):
            return ""
        kept = tuple(
            Marked(
                item.model_copy(update={"reuse": True}),
                one["value"],
                Score(one["points"], one["max_points"], one["verdict"]),
                self._bank.number(item.id) if self._bank else 0,
            )
            for item, one in entries
        )
        title = Text(zh=results["title"], en=results["title"])
        return cell_html(
            MarkedCell(name, title, mark.points, mark.max_points, kept), self._language
        )


def _words(html: str) -> str:
    """Return the words of some HTML, as links are found by them."""
    return " ".join(unescape(_TAG.sub("", html)).split())


def _code(cell: NotebookNode) -> Code:
    about = cell.metadata.get("nbgrader", {})
    folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    shown = not (about.get("locked") or folded or _SHOWS_ONLY.fullmatch(cell.source.strip()))
    comment, silent = _comment(about.get("comment"))
    source = _coloured(cell.source) if shown else Markup()
    return Code(source, _outputs(cell, with_traces=True), comment, silent)


def _coloured(source: str) -> Markup:
    """Return Python code as HTML, with colours unless they would take long."""
    if is_short(source):
        return Markup(Highlight2HTML(pygments_lexer="ipython3")(source))  # noqa: S704 - escaped
    return Markup("<pre>{}</pre>").format(source)


def _written(cell: NotebookNode) -> Markup:
    if cell.cell_type == "markdown":
        return Markup(cleaned_again(cell.source))  # noqa: S704 - cleaned
    return _coloured(cell.source)


def _comment(text: str | None) -> tuple[Markup | None, bool]:
    """Return a comment as HTML, and whether it is nbgrader's word on an untouched cell."""
    if not text or text == _SILENT:
        return None, text == _SILENT
    return Markup(safe_markdown(text)), False  # noqa: S704 - cleaned


def _outputs(cell: NotebookNode, *, with_traces: bool) -> tuple[Output, ...]:
    """Return what a cell put out.

    Parameters
    ----------
    with_traces
        Whether errors may be shown in full: the trace of a classic test would show the test.
    """
    return tuple(_shown(cell.get("outputs", []), with_traces=with_traces))


def _shown(outputs: Iterable[NotebookNode], *, with_traces: bool) -> Iterator[Output]:
    for output in outputs:
        data: Mapping[str, str] = output.get("data", {})
        if output.output_type == "stream":
            yield Output("text", strip_ansi(output.text))
        elif output.output_type == "error" and with_traces:
            yield Output("error", strip_ansi("\n".join(output.traceback)))
        elif output.output_type == "error":
            yield Output("error", ": ".join(filter(None, [output.ename, output.evalue])))
        elif "text/html" in data:
            if html := cleaned_again(data["text/html"]).strip():
                yield Output("html", Markup(html))  # noqa: S704 - cleaned
        elif image := next((mime for mime in ("image/png", "image/jpeg") if mime in data), None):
            yield Output("image", f"data:{image};base64,{''.join(data[image].split())}")
        elif "text/plain" in data:
            yield Output("text", strip_ansi(data["text/plain"]))
