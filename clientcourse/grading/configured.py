"""What is configured for a course: the one reading of it, and the same as nbgrader's."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, ConfigFileNotFound, PyFileConfigLoader

from clientcourse.errors import CourseError

_FILE = "nbgrader_config.py"


def configuration(root: Path) -> Config:
    """Return what nbgrader's commands find in a course's folder.

    That is what is set in Jupyter's own configuration folders, for the machine or for whoever
    grades, and what the course's own file says in addition or instead.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.

    Raises
    ------
    CourseError
        If it has no `nbgrader_config.py`; most often it is another folder.
    """
    if not (root / _FILE).exists():
        raise CourseError(
            f"There is no {_FILE} in {root}; run this in the course's folder, or name it with "
            "--root."
        )
    config = Config()
    for folder in reversed(jupyter_config_path()):
        with contextlib.suppress(ConfigFileNotFound):
            config.merge(PyFileConfigLoader(_FILE, path=folder).load_config())
    config.merge(PyFileConfigLoader(_FILE, path=str(root)).load_config())
    return config


def db_url_of(root: Path) -> str:
    """Return the gradebook of a course."""
    return str(CourseDirectory(config=configuration(root)).db_url)
