"""Headers: records that carry other headers, parsed when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self

from dissect.declaration import decoder
from dissect.declaration.assembly import complete_assembly
from dissect.declaration.automatic import HeaderLength, Selector, Variant
from dissect.declaration.chain import bare_states
from dissect.declaration.decoder import MAXIMUM_DEPTH, UNPARSED, field_of_role
from dissect.declaration.derived_fields import derived
from dissect.declaration.fields import Field, SetOfValues
from dissect.declaration.kept import empty_slots, look_for_empty_slots
from dissect.declaration.representation import Represented
from dissect.declaration.specifiers import octets
from dissect.errors import FieldError

__all__ = ["Data", "Header", "Payload"]

_WRITTEN_OUT: dict[str, Any] = {}
"""The methods that every class replaces by its own when they are first called."""
_new = object.__new__
_BARE = bare_states(0)[0]
"""The state of a header with bytes of its own that has no trailer, and nothing to be computed."""


class Payload:
    """The type of `payload`: gives the next header or None, takes bytes as well."""

    def __get__(self, header: object, owner: Any = None) -> Header | None:
        raise NotImplementedError

    def __set__(self, header: object, value: Header | bytes | None) -> None:
        raise NotImplementedError


class Trailing:
    """The type of `trailer`: gives and takes bytes."""

    def __get__(self, header: object, owner: Any = None) -> bytes:
        raise NotImplementedError

    def __set__(self, header: object, value: bytes) -> None:
        raise NotImplementedError


def _slot(*, default: Any = None) -> Any:
    """Stand for `payload` and `trailer`, which are slots and not fields, in the eyes of type checkers."""


class Header(Represented):
    """A header, what it carries, and the bytes behind that."""

    payload: Payload = _slot(default=None)
    """The next header, `Data`, or None; assigning takes a copy."""
    trailer: Trailing = _slot(default=b"")
    """The bytes behind the payload that its own length leaves over; b"" for none."""

    if TYPE_CHECKING:
        # A chain knows only that it holds records. These are headers.
        def layers(self) -> Iterator[Header]: ...
        def expected_payload(self) -> Header | None: ...
        def other_payload(self, outer: Any, deep: bool) -> Header | None: ...
        @property
        def network_header(self) -> Header | None: ...

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        super()._declare(own, options)
        for written, method in _WRITTEN_OUT.items():
            # What was written out for a class above would make and fill in headers of that class.
            if written not in vars(cls):
                setattr(cls, written, method)

    @classmethod
    def _constructor_tail(cls) -> tuple[list[str], list[str]]:
        """Return the constructor's parameters and lines for what headers have beside fields."""
        return ["payload=None", "trailer=b''"], [
            " self._outer = self._end = 0",
            " if trailer is NOTHING: self._state = states[automatic]",
            " else: self._state = (trailer if type_of(trailer) is bytes else octets(cls, trailer), automatic, None)",
            " if payload is None: self._payload = None",
            " else: self._payload = (payload or None) if type_of(payload) is bytes else adopted(payload)",
        ]

    @classmethod
    def _constructor_names(cls) -> dict[str, Any]:
        return {
            "adopted": _adopted,
            "octets": _octets,
            "NOTHING": b"",
            "states": bare_states(sum(field.mask for field in cls.layout)),
            "UNPARSED": UNPARSED,
            "deepest": MAXIMUM_DEPTH,
            "DEEP": MAXIMUM_DEPTH - 1,
            "Header": Header,
            "Data": Data,
            "ALONE": (None.__class__, bytes),
            "refuse_depth": _refuse_depth,
            "takes_sets": _takes_sets,
        }

    @staticmethod
    def _adopted(value: Header | bytes, depth: int) -> Header | None:
        return _adopted(value, depth)

    def __bytes__(self) -> bytes:
        state = self._state
        if (state is None or state[0] is None) and self.is_pristine():
            return self._buffer[self._start : self._end]
        outer = self._outer
        return self._assemble(None if outer.__class__ is int and outer < 256 else self.network_header)

    def __len__(self) -> int:
        return len(bytes(self))

    def __bool__(self) -> bool:
        return True

    def is_pristine(self) -> bool:
        """Whether the buffer still holds this header and everything behind it as they are."""
        header: Any = self
        while header is not None and header is not UNPARSED:
            # Not by `_tail`: nearly everything asks this.
            state = header._state
            if state is not None and state[0] is not None:
                return False
            header = header._payload
        return True

    def _assemble(self, network: Header | None) -> bytes:
        """Return the bytes of this header, of what it carries, and of its trailer."""
        # Replaced, class by class, by a function written out for the declared fields.
        complete_assembly(type(self))
        return self._assemble(network)

    def _filled(self, body: bytes, network: Header | None) -> bytes:
        """Return the header's bytes with the automatic fields computed over `body`; replaced like `_assemble`."""
        complete_assembly(type(self))
        return self._filled(body, network)

    def _assemble_attached(self, network: Header | None) -> bytes:
        if self.is_pristine():
            return self._buffer[self._start : self._end]
        inner: bytes = self._payload._assemble(network)
        return self._buffer[self._start : self._body] + inner + self.trailer

    def parts(self) -> tuple[bytes, bytes]:
        """Return (this header's bytes, all that it carries)."""
        if self.is_pristine():
            return self._buffer[self._start : self._body], self._buffer[self._body : self._end]
        network = self.network_header
        payload = self._payload
        if payload.__class__ is bytes:
            inner = payload
        else:
            inner = b"" if payload is None else payload._assemble(self if self.is_network else network)
        body = inner + self.trailer
        own = self._buffer[self._start : self._body]
        return (self._filled(body, network) if self._automatic else own), body

    @property
    def own_bytes(self) -> bytes:
        if self._tail is None:
            return self._buffer[self._start : self._body]
        return self.parts()[0]

    def undissected(self, skip: int = 0) -> Header | None:
        """Return what the header carries, from the byte `skip` on, as `Data` in its place; None for no bytes."""
        data = self.parts()[1]
        payload: Any = self.payload
        if payload is not None and payload._tail is None and self._tail is None:
            start, end = self._body + skip, self._end
            if self.is_network:
                end = min(self.declared_end or end, end)
            return Data.decode(self._buffer, start, end, self._surroundings() + 1) if start < end else None
        return Data(data[skip:]) if skip < len(data) else None

    def read_again(self) -> Header | None:
        """Return what parsing would make of the bytes that this header carries; the payload itself where it is that."""
        payload = self._payload if self._tail is None else self.payload
        if self._tail is None or payload is None or self.is_cut or (self.unless and self.raw(self.unless)):
            return payload
        own, body = self.parts()
        window = object.__new__(type(self))
        window._buffer, window._start, window._body = own + body, 0, len(own)
        window._end = len(own) + len(body) - len(self._tail)
        window._outer, window._state = self._surroundings(), None
        window._payload = UNPARSED
        return window.payload if window._body < window._end else payload

    def _own(self) -> None:
        empty_slots(self)
        if self._tail is None:
            self._detach()

    def _detach(self) -> None:
        """Give this header bytes of its own; what it carries stays a window on the frame."""
        tail = self.trailer
        self._link_up()
        super()._own()
        self._tail = tail
        header: Header = self
        while (
            header._payload is not None and header._payload is not UNPARSED and header._payload.__class__ is not bytes
        ):
            # From here on checksums must see this header's addresses and not the buffer's.
            header._payload._outer = header
            header = header._payload

    def _copy(self) -> Self:
        """Return a copy of the chain; replaced like `_assemble`."""
        complete_assembly(type(self))
        return self._copy()

    def _extended(self, other: Header | bytes, depth: int) -> Self:
        """Return a copy of the chain with `other` behind its innermost header; replaced like `_assemble`."""
        complete_assembly(type(self))
        return self._extended(other, depth)

    def _extended_attached(self, other: Header | bytes, depth: int) -> Self:
        copy = self._copy()
        copy._detach()
        return copy._extended(other, depth)

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        look_for_empty_slots(type(self))
        for name, value in state[1].items():
            setattr(self, name, value)

    def copy(self) -> Self:
        """Return a copy that shares nothing that can change."""
        return self._copy()

    __copy__ = copy

    def __deepcopy__(self, memo: object) -> Self:
        """Return a copy that knows as well what other frames tell: who copies all wants that, too."""
        copy = self._copy()
        mine: Any = self
        theirs: Any = copy
        while isinstance(mine, Header):
            if mine.facts:
                theirs.learn(**mine.facts)
            mine, theirs = mine._payload, theirs._payload
        return copy

    def __truediv__(self, other: Header | bytes) -> Self:
        """Return a new chain: this one's layers with `other` behind the innermost; neither side changes."""
        # Replaced, class by class, by what `_extended` is replaced by.
        return self._extended(other, 1)

    def __rtruediv__(self, other: bytes) -> Data:
        if not isinstance(other, (bytes, bytearray, memoryview)):
            return NotImplemented
        return Data(bytes(other)) / self

    def fixed(self) -> Self:
        """Return a copy of the chain in which lengths, selectors and checksums that are wrong are computed again.

        What is no problem stays, and so does what cannot be known: lengths and checksums of a fragment, of a frame
        that the snap length cut, and of what an ICMP error quotes. So a frame without problems is equal to its
        `fixed()`. Raises FieldError where no length can say how much is carried.
        """
        if self._outer.__class__ is not int:
            # Only with what stands around it is it known what is wrong.
            around: Any = self._outer.fixed()
            return around.payload  # type: ignore[no-any-return]
        copy = self._copy()
        for header in copy.layers():
            header._measure_again()
        # Each round may bring to light what was hidden behind a wrong length.
        for _ in range(MAXIMUM_DEPTH):
            wrong = [(header, problem.field) for header, problem in copy.findings() if header is not None]
            changed = [header for header, name in wrong if header._recompute(name)]
            if not changed:
                break
        return copy

    def _measure_again(self) -> None:
        """Leave the header's own length to be computed where it was given other fields than it has room for."""
        field = field_of_role(type(self), HeaderLength)
        if self._tail is None or field is None or self._automatic & field.mask or self.is_cut:
            return
        role: Any = field.factory
        if self.reaches(field) and role.size(self.raw(field)) != self._body - self._start:
            self._reset(field)

    def _recompute(self, name: str) -> bool:
        """Leave a field to be computed, if it is one that can be; return whether that changes anything."""
        field = self._by_name.get(name)
        if field is None or not field.mask or self._automatic & field.mask or isinstance(field.factory, Variant):
            return False
        if (isinstance(field.factory, Selector) and field.factory.stays(self, field)) or self.is_quoted:
            return False
        if self._lacks_bytes():
            # The bytes behind a header that ends early may be read as its fields; they are not its own to change.
            return False
        self._reset(field)
        return True

    def __eq__(self, other: object) -> bool:
        """Compare layer by layer: class, fields and what stands behind the payload."""
        if not isinstance(other, Header):
            return NotImplemented
        if type(self) is not type(other):
            return False
        mine, theirs = self, other
        while True:
            if type(mine) is not type(theirs):
                return False
            if mine is None:
                return True
            if mine.compared() != theirs.compared() or mine.trailer != theirs.trailer:
                return False
            mine, theirs = mine.payload, theirs.payload  # type: ignore[assignment]

    def compared(self) -> object:
        """Return what makes two headers of a class equal, beside what they carry: their bytes.

        Of one that carries sets of values, which have none yet, it is the text.
        """
        try:
            return self.own_bytes
        except FieldError:
            return self.own_repr()

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def _not_positional(cls, value: Any) -> NoReturn:
        if isinstance(value, (bytes, bytearray, memoryview)):
            raise TypeError(
                f"{cls.__name__} takes its fields by name; bytes are read by parse(data), or by parse(data, link=...) "
                "where they begin with another header"
            )
        super()._not_positional(value)

    @classmethod
    def cut(cls, data: bytes | str, *, trailer: bytes = b"") -> Self:
        """Return a header of which only the first bytes are there, from bytes or hexadecimal text.

        Fields beyond them raise FieldAbsentError. This is how the repr of such a header reads, and
        of one that was built with a length that its own fields do not have.
        """
        look_for_empty_slots(cls)
        header = object.__new__(cls)
        header._buffer = bytes.fromhex(data) if isinstance(data, str) else bytes(data)
        header._start = header._end = header._outer = 0
        header._body = len(header._buffer)
        header._state = (trailer, 0, None)
        header._payload = None
        return header


def _adopted(value: Header | bytes, depth: int = 1) -> Header | None:
    """Return a copy of a header to carry `depth` layers down, or `Data` for bytes; None where there are none."""
    if value.__class__ is bytes:
        if not value:
            return None
        data = _new(Data)
        data._buffer = value
        data._start = data._end = data._outer = 0
        data._body = len(value)
        data._state = _BARE
        data._payload = None
        return data
    if isinstance(value, Header):
        if type(value) is Data and value._body == value._start and not value.trailer:
            # Data without bytes are nothing, also in front of something.
            return None if value.payload is None else _adopted(value.payload, depth)
        behind: Any = value._payload
        while behind is not None and behind is not UNPARSED:
            depth += 1
            if depth >= MAXIMUM_DEPTH:
                _refuse_depth(behind, depth)
            behind = None if behind.__class__ is bytes else behind._payload
        return value._copy()
    if isinstance(value, (bytearray, memoryview)):
        return _adopted(bytes(value))
    other: Any = value
    if isinstance(other, type) and issubclass(other, Header):
        raise FieldError(f"payload is the class {other.__name__}, expected a header of it, as in {other.__name__}()")
    hint = ", as in b'text'" if isinstance(other, str) else ""
    raise FieldError(f"payload is {other!r}, expected a header or bytes{hint}")


def _refuse_depth(other: Header | bytes, depth: int) -> None:
    """Raise the FieldError for one layer too many; the deepest may carry `Data`, as in parsed frames."""
    if depth > MAXIMUM_DEPTH or (isinstance(other, Header) and not isinstance(other, Data)):
        raise FieldError(f"{depth + 1} layers were stacked, expected at most {MAXIMUM_DEPTH}")


def _takes_sets(header: Header, values: dict[str, Any], automatic: int, payload: Any, trailer: bytes) -> bool:
    """Let a header whose constructor failed stand for several, where that is because sets were given for fields."""
    if not any(isinstance(value, SetOfValues) for value in values.values()):
        return False
    # Loaded for those who give sets.
    from dissect.declaration.several import stand_for_several

    stand_for_several(header, values, automatic, payload, trailer)
    return True


def _octets(cls: type[Header], value: object) -> bytes:
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise FieldError(f"{cls.__name__}.trailer is {value!r}, expected bytes")


def _trailer_get(header: Header) -> bytes:
    if header._tail is not None:
        return header._tail
    payload = header.payload
    if payload is None:
        return header._buffer[header._body : header._end]
    return header._buffer[payload._end : header._end]


def _trailer_set(header: Header, value: bytes) -> None:
    raw = value if value.__class__ is bytes else _octets(type(header), value)
    header._own()
    header._tail = raw


Header.trailer = property(_trailer_get, _trailer_set, doc="The bytes behind the payload; b'' for none.")  # type: ignore[assignment]


for _name in ("__bytes__", "_assemble", "_filled", "_copy", "_extended", "__truediv__"):
    _WRITTEN_OUT[_name] = getattr(Header, _name)


class Data(Header, name="data", title="Data"):
    """Bytes that no declaration reads."""

    data: bytes = octets("data", default=b"", length="rest", kw_only=False, title="Data")

    @derived("len", title="Length")
    def byte_count(self) -> int:
        """The number of bytes."""
        return self._body - self._start

    def info(self) -> str:
        """Return the number of bytes."""
        return f"Len={self._body - self._start}"

    def headline(self) -> str:
        count = self._body - self._start
        return f"Data ({count} byte{'' if count == 1 else 's'})"


decoder.BASE.update(Header=Header, Data=Data)
