"""What takes in the frames of one chain of headers: their learners learn, and a printer makes their text.

It is written out for each chain (`dissect.flows.chains`). Learners that take the numbers of a header are given them
(`Learner.glance`), those that are silent of plain headers are not asked, and for all others the one header that they
look at is made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import takewhile
from typing import Any

from dissect.declaration.automatic import Checksum, TotalLength
from dissect.declaration.branches import words
from dissect.declaration.choices import indented, listed
from dissect.declaration.decoder import field_of_role
from dissect.declaration.gathering import Span, gathered, span_of
from dissect.declaration.generated import written
from dissect.declaration.header import Data, Header
from dissect.declaration.named import name_of
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.traced_decoding import Decoded
from dissect.flows.chain_light import Light, PlaceOfChain
from dissect.flows.known_chain import KnownChain, Observers, PrintsChain, TakeChain, ToldChain
from dissect.flows.learner import Glance, Learner, Place, Plain, learner_of
from dissect.flows.usual import leading_on
from dissect.wireshark.sight import sight_of_class

__all__ = ["ChainCode", "Shared"]


class _Datagram(NamedTuple):
    """Where a datagram ends, as its network header says: Python for it, and for whether that can be."""

    places: dict[str, Span]
    end: str
    tests: list[str]
    """The variable `end` has that number."""


class Shared:
    """What is found out once for all chains of one pass."""

    __slots__ = ("leads", "plain")

    def __init__(self) -> None:
        self.leads: dict[type[Header], set[int] | None] = {}
        """What numbers lead to something to learn of, by the class that has them."""
        self.plain: dict[tuple[type[Header], int, int], Plain | None] = {}
        """How plain headers of a class are taken in, by their place in the chain and in the frame."""


class ChainCode:
    """Writes out what takes in the frames of one chain."""

    def __init__(self, chain: ToldChain, observers: Observers, shared: Shared | None = None) -> None:
        self._shared = Shared() if shared is None else shared
        self._chain = chain
        self._found = chain.headers[:-1] if chain.goes_on else chain.headers
        self._begun = chain.headers[-1] if chain.goes_on else None
        """The header that is made of each frame's bytes, with all behind it."""
        self._observers = observers
        self._names: dict[str, Any] = {"EMPTY": {}, "PlaceOfChain": PlaceOfChain}
        self._places: dict[str, Span] = {}
        """What the lines unpack."""
        self._silent: list[int] = []
        self._network: int | None = None
        """The silent network header, where there is one."""
        self._learnt: list[int] = []
        self._inner: int | None = None
        """The message that is taken in by its numbers, where that is done with the header in front."""
        self._has_place = self._needs_place = False
        """Whether there is a place in each frame; whether there may be one in some."""
        self._quoted = False
        self._prints = False

    def written(self, tick: Callable[[int | None], None], prints: PrintsChain | None) -> TakeChain:
        """Return what takes in a frame; what it is known by beside the chain is asked for as well."""
        self._prints = prints is not None
        body: list[str] = []
        for place, header in enumerate(self._found):
            body += self._step(place, header)
        if self._begun is not None:
            body += self._goes_on(self._begun)
        self._names["tick"] = tick
        chain = self._chain
        known = KnownChain(chain.headers, chain.conditions, chain.places, tuple(self._learnt), goes_on=chain.goes_on)
        printer = None if prints is None else prints(known)
        bright = Light(self._observers, tick, printer, tuple(self._learnt))
        self._names |= {"light": bright, "bright": bright, "wanted": self._prints}
        sifted: list[str] = []
        if printer is not None and printer.likely is not None:
            # What nobody looks at is learnt of, and no more.
            dim = Light(self._observers, tick, None, tuple(self._learnt))
            sieve = printer.likely
            self._names |= {**sieve.names, "dim": dim}
            self._places |= sieve.places
            sifted = ["stop = base + size", f"wanted = {sieve.test}", "light = bright if wanted else dim"]
        wanted = words(body) & chain.places.keys()
        places = self._places | {name: chain.places[name] for name in wanted}
        how = gathered(places)
        self._names["gather"] = how.unpack
        lines = [
            "def take(data, base, size, number, time_ns, original):",
            *([f" {', '.join(how.variables)}, = gather(data, base)"] if places else []),
            *(f" {name} = {value}" for name, value in how.values.items() if name != value),
            " frame = place = None",
            *(f" {line}" for line in sifted),
            *(f" {line}" for line in body),
            " tick(time_ns)",
            *([" if not wanted: return"] if sifted else []),
        ]
        if printer is not None:
            self._names |= {"printer": printer, "quick": printer.quick, "add": printer.add}
            more, variant = (" | told", "None if told else ()") if self._needs_place else ("", "()")
            facts, by_place = f"({self._facts()})", f"{{{self._facts_by_place()}}}{more}"
            if self._needs_place:
                # Where some header was made by glance alone, there is no place.
                lines += [
                    " told = {} if place is None or not place._made else place.told()",
                    " text, make = None, None if told else quick.get(())",
                ]
            else:
                lines.append(" text, make = None, quick.get(())")
            lines += [
                f" if make is not None: text = make(data, base, size, number, time_ns, original, {facts}, ())",
                " if text is None:",
                "  if frame is None: frame = data[base:base + size]",
                f"  text = printer.slow(frame, number, time_ns, original, {by_place}, {variant})",
                " add(text)",
            ]
        return written(
            lines,
            self._names,
            "take",
            f"{__name__} of {'/'.join(each.name.rpartition(':')[2] for each in chain.headers)}",
        )

    def _observer(self, place: int) -> Callable[[Any, Place], None] | None:
        """Return what takes a header in; None where nothing is to be done."""
        if place in self._chain.unobserved:
            return None
        observe = self._observers.observer(self._found[place].cls)
        if observe is None:
            self._chain.unobserved.add(place)
        return observe

    def _step(self, place: int, header: Decoded) -> list[str]:
        """Return the lines by which a header is learnt of."""
        if header.quotes:
            self._quoted = True
            return [*self._place_of_chain(), "place.quoted = True"]
        observe = self._observer(place)
        if observe is None:
            return []
        if self._is_silent(place, header):
            self._silent.append(place)
            if header.cls.is_network:
                self._network = place
            return []
        self._learnt.append(place)
        datagram = self._datagram(place, header)
        glance = self._by_glance(place, header, datagram)
        by_object = self._by_object(place, header, observe, datagram)
        if place == self._inner:
            return self._by_look(place, header, by_object)
        if not glance:
            return by_object
        # Whether there is a place shows in each frame.
        self._has_place = False
        return [
            f"facts{place} = None",
            *glance,
            f"if facts{place} is None:",
            *(f" {line}" for line in by_object),
            f"elif 'payload' in facts{place}:",
            *(f" {line}" for line in self._overlooked(place, header)),
        ]

    def _overlooked(self, place: int, header: Decoded) -> list[str]:
        """Return the lines for a header of which a learner has told by its numbers that nobody looks at its payload.

        Its facts are completed by what only the header itself can tell, if it is printed.
        """
        lines = ["if not wanted: return tick(time_ns)"]
        if not self._prints:
            return lines
        learner: Any = self._observers.learner(header.cls)
        self._names |= {f"settle{place}": learner.settle, f"decode{place}": header.cls.decode}
        frame = "data[base:base + size]"
        return [
            *lines,
            f"if facts{place}['payload'] is not None:",
            f" header = decode{place}({frame}, {header.start}, {header.given}, {header.outer})",
            f" header.learn(**facts{place})",
            f" settle{place}(header)",
            f" facts{place} = header.facts",
            f"if 'payload' in facts{place}:",
            " tick(time_ns)",
            f" text, variant = None, ({place}, ) if facts{place}['payload'] is None else None",
            " make = quick.get(variant)",
            f" if make is not None: text = make(data, base, size, number, time_ns, original, ({self._facts()}), ())",
            " if text is None:",
            f"  text = printer.slow({frame}, number, time_ns, original, {{{self._facts_by_place()}}}, variant)",
            " return add(text)",
        ]

    def _facts(self) -> str:
        return "".join(f"facts{each}, " for each in self._learnt)

    def _facts_by_place(self) -> str:
        return ", ".join(f"{each}: facts{each}" for each in self._learnt)

    def _is_silent(self, place: int, header: Decoded) -> bool:
        """Whether there is nothing to learn of the header but where the pass has arrived."""
        cls = header.cls
        if self._needs_place or self._learnt or cls.quotes or header.body != header.start + cls.least_size:
            return False
        if header.depends:
            return False
        learner = self._observers.learner(cls)
        if learner is None:
            return cls.is_network and _tells_ends(cls)
        if not learner.silent or (cls.is_network and not _tells_ends(cls)):
            return False
        whole = self._chain.whole
        if place not in whole:
            whole[place] = not any(self._chain.asks(place, name) for name in cls.partial)
        return whole[place]

    def _datagram(self, place: int, header: Decoded) -> _Datagram | None:
        """Return where the datagram ends whose first header this is; None where only the network header can tell."""
        cls = header.cls
        if header.body is None or header.body < header.start + cls.least_size or header.depends:
            return None
        if self._network is None or self._needs_place or self._quoted or self._learnt != [place]:
            return None
        network = self._found[self._network]
        total = field_of_role(network.cls, TotalLength)
        if total is None or not total.is_read_in_place:
            return None
        number = f"total{place}"
        role: Any = total.factory
        end = f"{number} + {network.start if role.with_header else network.body}"
        is_there = f"(end == {network.end} or {network.end} == size < end <= original)"
        span = span_of(network.cls, total.name).behind(network.start)
        return _Datagram({number: span}, end, [f"end >= {header.start + cls.least_size}", is_there])

    def _by_glance(self, place: int, header: Decoded, datagram: _Datagram | None) -> list[str]:
        """Return the lines by which a learner is given the numbers of a header; none where it has to see it."""
        cls, kind, learner = header.cls, learner_of(header.cls), self._observers.learner(header.cls)
        if kind is None or learner is None or not learner.quick or kind.ports is None or self._begun is not None:
            return []
        if datagram is None or self._network is None:
            return []
        network = self._found[self._network]
        fields = (*learner.quick, *kind.ports)
        if not all(cls.field(name).is_read_in_place for name in fields):
            return []
        further = range(place + 1, len(self._found))
        behind = [self._found[each].name for each in further]
        carries_data = header.carried in (_DATA, _NOTHING) and behind in ([], [_DATA])
        looks_into = learner.looks_into or any(self._observer(each) is not None for each in further)
        leads_on = looks_into and not carries_data and (cls.carries_stream or self._is_asked_for(place + 1))
        if leads_on and self._has_inner(place):
            leads_on, self._inner = False, place + 1
        overlooks = looks_into and kind.overlook is not Learner.overlook
        overlooks = overlooks and self._network == place - 1 and _sums_ends(network.cls, cls)
        if leads_on and not overlooks:
            return []
        ends = {"source": "src", "destination": "dst"}
        addresses = {
            name: span_of(network.cls, field).behind(network.start)._replace(is_octets=True)
            for name, field in ends.items()
        }
        ports = {
            f"{name}_port": span_of(cls, field).behind(header.start)._replace(is_octets=True)
            for name, field in zip(ends, kind.ports, strict=True)
        }
        values = {f"quick{place}_{name}": span_of(cls, name).behind(header.start) for name in learner.quick}
        leads_nowhere: list[str] | None = None if leads_on else []
        if carries_data and looks_into:
            leads_nowhere = self._leads_nowhere(place, header, kind, learner)
        if leads_nowhere is None and not overlooks:
            return []
        self._places |= datagram.places | addresses | ports | values
        lines = self._told(place, header, leads_nowhere, given=list(values), overlooks=overlooks)
        tests = [*datagram.tests]
        if self._inner == place + 1:
            inner = self._found[place + 1]
            tests.append(f"{inner.given} >= {inner.start + inner.cls.least_size}")
        return [f"end = {datagram.end}", f"if {' and '.join(tests)}:", *indented(1, lines)]

    def _told(
        self, place: int, header: Decoded, leads_nowhere: list[str] | None, *, given: list[str], overlooks: bool
    ) -> list[str]:
        """Return the lines that tell a learner the numbers of a header, which are `given`.

        `leads_nowhere` tests that nobody looks into what it carries, None where that is for the learner to say.
        """
        learner: Any = self._observers.learner(header.cls)
        has_inner = self._inner == place + 1
        # What is inside asks for its conversation in any case.
        glance = f"glance{place}" if has_inner else f"(glance{place} if wanted else past{place})"
        self._names |= {f"glance{place}": learner.glance, f"past{place}": learner.glance_past, "Glance": Glance}
        seen = (
            f"seen = Glance(data, base + {header.start}, base + end, base + size, number, time_ns,"
            f" source + source_port, destination + destination_port, ({listed(given)}))"
        )
        calls: list[str] = []
        if leads_nowhere is not None:
            calls += _if(leads_nowhere, [f"facts{place} = {glance}(seen)"])
        if overlooks:
            self._names[f"overlook{place}"] = learner.overlook
            call = f"facts{place} = overlook{place}(seen, tells=wanted)"
            calls += [call] if leads_nowhere is None else _if([f"facts{place} is None"], [call])
        if leads_nowhere is None or not (plainly := self._by_plain(place, header)):
            return [seen, *calls]
        plainly = _if(leads_nowhere, plainly)
        if has_inner:
            # What is inside is seen at a place of its own.
            return [seen, *plainly, *_if([f"facts{place} is None"], calls)]
        return [*plainly, *_if([f"facts{place} is None"], [seen, *calls])]

    def _by_plain(self, place: int, header: Decoded) -> list[str]:
        """Return the lines that take a plain header in without a call: its learner's, with other names of variables.

        There are none where no header is plain.
        """
        key = header.cls, place, header.start
        if key not in self._shared.plain:
            self._shared.plain[key] = self._plain(place, header)
        plain = self._shared.plain[key]
        if plain is None:
            return []
        self._names |= {f"states{place}": plain.states.get, **plain.names}
        self._places |= plain.places
        told = f"{{{', '.join(f'{name!r}: {value}' for name, value in plain.facts.items())}}}"
        if self._inner != place + 1:
            # What is inside asks for its conversation in any case.
            told = f"{told} if wanted else EMPTY"
        return [
            f"state = states{place}(source + destination + source_port + destination_port)",
            "if state is not None:",
            f" {plain.state} = state",
            f" if {plain.test}:",
            *indented(2, plain.lines),
            f"  facts{place} = {told}",
        ]

    def _plain(self, place: int, header: Decoded) -> Plain | None:
        """Return how plain headers are taken in that stand here, with names and places that nothing else has."""
        learner: Any = self._observers.learner(header.cls)
        plain: Plain | None = learner.plain()
        if plain is None:
            return None
        start = header.start
        quick = {name: f"quick{place}_{name}" for name in (*learner.quick, *plain.places)}
        known = {"start": f"(base + {start})", "size": f"(end - {start})", "there": f"(size - {start})"}
        places = {quick[name]: span.behind(start) for name, span in plain.places.items()}
        return plain.called(quick | known, f"plain{place}_")._replace(places=places)

    def _has_inner(self, place: int) -> bool:
        """Whether a datagram carries nothing to learn of but a message that is taken in by its numbers."""
        further = range(place + 1, len(self._found))
        observed = [each for each in further if self._observer(each) is not None]
        if self._found[place].cls.carries_stream or observed != [place + 1]:
            return False
        inner = self._found[place + 1]
        learner = self._observers.learner(inner.cls)
        if learner is None or not learner.inside or inner.depends:
            return False
        is_message = not any(self._found[each].cls.is_network or self._found[each].quotes for each in further)
        return is_message and all(inner.cls.field(each).is_read_in_place for each in learner.inside)

    def _by_look(self, place: int, header: Decoded, by_object: list[str]) -> list[str]:
        """Return the lines by which a message is taken in by its numbers, where the header in front was as well."""
        learner: Any = self._observers.learner(header.cls)
        how = gathered({name: span_of(header.cls, name).behind(header.start) for name in learner.inside})
        self._names |= {f"look{place}": learner.look, f"gather{place}": how.unpack}
        # Whether there is a place shows in each frame.
        self._has_place = False
        around, given = place - 1, "".join(f"{how.values[name]}, " for name in learner.inside)
        carrier = self._found[around].cls.name
        return [
            f"facts{place} = None",
            f"if place is None and 'stream' in facts{around}:",
            f" {', '.join(how.variables)}, = gather{place}(data, base)",
            f" inside = seen._replace(start=base + {header.start}, stop=base + {header.given}, values=({given}))",
            f" facts{place} = look{place}(inside, {carrier!r}, facts{around}['stream'])",
            f"if facts{place} is None:",
            *(f" {line}" for line in by_object),
        ]

    def _leads_nowhere(self, place: int, header: Decoded, kind: type[Learner], learner: Learner) -> list[str] | None:
        """Return the tests that there is nothing to learn of what a header carries; None where nobody knows."""
        cls: Any = header.cls
        leads = self._shared.leads
        if cls not in leads:
            leads[cls] = leading_on(cls)
        learns = leads[cls]
        size = cls.field(kind.ports[0]).width // 8 if kind.ports else 0
        if learns:
            known = frozenset(each.to_bytes(size, "big") for each in learns if each >> 8 * size == 0)
            self._names[f"leading{place}"] = known
        ports = [f"{name}_port not in leading{place}" for name in ("source", "destination") if learns]
        if header.carried != _NOTHING or learner.closing is None:
            return None if learns is None else ports
        # What carries nothing leads nowhere, but where it ends what others carried.
        name, bits = learner.closing
        is_empty = f"end <= {header.body} and not quick{place}_{name} & {bits}"
        if learns is None:
            return [is_empty]
        return [f"({is_empty} or {' and '.join(ports)})"] if ports else []

    def _is_asked_for(self, first: int) -> bool:
        """Whether what learns of a message, in front of the next network header, may look at the header around it."""
        messages = takewhile(lambda place: not self._found[place].is_network, range(first, len(self._found)))
        return any(self._observer(place) is not None for place in messages)

    def _by_object(
        self, place: int, header: Decoded, observe: Callable[[Any, Place], None], datagram: _Datagram | None
    ) -> list[str]:
        """Return the lines by which the header is made and shown to its learner."""
        cls: Any = header.cls
        self._names |= {f"decode{place}": cls.decode, f"observe{place}": observe}
        lines = self._place_of_chain()
        if datagram is not None:
            self._places |= datagram.places
            lines += [f"end = {datagram.end}", f"place.datagram_end = end if {' and '.join(datagram.tests)} else None"]
        lines += [
            f"header = decode{place}(frame, {header.start}, {header.given}, {header.outer})",
            f"observe{place}(header, place)",
            f"facts{place} = header.facts",
            f"if 'payload' in facts{place}:",
            # What other frames tell is no matter of the bytes.
            f" shown = light if facts{place}['payload'] is None else bright",
            f" return shown.of_object(facts{place}['payload'], {self._so_far(place)}, frame, place)",
        ]
        if header.depends:
            self._names |= {f"depends{place}": header.depends, f"seen{place}": sight_of_class(cls).payload}
            lines += [
                f"if not depends{place}.isdisjoint(facts{place}):",
                f" return bright.of_object(seen{place}(header), {self._so_far(place)}, frame, place)",
            ]
        return lines

    def _goes_on(self, header: Decoded) -> list[str]:
        """Return the lines by which a header is made, and what it carries, behind those that are known."""
        place = len(self._found)
        self._names[f"decode{place}"] = header.cls.decode
        return [
            *self._place_of_chain(),
            f"header = decode{place}(frame, {header.start}, {header.given}, {header.outer})",
            f"return light.of_object(header, {self._so_far(place - 1)}, frame, place)",
        ]

    def _place_of_chain(self) -> list[str]:
        """Return the lines that make the place behind the silent headers, where there is none yet."""
        if self._has_place:
            return []
        self._has_place = self._needs_place = True
        silent = tuple(
            (index, each.cls.decode, each.start, each.outer, self._observers.observer(each.cls))
            for index, each in ((index, self._found[index]) for index in self._silent)
        )
        self._names["SILENT"] = silent
        given = "".join(f"{self._found[index].given}, " for index in self._silent)
        lines = ["frame = data[base:base + size]", f"place = PlaceOfChain(frame, number, time_ns, SILENT, ({given}))"]
        lines += [f"place.{name} = {value}" for name, value in self._numbers_of_silent().items()]
        if self._network is not None:
            network = self._found[self._network]
            spans = [span_of(network.cls, name).behind(network.start) for name in ("src", "dst")]
            slices = [f"frame[{span.bit // 8}:{(span.bit + span.width) // 8}]" for span in spans]
            lines.append(f"place.addresses = {', '.join(slices)}")
        return ["if place is None:", *(f" {line}" for line in lines)]

    def _numbers_of_silent(self) -> dict[str, str]:
        """Return the numbers that silent headers tell of a place, by its attributes: none has to be made for these."""
        told = {"vlan": "0"}
        for index in self._silent:
            header = self._found[index]
            learner = self._observers.learner(header.cls)
            if learner is not None and learner.tells is not None:
                attribute, field = learner.tells
                name = told[attribute] = f"{attribute}{index}"
                self._places[name] = span_of(header.cls, field).behind(header.start)
            elif learner is not None and not header.is_network:
                # Nobody knows what that one tells.
                return {}
        return told

    def _so_far(self, place: int) -> str:
        return f"{place}, ({self._facts()}), data, base, size, number, time_ns, original"


def _if(tests: list[str], lines: list[str]) -> list[str]:
    """Return lines behind tests, all of which have to hold; the lines alone where there are none."""
    return [f"if {' and '.join(tests)}:", *indented(1, lines)] if tests else lines


_DATA, _NOTHING = name_of(Data), name_of(type(None))


@cache
def _sums_ends(network: type[Header], carried: type[Header]) -> bool:
    """Whether the checksum of a header sums both addresses of the network header, its number and its length alone."""
    checksum = field_of_role(carried, Checksum)
    role: Any = None if checksum is None else checksum.factory
    if role is None or role.pseudo_header is None or not _tells_ends(network):
        return False
    # Loaded for captures in which data come again.
    from dissect.declaration.pseudo_headers import pseudo_sum

    told = pseudo_sum(network, carried, role.pseudo_header)
    if told is None or told.constant != role.pseudo_header:
        return False
    spans = [span_of(network, name) for name in ("src", "dst")]
    ends = [place for span in spans for place in range(span.bit // 8, (span.bit + span.width) // 8)]
    return [place for start, end in told.ranges for place in range(start, end)] == ends


def _tells_ends(cls: type[Header]) -> bool:
    """Whether the addresses of a network header stand at fixed places."""
    fields = [cls.declares(name) for name in ("src", "dst")]
    return all(field is not None and field.is_read_in_place for field in fields)
