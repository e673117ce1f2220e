"""`clientcourse lint`: flaws of items, Chinese typography, English spelling."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from clientcourse.cli import main
from tests.test_authoring import BANK, TEXT, change

SINGLE = {
    "id": "asked",
    "objective": "greet-name",
    "type": "single",
    "level": "apply",
    "stem": {"zh": "先说哪一句？", "en": "What do you say first?"},
}
OPTIONS = {  # zh, en
    "a": ("请问您贵姓？", "May I have your name?"),
    "b": ("您稍等一下。", "Just a moment, please."),
    "c": ("这事不归我管。", "That is not my job."),
    "d": ("您看着办吧。", "As you like it."),
}


def single(key: str = "a", **texts: tuple[str, str]) -> dict[str, object]:
    options = [
        {
            "id": id_,
            "text": {"zh": zh, "en": en},
            "why": {"zh": "理由。", "en": "A reason."},
            **({"correct": True} if id_ == key else {}),
        }
        for id_, (zh, en) in {**OPTIONS, **texts}.items()
    ]
    return {**SINGLE, "options": options}


def statement(number: int, *, answer: bool) -> dict[str, object]:
    why = {"zh": "理由。", "en": "A reason."}
    letters = "".join(chr(0x4E00 + 97 * number + step) for step in range(7))
    words = {"zh": letters, "en": letters}
    return {
        **SINGLE,
        "id": f"statement-{number}",
        "type": "truefalse",
        "stem": words,
        "answer": answer,
        "why_true": why,
        "why_false": why,
    }


@pytest.fixture
def ask(toy: Path) -> Path:
    """The toy course with nothing in its first bank but what a test puts there."""
    settings = toy / "course/course.yaml"
    settings.write_text(re.sub(r"lessons: \[.*\]", "lessons: [first-call]", settings.read_text()))
    for path in toy.glob("course/greeting/second-call.*"):
        path.unlink()
    for language, heading in (("zh", "第一次通话"), ("en", "The first call")):
        path = toy / f"course/greeting/first-call.{language}.md"
        start = path.read_text().split("# " + heading)[0]
        cells = ['from clientcourse import Lesson\n\nlesson = Lesson("first-call")']
        quiz = ':tags: [quiz]\nlesson.quiz("here")'
        code = "".join(f"```{{code-cell}} ipython3\n{cell}\n```\n\n" for cell in [*cells, quiz])
        path.write_text(f"{start}# {heading}\n\n{code}")
    return toy


def rules(root: Path, capsys: pytest.CaptureFixture[str], *items: object) -> list[str]:
    title = {"zh": "这里", "en": "Here"}
    bank = {"quizzes": [{"id": "here", "use": "graded", "title": title, "items": list(items)}]}
    (root / BANK).write_text(yaml.safe_dump(bank, allow_unicode=True))
    capsys.readouterr()
    code = main(["--root", str(root), "lint", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == (1 if found else 0)
    return [one["rule"] for one in found]


def test_a_sound_item_has_no_flaw(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(ask, capsys, single()) == []


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ("catch-all", {"d": ("以上都可以。", "Something else.")}),
        ("catch-all", {"d": ("别的说法。", "All of the above.")}),
        ("absolute-words", {"d": ("我们从来不会出错。", "We make few mistakes.")}),
        ("absolute-words", {"d": ("我们很少出错。", "We never make mistakes.")}),
        ("overlap", {"d": ("您 稍等一下", "As you like it, then.")}),
        ("unequal-languages", {"d": ("您看着办吧，怎么都行。", "Well.")}),
    ],
)
def test_flawed_options_are_found(
    ask: Path, capsys: pytest.CaptureFixture[str], rule: str, texts: dict[str, tuple[str, str]]
) -> None:
    assert rules(ask, capsys, single(**texts)) == [rule]


def test_of_what_was_dropped_no_flaw_is_told(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mended = {**single(), "id": "mended"}
    assert rules(ask, capsys, single(), mended) == ["near-duplicate", "near-duplicate"]
    assert rules(ask, capsys, {**single(), "dropped": True}, mended) == []


def test_absolute_words_in_the_key_too_give_nothing_away(
    ask: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {"a": ("请问您贵姓？", "Never guess a name; ask."), "d": ("随便吧。", "Never mind it.")}
    assert rules(ask, capsys, single(**texts)) == []


def test_a_negative_is_to_stand_out(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hidden = {"zh": "哪一句不该说？", "en": "Which sentence should not be said?"}
    shown = {"zh": "哪一句**不该**说？", "en": "Which should **not** be said?"}
    found = rules(ask, capsys, {**single(), "stem": hidden})
    assert found == ["hidden-negative", "hidden-negative"]  # one for each language
    assert rules(ask, capsys, {**single(), "stem": shown}) == []


def test_options_that_repeat_each_other_or_the_stem_are_found(
    ask: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = {id_: (zh, f"I would like to tell you: {en}") for id_, (zh, en) in OPTIONS.items()}
    assert rules(ask, capsys, single(**same)) == ["repetition"]
    echo = {"zh": "他说：“请问您怎么称呼？”哪一句更好？", "en": "He asks a name. What is better?"}
    texts = {"d": ("请问您怎么称呼？", "What is your name?")}
    found = rules(ask, capsys, {**single(**texts), "stem": echo})
    assert found == []  # eight characters may occur by chance
    texts = {"d": ("“请问您怎么称呼？”哪一句", "What is your name?")}
    assert rules(ask, capsys, {**single(**texts), "stem": echo}) == ["repetition"]


def test_the_same_question_twice_is_found(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = {**single(key="b"), "id": "asked-again"}
    assert rules(ask, capsys, single(), again) == ["near-duplicate", "near-duplicate"]


def unlike(number: int, key: str) -> dict[str, object]:
    """Return an item that is like no other: the letters of its options are its own."""
    letters = "".join(chr(0x4E00 + 97 * number + step) for step in range(9))
    texts = {id_: (f"{letters}{n}", f"{n} {letters}") for n, id_ in enumerate(OPTIONS)}
    item = single(key, **texts)
    return {**item, "id": f"asked-{number}", "stem": {"zh": letters[::-1], "en": letters[::-1]}}


def test_keys_in_one_place_are_found(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    even = [unlike(number, "abcd"[number % 4]) for number in range(12)]
    assert "key-position" not in rules(ask, capsys, *even)
    uneven = [unlike(number, "abca"[number % 4]) for number in range(12)]
    assert rules(ask, capsys, *uneven).count("key-position") == 2  # too many a, no d


def test_keys_that_are_the_longest_are_found(ask: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = []
    for number in range(12):
        item = unlike(number, "abcd"[number % 4])
        for option in item["options"]:  # type: ignore[attr-defined]
            if option.get("correct") and number < 5:
                option["text"]["en"] += " and more"
        items.append(item)
    assert rules(ask, capsys, *items).count("longest-key") == 1  # in one language


def test_statements_that_are_mostly_true_are_found(
    ask: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rules(ask, capsys, *[statement(n, answer=n > 1) for n in range(12)])
    assert "one-way-statements" in found
    found = rules(ask, capsys, *[statement(n, answer=n % 2 == 0) for n in range(12)])
    assert "one-way-statements" not in found


def test_narrow_punctuation_is_found_and_set_right(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "course/greeting/first-call.zh.md"
    change(toy, text, "# 第一次通话\n", "# 第一次通话\n\n你好,世界;用Python写(很短)。`f(甲,乙)`\n")
    change(toy, BANK, "题干单选", "题干单选:选一个")
    assert main(["--root", str(toy), "lint"]) == 1
    said = capsys.readouterr().out
    assert "expected: 你好，世界；用 Python 写（很短）。`f(甲,乙)` [typography]" in said
    assert "first-call.items.yaml:" in said
    assert main(["--root", str(toy), "lint", "--fix"]) == 0
    assert "你好，世界；用 Python 写（很短）。`f(甲,乙)`" in (toy / text).read_text()
    assert "题干单选：选一个" in (toy / BANK).read_text()


def test_a_misspelt_word_is_found(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(toy, TEXT, "A picture", "A seperate picture")
    assert main(["--root", str(toy), "lint"]) == 1
    assert "seperate ==> separate [spelling]" in capsys.readouterr().out
