"""Ethernet and VLAN tags as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Header
from dissect.protocols.ethernet import (
    MAXIMUM_LENGTH,
    MINIMUM_FRAME,
    MINIMUM_TYPE,
    NO_LLC,
    Ethernet,
    padding_of,
)
from dissect.wireshark.field_types import BYTES, UINT8, UINT16, UINT32
from dissect.wireshark.notices import MALFORMED
from dissect.wireshark.preferences import is_on
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, mark

__all__ = ["EthernetSight", "LinkSight", "zero_padding"]

_LOCALITY = (
    "Locally administered address (this is NOT the factory default)",
    "Globally unique address (factory default)",
)


def _zero_padding(frame: Ethernet) -> bytes | None:
    """Return the padding as Wireshark counts it: it takes the length of the outermost frame for that of each in it."""
    if frame.is_attached and frame.own_start and len(frame.buffer) - len(frame.trailer) >= MINIMUM_FRAME:
        return None
    return zero_padding(frame)


def _is_raw(frame: Ethernet) -> bool:
    """Whether IPX follows the length, with nothing between them."""
    return 0 < frame.type <= MAXIMUM_LENGTH and frame.parts()[1].startswith(NO_LLC)


class LinkSight(Sight):
    """A header whose last field is a type or a length."""

    @computed("len", UINT16, over="type", title="Length")
    def length(self, header: Any) -> int | None:
        """The bytes of a payload that has a length for its type; None where it has a type."""
        return header.payload_length  # type: ignore[no-any-return]

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the protocol, and that something looks at the type where a type is there."""
        if header.is_cut or 0 < header.type <= MAXIMUM_LENGTH:
            return (header.name,)
        is_known = header.payload is not None or header.can_carry(header.type)
        return (header.name, "ethertype") if is_known else (header.name,)


def _is_of_another(frame: Ethernet) -> bool:
    """Whether the header belongs to what it carries: to that of Cisco's inter-switch link."""
    return frame.type <= MAXIMUM_LENGTH and frame.payload is not None and frame.payload.name == "isl"


class EthernetSight(LinkSight, of=Ethernet):
    """All of a header or nothing; a type field that holds a length goes by the name of the length."""

    titles = {"eth.addr": "Address"}
    holders = {"eth.": 24}

    order = tuple(
        """
        dst src type len invalid_lentype padding trailer fcs fcs.status
        """.split()
    )
    reads = (Stop(lambda frame: frame.is_cut or _is_of_another(frame)),)
    remarks_as = {"eth.padding_bad": "Ethertype"}
    hides = {"type": lambda frame: 0 < frame.type < MINIMUM_TYPE}
    truths = {
        "eth.": ("Group address (multicast/broadcast)", "Individual address (unicast)"),
        "eth.lg": _LOCALITY,
        "eth.dst.lg": _LOCALITY,
        "eth.src.lg": _LOCALITY,
    }

    @computed("padding", BYTES, title="Padding")
    def padding_bytes(self, header: Ethernet) -> bytes | None:
        """The padding where it is zeros, as IEEE 802.3 means it; tshark counts any other to the trailer."""
        return None if header.hides_trailer or _is_of_another(header) else _zero_padding(header)

    @computed("trailer", BYTES, title="Trailer")
    def trailer_bytes(self, header: Ethernet) -> bytes | None:
        """The trailer without the padding; None where there is none, and behind a VLAN tag, whose it is."""
        tail = header.trailer.removesuffix(header.check_sequence or b"")
        if (
            not tail
            or _is_of_another(header)
            or (header.payload is not None and header.payload.transparent)
            or header.hides_trailer
        ):
            return None
        padding = header.padding
        if padding and not any(padding) and header.captured_length < MINIMUM_FRAME and header.is_cut_by_capture(1):
            # Where the capture cut zeros off it cannot be told which they are.
            return None
        return tail[len(_zero_padding(header) or b"") :] or None

    @computed("fcs", UINT32, base=16, title="Frame check sequence")
    def check_sequence(self, header: Ethernet) -> int | None:
        """The frame check sequence, where the file says that frames have one."""
        found = header.check_sequence
        return None if found is None else int.from_bytes(found, "big")

    @computed("fcs.status", UINT8, title="FCS Status")
    def check_sequence_status(self, header: Ethernet) -> int | None:
        """2 where it is not verified, as by default; 1 where it is right, 0 where it is wrong."""
        if header.check_sequence is None:
            return None
        if not is_on("eth.check_fcs"):
            return 2
        return int(header.fcs_state() is ChecksumState.GOOD)

    bad_check_sequence = mark("fcs_bad", "Bad checksum")

    @computed("invalid_lentype", UINT16, base=16, over="type", title="Invalid length/type")
    def invalid_type(self, header: Ethernet) -> int | None:
        """The type where it is neither a type nor a length; None otherwise."""
        return int(header.type) if MAXIMUM_LENGTH < header.type < MINIMUM_TYPE else None

    group_source = mark(
        "src_not_group",
        "Source MAC must not be a group address",
        "Warning",
        "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)",
        about="src",
    )
    invalid_type_mark = mark(
        "invalid_lentype.expert",
        "Invalid length/type",
        "Warning",
        lambda frame: f"Invalid length/type: {int(frame.type):#06x} ({int(frame.type)})",
        about="type",
    )
    past_end = mark(
        "len.past_end", "Length field value goes past the end of the payload", group=MALFORMED, about="type"
    )
    bad_padding = mark(
        "padding_bad",
        "Padding identification may be inaccurate and impact trailer dissector",
        "Note",
        "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros.",
    )

    def path(self, header: Ethernet) -> tuple[str, ...]:
        """Return the protocol, and that something looks at the type where a type is there."""
        is_none = not header.is_cut and MAXIMUM_LENGTH < header.type < MINIMUM_TYPE
        return (header.name,) if is_none else super().path(header)

    def protocol(self, header: Ethernet) -> str:
        """Return the type in digits, for no header stands for it where this line is seen."""
        return "Ethernet" if header.is_cut or 0 < header.type < MINIMUM_TYPE else f"{int(header.type):#06x}"

    def fills_columns(self, header: Ethernet) -> bool:
        """Whether addresses are put into the columns: those of a frame that is cut behind them, too."""
        return True

    def leaves_info(self, header: Ethernet) -> bool:
        """Whether the header is cut: what a tunnel around it says is then the last word."""
        return header.is_cut

    def text(self, header: Ethernet) -> str:
        """Return the line in the details, which tells no addresses of a frame with a length; "" of one that is cut."""
        if header.is_cut:
            return ""
        if header.type > MAXIMUM_LENGTH:
            return super().text(header)
        return f"IEEE 802.3 Ethernet {'Raw ' if _is_raw(header) else ''}"

    def words(self, header: Ethernet) -> Iterator[str]:
        """Yield the type, or the kind of a frame without one."""
        if header.is_cut:
            return
        title = str(header.type.title)
        if MAXIMUM_LENGTH < header.type < MINIMUM_TYPE:
            yield f"Ethernet Unknown: Invalid length/type: {int(header.type):#06x} ({int(header.type)})"
        elif _is_raw(header):
            yield "IEEE 802.3 Ethernet Raw "
        else:
            yield "Ethernet II" if title == "Unknown" else title


def zero_padding(frame: Header) -> bytes | None:
    """Return the part of the trailer that brings the frame to 60 bytes where it is zeros; None for any other."""
    padding = padding_of(frame)
    return padding if padding and not any(padding) and frame.captured_length >= MINIMUM_FRAME else None
