"""How a cohort and every item did: statistics, figures and pages for instructors.

The course's own server shows them, as an extension of Jupyter's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "clientcourse.report"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from clientcourse.report.handlers import PageHandler, Reports  # noqa: PLC0415 - slow to import

    settings = server.web_app.settings
    url = f"{settings['base_url']}clientcourse-report/"
    arguments = {"reports": Reports(Path(server.root_dir).resolve())}
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$", [(f"{re.escape(url)}(.*)", PageHandler, arguments)]
    )
    # Tells JupyterLab's extension where reports and the formgrader are, which needs a tab of its
    # own: a hub lets no page be shown inside another.
    settings.setdefault("page_config_data", {}).update(
        clientcourseReport=url, clientcourseFormgrader=f"{settings['base_url']}formgrader"
    )
