"""A client of the web: one page, or the parts of it that are wanted (RFC 9110, RFC 9112)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.applications.http_messages import body_of, read_head
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.tcp.connection import TCPConnection
from dissect.protocols.http import HTTPRequest, HTTPResponse

__all__ = ["HTTPGet", "Response", "fetch"]

SECOND = 1_000_000_000
PATIENCE_NS = 60 * SECOND
LARGEST_BODY = 256 << 20
MOST_MOVES = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_WITHOUT_BODY = frozenset({204, 304})


class Response(NamedTuple):
    """What a server answered: the status line, the fields, and the body without its chunks."""

    url: str
    status: int
    reason: str
    headers: Any
    body: bytes


async def fetch(
    host: RunsPrograms,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    follows: bool = True,
    most: int = LARGEST_BODY,
) -> Response:
    """Return what a server answers who is asked for a page by its URL, as "http://www.example.com/".

    The name is asked for first; `follows` is whether a page that has moved is fetched from where it is, up to five
    times. Raises NameNotFoundError where the name has no address, ConnectionFailedError where the connection fails,
    nothing comes for a minute, or what comes is no answer or has more than `most` bytes; FieldError for what is no URL.
    """
    for _ in range(MOST_MOVES):
        response = await _fetch(host, url, method, headers or {}, body, most)
        location = response.headers.get("Location")
        if not follows or response.status not in _MOVED or location is None:
            break
        url = urljoin(url, location)
        if response.status == 303 and method != "HEAD":
            method, body = "GET", b""
    return response


async def _fetch(
    host: RunsPrograms, url: str, method: str, headers: Mapping[str, str], body: bytes, most: int
) -> Response:
    parts, port = _parts(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "dissect", "Accept": "*/*"} | dict(headers)
    if body:
        fields["Content-Length"] = str(len(body))
    request = HTTPRequest(method, target, headers=fields)
    connection = host.tcp.connect(await host.resolve(parts.hostname or ""), port)
    connection.timeout_ns = PATIENCE_NS
    try:
        _ = await connection
        await connection.write(bytes(request) + body)
        return await _response(connection, url, method, most)
    finally:
        connection.close()


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError as reason:
        raise FieldError(f"the URL is {url!r}, expected one as 'http://www.example.com/' ({reason})") from None
    if parts.scheme != "http" or not parts.hostname:
        raise FieldError(f"the URL is {url!r}, expected one as 'http://www.example.com/'")
    return parts, port


async def _response(connection: TCPConnection, url: str, method: str, most: int) -> Response:
    while True:
        head = await read_head(connection, HTTPResponse)
        if head is None:
            raise ConnectionFailedError(f"{connection.addresses}: the end came in place of an answer")
        if head.status // 100 != 1:
            break
    pieces, size = [], 0
    if method != "HEAD" and head.status not in _WITHOUT_BODY:
        async for piece in body_of(connection, head.headers, until_end=True):
            size += len(piece)
            if size > most:
                raise ConnectionFailedError(f"{connection.addresses}: the body has more than {most} bytes")
            pieces.append(piece)
    return Response(url, head.status, head.reason, head.headers, b"".join(pieces))


class HTTPGet(AsyncProgram):
    """Fetches a page and prints what came; `part` are bytes of it, as in "0-99"; `method` may be HEAD."""

    def __init__(self, url: str, *, method: str = "GET", part: str = "") -> None:
        super().__init__()
        _parts(url)
        self.url = url
        self.method = method
        self.part = part

    async def main(self) -> Response:
        """Fetch the page."""
        fields = {"Range": f"bytes={self.part}"} if self.part else {}
        response = await fetch(self.host, self.url, method=self.method, headers=fields)
        size = len(response.body)
        self.print(f"{response.url}: {response.status} {response.reason}, {size} byte{'s' * (size != 1)}")
        return response
