"""Says in the lesson's language what to do about the errors that trainees meet most.

Python reports them in English, and our trainees are no programmers. What Python says stays; a
sentence is put below it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from clientcourse.messages import say
from clientcourse.shown import note, show

if TYPE_CHECKING:
    from clientcourse.language import Language

# What a Chinese keyboard writes where code needs the plain mark, beside what Unicode tells of.
_PLAIN = {"。": ".", "、": ",", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "￥": "$"}
_WRONG_MARK = re.compile(r"invalid (?:non-printable )?character '?(.)'? \(U\+")
_COLUMNS = re.compile(r"\['([^\]]*)'\]")


def advise(error: BaseException, language: Language) -> str | None:
    """Return what to do about an error of Python or pandas; `None` if nothing is sure to help."""
    about: dict[str, object]
    match error:
        case SyntaxError() if wrong := _WRONG_MARK.search(error.msg):
            plain = _PLAIN.get(wrong[1], unicodedata.normalize("NFKC", wrong[1]))
            name = "mark" if plain.isascii() else "character"
            about = {"mark": wrong[1], "plain": plain, "line": error.lineno}
        case IndentationError() if "expected an indented" not in error.msg:
            name, about = "indent", {"line": error.lineno}
        case SyntaxError():
            name, about = "syntax", {"line": error.lineno}
        case NameError(name=str(missing)):
            name, about = "name", {"name": missing}
        case KeyError(args=(str(key),)):
            columns = _COLUMNS.search(key)
            name, about = "key", {"key": columns[1].replace("'", "") if columns else key}
        case AttributeError(name=str(missing)):
            name, about = "attribute", {"name": missing}
        case TypeError() if "ellipsis" in str(error):
            name, about = "dots", {}
        case TypeError() if re.search(r"for [&|]|'r?(?:and|or)_'", str(error)):
            name, about = "brackets", {}
        case ValueError() if "truth value" in str(error):
            name, about = "truth", {}
        case _:
            return None
    return say(f"stumble-{name}", language, **about)


@dataclass(frozen=True)
class _Adviser:
    """Is called by IPython after each cell; two of one language are the same to it."""

    language: Language

    def __call__(self, result: Any) -> None:  # noqa: ANN401 - IPython's ExecutionResult
        if isinstance(result.error_in_exec, SyntaxError):
            return  # of a text that the cell hands to pandas, say: its lines are not the cell's
        error = result.error_before_exec or result.error_in_exec
        advice = advise(error, self.language) if error else None
        if advice:
            show(note(advice, "warn"))


def advise_from_now_on(language: Language) -> None:
    """Put advice below cells that fail, in the notebook that this runs in, if there is one."""
    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _Adviser(language))
