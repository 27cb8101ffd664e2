"""TFTP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.traced_bytes import printed
from dissect.protocols.tftp import (
    TFTP,
    TFTPAcknowledgment,
    TFTPData,
    TFTPError,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)
from dissect.wireshark.field_types import FRAMENUM, STRING, UINT32
from dissect.wireshark.notices import RESPONSE
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import learnt, noted

__all__ = [
    "BlockSight",
    "DataSight",
    "ErrorSight",
    "OptionAcknowledgmentSight",
    "ReadRequestSight",
    "TFTPSight",
    "WriteRequestSight",
]


class TFTPSight(Sight, of=TFTP):
    """The kind, and which file it is about."""

    reads = (Needs(2),)

    file = learnt("destination_file", STRING, "Destination File", "file")
    request_frame = learnt("request_frame", FRAMENUM, "Request frame", "request_frame")

    def protocol(self, header: Any) -> str:
        """Return the protocol's name, whatever the kind; nothing where not even that is there."""
        return "TFTP"

    def words(self, header: Any) -> Iterator[str]:
        """Yield the kind, and behind commas what the packet says."""
        kind = header.operation
        yield ", ".join([kind.title if kind.known else f"Unknown ({int(kind):#06x})", *self.says(header)])

    def says(self, header: Any) -> list[str]:
        """Return what the packet says, as far as it is there."""
        return []

    def leaves_info(self, header: Any) -> bool:
        """Whether the list keeps the line of the datagram: where there is not even a kind."""
        return bool(header.own_size < 2)


def _text(record: Any, name: str) -> str:
    """Return a text of a packet as it is printed."""
    return printed(record.field(name), record.raw(name))


def _options(header: Any) -> list[str]:
    """Return the options, up to what is none."""
    listed = header.options if header.has("options") else ()
    return [f"{_text(each, 'option')}={_text(each, 'value')}" for each in listed if not isinstance(each, bytes)]


class _RequestSight(TFTPSight):
    """Words one by one, up to one that does not end."""

    def says(self, header: Any) -> list[str]:
        said = [f"File: {_text(header, 'file')}"] if header.has("file") else []
        said += [f"Transfer type: {_text(header, 'mode')}"] if header.has("mode") else []
        return [*said, *_options(header)]


class ReadRequestSight(_RequestSight, of=TFTPReadRequest):
    """The file is where it comes from."""


class WriteRequestSight(_RequestSight, of=TFTPWriteRequest):
    """The file is where it goes to."""


class BlockSight(TFTPSight, of=TFTPAcknowledgment):
    """Numbers of blocks are counted on where they begin again."""

    full_block = learnt("block.full", UINT32, "Full Block Number", "full_block")

    def says(self, header: Any) -> list[str]:
        if header.is_cut:
            return []
        last = " (last)" if header.learnt("is_last") else ""
        return [f"Block: {header.learnt('full_block', header.block)}{last}"]


class DataSight(BlockSight, of=TFTPData):
    """A block that is shorter than the others is the last one."""


class ErrorSight(TFTPSight, of=TFTPError):
    """The message may be missing; that something went wrong is remarked."""

    @noted("error", "TFTP ERROR packet", "Warning", RESPONSE)
    def went_wrong(self, header: Any) -> str | None:
        """The other end can't do what was asked, and where its message is there."""
        return "TFTP ERROR packet" if header.has("message") else None

    def says(self, header: Any) -> list[str]:
        said = [f"Code: {header.code}"] if header.has("code") else []
        return [*said, f"Message: {_text(header, 'message')}"] if header.has("message") else said


class OptionAcknowledgmentSight(TFTPSight, of=TFTPOptionAcknowledgment):
    """Options, up to what is none."""

    def says(self, header: Any) -> list[str]:
        return _options(header)
