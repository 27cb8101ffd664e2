"""Files that came or went over FTP."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from dissect.flows.exporters.http import base_name
from dissect.flows.objects import Exporter, TransferredObject
from dissect.flows.reassembly import OverlapPolicy
from dissect.flows.stream import Chunk, Stream
from dissect.packets.packet import Packet
from dissect.protocols.ftp import FTPData
from dissect.protocols.tcp import TCP
from dissect.wireshark.sight import said_layers

__all__ = ["FTPExporter"]

_MOST_FILES = 1 << 10
_MOST_BYTES = 1 << 28
_FIN = 1
"""Among the flags of TCP (RFC 9293, section 3.1)."""


class _File:
    """One data connection: what was asked for, the last frame that brought something, and the bytes of both ways."""

    __slots__ = ("data", "is_full", "name", "number", "sides")

    def __init__(self) -> None:
        self.name = ""
        self.number = 0
        self.data = bytearray()
        self.is_full = False
        self.sides: dict[int, Stream] = {}


class FTPExporter(Exporter, kind="ftp"):
    """What was stored or retrieved; 1024 files at a time, of 256 MiB together. What is beyond that ends there."""

    def __init__(self) -> None:
        self._files: OrderedDict[int, _File] = OrderedDict()
        self._size = 0

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        layers = list(said_layers(packet))
        for segment in layers:
            if not isinstance(segment, TCP) or segment.is_cut:
                continue
            stream = segment.learnt("stream")
            told = next((each for each in layers if isinstance(each, FTPData)), None)
            if told is not None and stream not in self._files:
                self._files[stream] = _File()
                if len(self._files) > _MOST_FILES:
                    yield from self._done(next(iter(self._files)))
            file = self._files.get(stream)
            if file is not None:
                if told is not None:
                    file.name = told.learnt("command") or file.name
                self._feed(file, segment, packet)

    def _feed(self, file: _File, segment: Any, packet: Packet) -> None:
        data = segment.parts()[1]
        side = file.sides.get(segment.sport)
        if side is None:
            if not data:
                return
            side = file.sides[segment.sport] = Stream(OverlapPolicy.FIRST)
            side.begin(segment.seq)
        told = side.take(
            segment.seq,
            data,
            packet.number,
            packet.time_ns,
            urgent=None,
            fin=bool(segment.flags & _FIN),
            length=len(data),
        )
        for event in told:
            if isinstance(event, Chunk) and not file.is_full:
                # Nothing behind bytes that were left out would be in its place.
                file.is_full = self._size + len(event.data) > _MOST_BYTES
                if not file.is_full:
                    self._size += len(event.data)
                    file.data += event.data
                    file.number = packet.number

    def _done(self, stream: int) -> Iterator[TransferredObject]:
        file = self._files.pop(stream)
        self._size -= len(file.data)
        verb, _, argument = file.name.partition(" ")
        # As tshark, which takes no other ways to store a file.
        if verb in ("RETR", "STOR") and file.data:
            yield TransferredObject(base_name(argument.strip()), bytes(file.data), file.number)

    def finish(self) -> Iterator[TransferredObject]:
        for stream in list(self._files):
            yield from self._done(stream)
