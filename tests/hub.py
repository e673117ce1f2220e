"""A real JupyterHub with real Unix accounts, which nobody else on this machine sees.

Run as a program, in a mount namespace of its own, this makes the accounts and becomes the hub.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page

from clientcourse.authoring.duplicate import duplicate_course
from clientcourse.authoring.load import load_course
from clientcourse.grading.sandbox.inside import linux
from clientcourse.language import Language
from tests.lab import ROOT, SECONDS

COURSE, INSTRUCTOR, TRAINEES = "course", "tang", ("lin", "mo")
PASSWORD = "open-sesame"  # noqa: S105 - of accounts that exist for the length of a test
_OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private")
BIN = Path(sys.executable).parent
CONFIG = """
import sys
from pathlib import Path
from clientcourse.authoring.load import load_course
from clientcourse.hub.configure import HubCourse, configure_hub

c = get_config()
here = Path({here!r})
about = load_course(here / "course")
course = HubCourse(root=here / "course", id=about.id, language=about.language,
    exchange=here / "exchange", instructors=frozenset({{{instructor!r}}}), account={course!r},
    port={ports[3]})
configure_hub(c, course, state=here / "state")
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = {{{instructor!r}, *{trainees!r}}}
c.JupyterHub.spawner_class = "localprocess"
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}/school/"
c.JupyterHub.hub_port = {ports[2]}
c.JupyterHub.cleanup_servers = True
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[1]}"
from clientcourse.hub.try_out import proxy
c.ConfigurableHTTPProxy.command = proxy()
"""


@dataclass(frozen=True)
class Hub:
    """A running JupyterHub."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def log_in(self, browser: Browser, name: str) -> Page:
        """Log in as somebody in a window of their own."""
        page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.goto(self.url)
        page.fill("#username_input", name)
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        return page

    def account(self, name: str) -> int:
        """Return an account's number, which is its group's, too."""
        return (self.folder / "home" / name).stat().st_uid

    @property
    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")


@contextlib.contextmanager
def course_hub(root: Path, language: Language, trainees: Sequence[str] = TRAINEES) -> Iterator[Hub]:
    """Run a hub with a copy of a course, in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-", dir="/tmp"))
    folder.chmod(0o755)  # unlike pytest's own, as others have to get in
    try:
        duplicate_course(root, folder / "course", language)
        shutil.copy(ROOT / "nbgrader_config.py", folder / "course")
        with (folder / "course/nbgrader_config.py").open("a") as config:
            config.write(f"c.Exchange.root = {str(folder / 'exchange')!r}\n")
        with jupyter_hub(folder, trainees) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def jupyter_hub(folder: Path, trainees: Sequence[str] = TRAINEES) -> Iterator[Hub]:
    """Run a hub in a folder that holds a course in `course/`; all that it needs is made."""
    ports = _free_ports(4)
    about = {"instructor": INSTRUCTOR, "course": COURSE, "trainees": tuple(trainees)}
    config = CONFIG.format(here=str(folder), ports=ports, **about)
    (folder / "jupyterhub_config.py").write_text(config)
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [*_OWN_MOUNTS, sys.executable, "-m", "tests.hub", str(folder), *trainees],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    hub = Hub(f"http://127.0.0.1:{ports[0]}/school/", folder, process)
    try:
        _wait(hub)
        yield hub
    finally:
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
        for left in psutil.wait_procs(family, timeout=SECONDS)[1]:
            left.kill()


def _wait(hub: Hub) -> None:
    while True:
        assert hub.process.poll() is None, hub.log
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(f"{hub.url}hub/health", timeout=SECONDS),  # noqa: S310
        ):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.process.wait(0.2)


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _become_hub(folder: Path, trainees: Sequence[str]) -> None:
    """Make the accounts, give the course to its own, and turn into the hub."""
    shutil.copytree("/etc", folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
    (folder / "home").mkdir()
    for name in ("etc", "home"):
        linux.mount(str(folder / name), f"/{name}", flags=linux.MS_BIND)
    for name in (COURSE, INSTRUCTOR, *trainees):
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
        (Path("/home") / name).chmod(0o700)
        subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}", text=True, check=True)
    (folder / "state").mkdir(mode=0o700)
    ours = folder / "exchange" / load_course(folder / "course").id
    ours.mkdir(parents=True)
    ours.parent.chmod(0o1777)
    for place in (folder / "course", ours):
        subprocess.run(["chown", "-R", f"{COURSE}:", place], check=True)
    (folder / "course").chmod(0o700)
    _open_the_way({Path(sys.base_prefix), ROOT})
    os.chdir(folder)
    os.execv(BIN / "jupyterhub", ["jupyterhub", "-f", "jupyterhub_config.py"])  # noqa: S606


def _open_the_way(places: set[Path]) -> None:
    """Let all accounts get to where Python and this package are, and to nothing beside them."""
    closed = {
        place: above
        for place in places
        for above in reversed(place.resolve().parents)
        if not above.stat().st_mode & stat.S_IXOTH
    }
    kept = {place: os.open(place, os.O_PATH) for place in closed}
    for above in set(closed.values()):
        linux.mount("tmpfs", str(above), "tmpfs", options="mode=755")
    for place, descriptor in kept.items():
        place.mkdir(parents=True, exist_ok=True)
        linux.mount(f"/proc/self/fd/{descriptor}", str(place), flags=linux.MS_BIND)


if __name__ == "__main__":
    _become_hub(Path(sys.argv[1]), sys.argv[2:])
