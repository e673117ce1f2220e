"""Makes `release/`, what trainees get, from `source/` through nbgrader itself."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from clientcourse.errors import CourseError
from clientcourse.grading.config import configure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clientcourse.language import Language


class ReleaseError(CourseError):
    """nbgrader could not make the release version of a module."""


def release(
    root: Path, modules: Sequence[str], source: Path, language: Language | None = None
) -> dict[Path, bytes]:
    """Return every file of `release/` by its path below that folder.

    nbgrader works in a temporary folder with a gradebook of its own, so no real gradebook changes.

    Parameters
    ----------
    root
        The course's root folder.
    modules
        Ids of the modules.
    source
        The built `source/` folder.
    language
        Language it was built in; the course's own if not given.

    Raises
    ------
    ReleaseError
        If nbgrader refuses a module.
    """
    config = Config()
    configure(config, root, language)
    with tempfile.TemporaryDirectory(prefix="clientcourse-release-") as name:
        work = Path(name)
        config.CourseDirectory.root = str(work)
        config.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
        for module in modules:
            shutil.copytree(source / module, work / "source" / module)
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        for module in modules:
            result = api.generate_assignment(module)
            if not result["success"]:
                raise ReleaseError(f"nbgrader did not release {module}:\n{result['log']}")
        released = work / "release"
        return {
            path.relative_to(released): path.read_bytes()
            for path in released.rglob("*")
            if path.is_file()
        }
