"""Two ways to work with widgets: by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Protocol

from playwright.sync_api import Locator, Page, expect


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
