"""A hub for trying out, on which everyone is the same account of the machine."""

from __future__ import annotations

import pwd

import pytest
from nbgrader.utils import get_username

from clientcourse.hub import singleuser, try_out_server


def test_nbgrader_knows_a_trainee_by_the_name_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []
    monkeypatch.setattr(singleuser, "main", lambda: known.append(get_username()))
    monkeypatch.setattr(pwd, "getpwuid", pwd.getpwuid)  # put back in the end
    monkeypatch.setenv("JUPYTERHUB_USER", "chen")
    try_out_server.main()
    assert known == ["chen"]
