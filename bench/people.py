"""People of a course on JupyterHub as the hub sees them: what a browser sends, without a browser.

Each one logs in with cookies of their own and speaks to their kernel in JupyterLab's own protocol,
so that the hub, its proxy, the servers and the kernels do all that they do for real people.
"""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from yarl import URL

PROTOCOL = "v1.kernel.websocket.jupyter.org"
Answer = str | list[str]
"""What is clicked: an option, or several."""


class Refused(Exception):
    """Somebody could not do what they came for."""


@dataclass(frozen=True)
class Lesson:
    """Where a lesson is in its course."""

    course: str
    module: str
    name: str


@dataclass(frozen=True)
class Page:
    """What came back, and from where after all redirections."""

    url: URL
    text: str


class Person:
    """Somebody who logs in.

    Parameters
    ----------
    hub
        The hub's address.
    name, password
        As they are typed in.
    """

    def __init__(self, hub: str, name: str, password: str) -> None:
        self.name = name
        self._hub = URL(hub)
        self._password = password

    async def __aenter__(self) -> Self:
        # Cookies of an address in figures are otherwise not kept, and all others put in quotes.
        jar = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
        self._browser = aiohttp.ClientSession(cookie_jar=jar)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._browser.close()

    async def log_in(self) -> Page:
        """Log in and return the page that the hub then leads to."""
        await self._ask("GET", "hub/login")
        form = {"username": self.name, "password": self._password}
        page = await self._ask("POST", "hub/login", data=form | self._secret("hub/login"))
        if page.url.path.endswith("hub/login"):
            raise Refused(f"{self.name} is not let in")
        return page

    async def post(self, path: str, content: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """Send JSON, as a page's script would, and return the JSON that comes back."""
        headers = {"X-XSRFToken": self._secret(path)["_xsrf"]}
        page = await self._ask("POST", path, json=content, headers=headers)
        return json.loads(page.text)

    async def _ask(self, method: str, path: str | URL, **about: Any) -> Page:  # noqa: ANN401
        async with self._browser.request(method, self._hub.join(URL(path)), **about) as reply:
            text = await reply.text()
            if not reply.ok:
                raise Refused(f"{method} {reply.url}: {reply.status} {reply.reason}")
            return Page(reply.url, text)

    def _secret(self, path: str) -> dict[str, str]:
        """Return what shows that a form was sent from the site's own page."""
        cookies = self._browser.cookie_jar.filter_cookies(self._hub.join(URL(path)))
        return {"_xsrf": cookies["_xsrf"].value}


@dataclass(frozen=True)
class Question:
    """A question on a trainee's screen, with the identity of the widget that asks it."""

    widget: str
    id: str
    several: bool
    options: tuple[str, ...]

    def any_answer(self, dice: random.Random) -> Answer:
        """Return what somebody may click."""
        if not self.several:
            return dice.choice(self.options)
        chosen = {*dice.sample(self.options, dice.randint(1, len(self.options)))}
        return [option for option in self.options if option in chosen]


class Trainee(Person):
    """Somebody who answers questions."""

    async def come_to_start(self, page: Page) -> None:
        """Wait, as the hub's page after the log-in does, for the course's start page."""
        if found := re.search(r'new EventSource\("([^"]+)"\)', page.text):
            await self._wait_for_server(html.unescape(found[1]))
            page = await self._ask("GET", page.url)
        if page.url.path != self._hub.join(URL(self._own("clientcourse/"))).path:
            raise Refused(f"{self.name} came to {page.url}")

    async def _wait_for_server(self, progress: str) -> None:
        async with self._browser.get(
            self._hub.join(URL(progress)), timeout=aiohttp.ClientTimeout()
        ) as events:
            async for line in events.content:
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line.removeprefix(b"data:"))
                if event.get("failed"):
                    raise Refused(event["message"])
                if event.get("ready"):
                    return
        raise Refused(f"nothing more is heard of the server of {self.name}")

    async def open(self, lesson: Lesson) -> Kernel:
        """Begin a lesson from the start page, and run its notebook from the first to the last cell.

        Returns
        -------
        Kernel
            The notebook's, with all widgets shown.
        """
        form = {"course": lesson.course, "module": lesson.module, "lesson": lesson.name}
        begin = self._own("clientcourse/begin")
        lab = await self._ask("POST", begin, data=form | self._secret(begin))
        path = lab.url.path.partition("/lab/tree/")[2]
        contents = await self._ask("GET", self._own(f"api/contents/{path}"))
        session = await self.post(
            self._own("api/sessions"),
            {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}},
        )
        channels = self._own(f"api/kernels/{session['kernel']['id']}/channels")
        kernel = Kernel(
            await self._browser.ws_connect(
                self._hub.join(URL(channels)), protocols=[PROTOCOL], max_msg_size=0
            )
        )
        for cell in json.loads(contents.text)["content"]["cells"]:
            if cell["cell_type"] == "code":
                await kernel.run(cell["source"])
        return kernel

    def _own(self, path: str) -> str:
        return f"user/{self.name}/{path}"


@dataclass
class Kernel:
    """A notebook's kernel, at the far end of a websocket."""

    _socket: aiohttp.ClientWebSocketResponse
    _session: Session = field(default_factory=Session)
    _widgets: dict[str, dict[str, Any]] = field(default_factory=dict)  # their states, by identity
    _awaited: dict[str | int, asyncio.Future[Any]] = field(default_factory=dict)
    _answered: int = 0

    def __post_init__(self) -> None:
        self._listener = asyncio.create_task(self._listen())

    def questions(self) -> list[Question]:
        """Return all questions in the lesson's quizzes that are answered by clicking an option."""
        return [
            Question(
                widget,
                item["id"],
                item["type"] == "multiple",
                tuple(choice["id"] for choice in item["choices"]),
            )
            for widget, state in self._widgets.items()
            if "quiz" in state
            for item in state["quiz"]["items"]
            if item["type"] in {"single", "multiple", "truefalse"}
        ]

    async def run(self, source: str) -> None:
        """Run a cell and wait until all that it shows has come."""
        message = self._session.msg("execute_request", {"code": source, "silent": False})
        error = await self._send(message, message["header"]["msg_id"])
        if error:
            raise Refused(error)

    async def answer(self, question: Question, value: Answer) -> None:
        """Send an answer and wait until it is said to be saved; messages as in `saving.js`."""
        self._answered += 1
        content = {
            "kind": "answer",
            "sender": "bench",
            "seq": self._answered,
            "item": question.id,
            "value": value,
        }
        data = {"method": "custom", "content": content}
        message = self._session.msg("comm_msg", {"comm_id": question.widget, "data": data})
        reply = await self._send(message, self._answered)
        if reply["kind"] != "saved":
            raise Refused(str(reply))

    async def _send(self, message: dict[str, Any], awaited: str | int) -> Any:  # noqa: ANN401
        future = self._awaited[awaited] = asyncio.get_running_loop().create_future()
        await self._socket.send_bytes(serialize_msg_to_ws_v1(message, "shell", self._session.pack))
        return await future

    async def _listen(self) -> None:
        async for message in self._socket:
            channel, parts = deserialize_msg_from_ws_v1(message.data)
            if channel == "iopub":
                self._hear(*map(self._session.unpack, parts[:4]))
        for future in self._awaited.values():
            if not future.done():
                future.set_exception(Refused("the kernel is no longer heard"))

    def _hear(
        self, header: dict[str, Any], parent: dict[str, Any], _about: object, content: object
    ) -> None:
        match header["msg_type"], content:
            case "comm_open", {"comm_id": widget, "data": {"state": state}}:
                self._widgets[widget] = state
            case "comm_msg", {"data": {"method": "custom", "content": {"seq": seq} as reply}}:
                self._settle(seq, reply)
            case "error", {"ename": name, "evalue": value}:
                self._settle(parent["msg_id"], f"{name}: {value}")
            case "status", {"execution_state": "idle"}:
                self._settle(parent["msg_id"], None)

    def _settle(self, awaited: str | int, result: object) -> None:
        future = self._awaited.pop(awaited, None)
        if future and not future.done():
            future.set_result(result)
