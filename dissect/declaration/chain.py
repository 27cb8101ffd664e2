"""Chains: which header carries which, where each lies, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, overload

from dissect.declaration import decoder
from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.decoder import MAXIMUM_DEPTH, QUOTED, UNPARSED
from dissect.declaration.fields import Field
from dissect.declaration.places import ends_of
from dissect.declaration.record import Record
from dissect.declaration.views import view
from dissect.errors import FieldAbsentError, FieldError

__all__ = ["Linked", "bare_states"]

_HeaderType = TypeVar("_HeaderType")
_ATTACHED = (None, 0, None)
"""The state of an attached header of which nothing was learnt, spelt out."""
_BARE: list[tuple[bytes, int, None]] = []
"""The states of headers that have bytes of their own, by the set of fields that are to be computed.

There is one object for all headers without a trailer of which nothing was learnt, so that one look tells them.
"""
_MOST_BARE = 1 << 10


class _FurtherStates(dict[int, tuple[bytes, int, None]]):
    """The same for a class of so many fields that are computed that each state is made when it is asked for."""

    def __missing__(self, automatic: int) -> tuple[bytes, int, None]:
        return (b"", automatic, None)


def bare_states(automatic: int) -> list[tuple[bytes, int, None]] | _FurtherStates:
    """Return the states of headers without a trailer, by the set of fields to be computed, up to `automatic`."""
    if automatic >= _MOST_BARE:
        return _FurtherStates()
    _BARE.extend((b"", fields, None) for fields in range(len(_BARE), automatic + 1))
    return _BARE


def looked_up(frame: Any, what: Any) -> Any:
    """Return what text, a number, or either with a count stands for in a frame: see `Linked.__getitem__`."""
    layers = list(frame.layers())
    count = 1
    if isinstance(what, tuple) and len(what) == 2 and isinstance(what[1], int):
        what, count = what
    if isinstance(what, bool) or not isinstance(what, (str, int, type)) or count < 1:
        raise FieldError(
            f"{what!r} is no layer: expected a header's class as in [IPv4], its name as in ['ip'], a field as in "
            "['ip.ttl'], the number of a layer as in [0], or which of several as in [IPv4, 2]"
        )
    if isinstance(what, int):
        if not -len(layers) <= what < len(layers):
            raise KeyError(f"no layer {what} here; the {len(layers)} layers are counted from 0")
        return layers[what]
    if isinstance(what, str) and "." in what:
        values = view("values")(frame, what)
        if not values:
            raise KeyError(f"no {what} here: the layers are {', '.join(type(each).__name__ for each in layers)}")
        return values[0] if len(values) == 1 else values
    found = [each for each in layers if _is_called(each, what)]
    if len(found) < count:
        name = what if isinstance(what, str) else what.__name__
        raise KeyError(layers[0]._no_layer(name if count == 1 else f"{name} number {count}"))
    return found[count - 1]


def _is_called(header: Any, what: str | type) -> bool:
    if isinstance(what, type):
        return isinstance(header, what)
    return what.lower() in (header.name, type(header).__name__.lower())


_NEAREST: list[tuple[bytes | None, int, Any]] = [(None, 0, None)]
"""The network header that was asked for last, behind its buffer and the number that points to it.

What asks once asks again, and parsing it takes a while. The three are one item, so that no thread sees half of them.
"""


@cache
def _total_length(cls: type[Any]) -> Field | None:
    """Return the field in which headers of a class say how much they and what they carry take; None without one."""
    return decoder.field_of_role(cls, TotalLength)


@cache
def _asked_alone(cls: type[Any]) -> tuple[Field, ...]:
    """Return the fields that may end behind a record of the class that has room for all of fixed size."""
    return tuple(field for field in cls.layout if field.floats or isinstance(field.factory, HeaderLength))


class Linked(Record):
    """A record in a chain of headers: a window on the frame, or bytes of its own.

    A parsed header is a window on the frame: its bytes are `buffer[own_start:own_end]`, what it carries
    lies up to `carried_end`, and `_payload` is UNPARSED until somebody asks. Such a header is attached:
    it has no tail. A header that was built or changed is detached: `buffer` holds its
    own bytes only, `_payload` is there, as bytes where bytes were given and nobody has looked at them as a header, and
    `_tail` are the bytes behind the payload. `carried_end`
    keeps its meaning for the attached header around it. These four are `_buffer`, `_start`, `_body` and `_end`
    here, where they are also written.

    `_outer` of an attached header is a number (see `decoder`), so that a parsed frame has no
    reference cycles; below a detached header it is the header around it.

    What was learnt is what the other frames tell about this header: a reading pass attaches it. Beside that, a decoder
    does where a header contradicts itself, and what stands behind it is not read.

    `_state` is None where a header is attached and nothing was learnt of it, as nearly all are that are kept in great
    numbers; otherwise it holds (tail, set of automatic fields, what was learnt).
    """

    __slots__ = ("_end", "_outer", "_payload", "_state")

    is_network: ClassVar[bool] = False
    """Whether transport checksums take the addresses of this header."""
    quotes: ClassVar[bool] = False
    """Whether the payload is the beginning of another datagram, cut on purpose (ICMP errors)."""
    opened: ClassVar[bool] = False
    """Whether other headers open conversations for the protocol, whose ports stand for nothing (`flows.openings`)."""
    encloses: ClassVar[bool] = False
    """Whether what it carries stands below it in the details, as part of the message."""

    @overload
    def __getitem__(self, layer: type[_HeaderType]) -> _HeaderType: ...
    @overload
    def __getitem__(self, layer: tuple[type[_HeaderType], int]) -> _HeaderType: ...
    @overload
    def __getitem__(self, layer: str | int | tuple[str, int]) -> Any: ...
    def __getitem__(self, layer: Any) -> Any:
        """Return a layer, or the value of a field.

        - `frame[TCP]`, `frame["tcp"]`: the first layer of this class, or of a protocol of this name;
        - `frame[IPv4, 2]`: the second one; `frame[0]`: the outermost layer, `frame[-1]` the innermost;
        - `frame["ip.ttl"]`: the value of a field by its display-filter name, a list where there are several.

        KeyError names the layers that are there; FieldError, for a name that no field has, the nearest.
        """
        if isinstance(layer, type):
            header: Any = self
            while header is not None:
                if isinstance(header, layer):
                    return header
                header = header.payload
            raise KeyError(self._no_layer(layer.__name__))
        return looked_up(self, layer)

    def _no_layer(self, name: str) -> str:
        names = ", ".join(type(header).__name__ for header in self.layers())
        return f"no {name} here; the layers are {names}"

    def __contains__(self, layer: object) -> bool:
        """Whether there is a layer of this class, of this protocol's name, or a field of this display-filter name."""
        if isinstance(layer, type):
            return any(isinstance(header, layer) for header in self.layers())
        try:
            looked_up(self, layer)
        except (KeyError, FieldError):
            return False
        return True

    __iter__ = None

    def layers(self) -> Iterator[Any]:
        """Yield this header and those that it carries, outermost first."""
        header: Any = self
        while header is not None:
            yield header
            header = header.payload

    @property
    def _tail(self) -> bytes | None:
        state = self._state
        return None if state is None else state[0]

    @_tail.setter
    def _tail(self, tail: bytes) -> None:
        _, automatic, learnt = self._state or _ATTACHED
        self._state = (tail, automatic, learnt)

    @property
    def _automatic(self) -> int:
        state = self._state
        return 0 if state is None else state[1]

    @_automatic.setter
    def _automatic(self, fields: int) -> None:
        # While it is written, a new header has no state yet.
        tail, _, learnt = getattr(self, "_state", None) or _ATTACHED
        self._state = (tail, fields, learnt)

    def learn(self, **facts: Any) -> None:
        """Attach what other frames tell about this header, by the names of its computed fields.

        A fact named "payload" is the header, or None, that stands for the payload in the light of other frames.
        """
        state = self._state
        if state is None:
            self._state = (None, 0, facts)
        elif state[2] is None:
            self._state = (state[0], state[1], facts)
        else:
            state[2].update(facts)

    def forget(self, name: str) -> None:
        """Take a fact back that was attached."""
        del self.facts[name]

    @property
    def facts(self) -> dict[str, Any]:
        """All that a reading pass attached, by its name."""
        state = self._state
        return {} if state is None or state[2] is None else state[2]

    def learnt(self, name: str, default: Any = None) -> Any:
        """Return the fact of this name; `default` where no reading pass attached one."""
        state = self._state
        return default if state is None or state[2] is None else state[2].get(name, default)

    def expected_payload(self) -> Any:
        """Return the header whose first byte should stand where the frame ends; None where none should.

        Behind a network header that is so if its length says that there was more. A link says no such thing,
        so that a type alone makes one expect what it stands for, as does a header that always carries the same.
        Ports expect nothing: many a segment is empty.
        """
        header: Any = self
        if not (header._carried or header.always_carries):
            return None
        selector = decoder.field_of_role(type(header), Selector)
        tells_no_more = selector is None or isinstance(selector.factory, Ports)
        if tells_no_more and header.always_carries is None:
            return None
        outer = header._outer
        is_there = self._tail is None and outer.__class__ is int and not self.is_cut
        if not is_there or self.is_quoted or (header.unless and self.raw(header.unless)):
            return None
        if selector is None or tells_no_more:
            decode = None if header.always_carries is None else header.always_carries.decode
        else:
            decode = header.decoder_of(self.raw(selector))
        if header.is_network:
            total: Any = decoder.field_of_role(type(header), TotalLength)
            tells = total is not None and total.factory.with_header
            if tells and (not outer >> 40 or self.declared_end <= self._body):
                return None
            outer = decoder.below_network(outer, self._start)
        body = self._body
        return None if decode is None else decode(self._buffer[:body], body, body, outer + 1)

    def decoded_payload(self) -> Any:
        """Return what the header carries in another form than it was sent, a header on bytes of its own; None for none.

        Protocols override it whose bodies may be compressed, or cut into chunks.
        """
        return None

    @property
    def offset(self) -> int | None:
        """The offset of this header in the frame that it was parsed from, in bytes; None for built ones."""
        if self._tail is not None:
            return None
        return self._start

    @property
    def is_cut(self) -> bool:
        """Whether bytes of the header itself are missing."""
        return self._payload is None and self._lacks_bytes()

    def _lacks_bytes(self) -> bool:
        """Whether bytes of the header itself are missing, also where somebody has put a payload behind them."""
        try:
            there = self._body - self._start
            if self._mixed or self.is_traced:
                if not self.is_traced and self._holds_all(there):
                    return False
                # Of a trace, what is asked of each field by itself holds for more frames than a sum of sizes; those
                # in front of them stand where the class tells.
                if there < self.least_size:
                    return True
                return any(self._ends_early(field) for field in _asked_alone(type(self)) if self._has(field))
            # The sizes of the others stand in the fields of fixed size.
            if there < self.least_size or (self._elastic and there < self._least_of_all()):
                return True
            field = decoder.field_of_role(type(self), HeaderLength)
            return field is not None and self._ends_early(field)
        except FieldAbsentError:
            return True

    def _holds_all(self, there: int) -> bool:
        """Whether so many bytes hold all fields, of which none tells how long the header is."""
        ends, elastic = ends_of(self), self._elastic
        if len(ends) < len(elastic) or decoder.field_of_role(type(self), HeaderLength) is not None:
            return False
        needed = ends[-1] + self._behind[elastic[-1].name] if elastic else self.least_size
        return bool(needed <= there)

    def _least_of_all(self) -> Any:
        """Return how many bytes the fields take, none of which depends on others for being there."""
        return self.least_size + sum(field.size_in(self) for field in self._elastic)

    def missing(self) -> int:
        if self._payload is not None:
            return 0
        field = decoder.field_of_role(type(self), HeaderLength)
        there = self._body - self._start
        if field is None or not self.reaches(field):
            return 0
        role: Any = field.factory
        return max(int(role.size(self.raw(field))) - there, 0)

    def _ends_early(self, field: Field) -> bool:
        self.span(field)
        if isinstance(field.factory, HeaderLength):
            return field.factory.size(self.raw(field)) > self._body - self._start
        return False

    def sum_of_pseudo_header(self, protocol: int) -> int:
        """Return the ones' complement sum of what a network header has transport checksums sum, without a length."""
        return ones_complement_sum(self.pseudo_header(protocol, 0))  # type: ignore[attr-defined]

    @property
    def is_attached(self) -> bool:
        """Whether the header is as it was parsed, a window on the frame; one that was built or changed is not."""
        return self._tail is None

    def reach_to(self, end: int) -> None:
        """Take the bytes of the buffer up to `end` for the trailer of this outermost header."""
        header: Any = self
        header.payload  # noqa: B018 - must be placed before the end moves
        self._end = end

    def reparsed(self, data: bytes) -> Self:
        """Return a header of this class that is parsed from other bytes, as deep and as quoted as this one."""
        cls: Any = type(self)
        return cls.decode(data, 0, len(data), self._surroundings())  # type: ignore[no-any-return]

    def read_as(self, cls: Any) -> Any:
        """Return what parsing would make of this header's place, taken for a header of another class."""
        if self._tail is None:
            return cls.decode(self._buffer, self._start, self._end, self._surroundings())
        header: Any = self
        data = bytes(header)
        return cls.decode(data, 0, len(data), self._surroundings())

    def cut_at(self, end: int) -> Self:
        """Return the header as it would be parsed if its buffer ended at the byte `end`."""
        cls: Any = type(self)
        return cls.decode(self._buffer[:end], self._start, end, self._outer)  # type: ignore[no-any-return]

    def carried_at(self, decode: Any, start: int, end: int) -> Any:
        """Return what a decoder makes of some of the bytes that this header carries, as they stand in its buffer."""
        first: Any = self.payload  # type: ignore[attr-defined]
        return decode(self._buffer, start, end, first._outer)

    def carried_from(self, decode: Any, data: bytes, start: int, end: int) -> Any:
        """Return what a decoder makes of bytes with a buffer of their own, as deep and as quoted as what it carries."""
        return decode(data, start, end, self._surroundings() + 1)

    def _surroundings(self) -> int:
        """Return how deep the header is nested and whether it is quoted, as the number that decoders take."""
        outer = self._outer
        if outer.__class__ is int:
            return int(outer & (MAXIMUM_DEPTH * 2 - 1 | QUOTED))
        return self._depth() | (QUOTED if self.is_quoted else 0)

    @property
    def network_header(self) -> Any:
        """The nearest network header around this one; None where there is none."""
        outer = self._outer
        if type(outer) is int:
            buffer = self._buffer
            known, place, found = _NEAREST[0]
            # One that somebody has changed, or learnt of, is no longer what the buffer holds.
            if (
                buffer is known
                and outer == place
                and found._state is None
                and (found._payload is UNPARSED or found.is_pristine())
            ):
                return found
            # The buffer of a header that was changed holds nothing but the header.
            found = decoder.network_at(buffer, outer) if len(buffer) >= self._end else None
            if found is not None:
                _NEAREST[0] = buffer, outer, found
            return found
        return outer if outer.is_network else outer.network_header

    def _link_up(self) -> None:
        """Know the headers around this one, up to the network header, as they stand in the buffer that it leaves."""
        outer = self._outer
        if outer.__class__ is not int or self._tail is not None or len(self._buffer) < self._end:
            return
        around: Any = decoder.network_at(self._buffer, outer)
        while around is not None:
            inner = around.payload
            if inner is None or inner._start > self._start:
                return
            inner._outer = around
            if inner._start == self._start and type(inner) is type(self):
                around._payload = self
                self._outer = around
                return
            around = inner

    def _as_read(self) -> Any:
        """Return this header as its bytes are read, with all that stands around it as far as that is known.

        That is the header itself where nothing was changed; None where its bytes are read as another header.
        """
        if self._outer.__class__ is int and self._tail is None and self.is_pristine():  # type: ignore[attr-defined]
            return self
        outermost: Any = self
        steps = 0
        while True:
            if outermost._outer.__class__ is int:
                outermost._link_up()
                if outermost._outer.__class__ is int:
                    break
            outermost = outermost._outer
            steps += 1
        data = bytes(outermost)
        size = len(data)
        left_out_and_depth = outermost._outer & 0xFF | outermost._outer >> 40 << 40
        header = type(outermost).decode(data, 0, size, left_out_and_depth)
        if header._end < size:
            header.payload  # noqa: B018 - must be placed before the end moves, as in `parse`
            header._end = size
        for _ in range(steps):
            header = None if header is None else header.payload
        return header if type(header) is type(self) else None

    def _depth(self) -> int:
        header, depth = self, 0
        while type(header._outer) is not int:
            header, depth = header._outer, depth + 1
        return depth + (header._outer & 127)

    @property
    def is_quoted(self) -> bool:
        """Whether this header lies in the quotation of an ICMP error."""
        header = self
        while type(header._outer) is not int:
            header = header._outer
            if header.quotes:
                return True
        return bool(header._outer & QUOTED)

    def is_cut_by_capture(self, missing: int) -> bool:
        """Whether `missing` bytes are missing because the frame was cut, not because a length lies.

        What the capture left out behind the end of the datagram is no part of what the datagram carries.
        """
        left_out = self.bytes_left_out
        if left_out and self._tail is None:
            network = self.network_header
            end = 0 if network is None else network.declared_end
            left_out = min(left_out, max(end - self._end, 0)) if end else left_out
        return self.is_quoted or left_out >= missing

    @property
    def bytes_left_out(self) -> int:
        """How many bytes of the frame the capture left out."""
        header = self
        while type(header._outer) is not int:
            header = header._outer
        return int(header._outer >> 40)

    def _is_whole(self, as_there: bool = False) -> bool:
        """Whether everything that a checksum of this header covers is there: not cut, and no fragment.

        With `as_there` a datagram that claims more than its frame had on the wire ends where the frame did,
        and one that is quoted ends with the quotation.
        """
        network = self.network_header
        if network is not None and network.is_fragment:
            return False
        length = _total_length(type(self))
        if length is not None and not (as_there and self.raw(length) <= self.captured_length):
            return bool(self.raw(length) <= self.captured_length)
        if network is None or (self._payload is None and self._tail is not None and not self.is_quoted):
            return True
        if type(self._outer) is int:
            return (as_there and not self._outer >> 40) or bool(network.declared_end <= self.buffer_end)
        return bool(network.declared_end - network._start <= network.captured_length)

    @property
    def declared_end(self) -> int:
        """Where a network header says that its datagram ends, in the buffer; 0 when it does not say."""
        field = _total_length(type(self))
        if field is None or not self.reaches(field):
            return 0
        total: int = self.raw(field)
        if not total:
            return 0
        role: Any = field.factory
        return total + (self._start if role.with_header else self._body)

    @property
    def is_fragment(self) -> bool:
        """Whether a network header carries a part of a datagram only."""
        return False

    @property
    def requires_checksum(self) -> bool:
        """Whether an optional checksum of zero is none after all (UDP over IPv6)."""
        network = self.network_header
        return network is not None and network.name == "ipv6"

    @property
    def captured_length(self) -> int:
        """How many bytes are there from the start of this header on, in the header around it."""
        header: Any = self
        if self._tail is None and header.is_pristine():
            return self._end - self._start
        return sum(map(len, header.parts()))

    @property
    def wire_length(self) -> int:
        """How many bytes stood on the wire from the start of this header on, in the header around it.

        They are more than are there where the capture cut the frame, as far as the network header's length goes.
        """
        outer = self._outer
        if self._tail is not None or outer.__class__ is not int:
            return self.captured_length
        end = self._end + (outer >> 40)
        network = self.network_header
        declared = 0 if network is None else network.declared_end
        length: int = (min(end, declared) if declared else end) - (self.offset or 0)
        return length

    @property
    def buffer_end(self) -> int:
        """Where the bytes end that this header is a window on."""
        return len(self._buffer)

    def sum_over(self, role: Any, network: Any, field: Field) -> int:
        """Return the right checksum in a field of this header, whose role computes it."""
        right: int = role.over(self, network, field)
        return right


# As for the slots of every record; `Record` annotates it.
setattr(Linked, "carried_end", Linked.__dict__["_end"])  # noqa: B010 - an assignment would make it a method's type
