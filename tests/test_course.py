"""The real course: no key in what trainees get, current build output, Chinese typography."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from clientcourse.authoring.build import build, stale
from clientcourse.authoring.lesson import load_lessons
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.authoring.text import BEGIN
from clientcourse.demo.trainees import solutions
from clientcourse.items import Item, MultipleItem, OrderItem, SingleItem, TrueFalseItem
from tests.conftest import ROOT

COURSE = load_course(ROOT)
LESSONS = [(module.id, lesson) for module in COURSE.modules for lesson in module.lessons]
GRADED = [
    pytest.param(module, lesson, item, id=f"{lesson}-{item.id}")
    for module, lesson in LESSONS
    for item in load_bank(ROOT, module, lesson).graded_items()
]


def released(module: str, lesson: str) -> str:
    """Everything that trainees get of a lesson, as one text."""
    notebook = nbformat.read(ROOT / "release" / module / f"{lesson}.ipynb", as_version=4)
    public = (ROOT / "release" / module / f"{lesson}.lesson.json").read_text(encoding="utf-8")
    strings = [cell.source for cell in notebook.cells]
    return "\n".join([*strings, json.dumps(json.loads(public), ensure_ascii=False)])


def secrets(item: Item) -> list[str]:
    """Every explanation of a graded item, in both languages."""
    match item:
        case SingleItem() | MultipleItem():
            whys = [option.why for option in item.options]
        case OrderItem():
            whys = [step.why for step in item.steps]
        case TrueFalseItem():
            whys = [item.why_true, item.why_false]
        case _:
            whys = [item.why]
    return [text for why in whys for text in (why.zh, why.en)]


@pytest.mark.parametrize(("module", "lesson", "item"), GRADED)
def test_no_explanation_of_a_graded_item_is_released(module: str, lesson: str, item: Item) -> None:
    text = released(module, lesson)
    as_json = [json.dumps(secret, ensure_ascii=False).strip('"') for secret in secrets(item)]
    assert [secret for secret in [*secrets(item), *as_json] if secret in text] == []


@pytest.mark.parametrize(("module", "lesson", "item"), GRADED)
def test_no_key_of_a_graded_item_is_released(module: str, lesson: str, item: Item) -> None:
    path = ROOT / "release" / module / f"{lesson}.lesson.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    (public,) = [
        entry
        for entry in [*content["exercises"], *(i for q in content["quizzes"] for i in q["items"])]
        if entry["id"] == item.id
    ]
    assert set(public) == {
        "id", "type", "points", "title", "stem", "choices", "unit", "key_columns", "columns",
    }  # fmt: skip
    assert all(set(choice) == {"id", "text"} for choice in public["choices"])
    assert item.id not in {i["id"] for quiz in content["practice"] for i in quiz["items"]}


@pytest.mark.parametrize(
    "item", [p.values[2] for p in GRADED if isinstance(p.values[2], OrderItem)], ids=lambda i: i.id
)
def test_released_steps_are_not_in_the_right_order(item: OrderItem) -> None:
    shown = [choice.id for choice in item.public("zh").choices]
    assert shown not in (item.key, item.key[::-1])
    assert shown != sorted(item.key)


@pytest.mark.parametrize(("module", "lesson"), LESSONS)
def test_no_reference_solution_is_released(module: str, lesson: str) -> None:
    text = released(module, lesson)
    known = solutions(ROOT / "source" / module / f"{lesson}.ipynb")
    assert known
    lines = [line.strip() for code in known.values() for line in code.splitlines()]
    telling = [line for line in lines if len(line) > len("cases=(...),") and "=" in line]
    assert BEGIN not in text
    assert [line for line in telling if line in text and line not in _taught(module, lesson)] == []


def _taught(module: str, lesson: str) -> str:
    """Worked examples, which the lesson shows before an exercise asks for something alike."""
    _course, lessons = load_lessons(ROOT)
    (found,) = [entry for entry in lessons if (entry.module, entry.name) == (module, lesson)]
    return "\n".join(c.source for c in found.texts[COURSE.language] if c.purpose == "code")


def test_the_package_holds_no_key() -> None:
    package = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "clientcourse").rglob("*")
        if path.suffix in {".py", ".js", ".css", ".j2", ".json"}
    )
    everything = [s for p in GRADED for s in secrets(p.values[2])]  # type: ignore[arg-type]
    assert [secret for secret in everything if secret in package] == []


def test_source_is_current() -> None:
    assert stale(build(ROOT), ROOT / "source") == []


def _running_text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"```\{code-cell\}.*?```|`[^`]*`", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "course").rglob("*.zh.md")), *sorted((ROOT / "course").rglob("*.items.yaml"))],
    ids=lambda path: path.name,
)
def test_no_half_width_mark_stands_next_to_a_chinese_character(path: Path) -> None:
    assert re.findall(r".{0,9}[\u4e00-\u9fff][,;:?!()].{0,9}|.{0,9}[,;?!()][\u4e00-\u9fff].{0,9}",
                      _running_text(path)) == []  # fmt: skip
