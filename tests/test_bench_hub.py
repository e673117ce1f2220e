"""The bench of the hub in its short form: two trainees, a few clicks."""

from __future__ import annotations

import asyncio
import os

import pytest

from bench.hub import Pace, observe
from tests.conftest import TOY
from tests.hub import TRAINEES, course_hub


@pytest.mark.path
def test_trainees_work_on_a_hub_and_every_click_is_found_again() -> None:
    if os.getuid() != 0:
        message = "only root can make accounts"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with course_hub(TOY, "en") as hub:
        seen = asyncio.run(observe(hub, TRAINEES, Pace(arrival=0, pause=(0, 0.1), clicks=3)))
    assert seen["saved_clicks"] == 6
    assert [value for name, value in seen.items() if name.startswith(("failed", "lost"))] == [0] * 5
    assert min(seen[name] for name in ("server_mb", "kernel_mb", "hub_mb")) > 0
