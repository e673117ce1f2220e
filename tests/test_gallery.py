"""Every question form in real JupyterLab and Notebook 7: by keyboard alone and by mouse alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Literal, Protocol

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from clientcourse.authoring.load import load_bank, load_survey
from clientcourse.authoring.publish import publish
from clientcourse.clients import complaints
from clientcourse.demo.trainees import right, solutions
from clientcourse.items import (
    BlankItem,
    MatchItem,
    MultipleItem,
    NumberQuestion,
    OrderItem,
    Question,
    Quiz,
    Scenario,
    ShortItem,
    SingleItem,
    TrueFalseItem,
)
from clientcourse.items.survey import Rating
from clientcourse.language import Language
from clientcourse.markup import plain
from clientcourse.scoring import score
from clientcourse.values import Json, fit
from tests.conftest import ROOT
from tests.lab import Host, Lab, NotebookPage, chromium, jupyter_lab

pytestmark = pytest.mark.browser

GALLERY = ROOT / "docs" / "gallery"
LESSON, TRAINEE = "every-form", "lin"
BANK = load_bank(GALLERY, "gallery", LESSON)
EARLIER = load_bank(GALLERY, "gallery", "yesterday")
SURVEY = load_survey(GALLERY)
QUIZZES: dict[str, Quiz] = {quiz.use: quiz for quiz in BANK.quizzes}
TALKS: dict[str, Scenario] = {scenario.use: scenario for scenario in BANK.scenarios}
FORMS: dict[str, Question] = {item.id: item for quiz in BANK.quizzes for item in quiz.items}
WARM_UP = [item for quiz in EARLIER.quizzes for item in quiz.items][:3]
# Letters that would be commands of the notebook: a cell above, delete this one, interrupt.
SURVEYED = {"clear": "5", "useful": "4", "pace": "3", "change": "Add more examples, biiidd 好"}
LETTER = "Dear Ms Ding,\n\nI am sorry. 谢谢。\n\nHe Chuan"
SCREEN = {"width": 1300, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The gallery, built and released in both languages."""
    folders: dict[Language, Path] = {}
    for language in ("zh", "en"):
        folders[language] = tmp_path_factory.mktemp(language)
        publish(GALLERY, folders[language], language)
    return folders


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is served; every story has a desk of its own in it."""
    return tmp_path_factory.mktemp("desks")


@pytest.fixture(scope="module")
def lab(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with jupyter_lab(root, tmp_path_factory.mktemp("lab"), TRAINEE) as lab:
        yield lab


@dataclass(frozen=True)
class Room:
    """Where lessons are opened: a browser, a server and what is released."""

    browser: Browser
    lab: Lab
    root: Path
    built: dict[Language, Path]

    def desk(self, name: str, language: Language) -> Path:
        """Fetch the gallery into a folder."""
        released = self.built[language] / "release" / "gallery"
        return Path(shutil.copytree(released, self.root / name))

    def open(self, desk: Path, host: Host, within: BrowserContext | None = None) -> NotebookPage:
        """Open the lesson on a desk in a new tab."""
        place = within or self.browser.new_context(viewport={"width": 1300, "height": 900})
        return NotebookPage(place.new_page(), self.lab, f"{desk.name}/{LESSON}.ipynb", host)


@pytest.fixture(scope="module")
def room(browser: Browser, lab: Lab, root: Path, built: dict[Language, Path]) -> Room:
    return Room(browser, lab, root, built)


@pytest.fixture(autouse=True)
def _close(room: Room) -> Iterator[None]:
    """Close every tab and kernel after a test."""
    yield
    for context in room.browser.contexts:
        context.close()
    room.lab.end_sessions()


def kept(file: Path) -> dict[str, Json]:
    answers = json.loads(file.read_text())["answers"]
    return {id_: answer["value"] for id_, answer in answers.items()}


def card_of(page: Page, item: str) -> Locator:
    return page.locator(f".cc-item[data-item={item}]")


def widget_of(page: Page, item: str) -> Locator:
    return page.locator(".cc-widget").filter(has=card_of(page, item))


def talk_of(page: Page, scenario: Scenario, language: Language) -> Locator:
    return page.locator(".cc-scenario").filter(has_text=plain(scenario.title[language]))


def expect_accessible(page: Page, within: Locator, where: str) -> None:
    """Let axe look for anything that people with impairments would stumble over."""
    # JupyterLab's body has no height of its own, and its panels cut off what is scrolled out of
    # sight; axe would take all of it for hidden and pass over it.
    within.evaluate(
        """(within) => {
            for (const old of document.querySelectorAll("[data-judged]")) {
                old.removeAttribute("data-judged");
            }
            within.setAttribute("data-judged", "");
            for (let node = within.parentElement; node; node = node.parentElement) {
                if (getComputedStyle(node).overflow === "hidden") node.style.overflow = "clip";
            }
        }"""
    )
    results = Axe().run(page, context={"include": [["[data-judged]"]]})
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"


# Two ways to work.


class Hand(Protocol):
    """A way to work with widgets."""

    page: Page

    def enter(self, widget: Locator) -> None:
        """Begin with a widget."""

    def press(self, button: Locator) -> None:
        """Press a button."""

    def choose(self, card: Locator, option: str) -> None:
        """Choose an option by its id."""

    def write(self, field: Locator, text: str) -> None:
        """Type into a field."""

    def place(self, card: Locator, step: str, place: int) -> None:
        """Move a step, by its words, up to a place counted from 0."""

    def match(self, card: Locator, prompt: str, target: str) -> None:
        """Give a prompt its target, both by their words."""

    def reply(self, button: Locator) -> None:
        """Say what stands on a button of a conversation."""

    def open_text(self, cell: Locator) -> None:
        """Begin to write in a text cell."""

    def open_code(self, cell: Locator) -> None:
        """Begin to write in a code cell."""


@dataclass
class Mouse:
    """Clicks and drags; types only words and figures."""

    page: Page
    _drags: Iterator[bool] = field(default_factory=lambda: cycle([True, False]))

    def enter(self, widget: Locator) -> None:
        widget.scroll_into_view_if_needed()

    def press(self, button: Locator) -> None:
        button.click()

    def choose(self, card: Locator, option: str) -> None:
        card.locator(f'input[value="{option}"]').click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        self.page.keyboard.type(text)

    def place(self, card: Locator, step: str, place: int) -> None:
        row, start = step_row(card, step)
        if start - place == 1:
            row.locator(".cc-nudge").first.click()
        elif start > place:
            self._drag(row.locator(".cc-grip"), card.locator(".cc-step").nth(place), down=2)
        expect(card.locator(".cc-step").nth(place)).to_contain_text(step)

    def match(self, card: Locator, prompt: str, target: str) -> None:
        row = card.locator(".cc-match-row", has_text=prompt)
        chip = card.locator(".cc-chip", has_text=target)
        if next(self._drags):
            card.scroll_into_view_if_needed()
            self._drag(chip.locator(".cc-grip"), row, down=20)
        else:
            chip.click()
            row.locator(".cc-prompt").click()
        expect(row.locator("option:checked")).to_contain_text(target)

    def _drag(self, grip: Locator, onto: Locator, down: int) -> None:
        grip.hover()
        self.page.mouse.down()
        box = onto.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 20, box["y"] + down, steps=8)
        self.page.mouse.up()

    def reply(self, button: Locator) -> None:
        button.click()

    def open_text(self, cell: Locator) -> None:
        cell.locator(".jp-MarkdownOutput").dblclick()
        # Notebook 7 opens the cell; the caret comes only with one more click.
        cell.page.locator(".jp-MarkdownCell.jp-mod-active .cm-content").click()

    def open_code(self, cell: Locator) -> None:
        cell.locator(".cm-content").click()


@dataclass
class Keyboard:
    """Works with keys alone: only where a widget or a cell begins, it is placed there."""

    page: Page
    _numbers: Iterator[bool] = field(default_factory=lambda: cycle([True, False]))

    def enter(self, widget: Locator) -> None:
        widget.locator(":is(button, input, select, textarea):visible").first.focus()

    def _reach(self, part: Locator) -> None:
        """Press Tab or Shift+Tab until the focus is in a part of a widget."""
        for _ in range(100):
            key = part.evaluate(
                """(part) => {
                    const at = document.activeElement;
                    if (part.contains(at)) return null;
                    const ahead = at.compareDocumentPosition(part);
                    return ahead & Node.DOCUMENT_POSITION_FOLLOWING ? "Tab" : "Shift+Tab";
                }"""
            )
            if key is None:
                expect(self.page.locator(":focus")).to_be_in_viewport()
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"no way by Tab to {part}")

    def _type(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def press(self, button: Locator) -> None:
        self._reach(button)
        self._type("Enter")

    def choose(self, card: Locator, option: str) -> None:
        wanted = card.locator(f'input[value="{option}"]')
        if wanted.get_attribute("type") == "checkbox":
            self._reach(wanted)
        else:
            self._reach(card.locator(".cc-choices"))
            self._travel(card, option)
        self._type("Space")
        expect(wanted).to_be_checked()

    def _travel(self, card: Locator, option: str) -> None:
        """Go from one radio button to another by arrow keys."""
        way = card.evaluate(
            """(card, option) => {
                const all = [...card.querySelectorAll("input")];
                const wanted = all.findIndex(({ value }) => value === option);
                return wanted - all.indexOf(document.activeElement);
            }""",
            option,
        )
        self._type(*["ArrowDown" if way > 0 else "ArrowUp"] * abs(way))

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.type(text)

    def place(self, card: Locator, step: str, place: int) -> None:
        row, start = step_row(card, step)
        if start > place:
            self._reach(row.locator(".cc-grip"))
            self._type("Space", *["ArrowUp"] * (start - place), "Space")
        expect(card.locator(".cc-step").nth(place)).to_contain_text(step)

    def match(self, card: Locator, prompt: str, target: str) -> None:
        row = card.locator(".cc-match-row", has_text=prompt)
        letter = card.locator(".cc-chip", has_text=target).locator(".cc-letter").inner_text()
        self._reach(row.locator("select"))
        self._type(letter.lower())
        expect(row.locator("option:checked")).to_contain_text(target)

    def reply(self, button: Locator) -> None:
        if next(self._numbers):
            self._type(str(button.get_attribute("aria-keyshortcuts")))
        else:
            self.press(button)

    def open_text(self, cell: Locator) -> None:
        cell.focus()
        self._type("Enter")

    def open_code(self, cell: Locator) -> None:
        cell.locator(".cm-content").focus()


def step_row(card: Locator, step: str) -> tuple[Locator, int]:
    """Return the row of a step and its place, counted from 0."""
    row = card.locator(".cc-step", has_text=step)
    rows = "[...row.parentElement.querySelectorAll('.cc-step')]"
    return row, row.evaluate(f"(row) => {rows}.indexOf(row)")


# The whole notebook.


@dataclass(frozen=True)
class Walk:
    """Somebody who goes through the lesson from top to bottom and answers everything rightly."""

    notebook: NotebookPage
    hand: Hand
    language: Language
    who: str

    @property
    def page(self) -> Page:
        return self.notebook.page

    def go(self, codes: dict[str, str]) -> None:
        """Go through everything.

        Parameters
        ----------
        codes
            What is written into the code cells, by exercise id.
        """
        progress = self.page.locator(".cc-progress-list")
        self.notebook.scroll_to(".cc-progress-list")
        total = progress.locator(".cc-entry").count()
        expect(progress.locator("[data-done=false]"), f"{self.who}: all open").to_have_count(total)
        self.quiz(WARM_UP, told=True)
        self.quiz(QUIZZES["practice"].items, told=True)
        self.talk(TALKS["practice"])
        self.quiz(QUIZZES["graded"].items, told=False)
        self.talk(TALKS["graded"])
        for exercise, code in codes.items():
            self.write_code(exercise, code)
        self.write_letter()
        expect(progress.locator("[data-done=true]"), f"{self.who}: all done").to_have_count(total)
        self.fine(progress, "progress")
        self.survey()

    def quiz(self, items: Sequence[Question], *, told: bool) -> None:
        """Answer all questions of a quiz; in practice, read what is said of them."""
        self.hand.enter(widget_of(self.page, items[0].id))
        for item in items:
            card = card_of(self.page, item.id)
            self.answer(card, item)
            if told:
                if not isinstance(item, SingleItem | TrueFalseItem):
                    self.hand.press(card.locator(".cc-actions button"))
                verdict = "self" if isinstance(item, ShortItem) else "right"
                summary = card.locator(".cc-summary")
                said = f"{self.who}: what is said of {item.id}"
                expect(summary, said).to_have_attribute("data-verdict", verdict)
            self.saved(card, item.id)

    def answer(self, card: Locator, item: Question) -> None:
        """Give the right answer."""
        words = self.language
        value: Any = right(0, item)
        match item:
            case SingleItem() | TrueFalseItem():
                self.hand.choose(card, value)
            case MultipleItem():
                for option in value:
                    self.hand.choose(card, option)
            case BlankItem():
                for number, text in enumerate(value.values(), 1):
                    slot = card.locator(".cc-gap", has_text=str(number))
                    self.hand.write(slot.locator("input"), text)
            case OrderItem():
                for step in item.leave_out:
                    row, _ = step_row(card, plain(step.text[words]))
                    self.hand.press(row.locator(".cc-away"))
                steps = {step.id: plain(step.text[words]) for step in item.steps}
                for place, id_ in enumerate(value):
                    self.hand.place(card, steps[id_], place)
            case MatchItem():
                targets = {target.id: plain(target.text[words]) for target in item.targets}
                for prompt in item.prompts:
                    self.hand.match(card, plain(prompt.text[words]), targets[prompt.target])
            case NumberQuestion() | ShortItem():
                text = value if isinstance(value, str) else f"{value:g}"
                self.hand.write(card.locator(".cc-field"), text)

    def talk(self, scenario: Scenario) -> None:
        """Lead a conversation to its best end."""
        widget = talk_of(self.page, scenario, self.language)
        path = scenario.best_path()
        places = {node.id: node for node in scenario.nodes}
        place = scenario.start
        self.hand.enter(widget)
        for number, id_ in enumerate(path, 1):
            reply = next(one for one in places[place].choices if one.id == id_)
            text = plain(reply.text[self.language])
            open_ = ".cs-desk:not(.cs-waiting) .cs-reply"
            self.hand.reply(widget.locator(open_, has_text=text))
            place = reply.goto
            expect(widget.locator(".cs-yours")).to_have_count(number)
            expect(widget.locator(".cs-desk.cs-waiting:visible")).to_have_count(0)
            self.saved(widget, f"{scenario.id}, reply {number}")
        [end] = [one for one in scenario.endings if one.id == place]
        expect(widget.locator(".cs-finish")).to_contain_text(plain(end.title[self.language]))
        turns = len(path) if scenario.use == "practice" else 0
        expect(widget.locator(".cs-debrief .cs-turn"), f"{self.who}: debriefing").to_have_count(
            turns
        )

    def survey(self) -> None:
        """Say what one thinks of the lesson."""
        assert SURVEY is not None
        self.hand.enter(widget_of(self.page, SURVEY.items[0].id))
        for item in SURVEY.items:
            card = card_of(self.page, item.id)
            if isinstance(item, Rating):
                self.hand.choose(card, SURVEYED[item.id])
            else:
                self.hand.write(card.locator(".cc-field"), SURVEYED[item.id])
            self.saved(card, item.id)

    def write_code(self, exercise: str, code: str) -> None:
        """Put code into the cell of an exercise and run it."""
        call = f'lesson.answer("{exercise}"'
        self.notebook.scroll_to(".jp-CodeCell .jp-InputArea-editor", call)
        cell = self.page.locator(".jp-CodeCell").filter(
            has=self.page.locator(".jp-InputArea", has_text=call)
        )
        self.hand.open_code(cell)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        self.notebook.wait_until_idle()

    def write_letter(self) -> None:
        """Write the letter on its own paper."""
        title = {"zh": "在这里写你的信", "en": "Write your letter here"}[self.language]
        cell = self.page.locator(".jp-MarkdownCell").filter(
            has=self.page.locator("strong", has_text=title)
        )
        self.hand.open_text(cell.last)
        expect(self.page.locator(".jp-MarkdownCell .cm-content:focus")).to_have_count(1)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.insert_text(f"\n\n{LETTER}")
        self.page.keyboard.press("Shift+Enter")
        expect(self.page.locator(".jp-MarkdownOutput", has_text="He Chuan").last).to_be_visible()

    def saved(self, part: Locator, what: str) -> None:
        """See that an answer is saved and that everybody could have given it."""
        expect(part, f"{self.who}: {what} is saved").to_have_attribute("data-state", "saved")
        self.fine(part, what)

    def fine(self, part: Locator, what: str) -> None:
        expect_accessible(self.page, part, f"{self.who}: {what}")


def codes_of(built: Path) -> dict[str, str]:
    """Return what the solved exercises have in their cells."""
    source = nbformat.read(built / "release" / "gallery" / f"{LESSON}.ipynb", as_version=4)
    return {
        exercise: cell.source.replace("lesson.answer(", f"{code}\nlesson.answer(")
        for exercise, code in solutions(built / "source" / "gallery" / f"{LESSON}.ipynb").items()
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"exercise-{exercise}"
    }


def references(variant: int, language: Language) -> dict[str, Json]:
    """Return the right answers to the data exercises."""
    log = complaints(variant, language=language)
    answers = {
        "graded-mean": log["resolve_hours"].mean(),
        "graded-late": log[log["first_reply_hours"] > 24],
    }
    return {one.id: fit(one.public(language), answers[one.id], language) for one in BANK.coded()}


HANDS: dict[str, type[Mouse | Keyboard]] = {"mouse": Mouse, "keyboard": Keyboard}


@pytest.mark.parametrize(
    ("host", "hand", "language"),
    [
        ("lab", "keyboard", "zh"),
        ("lab", "mouse", "en"),
        ("notebook", "keyboard", "en"),
        ("notebook", "mouse", "zh"),
    ],
)
def test_the_whole_lesson_is_answered(
    room: Room, host: Host, hand: Literal["mouse", "keyboard"], language: Language
) -> None:
    who = f"{host}, {hand}, {language}"
    desk = room.desk(f"{host}-{hand}", language)
    notebook = room.open(desk, host)
    notebook.run_all()
    walk = Walk(notebook, HANDS[hand](notebook.page), language, who)
    walk.go(codes_of(room.built[language]))
    notebook.save()

    answers = kept(desk / f"{LESSON}.answers.json")
    variant = json.loads((desk / f"{LESSON}.answers.json").read_text())["variant"]
    solved = references(variant, language)
    for item in BANK.graded_items():
        if item.id == "graded-letter":
            continue
        wanted = solved[item.id] if item.id in solved else right(0, item)  # type: ignore[arg-type]
        assert answers[item.id] == wanted, f"{who}: {item.id}"
        if item.id not in BANK.graded_by_person():
            earned = score(item, answers[item.id], solved.get(item.id)).points
            assert earned == item.points, f"{who}: {item.id}"
    assert kept(desk / f"{LESSON}.survey.answers.json") == SURVEYED
    assert kept(desk / "yesterday.answers.json") == {one.id: right(0, one) for one in WARM_UP}
    assert LETTER in "\n".join(
        cell.source for cell in nbformat.read(desk / f"{LESSON}.ipynb", 4).cells
    )
    assert notebook.outside == []
