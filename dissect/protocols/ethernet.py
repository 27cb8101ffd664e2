"""Ethernet: DIX Ethernet II and IEEE 802.3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

from dissect.declare import (
    AUTOMATIC,
    Address,
    ChecksumState,
    Code,
    Coding,
    Data,
    Field,
    Header,
    OpenTable,
    Problem,
    Selector,
    code,
    mac,
    overlay,
)
from dissect.errors import FieldError

__all__ = ["EtherType", "Ethernet", "LinkHeader", "TypeOrLength", "padding_of"]

MINIMUM_FRAME = 60
"""The least length of a frame without its frame check sequence, in bytes (IEEE 802.3, clause 3.2.8)."""
FCS_LENGTH = 4
"""The bytes of a frame check sequence (IEEE 802.3, clause 3.2.9)."""
MAXIMUM_LENGTH = 1500
"""The largest value of the type field that is a length (IEEE 802.3, clause 3.2.6)."""
MINIMUM_TYPE = 1536
"""The smallest value of the type field that is a type."""
NO_LLC = b"\xff\xff"
"""What a length is followed by where there is no LLC: the checksum field of IPX, which is not used."""


class EtherType(Code):
    """The protocol that an Ethernet frame carries (IANA, ieee-802-numbers)."""

    IPV4 = 0x0800, "IPv4"
    ARP = 0x0806, "ARP"
    WAKE_ON_LAN = 0x0842, "Wake on LAN"
    TRANSPARENT_BRIDGING = 0x6558, "Transparent Ethernet bridging"
    RARP = 0x8035, "RARP"
    APPLETALK = 0x809B, "AppleTalk LLAP bridging"
    AARP = 0x80F3, "AARP"
    VLAN = 0x8100, "802.1Q Virtual LAN"
    IPX = 0x8137, "Netware IPX/SPX"
    IPV6 = 0x86DD, "IPv6"
    SLOW_PROTOCOLS = 0x8809, "Slow Protocols"
    MPLS = 0x8847, "MPLS label switched packet"
    PPPOE_DISCOVERY = 0x8863, "PPPoE Discovery"
    PPPOE_SESSION = 0x8864, "PPPoE Session"
    EAPOL = 0x888E, "802.1X Authentication"
    QINQ = 0x88A8, "802.1ad Provider Bridge (Q-in-Q)"
    LLDP = 0x88CC, "802.1 Link Layer Discovery Protocol (LLDP)"
    PTP = 0x88F7, "PTPv2 over Ethernet (IEEE1588)"
    LOOPBACK = 0x9000, "Loopback"
    QINQ_OLD = 0x9100, "QinQ: old non-standard 802.1ad"

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of types that have no name here."""
        from dissect.protocols.assigned_numbers import ETHER_TYPES

        return ETHER_TYPES


class TypeOrLength(Selector):
    """The type of what follows; the length in bytes of a payload that has no type (IEEE 802.3)."""

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        number = super().fill(record, header, payload, network, field)
        if number or not record._is_802_3(record.payload):
            return number
        return len(payload) - len(record.trailer)

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        number = header.raw(field)
        if MAXIMUM_LENGTH < number < MINIMUM_TYPE:
            yield header.problem(
                field.name, "is neither a length nor a type", "at most 1500 or at least 1536", number, "warning",
                name="invalid_lentype.expert",
            )  # fmt: skip
        elif number <= MAXIMUM_LENGTH and number > header.captured_length - header.least_size:
            missing = number - (header.captured_length - header.least_size)
            if not header.is_cut_by_capture(missing):
                yield header.problem(
                    field.name, "runs past the end of the frame", header.captured_length - header.least_size, number,
                    name="len.past_end",
                )  # fmt: skip


class LinkHeader(Header):
    """What Ethernet frames and VLAN tags have in common: a field that is a type or a length."""

    if TYPE_CHECKING:
        type: Coding[EtherType]

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        number, end = int.from_bytes(self.buffer[self.own_end - 2 : self.own_end], "big"), self.carried_end
        # A length of 0 would leave nothing to read, and stands where a sender knew no type.
        if 0 < number <= MAXIMUM_LENGTH:
            end = min(end, self.own_end + number)
            if end > self.own_end and not deep and not self.buffer.startswith(NO_LLC, self.own_end):
                decode = WITH_LENGTH.find(self.buffer[self.own_start : self.own_start + 5]) or WITH_LENGTH[b""]
                return decode(self.buffer, self.own_end, end, outer)  # type: ignore[no-any-return]
        return Data.decode(self.buffer, self.own_end, end, outer) if self.own_end < end else None

    @property
    def payload_length(self) -> int | None:
        """The bytes of a payload that has a length for its type (IEEE 802.3, clause 3.2.6); None otherwise."""
        return int(self.type) if 0 < self.type <= MAXIMUM_LENGTH else None

    def _is_802_3(self, payload: Header | None) -> bool:
        return payload is not None and payload.name in ("llc", "isl")


WITH_LENGTH = OpenTable("WITH_LENGTH")
"""Decoders for frames with a length for a type: by the first five bytes of where these go, b"" for all others."""


def padding_of(frame: Header) -> bytes:
    """Return the part of the trailer that brings a frame to 60 bytes; a frame check sequence is none of it."""
    tail = frame.trailer
    if not tail:
        return b""
    inside = max(MINIMUM_FRAME - (frame.captured_length - len(tail)), 0)
    return tail[: min(inside, len(tail) - (frame.learnt("fcs_length") or 0))]


class Ethernet(LinkHeader, name="eth", title="Ethernet", source="IEEE 802.3, clause 3", links=(1,)):
    """Destination, source, and a type that says what follows, or a length in bytes up to 1500.

    What stands behind the payload is the trailer. Its first bytes, as many as bring the frame to
    60, are the padding; its last four are the frame check sequence where the capture has them (`check_sequence`).
    """

    dst: Address = mac("dst", default="00:00:00:00:00:00", also="addr", title="Destination")
    src: Address = mac("src", default="00:00:00:00:00:00", also="addr", title="Source")
    type: Coding[EtherType] = code(16, EtherType, "type", factory=TypeOrLength("ethertype"), base=16, title="Type")
    dst_group: bool = overlay(1, "dst.ig", default=AUTOMATIC, over="dst", skip=7, also="ig", title="IG bit")
    dst_local: bool = overlay(1, "dst.lg", default=AUTOMATIC, over="dst", skip=6, also="lg", title="LG bit")
    src_group: bool = overlay(1, "src.ig", default=AUTOMATIC, over="src", skip=7, also="ig", title="IG bit")
    src_local: bool = overlay(1, "src.lg", default=AUTOMATIC, over="src", skip=6, also="lg", title="LG bit")

    def headline(self) -> str:
        untyped = "IEEE 802.3 Ethernet" if self.type <= MAXIMUM_LENGTH else "Ethernet"
        return f"{untyped if self.type < MINIMUM_TYPE else 'Ethernet II'}, Src: {self.src}, Dst: {self.dst}"

    @property
    def padding(self) -> bytes:
        """The part of the trailer that brings the frame to 60 bytes; b"" where there is none."""
        return padding_of(self)

    @property
    def hides_trailer(self) -> bool:
        """Whether what stands behind the payload is nobody's: behind the length of PPPoE (RFC 2516, section 4)."""
        carried = next((each for each in self.layers() if each is not self and not each.transparent), None)
        return carried is not None and carried.name in ("pppoes", "pppoed")

    def padded(self, filling: bytes | int = b"", length: int = MINIMUM_FRAME) -> Self:
        """Return a copy padded to `length` bytes: with `filling` as far as it goes, then with zeros.

        `padded(100)` is `padded(length=100)`. A frame that is long enough already is copied as it is. Raises
        FieldError for what is neither bytes nor a number.

        >>> len(Ethernet().padded()), len(Ethernet().padded(100))
        (60, 100)
        """
        if isinstance(filling, int):
            return self.padded(length=filling)
        if not isinstance(filling, (bytes, bytearray)):
            raise FieldError(f"padded takes the filling as bytes, and the length as a number, not {filling!r}")
        copy, missing = self.copy(), length - len(self)
        if missing > 0:
            copy.trailer = self.trailer + filling[:missing].ljust(missing, b"\0")
        return copy

    @property
    def check_sequence(self) -> bytes | None:
        """The frame check sequence, where the file says that its frames have one; None otherwise."""
        length = self.learnt("fcs_length")
        return self.trailer[-length:] if length else None

    def with_fcs(self) -> Self:
        """Return a copy with its frame check sequence as the last 4 bytes of the trailer (IEEE 802.3, clause 3.2.9)."""
        return self.replace(trailer=self.trailer + crc32(bytes(self)).to_bytes(4, "little"))

    def fcs_state(self) -> ChecksumState:
        """Return whether the last 4 bytes of the frame are its right frame check sequence; ABSENT below 18 bytes.

        Whether a frame has one cannot be told from its bytes: call this where the capture has them. No length
        within the frame counts here, for it may be what was damaged.
        """
        data = bytes(self)
        if len(data) < self.least_size + 4:
            return ChecksumState.ABSENT
        return ChecksumState.GOOD if crc32(data[:-4]).to_bytes(4, "little") == data[-4:] else ChecksumState.BAD

    def check(self) -> Iterator[Problem]:
        """Yield what is wrong beside the type: a group address as source (IEEE 802.3, clause 3.2.3), odd padding."""
        if self.is_cut:
            return
        if self.src_group:
            found = "is a group address, which no frame comes from"
            yield self.problem("src", found, severity="warning", name="src_not_group")
        if self.check_sequence is not None and self.fcs_state() is ChecksumState.BAD:
            right = crc32(bytes(self)[:-FCS_LENGTH]).to_bytes(FCS_LENGTH, "little")
            yield self.problem("", "has a wrong frame check sequence", right.hex(), self.check_sequence.hex())
        missing = max(MINIMUM_FRAME - self.captured_length, 0)
        if any(self.padding) and not self.hides_trailer and self.is_cut_by_capture(missing):
            # Some send what was in their buffer; others put a trailer where padding should be.
            found = "has padding that is not zeros, or a trailer in its place"
            yield self.problem("", found, severity="note", name="padding_bad")

    def info(self) -> str:
        """Return what is carried, or the length of a frame that does not say."""
        length = self.payload_length
        return str(self.type.title) if length is None else f"{length} bytes"


# Tunnels that carry EtherTypes carry whole Ethernet frames so.
Ethernet.carry(Ethernet, EtherType.TRANSPARENT_BRIDGING)
