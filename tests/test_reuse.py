"""Items that will be asked again: their key stays home, whatever a trainee answered."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from clientcourse.authoring.load import load_bank
from clientcourse.authoring.problems import CourseProblems
from clientcourse.demo.run import Demo
from clientcourse.demo.trainees import ModelTrainee, average, right, solved
from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    OrderItem,
    Scenario,
    ShortItem,
    TableItem,
    TrueFalseItem,
)
from clientcourse.markup import inline
from tests.gallery import GALLERY
from tests.test_feedback import open_page
from tests.test_path import run_demo

GRADED = load_bank(GALLERY, "gallery", "every-form").graded_items()
TOLD = {"graded-single", "graded-late"}
"""Items of the gallery that are not asked again; all others are."""


def kept_course(to: Path) -> Path:
    """Copy the gallery and mark its graded items, but for two, as asked again."""
    shutil.copytree(GALLERY / "course", to / "course")
    folder = to / "course/gallery"
    for file in (folder / "every-form.items.yaml", folder / "wrong-fee.scenario.yaml"):
        text = file.read_text()
        for item in {item.id for item in GRADED} - TOLD:
            text = re.sub(rf"( *)(- )?id: {item}\n(?= *objective)", keep, text)
        file.write_text(text)
    return to


def keep(found: re.Match[str]) -> str:
    indent = found[1] + ("  " if found[2] else "")
    return f"{found[0]}{indent}reuse: true\n"


def miss(_number: int, item: Item, solution: str) -> str:
    name = solution.partition(" = ")[0]
    wrong = f"{name}.iloc[1:]" if isinstance(item, TableItem) else f"{name} * 2"
    return f"{solution}\n{name} = {wrong}"


MISSES = ModelTrainee("misses", average("misses", -9).wish, miss)
AVERAGES = average("average", -0.5)
PERFECT = ModelTrainee("perfect", right, solved)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The gallery with items that will be asked again, gone through and marked."""
    root = kept_course(tmp_path_factory.mktemp("kept"))
    trainees = [MISSES, AVERAGES, PERFECT]
    return run_demo(root, tmp_path_factory.mktemp("demo") / "demo", "en", trainees)


def secrets(item: Item) -> set[str]:
    """Everything that only an author knows of an item, in English."""
    match item:
        case TrueFalseItem():
            texts = [item.why_true, item.why_false]
        case OrderItem():
            texts = [step.why for step in [*item.steps, *item.leave_out]]
        case BlankItem():
            texts = [gap.why for gap in item.gaps]
        case MatchItem():
            texts = [prompt.why for prompt in item.prompts]
        case ShortItem():
            texts = [item.model_answer, *(point.text for point in item.rubric)]
        case Scenario():
            texts = [reply.debrief for node in item.nodes for reply in node.choices]
            texts += [ending.debrief for ending in item.endings]
        case _:
            texts = [option.why for option in item.options] if hasattr(item, "options") else []
            texts += [item.why] if hasattr(item, "why") else []
    return {" ".join(text.en.split()) for text in texts}


def reached(demo: Demo, trainee: str) -> str:
    """All that a trainee gets back, and the outputs that it is made from, as words."""
    files = [path for path in (demo.course / "feedback" / trainee).rglob("*") if path.is_file()]
    notebook = demo.course / "autograded" / trainee / "gallery" / "every-form.ipynb"
    outputs = [cell.get("outputs", []) for cell in json.loads(notebook.read_text())["cells"]]
    bytes_ = b"".join(path.read_bytes() for path in files)
    everything = bytes_.decode() + json.dumps(outputs, ensure_ascii=False)
    return " ".join(re.sub(r"</?(strong|em|code)[^>]*>", "", everything).split())


def as_html(text: str) -> set[str]:
    """The forms in which a text can stand in a page or in a JSON file."""
    shown = re.sub(r"</?(strong|em|code)>", "", inline(text))
    return {text, shown, shown.replace("&quot;", '"'), shown.replace("&quot;", '\\"')}


@pytest.mark.path
@pytest.mark.parametrize("trainee", ["misses", "average"])
@pytest.mark.parametrize("item", GRADED, ids=lambda item: item.id)
def test_nothing_that_a_trainee_gets_tells_the_key_of_what_is_asked_again(
    kept: Demo, item: Item, trainee: str
) -> None:
    everything = reached(kept, trainee)
    found = {text for text in secrets(item) if any(one in everything for one in as_html(text))}
    assert found == (secrets(item) if item.id in TOLD else set())


@pytest.mark.browser
@pytest.mark.parametrize("item", GRADED, ids=lambda item: item.id)
def test_what_is_asked_again_gets_its_verdict_and_no_more(
    kept: Demo, browser: Browser, item: Item
) -> None:
    page = open_page(browser, kept.course / "feedback/misses/gallery/every-form.html")
    name = f"short-{item.id}" if isinstance(item, ShortItem) else f"item-{item.id}"
    told = page.locator(f"#{name}")
    text = told.inner_text()
    assert ("This will be asked again" in text) == (item.id not in TOLD)
    if item.id not in TOLD:
        assert not re.search("right answer|expected|Missing|Right order|Better|Marking", text)
        assert told.locator(".cc-right, table, small").count() == 0
    page.close()


@pytest.mark.browser
def test_the_own_answer_is_shown_of_what_is_asked_again(kept: Demo, browser: Browser) -> None:
    page = open_page(browser, kept.course / "feedback/misses/gallery/every-form.html")
    expect(page.locator("#item-graded-truefalse")).to_contain_text("◉ ")
    expect(page.locator("#item-graded-mean")).to_contain_text("Your answer")


@pytest.mark.path
def test_the_reference_of_what_is_asked_again_is_nowhere(kept: Demo) -> None:
    [folder] = (kept.course / "build/references").glob("gallery-every-form-*/")
    everything = reached(kept, "misses")
    references = [json.loads(path.read_text())["graded-mean"] for path in folder.glob("*.json")]
    assert [one for one in references if f"{one:.4g}" in everything] == []


def test_practice_cannot_keep_its_key(toy: Path) -> None:
    bank = toy / "course/greeting/first-call.items.yaml"
    text = bank.read_text()
    bank.write_text(text.replace("- id: warm-words\n", "- id: warm-words\n        reuse: true\n"))
    with pytest.raises(
        CourseProblems, match="warm-words: reuse: practice tells the answer at once"
    ):
        load_bank(toy, "greeting", "first-call")


def test_the_release_does_not_say_what_is_asked_again(kept: Demo) -> None:
    released = [path.read_text() for path in (kept.course / "release").rglob("*.*")]
    assert not any("reuse" in text for text in released)
