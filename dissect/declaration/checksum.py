"""The Internet checksum (RFC 1071) and its incremental update (RFC 1624)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache

__all__ = [
    "VERIFIED",
    "ChecksumState",
    "crc32c",
    "datagram_sums_up",
    "internet_checksum",
    "is_sum_of_ends",
    "ones_complement_sum",
    "sum_of_octets",
    "sum_of_words",
    "updated_checksum",
    "verifying",
]


class ChecksumState(Enum):
    """What is known of a checksum once it has been looked at."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"
    UNVERIFIABLE = "unverifiable"
    OFFLOADED = "offloaded"
    """Left to the hardware of the machine that captured its own frames: no problem, and not yet right."""

    @property
    def is_trusted(self) -> bool:
        """Whether the bytes below it are taken for those that were sent."""
        return self in (ChecksumState.GOOD, ChecksumState.OFFLOADED)


VERIFIED: dict[str, bool] = {}
"""By the name of a protocol: True has what was left to hardware called wrong, False has nothing verified."""


@contextmanager
def verifying(checks: Mapping[str, bool]) -> Iterator[None]:
    """Verify the checksums of some protocols as tshark's preferences `ip.check_checksum` and its siblings have it.

    With True a checksum that was left to the hardware is wrong, as if it had been on the wire so; with False none is
    looked at. Protocols that are not named tell the two apart, and so do all of them behind the block.
    """
    before = dict(VERIFIED)
    VERIFIED.update(checks)
    try:
        yield
    finally:
        VERIFIED.clear()
        VERIFIED.update(before)


def ones_complement_sum(data: bytes | bytearray) -> int:
    """Return the ones' complement sum of the 16-bit words of `data`, 0 to 0xFFFF.

    An odd last byte counts as the high byte of a word (RFC 1071, section 1). The whole buffer
    is taken as one number: 65536 is 1 modulo 65535, so the remainder is the sum of the words.
    The remainder 0 stands for 0xFFFF unless every byte is zero.

    >>> hex(ones_complement_sum(bytes.fromhex("0001f203f4f5f6f7")))
    '0xddf2'
    """
    total = int.from_bytes(data, "big")
    if len(data) & 1:
        total <<= 8
    return sum_of_words(total)


def sum_of_octets(data: bytes) -> int:
    """Return what `ones_complement_sum` does, sooner where the same few bytes come again, as both addresses do.

    >>> sum_of_octets(bytes([0, 1, 0, 2])), sum_of_octets(bytes(8))
    (3, 0)
    """
    return _sum_of_few(data) if len(data) <= _FEW_OCTETS else ones_complement_sum(data)


_FEW_OCTETS = 40
"""Two addresses of IPv6, and as much again as a pseudo-header has behind them."""
_sum_of_few = lru_cache(4096)(ones_complement_sum)


def datagram_sums_up(data: bytes, protocol: int, source: bytes, destination: bytes) -> bool:
    """Whether the words of a datagram and of its pseudo-header make 0xFFFF, so that its checksum is right.

    The pseudo-header has both addresses, the number of the protocol and the length (RFC 9293, section 3.1; RFC 8200,
    section 8.1).

    >>> datagram_sums_up(bytes.fromhex("0005 0006 0008 7a0b"), 17, bytes(3) + b"A", bytes(3) + b"B")
    False
    """
    size = len(data)
    number = int.from_bytes(data, "big") << 8 * (size & 1)
    ends = int.from_bytes(source, "big") + int.from_bytes(destination, "big")
    # 0 and 0xFFFF are the same number.
    return size <= 0xFFFF and (sum_of_words(number) + ends + protocol + size) % 0xFFFF == 0


def is_sum_of_ends(found: int, ends: int, size: int) -> bool:
    """Whether a checksum is no more than the sum of the pseudo-header of a datagram, with its length or without.

    So a system hands it to a network card that computes the rest; Linux leaves the length out where the card cuts the
    datagram as well. `ends` is the sum of both addresses and the protocol, `size` the length, up to 65535 bytes.

    >>> is_sum_of_ends(0x1B, ones_complement_sum(bytes([0, 1, 0, 1, 0, 17])), 8)
    True
    """
    total = ends + size
    return found in (ends, (total & 0xFFFF) + (total >> 16))


def internet_checksum(data: bytes | bytearray) -> int:
    """Return the checksum to store over `data`, whose checksum field holds zero (RFC 1071)."""
    return 0xFFFF - ones_complement_sum(data)


_FOLDS = tuple((bits, (1 << bits) - 1) for bits in (188_416, 94_208, 47_104, 23_552, 11_776, 5_888, 2_944, 1_472))
"""Multiples of 16 bits, each the half of the one before, and as many bits set."""
_MUCH, _LITTLE = 11_776, 2_400
"""Below the second so many bits are divided sooner than folded; above the first all folds are tried."""
_FEW_FOLDS = _FOLDS[-3:]


def sum_of_words(number: int) -> int:
    """Return the ones' complement sum of the 16-bit words of a number, 0 to 0xFFFF.

    Division takes long, so the upper half is added to the lower one as long as there are many words.
    """
    length = number.bit_length()
    if length > _LITTLE:
        for bits, mask in _FOLDS if length > _MUCH else _FEW_FOLDS:
            # Where it would hardly get shorter, the next fold does more.
            if length > bits + (bits >> 3):
                number = (number >> bits) + (number & mask)
    return number % 65535 or (0xFFFF if number else 0)


def updated_checksum(checksum: int, old: int, new: int) -> int:
    """Return `checksum` after one 16-bit word under it changed from `old` to `new`.

    This is equation 3 of RFC 1624, HC' = ~(~HC + ~m + m'), which gets the zero right where
    RFC 1141 did not.

    >>> hex(updated_checksum(0xDD2F, 0x5555, 0x3285))
    '0x0'
    """
    total = (checksum ^ 0xFFFF) + (old ^ 0xFFFF) + new
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def crc32c(data: bytes | bytearray) -> int:
    """Return the CRC-32c (Castagnoli) of the data (RFC 9260, appendix A).

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    remainder, table = 0xFFFFFFFF, _CRC_TABLE or _crc_table()
    for octet in data:
        remainder = remainder >> 8 ^ table[(remainder ^ octet) & 0xFF]
    return remainder ^ 0xFFFFFFFF


_CASTAGNOLI = 0x82F63B78
"""The polynomial, its low bit first."""
_CRC_TABLE: list[int] = []
"""The remainders of single bytes, from when the first CRC is wanted."""


def _crc_table() -> list[int]:
    for octet in range(256):
        remainder = octet
        for _ in range(8):
            remainder = remainder >> 1 ^ (_CASTAGNOLI if remainder & 1 else 0)
        _CRC_TABLE.append(remainder)
    return _CRC_TABLE
