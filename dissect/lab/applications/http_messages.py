"""What server and client of HTTP do alike: heads, and bodies that have a length or come in chunks (RFC 9112)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from dissect.errors import ConnectionFailedError
from dissect.lab.tcp.connection import TCPConnection
from dissect.protocols.http import HTTPRequest, HTTPResponse
from dissect.protocols.http_fields import HTTPChunk, chunk_size
from dissect.protocols.http_framing import is_chunked, stated_length

__all__ = ["LARGEST_HEAD", "PIECE", "body_of", "chunk", "last_chunk", "read_head", "says"]

LARGEST_HEAD = 65536
PIECE = 65536
"""How many bytes of a body are read or written at a time."""
_LONGEST_SIZE_LINE = 1024
_BLANK = (b"\n\r\n", b"\n\n")
_Message = TypeVar("_Message", HTTPRequest, HTTPResponse)


async def read_head(connection: TCPConnection, kind: type[_Message]) -> _Message | None:
    """Return the start line and fields of the next message; None where the other side sends no more.

    Raises ConnectionFailedError where what comes is no head, or one of more than 64 KiB.
    """
    data = b""
    while not data.strip() or not data.endswith(_BLANK):
        line = await connection.read_until(b"\n", LARGEST_HEAD - len(data))
        if not line.endswith(b"\n"):
            if not data.strip() and not line:
                return None
            raise ConnectionFailedError(f"{connection.addresses}: what came is no head of HTTP")
        # Blank lines in front, and lines that end without CR, are what people type (RFC 9112, section 2.2).
        data = (data + line) if data.strip() else line
    # Methods that nobody has registered are for the server to refuse, so the bytes alone do not tell the kind.
    message: _Message = kind.decode(data, 0, len(data), 0)
    if not message.version.startswith("HTTP/"):
        raise ConnectionFailedError(f"{connection.addresses}: what came is no head of HTTP")
    return message


def says(fields: Any, name: str, word: str) -> bool:
    """Whether one of the words of a field, between commas, is this one, in any case."""
    return any(word == part.strip().lower() for value in fields.get_all(name) for part in value.split(","))


async def body_of(connection: TCPConnection, fields: Any, *, until_end: bool) -> AsyncIterator[bytes]:
    """Yield the pieces of a body; `until_end` is whether one without a length goes on to the end of the connection.

    Raises ConnectionFailedError where the body is cut, or has both a length and chunks, by which somebody in between
    may be led to take a part of it for another message (RFC 9112, section 6.1).
    """
    length = stated_length(fields)
    if is_chunked(fields):
        if fields.get("Content-Length") is not None:
            raise ConnectionFailedError(f"{connection.addresses}: a body has a length, and chunks as well")
        while size := await _chunk_size(connection):
            async for piece in _exactly(connection, size):
                yield piece
            await connection.read_exactly(2)
        await _pass_trailers(connection)
    elif length is not None:
        async for piece in _exactly(connection, length):
            yield piece
    elif until_end:
        while piece := await connection.read(PIECE):
            yield piece


async def _pass_trailers(connection: TCPConnection) -> None:
    """Read the fields behind the chunks, which mean nothing here, up to the blank line that ends them."""
    left = LARGEST_HEAD
    while (line := await connection.read_until(b"\r\n", left)) != b"\r\n":
        left -= len(line)
        if not line.endswith(b"\r\n") or left <= 0:
            raise ConnectionFailedError(f"{connection.addresses}: the fields behind the chunks do not end")


async def _chunk_size(connection: TCPConnection) -> int:
    line = await connection.read_until(b"\r\n", _LONGEST_SIZE_LINE)
    size = chunk_size(line)
    if size is None:
        raise ConnectionFailedError(f"{connection.addresses}: a chunk has no size")
    return size


async def _exactly(connection: TCPConnection, size: int) -> AsyncIterator[bytes]:
    while size:
        piece = await connection.read(min(size, PIECE))
        if not piece:
            raise ConnectionFailedError(f"{connection.addresses}: the end came {size} bytes before that of the body")
        size -= len(piece)
        yield piece


def chunk(data: bytes) -> bytes:
    r"""Return a piece of a body as a chunk.

    >>> chunk(b"hello")
    b'5\r\nhello\r\n'
    """
    return bytes(HTTPChunk(f"{len(data):x}", data=data))


def last_chunk() -> bytes:
    r"""Return what ends a body in chunks.

    >>> last_chunk()
    b'0\r\n\r\n'
    """
    return bytes(HTTPChunk("0")) + b"\r\n"
