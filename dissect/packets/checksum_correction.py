"""Checksums of a frame whose bytes were changed: moved by the change, or computed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.packets.packet import parse

__all__ = ["completed", "recomputed", "updated"]


def updated(
    before: bytes, after: bytes, link: str | int = "ethernet", *, headers: Sequence[Header] | None = None
) -> bytes:
    """Return `after` with every checksum moved by what has changed under it since `before` (RFC 1624).

    Both have the same length and the same layers, and differ in fields that are no checksums. One that was
    wrong stays wrong by as much; what was right is right again, in fragments too, in frames that the snap
    length cut, and in what an ICMP error quotes. No checksum (0 over UDP) stays none.
    `headers` are those of `before` where somebody has parsed it already.
    """
    if before == after:
        return after
    patched = bytearray(after)
    if headers is None:
        headers = list(parse(before, link).layers())
    changed = list(parse(after, link).layers())
    # Innermost first, for a message sums the checksums in what it carries.
    for place in reversed(range(len(headers))):
        for field in _checksums(headers[place]):
            if place < len(changed) and type(changed[place]) is type(headers[place]):
                _move(headers[place], changed[place], field, before, patched)
    return bytes(patched)


def recomputed(data: bytes, link: str | int = "ethernet", *, before: bytes | None = None) -> bytes:
    """Return the frame with every checksum computed anew, as far as what it sums is there.

    Where it is not, in fragments, cut frames, and what an ICMP error quotes, the checksum is moved as
    `updated` does it from `before`, or stays as it is without that. No checksum (0 over UDP) stays none.
    """
    if before is not None:
        data = updated(before, data, link)
    for place in reversed(range(len(list(parse(data, link).layers())))):
        # Parsed again for each, as what is inside it may have changed.
        data = _recomputed_at(place, data, link, transports_only=False)
    return data


def completed(data: bytes, link: str | int = "ethernet") -> bytes:
    """Return the frame with the checksum of its transport computed, which its sender left to the hardware."""
    for place in range(len(list(parse(data, link).layers()))):
        data = _recomputed_at(place, data, link, transports_only=True)
    return data


def _checksums(header: Header) -> Iterator[Field]:
    """Yield the checksums that are there."""
    for field in _declared_checksums(type(header)):
        if header.reaches(field):
            yield field


@cache
def _declared_checksums(cls: type[Header]) -> tuple[Field, ...]:
    return tuple(field for field in cls.fields if isinstance(field.factory, Checksum))


def _recomputed_at(place: int, data: bytes, link: str | int, *, transports_only: bool) -> bytes:
    header = list(parse(data, link).layers())[place]
    for field in _checksums(header):
        checksum: Any = field.factory
        if header.is_quoted or (transports_only and checksum.pseudo_header is None):
            continue
        stays_absent = checksum.optional and not header.raw(field) and not header.requires_checksum
        expected = None if stays_absent and not transports_only else checksum.expected(header, field)
        if expected is not None:
            at = _offset(header, field)
            data = data[:at] + expected.to_bytes(2, "big") + data[at + 2 :]
    return data


def _move(header: Header, changed: Header, field: Field, before: bytes, patched: bytearray) -> None:
    checksum: Any = field.factory
    stored = header.raw(field)
    if checksum.optional and not stored and not header.requires_checksum:
        return
    start = header.offset or 0
    end = start + (len(header.own_bytes) if checksum.header_only else len(header))
    old, new = before[start:end], bytes(patched[start:end])
    network, network_now = header.network_header, changed.network_header
    if checksum.pseudo_header is not None and network is not None and network_now is not None:
        length = end - start
        old = network.pseudo_header(checksum.pseudo_header, length) + old  # type: ignore[attr-defined]
        new = network_now.pseudo_header(checksum.pseudo_header, length) + new  # type: ignore[attr-defined]
    if old == new:
        return
    total = (stored ^ 0xFFFF) + (ones_complement_sum(old) ^ 0xFFFF) + ones_complement_sum(new)
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    moved = total ^ 0xFFFF or (0xFFFF if checksum.optional else 0)
    at = _offset(header, field)
    patched[at : at + 2] = moved.to_bytes(2, "big")


def _offset(header: Header, field: Field) -> int:
    return (header.offset or 0) + header.span(field)[0] // 8
