"""Grades out by nbgrader's own command: plugins for `nbgrader export`.

    nbgrader export --exporter=clientcourse.grades.exporters.ExcelExporter --to grades.xlsx

They take what nbgrader's own exporter takes (`--to`, `--student`, `--assignment`); see
https://nbgrader.readthedocs.io/en/stable/plugins/export-plugin.html
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from clientcourse.errors import CourseError
from clientcourse.grades.read import read_grades
from clientcourse.grades.write import FORMS, not_final


class _Exporter(ExportPlugin):  # type: ignore[misc]
    form: ClassVar[str]

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades; see nbgrader's `ExportPlugin.export`."""
        form = FORMS[self.form]
        to = Path(self.to or form.file)
        try:
            grades = read_grades(
                gradebook,
                Path(self.parent.coursedir.root),
                modules=[str(one) for one in self.assignment],
                trainees=[str(one) for one in self.student],
            )
        except CourseError as error:
            self.parent.fail("%s", error)
        for warning in not_final(grades):
            self.log.warning("%s", warning)
        self.log.info("Exporting grades to %s", to)
        form.write(grades, to)


class CsvExporter(_Exporter):
    """Exports grades as a CSV file, in the course's language, with one row for each lesson."""

    form = "csv"


class ExcelExporter(_Exporter):
    """Exports grades as an Excel workbook, with a sheet for each module."""

    form = "excel"


class MoodleExporter(_Exporter):
    """Exports grades as a CSV file that Moodle's gradebook imports."""

    form = "moodle"


class CanvasExporter(_Exporter):
    """Exports grades as a CSV file that Canvas's gradebook imports."""

    form = "canvas"
