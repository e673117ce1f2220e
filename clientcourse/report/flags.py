"""Which items are worth a look, said in plain words; chance is reckoned with.

Two kinds of rule. What the options say about the key is weighed in `key_evidence.py`. All else is
flagged only if a one-sided test finds it clearly so: the figure of this cohort must lie further
from the limit than chance explains.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import stats

from clientcourse.items import MultipleItem, SingleItem, TrueFalseItem
from clientcourse.language import LANGUAGES, Text
from clientcourse.languages import joined
from clientcourse.report.flag_texts import RIGHT, WRONG, sentence
from clientcourse.report.key_evidence import key_evidence, normal_scores
from clientcourse.report.statistics import EASY_FROM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from clientcourse.items import Item
    from clientcourse.report.analysis import GroupShare, ItemAnalysis, Reliability
    from clientcourse.report.responses import ItemResponses, Place, Responses

Kind = Literal["wrong-key", "negative", "ambiguous", "omitted", "too-easy", "unused"]
Severity = Literal["high", "medium", "low"]

SEVERITY: dict[Kind, Severity] = {
    "wrong-key": "high",
    "negative": "high",
    "ambiguous": "medium",
    "omitted": "medium",
    "too-easy": "low",
    "unused": "low",
}
"""How much is at stake: trainees' points, a fair question, or a question that does no work."""

WRONG_KEY_FROM = 1 / 2
"""Probability above which a key is called in doubt: more likely than not it is wrong.

Where another option is more likely than not right, alone or beside the key, it is for the strong to
say which: if they clearly prefer it to the key, the key is called in doubt; if they clearly prefer
neither, it is asked whether the item is ambiguous.
"""
AMBIGUOUS_FROM = 1 / 3
"""Probability from which it is asked whether an item is ambiguous: asking costs little.

It is not asked if the strong clearly prefer the key.
"""
NEARLY_ALL = 0.95
"""Difficulty from which nearly everyone is right."""
BELIEVABLE = 0.05
"""Share that an option must be chosen by to do its work (Haladyna & Downing 1993, Educational and
Psychological Measurement 53, 999-1010)."""
MANY_OMIT = 0.10
"""Share above which many leave an item open."""
SMALL = 30
"""Trainees below which a cohort is called small.

With fewer, a discrimination of 0.3, which is called good (Ebel & Frisbie 1991, Essentials of
Educational Measurement, chapter 13), cannot be told from none by a one-sided test at 5 %.
"""
_CHANCE = 0.05
"""Level of every test; for negative discriminations the false discovery rate."""


@dataclass(frozen=True)
class Flag:
    """Something about an item that is worth a look.

    Parameters
    ----------
    text
        What was seen and what to ask oneself, in a sentence or two.
    """

    kind: Kind
    lesson: str
    item: str
    text: Text

    @property
    def severity(self) -> Severity:
        """How much is at stake."""
        return SEVERITY[self.kind]


def find_flags(
    responses: Sequence[ItemResponses],
    analyses: Mapping[Place, ItemAnalysis],
    whole: Reliability,
) -> tuple[Flag, ...]:
    """Return what is worth a look, in the order of the items; the most serious of an item first.

    Parameters
    ----------
    whole
        Reliability of all items together. Whether an item goes with the others is judged only if
        these clearly tell strong from weak trainees at all.
    """
    judged = tells_apart(whole)
    negative = _negative(analyses) if judged else set()
    flags: list[Flag] = []
    for one in responses:
        place = one.lesson, one.item.id
        of_item = list(_of_options(one, analyses[place])) if judged else []
        if place in negative and all(kind != "wrong-key" for kind, _text in of_item):
            r = f"{analyses[place].discrimination:.2f}"
            of_item.append(("negative", sentence("negative", discrimination=r)))
        of_item += _of_answers(one, analyses[place])
        of_item.sort(key=lambda found: list(SEVERITY).index(found[0]))
        flags += [Flag(kind, *place, text) for kind, text in of_item]
    return tuple(flags)


def tells_apart(whole: Reliability) -> bool:
    """Return whether items clearly tell strong from weak trainees: alpha's interval is above 0."""
    return whole.low is not None and whole.low > 0


def find_notes(cohort: Responses, whole: Reliability) -> tuple[Text, ...]:
    """Return what is to be said before the figures of a cohort are read."""
    notes = []
    if 0 < cohort.n < SMALL:
        notes.append(_small_cohort(cohort.n))
    if cohort.left_out:
        notes.append(sentence("left-out", n=cohort.left_out))
    if cohort.unsettled:
        notes.append(sentence("unsettled", n=len(cohort.unsettled)))
    if cohort.n and not tells_apart(whole):
        notes.append(sentence("not-reliable"))
    return tuple(notes)


def _small_cohort(n: int) -> Text:
    if n <= 3:  # noqa: PLR2004 - the interval needs four
        return sentence("tiny", n=n)
    # The interval of a correlation: Fisher 1921, Metron 1(4), 3-32.
    half = stats.norm.isf(0.025) / math.sqrt(n - 3)
    low, high = np.tanh(np.arctanh(0.3) + np.array([-half, half]))
    return sentence("small", n=n, low=f"{low:.2f}", high=f"{high:.2f}")


_Found = tuple[Kind, Text]


def _of_options(one: ItemResponses, analysis: ItemAnalysis) -> Iterator[_Found]:
    """Yield what the strong and the weak trainees' choices say about the key."""
    if one.rest is None or not analysis.group:
        return
    ability = normal_scores(one.rest)
    shares = {share.id: share for share in analysis.shares}
    match one.item:
        case MultipleItem():
            answered = np.any([*one.hits.values()], axis=0)
            for id_, hits in one.hits.items():
                as_keyed, other = hits, answered & ~hits
                if not shares[id_].key:
                    as_keyed, other = other, as_keyed
                if key_evidence(ability, as_keyed, [other]).wrong_key > WRONG_KEY_FROM:
                    yield (
                        "wrong-key",
                        sentence(
                            "wrong-key-of-option",
                            counts=RIGHT if shares[id_].key else WRONG,
                            other=_name(one.item, id_),
                            **_percents(shares[id_]),
                        ),
                    )
        case SingleItem() | TrueFalseItem():
            [key] = one.item.key
            others = [id_ for id_ in one.hits if id_ != key]
            found = key_evidence(ability, one.hits[key], [one.hits[id_] for id_ in others])
            instead, beside = shares[others[found.instead]], shares[others[found.beside]]
            if found.wrong_key > WRONG_KEY_FROM or (
                found.wrong_key + found.ambiguous > WRONG_KEY_FROM
                and _preferred(instead, shares[key], analysis.group)
            ):
                yield "wrong-key", _of_two("wrong-key", one.item, shares[key], instead)
            elif found.ambiguous >= AMBIGUOUS_FROM and not _preferred(
                shares[key], beside, analysis.group
            ):
                yield "ambiguous", _of_two("ambiguous", one.item, shares[key], beside)


def _of_two(name: str, item: Item, key: GroupShare, other: GroupShare) -> Text:
    return sentence(
        name,
        key=_name(item, key.id),
        other=_name(item, other.id),
        strong_key=f"{key.strong:.0%}",
        weak_key=f"{key.weak:.0%}",
        **_percents(other),
    )


def _percents(share: GroupShare) -> dict[str, str]:
    return {"strong": f"{share.strong:.0%}", "weak": f"{share.weak:.0%}"}


def _name(item: Item, choice: str) -> Text:
    """Return what an option is called: a letter, or the word for true or false."""
    if not isinstance(item, TrueFalseItem):
        return Text(zh=f"“{choice}”", en=f"“{choice}”")
    texts = {
        language: {option.id: option.text for option in item.public(language).choices}[choice]
        for language in LANGUAGES
    }
    return Text(zh=f"“{texts['zh']}”", en=f"“{texts['en']}”")


def _preferred(option: GroupShare, other: GroupShare, group: int) -> bool:
    """Return whether the strong clearly prefer an option to another, by a sign test."""
    for_it = round(option.strong * group)
    either = round((option.strong + other.strong) * group)
    return bool(stats.binom.sf(for_it - 1, either, 0.5) <= _CHANCE)


def _negative(analyses: Mapping[Place, ItemAnalysis]) -> set[Place]:
    """Return the items whose discrimination is clearly below 0.

    A one-sided t test of each correlation; over all items the false discovery rate is held
    (Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300).
    """
    p_values = {
        place: stats.t.cdf(r * ((one.n - 2) / max(1 - r * r, 1e-12)) ** 0.5, one.n - 2)
        for place, one in analyses.items()
        if (r := one.discrimination) is not None and one.n > 2  # noqa: PLR2004
    }
    if not p_values:
        return set()
    adjusted = stats.false_discovery_control([*p_values.values()])
    return {place for place, p in zip(p_values, adjusted, strict=True) if p <= _CHANCE}


def _of_answers(one: ItemResponses, analysis: ItemAnalysis) -> Iterator[_Found]:
    """Yield what can be seen without telling strong from weak trainees."""
    n = analysis.n
    if analysis.difficulty is None or analysis.omitted is None:
        return
    if _clearly_above(EASY_FROM, analysis.difficulty, n) and analysis.difficulty >= NEARLY_ALL:
        yield "too-easy", sentence("too-easy", share=f"{analysis.difficulty:.0%}")
    elif unused := _unused(one):
        names = [_name(one.item, id_) for id_ in unused]
        options = Text(
            zh=joined((name.zh for name in names), "zh"),
            en=joined((name.en for name in names), "en"),
        )
        yield "unused", sentence("unused", n=np.sum(~one.omitted), options=options)
    if _clearly_above(MANY_OMIT, analysis.omitted, n):
        yield "omitted", sentence("omitted", share=f"{analysis.omitted:.0%}")


def _clearly_above(limit: float, share: float, n: int) -> bool:
    """Return whether a share is higher than a limit by more than chance explains.

    The exact one-sided binomial test. Shares earned by partial credit vary less than right and
    wrong, so for them it is cautious.
    """
    successes = np.floor(share * n + 1e-6)
    return bool(stats.binom.sf(successes - 1, n, limit) <= _CHANCE)


def _unused(one: ItemResponses) -> list[str]:
    """Return the wrong options that nobody chose, if chance does not explain that."""
    answered = np.sum(~one.omitted)
    if (
        not isinstance(one.item, SingleItem | MultipleItem)
        or (1 - BELIEVABLE) ** answered > _CHANCE
    ):
        return []
    return [id_ for id_, hits in one.hits.items() if id_ not in one.item.key and not hits.any()]
