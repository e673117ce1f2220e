"""Writes down what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.conftest import ROOT


def write_figures(name: str, figures: Mapping[str, Any]) -> None:
    """Write figures to `build/bench/<name>.json` and print them."""
    path = ROOT / "build" / "bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")
    print(f"{path}: {dict(figures)}")  # noqa: T201
