"""A trainee who clicks answers, and remembers which of them were shown as saved."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page

from clientcourse.items import SingleItem

# Reports every "saved" that is shown, with the choice that is on the screen at that moment.
_WATCH = """() => new MutationObserver((changes) => {
    for (const { target } of changes) {
        if (target.dataset?.state !== "saved") continue;
        const chosen = target.querySelector("input:checked");
        if (chosen) window.shownAsSaved(target.dataset.item, chosen.value);
    }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-state"] })"""
_CLICK = """([item, option]) =>
    document.querySelector(`.cc-item[data-item="${item}"] input[value="${option}"]`).click()"""


class Clicking:
    """Clicks at random among some questions that are open on a page."""

    page: Page

    def __init__(self, questions: Sequence[SingleItem], chance: random.Random) -> None:
        self.questions, self.chance = questions, chance
        self.clicked: dict[str, list[str]] = {}
        self.saved: dict[str, int] = {}

    def watch(self) -> None:
        """Begin to notice on the page what is shown as saved."""
        if not self.page.evaluate("'shownAsSaved' in window"):  # stays when a page is left
            self.page.expose_function("shownAsSaved", self._note)
        self.page.evaluate(_WATCH)

    def _note(self, item: str, value: str) -> None:
        # The answers of an item are told apart by when they were clicked: none is clicked twice
        # in a row, so the last click of that value is the one that was saved.
        clicks = self.clicked.get(item, [])
        if value in clicks:
            self.saved[item] = len(clicks) - 1 - clicks[::-1].index(value)

    def click(self) -> None:
        """Choose an option of some question that is not the one chosen last."""
        question = self.chance.choice(self.questions)
        clicks = self.clicked.setdefault(question.id, [])
        others = [one.id for one in question.options if one.id not in clicks[-1:]]
        clicks.append(self.chance.choice(others))
        self.page.evaluate(_CLICK, [question.id, clicks[-1]])

    def lost(self, kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return every answer that was shown as saved and is neither kept nor answered anew."""
        return {
            item: (clicks, kept.get(item))
            for item, clicks in self.clicked.items()
            if item in self.saved
            and kept.get(item, {}).get("value") not in clicks[self.saved[item] :]
        }
