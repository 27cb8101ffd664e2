"""The short way through a reading pass, for packets that nobody is going to look at.

Frames are nearly all alike: a usual protocol in a usual network in the link's header, without options, whole or
cut by the capture alone. In such frames the numbers that a learner needs stand at fixed places, which the declarations
tell; no header is made for them. Which protocols are usual, and by which numbers they are carried, the
declarations say as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from linecache import cache as source_lines
from typing import Any

from dissect.declaration.automatic import Selector, TotalLength
from dissect.declaration.decoder import LINKS, field_of_role, plain_byte
from dissect.declaration.gathering import Gathering, Span, gathered, span_of
from dissect.declaration.header import Header
from dissect.declaration.pending import declare_pending
from dissect.flows.learner import Learner, learner_of
from dissect.packets.packet import Packet
from dissect.wireshark.types import header_classes

__all__ = ["shortcut"]


def shortcut(
    link: int, learner: Callable[[type[Header]], Learner | None], advance: Callable[[Packet], None]
) -> Callable[[Packet], bool] | None:
    """Return a function that takes in a packet of a link type by the short way; None where there is none.

    It returns False, before anything was learnt, for a packet that has to be observed. `learner` gives a pass's
    learner for a class, None where that takes no part; `advance` is told of every packet taken in.
    """
    declare_pending()
    outer = _class_of_link(link)
    if outer is None or outer.is_network or learner_of(outer) is not None:
        return None
    names: dict[str, Any] = {"advance": advance}
    lines = ["def pass_over(packet):", " data = packet.data", " here = len(data)"]
    count = len(lines)
    for number, network in outer.usually_carries().items():
        lines += _through(outer, int(number), network, learner, names)
    if len(lines) == count:
        return None
    source = "\n".join([*lines, " return False", ""])
    file = f"<{__name__} of link type {link}>"
    exec(compile(source, file, "exec"), names)
    # Tracebacks show the lines.
    source_lines[file] = len(source), None, source.splitlines(keepends=True), file
    passed: Callable[[Packet], bool] = names["pass_over"]
    return passed


def _class_of_link(link: int) -> type[Header] | None:
    decode = LINKS.get(link)
    return None if decode is None else type(decode(b"", 0, 0, 0))


def _through(
    outer: type[Header],
    number: int,
    network: type[Header],
    learner: Callable[[type[Header]], Learner | None],
    names: dict[str, Any],
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
        f"  {', '.join(how.variables)}, = {gather}(data)",
        f"  end = {start} + ({value['total']})" + ("" if role.with_header else f" + {network.least_size}"),
        f"  if {' and '.join(tests)} and (end <= here or end <= packet.original_length):",
        f"   onward = {value['onward']}",
    ]
    count = len(lines)
    for next_number, last in network.usually_carries().items():
        lines += _last(last, int(next_number), start + network.least_size, value, learner, names)
    return lines if len(lines) > count else []


def _last(
    cls: type[Header],
    number: int,
    start: int,
    value: Mapping[str, str],
    learner: Callable[[type[Header]], Learner | None],
    names: dict[str, Any],
) -> list[str]:
    """Return the lines for frames in which this protocol is the last one that there is something to learn of."""
    kind = learner_of(cls)
    if kind is None or not kind.quick or kind.ports is None:
        return []
    taking_part = learner(cls)
    fixed = start + cls.least_size
    places = {name: span_of(cls, name).behind(start) for name in kind.quick}
    places |= {name: span_of(cls, name)._replace(is_octets=True).behind(start) for name in kind.ports}
    how, gather = _named(gathered(places), names)
    ends = [how.values[name] for name in kind.ports]
    lines = [
        f"   if onward == {number} and here >= {fixed} and end >= {fixed}:",
        f"    {', '.join(how.variables)}, = {gather}(data)",
    ]
    carried = _telling(cls)
    if carried is None:
        return []
    if carried:
        size = cls.field(kind.ports[0]).width // 8
        telling = f"telling{len(names)}"
        names[telling] = frozenset(each.to_bytes(size, "big") for each in carried if each >> 8 * size == 0)
        lines.append(f"    if {ends[0]} in {telling} or {ends[1]} in {telling}: return False")
    if taking_part is not None:
        glance = f"glance{len(names)}"
        names[glance] = taking_part.glance
        source, destination = (
            f"{value[name]} + {end}" for name, end in zip(("source", "destination"), ends, strict=True)
        )
        values = ", ".join(how.values[name] for name in kind.quick)
        lines.append(f"    if not {glance}(packet, {start}, end, {source}, {destination}, {values}): return False")
    return [*lines, "    advance(packet)", "    return True"]


def _named(how: Gathering, names: dict[str, Any]) -> tuple[Gathering, str]:
    """Give the function that unpacks a name of its own."""
    name = f"gather{len(names)}"
    names[name] = how.unpack
    return how, name


def _telling(cls: type[Header]) -> set[int] | None:
    """Return the numbers of what a header carries that there is something to learn of; None for any number."""
    by_decoder: dict[Any, type[Header]] = {each._decode: each for each in header_classes()}
    if any(_leads_on(decode, by_decoder) for _, decode in cls._heuristics):
        return None
    return {int(number) for number, decode in (cls._carried | cls._chosen).items() if _leads_on(decode, by_decoder)}


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
