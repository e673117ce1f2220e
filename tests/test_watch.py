"""`clientcourse watch`: from handing in to feedback, with nobody at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.arrivals import Place, Trainee, place_in, watching
from tests.test_path import gradebook_score, text_of

pytestmark = pytest.mark.path


@pytest.fixture(scope="module")
def _released(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_in(tmp_path_factory.mktemp("released") / "place")


@pytest.fixture
def place(_released: Place, tmp_path: Path) -> Place:
    """A released course into which nobody has handed in anything yet."""
    return _released.copy(tmp_path / "place")


def test_what_is_handed_in_comes_back_as_feedback(place: Place) -> None:
    ann = Trainee("ann", place)
    with watching(place) as watcher:
        watcher.expect("Watching")
        ann.hand_in()
        watcher.expect("ann", "greeting", "feedback released")
        [page] = ann.fetched_feedback()
        assert watcher.end() == 0
        print(watcher.said)
    assert ann.sees_feedback() == [True]
    assert "hidden reason gamma" in text_of(page)
    assert gradebook_score(place.course, "ann") == 8
