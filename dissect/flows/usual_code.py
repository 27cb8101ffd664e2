"""What takes in a usual frame (`dissect.flows.usual`), as lines of Python.

They ask what a frame must be like, have its learner take it in, and have its text made. `dissect.flows.shortcut` makes
functions of them, for single frames and for records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from itertools import pairwise
from typing import Any, ClassVar, TypeAlias

from dissect.declaration.automatic import HeaderLength, TotalLength
from dissect.declaration.decoder import field_of_role
from dissect.declaration.gathering import Span, gathered, span_of
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.selection import Guess, looks_of
from dissect.flows.learner import Glance, Learner, Plain, learner_of
from dissect.flows.usual import (
    Sieve,
    Usual,
    UsualNetwork,
    all_carried,
    guesses_behind,
    leading_on,
    telling_unseen,
    usual_chain,
)

__all__ = ["REFUSED", "SETTLE", "SHOW", "TAKEN", "TICK", "Printer", "UsualCode", "Woven"]

_MOST_PASSED = 4096
_Unpacks: TypeAlias = Callable[[Mapping[str, Span]], tuple[list[str], Mapping[str, str]]]
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_NAMES = frozenset(
    "after base begin body data end facts here last limit number onward original plain position quick reach start "
    "stop text time_ns total where which which1 which2".split()
)
"""What the lines call their own variables, which no field is called that a learner wants to see."""
TAKEN, REFUSED, TICK, SHOW = "frame is taken", "frame is refused", "time goes by", "time goes by, shown"
SETTLE = "time that went by is told"
"""What stands in the lines where the frame is done with, where it has to be observed, and where its time counts."""


class Woven(NamedTuple):
    """Lines of a loop that deal with a plain frame by themselves: then they set `text`, else they leave it None.

    They use what `Printer.plain` is given by name, what the facts of the frame are computed from (`Plain.given`), and
    `ends`, the bytes of both addresses and then of both ports.
    """

    lines: tuple[str, ...]
    names: Mapping[str, Any]
    """What else they call by a name."""


class Printer:
    """What makes texts of the frames of one chain, and gives them to `add`.

    `quick` has functions by where the last header ends, less than 0 where nobody looks at what is behind it, as of all
    frames of an open chain (`Usual.is_open`): they return a text, or None. Then `slow` makes the text, and may add to
    `quick` what will make the next one. `plain` has the same for headers that are plain to their learner
    (`learner.Plain`); it is asked first.
    """

    only_counts: ClassVar[bool] = False
    """Whether nobody looks at the texts."""

    def __init__(
        self,
        add: Callable[[str], None],
        keep: Callable[[str], None] | None = None,
        flush: Callable[[], None] = lambda: None,
    ) -> None:
        self.add = add
        self.keep = add if keep is None else keep
        """What loops give the texts to, which call `flush` in the end, once for many."""
        self.flush = flush
        self.quick: dict[int, Callable[..., str | None]] = {}
        """`quick(buffer, base, size, number, time_ns, original_length, body, end, last, facts)`: `size` are the bytes
        of the frame that are there; in these, `body` is where the last header of the chain ends, `end` where what
        the network header carries ends, `last` the same of the last header; `facts` are what is learnt of that one."""
        self.plain: dict[int, Callable[..., str | None]] = {}
        """The same, but what the facts of plain headers are computed from stands in place of `facts` (`Plain.given`);
        for who only counts, the values of these facts."""

    def woven(self, plain: Plain) -> Woven | None:
        """Return what deals with most of the plain frames without a call; it is asked first."""
        return None

    def slow(
        self, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, end: int,
        last: int, facts: dict[str, Any],
    ) -> str:  # fmt: skip
        """Return the text of a frame, by way of a packet if need be; a fact of its payload may have to be settled."""
        raise NotImplementedError


_TOLD_PAYLOAD = "if 'payload' in facts: where = 0 if facts['payload'] is not None else -body"


class _Passed(set[bytes]):
    """Both ends of conversations whose ports lead to nothing that matters; as many as that are looked at anew."""

    def keep(self, ends: bytes) -> None:
        """Take them in."""
        if len(self) >= _MOST_PASSED:
            self.clear()
        self.add(ends)


class UsualCode:
    """Writes the lines for a frame: `data` is the buffer, `base` and `stop` are its ends, `here` its bytes there."""

    def __init__(
        self,
        learner: Callable[[type[Header]], Learner | None],
        prints: Callable[[Usual], Printer] | None,
        sieve: Callable[[Usual], Sieve | None] | None,
        into: Container[type[Header]] | None = None,
        *,
        puts_off: bool = False,
        shows: bool,
    ) -> None:
        """`into` are the headers of which somebody asks what they carry, None for all of them.

        With `puts_off` what the others carry is asked for in frames that are printed: those that carry any are refused.
        """
        self.names: dict[str, Any] = {"EMPTY": {}}
        """What the lines call by a name."""
        self.in_loops: dict[str, Any] = {}
        """What loops call by some of these names instead."""
        self.flushes: list[Callable[[], None]] = []
        """What a loop calls in the end."""
        self._learner = learner
        self._prints = prints
        self._sieve = sieve
        self._into = into
        self._puts_off = puts_off
        self._shows = shows

    def _named(self, name: str, value: Any) -> str:
        """Return a name that nothing else has, for this value."""
        name = f"{name}{len(self.names)}"
        self.names[name] = value
        return name

    def _gathered(self, places: Mapping[str, Span]) -> tuple[list[str], Mapping[str, str]]:
        """Return the lines that unpack these places, and Python for the value at each."""
        if not places:
            return [], {}
        how = gathered(places)
        return [f"{', '.join(how.variables)}, = {self._named('gather', how.unpack)}(data, base)"], how.values

    def of_network(self, around: UsualNetwork) -> list[str]:
        """Return the lines for frames of a network protocol, and the usual ones that it carries; none without any."""
        inside: list[str] = []
        own = {name: place for name, place in around.places.items() if name not in ("source", "destination")}
        both: list[str] = []

        def with_network(places: Mapping[str, Span]) -> tuple[list[str], Mapping[str, str]]:
            """Unpack what is asked of the first usual header with the network header, for most frames have both."""
            how = gathered(own | {f"last {name}": place for name, place in places.items()})
            values = {name: how.values[f"last {name}"] for name in places}
            told = how._replace(values={name: how.values[name] for name in own})
            lines = told.lines(f"{self._named('gather', how.unpack)}(data, base)", values.values())
            both[:] = [f"if here >= {how.size}:", *(f" {line}" for line in lines), f"elif here >= {around.size}:"]
            return [], values

        for number, last in around.network.usually_carries().items():
            telling = telling_unseen(last, self._into)
            is_open = telling is not None and not self._puts_off
            usual = usual_chain(around, last, self._learner(last), is_open=is_open)
            lines = self._of_last(usual, around, self._gathered if inside else with_network, telling)
            if lines:
                inside += [f"if onward == {int(number)}:", *(f" {line}" for line in lines)]
        if not inside:
            return []
        how = gathered(own)
        alone = how.lines(f"{self._named('gather', how.unpack)}(data, base)")
        return [
            *both,
            *(f" {line}" for line in alone),
            f"if here >= {around.size}:",
            f" end = {around.end}",
            f" if {' and '.join(around.tests)} and (end <= here or end <= original):",
            *(f"  {line}" for line in inside),
        ]

    def _of_last(
        self,
        usual: Usual,
        around: UsualNetwork,
        unpacked: _Unpacks,
        telling: tuple[set[int], list[Guess]] | None = None,
    ) -> list[str]:
        """Return the lines for frames in which this protocol is the last one that there is something to learn of.

        `unpacked` gives the lines that unpack some places, and Python for the value at each. `telling` is by what the
        last header carries what tells of other frames, where nobody asks for the rest.
        """
        cls, start = usual.classes[-1], usual.starts[-1]
        kind = learner_of(cls)
        if kind is None or not kind.quick or kind.ports is None or not _NAMES.isdisjoint(kind.quick):
            return []
        learns = leading_on(cls) if telling is None else telling[0]
        knows = None if self._prints is None else all_carried(cls) if telling is None else telling[0]
        sieve = None if self._sieve is None else self._sieve(usual)
        prints = self._prints is not None and knows is not None and (sieve is None or sieve.sure != "False")
        if self._sieve is None:
            helps = prints or self._prints is None
        else:
            helps = sieve is not None and (prints or sieve.test != "True")
        if learns is None or not helps:
            return []
        # Who neither learns nor prints passes them over like the rest.
        guesses = (guesses_behind(cls) or []) if prints or usual.learner is not None else []
        guesses = guesses if telling is None else telling[1]
        roles = {"measured": field_of_role(cls, HeaderLength), "own total": field_of_role(cls, TotalLength)}
        plain = usual.plain
        places = {} if sieve is None else dict(sieve.places)
        if usual.learner is not None:
            places |= {name: span_of(cls, name).behind(start) for name in kind.quick}
            places |= {name: span.behind(start) for name, span in (plain.places if plain else {}).items()}
        if prints or guesses:
            places |= {role: span_of(cls, field.name).behind(start) for role, field in roles.items() if field}
        if learns or knows or usual.learner is not None:
            places |= _ends(around, [span_of(cls, name).behind(start) for name in kind.ports])
        lines, values = unpacked(places)
        if sieve is not None:
            self.names |= sieve.names
            assigned, (test, sure) = _inlined({name: values[name] for name in sieve.places}, [sieve.test], [sieve.sure])
            lines += assigned
            lines += [f"wanted = {test}"] if prints else _if(test, [REFUSED])
        body = _body(cls, start, values) if prints or guesses else ""
        if prints and sieve is None:
            lines.append(f"body = {body}")
            body = "body"
        empty = "" if not body else _is_empty(body, kind, usual.learner, values)
        lines += self._guesses(guesses, body)
        # What is printed has to be known whole.
        whole = [*_reaches(cls, start, body, values), *self._carries(kind, knows, values, empty)] if prints else []
        if prints and telling is not None and self._puts_off:
            whole += _if(f"not ({empty or False})", [REFUSED])
        if sieve is None:
            lines += whole or self._carries(kind, learns, values, empty)
        elif prints:
            lines += _if(
                "wanted", [*_if(f"not ({sure})", [REFUSED]), *whole], self._carries(kind, learns, values, empty)
            )
        else:
            lines += self._carries(kind, learns, values, empty)
        if usual.learner is None:
            lines.append("facts = EMPTY")
        else:
            prints_some = prints and sieve is not None
            lines += self._learns(usual.learner, plain, start, values, prints=prints, prints_some=prints_some)
        if prints and self._prints is not None:
            printed = self._printed(self._prints(usual), usual, plain, _both_ends(values))
            shows = [SHOW if self._shows else TICK, *printed]
            lines += shows if sieve is None else _if("wanted", shows, [TICK])
        else:
            lines.append(TICK)
        fixed = start + cls.least_size
        return _if(f"here >= {fixed} and end >= {fixed}", [*lines, TAKEN])

    def _carries(
        self, kind: type[Learner], numbers: set[int] | None, values: Mapping[str, str], empty: str
    ) -> list[str]:
        """Return the lines that refuse what is carried under one of these numbers.

        `empty` is Python for whether nothing is carried, so that the numbers do not matter; "" where they do.
        """
        if not numbers or kind.ports is None:
            return []
        size = kind.of[0].field(kind.ports[0]).width // 8
        name = self._named(
            "carried", frozenset(each.to_bytes(size, "big") for each in numbers if each >> 8 * size == 0)
        )
        test = f"{values['source port']} in {name} or {values['destination port']} in {name}"
        refused = _if(f"not ({empty})", [REFUSED]) if empty else [REFUSED]
        if "ends" not in values:
            return _if(test, refused)
        # One look tells that the ports of both ends were looked at before.
        ends, others = values["ends"], _Passed()
        passed, keep = self._named("passed", others), self._named("keep", others.keep)
        return _if(f"{ends} not in {passed}", _if(test, refused, [f"{keep}({ends})"]))

    def _guesses(self, guesses: list[Guess], body: str) -> list[str]:
        """Return the lines that refuse what begins like a message of a protocol that has no number.

        `body` is Python for where in the frame it begins.
        """
        if not guesses:
            return []
        lines = [f"where = base + {body}"]
        for place, table, likely in looks_of(guesses):
            first, further = self._named("first", table), self._named("likely", likely)
            there = f"where + {place}" if place else "where"
            test = f"{there} < stop and {first}[data[{there}]] and {further}(data, where, stop)"
            lines += _if(test, [REFUSED])
        return lines

    def _learns(
        self,
        learner: Learner,
        plain: Plain | None,
        start: int,
        values: Mapping[str, str],
        *,
        prints: bool,
        prints_some: bool,
    ) -> list[str]:
        """Return the lines that have a header's learner take it in, which give `facts`.

        Plain ones are taken in by the lines themselves; what these tell is computed for who prints it: those that are
        `wanted`, where some are printed.
        """
        source, destination = (f"{values[end]} + {values[f'{end} port']}" for end in ("source", "destination"))
        given = "".join(f"{values[name]}, " for name in learner.quick)
        glance, glance_past = self._named("glance", learner.glance), self._named("glance_past", learner.glance_past)
        if not prints:
            glance = glance_past
        elif prints_some:
            glance = f"({glance} if wanted else {glance_past})"
        seen = self._named("seen", Glance)
        place = f"data, base + {start}, base + end, stop, number, time_ns, {source}, {destination}"
        call = f"{glance}({seen}({place}, ({given})))"
        if plain is None:
            return [f"facts = {call}", *_if("facts is None", [REFUSED])]
        self.names |= plain.names
        states = self._named("states", plain.states.get)
        known = {name: values[name] for name in (*learner.quick, *plain.places)}
        known |= {"start": f"base + {start}", "size": f"end - {start}", "there": f"here - {start}"}
        told = plain.facts.values() if prints else ()
        assigned, (test, *taken) = _inlined(known, [plain.test, *plain.lines], named=told)
        return [
            "facts = None",
            f"state = {states}({_both_ends(values)})",
            "if state is not None:",
            *(f" {line}" for line in assigned),
            *([] if plain.state == "state" else [f" {plain.state} = state"]),
            f" if {test}:",
            *(f"  {line}" for line in taken),
            "  facts = EMPTY",
            *_if("facts is None", [f"facts = {call}", *_if("facts is None", [REFUSED])]),
        ]

    def _printed(self, printer: Printer, usual: Usual, plain: Plain | None, ends: str) -> list[str]:
        """Return the lines that print a frame; `ends` is Python for the bytes of both ends."""
        add, slow, quick = (self._named(name, getattr(printer, name)) for name in ("add", "slow", "quick"))
        self.in_loops[add] = printer.keep
        if printer.flush not in self.flushes:
            self.flushes.append(printer.flush)
        frame = "data, base, here, number, time_ns, original, body"
        lines = ["where = -body" if usual.is_open else "where = body if body < last else -body"]
        woven = None
        if plain is not None:
            table = self._named("plain", printer.plain)
            told = ", ".join(f"{name!r}: {value}" for name, value in plain.facts.items())
            given = plain.facts.values() if printer.only_counts else plain.given
            woven = printer.woven(plain) if ends else None
            lines += [
                "if facts is EMPTY:",
                f" quick = {table}.get(where)",
                " if quick is not None:",
                f"  text = quick({', '.join((frame, 'end', 'last', *given))})",
                f" if text is None: facts = {{{told}}}",
            ]
        lines += _if(
            "text is None",
            [
                # A reading pass may say that nobody looks at what is carried, or may have to be asked.
                *([] if usual.is_open else [_TOLD_PAYLOAD]),
                f"quick = {quick}.get(where)",
                f"if quick is not None: text = quick({frame}, end, last, facts)",
                f"if text is None: text = {slow}({frame}, end, last, facts)",
            ],
        )
        if woven is not None:
            called = {"ends": ends} | {name: self._named(name, value) for name, value in woven.names.items()}
            inside = [_WORD.sub(lambda word: called.get(word[0], word[0]), line) for line in woven.lines]
            lines = [*_if("facts is EMPTY", inside), *_if("text is None", lines)]
        return ["text = None", *lines, *([] if printer.only_counts else [f"{add}(text)"])]


def _if(test: str, lines: list[str], otherwise: Iterable[str] = ()) -> list[str]:
    """Return the lines behind a test, and others for where it fails; none where there are none behind it.

    Where the test is known to fail there are none either.
    """
    if not lines or test == "False":
        return []
    others = [f" {line}" for line in otherwise]
    return [f"if {test}:", *(f" {line}" for line in lines), *(["else:", *others] if others else [])]


def _inlined(
    values: Mapping[str, str], texts: list[str], seldom: Iterable[str] = (), named: Iterable[str] = ()
) -> tuple[list[str], list[str]]:
    """Return the lines that give values their names where texts ask for them, and all the texts behind these lines.

    A value that is asked for once stands there itself. `seldom` are texts that are hardly run, and come last; what the
    texts of `named` ask for has its name.
    """
    texts, seldom = list(texts), list(seldom)
    often, asked = Counter(_words(texts)), _words(named)
    once = {name for name, value in values.items() if often[name] <= 1 and name not in asked}

    def put(found: re.Match[str]) -> str:
        word = found[0]
        if word not in once:
            return word
        return values[word] if _WORD.fullmatch(values[word]) else f"({values[word]})"

    needed = {*often, *asked, *_words(seldom)} - once
    lines = [f"{name} = {value}" for name, value in values.items() if name in needed and name != value]
    return lines, [_WORD.sub(put, text) for text in (*texts, *seldom)]


def _ends(around: UsualNetwork, ports: list[Span]) -> dict[str, Span]:
    """Return the places of both addresses and ports, and of all of them together where they stand side by side."""
    source, destination = around.places["source"], around.places["destination"]
    places = {"source": source, "destination": destination}
    places |= {"source port": ports[0]._replace(is_octets=True), "destination port": ports[1]._replace(is_octets=True)}
    spans = [source, destination, *ports]
    if all(one.bit + one.width == other.bit for one, other in pairwise(spans)):
        places["ends"] = Span(source.bit, sum(span.width for span in spans), is_octets=True)
    return places


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in _WORD.findall(text)]


def _both_ends(values: Mapping[str, str]) -> str:
    """Return Python for the bytes of both addresses and then of both ports; "" where nobody reads them."""
    if "source" not in values:
        return ""
    apart = (values[end] for end in ("source", "destination", "source port", "destination port"))
    return values.get("ends") or " + ".join(apart)


def _body(cls: type[Header], start: int, values: Mapping[str, str]) -> str:
    """Return Python for where in the frame the last header ends, as it says itself."""
    measured = field_of_role(cls, HeaderLength)
    if measured is None:
        return str(start + cls.least_size)
    role: Any = measured.factory
    return f"{start + role.uncounted} + ({values['measured']}) * {role.unit}"


def _is_empty(body: str, kind: type[Learner], learner: Learner | None, values: Mapping[str, str]) -> str:
    """Return Python for whether a header carries nothing that matters to its learner; "" where nobody can tell."""
    if learner is None:
        return f"end <= {body}"
    if kind.closing is None or kind.closing[0] not in values:
        return ""
    name, bits = kind.closing
    return f"end <= {body} and not {values[name]} & {bits}"


def _reaches(cls: type[Header], start: int, body: str, values: Mapping[str, str]) -> list[str]:
    """Return the lines that find how far the last header and its payload go, as its decoder does.

    `body` is Python for where the header ends.
    """
    fixed = start + cls.least_size
    total = field_of_role(cls, TotalLength)
    lines = ["reach = end if end < here else here", *([] if body == "body" else [f"body = {body}"]), "last = reach"]
    if total is not None:
        role: Any = total.factory
        lines += [
            f"last = {start if role.with_header else 'body'} + ({values['own total']})",
            *_if("last < body", [REFUSED]),
            "if last > reach: last = reach",
        ]
    return [*lines, *_if(f"not {fixed} <= body <= reach", [REFUSED])]
