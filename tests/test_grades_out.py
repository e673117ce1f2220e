"""Grades out of a course that was graded: right numbers, and nothing passed off as final."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from openpyxl import load_workbook

from clientcourse.authoring.build import build, write
from clientcourse.cli import main
from clientcourse.grades.write import FORMS
from tests.conftest import ROOT, TOY
from tests.spreadsheet import by_trainee, opened, records, table
from tests.test_path import hand_in, must

pytestmark = pytest.mark.path

FORMULA = '=HYPERLINK("http://x.test?"&A1)'
PLATFORMS = ["moodle", "canvas"]


# --- a course that was graded


def two_modules(course: Path) -> None:
    """Make a course of two modules: one of two lessons, one with a cell that a person marks."""
    shutil.copytree(TOY / "course", course / "course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "course/farewell").mkdir()
    for file in (course / "course/greeting").glob("second-call.*"):
        text = file.read_text().replace("second-call", "last-call").replace("say-again", "say-bye")
        (course / "course/farewell" / file.name.replace("second", "last")).write_text(text)
    settings = course / "course/course.yaml"
    farewell = "  - {id: farewell, title: {zh: 告别, en: Farewell}, lessons: [last-call]}"
    settings.write_text(
        f"{settings.read_text().rstrip()}\n    due: 2026-03-02 09:30:00+00:00\n{farewell}\n"
    )
    write(build(course), course / "source")
    notebook = nbformat.read(course / "source/farewell/last-call.ipynb", as_version=4)
    flags = {"schema_version": 3, "task": False, "grade": True, "solution": True, "locked": False}
    about = {"nbgrader": {**flags, "grade_id": "own-words", "points": 5}}
    notebook.cells.append(nbformat.v4.new_markdown_cell("In your words:", metadata=about))
    nbformat.write(notebook, course / "source/farewell/last-call.ipynb")


def say_good_bye(course: Path, trainee: str, words: str) -> None:
    """Submit the second module with a right click and an answer in words."""
    desk = Path(
        shutil.copytree(course / "release/farewell", course / f"submitted/{trainee}/farewell")
    )
    clicked = {"say-bye": {"value": "true", "at": "2026-03-02T09:00:00Z", "by": "widget"}}
    about = {"schema": 1, "lesson": "last-call", "trainee": trainee, "variant": 0}
    (desk / "last-call.answers.json").write_text(json.dumps({**about, "answers": clicked}))
    notebook = nbformat.read(desk / "last-call.ipynb", as_version=4)
    notebook.cells[-1].source = words
    nbformat.write(notebook, desk / "last-call.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded course: lin has done all, zhao waits for a person, wu for grading, qian for lin."""
    course = tmp_path_factory.mktemp("grades") / "course"
    course.mkdir()
    two_modules(course)
    for module in ("greeting", "farewell"):
        must(course, "generate_assignment", module)
    for trainee in ("lin", "zhao"):
        stamp = hand_in(course, trainee) / "timestamp.txt"
        stamp.write_text("2026-03-02 10:00:00.000000 UTC")
        say_good_bye(course, trainee, "Good-bye!")
    must(course, "autograde", "greeting")
    must(course, "autograde", "farewell")
    hand_in(course, "wu")
    with gradebook(course) as book:
        book.find_grade("own-words", "last-call", "farewell", "lin").manual_score = 3.25
        book.find_grade("own-words", "last-call", "farewell", "lin").needs_manual_grade = False
        late = book.find_submission_notebook("first-call", "greeting", "lin")
        late.late_submission_penalty = 1.5
        book.update_or_create_student("lin", last_name="林", first_name=FORMULA, lms_user_id="007")
        book.update_or_create_student("zhao", email="zhao@bank.test")
        book.add_student("qian")
        book.db.commit()
    return course


def gradebook(course: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}")


def taken_out(course: Path, to: Path, form: str, *options: str) -> Path:
    """Run `clientcourse grades` and return the file."""
    file = to / FORMS[form].file
    assert main(["--root", str(course), "grades", "--as", form, "--to", str(file), *options]) == 0
    return file


def test_a_row_says_all_of_a_trainee_and_a_lesson(course: Path, tmp_path: Path) -> None:
    [row] = [
        row
        for row in records(taken_out(course, tmp_path, "csv"))
        if (row["Trainee"], row["Lesson"]) == ("lin", "The first call")
    ]
    at, due = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert row == {
        "Trainee": "lin",
        "Last name": "林",
        "First name": f"'{FORMULA}",
        "E-mail": "",
        "Module": "Greeting",
        "Lesson": "The first call",
        "Points": "8",
        "Maximum": "14",
        "Late penalty": "1.5",
        "Grade": "6.5",
        "Handed in": at.astimezone().isoformat(),
        "Due": due.astimezone().isoformat(),
        "State": "graded",
    }


def test_only_final_grades_are_given_and_the_others_say_why(course: Path, tmp_path: Path) -> None:
    found = {
        (row["Trainee"], row["Lesson"]): (row["Points"], row["Grade"], row["State"])
        for row in records(taken_out(course, tmp_path, "csv"))
    }
    last = "The first call 2"
    rows = records(taken_out(course, tmp_path, "csv", "farewell"))
    words = {row["Trainee"]: (row["Points"], row["Grade"], row["State"]) for row in rows}
    assert found["wu", "The first call"] == ("0", "", "handed in, not graded yet")
    assert found["qian", last] == ("0", "0", "not handed in")
    assert words["zhao"] == ("1", "", "waiting for a person")
    assert words["lin"] == ("4.25", "4.25", "graded")


@pytest.mark.parametrize("what", ["stamp of a new submission", "grading that broke off"])
def test_a_grade_that_is_not_of_the_last_submission_is_not_given(
    course: Path, tmp_path: Path, what: str
) -> None:
    again = Path(shutil.copytree(course, tmp_path / "again"))
    if what == "grading that broke off":
        shutil.rmtree(again / "autograded/lin/greeting")
    else:
        stamp = again / "submitted/lin/greeting/timestamp.txt"
        stamp.write_text("2026-03-02 11:00:00.000000 UTC")
    [state] = {
        (row["Grade"], row["State"])
        for row in records(taken_out(again, tmp_path, "csv", "greeting"))
        if row["Trainee"] == "lin"
    }
    assert state == ("", "handed in, not graded yet")


def test_what_is_not_final_is_told(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = taken_out(course, tmp_path, "excel")
    said = capsys.readouterr()
    assert said.out == f"{file}\n"
    assert said.err.splitlines() == [
        "Not final in greeting: wu (handed in, not graded yet).",
        "Not final in farewell: zhao (waiting for a person).",
    ]


def test_moodle_gets_a_column_for_each_module_and_no_grade_where_there_is_none(
    course: Path, tmp_path: Path
) -> None:
    assert table(taken_out(course, tmp_path, "moodle")) == [
        ["Username", "First name", "Last name", "Greeting", "Farewell"],
        ["lin", f"'{FORMULA}", "林", "6.5", "4.25"],
        ["qian", "", "", "-", "-"],
        ["wu", "", "", "-", "-"],
        ["zhao", "", "", "8", "-"],
    ]


def test_canvas_gets_its_own_columns_and_the_maxima(course: Path, tmp_path: Path) -> None:
    assert table(taken_out(course, tmp_path, "canvas")) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Greeting", "Farewell"],
        ["Points Possible", "", "", "", "", "15", "6"],
        [f"林,' {FORMULA}", "", "007", "lin", "", "6.5", "4.25"],
        ["qian", "", "", "qian", "", "", ""],
        ["wu", "", "", "wu", "", "", ""],
        ["zhao", "", "", "zhao", "", "8", ""],
    ]


def test_the_workbook_comes_to_what_nbgrader_counts(course: Path, tmp_path: Path) -> None:
    [(_cells, values)] = opened(taken_out(course, tmp_path, "excel"))
    totals = by_trainee(values["Total"])
    with gradebook(course) as book:
        counted = {
            (module, trainee): max(0.0, one.score - one.late_submission_penalty)
            for module in ("greeting", "farewell")
            for trainee in ("lin", "zhao")
            for one in [book.find_submission(module, trainee)]
        }
    assert {
        (module, trainee): totals[trainee][module.title()]
        for module in ("greeting", "farewell")
        for trainee in ("lin", "zhao")
    } == counted


def test_the_workbook_adds_up(course: Path, tmp_path: Path) -> None:
    [(_cells, values)] = opened(taken_out(course, tmp_path, "excel"))
    shown = ("Greeting", "Farewell", "Total", "Percent", "State")
    totals = by_trainee(values["Total"])
    assert {id_: tuple(row[head] for head in shown) for id_, row in totals.items()} == {
        "Maximum": (15, 6, 21, None, None),
        "lin": (6.5, 4.25, 10.75, pytest.approx(10.75 / 21), "graded"),
        "qian": (0, 0, 0, 0, "not handed in"),
        "wu": (0, 0, 0, 0, "handed in, not graded yet"),
        "zhao": (8, 1, 9, pytest.approx(9 / 21), "waiting for a person"),
    }


def test_sums_in_the_workbook_are_formulas(course: Path, tmp_path: Path) -> None:
    workbook = load_workbook(taken_out(course, tmp_path, "excel"))
    assert workbook.sheetnames == ["Total", "1 Greeting", "2 Farewell"]
    lin = [cell.value for cell in workbook["1 Greeting"][3]]
    assert lin[4:10] == [8, 0, "=SUM(E3:F3)", 1.5, "=MAX(0,G3-H3)", '=IF(I$2=0,"",I3/I$2)']
    ids, grades = "'1 Greeting'!$A$3:$A$6", "'1 Greeting'!$I$3:$I$6"
    assert [cell.value for cell in workbook["Total"][3]][4:7:2] == [
        f"=SUMPRODUCT(--EXACT({ids},$A3),{grades})",
        "=SUM(E3:F3)",
    ]
    assert {sheet.freeze_panes for sheet in workbook} == {"B3"}


def test_under_codes_nothing_is_left_of_the_trainees(course: Path, tmp_path: Path) -> None:
    text = taken_out(course, tmp_path, "csv", "--codes").read_text("utf-8")
    codes = json.loads((course / "codes.json").read_bytes())
    rows = records(tmp_path / "grades.csv")
    assert {row["Trainee"] for row in rows} == {codes[id_] for id_ in ("lin", "qian", "wu", "zhao")}
    assert {row["Grade"] for row in rows if row["Trainee"] == codes["lin"]} == {"6.5", "0", "4.25"}
    assert [word for word in ("lin", "林", "HYPERLINK", "bank.test") if word in text] == []


@pytest.mark.parametrize("form", PLATFORMS)
def test_platforms_cannot_do_with_codes(
    course: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(course), "grades", "--as", form, "--codes"]) == 1
    assert "could not tell who is who" in capsys.readouterr().err


# --- nbgrader's own command


@pytest.mark.parametrize(
    ("exporter", "form"),
    [("CsvExporter", "csv"), ("MoodleExporter", "moodle"), ("CanvasExporter", "canvas")],
)
def test_nbgraders_command_writes_the_same(
    course: Path, tmp_path: Path, exporter: str, form: str
) -> None:
    to = tmp_path / "exported"
    must(course, "export", f"--exporter=clientcourse.grades.exporters.{exporter}", f"--to={to}")
    assert to.read_bytes() == taken_out(course, tmp_path, form).read_bytes()


def test_nbgraders_command_writes_the_workbook(course: Path, tmp_path: Path) -> None:
    to = tmp_path / "exported.xlsx"
    must(course, "export", "--exporter=clientcourse.grades.exporters.ExcelExporter", f"--to={to}")
    assert load_workbook(to).sheetnames == ["Total", "1 Greeting", "2 Farewell"]


def test_nbgraders_command_writes_only_whom_and_what_is_wanted(
    course: Path, tmp_path: Path
) -> None:
    to = tmp_path / "exported.csv"
    only = ['--student=["zhao"]', '--assignment=["farewell"]']
    exporter = "--exporter=clientcourse.grades.exporters.CsvExporter"
    must(course, "export", exporter, *only, f"--to={to}")
    assert [(row["Trainee"], row["Module"]) for row in records(to)] == [("zhao", "Farewell")]


# --- gradebooks of other courses


@pytest.fixture
def classic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of nbgrader without `course/`: one assignment, one trainee who has 2 of 3 points."""
    # nbgrader runs `alembic` by name, which lies beside this Python.
    path = os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)])
    monkeypatch.setenv("PATH", path)
    root = tmp_path / "classic"
    root.mkdir()
    with gradebook(root) as book:
        book.add_assignment("ps1", duedate="2026-03-02 09:00:00 UTC")
        book.add_notebook("p1", "ps1")
        book.add_grade_cell("test", "p1", "ps1", max_score=3, cell_type="code")
        book.add_student("lin")
        book.add_submission("ps1", "lin", timestamp="2026-03-03 09:00:00 UTC")
        grade = book.find_grade("test", "p1", "ps1", "lin")
        grade.auto_score, grade.needs_manual_grade = 2, False
        book.db.commit()
    return root


def test_a_course_that_is_not_ours_has_its_own_names(classic: Path, tmp_path: Path) -> None:
    [row] = records(taken_out(classic, tmp_path, "csv"))
    assert (row["Module"], row["Lesson"], row["Grade"]) == ("ps1", "p1", "2")


def test_who_got_more_time_is_due_later(classic: Path, tmp_path: Path) -> None:
    with gradebook(classic) as book:
        book.grant_extension("ps1", "lin", days=2)
    [row] = records(taken_out(classic, tmp_path, "csv"))
    due = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=2)
    assert datetime.fromisoformat(row["Due"]) == due


def test_an_unknown_module_is_named_with_those_there_are(
    classic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(classic), "grades", "ps2"]) == 1
    assert capsys.readouterr().err == "The gradebook has no module “ps2”. There are: ps1.\n"


def test_a_gradebook_without_modules_says_what_to_do(
    classic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with gradebook(classic) as book:
        book.remove_assignment("ps1")
    assert main(["--root", str(classic), "grades"]) == 1
    assert "generate the assignments first" in capsys.readouterr().err


def test_a_gradebook_that_is_not_there_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(tmp_path), "grades", "--db", str(tmp_path / "gradebook.db")]) == 1
    assert "There is no gradebook" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
