"""Records of which every look at their bytes and places is noted, in the place of those that they stand for.

Whatever code does with a record, it reads the record's slots in the end. A traced record has properties in their place,
so that nothing goes by unnoted: places are numbers where all packets of a form have the same, and symbols elsewhere;
bytes are symbols, or become conditions; and what a header carries, and what stands around it, is traced as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import Any

from dissect.declaration.automatic import Checksum, HeaderLength
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.decoder import UNPARSED, field_of_role
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Address, Octets, StructList
from dissect.declaration.named import name_of
from dissect.declaration.options import OptionList
from dissect.declaration.record import Record
from dissect.declaration.symbols import Symbol, Trace, UntraceableError
from dissect.declaration.traced_bytes import TracedBuffer, TracedOctets, TracedText

__all__ = ["NOTHING", "Chain", "Run", "TracedHeader", "is_open", "made"]


class TracedOptions(TracedOctets):
    """The bytes of a list of options: which they are, and how long, the run depends on; their values are their own."""

    __slots__ = ("family", "record")

    family: OptionList
    record: Any

    def entries(self) -> tuple[Any, ...]:
        """Return the options, each of them traced."""
        found = self.family.load(self.data, self.record.missing())
        if any(option.own_start < before.own_end for before, option in pairwise(found)):
            raise UntraceableError("options that do not know their place")
        if self.length.__class__ is not int:
            self.length.known()
        for option in found:
            for place in range(option.own_start, self.family.told_by(option)):
                self.trace.number(8 * (self.begin + place), 8, self.data[place]).known()
        frame = self.record._run.frame
        return tuple(made(each, Run(self.trace, each, frame, self.begin, len(self.data))) for each in found)


class Run:
    """What a traced record stands for: the record itself, and where it stands."""

    __slots__ = (
        "begin", "chain", "decoded", "frame", "index", "is_cut", "is_view", "is_whole", "record", "size", "trace",
    )  # fmt: skip

    def __init__(
        self,
        trace: Trace,
        record: Any,
        frame: bytes,
        begin: int,
        size: Any,
        chain: Chain | None = None,
        index: int = -1,
        is_view: bool = False,
    ) -> None:
        self.trace = trace
        self.record = record
        self.frame = frame
        self.begin = begin
        """Where in the frame the bytes begin that the record is a window on."""
        self.size = size
        self.chain = chain
        self.index = index
        self.decoded: Any = None
        """What a decoder made of the traced bytes (`dissect.declaration.traced_decoding`)."""
        self.is_whole = False
        """Whether the run depends on all bytes of the record."""
        self.is_cut: bool | None = None
        """Whether it is cut, where somebody has asked."""
        self.is_view = is_view
        """Whether it is a network header that was parsed anew, for one that it carries."""


class Chain:
    """The traced headers of one packet, in the light of other frames, as `seen_layers` gives them."""

    @property
    def headers_as(self) -> type[Any]:
        """What notes the looks at its headers."""
        return TracedHeader

    def __init__(
        self, trace: Trace, data: bytes, left: int, headers: list[Header], further: Sequence[Header] = ()
    ) -> None:
        self.trace = trace
        self.headers = headers
        self.further = further
        """All headers of the packet, of which those that are traced may be the first: others tell their class alone."""
        self.data = data
        self.left = left
        """How many bytes the capture left out."""
        self.size = Symbol(trace, "size", len(data))
        self.buffer = TracedBuffer(trace, data, 0, self.size)
        self._unseen: dict[int, Any] = {}
        self.traced = [self._traced(header, index) for index, header in enumerate(headers)]

    def _traced(self, header: Header, index: int) -> Any:
        if not header.is_attached or header.buffer is not self.data:
            raise UntraceableError("a header that is not as it was captured")
        return made(header, Run(self.trace, header, self.data, 0, self.size, self, index))

    def outer(self, index: int) -> int:
        """Return the number that tells where a header stands (see `decoder`)."""
        outer: int = self.headers[index]._outer
        return outer

    def behind(self, index: int, payload: Header | None) -> Any:
        """Return the traced form of what a header carries."""
        if payload is None:
            self.trace.holds(f"c{index}", name_of(None.__class__))
            return None
        if index + 1 < len(self.headers) and _same_place(self.headers[index + 1], payload):
            return self.traced[index + 1]
        # In the light of other frames nobody looks at it.
        self.trace.holds(f"c{index}", name_of(payload.__class__))
        if index not in self._unseen:
            reach = Symbol(self.trace, f"u{index}", payload.carried_end)
            self._unseen[index] = _Unseen(payload.__class__, reach, partial(self._behind_unseen, index, payload))
        return self._unseen[index]

    def _behind_unseen(self, index: int, unseen: Header) -> Any:
        """Return what stands for the payload of a payload that is not looked at, where it is among the further ones."""
        place = index + 1
        if place >= len(self.further) or not _same_place(self.further[place], unseen):
            raise UntraceableError("payload of a payload that is not looked at")
        fact = f"f{place}_payload"
        self.trace.facts[fact] = place, "payload"
        self.trace.holds(f"{fact}.__class__", self.further[place].learnt("payload", NOTHING).__class__)
        if self.further[place].learnt("payload", NOTHING) is not NOTHING:
            raise UntraceableError("a payload that other frames tell")
        return self.behind(place, self.further[place].payload)

    def learnt_behind(self, index: int, payload: Header) -> Any:
        """Return the traced form of what a header carries as others tell, of which the run knows the class."""
        if index + 1 < len(self.headers) and _same_place(self.headers[index + 1], payload):
            return self.traced[index + 1]
        return _Unseen(payload.__class__, None, None)

    def network(self, found: Any, index: int) -> Any:
        """Return the traced form of the network header around one, which was parsed anew."""
        for place in range(index):
            if _same_place(self.headers[place], found):
                return made(found, Run(self.trace, found, self.data, 0, self.size, self, place, is_view=True))
        raise UntraceableError("a network header that is not looked at")


@lru_cache(1024)
def is_open(cls: type[Record]) -> bool:
    """Whether records of a class go on to the end of what they stand in: their bytes are as many as there are."""
    return field_of_role(cls, HeaderLength) is None and any(
        field.length == "rest" and not isinstance(field.kind, EntryList) for field in cls._elastic
    )


def _same_place(one: Header, other: Header) -> bool:
    return one.__class__ is other.__class__ and one.own_start == other.own_start and one.own_size == other.own_size


def made(record: Any, run: Run) -> Any:
    """Return the traced form of a record, for what it stands for."""
    cls = record.__class__
    overriding: Any = _TracedRecord
    if run.chain is not None and issubclass(cls, Header):
        overriding = run.chain.headers_as
    traced = object.__new__(_traced_class(cls, overriding))
    traced._run = run
    return traced


@cache
def _traced_class(cls: type[Any], overriding: type[Any]) -> type[Any]:
    """Return a class of records of which every look at their bytes and places is noted, as `overriding` does it."""
    body: dict[str, Any] = {"__slots__": ("_run",), "is_traced": True, "__class__": property(lambda record: cls)}
    for field in cls.fields:
        body[field.name] = property(partial(_value, field))
    for base in reversed(overriding.__mro__[:-1]):
        body |= {name: each for name, each in vars(base).items() if name not in _OWN_NAMES}
    # Not by the metaclass's own `__new__`, which declares a header.
    made: type[Any] = type.__new__(type(cls), cls.__name__, (cls,), body)
    return made


_OWN_NAMES = ("__module__", "__dict__", "__weakref__", "__doc__", "__qualname__", "__annotations__", "_run")


def _value(field: Field, record: Any) -> Any:
    """Return what the field's attribute gives."""
    if not record._has(field):
        if field.when is not None:
            return None
        raise record._absent(field)
    if field.kind.refers:
        raise UntraceableError("a value that refers to other bytes")
    raw, kind = record.raw(field), field.kind
    if isinstance(kind, EntryList):
        # Records of a message know in which one they stand.
        return kind.items(raw, record)
    if isinstance(raw, Symbol):
        return raw if kind.plain else kind.load(raw.known())
    if isinstance(raw, TracedOctets):
        if isinstance(kind, Address):
            return TracedText(raw, kind.load)
        if isinstance(kind, StructList) and kind.widths and raw.begin >= 0:
            return tuple(raw.groups(kind.widths))
        return raw if kind.__class__ is Octets else kind.load(raw.known())
    return kind.load(raw)


def _known(octets: Any) -> bytes:
    """Return the bytes themselves: from here on the run depends on them; there may be none."""
    known: bytes = octets if octets.__class__ is bytes else octets.known()
    return known


class _TracedRecord:
    """What a traced record has instead of what a record of its class has; `_run` tells what it stands for."""

    _run: Any
    _state = _tail = None
    _automatic = 0

    @property
    def _buffer(self) -> Any:
        run = self._run
        if run.chain is not None:
            return run.chain.buffer
        return TracedBuffer(run.trace, run.frame, run.begin, run.size)

    @property
    def buffer(self) -> Any:
        return self._buffer

    @property
    def _start(self) -> int:
        return self._run.record._start  # type: ignore[no-any-return]

    own_start = _start

    @property
    def _body(self) -> Any:
        record = self._run.record
        return self._end if self._run.chain is not None and is_open(record.__class__) else record._body

    own_end = _body

    @property
    def _end(self) -> Any:
        raise UntraceableError("the end of what is no header")

    @property
    def own_bytes(self) -> Any:
        return self._buffer[self._start : self._body]

    def __bytes__(self) -> bytes:
        return _known(self._buffer[self._start : self._body])

    def _whole(self) -> Any:
        """Return the record itself: from here on the run depends on all of its own bytes."""
        run = self._run
        if not run.is_whole:
            _known(self.own_bytes)
            run.is_whole = True
        return run.record

    def span(self, field: Field | str) -> tuple[Any, Any]:
        record: Any = self._run.record
        field = record.field(field) if isinstance(field, str) else field
        if field.floats and record._mixed:
            return self._whole().span(field)  # type: ignore[no-any-return]
        if field.length == "rest" and record._elastic == (field,):
            first = 8 * record.least_size
            return first, 8 * (self._body - self._start) - first
        return Record.span(self, field)  # type: ignore[arg-type]

    def raw(self, field: Field | str) -> Any:
        run: Any = self._run
        record = run.record
        field = record.field(field) if isinstance(field, str) else field
        if field.little or (field.floats and record._mixed):
            return self._whole().raw(field)
        first, width = self.span(field)
        if not field.width or field.kind.octets:
            start = self._start + first // 8
            octets = self._buffer[start : start + width // 8]
            if not isinstance(octets, TracedOctets) or not isinstance(field.kind, EntryList):
                return octets
            if not isinstance(field.kind, OptionList):
                return octets.known()
            made = TracedOptions(octets.trace, octets.expression, octets.data, octets.begin, octets.length)
            made.family, made.record = field.kind, self
            return made
        number = record.raw(field)
        if field.kind.signed:
            number &= (1 << width) - 1
        symbol = run.trace.number(8 * (run.begin + record._start) + first, width, number)
        if field.kind.signed and symbol >> width - 1:
            return symbol - (1 << width)
        return symbol

    def _message_around(self) -> bytes:
        return self._whole()._message_around()  # type: ignore[no-any-return]


class TracedHeader(_TracedRecord):
    """The same for headers: what they carry, what is learnt of them, and what stands around them."""

    @property
    def _end(self) -> Any:
        run = self._run
        if run.is_view:
            raise UntraceableError("the end of what a network header carries, parsed anew")
        return Symbol(run.trace, f"e{run.index}", run.record._end)

    carried_end = _end

    @property
    def is_cut(self) -> bool:
        run = self._run
        if run.is_cut is None:
            # Many fields ask, and each field of the header is asked in turn whether it is there.
            run.is_cut = self._payload is None and self._lacks_bytes()  # type: ignore[attr-defined]  # of headers
        return run.is_cut  # type: ignore[no-any-return]  # it has been found out

    def __bytes__(self) -> bytes:
        return _known(self._buffer[self._start : self._end])

    def __len__(self) -> int:
        return int(self._end - self._start)

    @property
    def buffer_end(self) -> Any:
        return self._run.size

    @property
    def _outer(self) -> int:
        run = self._run
        run.trace.holds("left", run.chain.left)
        return run.record._outer  # type: ignore[no-any-return]

    @property
    def payload(self) -> Any:
        run = self._run
        payload = run.record.payload
        if self.learnt("payload", NOTHING) is not NOTHING:
            # It is another one that is looked at.
            run.trace.holds(f"c{run.index}", name_of(payload.__class__))
        return run.chain.behind(run.index, payload)

    @property
    def _payload(self) -> Any:
        """What it is asked whether there is anything: where bytes are there, one that nobody has made stands for it.

        So a text about this header does not depend on what the payload is, which takes long to find out.
        """
        run: Any = self._run
        record = run.record
        if run.is_view or not run.index or record.looks_further():
            return self.payload
        return UNPARSED if self._body < self._end else None

    @property
    def network_header(self) -> Any:
        run = self._run
        found = run.record.network_header
        return None if found is None else run.chain.network(found, run.index)

    @property
    def facts(self) -> Any:
        raise UntraceableError("all that is learnt of a header")

    def learnt(self, name: str, default: Any = None) -> Any:
        run: Any = self._run
        if run.is_view:
            return default
        value = run.record.learnt(name, NOTHING)
        fact = f"f{run.index}_{name}"
        run.trace.facts[fact] = run.index, name
        # What is asked first is the same whatever the fact is.
        run.trace.holds(f"{fact}.__class__", value.__class__)
        if value is NOTHING:
            return default
        if name == "payload" and value is not None:
            return run.chain.learnt_behind(run.index, value)
        if value.__class__ in (int, float):
            return Symbol(run.trace, fact, value)
        if value.__class__ is list and value and all(each.__class__ is bytes for each in value):
            # The data of segments: they are printed.
            run.trace.holds(f"len({fact})", len(value))
            return [
                TracedOctets(
                    run.trace, f"{fact}[{place}]", each, -1, Symbol(run.trace, f"len({fact}[{place}])", len(each))
                )
                for place, each in enumerate(value)
            ]
        if value is not None:
            try:
                hash(value)
            except TypeError:
                raise UntraceableError("a fact that hardly comes again") from None
            run.trace.holds(fact, value)
        return value

    def learn(self, **facts: Any) -> None:
        record = self._run.record
        if not all(record.learnt(name, NOTHING) == value for name, value in facts.items()):
            raise UntraceableError("facts that are learnt while a text is made")

    def expected_payload(self) -> Any:
        run = self._run
        return run.chain.behind(run.index, run.record.expected_payload())

    def is_pristine(self) -> bool:
        return True

    def _as_read(self) -> Any:
        return self

    def parts(self) -> tuple[Any, Any]:
        start, body = self._start, self._body
        return self._buffer[start:body], self._buffer[body : self._end]

    def sum_of_pseudo_header(self, protocol: int) -> Any:
        data: Any = self.pseudo_header(protocol, 0)  # type: ignore[attr-defined]  # of network headers
        return data.summed() if data.__class__ is TracedOctets else ones_complement_sum(data)

    def sum_over(self, role: Checksum, network: Any, field: Field) -> Any:
        run = self._run
        if run.is_view:
            raise UntraceableError("a checksum of a header that was parsed anew")
        name = f"x{run.index}_{field.name}"
        run.trace.checksums[name] = run.index, field
        record = run.record
        return Symbol(run.trace, name, role.over(record, record.network_header, field))

    def copy(self) -> Any:
        raise UntraceableError("a copy")

    _copy = __copy__ = _own = _detach = undissected = reparsed = copy


class _Unseen:
    """A payload of which only the class is known, where it ends, and what is behind it; that not of one others tell."""

    __slots__ = ("_behind", "_class", "_reach")

    def __init__(self, cls: type, end: Symbol | None, behind: Callable[[], Any] | None) -> None:
        self._class = cls
        self._reach = end
        self._behind = behind

    @property
    def payload(self) -> Any:
        if self._behind is None:
            raise UntraceableError("the payload of a payload that other frames tell")
        return self._behind()

    @property
    def carried_end(self) -> Symbol:
        if self._reach is None:
            raise UntraceableError("the end of a payload that other frames tell")
        return self._reach

    _end = carried_end

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._class

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._class, name, None)
        if value.__class__ in (bool, int, str):
            # All headers of the class have this.
            return value
        raise UntraceableError(f"{name} of a payload that is not looked at")


class _Nothing:
    """The class of `NOTHING` alone."""

    __slots__ = ()

    def _itself(self, *others: object) -> _Nothing:
        """Return itself: who asks for more has an answer, and it is none of a header that has the fact."""
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = _itself
    __mod__ = __rmod__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __neg__ = __invert__ = _itself
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _itself
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _itself  # type: ignore[assignment]

    def __eq__(self, other: object) -> Any:
        return True if other is self else self

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return False

    def found_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Tell how another process finds it (`references`)."""
        return _nothing, ()


def _nothing() -> _Nothing:
    return NOTHING  # type: ignore[no-any-return]  # it stands for values of any type


NOTHING: Any = _Nothing()
"""Stands for a fact that nobody has told, and for what is computed of it."""
