"""The start page's place in a trainee's Jupyter server."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

import nbformat
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from nbgrader.exchange import ExchangeError
from tornado import web

from clientcourse.language import LANGUAGES, Language
from clientcourse.start.exchange import FAILURES, Exchange
from clientcourse.start.page import Frame, Trouble, lab_url, start_page
from clientcourse.start.showing import showing_cells
from clientcourse.start.state import (
    CourseState,
    LessonState,
    ModuleState,
    course_states,
    find_lesson,
    find_module,
    find_notebook,
)
from clientcourse.start.words import WORDS

COOKIE = "clientcourse-language"


class _Handler(JupyterHandler):
    auth_resource = "contents"  # who may write the trainee's files may hand them in

    def initialize(self, exchange: Exchange, default: Language) -> None:
        self.exchange = exchange
        self.default = default

    def courses(self) -> list[CourseState]:
        return course_states(self.exchange.listing())


class _PageHandler(_Handler):
    @cached_property
    def nonce(self) -> str:
        return base64.b64encode(secrets.token_bytes(16)).decode()

    @property
    def content_security_policy(self) -> str:
        ours = (
            "default-src 'none'; base-uri 'none'; form-action 'self'; connect-src 'self'; "
            f"style-src 'nonce-{self.nonce}'; script-src 'nonce-{self.nonce}'"
        )
        return f"{super().content_security_policy}; {ours}"

    def language(self, courses: list[CourseState]) -> Language:
        """Return what the trainee chose, or the course's language, or the server's."""
        chosen = [self.get_query_argument("language", ""), self.get_cookie(COOKIE)]
        known = [*chosen, *(course.language for course in courses), self.default]
        return next(language for name in known for language in LANGUAGES if name == language)

    def show(self, courses: list[CourseState], **what: Any) -> None:  # noqa: ANN401
        """Answer with the page."""
        frame = Frame(
            base_url=self.base_url,
            language=self.language(courses),
            now=datetime.now(UTC),
            xsrf=self.xsrf_form_html(),
            nonce=self.nonce,
        )
        self.set_header("Cache-Control", "no-store")
        self.finish(start_page(courses, frame, **what))

    def show_no_exchange(self, error: Exception) -> None:
        """Answer that the course cannot be reached."""
        self.log.error("The start page cannot list the exchange: %s", error)
        self.set_status(503)
        say = {name: text[self.language([])] for name, text in WORDS.items()}
        reason = f"{say['exchange-advice']}\n{error}"
        self.show([], trouble=Trouble(say["no-exchange-title"], say["no-exchange"], reason))


class StartHandler(_PageHandler):
    """Shows the page."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        """Show where the trainee stands."""
        chosen = self.get_query_argument("language", "")
        if chosen in LANGUAGES:
            self.set_cookie(COOKIE, chosen, path=self.base_url, expires_days=365, samesite="Lax")
        try:
            courses = self.courses()
        except FAILURES as error:
            self.show_no_exchange(error)
            return
        course, _, name = self.get_query_argument("handed-in", "").partition("/")
        module = find_module(courses, course, name)
        self.show(courses, done=module if module and module.handed_in else None)


class ActionHandler(_PageHandler):
    """Does what a button asks for.

    Names in a request are only compared with those that nbgrader lists.
    """

    @web.authenticated
    @authorized
    def post(self, action: str) -> None:
        """Open a module, hand it in, or open its feedback."""
        try:
            courses = self.courses()
        except FAILURES as error:
            self.show_no_exchange(error)
            return
        course, name, of_module = (
            self.get_body_argument(field, "") for field in ("course", "module", "lesson")
        )
        module = find_module(courses, course, name)
        lesson = find_lesson(module, of_module or module.current) if module else None
        if module is None or lesson is None:
            raise web.HTTPError(404, "The course has no such module or lesson.")
        try:
            match action:
                case "begin":
                    self._begin(module, lesson)
                case "hand-in":
                    self._hand_in(courses, module)
                case "feedback":
                    self._open_feedback(module, lesson)
        except FAILURES as error:
            self.log.exception("%s of %s failed", action, module.name)
            self.set_status(500)
            say = {name: text[self.language(courses)] for name, text in WORDS.items()}
            title = say[f"{action}-failed"].format(title=module.title)
            self.show(courses, trouble=Trouble(title, say["failed"], str(error)))

    def _begin(self, module: ModuleState, lesson: LessonState) -> None:
        # Each time: it brings back what was deleted, and leaves the rest alone.
        desk = self.exchange.fetch(module.course, module.name)
        self.redirect(lab_url(self.base_url, desk, lesson.name), status=303)

    def _hand_in(self, courses: list[CourseState], module: ModuleState) -> None:
        if module.open_graded and not self.get_body_argument("sure", ""):
            self.show(courses, asked=module)
            return
        self.exchange.submit(module.course, module.name)
        done = quote(f"{module.course}/{module.name}")
        self.redirect(f"{self.base_url}clientcourse/?handed-in={done}", status=303)

    def _open_feedback(self, module: ModuleState, lesson: LessonState) -> None:
        path = self.exchange.fetch_feedback(module.course, module.name, lesson.name)
        if path is None:
            raise ExchangeError(f"There is no feedback file {lesson.name}.html.")
        # Jupyter's own files handler shuts a page up in a sandbox.
        self.redirect(f"{self.base_url}files/{quote(path)}", status=303)


class ShowingHandler(_Handler):
    """Tells JupyterLab which cells of a notebook it may run by itself."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        """Answer with their sources, as they were released; with none for other notebooks."""
        cells: dict[str, bool] = {}
        found = find_notebook(self.courses(), self.get_query_argument("path"))
        if found:
            module, lesson = found
            released = nbformat.read(module.released / f"{lesson.name}.ipynb", as_version=4)
            cells = showing_cells(released)
        self.finish({"cells": cells})
