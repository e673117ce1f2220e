"""A real JupyterLab and a real browser for the tests."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import psutil
import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Request, expect, sync_playwright

ROOT = Path(__file__).parent.parent
SECONDS = 60
AUTHORS = str(ROOT / "tools" / "jupyter")
expect.set_options(timeout=SECONDS * 1000)
_FLAGS = [
    "--no-sandbox",  # tests run as root in CI
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; without one, fail in CI and skip elsewhere, saying what to install."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        message = "no Chromium; on Debian or Ubuntu: sudo apt install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    process: subprocess.Popen[str]
    token: str = ""

    def ask(
        self, path: str, method: str = "GET", body: dict[str, str] | None = None
    ) -> list[dict[str, str]]:
        """Call the server's own interface."""
        data = None if body is None else json.dumps(body).encode()
        login = {"Authorization": f"token {self.token}"} if self.token else {}
        request = urllib.request.Request(f"{self.url}{path}", data, login, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310 - loopback
            return list(json.load(reply)) if method == "GET" else []

    def wear(self, theme: str) -> None:
        """Let everything that is opened from now on have a theme."""
        raw = json.dumps({"theme": theme})
        self.ask("lab/api/settings/@jupyterlab/apputils-extension:themes", "PUT", {"raw": raw})

    def end_sessions(self) -> None:
        """Shut every notebook's kernel down."""
        for session in self.ask("api/sessions"):
            self.ask(f"api/sessions/{session['id']}", "DELETE")

    def kernels(self) -> list[psutil.Process]:
        """Return the processes of all kernels."""
        ids = [kernel["id"] for kernel in self.ask("api/kernels")]
        assert ids
        return [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if any(id_ in " ".join(child.cmdline()) for id_ in ids)
        ]

    def kill_kernels(self) -> None:
        """End every kernel at once, as the system would when memory runs out."""
        for kernel in self.kernels():
            kernel.kill()


@contextlib.contextmanager
def jupyter_lab(
    folder: Path, home: Path, user: str, *options: str, config: str = AUTHORS, token: str = ""
) -> Iterator[Lab]:
    """Serve a folder in JupyterLab on loopback until the test is over.

    Parameters
    ----------
    home
        Takes the server's own files.
    user
        Whom the notebooks think they belong to.
    options
        Further options of the command.
    config
        Jupyter's configuration folders.
    token
        What a browser logs in with; without one, everyone may do everything.
    """
    runtime = home / "runtime"
    runtime.mkdir(parents=True)
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTERHUB_USER": user,
        "JUPYTER_CONFIG_PATH": config,
        "LC_ALL": "C.UTF-8",  # in whose language JupyterLab speaks if nobody says
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0",
        "--allow-root", f"--IdentityProvider.token={token}", "--ServerApp.password=",
        f"--ServerApp.disable_check_xsrf={not token}", f"--ServerApp.root_dir={folder}",
        # As on a hub, where every server has a path of its own.
        f"--ServerApp.base_url=/user/{user}/",
        *options,
    ]  # fmt: skip
    with (home / "lab.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, stderr=subprocess.PIPE
        )
        try:
            lab = Lab(_address(process, log), process, token)
            _wait_until_answering(lab)
            yield lab
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.terminate()
            process.terminate()
            process.wait(timeout=SECONDS)


def _address(process: subprocess.Popen[str], log: TextIO) -> str:
    """Return where the server listens, once it says so; go on writing what it says to a log."""
    assert process.stderr is not None
    for line in process.stderr:
        log.write(line)
        if address := re.search(r"http://127\.0\.0\.1:\d+/user/\w+/", line):
            threading.Thread(target=log.writelines, args=(process.stderr,), daemon=True).start()
            return address[0]
    raise AssertionError(f"JupyterLab did not start; see {log.name}")


def _wait_until_answering(lab: Lab) -> None:
    # It names its address a moment before it listens there, and says nothing more.
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            lab.ask("api/kernels")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


Host = Literal["lab", "notebook"]
_PLACES: dict[Host, str] = {"lab": "lab/tree", "notebook": "notebooks"}


class OpenNotebook:
    """A notebook open in JupyterLab or Notebook 7, as a person works with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        with self._kernel_questions_answered():
            expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_attached()
            self.wait_until_idle()

    @contextlib.contextmanager
    def _kernel_questions_answered(self) -> Iterator[None]:
        """Accept what JupyterLab asks about the kernel; fail with any other question's text."""
        dialogs = self.page.locator(".jp-Dialog")
        # Under heavy load: "Select Kernel", or that one could not be started.
        about_kernel = dialogs.filter(has_text="kernel")
        self.page.add_locator_handler(
            about_kernel,
            lambda dialog: dialog.locator(".jp-mod-accept").click(),
            no_wait_after=True,  # the same may be asked once more
        )
        try:
            yield
        except (AssertionError, Error) as error:
            if asked := dialogs.all_inner_texts():
                raise AssertionError(f"JupyterLab asks: {asked}") from error
            raise
        finally:
            self.page.remove_locator_handler(about_kernel)

    def wait_until_idle(self) -> None:
        """Wait for the kernel to have nothing to do."""
        # Until one is started, no kernel counts as idle, too.
        expect(self.page.locator(".jp-KernelName")).not_to_have_text(re.compile("^$|No Kernel"))
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        expect(indicator).to_be_attached()  # in a narrow window it is not in view

    def run_all(self) -> None:
        """Run all cells from the menu and wait for the end."""
        with self._kernel_questions_answered():
            self._run_all()

    def _run_all(self) -> None:
        # The cell that waits longest.
        last = self.page.locator(".jp-CodeCell .jp-InputArea-prompt").last
        for _attempt in range(5):
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            # Until its kernel is connected, JupyterLab lets the command fall; one tries again.
            with contextlib.suppress(AssertionError):
                expect(last).to_have_text("[*]:", timeout=5000)
                break
        expect(last).to_have_text(re.compile(r"\[\d+\]:"))
        self.wait_until_idle()

    def item(self, name: str) -> Locator:
        """Scroll to the card of one question and return it."""
        return self.scroll_to(f".cc-item[data-item={name}]")

    def scroll_to(self, selector: str, text: str = "") -> Locator:
        """Scroll, as JupyterLab keeps only what is near the screen in the page, to an element."""
        found = self.page.locator(selector).filter(has_text=text).first
        self.page.wait_for_function(
            """([selector, text]) => {
                const panel = document.querySelector(".jp-WindowedPanel-outer");
                const found = [...document.querySelectorAll(selector)]
                    .find((element) => element.textContent.includes(text));
                if (found) {
                    // It may move once the cells around it are shown in their true height.
                    const [box, view] = [found, panel].map((one) => one.getBoundingClientRect());
                    const middle = (box.top + box.bottom) / 2;
                    if (view.top < middle && middle < view.bottom) return true;
                    found.scrollIntoView({ block: "center" });
                    return false;
                }
                const end = panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 2;
                panel.scrollTop = end ? 0 : panel.scrollTop + 300;
                return false;
            }""",
            arg=[selector, text],
        )
        found.scroll_into_view_if_needed()
        return found

    def choice(self, name: str, option: str) -> Locator:
        """Return the button or box of one option of a question."""
        return self.item(name).locator(f"input[value={option}]")

    def choose(self, name: str, option: str) -> None:
        """Click one option of a question."""
        self.choice(name, option).click()

    def expect_saved(self, name: str) -> None:
        """Wait for the card of a question to say that its answer is saved."""
        expect(self.item(name)).to_have_attribute("data-state", "saved")

    def write_cell(self, containing: str, code: str) -> None:
        """Put code in place of a cell's content and run it."""
        self.scroll_to(".jp-CodeCell .jp-InputArea-editor", containing).click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        self.wait_until_idle()

    def save(self) -> None:
        """Save the notebook."""
        with self.page.expect_response(
            lambda reply: reply.request.method == "PUT" and "/api/contents/" in reply.url
        ):
            self.page.keyboard.press("Control+s")


class NotebookPage(OpenNotebook):
    """A notebook that is opened by its address."""

    def __init__(self, page: Page, lab: Lab, path: str, host: Host = "lab") -> None:
        self.outside: list[str] = []
        page.on("request", self._notice)
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{lab.url}{_PLACES[host]}/{path}?reset")
        super().__init__(page)

    def _notice(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")) and "//127.0.0.1" not in request.url:
            self.outside.append(request.url)
