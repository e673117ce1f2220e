"""The trainee's start page, and a JupyterLab that does not get in the way.

`config_folder` is all that a server needs: put the folder on `JUPYTER_CONFIG_PATH`. Nothing is
written into anyone's home, and it makes no difference how the package was installed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clientcourse.language import LANGUAGES, Language

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

DEFAULT_URL = "/clientcourse/"
"""What a trainee's server opens first: its `default_url`."""

_LAB = Path(__file__).parent / "lab"
LAB_EXTENSIONS = _LAB / "extensions"
"""Holds JupyterLab's part of the pages of ours."""


def config_folder(language: Language) -> Path:
    """Return the configuration folder of a trainee's server, for `JUPYTER_CONFIG_PATH`.

    It serves the start page, puts JupyterLab into a language and leaves out of it what only
    programmers need.
    """
    return _LAB / language


def configure(c: Config, language: Language) -> None:
    """Set what cannot stand in JSON: called by the `jupyter_server_config.py` of each folder."""
    c.StartPage.language = language
    c.LabApp.extra_labextensions_path = [str(LAB_EXTENSIONS)]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "clientcourse.start"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from clientcourse.start.exchange import Exchange  # noqa: PLC0415 - only servers need it
    from clientcourse.start.handlers import (  # noqa: PLC0415
        ActionHandler,
        ShowingHandler,
        StartHandler,
    )

    settings = server.web_app.settings
    url = f"{settings['base_url']}clientcourse/"
    pattern = re.escape(url)
    arguments: dict[str, Any] = {
        "exchange": Exchange(Path(server.root_dir).resolve()),
        "default": server.config.StartPage.get("language", LANGUAGES[0]),
    }
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$",
        [
            (f"{pattern}?", StartHandler, arguments),
            (f"{pattern}(begin|hand-in|feedback)", ActionHandler, arguments),
            (f"{pattern}showing", ShowingHandler, arguments),
        ],
    )
    # Tells JupyterLab's extension that there is a start page, and where.
    settings.setdefault("page_config_data", {})["clientcourseStart"] = url
