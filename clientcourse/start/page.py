"""The start page as HTML: what is open, what is due, what came back, and one step onwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from clientcourse.language import LANGUAGES, Language
from clientcourse.pages import LANGUAGE_TAGS, style, templates
from clientcourse.start.state import CourseState, ModuleState, notebook_path
from clientcourse.start.words import WORDS

_FOLDER = Path(__file__).parent
_TEMPLATES = templates(_FOLDER)


@dataclass(frozen=True)
class Trouble:
    """Something that did not work.

    Parameters
    ----------
    title, advice
        What is the matter, and what to do.
    reason
        For whoever runs the server, as the machine says it.
    """

    title: str
    advice: str
    reason: str


@dataclass(frozen=True)
class Frame:
    """What the page needs beside the trainee's state.

    Parameters
    ----------
    base_url
        The server's own.
    language
        Of the page's words; titles are in the course's.
    now
        The present.
    xsrf
        The field that proves that a form is ours.
    nonce
        Marks our own style and script for the browser.
    """

    base_url: str
    language: Language
    now: datetime
    xsrf: str
    nonce: str


def lab_url(base_url: str, desk: str, lesson: str) -> str:
    """Return where JupyterLab opens a lesson in a trainee's folder."""
    # Reset: tabs left open from last time would each start a kernel again.
    return f"{base_url}lab/tree/{quote(notebook_path(desk, lesson))}?reset"


def start_page(
    courses: Sequence[CourseState],
    frame: Frame,
    *,
    trouble: Trouble | None = None,
    asked: ModuleState | None = None,
    done: ModuleState | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    courses
        Where the trainee stands.
    trouble
        What did not work just now.
    asked
        The module with open questions that is about to be handed in.
    done
        The module that has just been handed in.
    """
    modules = [module for course in courses for module in course.modules]
    return _TEMPLATES.get_template("page.html.j2").render(
        lang=LANGUAGE_TAGS[frame.language],
        tags=LANGUAGE_TAGS,
        other=next(one for one in LANGUAGES if one != frame.language),
        say={name: text[frame.language] for name, text in WORDS.items()},
        courses=courses,
        first=next((module for module in modules if module.next != "wait"), None),
        trouble=trouble,
        asked=asked,
        done=done,
        base_url=frame.base_url,
        lab_url=lab_url,
        now=frame.now,
        xsrf=Markup(frame.xsrf),  # noqa: S704 - the server's own field
        nonce=frame.nonce,
        css=style(_FOLDER / "page.css"),
    )
