"""Whose turn it is to run trainee code, where several graders share a machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager

_turn: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext


def take_turns(turn: Callable[[], AbstractContextManager[None]]) -> None:
    """Let this process run trainee code only in turns that it is given.

    Parameters
    ----------
    turn
        Waits on entry until it is this process's turn, and gives it on at the end.
    """
    global _turn  # noqa: PLW0603 - one a process, for as long as the process lives
    _turn = turn


def turn() -> AbstractContextManager[None]:
    """Return what waits for this process's turn; a process that takes none goes on at once."""
    return _turn()
