"""Chance with names: every draw has a generator of its own, whatever else is drawn before it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np


def chance(seed: int, *about: str) -> np.random.Generator:
    """Return the generator of one thing: always the same numbers for the same seed and names.

    Parameters
    ----------
    seed
        Of the whole simulation, not negative.
    about
        What is drawn and for whom, such as `"answer", "sim-0001", "first-response"`.
    """
    digest = hashlib.sha256("\0".join(about).encode()).digest()
    key = [int(word) for word in np.frombuffer(digest, dtype="<u4")]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def drawn(weights: Sequence[float], luck: np.random.Generator) -> int:
    """Return a place in a list, each as probable as its weight has it.

    Parameters
    ----------
    weights
        Positive; they need not add up to one.
    """
    sums = np.cumsum(weights)
    return int(np.searchsorted(sums, luck.random() * sums[-1], side="right"))
