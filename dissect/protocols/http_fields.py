"""The pieces of HTTP messages that come many times: header fields, and chunks of a body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dissect.declare import Entry, Problem, line, octets, word

__all__ = ["HTTPChunk", "HTTPField"]

_VARYING = frozenset(
    "age authorization cookie date etag expires last-modified sec-websocket-accept sec-websocket-key set-cookie".split()
)
"""Header fields whose values are others whenever the same is asked again: dates, cookies, and what is drawn by lot."""
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALID_SIZE = r"[ \t]*(?:0[xX])?[0-9A-Fa-f]+[^\r\n]*"
_SIZE = rb"([^\r\n]++)(?:\r\n|\n|\r|\Z)"


class HTTPField(Entry, name="http", title="Header field", source="RFC 9112, section 5"):
    r"""A line with the name of a header field and its value.

    >>> field = HTTPField("Host", "example.com")
    >>> bytes(field), field.value
    (b'Host: example.com\r\n', 'example.com')
    """

    field_name: str = word(
        "", end=":", needed=True, valid=_TOKEN, blanks=True, default="Date", kw_only=False, title="Name"
    )
    value: str = line(
        "",
        default="",
        kw_only=False,
        title="Value",
        varies=lambda field: "varying" if field.field_name.lower() in _VARYING else "",
    )

    def headline(self) -> str:
        return f"{self.field_name}: {self.value}"


def _size_of(chunk: HTTPChunk) -> int:
    return chunk.size


class HTTPChunk(Entry, name="http", title="Chunk", source="RFC 9112, section 7.1"):
    r"""A piece of a body behind a line with its size in hexadecimal digits and extensions; the last one has size 0.

    >>> bytes(HTTPChunk("5", data=b"hello"))
    b'5\r\nhello\r\n'
    """

    size_line: str = line("", of=_SIZE, valid=_VALID_SIZE, default="0", kw_only=False, title="Size and extensions")
    data: bytes = octets("chunk_data", default=b"", length=_size_of, title="Chunk data")
    boundary: bytes = octets("chunk_boundary", size=2, default=b"\r\n", when=lambda chunk: chunk.size)

    @property
    def size(self) -> int:
        """The bytes of data that the size line tells; 0 where it tells none."""
        return chunk_size(self.raw("size_line")) or 0

    def problems(self) -> Iterator[Problem | str]:
        """Yield a line that tells no size, which ends the chunks."""
        yield from super().problems()
        if chunk_size(self.raw("size_line")) is None:
            yield "tells no size"


def chunk_size(raw: bytes) -> int | None:
    """Return the hexadecimal number that begins a chunk's line; None where none of up to 15 digits does."""
    found = _DIGITS.match(raw)
    return int(found[1], 16) if found is not None and len(found[1]) <= _MOST_DIGITS else None


_DIGITS = re.compile(rb"[ \t\v\f]*+(?:0[xX](?=[0-9A-Fa-f]))?+([0-9A-Fa-f]++)")
_MOST_DIGITS = 15
