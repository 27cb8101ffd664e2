"""QUIC: the packets of a connection, of which nothing but their heads can be read without keys.

Source: RFC 8999 for what all versions have in common, RFC 9000, section 17, for version 1, RFC 9369 for version 2. The
keys of the first packets are public (RFC 9001, section 5.2): a reading pass decrypts these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Coded,
    Coding,
    Entry,
    Guess,
    Header,
    Listing,
    Problem,
    RecordList,
    Variant,
    bits,
    listing,
    octets,
    overlay,
    u8,
    u32,
    varint,
)
from dissect.protocols.quic_numbers import QUICPacketType, Version
from dissect.protocols.udp import UDP

__all__ = [
    "BEGINNING",
    "FORCING",
    "MOST",
    "QUIC",
    "QUICDraftRetry",
    "QUICHandshake",
    "QUICInitial",
    "QUICLong",
    "QUICOther",
    "QUICPadding",
    "QUICRetry",
    "QUICShort",
    "QUICVersionNegotiation",
    "QUICZeroRTT",
    "SupportedQUICVersion",
    "looks_like_quic",
    "read_like_first",
]

LEAST = 7
"""The bytes up to the lengths of two empty connection identifiers."""
MOST = 0xFFFF
"""No datagram has more bytes, whatever a length says."""
MOST_ID = 20
"""The longest connection identifier of version 1, in bytes (RFC 9000, section 17.2)."""
_LONG = 0x80
_IDENTIFIER = 6
"""Behind so many bytes of the long head stands the identifier of the receiver; the last of them is its length."""
_TAGGED_DRAFT = 25
"""The draft of version 1 from which on a Retry ends with a tag."""
_TAG = 16
"""The bytes of a Retry packet's integrity tag."""


def looks_like_quic(data: bytes) -> bool:
    """Whether a datagram of any port begins with a packet of a version that there is: connection identifiers fit."""
    version = int.from_bytes(data[1:5], "big")
    return Version(version).is_known_to_guess and data[5] <= MOST_ID and len(data) > 6 + data[5]


BEGINNING = Guess(
    looks_like_quic,
    first=range(0xC0, 0x100),
    then=(b"\0\0\0\0", b"\0\0\0\1", b"\x6b\x33\x43\xcf", b"\xff\0\0", b"\xfa\xce\xb0", b"Q050", b"T050", b"T051"),
    least=LEAST,
)
"""How a connection begins, on whatever port."""
_RESERVED = (0x0A, 0x1A, 0x2A, 0x3A, 0x4A, 0x5A, 0x6A, 0x7A, 0x8A, 0x9A, 0xAA, 0xBA, 0xCA, 0xDA, 0xEA, 0xFA)
FORCING = Guess(
    looks_like_quic,
    places={1: _RESERVED, 2: _RESERVED, 3: _RESERVED, 4: _RESERVED, 0: range(0xC0, 0x100)},
    least=LEAST,
)
"""How one begins whose version makes a server tell its own ones (RFC 9000, section 15)."""


class QUIC(
    Header,
    name="quic",
    finds=("quic",),
    title="QUIC IETF",
    source="RFC 8999, section 5",
    over={UDP: (443, BEGINNING, FORCING)},
):
    """A packet of any kind: its first bit says whether its head is the long one."""

    is_long: int = bits(1, "header_form", factory=Variant(), title="Header Form")
    first_bits: int = bits(7, "", default=0x40, base=16, title="Bits of the version")

    def other_payload(self, outer: Any, deep: bool) -> Any:
        """Return the packet that follows in the same datagram (RFC 9000, section 12.2)."""
        is_followed = None if deep or self.own_end >= self.carried_end else self.is_followed()
        if is_followed is None:
            return super().other_payload(outer, deep)
        cls: Any = QUIC if is_followed else QUICPadding
        follower = cls.decode(self.buffer, self.own_end, self.carried_end, outer)
        follower.learn(shares_layer=True)
        return follower

    def is_followed(self) -> bool | None:
        """Whether what stands behind is a packet: for the same receiver, or it is to be ignored.

        None where the datagram ends in front of what tells.
        """
        receiver = bytes(self.destination_id) if isinstance(self, QUICLong) else b""
        place, end = self.own_end, self.carried_end
        if len(receiver) > MOST_ID:
            return True
        if self.buffer[place] & _LONG:
            place += _IDENTIFIER
            if place > end:
                return None
            is_meant = self.buffer[place - 1] == len(receiver)
        else:
            place += 1
            is_meant = True
        return is_meant and self.buffer[place : min(place + len(receiver), end)] == receiver


class QUICPadding(Header, form_of=QUIC, title="QUIC IETF", source="RFC 9000, section 12.2", leaf=True):
    """What stands behind the packets of a datagram and is for nobody: a receiver ignores it."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Padding of the datagram")

    def info(self) -> str:
        """Return nothing: it says nothing."""
        return ""


class QUICShort(QUIC, variant=0, title="QUIC IETF", source="RFC 9000, section 17.3"):
    """A packet of a connection that is open: how long the identifier is, both sides know."""

    fixed_bit: bool = overlay(1, "fixed_bit", default=AUTOMATIC, over="first_bits", title="Fixed Bit")
    spin: bool = overlay(1, "spin_bit", default=AUTOMATIC, over="first_bits", skip=1, title="Spin Bit")
    protected: bytes = octets("remaining_payload", default=b"", length="rest", kw_only=False, title="Remaining Payload")

    def info(self) -> str:
        """Return what it is."""
        return "Protected Payload"


class QUICLong(QUIC, variant=1, title="QUIC IETF", source="RFC 9000, section 17.2"):
    """The long head: a version, and the connection identifiers of the receiver and of the sender."""

    fixed_bit: bool = overlay(1, "fixed_bit", default=AUTOMATIC, over="first_bits", title="Fixed Bit")
    packet_type: Coding[QUICPacketType] = overlay(
        2,
        "long.packet_type",
        default=AUTOMATIC,
        over="first_bits",
        skip=1,
        kind=Coded(QUICPacketType),
        title="Packet Type",
    )
    version: Coding[Version] = bits(32, "version", kind=Coded(Version), default=1, base=16, title="Version")
    destination_id_length: int = u8("dcil", default=0, title="Destination Connection ID Length")
    destination_id: bytes = octets(
        "dcid", length="destination_id_length", default=b"", title="Destination Connection ID"
    )
    source_id_length: int = u8("scil", default=0, title="Source Connection ID Length")
    source_id: bytes = octets("scid", length="source_id_length", default=b"", title="Source Connection ID")

    def check(self) -> Iterator[Problem]:
        """Yield identifiers that are longer than those of version 1 may be."""
        for name in ("destination_id_length", "source_id_length"):
            if self.has(name) and self.version == 1 and getattr(self, name) > MOST_ID:
                yield self.problem(name, "is more than version 1 has", f"at most {MOST_ID}", getattr(self, name))

    def info(self) -> str:
        """Return the kind of packet, and whom it is from and for."""
        return ", ".join([self.kind_of_packet(), *_identifiers(self)])

    def kind_of_packet(self) -> str:
        """Return what kind of packet it is."""
        kind = self.packet_type
        # The types of version 2 begin with another one (RFC 9369, section 3.2).
        return QUICPacketType((kind - 1) % 4 if self.version.is_second else kind).title


def _identifiers(packet: Any) -> list[str]:
    """Return whom a packet is for and from, as far as they have identifiers that version 1 allows."""
    both = (("DCID", packet.destination_id), ("SCID", packet.source_id))
    return [f"{name}={each.hex()}" for name, each in both if 0 < len(each) <= MOST_ID]


def _length(packet: Any) -> int:
    return min(int(packet.length), MOST)


def _token_length(packet: Any) -> int:
    return min(int(packet.token_length), MOST)


class QUICInitial(QUICLong, variant=1, replaces=True, title="QUIC IETF", source="RFC 9000, section 17.2.2"):
    """How a connection begins: a token from before, and the first messages of the TLS handshake, for all to read.

    `protected` are the packet number and what is encrypted with keys that the identifier tells.
    """

    token_length: int = varint("token_length", title="Token Length", default=0)
    token: bytes = octets("token", length=_token_length, default=b"", title="Token")
    length: int = varint("length", default=0, title="Length")
    protected: bytes = octets("", length=_length, default=b"", title="Packet Number and Payload")


class QUICZeroRTT(QUICLong, variant=1, replaces=True, title="QUIC IETF", source="RFC 9000, section 17.2.3"):
    """Data that a client sends with keys from before."""

    first_bits: int = bits(7, "", default=0x50, base=16, title="Bits of the version")
    length: int = varint("length", default=0, title="Length")
    protected: bytes = octets("remaining_payload", length=_length, default=b"", title="Packet Number and Payload")


class QUICHandshake(QUICLong, variant=1, replaces=True, title="QUIC IETF", source="RFC 9000, section 17.2.4"):
    """The rest of the handshake, encrypted with keys that the first messages agreed on."""

    first_bits: int = bits(7, "", default=0x60, base=16, title="Bits of the version")
    length: int = varint("length", default=0, title="Length")
    protected: bytes = octets("remaining_payload", length=_length, default=b"", title="Packet Number and Payload")


class QUICRetry(QUICLong, variant=1, replaces=True, title="QUIC IETF", source="RFC 9000, section 17.2.5", leaf=True):
    """A server wants the client to begin again, with a token that shows that it can be reached."""

    first_bits: int = bits(7, "", default=0x70, base=16, title="Bits of the version")
    token: bytes = octets("retry_token", length="rest", default=b"", title="Retry Token")
    tag: bytes = octets("retry_integrity_tag", size=_TAG, default=b"", title="Retry Integrity Tag")


class QUICDraftRetry(
    QUICLong,
    variant=1,
    replaces=True,
    title="QUIC IETF",
    source="draft-ietf-quic-transport-24, section 17.2.5",
    leaf=True,
):
    """The same in drafts up to 24: it names the identifier that the client chose first, and has no tag."""

    first_bits: int = bits(7, "", default=0x70, base=16, title="Bits of the version")
    version: Coding[Version] = bits(32, "version", kind=Coded(Version), default=0xFF000018, base=16, title="Version")
    original_length: int = u8("odcil", default=0, title="Original Destination Connection ID Length")
    original: bytes = octets("odcid", length="original_length", default=b"", title="Original Destination Connection ID")
    token: bytes = octets("retry_token", length="rest", default=b"", title="Retry Token")


class SupportedQUICVersion(Entry, name="quic", title="Supported Version", source="RFC 9000, section 17.2.1"):
    """A version that a server can speak."""

    version: Coding[Version] = bits(
        32, "supported_version", kind=Coded(Version), default=1, base=16, kw_only=False, title="Supported Version"
    )


class QUICVersionNegotiation(
    QUIC, variant=1, replaces=True, title="QUIC IETF", source="RFC 8999, section 6", leaf=True
):
    """The versions that a server can speak, for a client that asked in another one."""

    first_bits: int = bits(7, "vn.unused", default=0, size=8, base=16, title="Unused")
    version: int = u32("version", default=0, base=16, title="Version")
    destination_id_length: int = u8("dcil", default=0, title="Destination Connection ID Length")
    destination_id: bytes = octets(
        "dcid", length="destination_id_length", default=b"", title="Destination Connection ID"
    )
    source_id_length: int = u8("scil", default=0, title="Source Connection ID Length")
    source_id: bytes = octets("scid", length="source_id_length", default=b"", title="Source Connection ID")
    versions: Listing[SupportedQUICVersion] = listing(
        RecordList(SupportedQUICVersion), "", length="rest", default=(), title="Supported Versions"
    )

    def info(self) -> str:
        """Return what it is, and whom it is from and for."""
        return ", ".join(["Version Negotiation", *_identifiers(self)])


class QUICOther(QUIC, variant=1, replaces=True, title="QUIC IETF", source="RFC 8999, section 5.1", leaf=True):
    """A packet of a version that nobody here knows: identifiers, and bytes."""

    version: Coding[Version] = bits(32, "", kind=Coded(Version), default=0xABABABAB, base=16, title="Version")
    destination_id_length: int = u8("", default=0, title="Destination Connection ID Length")
    destination_id: bytes = octets("", length="destination_id_length", default=b"", title="Destination Connection ID")
    source_id_length: int = u8("", default=0, title="Source Connection ID Length")
    source_id: bytes = octets("", length="source_id_length", default=b"", title="Source Connection ID")
    data: bytes = octets("", length="rest", default=b"", title="Data")


_FORMS: dict[int, Any] = {0: QUICInitial, 1: QUICZeroRTT, 2: QUICHandshake, 3: QUICRetry}


def read_like_first(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    """Read a packet with a long head of a version that nobody knows as version 1 would, by its type."""
    return _FORMS[buffer[start] >> 4 & 3].decode(buffer, start, end, outer)


def _read_short(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    """Read a packet with a short head, unless a datagram is what another protocol knows as its own.

    A short head tells nothing of itself, so that the port alone would speak for QUIC.
    """
    return (UDP.guess(buffer[start:end]) or QUICShort.decode)(buffer, start, end, outer)


def _read_long(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    """Read a packet with a long head as what its version and its type say."""
    version = Version(int.from_bytes(buffer[start + 1 : min(start + 5, end)], "big"))
    cls: Any = QUICLong if end - start < LEAST else QUICOther
    if end - start >= LEAST and version == 0:
        cls = QUICVersionNegotiation
    elif end - start >= LEAST and version.has_known_packets:
        kind = buffer[start] >> 4 & 3
        cls = _FORMS[(kind - 1) % 4 if version.is_second else kind]
        if cls is QUICRetry and 0 < version.draft < _TAGGED_DRAFT:
            cls = QUICDraftRetry
    elif not version.is_known_to_guess:
        return (UDP.guess(buffer[start:end]) or cls.decode)(buffer, start, end, outer)
    return cls.decode(buffer, start, end, outer)


QUIC.read_variant(0, _read_short)
QUIC.read_variant(1, _read_long)
