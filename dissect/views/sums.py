"""Checksums from the bytes of a frame: what is summed, told by the declarations, as lines of Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.decoder import network_at
from dissect.declaration.gathering import Span
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.references import remembered
from dissect.declaration.symbols import UntraceableError
from dissect.declaration.traced import Chain

__all__ = ["ONES", "Sum"]

_MODULUS = 65535
_FOLDS = ((760, 5888), (400, 2944), (200, 1472), (200, 736))
"""More bytes than the first number make a number that is folded at so many bits: 2 ** 16 is 1 modulo 65535.

To divide a long number takes longer than to add its halves until it is short."""
ONES = {f"ones{bits}": (1 << bits) - 1 for _, bits in _FOLDS}
"""What the lines call so many bits that are set: written out, they would be longer than all the rest."""


class Sum(NamedTuple):
    """How the right checksum of a header is found: `lines` assign it, and need these variables."""

    lines: list[str]
    needs: frozenset[str]

    @classmethod
    def of(cls, chain: Chain, name: str, index: int, field: Any) -> Sum:
        """Return it for a header of a chain; raises UntraceableError for what is summed in another way.

        The variable `name` gets the checksum; `buffer`, `base`, `number_of`, the ends of headers and `ONES` are there.
        """
        role, header = field.factory, chain.headers[index]
        start = header.own_start
        offset = header.span(field)[0]
        if type(role).fill is not Checksum.fill and role.pseudo_header is None:
            return cls._of_another(chain, name, index, field)
        if offset % 16 or field.width != 16:
            raise UntraceableError("a checksum at an odd place")
        place = Span(8 * start + offset, 16)
        found = f"n{place.bit}_16"
        chain.trace.places[found] = place
        end = str(header.own_end) if role.header_only else f"e{index}"
        ranges: list[tuple[int, int]] = []
        constant, first = 0, start
        if role.pseudo_header is not None:
            ranges, constant = _pseudo_header(chain, index, role.pseudo_header)
            chain.trace.holds(f"({end} - {start} > 65535)", False)
            if ranges and ranges[-1][1] == first:
                # What the pseudo-header sums last stands in front of the header: one number takes in both.
                first = ranges.pop()[0]
        size = f"{end} - {first}"
        lines = [
            f"{name} = number_of(buffer[base + {first}:base + {end}], 'big')",
            f"if {size} & 1: {name} <<= 8",
            f"if {size} > {_FOLDS[-1][0]}:",
            *(
                f" {f'if {size} > {more}: ' if more > _FOLDS[-1][0] else ''}"
                f"{name} = ({name} >> {bits}) + ({name} & ones{bits})"
                for more, bits in _FOLDS
            ),
        ]
        more = "".join(f" + number_of(buffer[base + {first}:base + {last}], 'big')" for first, last in ranges)
        counted = "" if role.pseudo_header is None else f"{end} - {start} + {constant} "
        lines.append(f"{name} = 65535 - (({name}{more} + ({counted}- {found})) % 65535 or 65535)")
        if role.pseudo_header is None:
            # Of nothing but zeros the sum is 0 and not 0xFFFF.
            lines.append(
                f"if not {name} and not {found} and not any(buffer[base + {start}:base + {end}]): {name} = 0xFFFF"
            )
        if role.optional:
            lines.append(f"{name} = {name} or 0xFFFF")
        return cls(lines, frozenset({found} | (set() if role.header_only else {end})))

    @classmethod
    def _of_another(cls, chain: Chain, name: str, index: int, field: Any) -> Sum:
        """Return it for a checksum of another kind, over a header and what it carries: its role is asked each time."""
        header = chain.headers[index]
        over = _summing(header.__class__, field.name)
        function = f"sum_{header.__class__.__name__}_{field.name}"
        if chain.trace.functions.setdefault(function, over) != over:
            raise UntraceableError("two functions of one name")
        end = f"e{index}"
        line = f"{name} = {function}(buffer[base + {header.own_start}:base + {end}])"
        return cls([line], frozenset({end}))


@remembered
def _summing(cls: type[Header], name: str) -> Callable[[bytes], int]:
    """Return what gives the right checksum in a field of a header that these bytes are, with all that it carries."""
    field: Any = cls.field(name)

    def right(data: bytes) -> int:
        header = cls.decode(data, 0, len(data), 0)
        if not header.reaches(field):
            raise ValueError("a header that is cut in front of its checksum")
        return header.sum_over(field.factory, None, field)  # type: ignore[no-any-return]

    return right


def _pseudo_header(chain: Chain, index: int, protocol: int) -> tuple[list[tuple[int, int]], int]:
    """Return the bytes of the frame that a pseudo-header sums, and what it adds to them beside the length."""
    around = chain.traced[index].network_header
    if around is None:
        raise UntraceableError("no network header")
    conditions = chain.trace.conditions
    before = dict(conditions)
    conditions.clear()
    bytes(around.pseudo_header(protocol, 0))
    asked = dict(conditions)
    conditions.clear()
    conditions.update(before)
    ranges: list[tuple[int, int]] = []
    for expression, value in asked.items():
        place = chain.trace.places.get(expression)
        if place is not None and place.is_octets and not place.width % 16:
            ranges.append((place.bit // 8, (place.bit + place.width) // 8))
        else:
            chain.trace.holds(expression, value)
    ranges.sort()
    constant = _constant(chain, index, protocol, ranges)
    if constant is None:
        # What is summed is not all that matters: then the addresses are those that they are.
        for expression, value in asked.items():
            chain.trace.holds(expression, value)
        ranges = []
        constant = _constant(chain, index, protocol, ranges)
    if constant is None:
        raise UntraceableError("a pseudo-header that is no sum")
    return ranges, constant


def _constant(chain: Chain, index: int, protocol: int, ranges: list[tuple[int, int]]) -> int | None:
    """Return what a pseudo-header adds to the sum of some bytes and of the length; None where it is not that sum."""
    constant = None
    # The sum has to be that of the bytes and of the length, whatever they are.
    for trial, size in enumerate((0, 8, 1480, 51966)):
        data = bytearray(chain.data)
        for first, last in ranges if trial else ():
            data[first:last] = bytes((37 * place + 101 * trial) & 0xFF for place in range(first, last))
        network = network_at(bytes(data), chain.outer(index))
        total = ones_complement_sum(network.pseudo_header(protocol, size)) - size
        total -= sum(ones_complement_sum(bytes(data[first:last])) for first, last in ranges)
        if constant is not None and (total - constant) % _MODULUS:
            return None
        constant = total % _MODULUS
    return constant
