"""Fields that a frame fills in by itself: lengths, selectors of the next protocol, checksums.

Each of these is named once, in a declaration, and from it come the value of a field left out, where
a parsed header ends, what it carries, and the problems of a field that says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.checksum import (
    VERIFIED,
    ChecksumState,
    crc32c,
    internet_checksum,
    is_sum_of_ends,
    ones_complement_sum,
)
from dissect.declaration.fields import Automatic, Field
from dissect.declaration.problems import Problem

__all__ = [
    "CRC32c",
    "Checksum",
    "HeaderLength",
    "LengthBehind",
    "LengthOf",
    "Ports",
    "Selector",
    "TotalLength",
    "Variant",
]

_LAST: list[tuple[bytes, dict[Any, ChecksumState]]] = [(b"", {})]
"""The frame of which checksums were asked for last, and what was told of them; one item, so that no thread sees half.

It has at most as many entries as the frame has headers, times the ways to ask.
"""
_OFFLOADED = (6, 17)
"""The protocols whose checksums network cards compute: TCP and UDP."""


class HeaderLength(Automatic):
    """The length of the header itself in units of `unit` bytes, options included.

    The first `uncounted` bytes come on top of that. Options of a header whose length is automatic
    are padded with zeros to a whole unit.
    """

    own = True

    def __init__(self, unit: int, *, uncounted: int = 0) -> None:
        self.unit = unit
        self.uncounted = uncounted

    def size(self, number: int) -> int:
        """Return the bytes of a header whose length field holds this number."""
        return number * self.unit + self.uncounted

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        """Return the number for these bytes of the fields of variable length, the last one padded."""
        total = fixed + sum(map(len, pieces.values())) - self.uncounted
        if pieces and total % self.unit:
            last = next(reversed(pieces))
            pieces[last] += bytes(-total % self.unit)
            total += -total % self.unit
        return total // self.unit

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield what is wrong with a length that the header does not have."""
        claimed, there = self.size(header.raw(field)), header._body - header._start
        if claimed < header.least_size:
            yield header.problem(
                field.name, "is shorter than the header", f"at least {header.least_size} bytes", f"{claimed} bytes"
            )
        elif claimed > there and not header.is_cut_by_capture(claimed - there):
            yield header.problem(
                field.name, "runs past the end of the data", f"at most {there} bytes", f"{claimed} bytes"
            )
        elif claimed < there:
            yield header.problem(field.name, "differs from the header", f"{there} bytes", f"{claimed} bytes")


class LengthOf(Automatic):
    """The length, in units of `unit` bytes, of each of the fields that name this one as their length.

    `uncounted` bytes of them are not counted; a negative number of them counts on top, such as those of the
    length itself.
    """

    own = True
    tells = True

    def __init__(self, unit: int = 1, *, uncounted: int = 0) -> None:
        self.unit = unit
        self.uncounted = uncounted
        self.names: list[str] = []

    def size(self, number: int) -> int:
        """Return the bytes of the fields for this number."""
        return number * self.unit + self.uncounted

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        """Return the common length of the fields; ValueError where they differ."""
        lengths = {len(pieces[name]) for name in self.names}
        if any((length - self.uncounted) % self.unit or length < self.uncounted for length in lengths):
            more = f" and {self.uncounted} more" if self.uncounted else ""
            names, there = " and ".join(self.names), " and ".join(map(str, sorted(lengths)))
            raise ValueError(f"{names}: {there} bytes, expected a multiple of {self.unit}{more}")
        if len(lengths) > 1:
            raise ValueError(f"{' and '.join(self.names)} have {sorted(lengths)} bytes, expected one length for both")
        return (lengths.pop() - self.uncounted) // self.unit


class LengthBehind(Automatic):
    """The number of bytes of all fields that stand behind this one in a record.

    A record of a list ends there (`dissect.declaration.families`).
    """

    own = True
    tells = True

    def counted(self, cls: type[Any], field: Field, pieces: dict[str, bytes]) -> tuple[int, dict[str, bytes]]:
        place = cls.layout.index(field)
        behind = cls.layout[place + 1 :]
        fixed = sum(each.width for each in behind if not each.elastic) // 8
        return fixed, {each.name: pieces[each.name] for each in behind if each.name in pieces}

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        return fixed + sum(map(len, pieces.values()))


class TotalLength(Automatic):
    """The length in bytes of the header and all that it carries, or of the latter alone.

    `zero_is_unknown`: a length of 0 says nothing, and the data reach to the end (segmentation
    offload captures IPv4 so; RFC 2675 gives a jumbogram length 0). With `when_zero` that is so only
    where the field of that name is 0 too.
    """

    def __init__(self, *, with_header: bool = True, zero_is_unknown: bool = False, when_zero: str = "") -> None:
        self.with_header = with_header
        self.zero_is_unknown = zero_is_unknown
        self.when_zero = when_zero

    def is_unknown(self, header: Any, number: int) -> bool:
        """Whether this number in the field of `header` says nothing."""
        return number == 0 and self.zero_is_unknown and not (self.when_zero and header.raw(self.when_zero))

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return len(payload) + (len(header) if self.with_header else 0)

    def expression(self, name: str) -> str:
        return "size + len(body)" if self.with_header else "len(body)"

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield what is wrong with a length shorter than the header or longer than the data."""
        claimed = header.raw(field)
        least = header._body - header._start if self.with_header else 0
        if self.is_unknown(header, claimed):
            return
        there = header.captured_length - (0 if self.with_header else header._body - header._start)
        if claimed < least:
            yield header.problem(
                field.name, "is shorter than the header", f"at least {least} bytes", f"{claimed} bytes"
            )
        elif claimed > there and not header.is_cut_by_capture(claimed - there):
            network = header.network_header
            if network is None or not network.is_fragment:
                yield header.problem(field.name, "runs past the end of the data", f"{there} bytes", f"{claimed} bytes")

    def falls_short(self, header: Any, field: Field) -> Problem | None:
        """Return the problem of a length behind which more is carried; bytes that are told from it are no part of it.

        Only a header that was changed or built can be so: of one that was read, what is carried ends with the length.
        """
        claimed = header.raw(field)
        carried = (
            header.captured_length - len(header.trailer) - (0 if self.with_header else header._body - header._start)
        )
        if self.is_unknown(header, claimed) or claimed >= carried:
            return None
        found: Problem = header.problem(field.name, "is shorter than the data", f"{carried} bytes", f"{claimed} bytes")
        return found


class Selector(Automatic):
    """The number of the protocol that follows; a class says by which number it is carried (`over=`).

    `table` is the name under which "decode as" knows the numbers, where that is not the field's own.
    """

    def __init__(self, table: str = "") -> None:
        self.table = table

    def greatest(self, field: Field) -> int:
        """Return the greatest number by which a protocol may be carried."""
        return (1 << field.width) - 1

    def numbers(self, field: Field) -> tuple[Field | str, ...]:
        """Return the fields that tell what follows, this one among them."""
        return (field,)

    def stays(self, header: Any, field: Field) -> bool:
        """Whether `fixed` leaves the number as it is: it does where what is carried has none."""
        return not header.number_of(header.payload)

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return record.number_of(record._payload if record._tail is not None else record.payload)  # type: ignore[no-any-return]

    def expression(self, name: str) -> str:
        return f"numbers.get(self._payload.__class__) or {super().expression(name)}"


class Ports(Selector):
    """The second of two ports, each of which may say what is carried; `first` names the other one.

    The port with the lower number is asked first, for servers have lower numbers than their clients, then the
    other; a port of 0 says nothing. Left out, this port is that of what is carried, unless the first port
    says it already.
    """

    def __init__(self, first: str, table: str = "") -> None:
        super().__init__(table)
        self.first = first

    def numbers(self, field: Field) -> tuple[Field | str, ...]:
        """Return both ports."""
        return (self.first, field)

    def stays(self, header: Any, field: Field) -> bool:
        """Whether `fixed` leaves the port as it is: also where either of them selects what is carried."""
        return super().stays(header, field) or any(
            header.selects(header.raw(port), header.payload) for port in self.numbers(field)
        )

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        number = super().fill(record, header, payload, network, field)
        carried = record._payload if record._tail is not None else record.payload
        return 0 if number and record.selects(record.raw(self.first), carried) else number

    def expression(self, name: str) -> str:
        return Automatic.expression(self, name)


class Variant(Automatic):
    """The number that tells the forms of a header apart; each form is a class of its own (`variant=`)."""

    own = True

    def number_in(self, cls: type[Any]) -> int:
        """Return the number of this class."""
        return int(cls._variant_number)


class Checksum(Automatic):
    """The Internet checksum over the header, and over what it carries unless `header_only`.

    With a `pseudo_header` number the network header's addresses are summed too, as that protocol.
    `optional`: a zero in the packet means that there is none over IPv4, and a computed zero is sent
    as 0xFFFF (RFC 768). `bad` is the display-filter name of a wrong one, behind the protocol's.
    """

    last = True
    is_judged = True
    """Whether display filters tell if it is right."""

    def __init__(
        self,
        *,
        header_only: bool = False,
        pseudo_header: int | None = None,
        optional: bool = False,
        bad: str = "checksum_bad.expert",
    ) -> None:
        self.bad = bad
        self.header_only = header_only
        # A member of an enumeration is no number where its source is wanted.
        self.pseudo_header = None if pseudo_header is None else int(pseudo_header)
        self.optional = optional

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        # The field itself counts as zero; left out, it is zero already.
        data: bytes | bytearray = header if self.header_only else header + payload
        if self.pseudo_header is not None:
            if network is None:
                # Without addresses there is nothing right to send: zero, as for a checksum left to hardware.
                return 0
            data = network.pseudo_header(self.pseudo_header, len(data)) + data
        return internet_checksum(data) or (0xFFFF if self.optional else 0)

    def expression(self, name: str) -> str:
        if type(self).fill is not Checksum.fill:
            # It sums something else than header and payload.
            return super().expression(name)
        if self.header_only:
            words = "number % 65535 or (0xFFFF if number else 0)"
            return f"checksum_of(number, size) if size & 1 else 0xFFFF - ({words})"
        if self.pseudo_header is None or self.optional:
            return super().expression(name)
        pseudo_header = f"network.pseudo_header({self.pseudo_header}, size + len(body))"
        return f"0 if network is None else checksum_over({pseudo_header}, number, size, body)"

    def expected(self, header: Any, field: Field, as_there: bool = False) -> int | None:
        """Return the right value, or None where it cannot be known: cut, or a fragment.

        `as_there` is that of `Linked._is_whole`: what was on the wire counts as all there is.
        """
        header = header._as_read() or header
        return self._right(header, field, as_there) if self._is_there(header, field) else None

    def _right(self, header: Any, field: Field, as_there: bool) -> int | None:
        """Return what `expected` does, of a header that is as it is read and has the field."""
        network = None
        if header.is_cut if self.header_only else not header._is_whole(as_there):
            return None
        if self.pseudo_header is not None:
            network = header.network_header
            if network is None:
                return None
        return header.sum_over(self, network, field)  # type: ignore[no-any-return]

    def _is_there(self, header: Any, field: Field) -> bool:
        """Whether the header reaches to the end of the field; it may be cut behind it and the rest be whole."""
        return bool(header.reaches(field))

    def ranges(self, header: Any) -> list[tuple[int, int]]:
        """Return which of the header's own bytes are summed, as places of the first and behind the last."""
        return [(0, header.own_size)]

    def over(self, header: Any, network: Any, field: Field) -> int:
        """Return the checksum over the bytes that are there, the field itself as zero."""
        right = self._from_the_buffer(header, network, field) if type(self) is Checksum else None
        if right is not None:
            return right
        own, body = header.parts()
        zeroed = bytearray(own)
        offset = header.span(field)[0] // 8
        zeroed[offset : offset + 2] = b"\0\0"
        return self.fill(header, zeroed, body, network, field)

    def state(self, header: Any, field: Field, as_there: bool = False) -> ChecksumState:
        """Return what is known of the header's checksum; `as_there` is that of `expected`."""
        read = header._as_read()
        header = read or header
        if read is None or read.is_traced or read._tail is not None or read._outer.__class__ is not int:
            return self._judged(header, field, as_there)
        # Who asks once asks again: of a window on a frame, the bytes of the frame and where it stands tell all.
        verifies = VERIFIED.get(header.name)
        key = field, read._start, read._body, read._end, read._outer, as_there, verifies
        buffer, known = _LAST[0]
        if buffer is not read._buffer:
            buffer, known = _LAST[0] = read._buffer, {}
        state = known.get(key)
        if state is None:
            is_good = verifies is not False and type(self) is Checksum and self._sums_up(read, field, as_there)
            state = known[key] = ChecksumState.GOOD if is_good else self._judged(header, field, as_there)
        return state

    def _sums_up(self, header: Any, field: Field, as_there: bool) -> bool:
        """Whether all that a window on a frame sums is there and its words make 0xFFFF (RFC 1071, section 1).

        So it is of nearly every header. Where it is not, `_judged` tells what is the matter.
        """
        if field.floats or field.bit % 16 or field.bit + field.width > 8 * (header._body - header._start):
            return False
        if header.is_cut if self.header_only else not header._is_whole(as_there):
            return False
        start, place = header._start, header._start + field.bit // 8
        buffer = header._buffer
        if self.optional and buffer[place : place + 2] == b"\0\0":
            return False
        network = None if self.pseudo_header is None else header.network_header
        total = self._summed(buffer[start : header._body if self.header_only else header._end], network)
        # 0 and 0xFFFF are the same number, in the field as in the sum.
        return total is not None and total % 0xFFFF == 0

    def _summed(self, data: bytes, network: Any) -> int | None:
        """Return a sum of a header's bytes, with the pseudo-header where it counts; None where that is not known."""
        total = ones_complement_sum(data)
        if self.pseudo_header is None:
            return total
        if network is None or len(data) > 0xFFFF:
            return None
        return total + network.sum_of_pseudo_header(self.pseudo_header) + len(data)  # type: ignore[no-any-return]

    def _judged(self, header: Any, field: Field, as_there: bool) -> ChecksumState:
        """Return what is known of the checksum of a header that is as it is read, or that cannot be read."""
        if not self._is_there(header, field):
            return ChecksumState.UNVERIFIABLE
        found = header.raw(field)
        if self.optional and found == 0 and not header.requires_checksum:
            return ChecksumState.ABSENT
        verifies = VERIFIED.get(header.name)
        expected = None if verifies is False else self._right(header, field, as_there)
        if expected is None:
            return ChecksumState.UNVERIFIABLE
        # 0 and 0xFFFF are the same number in ones' complement; a receiver's sum cannot tell them apart.
        if found == expected or (found in (0, 0xFFFF) and expected in (0, 0xFFFF)):
            return ChecksumState.GOOD
        is_left = verifies is None and self._is_left_to_hardware(header, found)
        return ChecksumState.OFFLOADED if is_left else ChecksumState.BAD

    def _is_left_to_hardware(self, header: Any, found: int) -> bool:
        """Whether a wrong checksum is what a system hands to a network card that computes the rest.

        That is 0 in an IPv4 header, and in TCP and UDP the sum of the pseudo-header alone, of which Linux leaves out
        the length where the card cuts the segment as well.
        """
        if self.header_only:
            return found == 0
        network = header.network_header
        if self.pseudo_header not in _OFFLOADED or network is None:
            return False
        alone = network.sum_of_pseudo_header(self.pseudo_header)
        length = header.captured_length
        if length > 0xFFFF:
            return found in (alone, ones_complement_sum(network.pseudo_header(self.pseudo_header, length)))
        return is_sum_of_ends(found, alone, length)

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield the wrong checksum, with the right one."""
        if self.state(header, field) is ChecksumState.BAD:
            expected = self.expected(header, field)
            found = f"{header.raw(field):#06x}"
            yield header.problem(field.name, "is wrong", f"{expected:#06x}", found, name=self.bad)

    def _from_the_buffer(self, header: Any, network: Any, field: Field) -> int | None:
        """Return what `over` does, without a copy of the bytes; None where they stand in no buffer one after the other.

        What the field holds is taken from the sum (RFC 1624): numbers that differ by a multiple of 0xFFFF sum alike.
        """
        if header._tail is not None or not field.is_read_in_place or field.bit % 16 or not header.is_pristine():
            return None
        start = header._start
        data = header._buffer[start : header._body if self.header_only else header._end]
        place = field.bit // 8
        if len(data) < place + 2:
            return None
        total = self._summed(data, network)
        if total is None:
            return None
        left = (total - int.from_bytes(data[place : place + 2], "big")) % 0xFFFF
        # Of bytes that are all zero the sum is 0, of others 0xFFFF.
        return (0xFFFF - left) if left else None


class CRC32c(Checksum):
    """The checksum of SCTP over the header and all that it carries: a CRC of 32 bits, its low byte first.

    Zero says that there is none: a network card computes it, or both ends do without (RFC 9653). Wireshark shows the
    number and does not verify it unless it is asked to.
    """

    is_judged = False

    def __init__(self) -> None:
        super().__init__()

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return int.from_bytes(crc32c(header + payload).to_bytes(4, "little"), "big")

    def over(self, header: Any, network: Any, field: Field) -> int:
        own, body = header.parts()
        zeroed = bytearray(own)
        offset = header.span(field)[0] // 8
        zeroed[offset : offset + 4] = bytes(4)
        return self.fill(header, zeroed, body, network, field)

    def _is_left_to_hardware(self, header: Any, found: int) -> bool:
        return found == 0
