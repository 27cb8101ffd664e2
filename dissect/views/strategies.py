"""Hypothesis strategies from declarations: any header or option, and whole frames of them.

This module needs Hypothesis; nothing else of the package imports it before somebody asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, TypeVar

import dissect.protocols  # noqa: F401 - the headers register themselves
from dissect.declaration.automatic import LengthOf, Ports, Selector, TotalLength, Variant
from dissect.declaration.decoder import LINKS, field_of_role
from dissect.declaration.domain_names import DomainName
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Characters, Coded, FlagSet, Kind, StructList
from dissect.declaration.line_kinds import Digits, RestOfLine, Word
from dissect.declaration.lines import LineList
from dissect.declaration.options import Option, OptionList
from dissect.declaration.pending import declare_pending
from dissect.declaration.record import Record
from dissect.declaration.record_lists import RecordList
from dissect.declaration.varints import Varint
from dissect.errors import FieldError, MissingExtraError

try:
    from hypothesis import reject
    from hypothesis import strategies as st
    from hypothesis.strategies import DrawFn, SearchStrategy
except ImportError as error:
    raise MissingExtraError(
        "Strategies need Hypothesis, which is not installed: install it with 'pip install hypothesis'."
    ) from error

__all__ = ["field_values", "frames", "headers"]

_RecordType = TypeVar("_RecordType", bound=Record)

LONGEST = 24
"""How many bytes a field of variable length has at most where nothing else bounds it."""
ROOM_FOR_OPTIONS = 40
"""The bytes of options in a header whose length is 4 bits in 32-bit words."""
_LEFT_OUT: Any = object()
# A strategy that is made once is looked into once: Hypothesis needs longer for that than to draw from it.
_LEAVES_OUT = st.just(_LEFT_OUT)
_COINS, _ONE_OF_SIX = st.integers(0, 0xFFFF), st.integers(0, 5)
_DATA = st.binary(max_size=LONGEST)
_TRAILERS = st.just(b"") | _DATA


def headers(cls: type[_RecordType], **fixed: Any) -> SearchStrategy[_RecordType]:
    """Return a strategy for records of the class, a header or an option.

    Every field is left out or has a value that fits it, the least and greatest ones often. A field
    that could be automatic may so contradict the rest, as anything on a wire may. `fixed` gives
    fields values of their own, or strategies for them; `payload` and `trailer` are left out
    unless they stand there. Raises FieldError for an unknown name.

    >>> from dissect import TCP
    >>> from hypothesis import given
    >>> @given(headers(TCP, dport=80))
    ... def test(segment):
    ...     assert segment.dport == 80
    >>> test()
    """
    for name in fixed:
        if cls.declares(name) is None and not (name in ("payload", "trailer") and issubclass(cls, Header)):
            raise FieldError(cls.unknown_field(name))
    given = {name: value if isinstance(value, SearchStrategy) else st.just(value) for name, value in fixed.items()}
    return _records(cls, given)


def frames(link: int = 1, *, depth: int = 6) -> SearchStrategy[Header]:
    """Return a strategy for consistent frames of a link type (a LINKTYPE number), at most `depth` headers deep.

    Each header carries one that its declaration has a number for, and data may stand at the end.
    Fields that can be automatic are automatic, so that parsing a frame's bytes gives it again.
    Raises FieldError for a link type without a declared header.
    """
    outermost: Any = next((cls for cls in _public_subclasses(Header) if cls.decode is LINKS.get(link)), None)
    if outermost is None:
        raise FieldError(f"link type {link} has no declared header; expected one of {sorted(LINKS)}")
    return _frames(outermost, depth)


def field_values(field: Field, *, size: int | None = None) -> SearchStrategy[Any]:
    """Return a strategy for what a constructor takes as the field, given `size` bytes where its length varies."""
    return _values(field, size)


@cache
def _values(field: Field, size: int | None) -> SearchStrategy[Any]:
    kind = field.kind
    if isinstance(kind, OptionList) and kind.delimited:
        # Without its end the list would go on in what stands behind it.
        return _options(kind.family).map(lambda options: _ended(kind, options))
    if isinstance(kind, OptionList):
        return _options(kind.family) | st.binary(max_size=ROOM_FOR_OPTIONS)
    if isinstance(kind, RecordList) and size is None:
        classes = kind.classes()
        one = _records(classes[0], {}, True) if len(classes) == 1 else st.sampled_from(classes).flatmap(_consistent)
        return st.lists(one, max_size=3)
    if isinstance(kind, RecordList):
        return _octets(size or 0)
    if isinstance(kind, DomainName):
        return st.lists(st.text("az09-", min_size=1, max_size=6), max_size=3).map(".".join)
    if isinstance(kind, LineList):
        return st.lists(st.tuples(*(_values(each, None) for each in kind.family.layout)), max_size=3)
    if isinstance(kind, (Digits, Varint)):
        return st.integers(0, kind.most)
    if isinstance(kind, (Word, RestOfLine)):
        return st.from_regex(kind.valid or "[a-z0-9-]{1,8}", fullmatch=True).filter(_fits(kind))
    if kind.delimited:
        return st.binary(max_size=LONGEST).map(lambda raw: kind.load(raw.replace(b"\0", b"-") + b"\0"))
    if field.width == 0:
        unit = kind.size if isinstance(kind, StructList) else 1
        counts = st.integers(0, LONGEST // unit) if size is None else st.just(size // unit)
        raws = counts.flatmap(lambda count: _octets(count * unit))
        # Text of so many bytes may end with zeros, which only bytes can say.
        return raws if isinstance(kind, Characters) else raws.map(kind.load)
    if kind.octets:
        return _octets(field.width // 8).map(kind.load)
    if kind.signed:
        most = (1 << field.width - 1) - 1
        return st.sampled_from([-most - 1, -1, 0, most]) | st.integers(-most - 1, most)
    greatest = (1 << field.width) - 1
    numbers = st.sampled_from(sorted({0, 1, greatest // 2, greatest - greatest // 2, greatest - 1, greatest}))
    if isinstance(kind, Coded):
        numbers |= st.sampled_from([int(member) for member in kind.codes if member <= greatest])
    numbers |= st.integers(0, greatest)
    # What is enumerated is taken as a number as well.
    return numbers | numbers.map(kind.load) if isinstance(kind, (Coded, FlagSet)) else numbers.map(kind.load)


def _fits(kind: Kind) -> Callable[[str], bool]:
    """Return what tells whether a text can be given."""

    def fits(text: str) -> bool:
        try:
            kind.store(text, 0)
        except ValueError:
            return False
        return True

    return fits


@cache
def _consistent(cls: type[Any]) -> SearchStrategy[Any]:
    return _records(cls, {}, True)


@cache
def _octets(size: int) -> SearchStrategy[bytes]:
    return st.sampled_from([bytes(size), b"\xff" * size]) | st.binary(min_size=size, max_size=size)


@cache
def _lengths(usual: int) -> SearchStrategy[int]:
    return st.just(usual) | st.integers(0, LONGEST)


@lru_cache(maxsize=4096)
def _one_of(values: tuple[Any, ...]) -> SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def _records(
    draw: DrawFn, cls: type[_RecordType], given: dict[str, SearchStrategy[Any]], consistent: bool = False
) -> _RecordType:
    return _record(draw, cls, given, consistent)


def _record(
    draw: DrawFn, cls: type[_RecordType], given: dict[str, SearchStrategy[Any]], consistent: bool
) -> _RecordType:
    """Draw a record; a consistent one leaves to be computed what can be."""
    values: dict[str, Any] = {name: draw(strategy) for name, strategy in given.items()}
    sizes: dict[str, int] = {}
    coins = _Coins(draw)
    for field in cls.fields:
        if field.name in values or (consistent and _is_computed(cls, field)) or _would_change(field, cls, given):
            continue
        if callable(field.length) or field.when is not None:
            # Whether it is there, and how long it is, shows when the others are.
            continue
        measure = cls.declares(field.length)
        if measure is not None:
            # Fields with one length for all of them: the usual one often.
            usual = len(field.kind.store(field.default, 0))
            if measure.name not in sizes:
                sizes[measure.name] = _fitting_size(measure, draw(_lengths(usual)))
            values[field.name] = draw(_values(field, sizes[measure.name]))
        elif coins.are_heads(2 if field.over else 1):
            # Second readings of other fields' bits take the place of these, so they are rarer.
            value = draw(_values(field, None))
            drawn = [cls.field(name) for name in values if field.over and cls.declares(name)]
            same_bits = {each.name: each for each in drawn if each.overlaps(field)}
            if not any(each.over for each in same_bits.values()):
                values = {name: each for name, each in values.items() if name not in same_bits} | {field.name: value}
    values = {name: value for name, value in values.items() if value is not _LEFT_OUT}
    for field in cls.layout:
        late = callable(field.length) or field.when is not None
        told = isinstance(field.length, str) and field.length in values
        if not late or told or field.name in given or not coins.are_heads(1):
            continue
        record = _made(cls, values)
        if record.reaches(field) and not (consistent and field.mask):
            # Without a length of its own it is as long as the others say.
            size = record.span(field)[1] // 8 if callable(field.length) else None
            values[field.name] = draw(_values(field, size))
    return _made(cls, values)


class _Coins:
    """Coins that are drawn many at once, for each draw takes its time; what is made small shows tails."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw, self._coins, self._left = draw, 0, 0

    def are_heads(self, count: int) -> bool:
        """Toss so many coins, and return whether all of them show heads."""
        if self._left < count:
            self._coins, self._left = self._draw(_COINS), 16
        tossed = self._coins & (1 << count) - 1
        self._coins >>= count
        self._left -= count
        return tossed == (1 << count) - 1


def _made(cls: type[_RecordType], values: dict[str, Any]) -> _RecordType:
    try:
        return cls(**values)
    except FieldError:
        # Bytes that no form of an option has may have made it as long as one.
        reject()


def _fitting_size(measure: Field, size: int) -> int:
    """Return the nearest number of bytes that a field of lengths can tell."""
    role = measure.factory
    return max(size - (size - role.uncounted) % role.unit, 0) if isinstance(role, LengthOf) else size


def _is_computed(cls: type[Record], field: Field) -> bool:
    """Whether the field, or one whose bits it reads, can be automatic."""
    return bool(field.mask or (field.over and cls.field(field.over).mask))


def _would_change(field: Field, cls: type[Record], given: dict[str, SearchStrategy[Any]]) -> bool:
    """Whether the field is a second reading of bits that another field was given for."""
    others = [cls.field(name) for name in given if cls.declares(name)]
    return bool(field.over) and any(other.overlaps(field) for other in others)


@lru_cache(maxsize=64)
def _lists_of(classes: tuple[type[Option], ...]) -> SearchStrategy[list[type[Option]]]:
    return st.lists(st.sampled_from(classes), max_size=6)


@st.composite
def _options(draw: DrawFn, family: type[Option]) -> list[Option]:
    """Draw options that fit into a header and are read as they were written."""
    classes = [cls for cls in _public_subclasses(family) if not cls.malformed]
    taken = [cls.number for cls in classes if cls.number is not None]
    # An option of unknown kind must not look like a known one.
    listed, options = OptionList(family), list[Option]()
    unknown = {listed.kind_field.name: _one_of(tuple(kind for kind in range(256) if kind not in taken))}
    chosen = draw(_lists_of(tuple(classes)))
    room = ROOM_FOR_OPTIONS
    # The end of the list, if it was drawn, stands there.
    for cls in sorted(chosen, key=lambda cls: cls.last):
        given = {field.name: _LEAVES_OUT for field in cls.layout if field.expected is not None}
        option = _record(draw, cls, unknown if cls.number is None else given, True)
        # One whose value says that it is of another subtype is read as that.
        if type(listed.load(bytes(option))[0]) is not cls:
            continue
        if len(option) <= room and not (options and options[-1].last):
            options.append(option)
            room -= len(option)
    return options


def _ended(kind: OptionList, options: list[Option]) -> list[Option]:
    """Return the options with the one behind them that ends the list."""
    end = next((cls for cls in kind.classes() if cls.last), None)
    return options if end is None or (options and options[-1].last) else [*options, end()]


@cache
def _frames(cls: type[Header], depth: int) -> SearchStrategy[Header]:
    # What can be carried must not change while frames are drawn.
    declare_pending()
    return _stacks(cls, depth)


@st.composite
def _stacks(draw: DrawFn, cls: type[Header], depth: int) -> Header:
    """Draw a header of the class with what it carries."""
    payload = _payload(draw, cls, depth)
    if isinstance(payload, Header) and not bytes(payload):
        # Of a list without an entry nothing is on the wire.
        payload = None
    given = {field.name: _LEAVES_OUT for field in cls.layout if field.expected is not None}
    if isinstance(payload, Header) and cls.unless:
        # Otherwise what it carries would not be looked into.
        given |= {field.name: _LEAVES_OUT for field in cls.fields if cls.unless in (field.name, field.over)}
    header = _record(draw, cls, given, True)
    header = header.replace(payload=payload)
    if not _has_room(header) or (any(field.elastic for field in cls.layout) and not _ends_where_read(header)):
        # A list that shows by itself where it ends, and does not, would go on in what is carried.
        header = header.replace(payload=None)
    selector = field_of_role(cls, Ports)
    if selector is not None and not _is_read_so(header):
        # Other ports than those that were drawn: 0 says nothing, and what is left out is the right one.
        for port in selector.factory.numbers(selector):  # type: ignore[union-attr]
            delattr(header, port if isinstance(port, str) else port.name)
    if isinstance(payload, Header) and not _is_of_its_form(header):
        # One form of PPP has no number for nothing, and would be read as another.
        reject()
    if cls.decode in LINKS.values() and _ends_by_itself(payload):
        header = header.replace(trailer=draw(_TRAILERS))
    return header


def _payload(draw: DrawFn, cls: type[Header], depth: int) -> Header | bytes | None:
    """Draw what a header of the class carries, so that it is read again as that."""
    choice = draw(_ONE_OF_SIX)
    if cls.leaf or choice == 0:
        return None
    selector = field_of_role(cls, Selector)
    # PPP's numbers may have one byte only, and not all of them do.
    protocols = [
        each for each, number in cls.carried_protocols().items() if selector is None or not number >> selector.width
    ]
    if choice > 1 and depth > 1 and protocols:
        # First the protocol, so that one of many forms does not crowd out the others.
        protocol = draw(_one_of(tuple(protocols)))
        forms = [form for form in (protocol, *_public_subclasses(protocol)) if not form.quotes]
        form = draw(_one_of(tuple(forms))) if len(forms) > 1 else (*forms, protocol)[0]
        return draw(_frames(form, depth - 1))
    always: Any = cls.always_carries
    if always is not None:
        return draw(_frames(always, depth - 1)) if depth > 1 else None
    if field_of_role(cls, Selector) is None and cls.looks_further():
        # Bytes would be read as what this header always carries.
        return None
    # Data without a number of their own are told from a trailer by a header that has a length, or needs no number.
    needs_number = field_of_role(cls, Selector) is not None and field_of_role(cls, Ports) is None
    told = not needs_number or field_of_role(cls, TotalLength) is not None
    return draw(_DATA) if told else None


def _has_room(header: Header) -> bool:
    """Whether the header's length can tell how much it carries."""
    try:
        bytes(header)
    except FieldError:
        return False
    return True


def _ends_where_read(header: Header) -> bool:
    """Whether the header ends, where its bytes are read, in front of what it carries."""
    data = bytes(header)
    return header.payload is None or bool(type(header).decode(data, 0, len(data), 0).own_size == header.own_size)


def _is_read_so(header: Header) -> bool:
    """Whether what the header carries is read as what it is."""
    payload, read = header.payload, header.read_again()
    return read is payload or (read is not None and payload is not None and read.name == payload.name)


def _is_of_its_form(header: Header) -> bool:
    """Whether what the header carries is not read as another form of the same protocol."""
    payload, read = header.payload, header.read_again()
    return read is None or payload is None or type(read) is type(payload) or read.name != payload.name


def _ends_by_itself(header: object) -> bool:
    """Whether the end of the header and of what it carries can be told from its bytes."""
    if not isinstance(header, Header):
        return False
    if header.transparent:
        return _ends_by_itself(header.payload)
    return header.leaf or field_of_role(type(header), TotalLength) is not None


def _public_subclasses(cls: type[Any]) -> list[type[Any]]:
    """Return the subclasses at any depth, those that only other declarations share left out."""
    declare_pending()
    found: list[type[Any]] = []
    for each in cls.__subclasses__():
        if each.is_traced:
            continue
        # A file that says which of its names are public leaves out what its own declarations share.
        public = getattr(sys.modules.get(each.__module__), "__all__", [each.__name__])
        is_public = each.__name__ in public and not each.__name__.startswith("_")
        found += [each] if is_public and not _stands_between(each) else []
        found += [below for below in _public_subclasses(each) if below not in found]
    return found


def _stands_between(cls: type[Any]) -> bool:
    """Whether the class only declares what forms of a header share: no number tells that a header is one of it."""
    told = field_of_role(cls, Variant)
    return told is not None and told.owner is not cls and "_variant_number" not in vars(cls)
