"""What is configured for a course: the one reading of it, and the same as nbgrader's."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, ConfigFileNotFound, PyFileConfigLoader

_FILE = "nbgrader_config.py"


def configuration(root: Path) -> Config:
    """Return what nbgrader's commands find in a course's folder.

    That is what is set in Jupyter's own configuration folders, for the machine or for whoever
    grades, and what the course's own file says in addition or instead.

    Parameters
    ----------
    root
        The course's root folder, with `nbgrader_config.py`.
    """
    config = Config()
    for folder in reversed(jupyter_config_path()):
        with contextlib.suppress(ConfigFileNotFound):
            config.merge(PyFileConfigLoader(_FILE, path=folder).load_config())
    config.merge(PyFileConfigLoader(_FILE, path=str(root)).load_config())
    return config


def db_url_of(root: Path) -> str:
    """Return the gradebook of a course."""
    return str(CourseDirectory(config=configuration(root)).db_url)
