"""Every question form in real JupyterLab: by keyboard alone and by mouse alone."""

from __future__ import annotations

import pytest

from clientcourse.language import Language
from tests.gallery import Look, Room
from tests.hands import Keyboard, Mouse
from tests.walk import answer_the_whole_lesson

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("hand", "language", "look"),
    [
        (Mouse, "en", Look()),
        # As a window of 1300 x 900 is at 200 % zoom.
        (Keyboard, "zh", Look(650, 450, dark=True, still=True)),
    ],
    ids=["mouse", "keyboard-zoomed"],
)
def test_the_whole_lesson_is_answered(
    room: Room, hand: type[Mouse | Keyboard], language: Language, look: Look
) -> None:
    answer_the_whole_lesson(room, "lab", hand, language, look)
