"""HTTP/1: requests and responses of lines, with a body behind them."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    Data,
    Guess,
    Header,
    Lines,
    Listing,
    digits,
    line,
    lines,
    octets,
    records,
    word,
)
from dissect.protocols.http_bodies import Media, TextLines, URLEncodedForm, body_class
from dissect.protocols.http_coding import decompressed
from dissect.protocols.http_fields import HTTPChunk, HTTPField
from dissect.protocols.http_framing import (
    BLANKS,
    HTTPDialogue,
    body_size,
    is_chunked,
    is_http,
    is_request,
    is_response,
    start_line,
    surplus_size,
)
from dissect.protocols.tcp import TCP

__all__ = ["HTTP", "HTTPRequest", "HTTPResponse"]

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VERSION = r"HTTP/\d\.\d"


_ANYWHERE = Guess(
    is_http,
    begins=(
        b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"PATCH ", b"TRACE ", b"PROPFIND ",
        b"NOTIFY ", b"SUBSCRIBE ", b"M-SEARCH ", b"REPORT ", b"MKCOL ", b"COPY ", b"MOVE ", b"LOCK ", b"SEARCH ",
        b"HTTP/1.",
    ),
)  # fmt: skip


class HTTP(
    Header,
    name="http",
    title="Hypertext Transfer Protocol",
    source="RFC 9112",
    over={TCP: (80, 631, 1900, 2710, 2869, 3128, 3132, 3689, 5985, 8080, 8088, 11371, _ANYWHERE)},
    framing=HTTPDialogue,
):
    """What stands between messages of HTTP/1 and is none: data that go on, or what nobody knows."""

    def info(self) -> str:
        """Return that the data belong to something before."""
        return "Continuation"


_ENDS_OF_FIELDS = (b"\n\r\n", b"\n\n")
"""The end of a line, and a line without anything."""


class HTTPMessage(HTTP, finds=(TextLines, URLEncodedForm, Media)):
    """What requests and responses have in common: fields, and a body that these tell of."""

    headers: Any
    chunks: Any

    def body_size(self) -> int:
        """Return how many of the bytes behind the fields are the body, where it does not come in chunks."""
        first = start_line(self.buffer[self.own_start : self.own_end])
        if first is None or self.breaks_off:
            return 0
        size, there = body_size(first, self.headers), self.carried_end - self.own_end
        if not size and first.status and there:
            return surplus_size(first, self.headers, self.buffer[self.own_end : self.carried_end])
        return min(size, there)

    @property
    def breaks_off(self) -> bool:
        """Whether the capture cut the message within the name of a field."""
        if self.own_end >= self.carried_end or not self.bytes_left_out:
            return False
        return not self.buffer[self.own_start : self.own_end].endswith(_ENDS_OF_FIELDS)

    def leading_size(self) -> int:
        """Return the bytes of a blank line in front, which a client may send too much (RFC 9112, section 2.2)."""
        return 2 if self.buffer[self.own_start : self.own_start + 2] == b"\r\n" else 0

    @property
    def media_type(self) -> str | None:
        """The type of the body in lower case, without parameters, the last one of several; None for none."""
        said = self.headers.get_all("Content-Type")
        return said[-1].partition(";")[0].strip().lower() if said else None

    @property
    def coding(self) -> str:
        """How the body is compressed, in lower case, as the last of several fields says; "" where it is not."""
        said = self.headers.get_all("Content-Encoding")
        coding = said[-1].strip(BLANKS).rstrip("\0").lower() if said else ""
        return "" if coding == "identity" else coding

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        """Return the body, by its type; what is compressed are bytes."""
        size = 0 if is_chunked(self.headers) else self.body_size()
        if size <= 0:
            return None
        cls: Any = Data if deep or self.coding else body_class(self.media_type)
        return cls.decode(self.buffer, self.own_end, self.own_end + size, outer)  # type: ignore[no-any-return]

    def body(self) -> bytes | None:
        """Return the body as it was sent, put together of its chunks; None where there is none."""
        if self.has("chunks") and self.chunks is not None:
            chunks = [chunk.data for chunk in self.chunks if isinstance(chunk, HTTPChunk)]
            return b"".join(chunks) if chunks else None
        payload = self.payload
        return None if payload is None else payload.own_bytes

    def decoded_body(self) -> bytes | None:
        """Return the body without chunks and compression; None where there is none, or it is compressed wrongly."""
        body = self.body()
        return decompressed(body, self.coding) if body and self.coding else body

    def decoded_payload(self) -> Header | None:
        """Return what the body is without chunks and compression, by its type; None where it is as it was sent."""
        is_in_chunks = self.has("chunks") and self.chunks is not None
        if not is_in_chunks and not self.coding:
            return None
        data = self.decoded_body()
        cls: Any = body_class(self.media_type)
        if data is None:
            cls, data = Data, self.body()
        return self.carried_from(cls.decode, data, 0, len(data)) if data else None


def _has_chunks(message: Any) -> bool:
    return is_chunked(message.headers)


class HTTPRequest(HTTPMessage, variant=is_request):
    r"""What a client asks for.

    >>> bytes(HTTPRequest("GET", "/", headers={"Host": "example.com"}))
    b'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'
    """

    leading: bytes = octets("", default=b"", length=lambda message: message.leading_size(), title="Blank line")
    method: str = word("request.method", valid=_TOKEN, default="GET", kw_only=False, title="Request Method")
    target: str = word("request.uri", valid=r"\S+", default="/", kw_only=False, title="Request URI")
    version: str = line("request.version", valid=_VERSION, default="HTTP/1.1", title="Request Version")
    headers: Lines = lines("", default=(), of=HTTPField, title="Header fields")
    chunks: Listing[HTTPChunk] = records(
        "", default=(), of=HTTPChunk, until=lambda chunk: not chunk.size, when=_has_chunks
    )
    trailers: Lines = lines("", default=(), of=HTTPField, when=_has_chunks, title="Trailer fields")

    def info(self) -> str:
        """Return the request line."""
        return f"{self.method} {self.target} {self.version} "


class HTTPResponse(HTTPMessage, variant=is_response):
    r"""What a server answers.

    >>> bytes(HTTPResponse(404, "Not Found", headers={"Content-Length": "0"}))
    b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
    """

    leading: bytes = octets("", default=b"", length=lambda message: message.leading_size(), title="Blank line")
    version: str = word("response.version", valid=_VERSION, default="HTTP/1.1", title="Response Version")
    status: int = digits("response.code", default=200, kw_only=False, title="Status Code")
    reason: str = line("response.phrase", default="", kw_only=False, title="Response Phrase")
    headers: Lines = lines("", default=(), of=HTTPField, title="Header fields")
    chunks: Listing[HTTPChunk] = records(
        "", default=(), of=HTTPChunk, until=lambda chunk: not chunk.size, when=_has_chunks
    )
    trailers: Lines = lines("", default=(), of=HTTPField, when=_has_chunks, title="Trailer fields")

    def info(self) -> str:
        """Return the status line."""
        return f"{self.version} {self.status} {self.reason} "
