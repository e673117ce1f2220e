"""The known flaws of item writing that a machine can see.

Unless another source is named, the rules are those of Haladyna, Downing and Rodriguez (2002), A
review of multiple-choice item-writing guidelines for classroom assessment, Applied Measurement in
Education 15(3), 309-333.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile
from pathlib import Path

from rapidfuzz import fuzz

from clientcourse.authoring.lesson import AuthoredLesson
from clientcourse.authoring.lint.findings import Finding
from clientcourse.authoring.load import bank_path
from clientcourse.authoring.problems import Problem
from clientcourse.items import Item, MultipleItem, SingleItem, TrueFalseItem
from clientcourse.items.questions import Option
from clientcourse.language import LANGUAGES, Language, Text
from clientcourse.normal import normal

LONGEST_KEY = 0.35
"""Share of a module's single-choice items in which the key may be the longest option."""
POSITION = (0.15, 0.35)
"""Share of a module's four-option items whose key may stand in one place."""
ONE_WAY = (0.35, 0.65)
"""Share of a module's statements that may be true."""
_ENOUGH = 12  # items, for a share to mean something
_FOUR = 4
_LENGTHS = (1.2, 6.0)  # characters of English for one of Chinese
_SHORT = 8  # Chinese characters, below which lengths differ by chance
_ALIKE = 90  # of 100, from which two questions are the same
_COMMON = {"zh": 8, "en": 24}  # characters that all options may begin with

_CATCH_ALL = {
    "zh": re.compile(r"^(以上|上述)(各项|选项|说法|答案)?(都|均|皆|全部|全都)"),
    "en": re.compile(r"\b(all|none|both|neither) of the (above|others?|options)\b", re.IGNORECASE),
}
_ABSOLUTE = {
    "zh": re.compile(r"总是|从不|从来|绝对|绝不|永远|一律|任何|必定|无论如何|百分之百"),
    "en": re.compile(
        r"\b(always|never|absolutely|entirely|under no circumstances|in every case|without "
        r"exception|guaranteed)\b",
        re.IGNORECASE,
    ),
}
_NEGATIVE = {
    "zh": re.compile(
        r"(不属于|不包括|不应|不该|不宜|不能|不是|不对|不合适|不正确|不恰当|错误|除了)"
    ),
    "en": re.compile(r"\b(not|except|least|wrong|incorrect|never)\b", re.IGNORECASE),
}
_ASKING = {
    "zh": re.compile(r"[^。！？“”]*哪[^。！？]*[？?]"),
    "en": re.compile(r"\b(which|what|who)\b[^.!?“”]*\?", re.IGNORECASE),
}
_EMPHASIS = re.compile(r"\*\*.+?\*\*")


@dataclass(frozen=True)
class _Placed:
    """An item and where it is written."""

    item: Item
    file: Path

    def found(self, rule: str, message: str) -> Finding:
        return Finding(Problem(self.file, 0, self.item.id, message), rule)


def flaws(lessons: Sequence[AuthoredLesson]) -> Iterator[Finding]:
    """Yield the flaws of all items of a course, item by item, then module by module.

    Of what was dropped nobody asks any more how well it was written; a repaired copy may stand
    beside it.
    """
    modules: dict[str, list[_Placed]] = {}
    for lesson in lessons:
        file = bank_path(lesson.module, lesson.name)
        placed = [_Placed(item, file) for item in lesson.bank.items() if not item.dropped]
        modules.setdefault(lesson.module, []).extend(placed)
    everything = [one for placed in modules.values() for one in placed]
    for one in everything:
        for rule in _OF_ONE:
            yield from rule(one)
    for module, placed in modules.items():
        for tendency in _OF_ALL:
            yield from tendency(module, [one.item for one in placed])
    yield from _near_duplicates(everything)


def _catch_all(one: _Placed) -> Iterator[Finding]:
    """Yield options that stand for others: whoever knows one of these need not know the rest."""
    for language, text in _options(one.item):
        if _CATCH_ALL[language].search(text):
            yield one.found("catch-all", f"the option {text!r} stands for others; name what is so")


def _absolute(one: _Placed) -> Iterator[Finding]:
    """Yield items in which a word such as "always" marks nothing but wrong options."""
    if not isinstance(one.item, SingleItem | MultipleItem):
        return
    for language in LANGUAGES:
        strong = _ABSOLUTE[language]
        wrong = [o for o in one.item.options if not o.correct and strong.search(o.text[language])]
        right = [o for o in one.item.options if o.correct and strong.search(o.text[language])]
        if wrong and not right:
            words = ", ".join(found[0] for o in wrong if (found := strong.search(o.text[language])))
            yield one.found(
                "absolute-words",
                f"{language}: only wrong options have {words}, which tells them from the key",
            )


def _negative(one: _Placed) -> Iterator[Finding]:
    """Yield questions whose negative word is easily read over."""
    if not isinstance(one.item, SingleItem | MultipleItem):
        return
    for language in LANGUAGES:
        stem = one.item.stem[language]
        asked = _ASKING[language].search(stem)
        if asked and _NEGATIVE[language].search(asked[0]) and not _EMPHASIS.search(stem):
            yield one.found("hidden-negative", f"{language}: put the negative word in **…**")


def _overlap(one: _Placed) -> Iterator[Finding]:
    """Yield options that say the same, or one of which holds the other."""
    if not isinstance(one.item, SingleItem | MultipleItem):
        return
    for language in LANGUAGES:
        texts = {option.id: normal(option.text[language]) for option in one.item.options}
        for (first, a), (second, b) in combinations(texts.items(), 2):
            if a == b or (min(len(a), len(b)) > _SHORT and (a in b or b in a)):
                yield one.found(
                    "overlap", f"{language}: the options {first} and {second} say the same"
                )


def _repeats(one: _Placed) -> Iterator[Finding]:
    """Yield options that repeat the stem, or all begin with what belongs into it."""
    if not isinstance(one.item, SingleItem | MultipleItem):
        return
    for language in LANGUAGES:
        texts = [option.text[language] for option in one.item.options]
        stem = normal(one.item.stem[language])
        if len(shared := _beginning(texts)) >= _COMMON[language]:
            yield one.found("repetition", f"{language}: all options begin with {shared!r}")
        for text in texts:
            if len(normal(text)) > _SHORT and normal(text) in stem:
                yield one.found("repetition", f"{language}: the stem says {text!r}, too")


def _unequal_languages(one: _Placed) -> Iterator[Finding]:
    """Yield texts of which one language says much more than the other."""
    for name, text in _texts(one.item):
        if len(text.zh) < _SHORT:
            continue
        ratio = len(text.en) / len(text.zh)
        if not _LENGTHS[0] <= ratio <= _LENGTHS[1]:
            yield one.found(
                "unequal-languages",
                f"{name}: {len(text.zh)} characters of Chinese, {len(text.en)} of English",
            )


def _longest_key(module: str, items: Sequence[Item]) -> Iterator[Finding]:
    """Yield whether the longest option is too good a guess."""
    singles = [item for item in items if isinstance(item, SingleItem)]
    for language in LANGUAGES:
        longest = [item for item in singles if _key_is_longest(item, language)]
        if len(longest) > LONGEST_KEY * len(singles) and len(singles) >= _ENOUGH:
            names = ", ".join(item.id for item in longest)
            yield _of_module(
                module,
                "longest-key",
                f"{language}: the key is the longest option in {len(longest)} of {len(singles)} "
                f"single-choice items, expected at most {LONGEST_KEY:.0%}: {names}",
            )


def _key_is_longest(item: SingleItem, language: Language) -> bool:
    lengths = sorted((len(o.text[language]), o.correct) for o in item.options)
    return lengths[-1][1] and lengths[-1][0] > lengths[-2][0]


def _key_position(module: str, items: Sequence[Item]) -> Iterator[Finding]:
    """Yield places in which the key stands too often or too seldom."""
    fours = [i for i in items if isinstance(i, SingleItem) and len(i.options) == _FOUR]
    places = Counter(item.options.index(_key(item)) for item in fours if not item.shuffle)
    for place in range(_FOUR):
        share = places[place] / max(1, places.total())
        if places.total() >= _ENOUGH and not POSITION[0] <= share <= POSITION[1]:
            yield _of_module(
                module,
                "key-position",
                f"the key is option {place + 1} in {places[place]} of {places.total()} "
                f"single-choice items, expected {POSITION[0]:.0%} to {POSITION[1]:.0%}",
            )


def _one_way(module: str, items: Sequence[Item]) -> Iterator[Finding]:
    """Yield whether "true" or "false" is too good a guess.

    Frisbie and Becker (1991), An analysis of textbook advice about true-false tests, Applied
    Measurement in Education 4(1), 67-83.
    """
    statements = [item for item in items if isinstance(item, TrueFalseItem)]
    true = sum(item.answer for item in statements)
    share = true / max(1, len(statements))
    if len(statements) >= _ENOUGH and not ONE_WAY[0] <= share <= ONE_WAY[1]:
        yield _of_module(
            module,
            "one-way-statements",
            f"{true} of {len(statements)} statements are true, expected {ONE_WAY[0]:.0%} to "
            f"{ONE_WAY[1]:.0%}",
        )


def _near_duplicates(everything: Sequence[_Placed]) -> Iterator[Finding]:
    """Yield questions that ask the same as an earlier one."""
    for earlier, later in combinations(everything, 2):
        for language in LANGUAGES:
            texts = [_whole(one.item, language) for one in (earlier, later)]
            if fuzz.ratio(*texts, score_cutoff=_ALIKE):
                yield later.found(
                    "near-duplicate", f"{language}: asks nearly the same as {earlier.item.id}"
                )


_OF_ONE: Sequence[Callable[[_Placed], Iterator[Finding]]] = (
    _catch_all,
    _absolute,
    _negative,
    _overlap,
    _repeats,
    _unequal_languages,
)
_OF_ALL: Sequence[Callable[[str, Sequence[Item]], Iterator[Finding]]] = (
    _longest_key,
    _key_position,
    _one_way,
)


def _of_module(module: str, rule: str, message: str) -> Finding:
    return Finding(Problem(Path("course") / module, 0, "", message), rule)


def _beginning(texts: Sequence[str]) -> str:
    """Return how all texts begin."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in alike)


def _key(item: SingleItem) -> Option:
    return next(option for option in item.options if option.correct)


def _options(item: Item) -> Iterator[tuple[Language, str]]:
    if isinstance(item, SingleItem | MultipleItem):
        for option in item.options:
            for language in LANGUAGES:
                yield language, option.text[language]


def _whole(item: Item, language: Language) -> str:
    """Return what an item asks, with its options: many stems are alike, "What do you say?"."""
    return "\n".join(text[language] for name, text in _texts(item) if not name.startswith("why"))


def _texts(item: Item) -> Iterator[tuple[str, Text]]:
    """Yield the texts of a question with their names: stem, options, reasons."""
    yield "stem", item.stem
    if isinstance(item, SingleItem | MultipleItem):
        for option in item.options:
            yield f"option {option.id}", option.text
            yield f"why of option {option.id}", option.why
    if isinstance(item, TrueFalseItem):
        yield "why_true", item.why_true
        yield "why_false", item.why_false
