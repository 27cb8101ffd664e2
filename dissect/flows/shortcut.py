"""The short way through a reading pass, for usual frames (`dissect.flows.usual`): no header is made of them.

A function is written out for a link type: what a frame must be like, what its learner takes in, and what prints it.
There are two forms of it, of the same lines: one takes a single frame, the other is a loop over the records of a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from dissect.captures.records import Records
from dissect.declaration.automatic import HeaderLength, TotalLength
from dissect.declaration.decoder import field_of_role
from dissect.declaration.gathering import Span, gathered, span_of
from dissect.declaration.generated import written
from dissect.declaration.header import Header
from dissect.flows.learner import Learner, Plain, learner_of
from dissect.flows.usual import Usual, UsualNetwork, all_carried, leading_on, usual_chain, usual_networks

__all__ = ["Printer", "Sieve", "Take", "shortcut"]

Take: TypeAlias = Callable[[bytes, int, int, int, int, int], bool]
"""`take(buffer, start, end, number, time_ns, original_length)`: whether the frame was taken in."""

_WORD = re.compile(r"[A-Za-z_]\w*")
_NAMES = frozenset(
    "after base begin body data end facts here last limit number onward original plain position quick reach start "
    "state stop text time_ns total where which".split()
)
"""What the lines call their own variables, which no field is called that a learner wants to see."""
_TAKEN, _REFUSED = "TAKEN", "REFUSED"
"""What stands in the lines where the frame is done with, and where it has to be observed."""


class Sieve(NamedTuple):
    """Which frames of a chain somebody wants to look at; they are refused. Others are taken in, and that is all."""

    places: Mapping[str, Span]
    """Where the numbers stand that the test asks for, by its names for them."""
    test: str
    """Python for whether the frame may be wanted; `data` is the buffer and `base` where the frame begins in it."""
    names: Mapping[str, Any]
    """What else the test calls by a name."""


class Printer:
    """What makes texts of the frames of one chain, and gives them to `add`.

    `quick` has functions by where the last header ends, less than 0 where nobody looks at what is behind it: they
    return a text, or None. Then `slow` makes the text, and may add to `quick` what will make the next one. `plain` has
    the same for headers that are plain to their learner (`learner.Plain`); it is asked first.
    """

    def __init__(self, add: Callable[[str], None]) -> None:
        self.add = add
        self.quick: dict[int, Callable[..., str | None]] = {}
        """`quick(buffer, base, size, number, time_ns, original_length, body, end, last, facts)`: `size` are the bytes
        of the frame that are there; in these, `body` is where the last header of the chain ends, `end` where what
        the network header carries ends, `last` the same of the last header; `facts` are what is learnt of that one."""
        self.plain: dict[int, Callable[..., str | None]] = {}
        """The same, but the values of the facts that the learner tells of plain headers stand in place of `facts`."""

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
    sieve: Callable[[Usual], Sieve | None] | None = None,
) -> Take | None:
    """Return a function that takes in a frame of a link type by the short way; None where there is none.

    It returns False, before anything was learnt, for a frame that has to be observed. `learner` gives a pass's
    learner for a class, None where that takes no part; `advance` is told the time of every frame taken in, with
    `prints` before its text is made. That gives what makes the texts of a chain, and then the short way is for
    those frames alone of which all headers are known so: none is behind the last of the chain. `sieve` tells of a chain
    which frames are refused because somebody wants to look at them, None where that may be any.

    The function has an attribute `loop`, which makes a loop of the same over records (`captures.records.Records`).
    """
    frame = _Frame(learner, advance, prints, sieve)
    lines = [line for around in usual_networks(link) for line in frame.of_network(around)]
    if not lines:
        return None
    where = f"{__name__} of link type {link}"
    names = frame.names
    take: Any = written(_single(lines), names, "take", where)
    take.loop = lambda records: written(_loop(lines, records), {**names, **records.names}, "loop", where)
    return take  # type: ignore[no-any-return]  # it has the attribute


def _single(lines: list[str]) -> list[str]:
    """Return the function that takes one frame."""
    return [
        "def take(data, base, stop, number, time_ns, original):",
        " here = stop - base",
        *(f" {line}" for line in _ending(lines, "return True", "return False")),
        " return False",
    ]


def _loop(lines: list[str], records: Records) -> list[str]:
    """Return the loop over records, up to one that does not lie whole in the buffer or is refused."""
    return [
        "def loop(data, position, limit, number):",
        *(f" {line}" for line in records.begin),
        # No record has less than one byte.
        " for number in range(number + 1, number + 2 + limit - position):",
        *(f"  {line}" for line in records.lines),
        "  here = stop - base",
        *(f"  {line}" for line in _ending(lines, "position = after; continue", "break")),
        "  break",
        " return position, number - 1",
    ]


def _ending(lines: list[str], taken: str, refused: str) -> list[str]:
    return [line.replace(_TAKEN, taken).replace(_REFUSED, refused) for line in lines]


class _Frame:
    """Writes the lines for a frame: `data` is the buffer, `base` and `stop` are its ends, `here` its bytes there."""

    def __init__(
        self,
        learner: Callable[[type[Header]], Learner | None],
        advance: Callable[[int | None], None],
        prints: Callable[[Usual], Printer] | None,
        sieve: Callable[[Usual], Sieve | None] | None,
    ) -> None:
        self.names: dict[str, Any] = {"advance": advance, "EMPTY": {}}
        """What the lines call by a name."""
        self._learner = learner
        self._prints = prints
        self._sieve = sieve

    def _named(self, name: str, value: Any) -> str:
        """Return a name that nothing else has, for this value."""
        name = f"{name}{len(self.names)}"
        self.names[name] = value
        return name

    def _gathered(self, places: Mapping[str, Span]) -> tuple[str, Mapping[str, str]]:
        """Return the line that unpacks these places, and Python for the value at each."""
        how = gathered(places)
        return f"{', '.join(how.variables)}, = {self._named('gather', how.unpack)}(data, base)", how.values

    def of_network(self, around: UsualNetwork) -> list[str]:
        """Return the lines for frames of a network protocol, and the usual ones that it carries; none without any."""
        inside: list[str] = []
        for number, last in around.network.usually_carries().items():
            usual = usual_chain(around, last, self._learner(last))
            lines = self._of_last(usual, around)
            if lines:
                inside += [f"if onward == {int(number)}:", *(f" {line}" for line in lines)]
        if not inside:
            return []
        gather, values = self._gathered(around.places)
        return [
            f"if here >= {around.size}:",
            f" {gather}",
            *(f" {name} = {values[name]}" for name in around.places if name not in ("source", "destination")),
            f" end = {around.end}",
            f" if {' and '.join(around.tests)} and (end <= here or end <= original):",
            *(f"  {line}" for line in inside),
        ]

    def _of_last(self, usual: Usual, around: UsualNetwork) -> list[str]:
        """Return the lines for frames in which this protocol is the last one that there is something to learn of."""
        cls, start = usual.classes[-1], usual.starts[-1]
        kind = learner_of(cls)
        if kind is None or not kind.quick or kind.ports is None or not _NAMES.isdisjoint(kind.quick):
            return []
        carried = leading_on(cls) if self._prints is None else all_carried(cls)
        sieve = None if self._sieve is None else self._sieve(usual)
        if carried is None or (self._sieve is not None and sieve is None):
            return []
        roles = {"measured": field_of_role(cls, HeaderLength), "own total": field_of_role(cls, TotalLength)}
        places = {name: span_of(cls, name).behind(start) for name in kind.quick if usual.learner is not None}
        places |= {role: span_of(cls, field.name).behind(start) for role, field in roles.items() if field is not None}
        if carried or usual.learner is not None:
            places |= _ends(around, [span_of(cls, name).behind(start) for name in kind.ports])
        gather, values = self._gathered(places)
        lines = [] if self._prints is None else _reaches(cls, start, values)
        if carried:
            sizes = cls.field(kind.ports[0]).width // 8
            telling = frozenset(each.to_bytes(sizes, "big") for each in carried if each >> 8 * sizes == 0)
            name = self._named("telling", telling)
            lines.append(f"if {values['source port']} in {name} or {values['destination port']} in {name}: {_REFUSED}")
        plain = None
        if usual.learner is not None:
            plain = usual.learner.plain()
            lines += self._learns(usual.learner, plain, start, values)
        lines.append("advance(time_ns)")
        if self._prints is not None:
            lines += self._printed(self._prints(usual), plain, usual.learner is not None)
        fixed = start + cls.least_size
        return [
            f"if here >= {fixed} and end >= {fixed}:",
            *(f" {line}" for line in [*self._wanted(sieve), gather, *lines, _TAKEN]),
        ]

    def _wanted(self, sieve: Sieve | None) -> list[str]:
        """Return the lines that refuse what somebody wants to look at."""
        if sieve is None:
            return []
        self.names |= sieve.names
        gather, values = self._gathered(sieve.places)
        assigned = [f"{name} = {value}" for name, value in values.items() if name != value]
        return [gather, *assigned, f"if {sieve.test}: {_REFUSED}"]

    def _learns(self, learner: Learner, plain: Plain | None, start: int, values: Mapping[str, str]) -> list[str]:
        """Return the lines that have a header's learner take it in, which give `facts`; plain ones by themselves."""
        source, destination = (f"{values[end]} + {values[f'{end} port']}" for end in ("source", "destination"))
        given = ", ".join(values[name] for name in learner.quick)
        glance = self._named("glance", learner.glance)
        call = f"{glance}(data, base + {start}, base + end, stop, number, time_ns, {source}, {destination}, {given})"
        if plain is None:
            return [f"facts = {call}", f"if facts is None: {_REFUSED}"]
        self.names |= plain.names
        apart = " + ".join(values[end] for end in ("source", "destination", "source port", "destination port"))
        states = self._named("states", plain.states.get)
        facts = [] if self._prints is None else [f"{_fact(name)} = {value}" for name, value in plain.facts.items()]
        loop = {"start": f"base + {start}", "size": f"end - {start}", "there": f"here - {start}"}
        assigned = {name: values[name] for name in learner.quick} | loop
        asked = _words((plain.test, *plain.lines, *facts))
        return [
            "facts = None",
            f"state = {states}({values.get('ends') or apart})",
            "if state is not None:",
            *(f" {name} = {value}" for name, value in assigned.items() if name in asked and name != value),
            *([] if plain.state == "state" else [f" {plain.state} = state"]),
            f" if {plain.test}:",
            *(f"  {line}" for line in (*plain.lines, *facts)),
            "  facts = EMPTY",
            "if facts is None:",
            f" facts = {call}",
            f" if facts is None: {_REFUSED}",
        ]

    def _printed(self, printer: Printer, plain: Plain | None, is_learnt: bool) -> list[str]:
        """Return the lines that print a frame."""
        add, slow, quick = (self._named(name, getattr(printer, name)) for name in ("add", "slow", "quick"))
        frame = "data, base, here, number, time_ns, original, body"
        lines = ["where = body if body < last else -body", "text = None"]
        if plain is not None:
            table = self._named("plain", printer.plain)
            told = ", ".join(f"{name!r}: {_fact(name)}" for name in plain.facts)
            lines += [
                "if facts is EMPTY:",
                f" quick = {table}.get(where)",
                " if quick is not None:",
                f"  text = quick({frame}, end, last, {', '.join(map(_fact, plain.facts))})",
                f" if text is None: facts = {{{told}}}",
            ]
        elif not is_learnt:
            lines.append("facts = EMPTY")
        return [
            *lines,
            "if text is None:",
            # A reading pass may say that nobody looks at what is carried, or may have to be asked.
            " if 'payload' in facts: where = 0 if facts['payload'] is not None else -body",
            f" quick = {quick}.get(where)",
            f" if quick is not None: text = quick({frame}, end, last, facts)",
            f" if text is None: text = {slow}({frame}, last, facts)",
            f"{add}(text)",
        ]


def _fact(name: str) -> str:
    """Return the variable for a fact."""
    return f"fact_{name}"


def _ends(around: UsualNetwork, ports: list[Span]) -> dict[str, Span]:
    """Return the places of both addresses and ports, and of all of them together where they stand side by side."""
    source, destination = around.places["source"], around.places["destination"]
    places = {"source": source, "destination": destination}
    places |= {"source port": ports[0]._replace(is_octets=True), "destination port": ports[1]._replace(is_octets=True)}
    spans = [source, destination, *ports]
    if all(one.bit + one.width == other.bit for one, other in pairwise(spans)):
        places["ends"] = Span(source.bit, sum(span.width for span in spans), is_octets=True)
    return places


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}


def _reaches(cls: type[Header], start: int, values: Mapping[str, str]) -> list[str]:
    """Return the lines that find how far the last header and its payload go, as its decoder does."""
    fixed = start + cls.least_size
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    lines = ["reach = end if end < here else here", f"body = {fixed}", "last = reach"]
    if measured is not None:
        role: Any = measured.factory
        lines[1] = f"body = {start + role.uncounted} + ({values['measured']}) * {role.unit}"
    if total is not None:
        role = total.factory
        lines += [
            f"last = {start if role.with_header else 'body'} + ({values['own total']})",
            f"if last < body: {_REFUSED}",
            "if last > reach: last = reach",
        ]
    return [*lines, f"if not {fixed} <= body <= reach: {_REFUSED}"]
