"""Which options of an item behave like a right answer, and whether these are its key.

A right answer is one that is chosen the more often, the more a trainee knows. Several *readings* of
an item are held against the answers: that the key alone is right (as it should be), that another
option is right in its place (a wrong key), and that the key and another option are both right (an
ambiguous item). Every reading is the same small response model:

- whether a trainee chooses something right follows a two-parameter logistic curve of ability
  (Birnbaum 1968, in Lord & Novick, Statistical Theories of Mental Test Scores), rising;
- which of the right and which of the wrong options is chosen does not depend on ability. This is
  the nested logit model of Suh & Bolt (2010, Psychometrika 75, 454-473) with level distractors.

Ability is estimated by the score on all other items, as normal scores (van der Waerden): only the
order of the trainees counts, so that a few who stopped half-way do not decide. A reading's evidence
is the probability of the answers under it, averaged over what is usual for slopes, difficulties and
popularity of options (Kass & Raftery 1995, Journal of the American Statistical Association 90,
773-795). So chance is reckoned with in cohorts of every size: a few answers cannot carry a reading
far from where it stood before.

Where it stood before is what keeps a look at many items from raising many false alarms: flaws are
rare, and an item must overcome that by its own answers (the local false discovery rate of Efron,
Tibshirani, Storey & Tusher 2001, Journal of the American Statistical Association 96, 1151-1160).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, log_expit, logsumexp, ndtri
from scipy.stats import norm, rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clientcourse.report.responses import Flags, Floats

WRONG_KEY_BEFORE, AMBIGUOUS_BEFORE = 0.02, 0.10
"""How many items have a wrong key, and two right answers, before their answers are seen.

A house assumption for items in their first runs: one in fifty, one in ten.
"""

# What is usual: slopes around 1, between 0.4 and 2.7; most difficulties between -3 and 3.
_STEPS = np.linspace(-2, 2, 5)
_SLOPES, _DIFFICULTIES = np.exp(0.5 * _STEPS), np.linspace(-4, 4, 17)
_WEIGHTS = norm.logpdf(_STEPS)[:, None] + norm.logpdf(_DIFFICULTIES, scale=1.5)
_LOG_PRIOR = (_WEIGHTS - logsumexp(_WEIGHTS)).ravel()

_ANY_SHARES, _EVEN_SHARES = 1.0, 5.0  # concentration: all splits alike, splits around the middle


@dataclass(frozen=True)
class KeyEvidence:
    """How probable it is, given the answers, that a key is not what it should be.

    Parameters
    ----------
    wrong_key
        Probability that another option is right in place of the key.
    instead
        Position of that option among the other options, if so.
    ambiguous
        Probability that another option is right as well.
    beside
        Position of that option among the other options, if so.
    """

    wrong_key: float
    instead: int
    ambiguous: float
    beside: int


def normal_scores(rest: Floats) -> Floats:
    """Return scores as standard normal quantiles of their ranks; equal scores stay equal."""
    scores: Floats = ndtri((rankdata(rest) - 0.5) / len(rest))
    return scores


class ResponseCurves:
    """Logistic curves of all usual slopes and difficulties, for the trainees of one item.

    Parameters
    ----------
    ability
        Of each trainee, in standard units.
    """

    def __init__(self, ability: Floats) -> None:
        logits = _SLOPES[:, None, None] * (ability - _DIFFICULTIES[:, None])
        logits = logits.reshape(-1, len(ability))
        self._right = log_expit(logits)
        self._not_right = self._right - logits  # the logarithm of 1 - expit

    def evidence(self, right: Flags) -> float:
        """Return the log probability that just these trainees choose something right."""
        chosen = right.astype(float)
        fits = self._right @ chosen + self._not_right @ (1 - chosen)
        return float(logsumexp(fits + _LOG_PRIOR))


def key_evidence(ability: Floats, key: Flags, others: Sequence[Flags]) -> KeyEvidence:
    """Return what the answers to an item say about its key.

    Parameters
    ----------
    ability
        Of each trainee, as `normal_scores`.
    key
        Who chose the key.
    others
        Who chose each other option. Of two options only one can be right. Who chose none has
        chosen nothing right.
    """
    curves = ResponseCurves(ability)
    none = ~np.any([key, *others], axis=0)
    wrong = [*others, none] if none.any() else [*others]
    sound = curves.evidence(key) + _split(wrong, _ANY_SHARES)
    instead = [
        curves.evidence(other) + _split([key, *_without(wrong, at)], _ANY_SHARES)
        for at, other in enumerate(others)
    ]
    beside = [
        curves.evidence(key | other)
        + _split([key, other], _EVEN_SHARES)
        + _split(_without(wrong, at), _ANY_SHARES)
        for at, other in enumerate(others)
        if len(others) > 1
    ]
    ambiguous_before = AMBIGUOUS_BEFORE if beside else 0.0
    logs = np.array([sound, *instead, *beside])
    before = np.array(
        [
            1 - WRONG_KEY_BEFORE - ambiguous_before,
            *[WRONG_KEY_BEFORE / len(instead)] * len(instead),
            *[ambiguous_before / max(len(beside), 1)] * len(beside),
        ]
    )
    after = before * np.exp(logs - logs.max())
    after /= after.sum()
    of_instead, of_beside = after[1 : 1 + len(instead)], after[1 + len(instead) :]
    return KeyEvidence(
        wrong_key=float(of_instead.sum()),
        instead=int(np.argmax(of_instead)),
        ambiguous=float(of_beside.sum()),
        beside=int(np.argmax(of_beside)) if beside else 0,
    )


def _without(options: Sequence[Flags], at: int) -> list[Flags]:
    return [*options[:at], *options[at + 1 :]]


def _split(options: Sequence[Flags], concentration: float) -> float:
    """Return the log probability of how trainees spread over options, averaged over all shares.

    The shares have a symmetric Dirichlet distribution.
    """
    counts = np.array([option.sum() for option in options], dtype=float)
    whole = concentration * len(counts)
    return float(
        gammaln(whole)
        - gammaln(whole + counts.sum())
        + (gammaln(concentration + counts) - gammaln(concentration)).sum()
    )
