"""Spreadsheets as whoever gets them reads them, LibreOffice among others."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

SECONDS = 300


def opened(*files: Path, separator: str = ",") -> Iterator[tuple[Workbook, Workbook]]:
    """Open files with LibreOffice; yield, for each, what its cells hold and what that comes to.

    As with anyone who opens a file, what can be a formula becomes one.

    Without LibreOffice, fail in CI and skip elsewhere, saying what to install.
    """
    office = shutil.which("soffice")
    if office is None:
        message = "no LibreOffice; on Debian or Ubuntu: sudo apt install libreoffice-calc-nogui"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    here = files[0].parent
    to = here / f"opened-{ord(separator)}"
    as_csv = [f"--infilter=CSV:{ord(separator)},34,76,1"] if files[0].suffix == ".csv" else []
    subprocess.run(
        [
            *(office, f"-env:UserInstallation={(here / 'office').as_uri()}", "--headless"),
            *(*as_csv, "--convert-to", "xlsx", "--outdir", to, *files),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    for file in files:
        made = to / f"{file.stem}.xlsx"
        yield load_workbook(made), load_workbook(made, data_only=True)


def formulas(workbook: Workbook) -> list[str]:
    """Return all formulas of a workbook."""
    return [
        cell.value for sheet in workbook for row in sheet for cell in row if cell.data_type == "f"
    ]


def table(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened_file:
        return list(csv.reader(opened_file))


def records(file: Path) -> list[dict[str, str]]:
    head, *rows = table(file)
    return [dict(zip(head, row, strict=True)) for row in rows]


def by_trainee(sheet: Worksheet) -> dict[str, dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return {str(row[0]): dict(zip(map(str, head), row, strict=True)) for row in rows}
