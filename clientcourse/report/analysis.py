"""Item analysis by the book: how well each item, and each set of them, tells trainees apart.

What every figure means and where it comes from is said in `definitions.py`, to be printed beside
it. What has no value (nobody varies, a single item, fewer than two trainees) is `None`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from clientcourse.report import statistics
from clientcourse.report.flags import Flag, find_flags, find_notes
from clientcourse.report.responses import ItemResponses, Place, responses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clientcourse.grading.results import ItemResult
    from clientcourse.items import Item
    from clientcourse.language import Text
    from clientcourse.report.responses import Flags, Floats

GROUP = 0.27
"""Share of the trainees who are the strong, and the weak.

With this share the two groups differ most clearly for their size (Kelley 1939, Journal of
Educational Psychology 30, 17-24).
"""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class GroupShare:
    """How many of the strong and of the weak trainees took one choice.

    Parameters
    ----------
    id
        Of the choice, as in `statistics.ChoiceShare`.
    key
        Whether it belongs to the key; only options can be wrong.
    strong, weak
        Share of the group, 0 to 1; who left the item open is part of the group.
    """

    id: str
    key: bool
    strong: float
    weak: float


@dataclass(frozen=True)
class ItemAnalysis:
    """How an item did its work.

    Parameters
    ----------
    n
        Trainees who worked on the item's lesson and whose points on it are settled; all figures
        are of these.
    difficulty
        As in `statistics.ItemStatistics`.
    discrimination
        Correlation (Pearson's, so that partial credit counts) of the points on the item with those
        on all other items, -1 to 1: the item-rest or corrected item-total correlation, free of the
        item's correlation with itself (Henrysson 1963, Psychometrika 28, 211-218).
    omitted
        Share who gave no answer; for the difficulty that counts as 0.
    group
        Size of the group of the strong, and of the weak: 27 % of `n` (Kelley 1939), rounded, at
        least one; 0 where there are none.
    shares
        For every choice, how many of the strong and of the weak took it. They are those with the
        most and the fewest points on all other items. If some with equal points fit into a group
        only in part, each of them counts in part, so that no order of names decides.
    """

    lesson: str
    item: str
    n: int
    difficulty: float | None
    discrimination: float | None
    omitted: float | None
    group: int
    shares: tuple[GroupShare, ...]


@dataclass(frozen=True)
class Reliability:
    """How far the scores on a set of items would come out the same on other items of their kind.

    Parameters
    ----------
    n
        Trainees who answered something in the set.
    items
        Items in the set whose points are settled for everyone.
    alpha
        Cronbach's alpha of the points (1951, Psychometrika 16, 297-334), at most 1. If all items
        are right or wrong and worth the same, it is KR-20 (Kuder & Richardson 1937, Psychometrika
        2, 151-160).
    low, high
        Its 95 % confidence interval (Feldt 1965, Psychometrika 30, 357-370).
    sem
        Standard error of measurement in points: standard deviation of the scores times the root of
        1 - alpha (Crocker & Algina 1986, chapter 6). An alpha below 0 counts as 0 here.
    """

    n: int
    items: int
    alpha: float | None
    low: float | None
    high: float | None
    sem: float | None


@dataclass(frozen=True)
class Analysis:
    """The item analysis of a module.

    Parameters
    ----------
    n
        Trainees who answered something.
    left_out
        Trainees who handed in but answered nothing; they are in no figure.
    items
        By lesson and id of the item, in the order of the course.
    reliability
        Of all items together.
    lessons
        Reliability of each lesson.
    flags
        What is worth a look, in the order of the items; the most serious of an item first.
    notes
        What is to be said of the analysis as a whole, before its figures are read.
    """

    n: int
    left_out: int
    items: Mapping[Place, ItemAnalysis]
    reliability: Reliability
    lessons: Mapping[str, Reliability]
    flags: tuple[Flag, ...]
    notes: tuple[Text, ...]


def analyse(results: Sequence[ItemResult], items: Mapping[str, Sequence[Item]]) -> Analysis:
    """Analyse the items of a module.

    Parameters
    ----------
    results
        One for every trainee who submitted and every graded item.
    items
        The module's graded items by lesson, in the order of the course.

    Examples
    --------
    >>> analyse([], {"nine-steps": []}).reliability.alpha is None
    True
    """
    cohort = responses(results, items)
    analyses = {(one.lesson, one.item.id): _item_analysis(one) for one in cohort.items}
    whole = reliability(cohort.settled)
    return Analysis(
        n=cohort.n,
        left_out=cohort.left_out,
        items=analyses,
        reliability=whole,
        lessons={lesson: reliability(points) for lesson, points in cohort.by_lesson.items()},
        flags=find_flags(cohort.items, analyses, whole),
        notes=find_notes(cohort, whole),
    )


def reliability(points: Floats) -> Reliability:
    """Return the reliability of a set of items.

    Parameters
    ----------
    points
        One row for each trainee, one column for each item.
    """
    n, k = points.shape
    totals = points.sum(axis=1)
    if n < 2 or k < 2 or np.isclose(np.ptp(totals), 0):  # noqa: PLR2004
        return Reliability(n, k, None, None, None, None)
    spread = totals.var(ddof=1)
    alpha = k / (k - 1) * (1 - points.var(axis=0, ddof=1).sum() / spread)
    tail = (1 - CONFIDENCE) / 2
    # (1 - true alpha) / (1 - alpha) follows an F distribution.
    upper, lower = stats.f.isf([tail, 1 - tail], n - 1, (n - 1) * (k - 1))
    return Reliability(
        n=n,
        items=k,
        alpha=float(alpha),
        low=float(1 - (1 - alpha) * upper),
        high=float(1 - (1 - alpha) * lower),
        sem=math.sqrt(spread * (1 - min(max(alpha, 0.0), 1.0))),
    )


def _item_analysis(one: ItemResponses) -> ItemAnalysis:
    n = len(one.points)
    group = max(1, round(GROUP * n)) if n > 1 and one.rest is not None else 0
    return ItemAnalysis(
        lesson=one.lesson,
        item=one.item.id,
        n=n,
        difficulty=statistics.difficulty(one.results),
        discrimination=_correlation(one.points, one.rest),
        omitted=float(one.omitted.mean()) if n else None,
        group=group,
        shares=_group_shares(one, group),
    )


def _correlation(points: Floats, rest: Floats | None) -> float | None:
    if rest is None or len(points) == 0 or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(points, rest)[0, 1])


def _group_shares(one: ItemResponses, group: int) -> tuple[GroupShare, ...]:
    if one.rest is None or not group:
        return ()
    strong, weak = _belonging(one.rest, group), _belonging(-one.rest, group)

    def share(hits: Flags, weights: Floats) -> float:
        return float(weights @ hits) / group

    return tuple(
        GroupShare(id_, statistics.is_key(one.item, id_), share(hits, strong), share(hits, weak))
        for id_, hits in one.hits.items()
    )


def _belonging(scores: Floats, group: int) -> Floats:
    """Return how far each trainee belongs to the group of the highest scores, 0 to 1."""
    edge = np.sort(scores)[-group]
    above, at_edge = scores > edge, scores == edge
    belonging: Floats = above + at_edge * (group - above.sum()) / at_edge.sum()
    return belonging
