"""The bench of the hub in its short form: two trainees, a few clicks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.hub import Pace, observe
from tests.conftest import TOY
from tests.hub import TRAINEES, course_hub, skip_unless_root


@pytest.mark.path
def test_trainees_work_on_a_hub_and_every_click_is_found_again() -> None:
    skip_unless_root()
    pace = Pace(arrival=0, pause=(0, 0.1), clicks=3)
    # In a thread of its own, as Playwright keeps a loop running in this one.
    with course_hub(TOY, "en") as hub, ThreadPoolExecutor(1) as beside:
        seen = beside.submit(asyncio.run, observe(hub, TRAINEES, pace)).result()
    assert seen["saved_clicks"] == 6
    assert [value for name, value in seen.items() if name.startswith(("failed", "lost"))] == [0] * 5
    assert min(seen[name] for name in ("server_mb", "kernel_mb", "hub_mb")) > 0
