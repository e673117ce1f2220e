"""LibreOffice, which opens files as whoever gets them does: it makes formulas of what is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

SECONDS = 300


def opened(*files: Path, separator: str = ",") -> Iterator[tuple[Workbook, Workbook]]:
    """Open files; yield, for each, what its cells hold and what that comes to.

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
