"""Every released lesson, opened and run in a real JupyterLab."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from tests.lab import Lab, NotebookPage
from tests.test_lessons import LESSONS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("module", "lesson"), LESSONS)
def test_a_released_lesson_opens_and_runs_without_an_error(
    browser: Browser, lab: Lab, tmp_path: Path, module: str, lesson: str
) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    notebook = NotebookPage(page, lab, f"{module}/{lesson}.ipynb")
    notebook.run_all()
    notebook.save()
    saved = tmp_path / "saved.ipynb"
    saved.write_text(page.request.get(f"{lab.url}files/{module}/{lesson}.ipynb").text())
    page.close()
    lab.end_sessions()
    wrong += [
        f"cell {number}: {output.ename}: {output.evalue}"
        for number, cell in enumerate(nbformat.read(saved, as_version=4).cells, 1)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert wrong == []
    assert notebook.outside == []
