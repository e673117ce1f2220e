"""What everyone waits for at the beginning is not spent on what nobody uses."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("program", "needed"),
    [
        pytest.param(
            ["-c", "from clientcourse import Lesson; import nbformat"], "nbformat", id="lesson"
        ),
        pytest.param(
            ["-m", "clientcourse.hub.singleuser", "--version"], "jupyterhub.singleuser", id="server"
        ),
    ],
)
def test_no_grammar_of_addresses_is_built(program: list[str], needed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *program], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert needed in imported
    assert "lark" not in imported
