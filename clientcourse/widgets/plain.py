"""A quiz and its answers without a widget: for saved notebooks, feedback pages and paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.values import Json, UnfitValue, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clientcourse.items import PublicItem, PublicQuiz

_NOT_ANSWERED = Text(zh="未作答", en="Not answered")
# A live widget that follows takes the place of the static version; a dead one leaves no error line.
_STYLE = (
    ".jp-OutputArea-child:has(.cc-plain):has(+ .jp-OutputArea-child .cc-quiz){display:none}"
    ".jp-OutputArea-child:has(.cc-plain) + .jp-OutputArea-child "
    ".jupyter-widgets:not(:has(*)){display:none}"
)


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
    items = "".join(
        f'<div style="margin:1em 0"><b>{number}.</b> {inline(item.stem)}{note}'
        f'<div style="margin-left:1.5em">{lines}</div></div>'
        for number, item in enumerate(quiz.items, start=1)
        for value in [given(item, answers)]
        for note in [_note(value, language)]
        for lines in ["".join(f"<div>{line}</div>" for line in _lines(item, value, inline))]
    )
    return (
        f'<div class="cc-plain"><style>{_STYLE}</style>'
        f'<div style="font-size:1.2em"><b>{escape(plain(quiz.title))}</b></div>{items}</div>'
    )


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
    lines = [plain(quiz.title)]
    for number, item in enumerate(quiz.items, start=1):
        value = given(item, answers)
        lines += ["", f"{number}. {plain(item.stem)}{_note(value, language)}"]
        lines += [f"   {line}" for line in _lines(item, value, plain)]
    return "\n".join(lines)


def given(item: PublicItem, answers: Mapping[str, object]) -> Json:
    """Return the answer to an item, or `None` where there is none that the item allows.

    Parameters
    ----------
    item
        The item.
    answers
        Values by item id. They may come from a file that a trainee has edited, or be older than
        the item.
    """
    try:
        return fit(item, answers.get(item.id), "en")
    except UnfitValue:
        return None


def _note(value: Json, language: Language) -> str:
    if value is not None:
        return ""
    words = _NOT_ANSWERED[language]
    return f"（{words}）" if language == "zh" else f" ({words})"


def _lines(item: PublicItem, value: Json, markup: Callable[[str], str]) -> list[str]:
    texts = {choice.id: markup(choice.text) for choice in item.choices}
    chosen = value if isinstance(value, list) else [value]
    if item.type == "order":
        if value is None:
            return [f"· {text}" for text in texts.values()]
        return [f"{place}. {texts[str(id_)]}" for place, id_ in enumerate(chosen, start=1)]
    on, off = ("☑", "☐") if item.type == "multiple" else ("◉", "○")
    return [f"{on if id_ in chosen else off} {text}" for id_, text in texts.items()]
