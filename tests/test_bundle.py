"""What the browser gets of each widget: one module without clashes and without outside requests."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from clientcourse.widgets.progress import ProgressWidget
from clientcourse.widgets.quiz import QuizWidget
from clientcourse.widgets.scenario import ScenarioWidget

MODULES = [QuizWidget._esm, ScenarioWidget._esm, ProgressWidget._esm]
IDS = ["quiz", "scenario", "progress"]


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_no_name_is_used_twice(module: str) -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", module, re.MULTILINE)
    assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_nothing_is_left_to_import_and_one_thing_exported(module: str) -> None:
    assert re.findall(r"^(?:import|export) .*", module, re.MULTILINE) == [
        "export default { render };"
    ]


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_nothing_comes_from_outside(module: str) -> None:
    outside = r"https?://(?!www\.w3\.org/)|\bfetch\(|@import|url\((?!\\?[\"']?data:)"
    assert re.findall(outside, module) == []
