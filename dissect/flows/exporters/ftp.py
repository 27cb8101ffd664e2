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
from dissect.wireshark.sight import seen_layers

__all__ = ["FTPExporter"]

_MOST_FILES = 1 << 10
_MOST_BYTES = 1 << 26
_FIN = 1


class _File:
    """One data connection."""

    __slots__ = ("data", "name", "number", "sides")

    def __init__(self) -> None:
        self.name = ""
        self.number = 0
        self.data = bytearray()
        self.sides: dict[int, Stream] = {}


class FTPExporter(Exporter, kind="ftp"):
    """What was stored or retrieved; 1024 files at a time, of 64 MiB each."""

    def __init__(self) -> None:
        self._files: OrderedDict[int, _File] = OrderedDict()

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        layers = list(seen_layers(packet))
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
            if isinstance(event, Chunk) and len(file.data) + len(event.data) <= _MOST_BYTES:
                file.data += event.data
                file.number = packet.number

    def _done(self, stream: int) -> Iterator[TransferredObject]:
        file = self._files.pop(stream)
        verb, _, argument = file.name.partition(" ")
        if verb in ("RETR", "STOR", "STOU", "APPE") and file.data:
            yield TransferredObject(base_name(argument.strip()), bytes(file.data), file.number)

    def finish(self) -> Iterator[TransferredObject]:
        for stream in list(self._files):
            yield from self._done(stream)
