"""Every question form in real Notebook 7: by keyboard alone and by mouse alone."""

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
        (Mouse, "zh", Look(400, 800, dark=True)),
        (Keyboard, "en", Look(forced_colors=True)),
    ],
    ids=["mouse-narrow", "keyboard-forced"],
)
def test_the_whole_lesson_is_answered(
    room: Room, hand: type[Mouse | Keyboard], language: Language, look: Look
) -> None:
    answer_the_whole_lesson(room, "notebook", hand, language, look)
