"""Joins the ES modules of a widget, and its style sheet, into the one module it must be."""

from __future__ import annotations

import json
import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.[^"]+)";\n', re.MULTILINE)
_SHEET = re.compile(r'^import (?P<name>\w+) from "(?P<path>\.[^"]+\.css)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?(function|const|class) )", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return a module with everything that it imports, each file once and before its use.

    Enough of a bundler for modules that import one another's functions by their own names, each
    name being used once in the whole widget: the imports go, the files are put one after another.
    An imported style sheet becomes a text.

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


def _collect(path: Path, joined: dict[Path, str]) -> None:
    source = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(source):
        imported = (path.parent / found["path"]).resolve()
        if imported not in joined:
            _collect(imported, joined)
    joined[path] = _SHEET.sub(
        lambda found: f"const {found['name']} = {_sheet(path.parent / found['path'])};\n",
        _IMPORT.sub("", source),
    )


def _sheet(path: Path) -> str:
    """Return a style sheet, with what all widgets share before it, as a JavaScript text."""
    look = Path(__file__).parent / "shared" / "look.css"
    sheets = [one.read_text(encoding="utf-8") for one in (look, path)]
    return json.dumps("\n".join(sheets), ensure_ascii=False)
