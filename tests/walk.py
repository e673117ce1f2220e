"""A walk through every question form of the gallery, by keyboard alone or by mouse alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page, expect

from clientcourse.authoring.load import load_bank, load_survey
from clientcourse.clients import complaints
from clientcourse.demo.trainees import right, solutions
from clientcourse.items import (
    BlankItem,
    MatchItem,
    MultipleItem,
    NumberQuestion,
    OrderItem,
    Question,
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
from tests.gallery import (
    BANK,
    GALLERY,
    LESSON,
    QUIZZES,
    TALKS,
    Look,
    Room,
    card_of,
    expect_accessible,
    kept,
    talk_of,
    widget_of,
)
from tests.hands import Hand, Keyboard, Mouse, step_row
from tests.lab import Host, NotebookPage

EARLIER = load_bank(GALLERY, "gallery", "yesterday")
SURVEY = load_survey(GALLERY)
WARM_UP = [item for quiz in EARLIER.quizzes for item in quiz.items][:3]
# Letters that would be commands of the notebook: a cell above, delete this one, interrupt.
SURVEYED = {"clear": "5", "useful": "4", "pace": "3", "change": "Add more examples, biiidd 好"}
LETTER = "Dear Ms Ding,\n\nI am sorry. 谢谢。\n\nHe Chuan"


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


def answer_the_whole_lesson(
    room: Room, host: Host, hand: type[Mouse | Keyboard], language: Language, look: Look
) -> None:
    """Answer all that there is, and look at what is kept of it and what it earns."""
    who = f"{host}, {hand.__name__}, {language}"
    desk = room.desk(f"{host}-{hand.__name__}", language)
    notebook = room.open_and_run(desk / f"{LESSON}.ipynb", host, look)
    walk = Walk(notebook, hand(notebook.page), language, who)
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
