"""A real hub by the chart's values, and the course's server as its pod runs it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.conftest import ROOT
from tests.test_kubernetes import PODS, VALUES

SECONDS = 60
TOKEN = "a-token-that-the-chart-would-make"  # noqa: S105 - of a hub for the length of a test
CONFIG = """
c = get_config()
c.JupyterHub.services = [{service!r}]
c.JupyterHub.load_roles = []
c.KubeSpawner.environment = {{}}
exec({code!r})
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {token!r}
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
from clientcourse.hub.try_out import proxy
c.ConfigurableHTTPProxy.command = proxy()
"""


@dataclass(frozen=True)
class Running:
    """A hub, and a course's server which it did not start."""

    url: str

    def log_in(self, name: str) -> requests.Session:
        """Return a browser of somebody's, logged in."""
        browser = requests.Session()
        browser.get(f"{self.url}/hub/login", timeout=SECONDS)
        browser.post(
            f"{self.url}/hub/login?next=%2Fhub%2Fhome",
            data={"username": name, "password": TOKEN, "_xsrf": browser.cookies["_xsrf"]},
            timeout=SECONDS,
        ).raise_for_status()
        return browser


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("cluster")
    ports = _free_ports(4)
    hub, course = folder / "hub", folder / "course"
    with (
        _started(hub, *_hub(hub, ports), f"http://127.0.0.1:{ports[0]}/hub/health"),
        _started(
            course, *_course(course, ports), f"http://127.0.0.1:{ports[3]}/services/course/api"
        ),
    ):
        yield Running(f"http://127.0.0.1:{ports[0]}")


def _hub(folder: Path, ports: list[int]) -> tuple[list[str], dict[str, str]]:
    folder.mkdir()
    service = {
        "name": "course",
        **VALUES["hub"]["services"]["course"],
        "url": f"http://127.0.0.1:{ports[3]}",
        "api_token": TOKEN,
    }
    code = VALUES["hub"]["extraConfig"]["clientcourse.py"].replace("CHANGE-ME", "tang")
    config = CONFIG.format(service=service, code=code, token=TOKEN, ports=ports)
    (folder / "jupyterhub_config.py").write_text(config)
    return [sys.executable, "-m", "jupyterhub"], {**os.environ, "PYTHONPATH": str(ROOT)}


def _course(folder: Path, ports: list[int]) -> tuple[list[str], dict[str, str]]:
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'client-managers'\n"
    )
    [container] = PODS["course"]["spec"]["containers"]
    here = {
        "hub:8081": f"127.0.0.1:{ports[1]}",
        "0.0.0.0:9999": f"127.0.0.1:{ports[3]}",
        "/opt/clientcourse/package": str(ROOT / "clientcourse"),
    }
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for variable in container["env"]:
        value = variable.get("value", TOKEN)
        for there, instead in here.items():
            value = value.replace(there, instead)
        environment[variable["name"]] = value
    as_root = ["--allow-root"] if os.getuid() == 0 else []
    return [*container["command"], *as_root], {**environment, "HOME": str(folder)}


@contextlib.contextmanager
def _started(
    folder: Path, command: list[str], environment: dict[str, str], ready: str
) -> Iterator[None]:
    """Run a server in a folder, from when it answers."""
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        while True:
            assert process.poll() is None, log.read_text()
            with contextlib.suppress(requests.RequestException):
                requests.get(ready, timeout=SECONDS).raise_for_status()
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        yield
    finally:
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(SECONDS)
        for left in psutil.wait_procs(family, timeout=SECONDS)[1]:
            left.kill()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


PLACES = ("lab", "formgrader", "api/contents")


def test_an_instructor_comes_to_the_course_and_its_formgrader(running: Running) -> None:
    tang = running.log_in("tang")
    first = tang.get(running.url, timeout=SECONDS)
    assert first.url == f"{running.url}/services/course/lab"
    for place in PLACES:
        reply = tang.get(f"{running.url}/services/course/{place}", timeout=SECONDS)
        assert reply.status_code == 200, reply.text
        assert "/hub/" not in reply.url
    # Its buttons.
    lab = tang.get(f"{running.url}/services/course/lab", timeout=SECONDS).text
    assert "clientcourseFormgrader" in lab
    assert "clientcourseReport" in lab


@pytest.mark.parametrize("place", PLACES)
def test_a_trainee_is_refused_there(running: Running, place: str) -> None:
    reply = running.log_in("lin").get(f"{running.url}/services/course/{place}", timeout=SECONDS)
    assert reply.status_code == 403


def test_no_page_can_be_framed_by_another(running: Running) -> None:
    tang = running.log_in("tang")
    for place in ("hub/home", "services/course/formgrader"):
        headers = tang.get(f"{running.url}/{place}", timeout=SECONDS).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_names_that_could_not_name_an_account_cannot_log_in(running: Running) -> None:
    with pytest.raises(requests.HTTPError, match="403"):
        running.log_in("lin+mo")
