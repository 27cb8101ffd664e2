"""The bodies of HTTP messages as Wireshark sees them."""

from __future__ import annotations

import re
from typing import Any

from dissect.declaration.header import Data
from dissect.protocols.http import HTTPMessage
from dissect.protocols.http_bodies import Media, TextLines, URLEncodedForm
from dissect.wireshark.field_types import BYTES, STRING
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = [
    "TRANSFER_CODING",
    "FormSight",
    "MediaSight",
    "TextLinesSight",
    "body_handed_on",
    "is_compressed_by_nothing",
    "is_compressed_on_its_way",
    "is_xml",
    "seen_body",
]

_CHUNKED = r"[ \t,]*+(?:chunked[ \t,]*+)*+"
TRANSFER_CODING = re.compile(rf"{_CHUNKED}(?:(compress|deflate|gzip|identity|x-compress|x-gzip){_CHUNKED})?+")
"""The codings of a body on its way, which Wireshark knows: chunks, and one other."""
_ESCAPE = re.compile(rb"[0-9A-Fa-f]{2}")
_XML = b"<?xml"
_LONGEST_NO_XML = 38
"""Bytes that the declaration of XML takes at least, behind which something stands."""


class TextLinesSight(Sight, of=TextLines):
    """Text of which the header around it tells."""

    def protocol(self, header: Any) -> str:
        """Return nothing: the header around it has the line."""
        return ""


class MediaSight(Sight, of=Media):
    """Bytes of a type."""

    types = {"media.type": BYTES}

    def protocol(self, header: Any) -> str:
        """Return nothing: the header around it has the line."""
        return ""


class FormSight(Sight, of=URLEncodedForm):
    """Keys up to "=", whatever stands in front of it, and values up to "&"; up to an escape that is none."""

    def protocol(self, header: Any) -> str:
        """Return nothing: the header around it has the line."""
        return ""

    @computed("key", STRING, title="Key")
    def keys(self, header: Any) -> list[str] | None:
        """The keys."""
        return [key for key, _ in pairs_of(header.own_bytes)[0]] or None

    @computed("value", STRING, title="Value")
    def form_values(self, header: Any) -> list[str] | None:
        """The values."""
        return [value for _, value in pairs_of(header.own_bytes)[0] if value is not None] or None

    def stops_short(self, header: Any) -> bool:
        """Whether an escape is cut."""
        return header.is_cut or pairs_of(header.own_bytes)[1]


def pairs_of(data: bytes) -> tuple[list[tuple[str, str | None]], bool]:
    """Return keys and values, None for a value that has an escape which is none, and whether the last escape is cut."""
    found: list[tuple[str, str | None]] = []
    place = 0
    while place < len(data):
        key, place, fault = _read(data, place, b"=")
        if fault:
            return found, fault > 1
        value, place, fault = _read(data, place, b"&")
        if fault:
            return [*found, (key, None)], fault > 1
        found.append((key, value))
    return found, False


def _read(data: bytes, place: int, end: bytes) -> tuple[str, int, int]:
    """Return the text up to `end`, where it goes on, and 1 or 2 for an escape that is none, or is cut."""
    made = bytearray()
    while place < len(data):
        byte = data[place : place + 1]
        place += 1
        if byte == end:
            break
        if byte == b"+":
            made += b" "
        elif byte == b"%":
            digits = data[place : place + 2]
            if len(digits) < 2:
                return "", place, 2
            if not _ESCAPE.fullmatch(digits):
                return "", place, 1
            made.append(int(digits, 16))
            place += 2
        else:
            made += byte
    return made.decode("utf-8", "replace"), place, 0


def is_xml(body: Any) -> bool:
    """Whether Wireshark gives a body of text to its dissector of XML, which is none of those that are read here."""
    if not isinstance(body, TextLines) or len(body.own_bytes) <= _LONGEST_NO_XML:
        return False
    return body.own_bytes[: len(_XML)].lower() == _XML


def seen_body(header: Any, body: Any) -> Any:
    """Return a body as Wireshark reads it: as data where it is XML, or a compression is told without a name."""
    if is_xml(body) or (isinstance(body, (TextLines, URLEncodedForm, Media)) and is_compressed_by_nothing(header)):
        return Data.decode(body.buffer, body.own_start, body.own_end, header)
    return body


def body_handed_on(message: HTTPMessage) -> bytes | None:
    """Return the body without the codings in which it was sent; None where there is none, or one is not undone."""
    is_coded = is_compressed_by_nothing(message) or is_compressed_on_its_way(message)
    return None if is_coded else message.decoded_body()


def is_compressed_on_its_way(message: HTTPMessage) -> bool:
    """Whether the body is compressed for the transfer alone, which Wireshark does not undo: it is data then.

    >>> from dissect import HTTPResponse
    >>> is_compressed_on_its_way(HTTPResponse(headers={"Transfer-Encoding": "gzip"}))
    True
    """
    said = message.headers.get_all("Transfer-Encoding")
    coding = TRANSFER_CODING.match(said[0]) if said else None
    return coding is not None and coding[1] not in (None, "identity")


def is_compressed_by_nothing(header: Any) -> bool:
    """Whether the last field about a compression names none, so that Wireshark knows no way to undo it."""
    said: list[str] = header.headers.get_all("Content-Encoding") if isinstance(header, HTTPMessage) else []
    return bool(said) and not said[-1].strip()
