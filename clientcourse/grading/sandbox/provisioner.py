"""Lets nbclient run a notebook behind the fence: a kernel manager and its provisioner."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase

from clientcourse.grading.sandbox.channel import Channel
from clientcourse.grading.sandbox.inside.order import CHANNELS, Order
from clientcourse.grading.sandbox.parent import SandboxLost, WarmParent

LOST = "lost"
"""Why a kernel ended that ended with the whole fence."""

_MB = 1024 * 1024
_SPEC = KernelSpec(argv=["ipykernel"], display_name="Python, fenced in", language="python")


class FencedProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """One kernel behind the fence, from the order to its end.

    Parameters
    ----------
    warm_parent, order
        Who is asked for the kernel and how.
    """

    def __init__(self, warm_parent: WarmParent, order: Order, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._parent, self._order = warm_parent, order
        self._control: socket.socket | None = None
        self._heard = b""
        self.ended: str | int | None = None
        """Why the kernel has ended: a limit, an exit code, or `LOST`."""

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not cleared away yet."""
        return self._control is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Have nothing to prepare: the order says it all."""
        prepared: dict[str, Any] = await super().pre_launch(cmd=[], **kwargs)
        return prepared

    async def launch_kernel(self, cmd: list[str], **_kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401, ARG002
        """Ask for the kernel and wait until it can be talked to.

        Raises
        ------
        SandboxLost
            If the fence ends before.
        """
        manager = self.parent
        self.connection_info = manager.get_connection_info()
        self._control = self._parent.ask(self._order)
        self._control.setblocking(False)  # noqa: FBT003
        while not self._heard.startswith(b'{"ready"'):
            await self._listen(self._control)
            if self.ended is not None:
                raise SandboxLost(self.ended)
        return self.connection_info

    async def _listen(self, control: socket.socket) -> None:
        """Wait for what the keeper says next."""
        try:
            news = await asyncio.get_running_loop().sock_recv(control, 4096)
        except ConnectionError:  # it was killed with words of ours unread
            news = b""
        self._hear(news)

    def _hear(self, news: bytes) -> None:
        """Take in what the keeper says; nothing is said when it has ended without a word."""
        self._heard += news
        lines = [json.loads(line) for line in self._heard.splitlines() if line.endswith(b"}")]
        for line in lines:
            self.ended = line.get("ended", self.ended)
        if not news and self.ended is None:
            self.ended = LOST

    async def poll(self) -> int | None:
        """Return `None` while the kernel is alive."""
        if self._control is None:
            return 0
        if self.ended is None:
            try:
                self._hear(self._control.recv(4096))
            except BlockingIOError:
                return None
            except ConnectionError:
                self.ended = LOST
        return None if self.ended is None else 1

    async def wait(self) -> int | None:
        """Wait for the end of the kernel and of everything that it started."""
        while self._control is not None and self.ended is None:
            await self._listen(self._control)
        return 0

    def begin(self) -> None:
        """Say that the notebook is run from now on: its time counts, and not that of waiting."""
        self._say(b"begin\n")

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel; whatever else is asked for, end it."""
        self._say(b"interrupt\n" if signum == signal.SIGINT else b"end\n")

    def _say(self, word: bytes) -> None:
        if self._control is None or self.ended is not None:
            return
        try:
            self._control.sendall(word)
        except OSError:
            self.ended = LOST

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """End the kernel."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """End the kernel."""
        await self.send_signal(signal.SIGKILL)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Let go of the connection, with which the keeper ends, too."""
        if self._control is not None:
            self._control.close()
            self._control = None


class FencedClient(AsyncKernelClient):  # type: ignore[misc]
    """Talks to a kernel that is known to listen; nothing else is asked of it than to run code.

    Parameters
    ----------
    largest
        Bytes that a message of the kernel may have.
    """

    def __init__(self, largest: int, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._shell_channel = Channel(self.session, largest)
        self._iopub_channel = Channel(self.session, largest)

    @property
    def left_out(self) -> int:
        """How many messages of the kernel were too large so far."""
        return int(self._shell_channel.left_out + self._iopub_channel.left_out)

    async def start_channels(self, **_channels: bool) -> None:
        """Open what carries requests and outputs."""
        self.allow_stdin = False
        await self._shell_channel.open(f"{self.ip}-{self.shell_port}", "DEALER")
        await self._iopub_channel.open(f"{self.ip}-{self.iopub_port}", "SUB")

    def stop_channels(self) -> None:
        """Close them."""
        self._shell_channel.close()
        self._iopub_channel.close()

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Have nothing to wait for: the kernel was ready before it could be connected to."""


class FencedKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Manages one kernel behind the fence, whatever kernel a notebook names.

    Parameters
    ----------
    room
        The submission's folder; see `WarmParent.room`.
    largest
        Bytes that a message of the kernel may have.
    """

    def __init__(
        self,
        room: Path,
        warm_parent: WarmParent,
        order: Order,
        largest: int = 8 * _MB,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**kwargs)
        self._largest = largest
        self.transport = "ipc"
        self.ip = str(room / "sockets" / "k")
        for number, channel in enumerate(CHANNELS, 1):
            setattr(self, f"{channel}_port", number)
        self.provisioner = FencedProvisioner(
            warm_parent, order, parent=self, kernel_id=order.id, kernel_spec=_SPEC
        )

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel there is."""
        return _SPEC

    def client(self, **kwargs: Any) -> FencedClient:  # noqa: ANN401
        """Return a client of the kernel."""
        about = self.get_connection_info(session=True)
        return FencedClient(self._largest, **about, parent=self, **kwargs)

    async def start_kernel(self, **about: Any) -> None:  # noqa: ANN401
        """Start the kernel, without the pause that jupyter_client makes for tests of its own."""
        command, about = await self._async_pre_start_kernel(**about)
        await self._async_launch_kernel(command, **about)
        await self._async_post_start_kernel(**about)

    def _connect_control_socket(self) -> None:
        """Have none: the keeper is asked, not the kernel."""

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """End the kernel at once: it has nothing to save."""
        self.shutting_down = True
        self.stop_restarter()
        if self.has_kernel:
            await self.provisioner.kill()
            await self.provisioner.wait()

    async def cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        """Let go of everything but what the provisioner knows of the end."""
        await self.provisioner.cleanup(restart=restart)
