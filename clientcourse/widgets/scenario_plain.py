"""A conversation without a widget: for saved notebooks, feedback pages and paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from clientcourse.items.scenario import PublicEnding, PublicNode, shifted
from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.widgets.plain import makes_way_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clientcourse.items import PublicScenario
    from clientcourse.items.scenario import Mood, PublicReply

MOOD_WORDS = {
    "angry": Text(zh="愤怒", en="angry"),
    "upset": Text(zh="不满", en="upset"),
    "calm": Text(zh="平静", en="calm"),
    "warm": Text(zh="友好", en="warm"),
}

_YOU = Text(zh="你", en="You")
_OPEN = Text(zh="你可以这样回应：", en="You can reply:")
_OVER = Text(zh="对话结束：{title}", en="The conversation is over: {title}")
_CLIENT = Text(zh="{client}（{mood}）", en="{client} ({mood})")
_SAYS = Text(zh="{who}：{words}", en="{who}: {words}")
_STAGED = re.compile(r"（[^（）]*）|\([^()]*\)")
_STYLE = makes_way_for("cc-scenario")


def plain_html(scenario: PublicScenario, path: Sequence[str], language: Language) -> str:
    """Return a conversation, as far as it has come, as static HTML.

    Parameters
    ----------
    scenario
        What can be said.
    path
        Ids of the replies that were chosen. One that leads nowhere counts as not begun.
    language
        Language of the few words that are not the scenario's own.

    Returns
    -------
    str
        One `<div class="cc-plain">`. Shown in JupyterLab right before the live widget of the same
        scenario, it hides itself.
    """
    told = _told(scenario, path, language)
    about = _line_html(plain(scenario.client), scenario.about, language)
    choices = "".join(f"<div>○ {inline(choice)}</div>" for choice in told.choices)
    return (
        f'<div class="cc-plain">{_STYLE}'
        f'<div style="font-size:1.2em"><b>{escape(plain(scenario.title))}</b></div>'
        f'<div style="margin:0.5em 0">{inline(scenario.setting)}</div>{about}'
        f"{_conversation_html(told, language)}"
        f'<div style="margin-left:1.5em">{choices}</div></div>'
    )


def conversation_html(scenario: PublicScenario, path: Sequence[str], language: Language) -> str:
    """Return what was said on a path as static HTML, without what is known beforehand."""
    return _conversation_html(_told(scenario, path, language), language)


def plain_text(scenario: PublicScenario, path: Sequence[str], language: Language) -> str:
    """Return a conversation, as far as it has come, as plain text.

    Parameters
    ----------
    scenario, path, language
        As for `plain_html`.

    Returns
    -------
    str
        Several lines, for places that show no HTML.
    """
    told = _told(scenario, path, language)
    about, *lines = (
        _line(words, language).format(who=who, words=plain(words))
        for who, words in [(plain(scenario.client), scenario.about), *told.lines]
    )
    return "\n".join(
        [
            plain(scenario.title),
            "",
            plain(scenario.setting),
            about,
            "",
            *lines,
            "",
            plain(told.last),
            *(f"   ○ {plain(choice)}" for choice in told.choices),
        ]
    )


def _conversation_html(told: _Told, language: Language) -> str:
    lines = "".join(_line_html(who, words, language) for who, words in told.lines)
    return f'<div style="margin:1em 0">{lines}</div><div>{inline(told.last)}</div>'


def _line_html(who: str, words: str, language: Language) -> str:
    line = _line(words, language).format(who=f"<b>{escape(who)}</b>", words=inline(words))
    return f"<div>{line}</div>"


def _line(words: str, language: Language) -> str:
    # What stands wholly in parentheses happens; nobody says it.
    return "{words}" if _STAGED.fullmatch(plain(words)) else _SAYS[language]


@dataclass(frozen=True)
class _Told:
    """A conversation as far as it has come.

    Parameters
    ----------
    lines
        Who spoke, and what.
    last, choices
        What stands after them: a question with the open replies, or how it ended and none.
    """

    lines: list[tuple[str, str]]
    last: str
    choices: list[str]


def _told(scenario: PublicScenario, path: Sequence[str], language: Language) -> _Told:
    stations: list[PublicNode | PublicEnding] = [*scenario.nodes, *scenario.endings]
    places = {one.id: one for one in stations}
    place, mood = places[scenario.start], scenario.mood
    lines = [_heard(scenario, place, mood, language)]
    for step in path if scenario.follow(path) is not None else ():
        reply = next(one for one in _choices(place) if one.id == step)
        place, mood = places[reply.goto], shifted(mood, reply.mood)
        lines += [(_YOU[language], reply.text), _heard(scenario, place, mood, language)]
    if isinstance(place, PublicEnding):
        return _Told(lines, _OVER[language].format(title=place.title), [])
    return _Told(lines, _OPEN[language], [choice.text for choice in _choices(place)])


def _choices(place: PublicNode | PublicEnding) -> list[PublicReply]:
    return place.choices if isinstance(place, PublicNode) else []


def _heard(
    scenario: PublicScenario, place: PublicNode | PublicEnding, mood: Mood, language: Language
) -> tuple[str, str]:
    who = _CLIENT[language].format(client=plain(scenario.client), mood=MOOD_WORDS[mood][language])
    conditional = place.says_if if isinstance(place, PublicNode) else {}
    return who, conditional.get(mood, place.says)
