"""The bodies of HTTP messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.flows.objects import Exporter, TransferredObject
from dissect.packets.packet import Packet
from dissect.protocols.http import HTTP, HTTPMessage
from dissect.protocols.tcp import TCP
from dissect.wireshark.http import body_going_on, texts_given_up
from dissect.wireshark.http_bodies import body_handed_on
from dissect.wireshark.sight import said_layers

__all__ = ["HTTPExporter"]


_BLANK = b"\r\n"


class HTTPExporter(Exporter, kind="http"):
    """Bodies without chunks and compression, by the last part of what was asked for."""

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        for header in said_layers(packet):
            if isinstance(header, HTTPMessage):
                # Wireshark hands on no body of which it does not know how to undo its compression.
                body = body_handed_on(header)
                media_type = header.media_type or ""
                if body is not None:
                    yield self._object(header, body, media_type, packet.number)
            elif isinstance(header, TCP):
                for text in texts_given_up(header):
                    yield TransferredObject(f"object{packet.number}", text, packet.number)
            elif isinstance(header, HTTP):
                # Data that belong to something before.
                data = body_going_on(header)
                # A blank line ends fields that there are none of.
                if data and data != _BLANK:
                    yield self._object(header, data, "", packet.number)

    def _object(self, header: Any, data: bytes, media_type: str, number: int) -> TransferredObject:
        target = header.learnt("target") or ""
        name = base_name(target) or "object" + str(number) + (f".{media_type}" if media_type else "")
        return TransferredObject(name, data, number, header.learnt("host") or "", media_type)


def base_name(target: str) -> str:
    """Return the last part of a target; "/" where it has none.

    >>> base_name("/a/b.html?x=1"), base_name("/"), base_name("/a/"), base_name("")
    ('b.html?x=1', '/', 'a', '')
    """
    stripped = target.rstrip("/")
    return stripped.rpartition("/")[2] if stripped else target[:1]
