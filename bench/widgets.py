"""How fast a quiz is on the screen, beside the same quiz of stock ipywidgets, and saves a click.

Run with `make bench`; writes `build/bench/widgets.json`. Both quizzes are run in turn in one
notebook of one JupyterLab, so that only their ratio is a figure to keep: the times themselves are
those of the machine.
"""

from __future__ import annotations

import json
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median

import nbformat
from playwright.sync_api import Page

from bench.figures import write_figures
from clientcourse.authoring.load import load_bank
from clientcourse.items import MultipleItem, PublicItem, PublicQuiz, SingleItem, TrueFalseItem
from clientcourse.lesson_file import LessonFile, path_of
from tests.lab import NotebookPage, chromium, jupyter_lab

ROOT = Path(__file__).parent.parent
ITEMS, ROUNDS, CLICKS = 20, 25, 40
LESSON = "bench"

STOCK = """
import json
import ipywidgets as w
def shown(item):
    stem = w.HTML(item["stem"])
    texts = [(choice["text"], choice["id"]) for choice in item["choices"]]
    if item["type"] == "multiple":
        return w.VBox([stem, *(w.Checkbox(description=text, indent=False) for text, _ in texts)])
    return w.VBox([stem, w.RadioButtons(options=texts, value=None)])
items = json.load(open("items.json"))
"""
CELLS = {
    "ours": f'lesson.quiz("{LESSON}")',
    "stock": "w.VBox([shown(item) for item in items])",
}
# Painted: all choices of the new output are there and two frames have gone by.
PAINTED = """([index, choices]) => new Promise((done) => {
    const cell = document.querySelectorAll(".jp-CodeCell")[index];
    const inputs = () => [...cell.querySelectorAll("input[type=radio], input[type=checkbox]")];
    const old = new Set(inputs());
    document.addEventListener("keydown", () => {
        const start = performance.now();
        const look = () => {
            if (inputs().filter((input) => !old.has(input)).length < choices)
                return requestAnimationFrame(look);
            const end = () => done(performance.now() - start);
            requestAnimationFrame(() => requestAnimationFrame(end));
        };
        look();
    }, { capture: true, once: true });
})"""
SAVED = """([item, choice]) => new Promise((done) => {
    const card = document.querySelector(`.cc-item[data-item="${item}"]`);
    const start = performance.now();
    new MutationObserver((_changes, observer) => {
        if (card.dataset.state !== "saved") return;
        observer.disconnect();
        done(performance.now() - start);
    }).observe(card, { attributes: true, attributeFilter: ["data-state"] });
    card.querySelector(`input[value="${choice}"]`).click();
})"""


def twenty_items() -> list[PublicItem]:
    """Return twenty questions with options from the course."""
    bank = load_bank(ROOT, "complaint-handling", "nine-steps")
    questions = (
        item.public("en")
        for item in bank.items()
        if isinstance(item, SingleItem | MultipleItem | TrueFalseItem)
    )
    return list(islice(questions, ITEMS))


def write_lesson(folder: Path, items: list[PublicItem]) -> None:
    """Write a lesson with one quiz, its items for the stock widgets, and the notebook."""
    quiz = PublicQuiz(id=LESSON, use="graded", title="Bench", items=items)
    lesson = LessonFile(
        module=LESSON, lesson=LESSON, language="en", title="Bench", variants=1,
        quizzes=[quiz], exercises=[], practice=[],
    )  # fmt: skip
    path_of(folder, LESSON).write_text(lesson.dump())
    (folder / "items.json").write_text(json.dumps([item.model_dump() for item in items]))
    setup = f'from clientcourse import Lesson\nlesson = Lesson("{LESSON}")\n{STOCK}'
    cells = [nbformat.v4.new_code_cell(source) for source in (setup, *CELLS.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "name": "python3"}
    nbformat.write(notebook, folder / "bench.ipynb")


def painted(page: Page, cell: int, choices: int) -> float:
    """Run a cell and return the milliseconds until its quiz is painted."""
    page.locator(".jp-CodeCell .jp-InputArea-editor").nth(cell).click()
    page.keyboard.press("Escape")
    timing = page.evaluate_handle(f"args => ({{ done: ({PAINTED})(args) }})", [cell, choices])
    page.keyboard.press("Control+Enter")
    return float(timing.evaluate("timing => timing.done"))


def measure(page: Page, items: list[PublicItem]) -> dict[str, float | int]:
    """Return the figures: milliseconds, medians over all rounds but the first."""
    choices = sum(len(item.choices) for item in items)
    times = {name: [painted(page, cell, choices)] for cell, name in enumerate(CELLS, 1)}
    for _ in range(ROUNDS):
        for cell, name in enumerate(CELLS, 1):
            times[name].append(painted(page, cell, choices))
    singles = [item for item in items if item.type == "single"]
    clicks = [
        float(page.evaluate(SAVED, [item.id, item.choices[again % len(item.choices)].id]))
        for number in range(CLICKS)
        for again, place in [divmod(number, len(singles))]  # another option in every round
        for item in [singles[place]]
    ]
    ours, stock = (median(times[name][1:]) for name in CELLS)
    return {
        "quiz_ms": round(ours, 1),
        "stock_ms": round(stock, 1),
        "ratio": round(ours / stock, 3),
        "saved_ms_median": round(median(clicks), 1),
        "saved_ms_worst": round(max(clicks), 1),
        "items": len(items),
        "rounds": ROUNDS,
        "clicks": CLICKS,
    }


def main() -> None:
    """Measure and write the figures."""
    items = twenty_items()
    with tempfile.TemporaryDirectory(prefix="clientcourse-bench-") as name:
        desk = Path(name) / "desk"
        desk.mkdir()
        write_lesson(desk, items)
        with chromium() as browser, jupyter_lab(desk, Path(name) / "lab", "lin") as lab:
            page = browser.new_page(viewport={"width": 1300, "height": 900})
            NotebookPage(page, lab, "bench.ipynb").run_all()
            figures = measure(page, items)
    write_figures("widgets", figures)


if __name__ == "__main__":
    main()
