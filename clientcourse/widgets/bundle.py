"""Joins the ES modules of a widget, and its style sheets, into the one that a widget must be."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?(function|const|class) )", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return a module with everything that it imports, each file once and before its use.

    Enough of a bundler for modules that import one another's functions by their own names, each
    name being used once in the whole widget: the imports go, the files are put one after another.

    Parameters
    ----------
    entry
        The module that the widget begins with.

    Raises
    ------
    FileNotFoundError
        If a module imports a file that does not exist.
    """
    joined: dict[Path, str] = {}
    _collect(entry.resolve(), joined)
    *parts, last = joined.values()
    return "\n".join([*(_EXPORT.sub("", part) for part in parts), last])


def style(path: Path) -> str:
    """Return a widget's style sheet with what all widgets share before it."""
    look = Path(__file__).parent / "shared" / "look.css"
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in (look, path))


def _collect(path: Path, joined: dict[Path, str]) -> None:
    source = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(source):
        imported = (path.parent / found["path"]).resolve()
        if imported not in joined:
            _collect(imported, joined)
    joined[path] = _IMPORT.sub("", source)
