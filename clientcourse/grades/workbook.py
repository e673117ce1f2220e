"""Grades as an Excel workbook: totals, then one sheet for each module, adding up by formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from clientcourse.grades.model import State, most_open
from clientcourse.grades.safe import visible
from clientcourse.grades.words import HEADS, STATES

if TYPE_CHECKING:
    from clientcourse.grades.model import GradedModule, Grades, Trainee

_FIRST = 3  # the row of the first trainee, under the heads and the maxima
_PEOPLE = ("trainee", "last-name", "first-name", "email")
_POINTS, _PERCENT, _MOMENT = "0.00", "0.0%", "yyyy-mm-dd hh:mm"
_NARROWEST, _WIDEST = 10, 40  # characters
_TWO_LINES = 32  # points
_LONGEST_TITLE = 31  # of a sheet, in Excel

_HEAD = PatternFill("solid", fgColor="DDE7F0")
_FILLS: dict[State, PatternFill] = {
    "missing": PatternFill("solid", fgColor="EDEDED"),
    "ungraded": PatternFill("solid", fgColor="FFF2CC"),
    "waiting": PatternFill("solid", fgColor="FFF2CC"),
}


def write_workbook(grades: Grades, to: Path) -> None:
    """Write an Excel workbook in which every sum is a formula.

    What is not final counts with the points so far, what was not handed in counts as nothing; both
    are said in the column of states and marked by their colour.
    """
    workbook = Workbook()
    totals = workbook.active
    totals.title = HEADS["total"][grades.language]
    sheets = [
        (module, workbook.create_sheet(_sheet_title(number, module.title)))
        for number, module in enumerate(grades.modules, 1)
    ]
    for module, sheet in sheets:
        _fill_module(sheet, grades, module)
    _fill_totals(totals, grades, sheets)
    for sheet in workbook:
        _finish(sheet)
    # None of the formulas has a result yet.
    workbook.calculation.fullCalcOnLoad = True
    workbook.save(to)


def _sheet_title(number: int, title: str) -> str:
    """Return a title as Excel allows it, and as no other sheet has it: that is what numbers do."""
    allowed = re.sub(r"[\[\]:*?/\\]", " ", visible(title))
    return f"{number} {allowed}"[:_LONGEST_TITLE].rstrip("'")


def _fill_module(sheet: Worksheet, grades: Grades, module: GradedModule) -> None:
    lessons = module.lessons
    after = ["points", "penalty", "grade", "percent", "handed-in", "due", "state"]
    _heads(sheet, grades, [lesson.title for lesson in lessons], after)
    first = len(_PEOPLE) + 1
    last = first + len(lessons) - 1
    points, penalty, grade = (get_column_letter(last + place) for place in (1, 2, 3))
    earned = f"{get_column_letter(first)}{{row}}:{get_column_letter(last)}{{row}}"

    _numbers(sheet, 2, first, [lesson.max_points for lesson in lessons])
    _formula(sheet[f"{points}2"], f"=SUM({earned.format(row=2)})", _POINTS)
    _formula(sheet[f"{grade}2"], f"={points}2", _POINTS)
    for row, trainee in enumerate(grades.trainees, _FIRST):
        found = grades.of(trainee, module)
        _person(sheet, row, trainee)
        for column, lesson in enumerate(lessons, first):
            one = found.lessons[lesson.name]
            given = one.state in {"graded", "waiting"}
            _numbers(sheet, row, column, [one.points if given else None])
            _mark(sheet.cell(row, column), one.state)
        _formula(sheet[f"{points}{row}"], f"=SUM({earned.format(row=row)})", _POINTS)
        _numbers(sheet, row, last + 2, [found.total.penalty])
        _formula(sheet[f"{grade}{row}"], f"=MAX(0,{points}{row}-{penalty}{row})", _POINTS)
        _percent(sheet, row, grade)
        _moments(sheet, row, last + 5, [found.handed_in, found.due])
        _state(sheet, row, last + 7, found.total.state, grades)


def _fill_totals(
    sheet: Worksheet, grades: Grades, sheets: Sequence[tuple[GradedModule, Worksheet]]
) -> None:
    _heads(
        sheet, grades, [module.title for module, _sheet in sheets], ["total", "percent", "state"]
    )
    first, last = len(_PEOPLE) + 1, len(_PEOPLE) + len(sheets)
    total = get_column_letter(last + 1)
    sums = f"{get_column_letter(first)}{{row}}:{get_column_letter(last)}{{row}}"
    for row, trainee in enumerate([None, *grades.trainees], 2):
        for column, (module, of_module) in enumerate(sheets, first):
            grade = get_column_letter(first + len(module.lessons) + 2)
            cell = sheet.cell(row, column)
            if trainee is None:
                _formula(cell, f"={quote_sheetname(of_module.title)}!{grade}2", _POINTS)
            else:
                _formula(cell, _looked_up(of_module, grade, row, len(grades.trainees)), _POINTS)
                _mark(cell, grades.of(trainee, module).total.state)
        _formula(sheet[f"{total}{row}"], f"=SUM({sums.format(row=row)})", _POINTS)
        if trainee is not None:
            _person(sheet, row, trainee)
            _percent(sheet, row, total)
            states = (grades.of(trainee, module).total.state for module in grades.modules)
            _state(sheet, row, last + 3, most_open(states), grades)


def _looked_up(sheet: Worksheet, column: str, row: int, trainees: int) -> str:
    """Return a formula for the number that a trainee has in a column of another sheet.

    By the trainee's id, as people sort sheets; by `EXACT`, as other ways to find an id take some
    characters in it for wildcards and do not tell large letters from small ones.
    """
    name, end = quote_sheetname(sheet.title), _FIRST + trainees - 1
    ids, numbers = (f"{name}!${one}${_FIRST}:${one}${end}" for one in ("A", column))
    return f"=SUMPRODUCT(--EXACT({ids},$A{row}),{numbers})"


def _heads(sheet: Worksheet, grades: Grades, own: Sequence[str], after: Sequence[str]) -> None:
    """Write the heads of the columns and, under the first, of the row of maxima."""
    language = grades.language
    heads = [
        *(HEADS[head][language] for head in _PEOPLE),
        *own,
        *(HEADS[head][language] for head in after),
    ]
    for column, head in enumerate(heads, 1):
        _text(sheet.cell(1, column), head)
    _text(sheet["A2"], HEADS["maximum"][language])


def _person(sheet: Worksheet, row: int, trainee: Trainee) -> None:
    words = (trainee.id, trainee.last_name, trainee.first_name, trainee.email)
    for column, word in enumerate(words, 1):
        _text(sheet.cell(row, column), word)


def _text(cell: Cell, text: str) -> None:
    """Write a text that is one for good, whatever it begins with and whoever opens the cell."""
    if text:
        cell.value = visible(text)
        cell.data_type = "s"
        cell.quotePrefix = True


def _numbers(sheet: Worksheet, row: int, column: int, numbers: Sequence[float | None]) -> None:
    for place, number in enumerate(numbers, column):
        cell = sheet.cell(row, place, number)
        cell.number_format = _POINTS


def _moments(sheet: Worksheet, row: int, column: int, moments: Sequence[datetime | None]) -> None:
    for place, moment in enumerate(moments, column):
        # Excel knows no time zones: the time is that of clocks here.
        cell = sheet.cell(row, place, moment.replace(tzinfo=None) if moment else None)
        cell.number_format = _MOMENT
        cell.alignment = Alignment(horizontal="center")


def _formula(cell: Cell, formula: str, number_format: str) -> None:
    cell.value = formula
    cell.number_format = number_format


def _percent(sheet: Worksheet, row: int, column: str) -> None:
    """Write, right of a number, which share of its maximum it is."""
    cell = sheet[f"{column}{row}"].offset(column=1)
    _formula(cell, f'=IF({column}$2=0,"",{column}{row}/{column}$2)', _PERCENT)


def _state(sheet: Worksheet, row: int, column: int, state: State, grades: Grades) -> None:
    cell = sheet.cell(row, column)
    _text(cell, STATES[state][grades.language])
    cell.alignment = Alignment(horizontal="left", indent=1)
    _mark(cell, state)


def _mark(cell: Cell, state: State) -> None:
    if state in _FILLS:
        cell.fill = _FILLS[state]


def _finish(sheet: Worksheet) -> None:
    """Let heads and people stay in sight, on screen and on paper, and make the columns fit."""
    sheet.freeze_panes = f"B{_FIRST}"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.row_dimensions[1].height = _TWO_LINES
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(name="Calibri", size=11, bold=True)
        cell.fill = _HEAD
    for cell in sheet[1]:
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
    for cell in sheet[2]:
        cell.border = Border(bottom=Side("thin"))
    for column in sheet.columns:
        widest = max(_NARROWEST, *map(_width, column))
        sheet.column_dimensions[column[0].column_letter].width = min(widest + 2, _WIDEST)


def _width(cell: Cell) -> int:
    """Return how wide a cell is in characters, of which a Chinese one counts as two."""
    if cell.is_date:
        return len(_MOMENT)
    if cell.data_type != "s":
        return 0  # numbers are narrow
    wide = sum(east_asian_width(character) in "WF" for character in cell.value)
    lines = 2 if cell.row == 1 else 1
    return (len(cell.value) + wide) // lines
