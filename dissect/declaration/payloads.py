"""Payloads, written out for each header: what it carries is found by its numbers and made when somebody asks."""

from __future__ import annotations

from struct import Struct
from typing import Any

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength
from dissect.declaration.decoder import BASE, MAXIMUM_DEPTH, QUOTED, UNPARSED, field_of_role, measured_size, plain_byte
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.layout import raw_expression
from dissect.declaration.pending import PENDING, declare_claimed, declare_pending
from dissect.declaration.selection import guessed

__all__ = ["forget_payloads", "postpone_payload"]

_MOST_KNOWN = 4096
"""For how many pairs of ports a class remembers what they stand for; then it forgets them all."""


def postpone_payload(cls: type[Any]) -> None:
    """Give the class a `payload` that is written out when it is first asked for."""

    def first(header: Any) -> Any:
        # By now the protocols that this header usually carries have been declared.
        _complete_payload(cls)
        return header.payload

    cls.payload = property(first, _payload_set, doc="What this header carries.")


def forget_payloads() -> None:
    """Have every `payload` that was written out written anew, as another protocol has taken a number."""
    for cls in tuple(_WRITTEN):
        _WRITTEN.discard(cls)
        postpone_payload(cls)


_WRITTEN: set[type[Any]] = set()


def _complete_payload(cls: type[Any]) -> None:
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
        before.append(f"body = {start} + ({measured_size(measured)})")
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
