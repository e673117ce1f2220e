"""The server that instructors share, as it starts on a course nobody has graded in yet."""

from __future__ import annotations

import shutil
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from clientcourse.course_server import config_folder
from tests.conftest import ROOT, TOY
from tests.lab import SECONDS, jupyter_lab


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(TOY, tmp_path / "toy"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def test_there_is_a_gradebook_before_anyone_opens_formgrader(course: Path, tmp_path: Path) -> None:
    with jupyter_lab(course, tmp_path / "lab", "teacher", config=str(config_folder("en"))):
        # nbgrader writes this one last.
        with sqlite3.connect(course / "gradebook.db") as gradebook:
            assert gradebook.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        gradebook.close()


def test_without_its_database_the_server_says_so_and_serves(course: Path, tmp_path: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write('c.CourseDirectory.db_url = "sqlite:////nowhere/gradebook.db"\n')
    with (
        jupyter_lab(course, tmp_path / "lab", "teacher", config=str(config_folder("en"))) as lab,
        pytest.raises(urllib.error.HTTPError) as refused,
    ):
        urllib.request.urlopen(f"{lab.url}clientcourse-report/", timeout=SECONDS)  # noqa: S310
    assert refused.value.code == 503
    assert "There is no gradebook /nowhere/gradebook.db" in refused.value.read().decode()
    said = (tmp_path / "lab" / "lab.log").read_text()
    assert "The gradebook's database cannot be used: unable to open database file" in said
