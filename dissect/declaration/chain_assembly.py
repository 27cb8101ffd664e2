"""Frames that are put together as one number: chains of headers in which all that is computed was left out.

Nearly every frame that a program builds is so: a few headers without options, one in the other, whose lengths, numbers
and checksums nobody has given. Which fields are computed, and where they stand, is then the same in each frame of the
same classes, so that a function is written out for these. What is unusual is left to the code of each class
(`assembly`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.automatic import Checksum, Ports, Selector, TotalLength, Variant
from dissect.declaration.chain import bare_states
from dissect.declaration.checksum import sum_of_words
from dissect.declaration.fields import Field
from dissect.declaration.generated import written
from dissect.declaration.layout import raw_default

__all__ = ["chain_assembler", "usual_state"]

_MOST = 0xFFFF
"""The most bytes of which a pseudo-header tells the length as it is summed here."""


class _UnusualError(Exception):
    """Raised where something of a class is computed in a way that is not known here."""


def usual_state(cls: type[Any]) -> Any:
    """Return the state of a header of which all that is computed was left out, but for ports."""
    fields = [field for field in cls.layout if field.mask and not isinstance(field.factory, (Ports, Variant))]
    automatic = sum(field.mask for field in fields)
    return bare_states(automatic)[automatic]


def chain_assembler(*classes: type[Any]) -> Callable[[Any, Any], bytes | None] | None:
    """Return a function of the first two headers of a chain of these classes, two or three; None where there is none.

    It returns the bytes of the chain, or None where anything about the headers is not usual. Of the first one, the
    state is known to be.
    """
    names: dict[str, Any] = {"number_of": int.from_bytes, "sum_of_words": sum_of_words, "type_of": type}
    try:
        lines = _lines(classes, names)
    except _UnusualError:
        return None
    where = f"{' / '.join(cls.__qualname__ for cls in classes)} assembly"
    return written(lines, names, "assemble", where)


def _lines(classes: tuple[type[Any], ...], names: dict[str, Any]) -> list[str]:
    last, sizes = len(classes) - 1, [cls.least_size for cls in classes]
    networks = [place for place, cls in enumerate(classes) if cls.is_network]
    lines = ["def assemble(header0, header1):"]
    for place, cls in enumerate(classes):
        if cls._mixed or any(raw_default(field) for field in cls._elastic):
            # Such headers are never of their least size.
            raise _UnusualError
        if place > 1:
            lines.append(f" header{place} = header{place - 1}._payload")
        if place:
            names[f"usual{place}"] = usual_state(cls)
            lines.append(f" if header{place}._state is not usual{place}: return None")
        lines += [
            f" bytes{place} = header{place}._buffer",
            # There are options, or the header is cut.
            f" if len(bytes{place}) != {sizes[place]}: return None",
            f" number{place} = number_of(bytes{place})",
        ]
    lines += [
        f" body = header{last}._payload",
        " if body is None: body = b''",
        " elif type_of(body) is not bytes:",
        # Whose checksum sums addresses there has to know the header that has them.
        f"  body = body._assemble(header{networks[-1]})" if networks else "  return None",
        " size = len(body)",
    ]
    summing = [place for place, cls in enumerate(classes) if any(map(_sums_all, cls._computed))]
    if summing:
        # What stands behind a header is summed as a number of whole words.
        if any(size & 1 for size in sizes):
            raise _UnusualError
        lines += [" words = number_of(body)", " if size & 1: words <<= 8"]
    most = _MOST
    filled: list[str] = []
    for place in range(last, -1, -1):
        behind = sum(sizes[place + 1 :])
        terms = []
        for field in classes[place]._computed:
            if isinstance(field.factory, TotalLength):
                most = min(most, (1 << field.width) - 1 - behind - sizes[place])
            if not isinstance(field.factory, Checksum):
                terms += _terms(classes, place, behind, field)
        filled += [f" number{place} += {' + '.join(terms)}"] if terms else []
        filled += [
            f" number{place} += {_checksum(classes, place, behind, field)}"
            for field in classes[place]._computed
            if isinstance(field.factory, Checksum)
        ]
        if summing and summing[0] < place:
            filled.append(f" words += number{place}")
    # The code of the class says which length is too large.
    lines += [f" if size > {most}: return None", *filled]
    whole = " | ".join(
        f"number{place} << {8 * sum(sizes[place + 1 :])}" if place < last else f"number{place}"
        for place in range(last + 1)
    )
    return [*lines, f" return ({whole}).to_bytes({sum(sizes)}) + body"]


def _sums_all(field: Field) -> bool:
    """Whether a field is a checksum over all that its header carries."""
    return isinstance(field.factory, Checksum) and not field.factory.header_only


def _shift(field: Field, cls: type[Any]) -> int:
    """Return by how many bits a field of a header without options stands in front of the header's end."""
    if field.floats or field.little:
        raise _UnusualError
    return 8 * int(cls.least_size) - field.bit - field.width


def _terms(classes: tuple[type[Any], ...], place: int, behind: int, field: Field) -> list[str]:
    """Return Python for what a field adds to the number of a header that ends `behind` bytes in front of the body."""
    cls, role = classes[place], field.factory
    shift = _shift(field, cls)
    if isinstance(role, Ports):
        # It was given.
        return []
    if isinstance(role, TotalLength) and type(role).fill is TotalLength.fill:
        return [f"(size + {behind + (cls.least_size if role.with_header else 0)} << {shift})"]
    if isinstance(role, Selector) and type(role).expression is Selector.expression:
        number = _number(cls, classes[place + 1], role) if place + 1 < len(classes) else 0
        if number and not number >> field.width:
            return [str(number << shift)]
    raise _UnusualError


def _number(cls: type[Any], carried: type[Any], role: Selector) -> int:
    """Return the number by which a header says that it carries one of this class; 0 where it depends on more."""
    number: int = cls._numbers.get(carried, 0)
    if number or type(role).fill is not Selector.fill:
        return number
    try:
        # What is not filled in cannot be asked for.
        return int(object.__new__(cls).number_of(object.__new__(carried)))
    except AttributeError:
        return 0


def _checksum(classes: tuple[type[Any], ...], place: int, behind: int, field: Field) -> str:
    """Return Python for what a checksum adds to the number of its header, in which all else is filled in."""
    number, size, role, shift = (
        f"number{place}",
        classes[place].least_size,
        field.factory,
        _shift(field, classes[place]),
    )
    if not isinstance(role, Checksum) or type(role).fill is not Checksum.fill:
        raise _UnusualError
    if role.header_only:
        if size & 1:
            raise _UnusualError
        return f"(65535 - ({number} % 65535 or (65535 if {number} else 0))) << {shift}"
    total = f"words + {number}"
    if role.pseudo_header is not None:
        around = [each for each in range(place) if classes[each].is_network]
        if not around:
            # The addresses stand in a header around the chain, if anywhere.
            raise _UnusualError
        # Loaded for those who build many frames.
        from dissect.declaration.pseudo_headers import pseudo_sum

        network = classes[around[-1]]
        found = pseudo_sum(network, classes[around[-1] + 1], role.pseudo_header)
        if found is None:
            raise _UnusualError
        for start, end in found.ranges:
            behind_it, mask = 8 * (network.least_size - end), (1 << 8 * (end - start)) - 1
            total += f" + (number{around[-1]} >> {behind_it} & {mask})"
        total += f" + size + {size + behind + found.constant}"
    checksum = f"65535 - sum_of_words({total})"
    return f"({checksum} or 65535) << {shift}" if role.optional else f"({checksum}) << {shift}"
