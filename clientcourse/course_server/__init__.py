"""The course's own server, in which instructors work: JupyterLab, formgrader and the report.

`config_folder` is what makes a Jupyter server this one: put it on `JUPYTER_CONFIG_PATH`. The server
then has a gradebook before anyone opens formgrader in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.errors import CourseError

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from clientcourse.language import Language


def config_folder(language: Language) -> Path:
    """Return the server's configuration folder, in the language of its JupyterLab."""
    return Path(__file__).parent / language


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "clientcourse.course_server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415 - slow to import

    from clientcourse.grading.configured import configuration  # noqa: PLC0415
    from clientcourse.grading.gradebook import make_gradebook  # noqa: PLC0415

    root = Path(server.root_dir).resolve()
    try:
        # Formgrader would make it with its first page, just when grading on arrival does, too; the
        # page would then wait for a list that never comes.
        make_gradebook(root, CourseDirectory(config=configuration(root)))
    except CourseError as error:
        server.log.warning("%s", error)  # everything but formgrader works
