"""From course/ to source/: what is built, and how mistakes are reported."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from clientcourse.authoring.build import build, stale, write
from clientcourse.authoring.problems import CourseProblems
from clientcourse.cli import main
from clientcourse.lesson import Lesson
from tests.conftest import TOY

BANK = "course/greeting/first-call.items.yaml"
TEXT = "course/greeting/first-call.en.md"


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(root: Path) -> list[str]:
    with pytest.raises(CourseProblems) as caught:
        build(root)
    return [str(problem) for problem in caught.value.problems]


def test_building_twice_gives_identical_bytes(toy: Path) -> None:
    assert build(TOY) == build(toy)


def test_changing_one_word_changes_only_that_lessons_files(toy: Path) -> None:
    before = build(toy)
    change(toy, TEXT, "A picture", "Another picture")
    after = build(toy)
    assert {str(p) for p in after if after[p] != before[p]} == {"greeting/first-call.ipynb"}


def test_trainees_learn_what_everything_is_called_and_when_it_is_due(toy: Path) -> None:
    change(
        toy,
        "course/course.yaml",
        "    lessons:",
        "    due: 2027-03-01 18:00:00+08:00\n    lessons:",
    )
    public = json.loads(build(toy)[Path("greeting/first-call.lesson.json")])
    assert [public[name] for name in ("course", "title", "heading", "due")] == [
        "A toy course",
        "Greeting",
        "The first call",
        "2027-03-01T18:00:00+08:00",
    ]


@pytest.mark.parametrize("due", ["2027-03-01", "2027-03-01 18:00:00", "soon"])
def test_a_due_date_needs_time_and_zone(toy: Path, due: str) -> None:
    change(toy, "course/course.yaml", "    lessons:", f"    due: {due}\n    lessons:")
    (problem,) = problems(toy)
    assert problem == (
        "course/course.yaml:8: greeting: due: expected a day, a time and its zone, such as "
        "2027-03-01 18:00:00+08:00"
    )


def test_dropping_an_item_changes_nothing_that_trainees_have(toy: Path) -> None:
    before = build(toy)
    change(toy, BANK, "id: in-order\n", "id: in-order\n        dropped: true\n")
    assert build(toy) == before


def test_a_changed_item_changes_only_that_lessons_files(toy: Path) -> None:
    before = build(toy)
    change(toy, BANK, "stem of the single one", "another stem")
    after = build(toy)
    assert {str(p) for p in after if after[p] != before[p]} == {"greeting/first-call.lesson.json"}


def test_graded_cells_follow_with_the_points_of_their_items() -> None:
    notebook = nbformat.reads(build(TOY)[Path("greeting/first-call.ipynb")].decode(), 4)
    graded = {
        cell.source: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert graded == {
        'lesson.check("first-quiz")': 8,
        'lesson.check("mean-reply")': 2,
        'lesson.check("late-ones")': 4,
    }


def test_both_languages_have_the_same_cells() -> None:
    path = Path("greeting/first-call.ipynb")
    zh, en = (nbformat.reads(build(TOY, lang)[path].decode(), 4).cells for lang in ("zh", "en"))
    assert [cell.id for cell in zh] == [cell.id for cell in en]


def test_writing_removes_what_is_no_longer_built(tmp_path: Path) -> None:
    files = build(TOY)
    write(files, tmp_path)
    (tmp_path / "greeting" / "old.ipynb").write_text("{}")
    (tmp_path / "README.md").write_text("not a module")
    assert write(files, tmp_path) == [Path("greeting/old.ipynb")]
    assert stale(files, tmp_path) == []
    assert (tmp_path / "README.md").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            BANK,
            "correct: true\n            why: {zh: 隐藏理由丙",
            "why: {zh: 隐藏理由丙",
            r":21: say-name: options: exactly one needs `correct: true`, found 0",
        ),
        (BANK, "why: {zh: 隐藏理由甲, en: hidden reason alpha}", "why: {zh: 甲}",
         r":\d+: say-name: options\.1\.why\.en: is missing"),
        (BANK, "type: truefalse", "type: trufalse",
         r":\d+: is-it-so: type: expected one of .*'trufalse'"),
        (BANK, "answer: false", "answer: 24", r":\d+: is-it-so: answer: expected true or false"),
        (BANK, "answer: false", "answer: false\n        dropped: 1",
         r":\d+: is-it-so: dropped: expected true or false"),
        (BANK, "id: warm-words\n", "id: warm-words\n        dropped: true\n",
         r":\d+: try-it: warm-words: dropped: is for items that count; practice is not graded"),
        (BANK, "points: 3", "points: 2.25", r":\d+: in-order: points: "),
        (BANK, "level: apply", "level: recite", r":\d+: warm-words: level: expected one of"),
        (BANK, "id: say-name", "id: Say Name", r":\d+: .*expected lower-case letters"),
        (BANK, "id: two-of-four", "id: say-name",
         r": say-name: this id is used twice in the lesson"),
        (BANK, "stem: {zh: 题干数字, en: stem of the number one}", "stem: {zh: 题干数字, en: ''}",
         r":\d+: mean-reply: stem\.en: expected text, found nothing"),
        (BANK, "objective: greet-name", "objective: greet-nobody",
         r": warm-words: objective: .*no 'greet-nobody'"),
        (BANK, "use: practice", "use: practice\n    use: graded", r":\d+: .*stands here twice"),
        (BANK, "quizzes:", "quizzes: [", r":\d+: not readable as YAML"),
        (BANK, "unit: {zh", "unti: {zh", r":\d+: mean-reply: unti: is not a field"),
        (TEXT, 'lesson.quiz("try-it")', 'lesson.quiz("try-that")',
         r"quiz try-that: the bank has no such quiz; it has try-it, first-quiz"),
        (TEXT, 'lesson.quiz("try-it")', "x = 1", r"cell 3: a quiz cell is the one line"),
        (TEXT, ":tags: [quiz]", ":tags: [quizz]", r"cell 3: unknown tag 'quizz'"),
        (TEXT, "### END SOLUTION", "", r"cell 6: an exercise cell has its solution between"),
        (TEXT, "import plotly.express as px", "import plotly.express as",
         r"cell 4: line 1 is not Python"),
        (TEXT, 'Lesson("first-call")', 'Lesson("second-call")',
         r"opens the lesson 'second-call'; expected Lesson\(\"first-call\"\)"),
        (TEXT, "# The first call\n", "# The first call\n\n+++\n\nMore.\n",
         r"cell 2: is text, but in zh it is setup"),
        ("course/greeting/second-call.en.md", "# The first call 2\n", "# The first call\n",
         r"the lesson first-call is called “The first call”, too; give one another heading"),
        ("course/course.yaml", "lessons: [first-call, second-call]",
         "lessons: [first-call, second-call, first-call]",
         r"lesson first-call: this name is used twice"),
        ("course/course.yaml", "language: en", "language: fr",
         r":3: language: expected one of 'zh' or 'en', found 'fr'"),
    ],
)  # fmt: skip
def test_a_mistake_is_located_and_says_what_was_expected(
    toy: Path, file: str, old: str, new: str, expected: str
) -> None:
    change(toy, file, old, new)
    found = problems(toy)
    assert any(line.startswith(file) and re.search(expected, line) for line in found), found


def test_step_ids_that_give_the_order_away_are_refused(toy: Path) -> None:
    for old, new in {
        "listen": "ask",
        "greet": "bid",
        "solve": "cure",
        "call-back": "visit",
    }.items():
        change(toy, BANK, f"id: {old},", f"id: {new},")
    assert "in-order: steps: sorted by name the ids give the right order away" in problems(toy)[0]


def test_all_mistakes_come_in_one_run(toy: Path) -> None:
    change(toy, BANK, "answer: false", "answer: 24")
    change(toy, BANK, "points: 3", "points: -3")
    change(toy, "course/greeting/second-call.items.yaml", "answer: true", "answer: maybe")
    change(toy, "course/greeting/second-call.en.md", "[quiz]", "[quizz]")
    (toy / "course/objectives.yaml").unlink()
    files = [line.split(":")[0] for line in problems(toy)]
    assert files == [
        BANK,
        BANK,
        "course/greeting/second-call.en.md",
        "course/greeting/second-call.items.yaml",
        "course/objectives.yaml",
    ]


def test_the_command_prints_mistakes_and_writes_nothing(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(toy, BANK, "answer: false", "answer: 24")
    assert main(["--root", str(toy), "build"]) == 1
    assert "is-it-so: answer: expected true or false" in capsys.readouterr().err
    assert not (toy / "source").exists()


def test_check_fails_until_source_and_release_are_current(toy: Path) -> None:
    root = ["--root", str(toy), "build"]
    assert main([*root, "--check"]) == 1
    assert main(root) == 0
    assert main([*root, "--check"]) == 0
    change(toy, TEXT, "# The first call", "# The very first call")
    assert main([*root, "--check"]) == 1


def test_an_author_runs_the_text_before_any_build(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "course/greeting/first-call.zh.md")
    Lesson("first-call", toy / "course/greeting").answer("mean-reply", 3)
    assert (toy / "build/preview/zh/greeting/first-call.answers.json").exists()


def test_the_preview_speaks_the_language_of_the_opened_text(
    toy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "course/greeting/first-call.zh.md")
    Lesson("first-call", toy / "course/greeting").check("first-quiz")
    assert "还有 4 题没有作答" in capsys.readouterr().out
