"""Files that came or went over TFTP."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from dissect.flows.exporters.http import base_name
from dissect.flows.objects import Exporter, TransferredObject
from dissect.packets.packet import Packet
from dissect.protocols.tftp import TFTPData
from dissect.wireshark.sight import said_layers

__all__ = ["TFTPExporter"]

_MOST_FILES = 1 << 10
_MOST_BYTES = 1 << 28


class TFTPExporter(Exporter, kind="tftp"):
    """Files whose last block was seen and of which none is missing.

    Of 1024 at a time, of 256 MiB together, blocks are kept: those that began first give way.
    """

    def __init__(self) -> None:
        self._files: OrderedDict[int, dict[int, bytes]] = OrderedDict()
        self._size = 0

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        for header in said_layers(packet):
            request = header.learnt("request_frame") if isinstance(header, TFTPData) else None
            if request is None:
                continue
            blocks = self._files.setdefault(request, {})
            data = header.parts()[1]
            block = header.learnt("full_block") or 0
            if block not in blocks:
                blocks[block] = data
                self._size += len(data)
            while self._size > _MOST_BYTES or len(self._files) > _MOST_FILES:
                self._forget(next(iter(self._files)))
            if header.learnt("is_last") and all(number in blocks for number in range(1, block + 1)):
                whole = b"".join(blocks[number] for number in range(1, block + 1))
                self._forget(request)
                yield TransferredObject(base_name(header.learnt("file") or ""), whole, packet.number)

    def _forget(self, request: int) -> None:
        self._size -= sum(map(len, self._files.pop(request, {}).values()))
