"""A hub for trying out, on which everyone is the same account of the machine."""

from __future__ import annotations

import os
import pwd
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.utils import get_username
from playwright.sync_api import Browser, Error, Page, expect

from clientcourse.grading.configured import db_url_of
from clientcourse.hub import singleuser, try_out, try_out_server
from clientcourse.hub.chinese import PHRASES, phrase
from tests.conftest import TOY

TEMPLATES = Path(sys.prefix) / "share" / "jupyterhub" / "templates"
SECONDS = 60


@dataclass
class TryOut:
    """What the command says of the hub that it has started."""

    url: str
    password: str
    folder: Path


def _four_free_ports() -> int:
    for port in range(18000, 19000, 4):
        try:
            for one in range(port, port + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", one))
        except OSError:
            continue
        return port
    pytest.fail("no four ports in a row are free")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TryOut]:
    """Run `clientcourse hub` in Chinese, as `make hub` does, for somebody who likes it dark."""
    home = tmp_path_factory.mktemp("home")
    themes = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    themes.mkdir(parents=True)
    (themes / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}')
    to = tmp_path_factory.mktemp("try") / "hub"
    command = [str(Path(sys.executable).parent / "clientcourse"), "--root", str(TOY), "hub"]
    options = ["--language", "zh", "--to", str(to), "--port", str(_four_free_ports())]
    with subprocess.Popen(
        [*command, *options],
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = process.stdout.read()  # it ends when the hub begins to log
        url = re.search(r"http://127\.0\.0\.1:\d+", said)
        password = re.search(r"密码（所有人相同）：(\S+)", said)
        assert url, said
        assert password, said
        yield TryOut(url[0], password[1], to)
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)


@pytest.fixture(scope="module")
def page(hub: TryOut, browser: Browser) -> Page:
    """The log-in page, as soon as it is there."""
    page = browser.new_context().new_page()
    page.set_default_timeout(SECONDS * 1000)
    while True:
        try:
            answered = page.goto(f"{hub.url}/hub/login")
        except Error:  # nobody listens yet
            answered = None
        if answered and answered.ok:
            return page
        page.wait_for_timeout(200)


def log_in(page: Page, password: str, name: str = "chen") -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_role("textbox", name="密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


@pytest.mark.browser
def test_a_chinese_course_has_a_chinese_log_in_page(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    log_in(page, "not it")
    expect(page.locator(".login_error")).to_have_text("用户名或密码不对。")
    assert re.findall(r"[A-Za-z]{3,}", page.locator("#login-main").inner_text()) == []


@pytest.mark.browser
def test_with_the_password_a_trainee_comes_to_the_start_page(page: Page, hub: TryOut) -> None:
    log_in(page, hub.password)
    expect(page).to_have_url(f"{hub.url}/user/chen/clientcourse/")
    expect(page.get_by_role("button", name="开始：问候")).to_be_visible()


@pytest.mark.browser
def test_the_instructors_jupyterlab_is_not_that_of_who_runs_the_hub(
    hub: TryOut, browser: Browser, page: Page
) -> None:
    expect(page).to_have_url(re.compile(hub.url))  # the hub is there
    mine = browser.new_context().new_page()
    mine.set_default_timeout(SECONDS * 1000)
    mine.goto(f"{hub.url}/hub/login")
    log_in(mine, hub.password, "teacher")
    expect(mine.locator(".jp-LauncherCard").first).to_be_visible()
    expect(mine.locator("body")).to_have_attribute("data-jp-theme-name", "JupyterLab Light")


@pytest.mark.browser
def test_its_gradebook_is_none_that_is_graded_in_otherwise(
    hub: TryOut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = 'get_config().CourseDirectory.db_url = "sqlite:////nowhere/gradebook.db"\n'
    (tmp_path / "nbgrader_config.py").write_text(setting)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    course = hub.folder / "course"
    assert db_url_of(course) == f"sqlite:///{course / 'gradebook.db'}"


@pytest.mark.parametrize("name", PHRASES)
def test_every_phrase_that_is_translated_stands_in_jupyterhubs_template(name: str) -> None:
    template = (TEMPLATES / name).read_text(encoding="utf-8")
    assert [one for one in PHRASES[name] if not re.search(phrase(one), template)] == []


def test_after_an_interruption_it_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_about: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(try_out, "duplicate_course", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            try_out.try_out(TOY, tmp_path / "hub", "en", _four_free_ports())


def test_nbgrader_knows_a_trainee_by_the_name_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []
    monkeypatch.setattr(singleuser, "main", lambda: known.append(get_username()))
    monkeypatch.setattr(pwd, "getpwuid", pwd.getpwuid)  # put back in the end
    monkeypatch.setenv("JUPYTERHUB_USER", "chen")
    try_out_server.main()
    assert known == ["chen"]
