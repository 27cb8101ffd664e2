"""Payloads, written out for each header: what it carries is found by its numbers and made when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength, Variant
from dissect.declaration.decoder import BASE, MAXIMUM_DEPTH, QUOTED, UNPARSED, field_of_role, plain_byte
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span, gathered, span_of
from dissect.declaration.generated import compiled
from dissect.declaration.kept import fill_lines, share_numbers
from dissect.declaration.layout import raw_expression
from dissect.declaration.pending import PENDING, declare_claimed, declare_guessed
from dissect.declaration.selection import guessed

__all__ = ["forget_payloads", "postpone_payload", "traced_payload"]

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
    names = _names(cls)
    exec(compiled(_payload(cls, names), cls, "payload"), names)
    _WRITTEN.add(cls)
    cls.payload = property(names["payload"], _payload_set, doc="What this header carries.")


def traced_payload(cls: type[Any], known: Any) -> Any:
    """Return the function that finds what a traced header carries.

    `known.get(ports, default)` tells what ports say, `known.guessed(heuristics, buffer, start, end)` what bytes say.
    """
    names = _names(cls) | {"KNOWN": known, "guessed": known.guessed}
    exec(compiled(_payload(cls, names, is_traced=True), cls, "traced payload"), names)
    return names["payload"]


def _names(cls: type[Any]) -> dict[str, Any]:
    """Return what the lines of a payload call by a name."""
    return {
        "new": object.__new__,
        "UNPARSED": UNPARSED,
        "TABLE": cls._carried,
        "CHOSEN": cls._chosen,
        "KNOWN": cls._known,
        "HEURISTICS": cls._heuristics,
        "guessed": guessed,
        "CLASS": cls,
        "declare_claimed": declare_claimed,
        "declare_guessed": declare_guessed,
        "PENDING": PENDING,
        "NUMBERS": share_numbers(),
    }


def _payload_set(header: Any, value: Any | bytes | None) -> None:
    header._own()
    header._payload = None if value is None else header._adopted(value, header._depth() + 1)


def _payload(cls: type[Any], names: dict[str, Any], *, is_traced: bool = False) -> list[str]:
    selector = field_of_role(cls, Selector)
    # A number of 16 bits is that of many frames, which share it.
    step = ["  outer = NUMBERS[outer + 1] if 0 <= outer < 0xFFFF else outer + 1"]
    if cls.is_network:
        step = ["  outer = (outer & -0xFFFFFFFF01) + 1 | start + 1 << 8"]
    if cls.quotes:
        step = [f"  outer = outer + 1 | {QUOTED}"]
    lines = [
        "def payload(header):",
        " child = header._payload",
        " if child is not UNPARSED:",
        "  if child is None or (header._state is None and child._state is None): return child",
        # What a header with bytes of its own was given as bytes becomes a header for those who look at it.
        "  if child.__class__ is bytes: child = header._payload = header._adopted(child, 1)",
        # Of headers that have bytes of their own, each knows the one around it.
        "  if header._tail is not None or child._tail is not None: child._outer = header",
        "  return child",
        *([] if is_traced else _usual_chain(cls, names)),
        " outer = header._outer",
        " start = header._start",
        " try:",
        *step,
        f"  deep = outer & 127 >= {MAXIMUM_DEPTH}",
        " except TypeError:",
        f"  outer, deep = header, header._depth() + 1 >= {MAXIMUM_DEPTH}",
    ]
    if selector is not None:
        unless = f" or {_raw_in_payload(cls._by_name[cls.unless])}" if cls.unless else ""
        lines += [
            " buffer = header._buffer",
            *_choice(cls, selector),
            f" if decode is None and (HEURISTICS or PENDING) and not deep{unless}:",
            *([] if is_traced else ["  if PENDING: declare_guessed(CLASS, buffer, header._body, header._end)"]),
            "  if HEURISTICS: decode = guessed(HEURISTICS, buffer, header._body, header._end)",
            f" if decode is None or deep{unless}: child = {_otherwise(cls, names)}",
            " else: child = decode(buffer, header._body, header._end, outer)",
        ]
    elif cls.always_carries is not None:
        names["always"] = cls.always_carries.decode
        lines += [
            f" if deep: child = {_otherwise(cls, names)}",
            " else: child = always(header._buffer, header._body, header._end, outer)",
        ]
    else:
        lines.append(f" child = {_otherwise(cls, names)}")
    return [*lines, " header._payload = child", " return child"]


def _otherwise(cls: type[Any], names: dict[str, Any]) -> str:
    """Return Python for what the header carries where no number tells: bytes, unless the class knows better."""
    if cls.looks_further():
        return "header.other_payload(outer, deep)"
    names["data"] = BASE["Data"].decode
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
            f" if decode is None and PENDING and declare_claimed(CLASS, {number}): decode = TABLE.get({number})",
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
        "  if PENDING: declare_claimed(CLASS, low, high)",
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
    nothing cut. Their headers are made here, all with one function call, and all numbers that tell or that are kept
    are unpacked with one more: in such frames they stand at fixed places. Everything else is left to the decoders, as
    the tests fail for it.
    """
    selector = field_of_role(cls, Selector)
    if selector is None or not selector.is_read_in_place or isinstance(selector.factory, Ports) or cls.is_network:
        return []
    lines: list[str] = []
    for number, carried in cls.usually_carries().items():
        start, end = cls.least_size, cls.least_size + carried.least_size
        total, onward, plain = (
            field_of_role(carried, TotalLength),
            field_of_role(carried, Selector),
            plain_byte(carried),
        )
        if total is None or onward is None or plain is None or not _is_told(carried, plain[0]):
            continue
        # What must be zero for the payload to be looked into: the fragment offset.
        unless = carried.unless
        last_ones = {number: last for number, last in carried.usually_carries().items() if _is_told(last)}
        places = {"number": span_of(cls, selector.name), "plain": Span(8 * plain[0], 8).behind(start)}
        places |= _places(carried, (total.name, onward.name, *filter(None, [unless])), start)
        for last in last_ones.values():
            lengths = (field_of_role(last, role) for role in (HeaderLength, TotalLength))
            places |= _places(last, (field.name for field in lengths if field is not None), end)
        how = gathered(places)
        value = how.values
        gather = f"gather_{carried.__name__}"
        names[gather], names[carried.__name__] = how.unpack, carried
        mask = "" if plain[1] == 255 else f" & {plain[1]}"
        lines += [
            " last = header._end",
            f" if last >= {how.size} and header._outer == 0:",
            "  buffer = header._buffer",
            f"  {', '.join(how.variables)} = {gather}(buffer)",
            f"  stop = {start} + {_bracketed(value[_of(carried, total)])}",
            f"  if {value['number']} == {number} and {value['plain']}{mask} == {plain[2]} and {end} < stop <= last:",
            # Nearly always it is the same number, of which one object is enough.
            "   if stop == last: stop = last",
            f"   child = header._payload = new({carried.__name__})",
            *(f"   {line}" for line in _window(carried, "child", ("1", str(start), str(end), "stop"), value, names)),
            f"   if not {_bracketed(value[_of(carried, carried._by_name[unless])])}:" if unless else "   if True:",
        ]
        for next_number, last in last_ones.items():
            lines.append(f"    if {value[_of(carried, onward)]} == {next_number}:")
            lines += [f"     {line}" for line in _last_in_chain(last, names, end, start + 1 << 8 | 2, value)]
        lines += ["   child._payload = UNPARSED", "   return child"]
    return lines


def _is_told(cls: type[Any], plain: int | None = None) -> bool:
    """Whether lengths, and the byte `plain` of a header without options, are all that tells its form."""
    lengths = [field for role in (HeaderLength, TotalLength) if (field := field_of_role(cls, role)) is not None]
    whole = all(field.is_read_in_place and getattr(field.factory, "with_header", True) for field in lengths)
    elastic = bool(cls._elastic) and field_of_role(cls, HeaderLength) is None
    expects = any(field.expected is not None and (field.floats or field.bit // 8 != plain) for field in cls.layout)
    other = cls.leaf or cls.transparent or cls._mixed or field_of_role(cls, Variant) is not None
    return whole and not (elastic or expects or other)


def _of(cls: type[Any], field: Field) -> str:
    return f"{cls.__name__}.{field.name}"


def _places(cls: type[Any], telling: Iterable[str], start: int) -> dict[str, Span]:
    """Return where the fields stand that tell, and those that are kept, of a header that begins at this byte."""
    names = (*telling, *(field.name for field in cls._kept))
    return {f"{cls.__name__}.{name}": span_of(cls, name).behind(start) for name in names}


def _bracketed(expression: str) -> str:
    return f"({expression})" if " " in expression else expression


def _last_in_chain(
    cls: type[Any], names: dict[str, Any], start: int, outer: int, value: Mapping[str, str]
) -> list[str]:
    """Return the lines that make the header from `start` to `stop`, the last one in a usual chain.

    `value` are expressions for the numbers that were gathered.
    """
    names[cls.__name__] = cls
    least = start + cls.least_size
    body, end, before, tests = str(least), "stop", [], []
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    if measured is not None:
        number = value[_of(cls, measured)]
        before.append(f"body = {_place_behind(cls, measured, start, number, names)}")
        tests.append(f"{least} <= body <= stop")
        body = "body"
    if total is not None:
        before += [f"end = {start} + {_bracketed(value[_of(cls, total)])}", "if end == stop: end = stop"]
        tests.append(f"{least} <= end <= stop")
        end = "end"
    if not tests:
        tests.append(f"stop >= {least}")
    return [
        *before,
        f"if {' and '.join(tests)}:",
        f" last = child._payload = new({cls.__name__})",
        *(f" {line}" for line in _window(cls, "last", (str(outer), str(start), body, end), value, names)),
        f" last._payload = UNPARSED if {body} < {end} else None",
        " return child",
    ]


def _place_behind(cls: type[Any], measured: Field, start: int, number: str, names: dict[str, Any]) -> str:
    """Return Python for where a header ends that begins at `start`; `number` is what its length field holds."""
    role: Any = measured.factory
    if measured.width > 8:
        return f"{start} + {_bracketed(number)} * {role.unit} + {role.uncounted}"
    # There are few, so that one look is quicker than to reckon.
    names[f"ends_{cls.__name__}"] = tuple(start + role.size(each) for each in range(1 << measured.width))
    return f"ends_{cls.__name__}[{number}]"


def _window(
    cls: type[Any],
    name: str,
    place: tuple[str, str, str, str],
    value: Mapping[str, str],
    names: dict[str, Any],
) -> list[str]:
    """Return the lines that make `name` an attached header: `place` is around it, its start, its end and the data's."""
    outer, start, body, end = place
    kept = {field.name: value[_of(cls, field)] for field in cls._kept}
    return [
        f"{name}._outer = {outer}",
        f"{name}._state = None",
        f"{name}._buffer = buffer",
        f"{name}._start = {start}",
        f"{name}._body = {body}",
        f"{name}._end = {end}",
        *fill_lines(cls, name, kept, names),
    ]
