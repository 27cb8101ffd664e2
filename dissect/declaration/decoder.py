"""Decoders, written out for each header: where it ends, what it carries, and nothing else.

The number `_outer` of an attached header says where it stands:
bits 0 to 6 how deep it is nested, bit 7 whether it lies in a quotation of an ICMP error,
bits 8 to 39 where the network header around it begins, plus one, in the same buffer (0: none),
and bits 40 and up how many bytes of the frame the capture left out.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from types import FunctionType
from typing import Any

from dissect.declaration.automatic import HeaderLength, LengthOf, Ports, Selector, TotalLength, Variant
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.layout import raw_expression
from dissect.declaration.pending import PENDING, declare_claimed, declare_pending
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
    "network_at",
    "plain_byte",
]

MAXIMUM_DEPTH = 64
"""How many layers are looked at; what the last one carries is `Data`."""
QUOTED = 0x80
UNPARSED: Any = object()
"""Stands for the payload of an attached header until somebody looks at it."""
NETWORKS: dict[int, Callable[[bytes, int, int, int], Any]] = {}
"""The decoders of network headers by the version in their first four bits."""

LINKS: dict[int, Callable[[bytes, int, int, int], Any]] = {}
"""The decoders of outermost headers by LINKTYPE number."""

BASE: dict[str, Any] = {}
"""The class that all headers come from, and the one of bytes that no declaration reads; `header` puts them here."""

_MOST_KNOWN = 4096
"""For how many pairs of ports a class remembers what they stand for; then it forgets them all."""
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
    """Give the class `_decode(buffer, start, end, outer)`, and a `payload` that is written out when first wanted."""
    names: dict[str, Any] = {
        "new": object.__new__,
        "cls": cls,
        "UNPARSED": UNPARSED,
        "cut": _cut,
        "opaque": _opaque,
        "extent": extent,
        **{f"expected_{field.name}": field for field in cls.layout if field.expected is not None},
        "VARIANTS": cls._variants,
    }

    def write_out() -> None:
        # In place, as tables hold this function already. Most programs meet a few protocols only, and
        # writing all decoders out at once would take a third of the time that the import takes.
        written: dict[str, Any] = {}
        if field_of_role(cls, Variant) is not None:
            declare_pending()
        exec(compiled(_decoder(cls), cls, "decoder"), names, written)
        decode.__code__ = written["decode"].__code__

    decode = FunctionType(_first_decode.__code__, names, "decode")
    names |= {"_first_decode": decode, "_write_out": write_out}
    cls._decode = staticmethod(decode)

    _postpone_payload(cls)


def _postpone_payload(cls: type[Any]) -> None:
    def first(header: Any) -> Any:
        # By now the protocols that this header usually carries have been declared.
        complete_payload(cls)
        return header.payload

    cls.payload = property(first, _payload_set, doc="What this header carries.")


def forget_payloads() -> None:
    """Have every `payload` that was written out written anew, as another protocol has taken a number."""
    for cls in tuple(_WRITTEN):
        _WRITTEN.discard(cls)
        _postpone_payload(cls)


_WRITTEN: set[type[Any]] = set()


def _first_decode(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    # What every decoder is until it is first called; the names are found among the decoder's own.
    _write_out()
    return _first_decode(buffer, start, end, outer)


def _write_out() -> None:
    raise NotImplementedError


def complete_payload(cls: type[Any]) -> None:
    """Give the class a `payload` written out for what it carries."""
    names: dict[str, Any] = {
        "new": object.__new__,
        "UNPARSED": UNPARSED,
        "TABLE": cls._carried,
        "CHOSEN": cls._chosen,
        "KNOWN": cls._known,
        "HEURISTICS": cls._heuristics,
        "guessed": guessed,
        "declare_claimed": declare_claimed,
        "declare_pending": declare_pending,
        "PENDING": PENDING,
    }
    exec(compiled(_payload(cls, names), cls, "payload"), names)
    _WRITTEN.add(cls)
    cls.payload = property(names["payload"], _payload_set, doc="What this header carries.")


def _payload_set(header: Any, value: Any | bytes | None) -> None:
    header._own()
    header._payload = None if value is None else header._adopted(value, header._depth() + 1)


def field_of_role(cls: type[Any], role: type) -> Field | None:
    """Return the field of the class that a factory of this type fills in."""
    return next((field for field in cls.layout if isinstance(field.factory, role)), None)


def _decoder(cls: type[Any]) -> list[str]:
    lines = ["def decode(buffer, start, end, outer):"]
    variant = field_of_role(cls, Variant)
    if variant is not None:
        lines += [
            f" if VARIANTS and end - start > {variant.bit // 8}:",
            f"  decode = VARIANTS.get({raw_expression(variant)})",
            "  if decode is not None: return decode(buffer, start, end, outer)",
        ]
    lines += [" header = new(cls)", " header._outer = outer", " header._tail = None", " header._automatic = 0"]
    if cls.least_size:
        lines.append(f" if end - start < {cls.least_size}: return cut(header, buffer, start, end)")
    lines.append(f" body = start + {cls.least_size}")
    lines += _header_end(cls)
    lines += _payload_end(cls)
    if cls.leaf:
        lines.append(" end = body")
    lines += [
        " header._buffer = buffer",
        " header._start = start",
        " header._body = body",
        " header._end = end",
        " header._payload = UNPARSED if body < end else None",
    ]
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
        f"size = {_measured_size(measured)}",
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
    if measured is None:
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


def _measured_size(field: Field) -> str:
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
    header._buffer = buffer[:end]
    header._start = start
    header._body = end
    header._end = end
    header._payload = None
    return header


def _opaque(header: Any, buffer: bytes, start: int, body: int, end: int) -> Any:
    """Finish a header that contradicts itself: what stands behind it is not looked into."""
    outer = header._outer
    header._buffer, header._start, header._body, header._end = buffer, start, body, end
    around = outer + 1 if type(outer) is int else header
    header._payload = BASE["Data"]._decode(buffer, body, end, around) if body < end else None
    # The bytes are there, but mean nothing that a display filter could ask for.
    header._learnt = {"payload": None}
    return header


def _payload(cls: type[Any], names: dict[str, Any]) -> list[str]:
    selector = field_of_role(cls, Selector)
    step = ["  outer = outer + 1"]
    if cls.is_network:
        step = ["  outer = (outer & -0xFFFFFFFF01) + 1 | start + 1 << 8"]
    if cls.quotes:
        step = [f"  outer = outer + 1 | {QUOTED}"]
    lines = [
        "def payload(header):",
        " child = header._payload",
        " if child is not UNPARSED:",
        # Of headers that have bytes of their own, each knows the one around it.
        "  if child is not None and (header._tail is not None or child._tail is not None): child._outer = header",
        "  return child",
        *_usual_chain(cls, names),
        " outer = header._outer",
        " start = header._start",
        " try:",
        *step,
        f"  deep = outer & 127 >= {MAXIMUM_DEPTH}",
        " except TypeError:",
        f"  outer, deep = header, header._depth() + 1 >= {MAXIMUM_DEPTH}",
    ]
    if selector is None and cls._always is not None:
        names["always"] = cls._always._decode
        lines += [
            " if deep: child = header.other_payload(outer, deep)",
            " else: child = always(header._buffer, header._body, header._end, outer)",
        ]
        return [*lines, " header._payload = child", " return child"]
    if selector is None:
        lines.append(f" child = {_otherwise(cls, names)}")
        return [*lines, " header._payload = child", " return child"]
    unless = f" or {_raw_in_payload(cls._by_name[cls._unless])}" if cls._unless else ""
    return [
        *lines,
        " buffer = header._buffer",
        *_choice(cls, selector),
        f" if decode is None and HEURISTICS and not deep{unless}: "
        "decode = guessed(HEURISTICS, buffer, header._body, header._end)",
        f" if decode is None or deep{unless}: child = {_otherwise(cls, names)}",
        " else: child = decode(buffer, header._body, header._end, outer)",
        " header._payload = child",
        " return child",
    ]


def _otherwise(cls: type[Any], names: dict[str, Any]) -> str:
    """Return Python for what the header carries where no number tells: bytes, unless the class knows better."""
    if cls.looks_further():
        return "header.other_payload(outer, deep)"
    names["data"] = BASE["Data"]._decode
    # There is something, or nobody would have asked.
    return "data(header._buffer, header._body, header._end, outer)"


def _choice(cls: type[Any], selector: Field) -> list[str]:
    """Return the lines that look up what the header says it carries."""
    if not isinstance(selector.factory, Ports):
        number = _raw_in_payload(selector)
        # When a user chooses, this is written anew.
        chosen = f"CHOSEN.get({number}) or " if cls._chosen else ""
        return [
            f" decode = {chosen}TABLE.get({number})",
            f" if decode is None and PENDING and declare_pending(): decode = TABLE.get({number})",
        ]
    first, second = cls._by_name[selector.factory.first], selector
    low, high = _raw_in_payload(first), _raw_in_payload(second)
    side_by_side = not first.floats and not first.bit % 8 and second.bit == first.bit + first.width
    start, stop = first.bit // 8, (second.bit + second.width) // 8
    return [
        # Most frames are of a few conversations: one look tells what their ports stand for.
        f" ports = buffer[start + {start}:start + {stop}]" if side_by_side else f" ports = {low}, {high}",
        " decode = KNOWN.get(ports, UNPARSED)",
        " if decode is UNPARSED:",
        f"  low, high = {low}, {high}",
        "  if low > high: low, high = high, low",
        f"  if PENDING: declare_claimed({cls.__name__!r}, low, high)",
        # What a user chose for either port goes before what is declared for the other.
        "  decode = CHOSEN.get(low) or CHOSEN.get(high) or TABLE.get(low) or TABLE.get(high)",
        f"  if len(KNOWN) >= {_MOST_KNOWN}: KNOWN.clear()",
        "  KNOWN[ports] = decode",
    ]


def _raw_in_payload(field: Field) -> str:
    """Return Python for the field's number where the payload is looked up."""
    return f"header.raw({field.name!r})" if field.floats else raw_expression(field)


def _usual_chain(cls: type[Any], names: dict[str, Any]) -> list[str]:
    """Return the lines that make what an outermost header carries on the spot, where nothing is unusual.

    Frames are nearly all alike: IPv4 in Ethernet with TCP or UDP in it, no options, no length that lies,
    nothing cut. Their headers are made here, all with one function call, and the numbers that
    tell are unpacked with one more: in such frames they stand at fixed places. Everything
    else is left to the decoders, as the tests fail for it.
    """
    selector = field_of_role(cls, Selector)
    if selector is None or selector.floats or isinstance(selector.factory, Ports) or cls.is_network:
        return []
    lines: list[str] = []
    for number, carried in cls.usually_carries().items():
        start, end = cls.least_size, cls.least_size + carried.least_size
        total, onward, plain = (
            field_of_role(carried, TotalLength),
            field_of_role(carried, Selector),
            plain_byte(carried),
        )
        if total is None or onward is None or plain is None:
            continue
        # What must be zero for the payload to be looked into: the fragment offset.
        unless = carried._by_name[carried._unless]
        places = {
            "number": (selector.bit, selector.width),
            "plain": (8 * (start + plain[0]), 8),
            "total": (8 * start + total.bit, total.width),
            "unless": (8 * start + unless.bit, unless.width),
            "onward": (8 * start + onward.bit, onward.width),
        }
        gather, variables, value = _gathered(places)
        names["gather"], names["carried"] = gather, carried
        lines += [
            " last = header._end",
            f" if header._outer == 0 and last > {end}:",
            "  buffer = header._buffer",
            f"  {', '.join(variables)} = gather(buffer)",
            f"  stop = {start} + {value['total']}",
            f"  is_plain = {value['number']} == {number} and {value['plain']} & {plain[1]} == {plain[2]}",
            f"  if is_plain and {end} < stop <= last:",
            # Nearly always it is the same number, of which one object is enough.
            "   if stop == last: stop = last",
            "   child = header._payload = new(carried)",
            *(f"   {line}" for line in _window("child", "1", str(start), str(end), "stop")),
            "   child._payload = UNPARSED",
            f"   if not {value['unless']}:",
            f"    onward = {value['onward']}",
        ]
        for next_number, last in carried.usually_carries().items():
            lines.append(f"    if onward == {next_number}:")
            lines += [f"     {line}" for line in _last_in_chain(last, names, end, start + 1 << 8 | 2)]
        lines.append("   return child")
    return lines


def _last_in_chain(cls: type[Any], names: dict[str, Any], start: int, outer: int) -> list[str]:
    """Return the lines that make the header from `start` to `stop`, the last one in a usual chain."""
    names[f"last_{cls.__name__}"] = cls
    least = start + cls.least_size
    body, end, before, tests = str(least), "stop", [], []
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    if measured is not None:
        before.append(f"body = {start} + ({_measured_size(measured)})")
        tests.append(f"{least} <= body <= stop")
        body = "body"
    if total is not None:
        before.append(f"end = {start} + {raw_expression(total)}")
        tests.append(f"{least} <= end <= stop")
        end = "end"
    return [
        f"if stop >= {least}:",
        f" start = {start}",
        *(f" {line}" for line in before),
        f" if {' and '.join(tests) or 'True'}:",
        f"  last = child._payload = new(last_{cls.__name__})",
        *(f"  {line}" for line in _window("last", str(outer), "start", body, end)),
        f"  last._payload = UNPARSED if {body} < {end} else None",
    ]


def _window(name: str, outer: str, start: str, body: str, end: str) -> list[str]:
    """Return the lines that make `name` an attached header over these places."""
    return [
        f"{name}._outer = {outer}",
        f"{name}._tail = None",
        f"{name}._automatic = 0",
        f"{name}._buffer = buffer",
        f"{name}._start = {start}",
        f"{name}._body = {body}",
        f"{name}._end = {end}",
    ]


def _gathered(places: dict[str, tuple[int, int]]) -> tuple[Any, list[str], dict[str, str]]:
    """Return (unpack function, the variables that it fills, Python for each number from these).

    Each number is (first bit in the buffer, bits). One call that unpacks them all takes half the
    time of indexing the buffer byte by byte.
    """
    spans = {name: (bit // 8, (bit + width + 7) // 8) for name, (bit, width) in places.items()}
    layout, position, variables = "!", 0, []
    for start, stop in sorted(set(spans.values())):
        layout += f"{start - position}x" + {1: "B", 2: "H", 4: "I"}[stop - start]
        position = stop
        variables.append(f"at{start}")
    values = {}
    for name, (bit, width) in places.items():
        start, stop = spans[name]
        down = 8 * stop - bit - width
        mask = "" if down + width == 8 * (stop - start) else f" & {(1 << width) - 1}"
        values[name] = f"(at{start}{f' >> {down}' if down else ''}{mask})"
    return Struct(layout).unpack_from, variables, values
