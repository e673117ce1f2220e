"""The report in the course's own server: made when it is asked for, of what is graded by then."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from clientcourse.authoring.load import load_course
from clientcourse.errors import CourseError
from clientcourse.grading.configured import db_url_of
from clientcourse.language import LANGUAGES, Language
from clientcourse.report.codes import codes
from clientcourse.report.cohort import Cohort, read_cohort
from clientcourse.report.render import COHORT, Frame
from clientcourse.report.words import WORDS
from clientcourse.report.write import pages

_SECONDS = 20  # that what was read is used again: going from page to page costs nothing
_WHO = ("names", "codes")


@dataclass
class Reports:
    """The reports on the cohort of a course.

    Parameters
    ----------
    root
        The course's root folder.
    """

    root: Path
    _read: dict[Language, tuple[float, datetime, Cohort]] = field(default_factory=dict)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def first(self) -> str:
        """Return the path of the page to begin with."""
        return f"{load_course(self.root).language}/names/{COHORT}"

    def page(self, path: str) -> str | None:
        """Return a page, `None` if there is none.

        Parameters
        ----------
        path
            Such as `zh/names/index.html`.

        Raises
        ------
        CourseError
            If there is no gradebook, or the course has mistakes.
        """
        chosen, _, rest = path.partition("/")
        who, _, place = rest.partition("/")
        language = next((one for one in LANGUAGES if one == chosen), None)
        if language is None or who not in _WHO:
            return None
        with self._one_at_a_time:
            moment, cohort = self._cohort(language)
            if who == "codes":
                cohort = cohort.under_codes(codes(self.root, cohort.trainees))
        make = pages(cohort, Frame(language, moment, _switches(language, who))).get(place)
        return make() if make else None

    def _cohort(self, language: Language) -> tuple[datetime, Cohort]:
        now = time.monotonic()
        if language not in self._read or now - self._read[language][0] > _SECONDS:
            db_url = db_url_of(self.root)
            cohort = read_cohort(self.root, db_url, language)
            self._read[language] = (now, datetime.now(tz=UTC).astimezone(), cohort)
        _, moment, cohort = self._read[language]
        return moment, cohort


def _switches(language: Language, who: str) -> list[tuple[str, str]]:
    other = next(one for one in LANGUAGES if one != language)
    unlike = next(one for one in _WHO if one != who)
    return [
        (WORDS[f"with-{unlike}"][language], f"../../{language}/{unlike}/{{page}}"),
        (WORDS["language"][other], f"../../{other}/{who}/{{page}}"),
    ]


class PageHandler(JupyterHandler):
    """Shows the pages."""

    auth_resource = "contents"  # who may read the course's files may read these

    def initialize(self, reports: Reports) -> None:  # noqa: D102 - tornado's
        self.reports = reports

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Show a page of the report."""
        try:
            if not path:
                self.redirect(f"{self.request.path}{self.reports.first()}")
                return
            # Elsewhere, as the server has others to serve meanwhile.
            page = await asyncio.to_thread(self.reports.page, path)
        except CourseError as error:
            raise web.HTTPError(503, reason="no report", log_message=str(error)) from error
        if page is None:
            raise web.HTTPError(404, "There is no such page.")
        self.set_header("Cache-Control", "no-store")
        await self.finish(page)
