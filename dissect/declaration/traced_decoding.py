"""Decoding that is traced: on what of a frame it depends which headers there are, and where each begins and ends.

Decoders and methods of protocols are run once more, over bytes that note what is asked of them
(`dissect.declaration.traced`). Of another frame of which all that was asked has the same answers, they would make
headers of the same classes at the same places. Where headers end is told by expressions, so that frames of all lengths
are alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any

from dissect.declaration.branches import words
from dissect.declaration.decoder import UNPARSED
from dissect.declaration.header import Header
from dissect.declaration.named import name_of, named
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.payloads import traced_payload
from dissect.declaration.pending import PENDING, declare_guessed
from dissect.declaration.selection import guessed, surprises
from dissect.declaration.symbols import Symbol, Trace, UntraceableError
from dissect.declaration.traced import NOTHING, Chain, Run, TracedHeader, is_open, made

__all__ = ["Decoded", "Ports", "TracedDecoding", "ports_of"]

_MOST_KNOWN = 4096


class Decoded(NamedTuple):
    """A header that decoding finds: its class, where it begins, and where it ends; all of it is told by names."""

    name: str
    """That of its class (`dissect.declaration.named`)."""
    is_network: bool
    """Whether it is a network header."""
    quotes: bool
    """Whether it quotes what was sent."""
    carries_stream: bool
    """Whether it carries a part of a stream."""
    start: int
    body: int | None
    """Where its own bytes end; None where that is where all that it carries ends."""
    end: str
    """Python for where what it carries ends."""
    given: str
    """Python for where the bytes end that its decoder is given."""
    outer: int
    """What else its decoder is given."""
    carried: str
    """The name of the class of its payload, None's where it has none; "" where nobody looks at it."""
    carried_end: str
    """Python for where what the payload carries ends; "0" where there is none."""
    depends: frozenset[str] = frozenset()
    """The facts beside a payload without which it carries this: where one is learnt, it may be something else."""

    @property
    def cls(self) -> type[Header]:
        """Its class, which is imported now where it was not."""
        return named(self.name)  # type: ignore[no-any-return]  # the name of a class of headers


class TracedDecoding(Chain):
    """The headers of one frame, made once more of bytes that note what they are asked for.

    `headers` are those that `seen_layers` gives of a frame of which nothing was learnt; `seen(header)` tells which one
    follows, `decode` makes the outermost. At what the last one carries nobody looks where its class is one that `ends`.
    """

    @property
    def headers_as(self) -> type[Any]:
        return _DecodedHeader

    def __init__(self, trace: Trace, data: bytes, left: int, headers: list[Header]) -> None:
        super().__init__(trace, data, left, headers)
        self._given: list[Any] = []
        self._depended: list[int] = []
        """On how many conditions each header depends that was found, before anybody looked at what it carries."""
        self.missed: dict[int, set[str]] = {}
        """The facts that were asked for and are not known, by the places of headers."""

    def decode(
        self,
        decode: Callable[..., Any],
        seen: Callable[[Any], Any],
        ends: Callable[[type[Header]], bool] = lambda cls: False,
    ) -> list[Decoded]:
        """Return what decoding finds; raises UntraceableError where that can't be told for other frames."""
        outermost = self.found(decode(self.buffer, 0, self.size, self.outer(0)), self.headers[0])
        self.trace.holds("left", self.left)
        end = outermost._run.decoded._end
        self._given = [self.size, end]
        if end < self.size:
            # What its own length leaves over is its trailer, as in `parse`.
            outermost.payload  # noqa: B018 - must be placed before the end moves
            outermost._run.decoded._end = self.size
        header = outermost
        for place, expected in enumerate(self.traced):
            if header is not expected:
                raise UntraceableError("headers that are not found again")
            if place:
                self._given.append(header._run.decoded._end if not header.transparent else self._given[place])
            self._depended.append(len(self.trace.conditions))
            header = None if ends(header.__class__) else seen(header)
        if header is not None:
            raise UntraceableError("a header that was not there")
        return [self._told(place, is_seen=not ends(each.__class__)) for place, each in enumerate(self.traced)]

    def begun(self) -> list[Decoded]:
        """Return the headers that were found where `decode` could not go on; at what the last one carries nobody looks.

        From then on the trace tells what these depend on.
        """
        last = len(self._depended) - 1
        found = [self._told(place, is_seen=place < last) for place in range(last + 1)]
        trace = self.trace
        trace.conditions = dict(islice(trace.conditions.items(), self._depended[last])) if found else {}
        ends = (end for each in found for end in (each.end, each.given, each.carried_end))
        needed = words((*trace.conditions, *ends))
        trace.places = {name: place for name, place in trace.places.items() if name in needed}
        trace.functions = {name: function for name, function in trace.functions.items() if name in needed}
        return found

    def found(self, decoded: Any, real: Any) -> Any:
        """Return the traced form of a header, given what a decoder made of traced bytes, and the header itself."""
        if decoded is None or real is None:
            if decoded is not real:
                raise UntraceableError("a header that is not found again")
            return None
        decoded._start = int(decoded._start)
        if decoded.__class__ is not real.__class__ or decoded._start != real.own_start or real.buffer is not self.data:
            raise UntraceableError("a header that is not as it was captured")
        if not is_open(real.__class__):
            # What stands behind it is looked for there.
            decoded._body = int(decoded._body)
            if decoded._body != real.own_end:
                raise UntraceableError("a header that ends elsewhere")
        for traced, header in zip(self.traced, self.headers, strict=True):
            is_same = header.own_start == real.own_start and header.own_size == real.own_size
            if is_same and header.__class__ is real.__class__:
                run = traced._run
                run.decoded = run.decoded or decoded
                return traced
        run = Run(self.trace, real, self.data, 0, self.size, self, -1)
        run.decoded = decoded
        return made(real, run)

    def _told(self, place: int, *, is_seen: bool) -> Decoded:
        header, traced = self.headers[place], self.traced[place]
        cls = header.__class__
        payload = traced.payload if is_seen else None
        end = 0 if payload is None else payload._run.decoded._end
        return Decoded(
            name_of(cls),
            cls.is_network,
            cls.quotes,
            cls.carries_stream,
            header.own_start,
            None if is_open(cls) else header.own_end,
            _expression(traced._run.decoded._end),
            _expression(self._given[place]),
            self.outer(place),
            name_of(payload.__class__) if is_seen else "",
            _expression(end),
            frozenset(self.missed.get(place, ())),
        )


def _expression(value: Any) -> str:
    return value.expression if isinstance(value, Symbol) else repr(int(value))


class _DecodedHeader(TracedHeader):
    """A traced header that finds what it carries by itself."""

    @property
    def _end(self) -> Any:
        run = self._run
        if run.is_view:
            raise UntraceableError("the end of what a network header carries, parsed anew")
        return run.decoded._end

    carried_end = _end

    @property
    def _payload(self) -> Any:
        return self._run.decoded._payload

    @_payload.setter
    def _payload(self, payload: Any) -> None:
        self._run.decoded._payload = payload

    is_cut = Header.is_cut
    """What it carries may be found between two questions."""

    @property
    def payload(self) -> Any:
        run = self._run
        if run.decoded._payload is UNPARSED:
            _finder(run.record.__class__, surprises())(self)
        return run.chain.found(run.decoded._payload, run.record.payload)

    def expected_payload(self) -> None:
        expected: Any = Header.expected_payload(self)  # type: ignore[arg-type]  # it has all that is asked for
        if expected is not None:
            raise UntraceableError("a header of which no byte is there")

    def read_as(self, cls: Any) -> Any:
        run: Any = self._run
        decoded = cls.decode(self._buffer, self._start, run.decoded._end, self._surroundings())  # type: ignore[attr-defined]
        return run.chain.found(decoded, run.record.read_as(cls))

    def learnt(self, name: str, default: Any = None) -> Any:
        run = self._run
        if run.record.learnt(name, NOTHING) is not NOTHING:
            raise UntraceableError("facts that are told while headers are made")
        if name != "payload":
            if run.index < 0:
                raise UntraceableError("headers that depend on facts")
            run.chain.missed.setdefault(run.index, set()).add(name)
        return default


@lru_cache(256)
def _finder(cls: type[Any], changed: int) -> Callable[[Any], Any]:
    """Return what finds the payload of traced headers of a class, as long as nothing is declared or chosen."""
    return traced_payload(cls, ports_of(cls))  # type: ignore[no-any-return]


def ports_of(cls: type[Any]) -> Ports:
    """Return what the ports of a class stand for, as long as nothing is declared or chosen."""
    made: Ports = _ports(cls, surprises())  # type: ignore[arg-type]  # a class has a hash
    return made


class Ports:
    """What ports stand for, as a table of which it is noted what was found there, and what bytes look like.

    A run depends on the names of decoders (`dissect.declaration.named`). What is known to be one's name need not be
    imported.
    """

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls
        self._known: dict[bytes, str | None] = {}
        self.numbers: dict[int, str] = {}
        """The names of the decoders that numbers stand for, those that were found so far."""

    def found_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Return what gives this, and what it is given."""
        return ports_of, (self._cls,)

    def look_up(self, ports: bytes) -> str | None:
        """Return the name of the decoder of what two ports stand for, which are bytes of the same size; or None."""
        try:
            return self._known[ports]
        except KeyError:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            half = len(ports) // 2
            one, other = (int.from_bytes(each, "big") for each in (ports[:half], ports[half:]))
            name = self._known[ports] = self._name_of(one, other)
            return name

    def _name_of(self, one: int, other: int) -> str | None:
        cls = self._cls
        if cls._chosen:
            decode = cls.decoder_of_ports(one, other)
            return None if decode is None else name_of(decode)
        # The lower port goes first, as in `decoder_of_ports`.
        return self._name_of_number(min(one, other)) or self._name_of_number(max(one, other))

    def _name_of_number(self, number: int) -> str | None:
        name = self.numbers.get(number)
        if name is None:
            decode = self._cls.decoder_of(number)
            if decode is None:
                return None
            name = self.numbers[number] = name_of(decode)
        return name

    def guess(self, buffer: bytes, start: int, end: int) -> str | None:
        """Return the name of the decoder of what claims these bytes, where ports tell nothing; None where none does."""
        if PENDING:
            declare_guessed(self._cls, buffer, start, end)
        decode = guessed(self._cls._heuristics, buffer, start, end)
        return None if decode is None else name_of(decode)

    def guessed(self, heuristics: Any, buffer: Any, start: Any, end: Any) -> Any:
        """Return what claims traced bytes: the run depends on that, and not on the bytes."""
        name = buffer.asked(f"guess_{self._cls.__name__}", self.guess, start, end)
        return None if name is None else named(name)

    def get(self, ports: Any, default: Any) -> Any:
        """Return what traced ports stand for: the run depends on that, and not on the ports."""
        is_traced = ports.__class__ is not bytes
        name = self.look_up(ports.data if is_traced else ports)
        if is_traced:
            # Others are kept as they are.
            trace: Trace = ports.trace
            function = f"ports_{self._cls.__name__}"
            if trace.functions.setdefault(function, self.look_up) != self.look_up:
                raise UntraceableError("two classes of one name")
            trace.holds(f"{function}({ports.expression})", name)
        return None if name is None else named(name)


@lru_cache(256)
def _ports(cls: type[Any], changed: int) -> Ports:
    return Ports(cls)
