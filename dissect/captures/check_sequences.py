"""Frame check sequences of Ethernet frames, where a file says that its frames have them: taking them off."""

from __future__ import annotations

__all__ = ["check_sequence_length", "strip_check_sequence"]

from dissect.captures.pcap import PcapReader
from dissect.captures.pcapng_blocks import PcapngPacket
from dissect.captures.pcapng_options import ENHANCED_PACKET, Option
from dissect.captures.reader import CaptureReader
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import FCS_LENGTH

_FLAGS = 2
# Bits 5 to 8 of a packet's flags are the length of its check sequence (draft-ietf-opsawg-pcapng, 4.3.1).
_FLAGS_LENGTH = 0x1E0


def check_sequence_length(reader: CaptureReader, packet: Packet) -> int:
    """Return how many bytes of a packet that the reader gave are its check sequence on the wire; 0 where none is."""
    stated: int | None
    if packet.link != ETHERNET:
        return 0
    if isinstance(packet, PcapngPacket):
        stated = packet.fcs_length
    elif isinstance(reader, PcapReader):
        stated = reader.header.fcs_length
    else:
        # Formats that are only read mark the frame itself.
        stated = packet.frame.learnt("fcs_length")
    # Ethernet has one of four bytes, whatever more the file says.
    return FCS_LENGTH if stated is not None and stated >= FCS_LENGTH else 0


def strip_check_sequence(reader: CaptureReader, packet: Packet) -> None:
    """Take the check sequence off a packet that the reader gave, as far as the snap length left it there."""
    length = check_sequence_length(reader, packet)
    if not length or packet.original_length < length:
        return
    packet.original_length -= length
    packet.data, packet._frame = packet.data[: packet.original_length], None
    if isinstance(packet, PcapngPacket):
        packet.options = tuple(
            Option(ENHANCED_PACKET, _FLAGS, (option.value & ~_FLAGS_LENGTH).to_bytes(4, "big"))
            if option.name == "flags" and isinstance(option.value, int)
            else option
            for option in packet.options
        )
