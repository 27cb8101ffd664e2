"""Headers: records that carry other headers, parsed when somebody looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from dissect.declaration import decoder
from dissect.declaration.assembly import complete_assembly
from dissect.declaration.automatic import Checksum, Ports, Selector, Variant
from dissect.declaration.decoder import MAXIMUM_DEPTH, UNPARSED
from dissect.declaration.described import Described, as_far_as_there
from dissect.declaration.fields import Field, derived, octets
from dissect.declaration.framing import Rule
from dissect.declaration.layout import measure
from dissect.declaration.pending import declare_pending
from dissect.declaration.selection import Heuristic, count_change
from dissect.declaration.views import Views
from dissect.errors import FieldAbsentError, FieldError

__all__ = ["Data", "Header", "Payload", "protocol_named"]

_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9_.\-]*\Z")
_NAMED: dict[str, type[Header]] = {}
"""Every protocol by its name; of a family of classes the one that states the name."""
_WRITTEN_OUT: dict[str, Any] = {}
"""The methods that every class replaces by its own when they are first called."""


def protocol_named(name: str) -> type[Header] | None:
    """Return the class that declares the protocol of this name, the first of its family; None where there is none."""
    return _NAMED.get(name)


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


class Header(Views, Described):
    """A header, what it carries, and the bytes behind that."""

    payload: Payload = _slot(default=None)
    """The next header, `Data`, or None; assigning takes a copy."""
    trailer: Trailing = _slot(default=b"")
    """The bytes behind the payload that its own length leaves over; b"" for none."""

    if TYPE_CHECKING:
        # A chain knows only that it holds records. These are headers.
        def layers(self) -> Iterator[Header]: ...
        def expected_payload(self) -> Header | None: ...
        @property
        def network_header(self) -> Header | None: ...

    framing: ClassVar[Rule | None] = None
    """How many bytes the next message takes where the protocol runs over a stream; None where it does not say."""
    leaf: ClassVar[bool] = False
    """Whether the header carries nothing, so that it ends where its own bytes do (ARP)."""
    transparent: ClassVar[bool] = False
    """Whether the bytes behind the payload belong to the header around this one (VLAN tags)."""
    link_type: ClassVar[int | None] = None
    """The LINKTYPE number of a capture whose frames begin with this header; None where it begins none."""

    partial: ClassVar[tuple[str, ...]] = ()
    """The fields of which one is not 0 where the header carries but a part of a datagram."""

    _carried: ClassVar[dict[int, Any]]
    _numbers: ClassVar[dict[type[Header], int]]
    _variants: ClassVar[dict[int, Any]]
    _usual: ClassVar[dict[int, type[Header]]]
    _followers: ClassVar[list[type[Header]]]
    _heuristics: ClassVar[list[tuple[Heuristic, Any]]]
    _chosen: ClassVar[dict[int, Any]]
    _known: ClassVar[dict[Any, Any]]
    _always: ClassVar[type[Header] | None] = None
    _decode: ClassVar[Any]
    _unless: ClassVar[str] = ""

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        usual: bool = options.pop("usual", False)
        over: Mapping[type[Header], int | Heuristic | Iterable[int | Heuristic]] = options.pop("over", {})
        carries: Mapping[int, type[Header]] | type[Header] = options.pop("carries", {})
        carries_like: type[Header] | None = options.pop("carries_like", None)
        variant: int | tuple[int, ...] | None = options.pop("variant", None)
        links: tuple[int, ...] = options.pop("links", ())
        replaces: bool = options.pop("replaces", False)
        form_of: type[Header] | None = options.pop("form_of", None)
        if form_of is not None:
            options["name"] = form_of.name
        if over or "name" in options:
            # Whether a number or a name is taken shows when all protocols are known.
            declare_pending(module=cls.__module__)
        listed = {carrier: tuple(each) if isinstance(each, Iterable) else (each,) for carrier, each in over.items()}
        stated = {carrier: tuple(each for each in said if isinstance(each, int)) for carrier, said in listed.items()}
        name = options.get("name", cls.name)
        if "name" in options and form_of is None:
            cls._check_name(name, replaces)
        cls._check_carriers(stated, name, replaces)
        for key in ("encloses", "framing", "is_network", "leaf", "link_type", "partial", "quotes", "transparent"):
            if key in options:
                setattr(cls, key, options.pop(key))
        if cls.framing is not None and not callable(cls.framing):
            raise TypeError(
                f"{cls.__name__} has framing={cls.framing!r}, expected a rule of dissect.declaration.framing"
            )
        cls._unless = options.pop("unless", cls._unless)
        super()._declare(own, options)
        if cls._unless and cls._unless not in cls._by_name:
            raise TypeError(f"{cls.__name__} has unless={cls._unless!r}, and there is no such field")
        selects = decoder.field_of_role(cls, Selector) is not None
        if isinstance(carries, type):
            if selects:
                raise TypeError(
                    f"{cls.__name__} has carries= and a field that selects; say which number, as in {{1: ...}}"
                )
            cls._always, carries = carries, {}
        elif carries and not selects:
            raise TypeError(f"{cls.__name__} has carries= and no field that selects; give one factory=Selector()")
        for line in ("info", "headline"):
            if line in vars(cls):
                setattr(cls, line, as_far_as_there(vars(cls)[line]))
        cls._carried, cls._numbers, cls._variants, cls._usual = {}, {}, {}, {}
        cls._followers, cls._heuristics, cls._chosen, cls._known = [], [], {}, {}
        decoder.complete(cls)
        for written, method in _WRITTEN_OUT.items():
            # What was written out for a class above would make and fill in headers of that class.
            setattr(cls, written, method)
        if variant is not None:
            # The class that declares the number decides; others may stand between it and the variant.
            told = decoder.field_of_role(cls, Variant)
            if told is None:
                raise TypeError(
                    f"{cls.__name__} has variant= and inherits no field with factory=Variant() that tells it"
                )
            parent: Any = told.owner
            numbers = (variant,) if isinstance(variant, int) else variant
            for number in numbers:
                if number in parent._variants and not replaces:
                    raise TypeError(
                        f"{cls.__name__} has variant={number:#x}, which another form of {parent.__name__} has; "
                        "choose another number, or say replaces=True"
                    )
            parent._variants.update(dict.fromkeys(numbers, cls._decode))
            cls._variant_number = numbers[0]
        for link in links:
            if link in decoder.LINKS and not replaces:
                raise TypeError(f"{cls.__name__} has links={link}, which is taken; say replaces=True to read it so")
            decoder.LINKS[link] = cls._decode
            cls.link_type = links[0]
        if carries_like is not None:
            cls._carried.update(carries_like._carried)
            cls._numbers.update(carries_like._numbers)
            cls._usual.update(carries_like._usual)
            cls._heuristics.extend(carries_like._heuristics)
            cls._chosen.update(carries_like._chosen)
            carries_like._followers.append(cls)
        for number, carried in carries.items():
            cls._carry(carried, number)
        for carrier, said in listed.items():
            for each in said:
                if isinstance(each, int):
                    carrier._carry(cls, each, usual)
                else:
                    carrier._guess(cls, each)
        if form_of is None and "name" in cls.__dict__ and not issubclass(cls, _NAMED.get(name, ())):
            _NAMED[name] = cls

    @classmethod
    def _check_name(cls, name: str, replaces: bool) -> None:
        """Refuse the name of another protocol with a TypeError; a family of classes shares one by inheritance."""
        if not _PROTOCOL.match(name):
            raise TypeError(f"{cls.__name__} has name={name!r}, expected lower-case letters, digits, '_', '-' and '.'")
        holder = _NAMED.get(name)
        if name == "frame" or (holder is not None and not issubclass(cls, holder) and not replaces):
            raise TypeError(
                f"{cls.__name__} has name={name!r}, which {holder.__name__ if holder else 'every frame'} has; choose "
                "another, or say form_of= for another form of it, or replaces=True"
            )

    @classmethod
    def _check_carriers(cls, stated: Mapping[type[Header], tuple[int, ...]], name: str, replaces: bool) -> None:
        """Refuse, with a TypeError, to be carried without a name, by what selects nothing, or by a number in use."""
        if stated and not name:
            raise TypeError(f"{cls.__name__} has over= and no name; say name= for filters, lists and problems")
        for carrier, numbers in stated.items():
            selector = decoder.field_of_role(carrier, Selector)
            if selector is None:
                raise TypeError(
                    f"{cls.__name__} has over={carrier.__name__}, which has no field that says what it carries; "
                    "name a carrier with a selector"
                )
            for number in numbers:
                # A port of 0 says nothing.
                least, most = int(isinstance(selector.factory, Ports)), (1 << selector.width) - 1
                if not least <= number <= most:
                    raise TypeError(
                        f"{cls.__name__} is over {carrier.__name__} by {number}, expected {least} to {most}"
                    )
                taken = carrier._carrier_of(number)
                if taken is not None and not replaces:
                    raise TypeError(
                        f"{cls.__name__} is over {carrier.__name__} by {number:#x}, which {taken} has; "
                        "choose another number, or say replaces=True"
                    )

    @classmethod
    def _carrier_of(cls, number: int) -> str | None:
        """Return the name of the class that has this number here, or in a class that carries the same."""
        decode = cls._carried.get(number)
        if decode is not None:
            named = (each.__name__ for each in cls._numbers if each._decode is decode)
            return next(named, "another protocol")
        return next((taken for each in cls._followers if (taken := each._carrier_of(number)) is not None), None)

    @classmethod
    def _carry(cls, carried: type[Header], number: int, usual: bool = False) -> None:
        """Take up a protocol that this one carries, in the classes as well that carry the same (`carries_like`)."""
        if number in cls._carried:
            # What was written out for the protocol that had this number before is written anew.
            cls._usual.pop(int(number), None)
            decoder.forget_payloads()
        cls._carried[number] = carried._decode
        cls._known.clear()
        count_change()
        cls._numbers.setdefault(carried, number)
        if usual:
            cls._usual[int(number)] = carried
        for follower in cls._followers:
            follower._carry(carried, number, usual)

    @classmethod
    def _guess(cls, carried: type[Header], claims: Heuristic) -> None:
        """Take up a protocol that tells from the bytes whether they are its own, where no number says what follows."""
        cls._heuristics.append((claims, carried._decode))
        count_change()
        for follower in cls._followers:
            follower._guess(carried, claims)

    @classmethod
    def may_carry(cls) -> list[Any] | None:
        """Return the decoders of all that can stand behind such a header; None where it looks for that by itself."""
        if cls.leaf:
            return []
        if cls._other_payload is not Header._other_payload:
            return None
        always = [] if cls._always is None else [cls._always._decode]
        told = [*cls._carried.values(), *cls._chosen.values(), *(decode for _, decode in cls._heuristics)]
        return [*always, *told, *cls._variants.values()]

    @classmethod
    def usually_carries(cls) -> dict[int, type[Header]]:
        """Return what such a header usually carries, by numbers that no user chose to read otherwise."""
        return {number: carried for number, carried in cls._usual.items() if number not in cls._chosen}

    @classmethod
    def can_carry(cls, number: int) -> bool:
        """Whether some protocol has this number above this one."""
        return cls._decoder_of(number) is not None

    @classmethod
    def _decoder_of(cls, number: int) -> Any:
        """Return the decoder of what this number stands for, chosen or declared; None where it stands for nothing."""
        decode = cls._chosen.get(number) or cls._carried.get(number)
        if decode is None and declare_pending():
            decode = cls._carried.get(number)
        return decode

    _variant_number: ClassVar[int] = 0

    @classmethod
    def _constructor_tail(cls) -> tuple[list[str], list[str]]:
        """Return the constructor's parameters and lines for what headers have beside fields."""
        return ["payload=None", "trailer=b''"], [
            " self._outer = self._end = 0",
            " self._tail = trailer if trailer.__class__ is bytes else octets(cls, trailer)",
            " self._payload = payload if payload is None else adopted(payload)",
        ]

    @classmethod
    def _constructor_names(cls) -> dict[str, Any]:
        return {
            "adopted": _adopted,
            "octets": _octets,
            "UNPARSED": UNPARSED,
            "deepest": MAXIMUM_DEPTH,
            "refuse_depth": _refuse_depth,
        }

    @staticmethod
    def _adopted(value: Header | bytes, depth: int) -> Header | None:
        return _adopted(value, depth)

    # --- bytes -----------------------------------------------------------------------------------

    def __bytes__(self) -> bytes:
        if self._tail is None and self._pristine():
            return self._buffer[self._start : self._end]
        outer = self._outer
        return self._assemble(None if outer.__class__ is int and outer < 256 else self.network_header)

    def __len__(self) -> int:
        return len(bytes(self))

    def __bool__(self) -> bool:
        return True

    def _pristine(self) -> bool:
        """Whether the buffer still holds this header and everything behind it as they are."""
        header: Any = self
        while header is not None and header is not UNPARSED:
            if header._tail is not None:
                return False
            header = header._payload
        return True

    def _assemble(self, network: Header | None) -> bytes:
        """Return the bytes of this header, of what it carries, and of its trailer."""
        # Replaced, class by class, by a function written out for the declared fields.
        complete_assembly(type(self))
        return self._assemble(network)

    def _filled(self, body: bytes, network: Header | None) -> bytearray:
        """Return the header's bytes with the automatic fields computed over `body`; replaced like `_assemble`."""
        complete_assembly(type(self))
        return self._filled(body, network)

    def _assemble_attached(self, network: Header | None) -> bytes:
        if self._pristine():
            return self._buffer[self._start : self._end]
        inner: bytes = self._payload._assemble(network)
        return self._buffer[self._start : self._body] + inner + self.trailer

    def parts(self) -> tuple[bytes, bytes]:
        """Return (this header's bytes, all that it carries)."""
        network = self.network_header
        if self._tail is None and self._pristine():
            return self._buffer[self._start : self._body], self._buffer[self._body : self._end]
        payload = self._payload
        inner = b"" if payload is None else payload._assemble(self if self.is_network else network)
        body = inner + self.trailer
        own = self._buffer[self._start : self._body]
        return (bytes(self._filled(body, network)) if self._automatic else own), body

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
            return Data._decode(self._buffer, start, end, self._surroundings() + 1) if start < end else None
        return Data(data[skip:]) if skip < len(data) else None

    def number_of(self, payload: Header | None) -> int:
        """Return the number by which this header says that it carries `payload`; 0 when it has none."""
        number = self._numbers.get(type(payload))  # type: ignore[arg-type]
        if number is None:
            numbers = (self._numbers.get(base) for base in type(payload).__mro__)
            number = next((number for number in numbers if number is not None), 0)
        return int(number)

    def selects(self, number: int, payload: Header | None) -> bool:
        """Whether this number stands for the protocol of `payload` in the table of what this header carries."""
        decode = self._decoder_of(number)
        return decode is not None and any(getattr(base, "_decode", None) is decode for base in type(payload).__mro__)

    def _read_again(self) -> Header | None:
        """Return what parsing would make of the bytes that this header carries; the payload itself where it is that."""
        payload = self._payload
        if self._tail is None or payload is None or self.is_cut or (self._unless and self.raw(self._unless)):
            return payload  # type: ignore[no-any-return]
        own, body = self.parts()
        window = object.__new__(type(self))
        window._buffer, window._start, window._body = own + body, 0, len(own)
        window._end = len(own) + len(body) - len(self._tail)
        window._outer, window._tail, window._automatic = self._surroundings(), None, 0
        window._payload = UNPARSED
        return window.payload if window._body < window._end else payload

    def _other_payload(self, outer: Any, deep: bool) -> Header | None:
        """Return what is carried where no table tells; protocols override this."""
        return Data._decode(self._buffer, self._body, self._end, outer) if self._body < self._end else None

    # --- change ----------------------------------------------------------------------------------

    def _own(self) -> None:
        if self._tail is None:
            self._detach()

    def _detach(self) -> None:
        """Give this header bytes of its own; what it carries stays a window on the frame."""
        tail = self.trailer
        self._link_up()
        super()._own()
        self._tail = tail
        header: Header = self
        while header._payload is not None and header._payload is not UNPARSED:
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

    def copy(self) -> Self:
        """Return a copy that shares nothing that can change."""
        return self._copy()

    __copy__ = copy

    def __deepcopy__(self, memo: object) -> Self:
        return self._copy()

    def __truediv__(self, other: Header | bytes) -> Self:
        """Return a new chain: this one's layers with `other` behind the innermost; neither side changes."""
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
        # Each round may bring to light what was hidden behind a wrong length.
        for _ in range(MAXIMUM_DEPTH):
            wrong = [(header, problem.field) for header, problem in copy.findings() if header is not None]
            changed = [header for header, name in wrong if header._recompute(name)]
            if not changed:
                break
        return copy

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

    # --- comparison and text -----------------------------------------------------------------------

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
            if mine.own_bytes != theirs.own_bytes or mine.trailer != theirs.trailer:
                return False
            mine, theirs = mine.payload, theirs.payload  # type: ignore[assignment]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return " / ".join(header._repr() for header in self.layers())

    def _repr(self) -> str:
        name = type(self).__name__
        if self.is_cut or not self._adds_up():
            arguments = repr(self.own_bytes.hex(" "))
            if self.trailer:
                arguments += f", trailer={self.trailer!r}"
            return f"{name}.cut({arguments})"
        arguments = self._arguments()
        if self.trailer:
            arguments += f"{', ' if arguments else ''}trailer={self.trailer!r}"
        return f"{name}({arguments})"

    def _silent(self, field: Field) -> bool:
        if not field.mask or self._automatic & field.mask:
            return super()._silent(field)
        if field.factory.own:  # type: ignore[union-attr]
            if isinstance(field.factory, Variant):
                return bool(self.raw(field) == self._variant_number)
            return bool(self._measured(field) == self.raw(field))
        if isinstance(field.factory, Checksum):
            # Over what this header holds, right or cut: repr must give the same bytes again.
            return bool(field.factory.over(self, self.network_header, field) == self.raw(field))
        own, body = self.parts()
        factory: Any = field.factory
        return bool(factory.fill(self, bytearray(own), body, self.network_header, field) == self.raw(field))

    def _measured(self, field: Field) -> int:
        """Return the length that a constructor would compute for `field`; -1 where it would refuse or pad."""
        try:
            pieces = self._pieces()
            before = sum(map(len, pieces.values()))
            number = measure(type(self), field, pieces)
        except (ValueError, FieldAbsentError):
            return -1
        return number if sum(map(len, pieces.values())) == before else -1

    # --- cut headers -------------------------------------------------------------------------------

    @classmethod
    def cut(cls, data: bytes | str, *, trailer: bytes = b"") -> Self:
        """Return a header of which only the first bytes are there, from bytes or hexadecimal text.

        Fields beyond them raise FieldAbsentError. This is how the repr of such a header reads, and
        of one that was built with a length that its own fields do not have.
        """
        header = object.__new__(cls)
        header._buffer = bytes.fromhex(data) if isinstance(data, str) else bytes(data)
        header._start = header._end = header._outer = header._automatic = 0
        header._body = len(header._buffer)
        header._tail = trailer
        header._payload = None
        return header

    def _adds_up(self) -> bool:
        """Whether the fields are as long as the header: lengths that were given may say otherwise."""
        try:
            there = sum(self.span(field)[1] for field in self.layout if self._has(field))
            return there == 8 * (self._body - self._start)
        except FieldAbsentError:
            return False


def _adopted(value: Header | bytes, depth: int = 1) -> Header | None:
    """Return a copy of a header to carry `depth` layers down, or `Data` for bytes; None where there are none."""
    if value.__class__ is bytes:
        if not value:
            return None
        data = object.__new__(Data)
        data._buffer = value
        data._start = data._end = data._outer = data._automatic = 0
        data._body = len(value)
        data._tail = b""
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
            behind = behind._payload
        return value._copy()
    if isinstance(value, (bytearray, memoryview)):
        return _adopted(bytes(value))
    raise FieldError(f"payload is {value!r}, expected a header, bytes or None")


def _refuse_depth(other: Header | bytes, depth: int) -> None:
    """Raise the FieldError for one layer too many; the deepest may carry `Data`, as in parsed frames."""
    if depth > MAXIMUM_DEPTH or (isinstance(other, Header) and not isinstance(other, Data)):
        raise FieldError(f"{depth + 1} layers were stacked, expected at most {MAXIMUM_DEPTH}")


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


for _name in ("_assemble", "_filled", "_copy", "_extended"):
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
