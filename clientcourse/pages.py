"""What all pages have in common that are made from templates."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clientcourse.language import Language

LANGUAGE_TAGS: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}
"""What a page says of its language to browsers."""


def style(file: Path) -> Markup:
    """Return the style of a page: what all pages share, then its own, which wins."""
    shared = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")
    return Markup(shared + file.read_text(encoding="utf-8"))  # noqa: S704 - ours


def templates(folder: Path) -> Environment:
    """Return the templates of a folder: everything put into them is escaped, nothing is left out.

    Raises
    ------
    jinja2.UndefinedError
        When a template is filled in and something that it names is missing.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
