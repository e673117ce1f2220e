"""Tells what is wrong with a hub of an institution, before the first trainee meets it."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

from jupyterhub.app import JupyterHub
from jupyterhub.auth import DummyAuthenticator, NullAuthenticator
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from jupyterhub.spawner import LocalProcessSpawner
from traitlets import TraitError
from traitlets.config import Config, PyFileConfigLoader

from clientcourse.authoring.load import load_course
from clientcourse.errors import CourseError
from clientcourse.hub.configure import HubCourse

_OPEN_TO_ALL = (DummyAuthenticator, SharedPasswordAuthenticator, NullAuthenticator)
_ADDRESS = ("bind_url", "ip", "port", "base_url", "ssl_cert")
_LIKE_TMP = 0o1777
_CHANGE_ME = "CHANGE-ME"
# Run by the course's account: what is in its folder is not for root to run.
_ASK_NBGRADER = """
import json, sys
from clientcourse.grading.configured import configuration
c = configuration(__import__("pathlib").Path(sys.argv[1]))
print(json.dumps([c.CourseDirectory.get("course_id"), c.Exchange.get("root")]))
"""
_ASK_SANDBOX = """
from clientcourse.grading.sandbox.parent import WarmParent
WarmParent().wait()
"""


class NoHubConfig(CourseError):
    """The file is no configuration of a hub of ours."""


def findings(config_file: Path) -> Iterator[str]:
    """Look at an installation from all sides.

    Parameters
    ----------
    config_file
        The hub's `jupyterhub_config.py`. It is run, as the hub does it.

    Yields
    ------
    str
        What is wrong, and what to do about it.

    Raises
    ------
    NoHubConfig
        If there is no such file or it does not call `configure_hub`.
    """
    if not config_file.exists():
        raise NoHubConfig(f"{config_file} does not exist.")
    c = PyFileConfigLoader(config_file.name, str(config_file.parent)).load_config()
    course = c.ClientCourse.get("course")
    if not isinstance(course, HubCourse):
        raise NoHubConfig(f"{config_file} does not call clientcourse.hub.configure.configure_hub.")
    yield from _people(c, course)
    yield from _servers(c)
    yield from _address(c)
    yield from _proxy(c)
    yield from _program()
    yield from _hub_folder(Path(c.ClientCourse.state))
    try:
        account = pwd.getpwnam(course.account) if course.account else pwd.getpwuid(os.getuid())
    except KeyError:
        yield f"There is no account {course.account}: adduser --system --group {course.account}"
        return
    yield from _course(course, account)
    yield from _exchange(course, account)
    yield from _sandbox(account)


def _people(c: Config, course: HubCourse) -> Iterator[str]:
    yield from _class(
        c,
        "authenticator_class",
        _OPEN_TO_ALL,
        "Whoever knows one password can log in as anyone: set c.JupyterHub.authenticator_class "
        "to your institution's log-in.",
    )
    if _CHANGE_ME in course.instructors or not course.instructors:
        yield "No instructor is named: set INSTRUCTORS to their log-in names."
    others = [
        value
        for section in c.values()
        for name, value in section.items()
        if name.startswith(("allow_", "allowed_")) and value and value != set(course.instructors)
    ]
    if not others:
        yield "Only instructors may log in: see c.Authenticator.allowed_users or allow_all."


def _servers(c: Config) -> Iterator[str]:
    yield from _class(
        c,
        "spawner_class",
        (LocalProcessSpawner,),
        "Nothing holds trainees' servers to their limits of memory and processors: set "
        'c.JupyterHub.spawner_class = "systemd", or another that does.',
    )


def _class(c: Config, name: str, unfit: tuple[type, ...], finding: str) -> Iterator[str]:
    """Tell if a class that the hub is to use cannot be had, or is not for real trainees."""
    try:
        chosen = getattr(_hub(c, name), name)
    except (TraitError, ImportError):
        yield (
            f"The hub cannot start with c.JupyterHub.{name} = {c.JupyterHub[name]!r}: correct it, "
            f"or install what it belongs to with {sys.prefix}/bin/pip."
        )
        return
    if issubclass(chosen, unfit):
        yield finding


def _address(c: Config) -> Iterator[str]:
    try:
        address = urlparse(_hub(c, *_ADDRESS).bind_url)
    except TraitError as error:
        yield f"The hub cannot start: {error}"
        return
    if address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield (
            f"Passwords and answers travel unencrypted to {address.geturl()}: listen to 127.0.0.1 "
            "and let a web server with a certificate stand in front, or set "
            "c.JupyterHub.ssl_cert and ssl_key."
        )


def _proxy(c: Config) -> Iterator[str]:
    proxy = c.ConfigurableHTTPProxy
    if not proxy.get("should_start", True):
        if not (proxy.get("auth_token") or os.environ.get("CONFIGPROXY_AUTH_TOKEN")):
            yield (
                "The hub cannot talk to its proxy: both need the same CONFIGPROXY_AUTH_TOKEN in "
                "their environment."
            )
        return
    program = proxy.get("command", ["configurable-http-proxy"])[0]
    if not shutil.which(program):
        yield f"There is no {program}: npm install -g configurable-http-proxy"


def _program() -> Iterator[str]:
    for path in {Path(sys.prefix), Path(sys.executable).resolve()}:
        for folder in [path, *path.parents]:
            if not folder.stat().st_mode & stat.S_IXOTH:
                yield (
                    f"Trainees cannot run Python: {folder} is closed to them. Install it and the "
                    "package where everyone can enter, in /opt for example."
                )
                return


def _hub_folder(state: Path) -> Iterator[str]:
    if not state.is_dir():
        yield f"{state} does not exist: install -d -m 700 {state}"
    elif state.stat().st_mode & 0o077:
        yield f"Others can look into {state}, where the hub keeps its secrets: chmod 700 {state}"


def _course(course: HubCourse, account: pwd.struct_passwd) -> Iterator[str]:
    root = course.root
    if not (root / "course" / "course.yaml").exists():
        yield f"There is no course in {root}."
        return
    if root.stat().st_uid != account.pw_uid:
        yield f"{root} belongs to someone else: chown -R {account.pw_name}: {root}"
    if root.stat().st_mode & 0o077:
        yield f"Trainees can look into {root}, where the keys are: chmod 700 {root}"
    about = load_course(root)
    for name, here in (("id", course.id), ("language", course.language)):
        if getattr(about, name) != here:
            yield f"course.yaml says {name}: {getattr(about, name)}, the hub says {here}."
    asked = _as(account, _ASK_NBGRADER, str(root))
    if asked.returncode:
        yield f"{root}/nbgrader_config.py cannot be read: {_last_line(asked.stderr)}"
        return
    course_id, exchange = json.loads(asked.stdout)
    if course_id != course.id or exchange != str(course.exchange):
        yield (
            f"{root}/nbgrader_config.py names the course {course_id} and the exchange {exchange}, "
            f"the hub {course.id} and {course.exchange}: after configure(…), set c.Exchange.root."
        )


def _exchange(course: HubCourse, account: pwd.struct_passwd) -> Iterator[str]:
    exchange = course.exchange
    if not exchange.is_dir():
        yield f"{exchange} does not exist: install -d -m 1777 {exchange}"
        return
    if stat.S_IMODE(exchange.stat().st_mode) != _LIKE_TMP:
        yield f"nbgrader needs {exchange} to be like /tmp: chmod 1777 {exchange}"
    ours = exchange / course.id
    if not ours.is_dir():
        yield (
            f"{ours} does not exist, and any trainee could be the first to make it: "
            f"install -d -o {account.pw_name} -m 755 {ours}"
        )
    elif ours.stat().st_uid != account.pw_uid:
        yield f"{ours} belongs to someone else than {account.pw_name}: find out who made it."
    inbound = ours / "inbound"
    if inbound.is_dir() and inbound.stat().st_mode & stat.S_IROTH:
        yield f"Trainees can list what others have handed in: chmod o-r {inbound}"
    if not (inbound.is_dir() and inbound.stat().st_mode & stat.S_ISVTX):
        # nbgrader makes it without, as soon as something is released.
        yield (
            "Who learns what another's submission is called could put something else in its place: "
            f"install -d -o {account.pw_name} -m 1733 {inbound}"
        )


def _sandbox(account: pwd.struct_passwd) -> Iterator[str]:
    tried = _as(account, _ASK_SANDBOX)
    if tried.returncode:
        yield f"{account.pw_name} cannot grade: {_last_line(tried.stderr)}"


def _as(
    account: pwd.struct_passwd, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of ours in the name of an account, with nothing of our own environment."""
    other = os.getuid() != account.pw_uid
    return subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": account.pw_dir},
        user=account.pw_uid if other else None,
        group=account.pw_gid if other else None,
        extra_groups=[] if other else None,
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it gives no reason"])[-1]


def _hub(c: Config, *settings: str) -> JupyterHub:
    """Return a hub that was told these settings only: it knows what follows from them."""
    told = {name: c.JupyterHub[name] for name in settings if name in c.JupyterHub}
    return JupyterHub(config=Config(JupyterHub=told))
