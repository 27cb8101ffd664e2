"""A datagram cut to fit a link (RFC 791, section 3.2, "An Example Fragmentation Procedure"; RFC 8200, section 4.5)."""

from __future__ import annotations

from typing import TypeVar
from zlib import crc32

from dissect.declaration.checksum import internet_checksum
from dissect.declaration.header import Header
from dissect.declaration.options import OptionList
from dissect.errors import FieldError, FragmentationNeededError
from dissect.packets.packet import parse
from dissect.protocols.ipv4 import IPProtocol, IPv4, IPv4Flags
from dissect.protocols.ipv4_options import IPv4Option
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ipv6_extensions import DestinationOptions, FragmentHeader, HopByHopOptions, RoutingHeader

__all__ = ["LEAST_MTU", "fragment"]

LEAST_MTU_OF_IPV6 = 1280
"""Bytes that every link of IPv6 takes (RFC 8200, section 5)."""
LEAST_MTU = 68
"""Bytes of IP that every link takes: the longest header and 8 bytes of data (RFC 791, section 3.2)."""
UNIT = 8
"""Fragments begin at multiples of this many bytes of the datagram's data."""
LARGEST_OFFSET = 0x1FFF
RAW_IP = 101
_OPTIONS = OptionList(IPv4Option)

_HeaderType = TypeVar("_HeaderType", bound=Header)


def fragment(frame: _HeaderType, mtu: int, *, identification: int | None = None) -> list[_HeaderType]:
    """Return the datagram in fragments of at most `mtu` bytes of IP each; one that fits comes back alone.

    `frame` is an IP header with what it carries, or a frame around one: then each fragment stands
    behind a copy of the same link headers, without the trailer, whose padding and check sequence
    were the whole frame's. What is carried is encoded first, so that transport checksums are those
    of the whole.

    Of IPv4 the first fragment has every option, the others those with the copy bit. A fragment
    can be fragmented again: offset and MF count on from its own. Of IPv6 each fragment has the headers that
    routers look at (RFC 8200, section 4.5) and a fragment header with this `identification`, from 0 to 0xFFFFFFFF;
    left out, it is made of the datagram's bytes. That of IPv4 stands in its header.

    Raises FragmentationNeededError where an IPv4 datagram is larger than `mtu` and has DF set; FieldError
    for an `mtu` below 68, or 1280 of IPv6, for a datagram that the capture cut short, for one that no fragments can
    carry, and for a fragment of IPv6, which nobody fragments again; KeyError where there is no IP header.

    >>> whole = IPv4(src="10.0.0.1", dst="10.0.0.2", id=7, protocol=17, payload=bytes(100))
    >>> [(piece.fragment_offset, piece.more_fragments, len(piece)) for piece in fragment(whole, 68)]
    [(0, True, 68), (6, True, 68), (12, False, 24)]
    """
    if not isinstance(frame, Header):
        raise TypeError(f"a frame is cut that is a header, not {frame!r}: parse makes one of bytes")
    if not isinstance(mtu, int):
        raise FieldError(f"the MTU is {mtu!r}, expected a whole number of bytes")
    link: list[Header] = []
    for header in frame.layers():
        if isinstance(header, (IPv4, IPv6)):
            datagram = header
            break
        link.append(header)
    else:
        names = ", ".join(type(header).__name__ for header in link)
        raise KeyError(f"no IPv4 or IPv6 here; the layers are {names}")
    if isinstance(datagram, IPv6):
        pieces = _split_ipv6(datagram, mtu, identification)
        return [_behind(link, parse(piece, RAW_IP)) for piece in pieces]  # type: ignore[misc]
    if identification is not None:
        raise FieldError("an identification is given, and that of IPv4 stands in its header: set IPv4.id")
    if mtu < LEAST_MTU:
        raise FieldError(
            f"the MTU is {mtu} bytes, expected at least {LEAST_MTU}, which every link of IPv4 takes (RFC 791)"
        )
    raw = _whole(datagram)
    if len(raw) <= mtu:
        pieces = [raw]
    elif raw[6] & IPv4Flags.DF << 5:
        raise FragmentationNeededError(
            f"the datagram has {len(raw)} bytes and DF set, and the link takes {mtu}: "
            f"send at most {mtu} bytes or clear DF",
            mtu=mtu,
        )
    else:
        pieces = _split(raw, mtu)
    return [_behind(link, parse(piece, RAW_IP)) for piece in pieces]  # type: ignore[misc]


def _split_ipv6(datagram: IPv6, mtu: int, identification: int | None) -> list[bytes]:
    """Return the fragments of an IPv6 datagram (RFC 8200, section 4.5); one that fits is alone."""
    if mtu < LEAST_MTU_OF_IPV6:
        raise FieldError(
            f"the MTU is {mtu} bytes, expected at least {LEAST_MTU_OF_IPV6}, which every link of IPv6 takes (RFC 8200)"
        )
    if identification is not None and not 0 <= identification <= 0xFFFFFFFF:
        raise FieldError(f"the identification is {identification}, expected 0 to 4294967295")
    raw = bytes(datagram)
    total = 40 + int.from_bytes(raw[4:6], "big")
    if len(raw) <= mtu:
        return [raw]
    if not 40 < total <= len(raw):
        raise FieldError(
            f"IPv6.payload_length says {total - 40} bytes where {len(raw) - 40} are there, "
            "expected a whole datagram to fragment"
        )
    raw = raw[:total]
    # What routers look at stays in front: hop-by-hop options, and all up to a routing header.
    size, follows = 40, 6
    place, at = 40, 6
    for header in list(datagram.layers())[1:]:
        if isinstance(header, FragmentHeader):
            raise FieldError("the datagram is a fragment of IPv6, which nobody fragments again (RFC 8200, section 4.5)")
        if not isinstance(header, (HopByHopOptions, DestinationOptions, RoutingHeader)) or header.is_cut:
            break
        at, place = place, place + len(header.own_bytes)
        if not isinstance(header, DestinationOptions):
            size, follows = place, at
    front, data = bytearray(raw[:size]), raw[size:]
    if len(data) > 0xFFFF:
        raise FieldError(f"{len(data)} bytes are to be fragmented, expected at most 65535")
    number = crc32(raw) if identification is None else identification
    next_header = front[follows]
    front[follows] = IPProtocol.IPV6_FRAG
    room = (mtu - size - FragmentHeader.least_size) // UNIT * UNIT
    if room <= 0:
        raise FieldError(f"the headers that each fragment has take {size} bytes, and the link {mtu}")
    pieces = []
    for start in range(0, len(data), room):
        part = data[start : start + room]
        own = FragmentHeader(
            next_header=next_header,
            fragment_offset=start // UNIT,
            more_fragments=start + room < len(data),
            id=number,
        )
        front[4:6] = (size - 40 + FragmentHeader.least_size + len(part)).to_bytes(2, "big")
        pieces.append(bytes(front) + bytes(own) + part)
    return pieces


def _whole(datagram: IPv4) -> bytes:
    """Return the datagram's bytes, as many as its total length says; FieldError where that cannot be."""
    raw = bytes(datagram)
    if len(raw) < 20 or raw[0] >> 4 != 4:
        raise FieldError("the IPv4 header is cut short or of another version, expected a whole one to fragment")
    size = (raw[0] & 15) * 4
    # Zero stands for a length that was left to the hardware (segmentation offload).
    total = int.from_bytes(raw[2:4], "big") or len(raw)
    if not 20 <= size <= total <= len(raw):
        raise FieldError(
            f"IPv4.ihl says {size} bytes and IPv4.total_length {total} where {len(raw)} are there, "
            "expected a whole datagram to fragment"
        )
    return raw[:total]


def _split(raw: bytes, mtu: int) -> list[bytes]:
    """Return the fragments of a datagram that is larger than `mtu`."""
    size = (raw[0] & 15) * 4
    header, data = raw[:size], raw[size:]
    place = int.from_bytes(raw[6:8], "big")
    offset = place & LARGEST_OFFSET
    more = place & IPv4Flags.MF << 13
    # Of the flags DF is clear here, and the reserved one is every fragment's.
    reserved = place & IPv4Flags.RESERVED << 13
    pieces = []
    start = 0
    while start < len(data):
        room = mtu - len(header)
        end = start + room // UNIT * UNIT
        if start + room >= len(data):
            end = len(data)
        if offset > LARGEST_OFFSET:
            raise FieldError(f"the datagram would reach beyond 65535 bytes with its {len(data)} bytes of data")
        last = end == len(data)
        pieces.append(_headed(header, reserved | (more if last else IPv4Flags.MF << 13) | offset, data[start:end]))
        if not start:
            header = header[:20] + copied_options(header[20:])
        offset += (end - start) // UNIT
        start = end
    return pieces


def _headed(header: bytes, place: int, data: bytes) -> bytes:
    """Return a datagram: the header with its lengths, flags and offset, and checksum set for `data`."""
    head = bytearray(header)
    head[0] = 0x40 | len(header) // 4
    head[2:4] = (len(header) + len(data)).to_bytes(2, "big")
    head[6:8] = place.to_bytes(2, "big")
    head[10:12] = bytes(2)
    head[10:12] = internet_checksum(bytes(head)).to_bytes(2, "big")
    return bytes(head) + data


def copied_options(options: bytes) -> bytes:
    """Return the options that every fragment carries, padded to whole words (RFC 791, section 3.1).

    >>> copied_options(bytes.fromhex("940400000703040001000000")).hex()
    '94040000'
    """
    kept = b"".join(bytes(option) for option in _OPTIONS.load(options) if option.copied)
    return kept + bytes(-len(kept) % 4)


def _behind(link: list[Header], datagram: Header) -> Header:
    """Return the datagram behind copies of the link headers."""
    for header in reversed(link):
        datagram = header.replace(payload=datagram, trailer=b"")
    return datagram
