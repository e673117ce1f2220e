"""The real course: no key in what trainees get, current build output, Chinese typography."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clientcourse.authoring.build import build, stale
from clientcourse.authoring.load import load_bank, load_course
from clientcourse.demo.trainees import solutions
from clientcourse.items import (
    BlankItem,
    Item,
    MatchItem,
    MultipleItem,
    OrderItem,
    PublicItem,
    Scenario,
    ShortItem,
    SingleItem,
    TrueFalseItem,
)
from clientcourse.items.scenario import MOODS
from tests.conftest import ROOT

COURSE = load_course(ROOT)
LESSONS = [(module.id, lesson) for module in COURSE.modules for lesson in module.lessons]
GRADED = [
    pytest.param(module, lesson, item, id=f"{lesson}-{item.id}")
    for module, lesson in LESSONS
    for item in load_bank(ROOT, module, lesson).graded_items()
]


def released() -> str:
    """Everything in `release/`, as it is and with the escapes of JSON undone."""
    files = [path for path in (ROOT / "release").rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return "\n".join([*texts, *(text.encode().decode("unicode_escape") for text in texts)])


RELEASED = released()


def secrets(item: Item) -> list[str]:
    """Every explanation of a graded item, in both languages."""
    match item:
        case SingleItem() | MultipleItem():
            whys = [option.why for option in item.options]
        case OrderItem():
            whys = [step.why for step in item.steps]
            whys += [step.why for step in item.leave_out]
        case TrueFalseItem():
            whys = [item.why_true, item.why_false]
        case BlankItem():
            whys = [gap.why for gap in item.gaps]
        case MatchItem():
            whys = [prompt.why for prompt in item.prompts]
        case ShortItem():
            whys = [item.model_answer, *(point.text for point in item.rubric)]
        case Scenario():
            whys = [reply.debrief for node in item.nodes for reply in node.choices]
            whys += [ending.debrief for ending in item.endings]
        case _:
            whys = [item.why]
    return [text for why in whys for text in (why.zh, why.en)]


@pytest.mark.parametrize(("_module", "_lesson", "item"), GRADED)
def test_no_explanation_of_a_graded_item_is_released(
    _module: str, _lesson: str, item: Item
) -> None:
    as_json = [json.dumps(text, ensure_ascii=False).strip('"') for text in secrets(item)]
    assert [text for text in [*secrets(item), *as_json] if text in RELEASED] == []


PUBLIC_ITEM = {
    "id", "type", "points", "title", "stem", "choices", "shuffle", "text", "gaps", "prompts",
    "leave_out", "unit", "key_columns", "columns",
}  # fmt: skip
PUBLIC_SCENARIO = {
    "id", "type", "use", "points", "counts", "title", "setting", "client", "about", "mood", "start",
    "nodes", "says", "says_if", *MOODS, "choices", "text", "goto", "endings",
}  # fmt: skip


def fields_in(data: object) -> set[str]:
    """The names of all fields, at any depth."""
    if isinstance(data, dict):
        return set(data).union(*map(fields_in, data.values()))
    return set().union(*map(fields_in, data)) if isinstance(data, list) else set()


def test_no_field_of_a_public_item_goes_unnoticed() -> None:
    assert set(PublicItem.model_fields) == PUBLIC_ITEM


@pytest.mark.parametrize(("module", "lesson", "item"), GRADED)
def test_no_key_of_a_graded_item_is_released(module: str, lesson: str, item: Item) -> None:
    path = ROOT / "release" / module / f"{lesson}.lesson.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    entries = [*content["exercises"], *(i for q in content["quizzes"] for i in q["items"])]
    (public,) = [entry for entry in [*entries, *content["scenarios"]] if entry["id"] == item.id]
    assert fields_in(public) <= (PUBLIC_SCENARIO if isinstance(item, Scenario) else PUBLIC_ITEM)
    practised = [i["id"] for quiz in content["practice"] for i in quiz["items"]]
    assert item.id not in [*practised, *(one["id"] for one in content["practice_scenarios"])]


@pytest.mark.parametrize(
    "item", [p.values[2] for p in GRADED if isinstance(p.values[2], OrderItem)], ids=lambda i: i.id
)
def test_released_steps_are_not_in_the_right_order(item: OrderItem) -> None:
    shown = [choice.id for choice in item.public("zh").choices]
    assert shown not in (item.key, item.key[::-1])
    assert shown != sorted(item.key)


# What a worked example shows before an exercise asks for something alike.
TAUGHT = {
    "complaints = lesson.complaints()",
    'cases=("complaint_id", "count"),',
    'clients=("client_id", "count"),',
    'profit=("annual_profit", "sum"),',
    'clients=("client_id", "count"), hours=("hours", "sum")',
}


@pytest.mark.parametrize(
    ("module", "lesson"), [place for place in LESSONS if load_bank(ROOT, *place).exercises]
)
def test_no_reference_solution_is_released(module: str, lesson: str) -> None:
    known = solutions(ROOT / "source" / module / f"{lesson}.ipynb")
    lines = {line.strip() for code in known.values() for line in code.splitlines()}
    telling = {line for line in lines if len(line) > len(")")} - TAUGHT
    assert telling
    as_json = {json.dumps(line, ensure_ascii=False).strip('"') for line in telling}
    assert [line for line in telling | as_json if line in RELEASED] == []


def test_release_holds_what_is_built_and_nothing_else() -> None:
    files = {path.name for path in (ROOT / "release").rglob("*") if path.is_file()}
    built = {f"{lesson}.{end}" for _m, lesson in LESSONS for end in ("ipynb", "lesson.json")}
    assert files == {"README.md", *built}


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
    [
        *sorted((ROOT / "course").rglob("*.zh.md")),
        *sorted((ROOT / "course").rglob("*.items.yaml")),
        *sorted((ROOT / "course").rglob("*.scenario.yaml")),
        ROOT / "course/survey.yaml",
    ],
    ids=lambda path: path.name,
)
def test_no_half_width_mark_stands_next_to_a_chinese_character(path: Path) -> None:
    assert re.findall(r".{0,9}[\u4e00-\u9fff][,;:?!()].{0,9}|.{0,9}[,;?!()][\u4e00-\u9fff].{0,9}",
                      _running_text(path)) == []  # fmt: skip
