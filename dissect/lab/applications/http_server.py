"""A web server: pages, parts of pages, several requests over one connection (RFC 9110, RFC 9112)."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate

from dissect.errors import ConnectionFailedError, IdleConnectionError
from dissect.lab.applications.accepting import AcceptingProgram
from dissect.lab.applications.http_content import Content, GivenFiles, Page, Resource, asked_range
from dissect.lab.applications.http_messages import PIECE, body_of, chunk, last_chunk, read_head, says
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.settings import TCPSettings
from dissect.protocols.http import HTTPRequest, HTTPResponse

__all__ = ["HTTPServer"]

SECOND = 1_000_000_000
LARGEST_REQUEST = 1 << 20
"""How many bytes of a request's body are read and thrown away."""
_REASONS = {
    100: "Continue",
    200: "OK",
    206: "Partial Content",
    301: "Moved Permanently",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    416: "Range Not Satisfiable",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}
_KNOWN_METHODS = frozenset({"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"})


class HTTPServer(AcceptingProgram):
    """Serves GET and HEAD from `content`: files by path, or what finds them, such as a folder.

    Connections stay open as the client wishes, and take requests one after the other, also when they come at once. What
    is made for the answer goes in chunks, and with `chunk_size` everything does, in pieces of so many bytes.

    >>> from dissect.lab.applications.http_client import fetch
    >>> from dissect.lab.async_program import AsyncProgram
    >>> from dissect.lab.network import Network
    >>> lab = Network()
    >>> a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    >>> _ = lab.link(a, b), lab.start_program(b, HTTPServer({"/": "<h1>Hello</h1>"}))
    >>> program = lab.start_program(a, AsyncProgram(lambda host: fetch(host, "http://10.0.0.2/")))
    >>> _ = lab.run(1_000_000_000)
    >>> program.result.status, program.result.body
    (200, b'<h1>Hello</h1>')
    """

    most_connections = 20_000
    idle_ns = 60 * SECOND

    def __init__(
        self,
        content: Mapping[str, str | bytes] | Content,
        *,
        port: int = 80,
        chunk_size: int | None = None,
        settings: TCPSettings | None = None,
    ) -> None:
        super().__init__()
        self.content: Content = GivenFiles(content) if isinstance(content, Mapping) else content
        self.port = port
        self.chunk_size = chunk_size
        self.settings = settings

    async def main(self) -> None:
        """Take connections for ever."""
        await self.take_connections(self.host.tcp.listen(self.port, settings=self.settings))

    async def serve(self, connection: TCPConnection) -> None:
        """Answer the requests of a connection."""
        while await self._answered(connection):
            pass
        # What the other side has sent behind its last request must not make a reset of the end of the answer.
        connection.shutdown()
        while await connection.read():
            pass

    async def _answered(self, connection: TCPConnection) -> bool:
        """Answer the next request, and return whether another may follow."""
        try:
            request = await read_head(connection, HTTPRequest)
        except IdleConnectionError:
            return False
        except ConnectionFailedError:
            if connection.failure is not None:
                raise
            await self._refuse(connection, 400)
            return False
        if request is None:
            return False
        goes_on = _goes_on(request)
        wrong = _wrong_with(request)
        if wrong:
            self._note(connection, request, wrong)
            await self._refuse(connection, wrong)
            return False
        if says(request.headers, "Expect", "100-continue"):
            await connection.write(bytes(HTTPResponse(100, _REASONS[100])))
        received = 0
        async for piece in body_of(connection, request.headers, until_end=False):
            received += len(piece)
            if received > LARGEST_REQUEST:
                self._note(connection, request, 413)
                await self._refuse(connection, 413)
                return False
        await self._reply(connection, request, goes_on=goes_on)
        return goes_on

    async def _reply(self, connection: TCPConnection, request: HTTPRequest, *, goes_on: bool) -> None:
        if request.method not in ("GET", "HEAD"):
            status = 405 if request.method in _KNOWN_METHODS else 501
            self._note(connection, request, status)
            await self._send(connection, status, _told(status), request, goes_on=goes_on, more={"Allow": "GET, HEAD"})
            return
        resource, moved_to = self.content.find(request.target)
        if resource is None:
            status, more = (301, {"Location": moved_to}) if moved_to else (404, {})
            self._note(connection, request, status)
            await self._send(connection, status, _told(status), request, goes_on=goes_on, more=more)
            return
        try:
            await self._send_found(connection, resource, request, goes_on=goes_on)
        finally:
            resource.close()

    async def _send_found(
        self, connection: TCPConnection, resource: Resource, request: HTTPRequest, *, goes_on: bool
    ) -> None:
        said = None if request.headers.get("If-Range") else request.headers.get("Range")
        size = resource.size
        try:
            part = asked_range(said, size) if request.method == "GET" and not resource.is_made else None
        except ValueError:
            self._note(connection, request, 416)
            more = {"Content-Range": f"bytes */{size}"}
            await self._send(connection, 416, _told(416), request, goes_on=goes_on, more=more)
            return
        status = 200 if part is None else 206
        more = {} if resource.is_made else {"Accept-Ranges": "bytes"}
        if part is not None:
            more["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
        self._note(connection, request, status)
        await self._send(connection, status, resource, request, goes_on=goes_on, more=more, part=part)

    async def _refuse(self, connection: TCPConnection, status: int) -> None:
        await self._send(connection, status, _told(status), None, goes_on=False)

    async def _send(
        self, connection: TCPConnection, status: int, resource: Resource, request: HTTPRequest | None, *,
        goes_on: bool, more: Mapping[str, str] | None = None, part: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        """Send an answer with a resource, or a part of it."""
        first, end = part or (0, resource.size)
        in_chunks = part is None and (resource.is_made or self.chunk_size is not None)
        in_chunks = in_chunks and request is not None and request.version != "HTTP/1.0"
        fields = {
            "Date": formatdate(self.host.now_ns // SECOND, usegmt=True),
            "Server": "dissect",
            "Content-Type": resource.media_type,
        } | dict(more or {})
        if in_chunks:
            fields["Transfer-Encoding"] = "chunked"
        else:
            fields["Content-Length"] = str(end - first)
        if not goes_on:
            fields["Connection"] = "close"
        elif request is not None and request.version == "HTTP/1.0":
            fields["Connection"] = "keep-alive"
        # Fields may stand behind the chunks, where a blank line ends them: here they are not written yet.
        response = HTTPResponse(status, _REASONS[status], headers=fields)
        head = bytes(response.replace(trailers=b"") if in_chunks else response)
        if request is not None and request.method == "HEAD":
            await connection.write(head)
            return
        most = self.chunk_size or PIECE
        while first < end:
            piece = resource.read(first, min(most, end - first))
            if not piece:
                raise ConnectionFailedError(f"{connection.addresses}: a file became shorter while it was sent")
            first += len(piece)
            # The head goes with the first piece, in one segment where both fit.
            await connection.write(head + (chunk(piece) if in_chunks else piece))
            head = b""
        if head or in_chunks:
            await connection.write(head + (last_chunk() if in_chunks else b""))

    def _note(self, connection: TCPConnection, request: HTTPRequest, status: int) -> None:
        self.print(f"{connection.addresses.remote} {request.method} {request.target} {status}")


def _told(status: int) -> Page:
    return Page(f"<!doctype html><title>{status}</title><h1>{status} {_REASONS[status]}</h1>\n".encode())


def _goes_on(request: HTTPRequest) -> bool:
    """Whether the client wants to ask more over this connection (RFC 9112, section 9.3)."""
    if says(request.headers, "Connection", "close"):
        return False
    return request.version != "HTTP/1.0" or says(request.headers, "Connection", "keep-alive")


def _wrong_with(request: HTTPRequest) -> int:
    """Return the status that tells what is wrong with a request; 0 where nothing is."""
    if not request.version.startswith("HTTP/1."):
        return 505
    hosts = request.headers.get_all("Host")
    if len(hosts) > 1 or (not hosts and request.version != "HTTP/1.0"):
        return 400
    if request.headers.get("Content-Length") is not None and request.headers.get("Transfer-Encoding") is not None:
        return 400
    lengths = {value.strip() for value in request.headers.get_all("Content-Length")}
    if len(lengths) > 1 or any(not value.isdecimal() for value in lengths):
        return 400
    codings = request.headers.get("Transfer-Encoding")
    return 501 if codings is not None and codings.strip().lower() != "chunked" else 0
