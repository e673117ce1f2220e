"""`clientcourse hub-check`: one thing is wrong, and it is told, with what to do."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from clientcourse.cli import main
from tests.test_path import only_first_lesson

CONFIG = """
from pathlib import Path
from clientcourse.hub.configure import HubCourse, configure_hub
c = get_config()
here = Path({here!r})
course = HubCourse(root=here / "course", id={id!r}, language="en", exchange=here / "exchange",
    instructors=frozenset({{"lin"}}), account={account!r})
configure_hub(c, course, state=here / "state")
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {{"trainees"}}
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = ["/bin/true"]
{more}
"""
ACCOUNT = pwd.getpwuid(os.getuid()).pw_name
NOBODY = "nobody-of-the-kind"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server on which all is well."""
    here = tmp_path_factory.mktemp("server")
    course = only_first_lesson(here / "made")
    course.rename(here / "course")
    (here / "course").chmod(0o700)
    with (here / "course/nbgrader_config.py").open("a") as config:
        config.write(f"c.Exchange.root = {str(here / 'exchange')!r}\n")
    folders = {
        "state": 0o700,
        "exchange": 0o1777,
        "exchange/toy-course": 0o755,
        "exchange/toy-course/inbound": 0o1733,
    }
    for name, mode in folders.items():
        (here / name).mkdir()
        (here / name).chmod(mode)
    return here


def found(
    server: Path,
    capsys: pytest.CaptureFixture[str],
    more: str = "",
    account: str = ACCOUNT,
    id: str = "toy-course",  # noqa: A002 - as HubCourse has it
) -> list[str]:
    """Return what is said to be wrong, but for where this machine keeps its Python."""
    config = server / "jupyterhub_config.py"
    config.write_text(CONFIG.format(here=str(server), account=account, id=id, more=more))
    capsys.readouterr()
    code = main(["hub-check", str(config)])
    said = capsys.readouterr().out.splitlines()
    assert code == (said != ["Nothing was found to be wrong."])
    return [line.partition(". ")[2] for line in said if "cannot run Python" not in line and code]


def found_of_the_hub(server: Path, capsys: pytest.CaptureFixture[str], more: str) -> list[str]:
    """Return what is said of the hub itself: without its account, no course is looked at."""
    *said, last = found(server, capsys, more, account=NOBODY)
    assert NOBODY in last
    return said


def test_nothing_is_wrong_with_a_sound_server(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(server, capsys) == []


def test_wrong_lines_of_the_configuration_are_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        'c.JupyterHub.authenticator_class = "dummy"': "can log in as anyone",
        "c.PAMAuthenticator.allowed_groups = set()": "Only instructors may log in",
        'c.JupyterHub.spawner_class = "simple"': "Nothing holds trainees' servers",
        'c.JupyterHub.bind_url = "http://0.0.0.0:80"': "travel unencrypted to http://0.0.0.0:80",
        'c.ConfigurableHTTPProxy.command = ["/no/proxy"]': "There is no /no/proxy: npm install",
    }
    findings = found(server, capsys, "\n".join(wrong))
    assert len(findings) == len(wrong)
    for finding, said in zip(findings, wrong.values(), strict=True):
        assert said in finding


@pytest.mark.parametrize(
    ("log_in", "servers"),
    [
        ("'jupyterhub.auth.DummyAuthenticator'", "'jupyterhub.spawner.LocalProcessSpawner'"),
        ("auth.DummyAuthenticator", "spawner.LocalProcessSpawner"),
        (
            "type('Ours', (auth.DummyAuthenticator,), {})",
            "type('Ours', (spawner.LocalProcessSpawner,), {})",
        ),
    ],
    ids=["dotted names", "classes", "classes made of them"],
)
def test_classes_are_known_however_they_are_named(
    server: Path, capsys: pytest.CaptureFixture[str], log_in: str, servers: str
) -> None:
    open_to_all, without_limits = found_of_the_hub(
        server,
        capsys,
        "from jupyterhub import auth, spawner\n"
        f"c.JupyterHub.authenticator_class = {log_in}\n"
        f"c.JupyterHub.spawner_class = {servers}",
    )
    assert "can log in as anyone" in open_to_all
    assert "Nothing holds trainees' servers" in without_limits


def test_the_hubs_own_choice_of_servers_is_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [finding] = found_of_the_hub(server, capsys, 'del c.JupyterHub["spawner_class"]')
    assert "Nothing holds trainees' servers" in finding


def test_what_is_not_installed_is_told(server: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_in, servers = found_of_the_hub(
        server,
        capsys,
        'c.JupyterHub.authenticator_class = "no-log-in"\n'
        'c.JupyterHub.spawner_class = "none.Spawner"',
    )
    assert "cannot start with c.JupyterHub.authenticator_class = 'no-log-in'" in log_in
    assert "cannot start with c.JupyterHub.spawner_class = 'none.Spawner'" in servers


@pytest.mark.parametrize(
    "more",
    [
        'c.JupyterHub.bind_url = "http://:443"; c.JupyterHub.ssl_cert = "/our.crt"',
        'del c.JupyterHub["bind_url"]; c.JupyterHub.ip = "127.0.0.1"',
    ],
    ids=["a certificate", "this machine only"],
)
def test_an_address_that_is_safe_is_no_finding(
    server: Path, capsys: pytest.CaptureFixture[str], more: str
) -> None:
    assert found_of_the_hub(server, capsys, more) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('c.JupyterHub.ip = "192.0.2.1"', "travel unencrypted to http://192.0.2.1:8000"),
        ("", "travel unencrypted to http://:8000"),
        ('c.JupyterHub.port = "80"', "cannot start: The 'port' trait"),
    ],
    ids=["an address of the network", "every address", "a port that is none"],
)
def test_an_address_that_is_wrong_is_told(
    server: Path, capsys: pytest.CaptureFixture[str], more: str, said: str
) -> None:
    [finding] = found_of_the_hub(server, capsys, f'del c.JupyterHub["bind_url"]\n{more}')
    assert said in finding


def test_a_proxy_of_its_own_needs_a_token(server: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [finding] = found(server, capsys, "c.ConfigurableHTTPProxy.should_start = False")
    assert "the same CONFIGPROXY_AUTH_TOKEN" in finding


def test_folders_with_wrong_rights_are_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "state": (0o750, "keeps its secrets: chmod 700"),
        "course": (0o755, "where the keys are: chmod 700"),
        "exchange": (0o777, "chmod 1777"),
        "exchange/toy-course/inbound": (0o733, "-m 1733"),
    }
    right = {name: (server / name).stat().st_mode for name in wrong}
    for name, (mode, _) in wrong.items():
        (server / name).chmod(mode)
    findings = found(server, capsys)
    for name, mode in right.items():
        (server / name).chmod(mode)
    assert len(findings) == len(wrong)
    for finding, (_, said) in zip(findings, wrong.values(), strict=True):
        assert said in finding


def test_a_course_that_is_called_otherwise_is_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = found(server, capsys, id="other-course")
    assert [finding for finding in findings if "the hub says other-course" in finding]
    assert [finding for finding in findings if "names the course toy-course" in finding]


def test_a_course_that_names_no_exchange_is_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = server / "course" / "nbgrader_config.py"
    whole = config.read_text()
    config.write_text("\n".join(one for one in whole.splitlines() if "Exchange.root" not in one))
    said = found(server, capsys)
    config.write_text(whole)
    assert [finding for finding in said if "set c.Exchange.root" in finding]


def test_an_account_that_does_not_exist_is_told(
    server: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(server, capsys, account=NOBODY) == [
        f"There is no account {NOBODY}: adduser --system --group {NOBODY}"
    ]


def test_a_fence_that_cannot_be_had_is_told(
    server: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    [finding] = found(server, capsys)
    assert f"{ACCOUNT} cannot grade" in finding
    assert "no namespaces here" in finding


def test_a_file_that_is_no_configuration_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.py").write_text("c = get_config()\n")
    assert main(["hub-check", str(tmp_path / "other.py")]) == 1
    assert "does not call clientcourse.hub.configure" in capsys.readouterr().err
