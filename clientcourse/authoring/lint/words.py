"""Chinese typography and English spelling of the course's files.

Full-width punctuation with Chinese text: GB/T 15834-2011; blanks between Chinese and Latin letters
and the like: what AutoCorrect (https://huacnlee.github.io/autocorrect/) does. Two things that it
leaves, semicolons and brackets, are done here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import autocorrect_py
import yaml

from clientcourse.authoring.lint.findings import Finding
from clientcourse.authoring.problems import Problem

_HAN = "\u4e00-\u9fff"
_WIDE = str.maketrans(",;:?!()", "，；：？！（）")
# Not the bracket of a Markdown link, nor what ends with a slash, as addresses do.
_BRACKETS = re.compile(rf"(?<!\])\((?=[^()]*[{_HAN}])[^()]*\)|(?<=[{_HAN}])\([^()]*\)")
_MARK = re.compile(rf"(?<=[{_HAN}”）])[,;:?!](?!//)|[,;?!](?=[{_HAN}“（])")
_HAS_HAN = re.compile(rf"[{_HAN}]")
# What is not running text: fenced blocks, code, addresses, gaps to be filled in.
_NOT_TEXT = re.compile(
    r"(^```.*?^```\s*?$|`[^`\n]*`|https?://\S+|\[\[[^\]\n]*\]\])", re.MULTILINE | re.DOTALL
)
_MISSPELT = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<words>.+)$")


def fixed(path: Path, text: str) -> str:
    """Return the text of a course file with right Chinese typography.

    Parameters
    ----------
    path
        Its name says what it is: `.md` or `.yaml`.
    """
    if path.suffix == ".md":
        return _better(text)
    pieces, end = [], 0
    for start, stop in _scalars(text):
        pieces += [text[end:start], _better(text[start:stop])]
        end = stop
    return "".join([*pieces, text[end:]])


def typography(root: Path) -> Iterator[Finding]:
    """Yield lines that would read better in right typography."""
    for path in _files(root):
        text = (root / path).read_text(encoding="utf-8")
        pairs = zip(text.splitlines(), fixed(path, text).splitlines(), strict=True)
        for number, (line, better) in enumerate(pairs, 1):
            if line != better:
                message = f"expected: {better.strip()}"
                yield Finding(Problem(path, number, "", message), "typography")


def fix(root: Path) -> list[Path]:
    """Set the typography of all files right; return those that changed."""
    changed = []
    for path in _files(root):
        text = (root / path).read_text(encoding="utf-8")
        if (better := fixed(path, text)) != text:
            (root / path).write_text(better, encoding="utf-8")
            changed.append(path)
    return changed


def spelling(root: Path) -> Iterator[Finding]:
    """Yield common misspellings, as codespell knows them."""
    files = [str(path) for path in _files(root)]
    command = [sys.executable, "-m", "codespell_lib", *files]
    done = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=root, capture_output=True, text=True, check=False
    )
    for line in done.stdout.splitlines():
        if found := _MISSPELT.match(line):
            place = Path(found["file"])
            yield Finding(Problem(place, int(found["line"]), "", found["words"]), "spelling")


def _files(root: Path) -> Iterable[Path]:
    found = [*root.glob("course/**/*.md"), *root.glob("course/**/*.yaml")]
    # The objectives are a source, taken in as they are.
    return sorted(p.relative_to(root) for p in found if p.name != "objectives.yaml")


def _better(text: str) -> str:
    parts = _NOT_TEXT.split(text)  # every second one is none
    parts[::2] = [
        "\n".join(_line(line) if _HAS_HAN.search(line) else line for line in part.split("\n"))
        for part in parts[::2]
    ]
    return "".join(parts)


def _line(line: str) -> str:
    # Before, as blanks belong to narrow brackets only.
    line = autocorrect_py.format(_BRACKETS.sub(lambda found: found[0].translate(_WIDE), line))
    return _MARK.sub(lambda found: found[0].translate(_WIDE), line)


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the values of a YAML file that have Chinese in them begin and end."""
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken) and _HAS_HAN.search(token.value):
            yield token.start_mark.index, token.end_mark.index
