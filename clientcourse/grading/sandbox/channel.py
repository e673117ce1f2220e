"""A connection to a kernel that holds no more of what the kernel says than one message.

ZeroMQ's own library takes in a message of any number of parts before anyone can refuse it, and
takes in many of them. So this speaks its protocol itself, as far as it is needed: ZMTP 3.0 as a
client without security, https://rfc.zeromq.org/spec/23/.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterable, Sequence
from queue import Empty
from typing import Any

from jupyter_client.session import Session

_MORE, _LONG, _COMMAND = 1, 2, 4  # flags of a frame
_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_SUBSCRIBE_TO_ALL = b"\x01"
_CHUNK = 65536  # bytes
_IN_A_ROW = 16  # messages that are taken in before others have a turn
_FRAME = 128  # bytes that one part needs besides what is in it


class ProtocolError(Exception):
    """The kernel does not speak ZeroMQ's protocol."""


def frame(flags: int, content: bytes) -> bytes:
    """Return the bytes by which a part of a message, or a command, is sent."""
    if len(content) < 256:  # noqa: PLR2004 - what fits into a byte
        return bytes([flags, len(content)]) + content
    return bytes([flags | _LONG]) + len(content).to_bytes(8) + content


def _ready(kind: str) -> bytes:
    """Return the command that says what kind of socket this is."""
    name, value = b"Socket-Type", kind.encode()
    about = bytes([len(name)]) + name + len(value).to_bytes(4) + value
    return frame(_COMMAND, b"\x05READY" + about)


class Inbox:
    """Puts messages together from what arrives.

    Parameters
    ----------
    largest
        Bytes that a message may have; one that has more is left out.
    """

    def __init__(self, largest: int) -> None:
        self._largest = self._room = largest
        self._arrived = bytearray()
        self._to_skip = 0
        self._parts: list[bytes] = []
        self.left_out = 0
        """How many messages were too large."""

    def add(self, arrived: bytes) -> None:
        """Take in what has arrived."""
        skipped = min(self._to_skip, len(arrived))
        self._to_skip -= skipped
        self._arrived += arrived[skipped:]

    def next_message(self) -> list[bytes] | None:
        """Return the parts of the next message, or `None` if it has not arrived as a whole.

        Raises
        ------
        ProtocolError
            If what has arrived is something else.
        """
        while (part := self._next_part()) is not None:
            flags, content = part
            if flags & ~(_MORE | _LONG):
                raise ProtocolError
            if self._room >= 0:
                self._parts.append(content)
            if not flags & _MORE and (message := self._whole()):
                return message
        return None

    def _whole(self) -> list[bytes]:
        """Return the message that has ended, and nothing if it was too large."""
        message, self._parts = self._parts, []
        self.left_out += self._room < 0
        self._room = self._largest
        return message

    def _next_part(self) -> tuple[int, bytes] | None:
        """Take out the next part; of a message that is too large nothing is kept."""
        flags = self._arrived[0] if self._arrived else 0
        start = 9 if flags & _LONG else 2
        if len(self._arrived) < start:
            return None
        size = int.from_bytes(self._arrived[1:start])
        if size + _FRAME > self._room:
            self._room = -1
            self._parts.clear()
            self._to_skip = max(0, start + size - len(self._arrived))
            del self._arrived[: start + size]
            return flags, b""
        if len(self._arrived) < start + size:
            return None
        self._room -= size + _FRAME
        content = bytes(self._arrived[start : start + size])
        del self._arrived[: start + size]
        return flags, content


class Channel:
    """Carries messages of one kind; takes the place of a channel of jupyter_client.

    Parameters
    ----------
    session
        Signs and packs messages.
    largest
        Bytes that a message of the kernel may have.
    """

    def __init__(self, session: Session, largest: int) -> None:
        self._session = session
        self._inbox = Inbox(largest)
        self._in_a_row = 0
        self._writer: asyncio.StreamWriter | None = None

    @property
    def left_out(self) -> int:
        """How many messages were too large so far."""
        return self._inbox.left_out

    async def open(self, path: str, kind: str) -> None:
        """Connect to the kernel's socket as a socket of some kind.

        Raises
        ------
        ProtocolError
            If something else is found there.
        """
        self._reader, self._writer = await asyncio.open_unix_connection(path, limit=_CHUNK)
        self._writer.write(_GREETING + _ready(kind))
        greeting = await self._reader.readexactly(len(_GREETING))
        flags, size = await self._reader.readexactly(2)
        if greeting[0] != _GREETING[0] or flags != _COMMAND:
            raise ProtocolError
        await self._reader.readexactly(size)
        if kind == "SUB":
            self.send_multipart([_SUBSCRIBE_TO_ALL])

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._session.send(self, message)

    def send_multipart(self, parts: Sequence[bytes], **_how: object) -> None:
        """Send the parts of a message."""
        assert self._writer is not None  # noqa: S101
        self._writer.writelines(_frames(parts))

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """Return the next message.

        Raises
        ------
        Empty
            If none comes in time.
        """
        try:
            async with asyncio.timeout(timeout):
                parts = await self._receive()
        except TimeoutError:
            raise Empty from None
        _, signed = self._session.feed_identities(parts)
        return _message(signed)

    async def _receive(self) -> list[bytes]:
        self._in_a_row += 1
        if self._in_a_row % _IN_A_ROW == 0:
            await asyncio.sleep(0)  # others have a turn, however much arrives
        while (message := self._inbox.next_message()) is None:
            self._inbox.add(await self._arriving())
        return message

    async def _arriving(self) -> bytes:
        """Return what arrives next; after the end nothing does, though the kernel may live."""
        with contextlib.suppress(ConnectionError):
            if arrived := await self._reader.read(_CHUNK):
                return arrived
        return await asyncio.Future()

    def close(self) -> None:
        """End the connection, whatever is still to be sent."""
        if self._writer is not None:
            self._writer.transport.abort()


def _message(signed: Sequence[bytes]) -> dict[str, Any]:
    """Return a message as jupyter_client has it, but for its dates, which stay text.

    Its signature would prove nothing: code in the kernel knows the key, and nobody else has a way
    to this connection.
    """
    _signature, *parts = signed
    header, parent, metadata, content = map(json.loads, parts[:4])
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": parts[4:],
    }


def _frames(parts: Sequence[bytes]) -> Iterable[bytes]:
    for number, part in enumerate(parts, 1):
        yield frame(_MORE if number < len(parts) else 0, bytes(part))
