"""Decoders, written out for each header: where it ends, what it carries, and nothing else.

The number `_outer` of an attached header says where it stands:
bits 0 to 6 how deep it is nested, bit 7 whether it lies in a quotation of an ICMP error,
bits 8 to 39 where the network header around it begins, plus one, in the same buffer (0: none),
and bits 40 and up how many bytes of the frame the capture left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

from dissect.declaration.automatic import HeaderLength, LengthOf, TotalLength, Variant
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.kept import NUMBERS, look_for_empty_slots, reading_lines
from dissect.declaration.layout import raw_expression
from dissect.declaration.pending import PENDING, declare_derived
from dissect.declaration.places import extent
from dissect.declaration.selection import guessed

__all__ = [
    "BASE",
    "LINKS",
    "MAXIMUM_DEPTH",
    "NETWORKS",
    "QUOTED",
    "UNPARSED",
    "complete",
    "field_of_role",
    "measured_size",
    "network_at",
    "outermost",
    "plain_byte",
]

FORM_LOOK = 256
"""So many bytes tell which form of a protocol a header has, where a function looks at them."""
MAXIMUM_DEPTH = 64
"""How many layers are looked at; what the last one carries is `Data`."""
QUOTED = 0x80


class _Unparsed:
    """The class of `UNPARSED`, which is the same in every process that a header is sent to."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "UNPARSED"


UNPARSED: Any = _Unparsed()
"""Stands for the payload of an attached header until somebody looks at it."""
NETWORKS: dict[int, Callable[[bytes, int, int, int], Any]] = {}
"""The decoders of network headers by the version in their first four bits."""

LINKS: dict[int, Callable[[bytes, int, int, int], Any]] = {}
"""The decoders of outermost headers by LINKTYPE number."""

BASE: dict[str, Any] = {}
"""The class that all headers come from, and the one of bytes that no declaration reads; `header` puts them here."""

_ABOVE = ~0xFFFFFFFF00


def network_at(buffer: bytes, outer: int) -> Any:
    """Return the network header that `outer` points to, parsed anew from the buffer."""
    start = (outer >> 8 & 0xFFFFFFFF) - 1
    if start < 0:
        return None
    decode = NETWORKS.get(buffer[start] >> 4)
    return decode(buffer, start, len(buffer), outer & _ABOVE) if decode else None


def below_network(outer: int, start: int) -> int:
    """Return the number `outer` for what a network header carries that starts at this byte of its buffer."""
    return outer & _ABOVE | start + 1 << 8


def complete(cls: type[Any]) -> None:
    """Give the class `decode(buffer, start, end, outer)`, which is written out when it is first called."""
    names: dict[str, Any] = {
        "new": object.__new__,
        "cls": cls,
        "UNPARSED": UNPARSED,
        "cut": _cut,
        "opaque": _opaque,
        "extent": extent,
        **{f"expected_{field.name}": field for field in cls.layout if field.expected is not None},
        "VARIANTS": cls._variants,
        "PENDING": PENDING,
        "declare_derived": declare_derived,
    }

    def write_out() -> None:
        # In place, as tables hold this function already. Most programs meet a few protocols only, and
        # writing all decoders out at once would take a third of the time that the import takes.
        written: dict[str, Any] = {}
        exec(compiled(_decoder(cls, names), cls, "decoder"), names, written)
        decode.__code__ = written["decode"].__code__

    decode = FunctionType(_first_decode.__code__, names, "decode")
    names |= {"_first_decode": decode, "_write_out": write_out}
    decode.__module__, decode.__qualname__ = cls.__module__, f"{cls.__qualname__}.decode"
    cls.decode = staticmethod(decode)


def outermost(cls: type[Any], usual_link: str | int, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return `otherwise(data, link, original_length)` that makes whole outermost headers of `cls` without calling it.

    The call would take as long as all else that is done for a frame whose type alone is wanted.
    """
    told = (HeaderLength, TotalLength, Variant)
    if (
        cls._forms
        or cls._elastic
        or cls.leaf
        or cls.transparent
        or any(field_of_role(cls, role) is not None for role in told)
    ):
        return otherwise
    if any(field.expected is not None for field in cls.layout):
        return otherwise
    names: dict[str, Any] = {"new": object.__new__, "cls": cls, "UNPARSED": UNPARSED, "otherwise": otherwise}
    names |= {"usual_link": usual_link, "NUMBERS": NUMBERS}
    lines = [
        f"def {otherwise.__name__}(data, link=usual_link, original_length=None):",
        " if type(data) is bytes and link is usual_link and original_length is None:",
        "  size = len(data)",
        f"  if size > {cls.least_size}:",
        "   header = new(cls)",
        "   header._outer = header._start = 0",
        "   header._state = None",
        "   header._buffer = data",
        f"   header._body = {cls.least_size}",
        # Frames that are as long share the number.
        "   try: header._end = NUMBERS[size]",
        "   except IndexError: header._end = size",
        "   header._payload = UNPARSED",
        *(f"   {line}" for line in reading_lines(cls, names, "data", "0")),
        "   return header",
        " return otherwise(data, link, original_length)",
    ]
    exec(compiled(lines, cls, otherwise.__name__), names)
    return wraps(otherwise)(names[otherwise.__name__])


def _first_decode(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    # What every decoder is until it is first called; the names are found among the decoder's own.
    _write_out()
    return _first_decode(buffer, start, end, outer)


def _write_out() -> None:
    raise NotImplementedError


def field_of_role(cls: type[Any], role: type) -> Field | None:
    """Return the field of the class that a factory of this type fills in."""
    try:
        return _OF_ROLES[cls, role]
    except KeyError:
        pass
    found = next((field for field in cls.layout if isinstance(field.factory, role)), None)
    if cls.is_declared:
        if len(_OF_ROLES) >= _MOST_OF_ROLES:
            _OF_ROLES.clear()
        _OF_ROLES[cls, role] = found
    return found


_OF_ROLES: dict[tuple[type[Any], type], Field | None] = {}
"""The fields by their classes, which are declared and do not change any more, and by their roles."""
_MOST_OF_ROLES = 4096


def _decoder(cls: type[Any], names: dict[str, Any]) -> list[str]:
    lines = ["def decode(buffer, start, end, outer):"]
    variant = field_of_role(cls, Variant)
    if variant is not None:
        lines += [
            f" if (VARIANTS or PENDING) and end - start >= {(variant.bit + variant.width + 7) // 8}:",
            f"  number = {raw_expression(variant)}",
            "  decode = VARIANTS.get(number)",
            "  if decode is None and PENDING and declare_derived(cls, number): decode = VARIANTS.get(number)",
            "  if decode is not None: return decode(buffer, start, end, outer)",
        ]
    if cls._forms:
        names |= {"FORMS": cls._forms, "guessed": guessed}
        lines += [
            f" form = guessed(FORMS, buffer, start, end if end - start < {FORM_LOOK} else start + {FORM_LOOK})",
            " if form is not None: return form(buffer, start, end, outer)",
        ]
    lines += [" header = new(cls)", " header._outer = outer", " header._state = None"]
    if cls.least_size:
        lines.append(f" if end - start < {cls.least_size}: return cut(header, buffer, start, end)")
    lines.append(f" body = start + {cls.least_size}")
    total = field_of_role(cls, TotalLength)
    if total is not None and any(field.length == "rest" for field in cls._elastic):
        # What the total length leaves to the header's own fields ends there, too.
        lines += [*_payload_end(cls), *_header_end(cls)]
    else:
        lines += [*_header_end(cls), *_payload_end(cls)]
    if cls.leaf:
        lines.append(" end = body")
    lines += [
        " header._buffer = buffer",
        " header._start = start",
        " header._body = body",
        " header._end = end",
        " header._payload = UNPARSED if body < end else None",
    ]
    kept = reading_lines(cls, names)
    if kept:
        # Bytes that are traced can't be unpacked by C; a traced header reads its fields one by one.
        lines += [" if buffer.__class__ is bytes:", *(f"  {line}" for line in kept)]
    if cls.transparent:
        lines += [" payload = header.payload", " if payload is not None: header._end = payload._end"]
    return [*lines, " return header"]


def _header_end(cls: type[Any]) -> list[str]:
    """Return the lines that find where the header ends, and leave one that contradicts itself."""
    measured = field_of_role(cls, HeaderLength)
    expected = [field for field in cls.layout if field.expected is not None]
    impossible = [
        f"{_raw_in_decoder(field)} != {field.expected}" for field in expected if measured is None or not field.floats
    ]
    if measured is None:
        lines = _variable_size(cls)
        return [
            *lines,
            *([f" if {' or '.join(impossible)}: return opaque(header, buffer, start, body, end)"] if expected else []),
        ]
    impossible.append(f"size < {cls.least_size}")
    general = [
        f"size = {measured_size(measured)}",
        f"if size > {cls.least_size}:",
        " body = start + size",
        " if body > end: return cut(header, buffer, start, end)",
        f"if {' or '.join(impossible)}: return opaque(header, buffer, start, body, end)",
    ]
    plain = plain_byte(cls)
    if plain is None or any(field.floats or field.bit // 8 != plain[0] for field in expected):
        return [f" {line}" for line in general]
    # Nearly every header has no options, which one comparison tells.
    index, mask, usual = plain
    byte = f"buffer[start + {index}]" + ("" if mask == 255 else f" & {mask}")
    return [f" if {byte} != {usual}:", *(f"  {line}" for line in general)]


def _raw_in_decoder(field: Field) -> str:
    """Return Python for the field's number while the header is decoded; one that floats is asked of the header."""
    return f"header.raw(expected_{field.name})" if field.floats else raw_expression(field)


def plain_byte(cls: type[Any]) -> tuple[int, int, int] | None:
    """Return (index, mask, value) of the byte that tells a header without options; None where none does."""
    measured = field_of_role(cls, HeaderLength)
    if measured is None or measured.bit // 8 != (measured.bit + measured.width - 1) // 8:
        return None
    index = measured.bit // 8
    usual, rest = divmod(cls.least_size - measured.factory.uncounted, measured.factory.unit)  # type: ignore[union-attr]
    if usual < 0 or rest:
        # Without options the header would be shorter than it can be.
        return None
    mask = value = 0
    for field in cls.layout:
        if not field.floats and field.bit // 8 == index == (field.bit + field.width - 1) // 8:
            raw = usual if field is measured else field.expected
            if raw is not None:
                shift = 8 * index + 8 - field.bit - field.width
                mask |= (1 << field.width) - 1 << shift
                value |= raw << shift
    return index, mask, value


def _payload_end(cls: type[Any]) -> list[str]:
    """Return the lines that find where what the header carries ends, by the header's own length."""
    total = field_of_role(cls, TotalLength)
    if total is None:
        return []
    role: Any = total.factory
    known = f"stop != {'start' if role.with_header else 'body'}"
    if role.when_zero:
        known = f"({known} or {raw_expression(cls._by_name[role.when_zero])})"
    unknown = f" and {known}" if role.zero_is_unknown else ""
    shorter = [" if stop < end:", f"  if stop >= body{unknown if not role.with_header else ''}: end = stop"]
    if role.with_header:
        shorter.append(
            f"  el{'se' if not unknown else f'if {unknown[5:]}'}: return opaque(header, buffer, start, body, end)"
        )
    return [f" stop = {'start' if role.with_header else 'body'} + {raw_expression(total)}", *shorter]


def _scaled(field: Field, unit: int) -> str:
    """Return Python for a length field in bytes; one shift does for a field within one byte."""
    index, last = field.bit // 8, (field.bit + field.width + 7) // 8
    down = 8 * last - field.bit - field.width
    if last - index > 1 or unit not in (1, 2, 4, 8):
        return f"{raw_expression(field)} * {unit}"
    up = unit.bit_length() - 1
    mask = (1 << field.width) - 1 << up
    shift = f" >> {down - up}" if down > up else f" << {up - down}" if up > down else ""
    return f"buffer[start + {index}]{shift} & {mask}"


def measured_size(field: Field) -> str:
    """Return Python for the size in bytes that a header's own length field tells."""
    role: Any = field.factory
    scaled = _scaled(field, role.unit)
    return f"({scaled}) + {role.uncounted}" if role.uncounted else scaled


def _variable_size(cls: type[Any]) -> list[str]:
    variable = cls._elastic
    if not variable:
        return []
    if cls._mixed:
        return [" body = extent(header, buffer, start, end)", " if body < 0: return cut(header, buffer, start, end)"]
    if any(field.length == "rest" for field in variable):
        return [" body = end"]
    if all(isinstance(field.length, str) for field in variable):
        sizes = []
        for field in variable:
            measure = cls._by_name[field.length]
            unit = measure.factory.unit if isinstance(measure.factory, LengthOf) else 1
            sizes.append(f"{raw_expression(measure)}{f' * {unit}' if unit != 1 else ''}")
        lines = [f" body += {' + '.join(sizes)}"]
    else:
        raise AssertionError(variable)
    return [*lines, " if body > end: return cut(header, buffer, start, end)"]


def _cut(header: Any, buffer: bytes, start: int, end: int) -> Any:
    """Finish a header of which only `end - start` bytes are there.

    Its buffer ends where it does, so that no getter reads what stands behind it; what stands in front
    stays, for the network header tells how much there should be.
    """
    look_for_empty_slots(type(header))
    header._buffer = buffer[:end]
    header._start = start
    header._body = end
    header._end = end
    header._payload = None
    return header


def _opaque(header: Any, buffer: bytes, start: int, body: int, end: int) -> Any:
    """Finish a header that contradicts itself: what stands behind it is not looked into."""
    look_for_empty_slots(type(header))
    outer = header._outer
    header._buffer, header._start, header._body, header._end = buffer, start, body, end
    around = outer + 1 if type(outer) is int else header
    header._payload = BASE["Data"].decode(buffer, body, end, around) if body < end else None
    # The bytes are there, but mean nothing that a display filter could ask for.
    header._state = (None, 0, {"payload": None})
    return header
