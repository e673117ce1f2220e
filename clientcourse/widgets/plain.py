"""A quiz and its answers without a widget: for saved notebooks, feedback pages and paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from clientcourse.items.questions import GAP
from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.values import Json, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clientcourse.items import Choice, PublicItem, PublicQuiz

_Piece = TypeVar("_Piece")

_OPEN = "____"
_LEFT_OUT = Text(zh="去掉", en="left out")
_NOT_ANSWERED = Text(zh="未作答", en="Not answered")


def makes_way_for(live: str) -> str:
    """Return the style sheet of a plain version that stands right before a widget.

    A live widget takes its place, and is given a moment to appear first; a dead one leaves no
    error line.

    Parameters
    ----------
    live
        Class of the widget's element.
    """
    plain_output = ".jp-OutputArea-child:has(.cc-plain)"
    return (
        "<style>@keyframes cc-late{0%,to{content-visibility:hidden;height:0}}"
        ".cc-plain{animation:cc-late .5s}"
        f"{plain_output}:has(+ .jp-OutputArea-child .{live}){{display:none}}"
        f"{plain_output} + .jp-OutputArea-child .jupyter-widgets:not(:has(*)){{display:none}}"
        "</style>"
    )


_STYLE = makes_way_for("cc-quiz")


def plain_html(quiz: PublicQuiz, answers: Mapping[str, object], language: Language) -> str:
    """Return a quiz as static HTML, with the given answers marked.

    Parameters
    ----------
    quiz
        What was asked.
    answers
        Values by item id, as in `clientcourse.widgets.quiz.QuizWidget`.
    language
        Language of the few words that are not the quiz's own.

    Returns
    -------
    str
        One `<div class="cc-plain">`. Shown in JupyterLab right before the live widget of the same
        quiz, it hides itself.
    """
    form = _html(language)
    items = "".join(
        f'<div style="margin:1em 0"><b>{number}.</b> {inline(item.stem)}{_note(value, language)}'
        f'<div style="margin-left:1.5em">{lines}</div></div>'
        for number, item in enumerate(quiz.items, start=1)
        for value in [given(item, answers)]
        for lines in ["".join(f"<div>{line or '<br>'}</div>" for line in _lines(item, value, form))]
    )
    return (
        f'<div class="cc-plain">{_STYLE}'
        f'<div style="font-size:1.2em"><b>{escape(plain(quiz.title))}</b></div>{items}</div>'
    )


def answer_html(item: PublicItem, value: Json, language: Language) -> str:
    """Return one question's choices, gaps or pairs as static HTML, with an answer that fits it."""
    return "".join(f"<div>{line}</div>" for line in _lines(item, value, _html(language)))


def plain_text(quiz: PublicQuiz, answers: Mapping[str, object], language: Language) -> str:
    """Return a quiz as plain text, with the given answers marked.

    Parameters
    ----------
    quiz, answers, language
        As for `plain_html`.

    Returns
    -------
    str
        Several lines, for places that show no HTML.
    """
    form = _Form(language, plain, str, lambda words: f"__{words}__")
    lines = [plain(quiz.title)]
    for number, item in enumerate(quiz.items, start=1):
        value = given(item, answers)
        lines += ["", f"{number}. {plain(item.stem)}{_note(value, language)}"]
        lines += [f"   {line}".rstrip() for line in _lines(item, value, form)]
    return "\n".join(lines)


def with_gaps(
    text: str, words: Callable[[str], _Piece], gap: Callable[[str], _Piece]
) -> list[_Piece]:
    """Return what is made of a text with gaps: of its words and of its gaps' ids, in their order.

    Parameters
    ----------
    text
        As in `clientcourse.items.PublicItem`.
    words, gap
        Called with the words between two gaps, and with the id of a gap.
    """
    # Split by a pattern with one group: words and ids take turns.
    pieces = enumerate(GAP.split(text))
    return [gap(piece) if n % 2 else words(piece) for n, piece in pieces if piece]


@dataclass(frozen=True)
class _Form:
    """How to write: an author's words, a trainee's words, and those in a gap."""

    language: Language
    markup: Callable[[str], str]
    literal: Callable[[str], str]
    filled: Callable[[str], str]


def _html(language: Language) -> _Form:
    return _Form(language, inline, escape, lambda words: f"<u>{escape(words)}</u>")


def _note(value: Json, language: Language) -> str:
    return "" if value is not None else _aside(_NOT_ANSWERED, language)


def _aside(words: Text, language: Language) -> str:
    return f"（{words[language]}）" if language == "zh" else f" ({words[language]})"


def _lines(item: PublicItem, value: Any, form: _Form) -> list[str]:  # noqa: ANN401 - by type
    match item.type:
        case "order":
            return _order(item, value, form)
        case "match":
            return _match(item, value, form)
        case "blank":
            filled = {gap: form.filled(words) for gap, words in (value or {}).items()}
            return ["".join(with_gaps(item.text, form.markup, lambda g: filled.get(g, _OPEN)))]
        case "number":
            unit = f" {form.literal(plain(item.unit))}" if item.unit else ""
            return [f"{_OPEN if value is None else value}{unit}"]
        case "short":
            return [form.literal(line) for line in (value or "").splitlines()]
    on, off = ("☑", "☐") if item.type == "multiple" else ("◉", "○")
    chosen = value if isinstance(value, list) else [value]
    return [f"{on if one.id in chosen else off} {form.markup(one.text)}" for one in item.choices]


def _order(item: PublicItem, value: list[str] | None, form: _Form) -> list[str]:
    texts = _texts(item.choices, form)
    if value is None:
        return [f"· {text}" for text in texts.values()]
    left_out = [
        f"– {text}{_aside(_LEFT_OUT, form.language)}"
        for id_, text in texts.items()
        if id_ not in value
    ]
    return [f"{place}. {texts[id_]}" for place, id_ in enumerate(value, start=1)] + left_out


def _match(item: PublicItem, value: dict[str, str] | None, form: _Form) -> list[str]:
    targets = _texts(item.choices, form)
    matched = {prompt: targets[target] for prompt, target in (value or {}).items()}
    prompts = _texts(item.prompts, form).items()
    lines = [f"{text} → {matched.get(id_, _OPEN)}" for id_, text in prompts]
    return lines if value else [*lines, *(f"· {text}" for text in targets.values())]


def _texts(choices: list[Choice], form: _Form) -> dict[str, str]:
    return {choice.id: form.markup(choice.text) for choice in choices}
