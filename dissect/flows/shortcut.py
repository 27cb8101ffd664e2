"""The short way through a reading pass, for packets that nobody is going to look at.

Frames are nearly all alike: a usual protocol in a usual network in the link's header, without options, whole or
cut by the capture alone. In such frames the numbers that a learner needs stand at fixed places, which the declarations
tell; no header is made for them. Which protocols are usual, and by which numbers they are carried, the
declarations say as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from linecache import cache as source_lines
from typing import Any, NamedTuple, TypeAlias

from dissect.declaration.automatic import HeaderLength, Selector, TotalLength
from dissect.declaration.decoder import LINKS, field_of_role, plain_byte
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Gathering, Span, gathered, span_of
from dissect.declaration.header import Header
from dissect.declaration.pending import declare_pending
from dissect.flows.learner import Learner, learner_of
from dissect.wireshark.types import header_classes

__all__ = ["Printer", "Take", "Usual", "shortcut"]

Take: TypeAlias = Callable[[bytes, int, int, int, int, int], bool]
"""`take(buffer, start, end, number, time_ns, original_length)`: whether the frame was taken in."""


_WORD = re.compile(r"[A-Za-z_]\w*")


class Usual(NamedTuple):
    """Frames of one chain of headers: the classes, and where each begins."""

    classes: tuple[type[Header], ...]
    starts: tuple[int, ...]
    learner: Learner | None
    """The learner of the last one."""
    fixed: frozenset[int]
    """The bits of the frame that are the same in all frames of the chain whose last header ends at the same byte."""


class Printer:
    """What makes texts of the frames of one chain, and gives them to `add`.

    `quick` has functions by where the last header ends, less than 0 where nobody looks at what is behind it: they
    return a text, or None. Then `slow` makes the text, and may add to `quick` what will make the next one.
    """

    def __init__(self, add: Callable[[str], None]) -> None:
        self.add = add
        self.quick: dict[int, Callable[..., str | None]] = {}
        """`quick(buffer, base, size, number, time_ns, original_length, body, end, last, facts)`: `size` are the bytes
        of the frame that are there; in these, `body` is where the last header of the chain ends, `end` where what
        the network header carries ends, `last` the same of the last header; `facts` are what is learnt of that one."""

    def slow(
        self, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, last: int,
        facts: dict[str, Any],
    ) -> str:  # fmt: skip
        """Return the text of a frame by way of a packet; a fact of its payload may have to be settled."""
        raise NotImplementedError


def shortcut(
    link: int,
    learner: Callable[[type[Header]], Learner | None],
    advance: Callable[[int | None], None],
    prints: Callable[[Usual], Printer] | None = None,
) -> Take | None:
    """Return a function that takes in a frame of a link type by the short way; None where there is none.

    It returns False, before anything was learnt, for a frame that has to be observed. `learner` gives a pass's
    learner for a class, None where that takes no part; `advance` is told the time of every frame taken in, with
    `prints` before its text is made. That gives what makes the texts of a chain, and then the short way is for
    those frames alone of which all headers are known so: none is behind the last of the chain.
    """
    declare_pending()
    outer = _class_of_link(link)
    if outer is None or outer.is_network or learner_of(outer) is not None:
        return None
    names: dict[str, Any] = {"advance": advance, "EMPTY": {}}
    lines = ["def take(data, base, stop, number, time_ns, original):", " here = stop - base"]
    count = len(lines)
    for number, network in outer.usually_carries().items():
        lines += _through(outer, int(number), network, learner, names, prints)
    if len(lines) == count:
        return None
    source = "\n".join([*lines, " return False", ""])
    file = f"<{__name__} of link type {link}>"
    exec(compile(source, file, "exec"), names)
    # Tracebacks show the lines.
    source_lines[file] = len(source), None, source.splitlines(keepends=True), file
    take: Take = names["take"]
    return take


def _class_of_link(link: int) -> type[Header] | None:
    decode = LINKS.get(link)
    return None if decode is None else type(decode(b"", 0, 0, 0))


def _through(
    outer: type[Header],
    number: int,
    network: type[Header],
    learner: Callable[[type[Header]], Learner | None],
    names: dict[str, Any],
    prints: Callable[[Usual], Printer] | None,
) -> list[str]:
    """Return the lines for frames of a network protocol, and the usual ones that it carries."""
    selector, onward = field_of_role(outer, Selector), field_of_role(network, Selector)
    total, plain = field_of_role(network, TotalLength), plain_byte(network)
    kind = learner_of(network)
    if selector is None or onward is None or total is None or plain is None:
        return []
    if kind is None or not kind.silent or not network.is_network:
        return []
    role: Any = total.factory
    start = outer.least_size
    places = {
        "number": span_of(outer, selector.name),
        "plain": Span(8 * plain[0], 8).behind(start),
        **{
            name: span_of(network, field).behind(start)
            for name, field in (
                ("total", total.name),
                ("onward", onward.name),
                ("source", "src"),
                ("destination", "dst"),
            )
        },
        **{f"partial {name}": span_of(network, name).behind(start) for name in network.partial},
    }
    how, gather = _named(gathered(places), names)
    value = how.values
    tests = [f"({value['number']}) == {number}", f"({value['plain']}) & {plain[1]} == {plain[2]}"]
    tests += [f"not ({value[f'partial {name}']})" for name in network.partial]
    lines = [
        f" if here >= {start + network.least_size}:",
        f"  {', '.join(how.variables)}, = {gather}(data, base)",
        f"  end = {start} + ({value['total']})" + ("" if role.with_header else f" + {network.least_size}"),
        f"  if {' and '.join(tests)} and (end <= here or end <= original):",
        f"   onward = {value['onward']}",
    ]
    partial = [places[f"partial {name}"] for name in network.partial]
    fixed = _bits(places["number"], places["onward"], *partial) | {
        8 * (start + plain[0]) + bit for bit in range(8) if plain[1] << bit & 0x80
    }
    count = len(lines)
    for next_number, last in network.usually_carries().items():
        usual = Usual((outer, network, last), (0, start, start + network.least_size), learner(last), fixed)
        lines += _last(usual, int(next_number), value, names, prints)
    return lines if len(lines) > count else []


def _last(
    usual: Usual,
    number: int,
    value: Mapping[str, str],
    names: dict[str, Any],
    prints: Callable[[Usual], Printer] | None,
) -> list[str]:
    """Return the lines for frames in which this protocol is the last one that there is something to learn of."""
    cls, start = usual.classes[-1], usual.starts[-1]
    kind = learner_of(cls)
    if kind is None or not kind.quick or kind.ports is None:
        return []
    fixed = start + cls.least_size
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    roles = {} if prints is None else {"measured": measured, "total": total}
    places = {name: span_of(cls, name).behind(start) for name in kind.quick}
    places |= {name: span_of(cls, name)._replace(is_octets=True).behind(start) for name in kind.ports}
    places |= {role: span_of(cls, field.name).behind(start) for role, field in roles.items() if field is not None}
    how, gather = _named(gathered(places), names)
    ends = [how.values[name] for name in kind.ports]
    lines = [
        f"   if onward == {number} and here >= {fixed} and end >= {fixed}:",
        f"    {', '.join(how.variables)}, = {gather}(data, base)",
    ]
    carried = _telling(cls) if prints is None else _carried(cls)
    if carried is None:
        return []
    if carried:
        size = cls.field(kind.ports[0]).width // 8
        telling = f"telling{len(names)}"
        names[telling] = frozenset(each.to_bytes(size, "big") for each in carried if each >> 8 * size == 0)
        lines.append(f"    if {ends[0]} in {telling} or {ends[1]} in {telling}: return False")
    if prints is not None:
        lines += [f"    {line}" for line in _reaches(cls, start, measured, total, how.values)]
    facts = "EMPTY"
    if usual.learner is not None:
        lines += _learns(
            usual.learner, start, (value["source"], value["destination"]), ends, how.values, names, prints is not None
        )
        facts = "facts"
    lines.append("    advance(time_ns)")
    if prints is None:
        return [*lines, "    return True"]
    if measured is not None:
        usual = usual._replace(fixed=usual.fixed | _bits(places["measured"]))
    printer, suffix = prints(usual), len(names)
    names |= {f"quick{suffix}": printer.quick, f"slow{suffix}": printer.slow, f"add{suffix}": printer.add}
    return [
        *lines,
        "    where = body if body < last else -body",
        # A reading pass may say that nobody looks at what is carried, or may have to be asked.
        f"    if 'payload' in {facts}: where = 0 if {facts}['payload'] is not None else -body",
        f"    quick = quick{suffix}.get(where)",
        "    text = None if quick is None else "
        f"quick(data, base, here, number, time_ns, original, body, end, last, {facts})",
        f"    if text is None: text = slow{suffix}(data, base, here, number, time_ns, original, body, last, {facts})",
        f"    add{suffix}(text)",
        "    return True",
    ]


def _learns(
    learner: Learner,
    start: int,
    addresses: tuple[str, str],
    ports: list[str],
    values: Mapping[str, str],
    names: dict[str, Any],
    tells: bool,
) -> list[str]:
    """Return the lines that have a header's learner take it in, plain ones by themselves; with `tells`, to `facts`."""
    glance = f"glance{len(names)}"
    names[glance] = learner.glance
    source, destination = (f"{address} + {port}" for address, port in zip(addresses, ports, strict=True))
    given = ", ".join(values[name] for name in learner.quick)
    call = f"{glance}(data, base + {start}, base + end, stop, number, time_ns, {source}, {destination}, {given})"
    plain = learner.plain()
    if plain is None:
        return [f"    facts = {call}", "    if facts is None: return False"]
    states = f"states{len(names)}"
    names |= {states: plain.states.get, **plain.names}
    facts = ", ".join(f"{name!r}: {value}" for name, value in plain.facts.items() if tells)
    loop = {"start": f"base + {start}", "size": f"end - {start}", "there": f"here - {start}"}
    assigned = {name: values[name] for name in learner.quick} | loop
    asked = _words((plain.test, *plain.lines, facts))
    return [
        "    facts = None",
        f"    state = {states}({' + '.join((*addresses, *ports))})",
        "    if state is not None:",
        *(f"     {name} = {value}" for name, value in assigned.items() if name in asked and name != value),
        *([] if plain.state == "state" else [f"     {plain.state} = state"]),
        f"     if {plain.test}:",
        *(f"      {line}" for line in plain.lines),
        f"      facts = {{{facts}}}" if tells else "      facts = EMPTY",
        "    if facts is None:",
        f"     facts = {call}",
        "     if facts is None: return False",
    ]


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}


def _bits(*places: Span) -> frozenset[int]:
    return frozenset(bit for place in places for bit in range(place.bit, place.bit + place.width))


def _reaches(
    cls: type[Header], start: int, measured: Field | None, total: Field | None, values: Mapping[str, str]
) -> list[str]:
    """Return the lines that find how far the last header and its payload go, as its decoder does."""
    fixed = start + cls.least_size
    lines = ["reach = end if end < here else here", f"body = {fixed}", "last = reach"]
    if measured is not None:
        role: Any = measured.factory
        lines[1] = f"body = {start + role.uncounted} + ({values['measured']}) * {role.unit}"
    if total is not None:
        role = total.factory
        lines += [
            f"last = {start if role.with_header else 'body'} + ({values['total']})",
            "if last < body: return False",
            "if last > reach: last = reach",
        ]
    return [*lines, f"if not {fixed} <= body <= reach: return False"]


def _carried(cls: type[Header]) -> set[int] | None:
    """Return all numbers of what a header carries; None where that is told in another way, too."""
    if cls.guessed_decoders() or cls.always_carries is not None or cls.looks_further():
        return None
    return set(map(int, cls.decoders()))


def _named(how: Gathering, names: dict[str, Any]) -> tuple[Gathering, str]:
    """Give the function that unpacks a name of its own."""
    name = f"gather{len(names)}"
    names[name] = how.unpack
    return how, name


def _telling(cls: type[Header]) -> set[int] | None:
    """Return the numbers of what a header carries that there is something to learn of; None for any number."""
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in header_classes()}
    if any(_leads_on(decode, by_decoder) for decode in cls.guessed_decoders()):
        return None
    return {int(number) for number, decode in cls.decoders().items() if _leads_on(decode, by_decoder)}


def _leads_on(decode: Any, by_decoder: Mapping[Any, type[Header]]) -> bool:
    """Whether there is something to learn of a header, or of what may stand behind it."""
    seen, waiting = {decode}, [decode]
    while waiting:
        cls = by_decoder.get(waiting.pop())
        if cls is None or cls.quotes or learner_of(cls) is not None:
            return True
        further = cls.may_carry()
        if further is None:
            # The class looks for its payload by itself.
            return True
        waiting += [each for each in further if each not in seen]
        seen.update(further)
    return False
