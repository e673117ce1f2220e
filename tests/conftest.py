"""Fixtures: a toy course with every kind of item, built once, and folders to work in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_bank
from clientcourse.items import Bank
from clientcourse.lesson import Lesson
from tests.lab import Lab, chromium, jupyter_lab

pytest_plugins = ["tests.gallery"]
# What its assertions compare is to be told, too.
pytest.register_assert_rewrite("tests.hostile")

ROOT = Path(__file__).parent.parent
TOY = Path(__file__).parent / "toy"


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep Jupyter's files of the tests apart from those of whoever runs them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        (home / name.lower()).mkdir()
        os.environ[name] = str(home / name.lower())
    os.environ["JUPYTERHUB_USER"] = "lin"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let what hostile submissions log pass to another process: in whole characters only."""
    report = yield
    report.sections = [
        (name, text.encode(errors="replace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: every window has a context of its own."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab with the released course in it, as the trainee lin has it."""
    folder = tmp_path_factory.mktemp("released")
    shutil.copytree(ROOT / "release", folder / "desk")
    with jupyter_lab(folder / "desk", folder / "lab", "lin") as running:
        yield running


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A toy course of one's own, to be changed at will."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The items of the toy course's first lesson."""
    return load_bank(TOY, "greeting", "first-call")


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    write(build(TOY), folder)
    return folder / "greeting"


@pytest.fixture
def desk(_built: Path, tmp_path: Path) -> Path:
    """A trainee's folder with the toy module in it."""
    return Path(shutil.copytree(_built, tmp_path / "desk"))


@pytest.fixture
def lesson(desk: Path) -> Lesson:
    """The toy course's first lesson, opened by the trainee lin."""
    return Lesson("first-call", desk)
