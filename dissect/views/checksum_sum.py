"""The Internet checksum as people compute it by hand (RFC 1071): words, their sum, the carries, the complement.

A CRC is no sum of words, and nobody computes it by hand: of one only what comes out is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dissect.declaration.automatic import Checksum, CRC32c
from dissect.declaration.checksum import ChecksumState, internet_checksum
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.protocols.icmp_extensions import ICMPExtensions
from dissect.views.pieces import Piece, pieces_of_header

__all__ = ["ChecksumSum", "Word", "checksum_sum", "extensions_sum", "words"]

_SHOWN = 16
"""How many words of the payload are written out; the others are one line with their sum."""


class Word(NamedTuple):
    """One line of the sum: a number of 16 bits, or the sum of several, and what it is."""

    value: int
    what: str


class ChecksumSum(NamedTuple):
    """The sum over what a checksum covers.

    `result` is the checksum that comes out; `held` the one that the header holds, and `state` what
    is known of it. `optional`: a result of 0 is sent as 0xFFFF, for 0 says that there is none.
    `is_crc`: the result is a CRC32c of 32 bits, which has no words.
    """

    words: list[Word]
    result: int
    held: int
    state: ChecksumState
    optional: bool = False
    why_unverifiable: str = ""
    is_crc: bool = False

    def lines(self) -> Iterator[str]:
        """Yield the sum as it is written by hand, and at the end whether the header holds its result."""
        if self.words:
            yield from self._sum()
        elif self.is_crc:
            yield "The CRC32c (RFC 9260, appendix A) over the header, the checksum itself as zero, and what it carries:"
        yield self._verdict()

    def _sum(self) -> Iterator[str]:
        total = sum(word.value for word in self.words)
        width = max(len(f"{total:x}"), 4)
        yield "The words of 16 bits, with the checksum itself as zero:"
        for word in self.words:
            yield f"  {f'{word.value:04x}':>{width}}  {word.what}"
        yield f"  {'-' * width}"
        yield f"  {f'{total:04x}':>{width}}  their sum"
        while total > 0xFFFF:
            low, carry = total & 0xFFFF, total >> 16
            total = low + carry
            yield f"  {f'{total:04x}':>{width}}  {low:04x} + {carry:x}: what exceeds 16 bits is added at the right"
        result = total ^ 0xFFFF
        yield f"  {f'{result:04x}':>{width}}  with every bit inverted: the checksum"
        if result == 0 and self.optional:
            yield f"  {'ffff':>{width}}  is sent in its place, for 0 says that there is none"

    def _verdict(self) -> str:
        width = 10 if self.is_crc else 6
        right, held = f"{self.result:#0{width}x}", f"{self.held:#0{width}x}"
        if self.state is ChecksumState.BAD:
            return f"The header holds {held}, which is wrong; the right one is {right}"
        if self.state is ChecksumState.ABSENT:
            return f"The header holds {held}: none was computed{f'; it would be {right}' if self.words else ''}"
        if self.state is ChecksumState.OFFLOADED:
            what = "the sum of the pseudo-header alone" if self.held else "no sum at all"
            return f"The header holds {held}, {what}: it was left to the hardware, which would have made {right} of it"
        if self.state is ChecksumState.UNVERIFIABLE:
            way = f"the {'CRC' if self.is_crc else 'sum'} gives {right}"
            return f"The header holds {held}, which nobody can verify here: {self.why_unverifiable}; {way}"
        if self.held != self.result:
            return f"The header holds {held}, the other zero of ones' complement: as good as {right}"
        return f"The header holds the same: {right}"


def checksum_sum(header: Header, field: Field) -> ChecksumSum:
    """Return the sum for a checksum field of the header, over the bytes that are there.

    Without a network header around it, a checksum with a pseudo-header has no words and the result 0.
    """
    factory = field.factory
    assert isinstance(factory, Checksum)
    own, body = header.parts()
    network = header.network_header
    held, state = header.raw(field), factory.state(header, field)
    found: list[Word] = []
    covered = b"" if factory.header_only else body
    why = "not all that it covers is here"
    if isinstance(factory, CRC32c):
        return ChecksumSum([], factory.over(header, network, field), held, state, why_unverifiable=why, is_crc=True)
    if factory.pseudo_header is not None:
        if network is None:
            why = "the addresses of a network header belong to the sum, and there is none"
            return ChecksumSum([], 0, held, state, factory.optional, why)
        size = sum(end - start for start, end in factory.ranges(header)) + len(covered)
        pseudo: bytes = network.pseudo_header(factory.pseudo_header, size)  # type: ignore[attr-defined]
        found += words(pseudo, [f"pseudo-header: {name}" for name in _PSEUDO_HEADERS[len(pseudo)]])
    zeroed = bytearray(own)
    first = header.span(field)[0] // 8
    zeroed[first : first + 2] = b"\0\0"
    places = list(pieces_of_header(header))
    for start, end in factory.ranges(header):
        found += words(bytes(zeroed[start:end]), [_titles(places, 8 * place) for place in range(start, end, 2)])
    if len(own) % 2 and covered:
        # The header has an odd number of bytes, so that its last word ends with the first byte of the payload.
        found[-1] = Word(own[-1] << 8 | covered[0], f"{found[-1].what}, and the first byte behind")
        covered = covered[1:]
    found += _shortened(words(covered, ["what is carried"] * (len(covered) // 2 + 1)))
    right = internet_checksum(b"".join(word.value.to_bytes(8, "big") for word in found))
    result = 0xFFFF if factory.optional and right == 0 else right
    return ChecksumSum(found, result, held, state, factory.optional, why)


def extensions_sum(extensions: ICMPExtensions) -> ChecksumSum:
    """Return the sum over the extensions of an ICMP message, whose checksum is their own (RFC 4884, section 7)."""
    data = bytes(extensions)
    names = ["Version, Reserved", "Checksum"]
    for number, each in enumerate(extensions.objects or (), 1):
        names += [f"object {number}"] * -(-len(bytes(each)) // 2)
    names += ["behind the objects"] * (len(data) // 2 + 1 - len(names))
    found = words(data[:2] + b"\0\0" + data[4:], names)
    right = internet_checksum(data[:2] + b"\0\0" + data[4:])
    return ChecksumSum(found, right, int.from_bytes(data[2:4], "big"), extensions.checksum_state)


def words(data: bytes, names: Sequence[str]) -> list[Word]:
    """Return the words of the data, each with its name; an odd last byte is the high one of its word.

    >>> words(b"abc", ["first", "second"])
    [Word(value=24930, what='first'), Word(value=25344, what='second, filled up with zero')]
    """
    found = [
        Word(int.from_bytes(data[place : place + 2].ljust(2, b"\0"), "big"), name)
        for place, name in zip(range(0, len(data), 2), names, strict=False)
    ]
    if len(data) % 2:
        found[-1] = found[-1]._replace(what=f"{found[-1].what}, filled up with zero")
    return found


def _shortened(found: list[Word]) -> list[Word]:
    if len(found) <= _SHOWN + 1:
        return found
    rest = found[_SHOWN:]
    return [*found[:_SHOWN], Word(sum(word.value for word in rest), f"the sum of the other {len(rest)} words")]


def _titles(places: list[Piece], bit: int) -> str:
    """Return the titles of what stands in the word that begins at this bit of the header."""
    return ", ".join(piece.title for piece in places if piece.first < bit + 16 and bit < piece.first + piece.width)


_PSEUDO_HEADERS = {
    12: ["source address"] * 2 + ["destination address"] * 2 + ["protocol", "length"],
    40: ["source address"] * 8 + ["destination address"] * 8 + ["length"] * 2 + ["next header"] * 2,
}
"""What the words of a pseudo-header are, by its length (RFC 9293, section 3.1; RFC 8200, section 8.1)."""
