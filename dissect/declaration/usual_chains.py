"""What outermost headers usually carry, made on the spot: lines of a `payload` that asks no decoder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength, Variant
from dissect.declaration.decoder import field_of_role, plain_byte
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Gathering, Span, gathered, span_of
from dissect.declaration.kept import fill_lines
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["FURTHER", "usual_chains"]

FURTHER = "further"
"""What the lines call the function that makes what a header carries where something is unusual."""
_FEW_BYTES = 2
"""For the numbers of so many bytes there is room in a table."""
_BEHIND_ALL = 1 << 29
"""An end that no header has; the interpreter compares numbers below 30 bits quickly."""


class _Carried(NamedTuple):
    """A header that tells by lengths alone where it ends, and all that it carries."""

    number: int
    """What the header around it calls it by."""
    cls: type[Any]
    total: Field
    """How much it and what it carries take."""
    onward: Field
    """What it carries."""
    plain: tuple[int, int, int]
    """The byte that tells that it has no options: `plain_byte`."""

    @classmethod
    def of(cls, number: int, carried: type[Any]) -> _Carried | None:
        """Return it for a class; None for one whose headers are found in another way."""
        total, onward, plain = (
            field_of_role(carried, TotalLength),
            field_of_role(carried, Selector),
            plain_byte(carried),
        )
        if total is None or onward is None or plain is None or not _is_told(carried, plain[0]):
            return None
        return cls(number, carried, total, onward, plain)


def usual_chains(cls: type[Any], names: dict[str, Any], head: list[str]) -> list[str]:
    """Return the lines of a function that begins with those of `head`, and makes what `header` carries; else none.

    Frames are nearly all alike: IPv4 in Ethernet with TCP or UDP in it, no options, no length that lies,
    nothing cut. Their headers are made here, all with one function call, and all numbers that tell or that are kept
    are unpacked with one more: in such frames they stand at fixed places. Everything else is left to the decoders, as
    the tests fail for it. What the lines need is put into `names`.
    """
    selector = field_of_role(cls, Selector)
    if selector is None or not selector.is_read_in_place or isinstance(selector.factory, Ports) or cls.is_network:
        return []
    chains = [
        chain
        for number, carried in cls.usually_carries().items()
        if (chain := _Carried.of(number, carried)) is not None
    ]
    lines: list[str] = []
    # Each looks for its own number, the last one written first, and leaves the rest to the next.
    for place, chain in reversed(list(enumerate(chains))):
        otherwise = f"return {f'behind_{place}' if place + 1 < len(chains) else FURTHER}(header)"
        lines += [f"def behind_{place - 1}(header):"] if place else head
        lines += _usual_chain(cls, names, selector, chain, otherwise)
    return lines


def _usual_chain(cls: type[Any], names: dict[str, Any], selector: Field, chain: _Carried, otherwise: str) -> list[str]:
    """Return the lines that make what is carried where nothing is unusual; else `otherwise` is done.

    The interpreter compares quickly where it need not jump far for what follows, so each test is at once followed by
    what is done where it fails.
    """
    carried = chain.cls
    start, end = cls.least_size, cls.least_size + carried.least_size
    # What must be zero for the payload to be looked into: the fragment offset.
    unless = carried.unless
    last_ones = {number: last for number, last in carried.usually_carries().items() if _is_told(last)}
    places = {"number": span_of(cls, selector.name), "plain": Span(8 * chain.plain[0], 8).behind(start)}
    places |= _places(carried, (chain.total.name, chain.onward.name, *filter(None, [unless])), start)
    for last in last_ones.values():
        lengths = (field_of_role(last, role) for role in (HeaderLength, TotalLength))
        places |= _places(last, (field.name for field in lengths if field is not None), end)
    how = gathered(places)
    value = how.values
    gather = f"gather_{carried.__name__}"
    names[gather], names[carried.__name__] = how.unpack, carried
    _, mask, plain = chain.plain
    masked = "" if mask == 255 else f" & {mask}"
    kept = {field.name: value[_of(carried, field)] for field in carried._kept}
    lines = [
        " last = header._end",
        f" if last < {max(how.size, end + 1)} or header._outer != 0: {otherwise}",
        " buffer = header._buffer",
        f" {', '.join(how.variables)} = {gather}(buffer)",
        f" if {value['number']} != {chain.number} or {value['plain']}{masked} != {plain}: {otherwise}",
        f" stop = {start} + {_bracketed(value[_of(carried, chain.total)])}",
        # Nearly always it is the same number, of which one object is enough; there are more bytes than the header's.
        " if stop == last: stop = last",
        f" elif stop <= {end} or stop > last: {otherwise}",
        f" child = header._payload = new({carried.__name__})",
        *(f" {line}" for line in _window(carried, "child", ("1", str(start), str(end), "stop"), kept, names)),
        f" if not {_bracketed(value[_of(carried, carried._by_name[unless])])}:" if unless else " if True:",
    ]
    for next_number, last in last_ones.items():
        lines.append(f"  if {value[_of(carried, chain.onward)]} == {next_number}:")
        lines += [f"   {line}" for line in _last_in_chain(last, names, end, start + 1 << 8 | 2, how)]
    return [*lines, " child._payload = UNPARSED", " return child"]


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


def _last_in_chain(cls: type[Any], names: dict[str, Any], start: int, outer: int, how: Gathering) -> list[str]:
    """Return the lines that make the header from `start` to `stop`, the last one in a usual chain."""
    names[cls.__name__] = cls
    least = start + cls.least_size
    body, end, before, tests = str(least), "stop", [], []
    value = {field.name: how.values[_of(cls, field)] for field in cls.layout if _of(cls, field) in how.values}
    kept = {field.name: value[field.name] for field in cls._kept}
    known: dict[str, str] = {}
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    if measured is not None:
        variable = how.variable_of(value[measured.name])
        if how.sizes[variable] <= _FEW_BYTES:
            loaded = [field for field in cls._kept if not field.kind.plain]
            beside = [field for field in loaded if how.variable_of(kept[field.name]) == variable]
            known = {field.name: f"kept_{field.name}" for field in beside}
            shared = {field.name: value[field.name] for field in (measured, *beside)}
            before += _shape(cls, names, start, variable, shared)
            tests.append("body <= stop")
        else:
            role: Any = measured.factory
            before.append(f"body = {start} + {_bracketed(value[measured.name])} * {role.unit} + {role.uncounted}")
            tests.append(f"{least} <= body <= stop")
        body = "body"
    if total is not None:
        before += [f"end = {start} + {_bracketed(value[total.name])}", "if end == stop: end = stop"]
        tests.append(f"{least} <= end <= stop")
        end = "end"
    if not tests:
        tests.append(f"stop >= {least}")
    return [
        *before,
        f"if {' and '.join(tests)}:",
        f" last = child._payload = new({cls.__name__})",
        *(f" {line}" for line in _window(cls, "last", (str(outer), str(start), body, end), kept, names, known)),
        f" last._payload = UNPARSED if {body} < {end} else None",
        " return child",
    ]


def _shape(cls: type[Any], names: dict[str, Any], start: int, variable: str, values: dict[str, str]) -> list[str]:
    """Return the lines that tell `body`, where a header ends, and the kept fields that share its length's bytes.

    Few numbers stand there, so that one look at a table is quicker than to reckon; a header that is too short ends
    behind all others. The first of `values`, expressions over the variable, is that of the length.
    """
    measured, *beside = (cls._by_name[name] for name in values)
    # Another header may carry the class as well, and be of another size.
    table, find = f"shapes_{cls.__name__}_{len(names)}", f"shape_of_{cls.__name__}_{len(names)}"
    loads = [field.kind.load for field in beside]
    role: Any = measured.factory
    numbers_of = eval(f"lambda {variable}: ({', '.join(values.values())},)")
    shapes: dict[int, Any] = {}

    def find_shape(number: int) -> Any:
        length, *others = numbers_of(number)
        size = role.size(length)
        body = start + size if size >= cls.least_size else _BEHIND_ALL
        shape = body if not beside else (body, *(load(raw) for load, raw in zip(loads, others, strict=True)))
        shapes[number] = shape
        return shape

    names |= {table: shapes, find: find_shape}
    told = ", ".join(["body", *(f"kept_{field.name}" for field in beside)])
    return [f"try: {told} = {table}[{variable}]", f"except KeyError: {told} = {find}({variable})"]


def _window(
    cls: type[Any],
    name: str,
    place: tuple[str, str, str, str],
    kept: Mapping[str, str],
    names: dict[str, Any],
    known: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Return the lines that make `name` an attached header: `place` is around it, its start, its end and the data's.

    `kept` are expressions for the numbers of its kept fields, `known` for the values of some of them.
    """
    outer, start, body, end = place
    return [
        f"{name}._outer = {outer}",
        f"{name}._state = None",
        f"{name}._buffer = buffer",
        f"{name}._start = {start}",
        f"{name}._body = {body}",
        f"{name}._end = {end}",
        *fill_lines(cls, name, kept, names, known),
    ]
