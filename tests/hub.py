"""A real JupyterHub with real Unix accounts, which nobody else on this machine sees.

Run as a program, in a mount namespace of its own, this makes the accounts; as long as it runs,
others can be started in the same namespace.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from clientcourse.authoring.duplicate import duplicate_course
from clientcourse.authoring.load import load_course
from clientcourse.grading.sandbox.inside import linux
from clientcourse.hub.try_out import proxy
from clientcourse.language import Language
from tests.conftest import TOY
from tests.lab import ROOT, SECONDS

ID, COURSE, INSTRUCTOR, TRAINEES = "toy-course", "course", "tang", ("lin", "mo")
PASSWORD = "open-sesame"  # noqa: S105 - of accounts that exist for the length of a test
_OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private")
BIN = Path(sys.executable).parent
WORDS_POINTS = 3
# A question that a person marks, in front of the toy course's exercises.
_WORDS = """      - id: say-sorry
        objective: greet-name
        type: short
        level: apply
        points: 3
        stem: {zh: 题干简答, en: stem of the short one}
        rubric:
          - {points: 3, text: {zh: 评分点道歉, en: Apologises first}}
        model_answer: {zh: 范文对不起, en: model words of regret}
"""
_CONFIG = """
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
c.Spawner.poll_interval = 5
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}/school/"
c.JupyterHub.hub_port = {ports[2]}
# As on a server: the proxy is not the hub's child.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.auth_token = {token!r}
"""


@dataclass
class Hub:
    """A JupyterHub with its proxy, and the machine that they think they are alone on."""

    folder: Path
    machine: subprocess.Popen[bytes]
    ports: list[int]
    trainees: Sequence[str]
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        config = _CONFIG.format(
            here=str(self.folder), ports=self.ports, token=self.token,
            instructor=INSTRUCTOR, course=COURSE, trainees=tuple(self.trainees),
        )  # fmt: skip
        (self.folder / "jupyterhub_config.py").write_text(config)
        self.start_proxy()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}/school/"

    @property
    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")

    def start(self) -> None:
        """Start the hub, as the system does when it has come to its end."""
        program = str(BIN / "jupyterhub")
        self.process = self._start(program, "-f", str(self.folder / "jupyterhub_config.py"))

    def start_proxy(self) -> None:
        """Start the proxy, as the system does when it has come to its end."""
        public, private, hub, _service = map(str, self.ports)
        self.proxy = self._start(
            *proxy(), "--ip=127.0.0.1", f"--port={public}",
            "--api-ip=127.0.0.1", f"--api-port={private}",
            f"--error-target=http://127.0.0.1:{hub}/school/hub/error",
            more={"CONFIGPROXY_AUTH_TOKEN": self.token},
        )  # fmt: skip

    def _start(self, *command: str, more: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        with (self.folder / "hub.log").open("ab") as log:
            return subprocess.Popen(
                [*self._inside, *command],
                cwd=self.folder,
                env={**os.environ, **(more or {})},
                stdout=log,
                stderr=log,
            )

    @property
    def _inside(self) -> list[str]:
        return ["nsenter", f"--mount=/proc/{self.machine.pid}/ns/mnt"]

    def wait(self) -> None:
        """Wait until people can come."""
        while True:
            assert self.process.poll() is None, self.log
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError),
                urllib.request.urlopen(f"{self.url}hub/health", timeout=SECONDS),  # noqa: S310
            ):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)

    def run(
        self, name: str, *command: str | Path, folder: str = "/"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the name of an account."""
        become = ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups"]
        kept = {about: os.environ[about] for about in ("PATH", "PYTHONPATH") if about in os.environ}
        return subprocess.run(
            [*self._inside, *become, "env", f"--chdir={folder}", *command],
            env={**kept, "HOME": f"/home/{name}", "USER": name, "LOGNAME": name},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def log_in(self, browser: Browser, name: str) -> Page:
        """Log in as somebody in a window of their own."""
        page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.on("response", self._tell)
        page.goto(self.url)
        page.fill("#username_input", name)
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        return page

    def _tell(self, answer: Response) -> None:
        """Say what was refused: where a request fails, nbgrader's pages just wait for ever."""
        if answer.status >= 400:
            print(answer.status, answer.url, self.log[-5000:])  # noqa: T201 - shown with a failure

    def processes(self, account: str = "root", of: str = "") -> list[psutil.Process]:
        """Return the processes of an account, perhaps only those with a word in their command."""
        number = (self.folder / "home" / account).stat().st_uid if account != "root" else 0
        found = []
        for process in self._everyone():
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.uids().real == number and of in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def _everyone(self) -> Iterator[psutil.Process]:
        ours = Path(f"/proc/{self.machine.pid}/ns/mnt").stat().st_ino
        for process in psutil.process_iter():
            with contextlib.suppress(OSError):  # is gone, or is none of root's
                if Path(f"/proc/{process.pid}/ns/mnt").stat().st_ino == ours:
                    yield process

    def end(self) -> None:
        """End everything that was started here, at once."""
        for process in self._everyone():
            if process.pid != self.machine.pid:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        for child in (self.process, self.proxy):
            child.wait(SECONDS)

    def submissions(self, name: str) -> list[Path]:
        """Return what somebody has handed in, the oldest first."""
        return sorted((self.folder / "exchange" / ID / "inbound").glob(f"{name}+*"))

    def answers(self, name: str) -> dict[str, dict[str, object]]:
        """Return what stands in somebody's answer file."""
        path = self.folder / "home" / name / "greeting" / "first-call.answers.json"
        return dict(json.loads(path.read_text())["answers"]) if path.exists() else {}


def skip_unless_root() -> None:
    """Skip a test elsewhere than as root; in CI that is a failure."""
    if os.getuid() != 0:
        message = "only root can make accounts"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@contextlib.contextmanager
def toy_hub() -> Iterator[Hub]:
    """Run a hub with the toy course, one question of which a person marks."""
    skip_unless_root()
    with tempfile.TemporaryDirectory() as name:
        toy = Path(shutil.copytree(TOY, Path(name) / "toy"))
        bank = toy / "course/greeting/first-call.items.yaml"
        bank.write_text(bank.read_text().replace("exercises:\n", f"{_WORDS}exercises:\n"))
        with course_hub(toy, "en") as hub:
            yield hub


@contextlib.contextmanager
def course_hub(root: Path, language: Language, trainees: Sequence[str] = TRAINEES) -> Iterator[Hub]:
    """Run a hub with a copy of a course, which is not yet released."""
    folder = Path(tempfile.mkdtemp(prefix="hub-", dir="/tmp"))
    folder.chmod(0o755)  # unlike pytest's own, as others have to get in
    try:
        duplicate_course(root, folder / "course", language)
        shutil.copy(ROOT / "nbgrader_config.py", folder / "course")
        with (folder / "course/nbgrader_config.py").open("a") as config:
            config.write(f"c.Exchange.root = {str(folder / 'exchange')!r}\n")
        with _machine(folder, trainees) as machine:
            hub = Hub(folder, machine, _free_ports(4), trainees)
            try:
                hub.wait()
                yield hub
            finally:
                hub.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _machine(folder: Path, trainees: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Hold a mount namespace with the accounts; it ends with this process, whatever happens."""
    with subprocess.Popen(
        [*_OWN_MOUNTS, sys.executable, "-m", "tests.hub", str(folder), *trainees],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as machine:
        assert machine.stdout
        assert machine.stdout.readline() == b"ready\n"
        yield machine


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _make_accounts(folder: Path, trainees: Sequence[str]) -> None:
    """Make the accounts and give the course to its own, as docs for real servers have it."""
    shutil.copytree("/etc", folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
    (folder / "home").mkdir()
    for name in ("etc", "home"):
        linux.mount(str(folder / name), f"/{name}", flags=linux.MS_BIND)
    for name in (COURSE, INSTRUCTOR, *trainees):
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
        (Path("/home") / name).chmod(0o700)
        subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}", text=True, check=True)
    (folder / "state").mkdir(mode=0o700)
    course, exchange = folder / "course", folder / "exchange"
    ours = exchange / load_course(course).id
    modes = {exchange: 0o1777, ours: 0o755, ours / "inbound": 0o1733}
    for place in modes:
        place.mkdir()
    for place in (course, ours):
        subprocess.run(["chown", "-R", f"{COURSE}:", place], check=True)
    for place, mode in {**modes, course: 0o700}.items():
        place.chmod(mode)
    _open_the_way({Path(sys.base_prefix), ROOT})


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


# What both stories on a hub begin with.


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def open_lesson(page: Page) -> None:
    """Begin the module from the start page, or go on with it."""
    page.get_by_role("button", name="Begin: Greeting").or_(
        page.get_by_role("button", name="Continue: Greeting")
    ).or_(page.get_by_role("button", name="Open the lesson: Greeting")).first.click()
    # What was saved with the notebook is shown first; then it runs anew.
    expect(page.locator(".jp-CodeCell.cc-shown")).to_have_count(4)


def answer(page: Page, option: str) -> None:
    """Click an answer to the first question, and see it saved."""
    open_lesson(page)
    card = page.locator(".cc-item[data-item=say-name]")
    card.locator(f"input[value={option}]").click()
    expect(card).to_have_attribute("data-state", "saved")


def go_home(page: Page) -> None:
    page.get_by_role("link", name="Course home").click()
    page.locator(".stage").wait_for()


def hand_in(page: Page) -> None:
    """Hand in from the start page, with questions open."""
    page.get_by_role("button", name=re.compile("^Hand in.*: Greeting$")).click()
    press(page, "Hand in as it is: Greeting")
    expect(page.locator(".said")).to_have_text("✓ It has been handed in.")


if __name__ == "__main__":
    _make_accounts(Path(sys.argv[1]), sys.argv[2:])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
