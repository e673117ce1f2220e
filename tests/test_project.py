"""The project's own files agree with each other."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()


def name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def test_every_dependency_is_locked_to_one_version() -> None:
    extras = PROJECT["optional-dependencies"].values()
    wanted = {name(r) for group in [PROJECT["dependencies"], *extras] for r in group}
    locked = {name(line) for line in LOCK.splitlines() if "==" in line}
    assert wanted - {PROJECT["name"]} <= locked


def test_the_lock_names_no_host() -> None:
    assert not re.search(r"://|index-url|find-links", LOCK)


def test_the_conda_environment_installs_this_package_with_the_same_versions() -> None:
    environment = (ROOT / "environment.yml").read_text()
    assert "--constraint requirements.lock" in environment
    assert "--editable .[grading]" in environment
