"""Makes a JupyterHub serve a course: only sets configuration.

Who may log in, and how servers are started, is for the hub's own configuration to say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clientcourse import course_server
from clientcourse.hub.chinese import Chinese
from clientcourse.start import DEFAULT_URL, config_folder

if TYPE_CHECKING:
    from traitlets.config import Config

    from clientcourse.language import Language

COURSE, WATCH, CULLER = "course", "grade-on-arrival", "idle-culler"
"""Names of the hub's services."""

PROXY_PID = "proxy.pid"
"""File in the hub's folder; it is gone once hub and proxy have come to their end."""

_BESIDE = Path(sys.executable).parent
_PACKAGE = Path(__file__).parents[1]
# A hub that is killed stops none of its services, and those of the next one would find their port
# and their course taken: so the system ends them with the hub. (macOS has no such thing.)
_WITH_THE_HUB = ["setpriv", "--pdeathsig", "TERM"] if sys.platform == "linux" else []
_ROUTES_SECONDS = 10
_SERVER = [sys.executable, "-m", "clientcourse.hub.singleuser"]
# Jupyter would take a log-in shell: it forgets where our commands are, and an account that nobody
# logs in to has none.
_TERMINAL = "--ServerApp.terminado_settings={'shell_command': ['bash']}"
_PATIENCE = 180  # seconds
_TRAINEES_CONFIG = Path(__file__).parent / "trainees"


@dataclass(frozen=True)
class HubCourse:
    """A course as a hub needs to know it.

    Parameters
    ----------
    root
        The course's root folder, which only the course's account can enter.
    id, language
        As in `course.yaml`.
    exchange
        nbgrader's exchange; the course's `nbgrader_config.py` has to name the same.
    instructors
        Names of those who may work in the course's folder and in formgrader.
    account
        The Unix account that owns the course's folder; `None` for that of the hub.
    port
        Where the course's own server listens on this machine.
    release_feedback
        Whether feedback goes out as soon as a submission is graded.
    """

    root: Path
    id: str
    language: Language
    exchange: Path
    instructors: frozenset[str]
    account: str | None = None
    port: int = 9999
    release_feedback: bool = True


@dataclass(frozen=True)
class Limits:
    """What each trainee's server may use; the hub's spawner has to be one that sees to it.

    Parameters
    ----------
    memory
        As JupyterHub has it: `"1G"`.
    cpus
        How many processors.
    idle_seconds
        After which a server that nobody uses is stopped. What was answered is kept.
    """

    memory: str = "1G"
    cpus: float = 1.0
    idle_seconds: int = 3600


def configure_hub(c: Config, course: HubCourse, state: Path, limits: Limits | None = None) -> None:
    """Set everything that a JupyterHub needs for a course of ours.

    Parameters
    ----------
    c
        The hub's configuration.
    state
        The hub's own folder for what it remembers; nobody else can enter it.
    """
    limits = limits or Limits()
    # For `clientcourse hub-check`.
    c.ClientCourse.course, c.ClientCourse.state = course, state
    hub = c.JupyterHub
    hub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
    hub.cookie_secret_file = str(state / "cookie_secret")
    c.ConfigurableHTTPProxy.pid_file = str(state / PROXY_PID)
    # Whoever is at work goes on, whatever becomes of the hub.
    hub.cleanup_servers = False
    # At this pace a proxy is looked after, too, that was started anew and knows no way to anyone.
    hub.last_activity_interval = _ROUTES_SECONDS
    hub.services = [_course_server(course), _watch(course), _culler(limits)]
    hub.load_roles = [
        instructor_role(course),
        {
            "name": CULLER,
            "services": [CULLER],
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        },
    ]
    hub.default_url = FirstPage(course.instructors)
    configure_pages(c, course.language)
    c.Authenticator.admin_users = set()
    _configure_servers(c, course, limits)


def configure_pages(c: Config, language: Language) -> None:
    """Let the hub's own pages (log-in, start, errors) speak the course's language."""
    if language == "zh":
        c.JupyterHub.jinja_environment_options = {"extensions": [Chinese]}


def instructor_role(course: HubCourse) -> dict[str, Any]:
    """Return the hub's role that lets instructors, and nobody else, into the course's server."""
    return {
        "name": "instructor",
        "description": "Work in the course's folder and in formgrader",
        "users": sorted(course.instructors),
        "scopes": [f"access:services!service={COURSE}"],
    }


def trainee_environment(course: HubCourse, package: Path = _PACKAGE) -> dict[str, str]:
    """Return what a trainee's server has to know.

    Parameters
    ----------
    package
        Where servers find this package, if not where the hub does.

    Returns
    -------
    dict[str, str]
        Variables of its environment.
    """
    folders = (_TRAINEES_CONFIG, config_folder(course.language))
    return {
        "JUPYTER_CONFIG_PATH": _paths(*(package / path.relative_to(_PACKAGE) for path in folders)),
        "CLIENTCOURSE_ID": course.id,
        "CLIENTCOURSE_EXCHANGE": str(course.exchange),
    }


@dataclass(frozen=True)
class FirstPage:
    """Where people come to when they have logged in."""

    instructors: frozenset[str] = field(default_factory=frozenset)

    def __call__(self, handler: Any) -> str:  # noqa: ANN401 - a handler of JupyterHub
        """Return the address for whoever asks."""
        user = handler.current_user
        base = handler.hub.base_url
        if user and user.name in self.instructors:
            return f"{base.removesuffix('hub/')}services/{COURSE}/lab"
        return f"{base}spawn" if user else f"{base}login"


def _configure_servers(c: Config, course: HubCourse, limits: Limits) -> None:
    """Set what the servers of trainees are like."""
    c.Spawner.cmd = _SERVER
    # A class that comes all at once waits longer than the hub's 30 s, but it does come in.
    c.Spawner.http_timeout = _PATIENCE
    c.Spawner.default_url = DEFAULT_URL
    c.Spawner.environment = {
        **trainee_environment(course),
        "PATH": _paths(_BESIDE, os.environ.get("PATH", os.defpath)),
    }
    c.Spawner.mem_limit = limits.memory
    c.Spawner.cpu_limit = limits.cpus
    c.Spawner.disable_user_config = True


def _course_server(course: HubCourse) -> dict[str, Any]:
    """Return the service in which instructors share the course's folder: Lab and formgrader."""
    # Only where the hub is tried out by root.
    as_root = ["--allow-root"] if course.account is None and os.getuid() == 0 else []
    return _service(
        COURSE,
        [*_SERVER, _TERMINAL, *as_root],
        course,
        url=f"http://127.0.0.1:{course.port}",
        oauth_no_confirm=True,
        environment={
            "JUPYTERHUB_DEFAULT_URL": "/lab",
            "JUPYTER_CONFIG_PATH": str(course_server.config_folder(course.language)),
        },
    )


def _watch(course: HubCourse) -> dict[str, Any]:
    """Return the service that grades what trainees hand in."""
    command = [str(_BESIDE / "clientcourse"), "--root", str(course.root), "watch"]
    return _service(WATCH, command + ["--no-release"] * (not course.release_feedback), course)


def _service(
    name: str,
    command: list[str],
    course: HubCourse,
    environment: Mapping[str, str] | None = None,
    **about: Any,  # noqa: ANN401 - what JupyterHub knows of services
) -> dict[str, Any]:
    path = _paths(_BESIDE, os.environ.get("PATH", os.defpath))
    service = {
        "name": name,
        "command": [*_WITH_THE_HUB, *command],
        "cwd": str(course.root),
        "environment": {"PATH": path, **(environment or {})},
        **about,
    }
    return {**service, "user": course.account} if course.account else service


def _culler(limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={limits.idle_seconds}"]
    return {"name": CULLER, "command": [*_WITH_THE_HUB, *command]}


def _paths(*folders: Path | str) -> str:
    return os.pathsep.join(map(str, folders))
