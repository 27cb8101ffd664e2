"""How Wireshark 4.0 sees the headers of a protocol: what it shows of one that is wrong, and in which words.

Wireshark's dissectors are programs. They read a header from front to back, and stop where something is wrong. A
`Sight` says what such a program does: which fields it reads together, where it stops, the words that it
puts in the list, and what it computes beside the fields. The sight of a class of `dissect.protocols.udp`
stands in `dissect.wireshark.udp` and is loaded when somebody first asks for it. A class without a sight of its
own has that of the class that it inherits, and in the end one that shows every field.

>>> from dissect import UDP
>>> sight_of(UDP(length=3)).info(UDP(length=3))
'0 → 0 [BAD UDP LENGTH 3 < 8]'
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from copy import copy
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, TypeVar

from dissect.declaration.bounded import Bounded
from dissect.declaration.derived_fields import Derived
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Data, Header
from dissect.declaration.layout import name_field
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.declaration.record import FIELDS, Record
from dissect.errors import FieldAbsentError
from dissect.packets.packet import Packet
from dissect.wireshark.detail_rows import Row
from dissect.wireshark.field_tables import HOLDERS, LEARNT, OWN_WORDS, TITLES, TRUTHS, TYPES, VALUES
from dissect.wireshark.field_types import (
    BYTES,
    INT32,
    NONE,
    FieldType,
)
from dissect.wireshark.notices import CHECKSUM, Notice
from dissect.wireshark.seen import Needs, Seen, Stop, shows_all
from dissect.wireshark.sight_fields import Computed, Noted

__all__ = [
    "CONTAINED",
    "PROTOCOLS",
    "REASSEMBLY_ERROR",
    "UNREASSEMBLED",
    "Gathered",
    "Sight",
    "by_title",
    "derived_of",
    "framing_of",
    "load_sight",
    "look_at_nothing",
    "said_layers",
    "seen_layers",
    "seen_payload",
    "sight_of",
    "sight_of_class",
    "whole_of",
]

_Value = TypeVar("_Value")

PROTOCOLS, _SIGHTS = "dissect.protocols.", "dissect.wireshark."
"""What the names of modules begin with: those of protocols, and those of their sights."""

REASSEMBLY_ERROR = "[Reassembly error, protocol "
UNREASSEMBLED = "[BoundErrorUnreassembled Packet]"
"""What the last column says where the rest of a header is in another fragment."""
CONTAINED = "[Malformed Packet: length of contained item exceeds length of containing item]"
"""What it says where a part of a header says to be longer than what is left of the header."""


class Gathered(NamedTuple):
    """Packets that carried something together, as Wireshark shows them."""

    name: str
    is_in_front: bool
    """Whether they stand in front of what they carried, and not behind it."""


class Sight:
    """What Wireshark makes of the headers of one class: `class UDPSight(Sight, of=UDP)`.

    A sight of a class that inherits another one should inherit that one's sight. Without `of`, it is for others to
    inherit, and so are the fields that it declares. `types`, `values` and `truths` are added to those of
    all protocols, under full display-filter names: what Wireshark's types of fields are where the declaration
    suggests others, what it calls values (or the name of the field that has the same), and what it calls 1
    and 0 of all fields whose names begin so. So are `titles`, what it calls fields, and `holders`: how many bits the
    number has in which it looks for those of the fields whose names begin so.
    """

    framing: ClassVar[Any] = None
    """The rule by which Wireshark cuts messages out of a stream, where it is another one than the protocol's own.

    It is what `framing=` of a protocol may be: a rule, or a class of `Dialogue` (`declaration/framing.py`).
    """
    reads: ClassVar[tuple[tuple[str, ...] | Stop | Needs, ...]] = ()
    """Names of fields that are read together or not at all, and where reading stops, from front to back.

    A field that is not named is seen where reading comes to the end. A stop that asks for what is not there stops.
    """
    sections: ClassVar[frozenset[str]] = frozenset()
    """The lists whose line in the details is their title alone."""
    spread: ClassVar[frozenset[str]] = frozenset()
    """The lists without a line in the details: the fields of their records stand in their place."""
    unlisted: ClassVar[frozenset[str]] = frozenset()
    """The lists without a line in the details whose records have lines of their own in its place."""
    in_rows: ClassVar[frozenset[str]] = frozenset()
    """The lists without a line in the details for whose entries `rows` has lines."""
    own_words: ClassVar[frozenset[str]] = frozenset()
    """Fields by their full names whose lines in the details are those of their rows, without a title in front."""
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Fields by their names behind the protocol's that only filters see, although they have values of their own."""
    heading: ClassVar[str] = ""
    """Of an entry of an unlisted list, the field whose line is that of the entry, by its name behind the protocol's."""
    parts_lists: ClassVar[bool] = False
    """Whether each value of a list of numbers or addresses has a line of its own."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Fields of such an entry whose lines stand behind its own, and not below it, by such names."""
    hides: ClassVar[Mapping[str, Callable[[Any], object]]] = {}
    """Fields that go by another name, or by none, where the header says so; by their names in the class."""
    types: ClassVar[Mapping[str, FieldType]] = {}
    values: ClassVar[Mapping[str, Mapping[str, int] | str]] = {}
    truths: ClassVar[Mapping[str, tuple[str, str]]] = {}
    titles: ClassVar[Mapping[str, str]] = {}
    holders: ClassVar[Mapping[str, int]] = {}
    order: ClassVar[tuple[str, ...]] = ()
    """The fields' display-filter names behind the protocol's, as tshark shows them, where that is not their place.

    Those that are not named stand behind the others.
    """
    fields: ClassVar[tuple[Derived, ...]] = ()
    """What Wireshark computes beside the fields that the class itself has."""
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Lines of the details below which others stand, by their titles: the names of these behind the protocol's.

    `order` names them by their titles, too.
    """
    wrong_checksum: ClassVar[Notice] = Notice("Error", "Bad checksum", CHECKSUM)
    """What is said of a checksum that is wrong, in front of the right one."""
    is_field_as_a_whole: ClassVar[bool] = False
    """Whether an option of this class is a field as well, with all of its bytes, by the name of the option."""
    remarks_as: ClassVar[Mapping[str, str]] = {}
    """In which other protocol's name Wireshark makes a remark, by the display-filter name of the remark."""
    carries_apart: ClassVar[bool] = False
    """Whether what a quoted header carries stands beside the layers of the frame, and not within the quotation."""
    joins_with: ClassVar[str] = ""
    """What stands in the list between the words of a header of this protocol and of the next one in the same layer."""
    called: ClassVar[str] = ""
    """Wireshark's short name of the protocol, where it is not that of the class."""
    of: ClassVar[type[Record]] = Record

    _places: ClassVar[dict[str, tuple[int, int]]] = {}
    _stops: ClassVar[tuple[Stop | Needs, ...]] = ()
    _sizes: ClassVar[bool] = False
    """Whether some field is seen only where the header has enough bytes."""

    def __init_subclass__(cls, *, of: type[Record] | None = None) -> None:
        own = {name: field for name, field in vars(cls).items() if isinstance(field, Derived)}
        for name, field in own.items():
            field.name = name
        inherited = {field.name: field for base in reversed(cls.__bases__) for field in getattr(base, "fields", ())}
        replaced = {field.label for name, field in inherited.items() if name in own}
        for name in own:
            if name in inherited and inherited[name].owner:
                # What one protocol has instead of a field of another stands behind the rest.
                del inherited[name]
        cls.fields = tuple((inherited | own).values())
        if of is None:
            return
        sight = _DECLARED[of] = cls()
        cls.of = of
        cls.fields = tuple(field if field.owner else _registered(of, sight, field, replaced) for field in cls.fields)
        for label, kind in cls.types.items():
            (LEARNT if label in LEARNT else TYPES)[label] = kind
        VALUES.update(cls.values)
        TRUTHS.update(cls.truths)
        TITLES.update(cls.titles)
        HOLDERS.update(cls.holders)
        OWN_WORDS.update(cls.own_words)
        cls._stops = tuple(step for step in cls.reads if not isinstance(step, tuple))
        cls._places = _places(of, cls.reads)
        cls._sizes = any(needed for _, needed in cls._places.values())

    def end(self, header: Any) -> int:
        """Return how many of the stops reading passes."""
        number = 0
        try:
            for stop in self._stops:
                if stop.when(header):
                    return number
                number += 1
        except FieldAbsentError:
            return number
        return number

    def reads_all(self, header: Any) -> bool:
        """Whether the header is there as a whole, what it lists as well, and reading comes to its end."""
        return not header.is_cut and self.end(header) == len(self._stops) and not self.stops_short(header)

    def shows(self, header: Any, field: Field) -> bool:
        """Whether display filters see the field under its name."""
        return self.sees(header, field.name, self.end(header))

    def look(self, header: Any) -> Callable[[Field], bool]:
        """Return what tells of each field of this header whether display filters see it under its name.

        `shows_all`, or one that is `Seen`, tells the same of all headers of a class of which it is returned.
        """
        if not (self._places or self._stops or self.hides):
            return shows_all
        end = self.end(header)
        if header.is_traced or type(self).sees is not Sight.sees:
            return lambda field: self.sees(header, field.name, end)
        hidden = tuple([name for name in self.hides if not self.sees(header, name, end)]) if self.hides else ()
        if end == len(self._stops) and not self._sizes and not hidden:
            # Reading has come to the end.
            return shows_all
        size = header.own_size if self._sizes else 0
        key = self, end, size, hidden
        return _SEEN.get(key) or _SEEN.keep(key, Seen(self.reaches, end, size, hidden))

    def sees(self, header: Any, name: str, end: int) -> bool:
        """Whether the field of this name is seen, where reading passes `end` stops."""
        if not self.reaches(name, end, header.own_size if self._sizes else 0):
            return False
        hidden = self.hides.get(name)
        try:
            return hidden is None or not hidden(header)
        except FieldAbsentError:
            return False

    def reaches(self, name: str, end: int, size: int) -> bool:
        """Whether reading comes to the field of this name: it passes `end` stops of a header of so many bytes."""
        behind, needed = self._places.get(name) or (len(self._stops), 0)
        return behind <= end and needed <= size

    def limits(self) -> bool:
        """Whether there are headers of which it does not show all fields."""
        return bool(self._places or self._stops or self.hides)

    def is_counted(self, header: Any) -> bool:
        """Whether statistics count the header."""
        return self.reads_all(header)

    def payload(self, header: Any) -> Header | None:
        """Return what the header carries in the light of other frames.

        That is the payload, or the header of which the frame has no byte left, which is told to be missing; or what
        a reading pass says, None where Wireshark looks no further.
        """
        seen: Header | None = header.learnt("payload", _NOTHING)
        if seen is not _NOTHING:
            return seen
        seen = header.payload
        return header.expected_payload() if seen is None else seen

    def protocol(self, header: Any) -> str:
        """Return the column of the protocol; "" leaves it, and the last column, to the header around this one."""
        return header.listed_name() or _short_name(header.__class__)

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the names that the header adds to `frame.protocols`."""
        return (header.name,)

    def shares(self, header: Any) -> bool:
        """Whether what the header carries is shown in one layer with it."""
        return False

    def entries(self, record: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the entries of a list as Wireshark reads them, given those that the declaration makes of its bytes."""
        return found

    def rows(self, header: Any) -> tuple[Row, ...]:
        """Return the lines of a text protocol, in front of what else is told of the header."""
        return ()

    def ends_list(self, entry: Any) -> bool:
        """Whether nothing is seen of what stands behind this entry of a list: reading it fails."""
        return entry.is_short()  # type: ignore[no-any-return]

    def wholes(self, option: Any) -> list[bytes]:
        """Return the bytes of an option, as display filters have it as a field."""
        return [bytes(option)]

    def fills_columns(self, header: Any) -> bool:
        """Whether addresses are put into the list's columns even where display filters do not see them."""
        return False

    def endpoints(self, header: Any, source: str, destination: str) -> tuple[str, str]:
        """Return the columns of source and destination, given those of the headers up to this one."""
        return source, destination

    def info(self, header: Any) -> str:
        """Return the last column: the words up to the first that needs a field which is not there."""
        return " ".join(filter(None, _up_to_what_is_missing(self.words(header))))

    def words(self, header: Any) -> Iterator[str]:
        """Yield the words of the last column; where a field is not there, the generator just ends."""
        yield header.info()

    def fence(self, header: Any) -> str:
        """Return what stays in front of what the headers behind this one say in the last column."""
        return ""

    def behind_fence(self, header: Any, before: str, words: str) -> str:
        """Return the last column of what stays there (`fence`), "" for nothing, and of the words about the header."""
        return before + (self.joins_with if before else "") + words

    def leaves_info(self, header: Any) -> bool:
        """Whether the last column stays as the header around this one left it, although the protocol changes."""
        return False

    def gathered(self, header: Any) -> Gathered | None:
        """Return what Wireshark shows beside the header as if it were a protocol: packets that carried it together."""
        return None

    def last_word(self, header: Any) -> str:
        """Return what the last column says in the end, whatever stands behind the header; "" for nothing."""
        return ""

    def stops_short(self, header: Any) -> bool:
        """Whether a list says that bytes are missing: those of the header, or of what it lists."""
        return header.is_cut or header.lists_end_early()  # type: ignore[no-any-return]

    def short_name(self, header: Any) -> str:
        """Return what Wireshark calls the protocol where it says which one is cut."""
        return self.called or _short_name(header.__class__)

    def cut_mark(self, header: Any) -> str:
        """Return what the last column says where the header ends early, and why."""
        network = header.network_header
        is_complete = network is not None and 0 < network.declared_end <= header.carried_end
        if header.bytes_left_out and not is_complete:
            return "[Packet size limited during capture]"
        return UNREASSEMBLED if _is_unreassembled(network) else "[Malformed Packet]"

    def headline(self, header: Any) -> str:
        """Return the header's line in the details of a frame: its title alone where it is cut."""
        return header.title if header.is_cut else header.headline()  # type: ignore[no-any-return]

    def entry_line(self, entry: Any) -> str:
        """Return the line of an option or record in the details of a frame."""
        return str(entry.headline())

    def line(self, header: Any, field: Derived) -> str | None:
        """Return the line of a computed field in the details, in its brackets; None for its title and its value."""
        return None

    def text(self, header: Any) -> str:
        """Return what a column of the protocol itself holds; "" where the header has none of its own there.

        That is the line in the details where it says more than the title, and else the protocol's name.
        """
        if header.learnt("shares_layer"):
            return ""
        line = self.headline(header)
        return header.name if line == header.title else line

    def layer_texts(self, header: Any) -> tuple[str, ...]:
        """Return what the header's lines in the details hold in such a column, for it may be several layers."""
        text = self.text(header)
        return (text,) if text else ()


def sight_of(record: Record) -> Sight:
    """Return how Wireshark sees a header, or an option of one."""
    cls = record.__class__
    return _FOUND.get(cls) or sight_of_class(cls)


def framing_of(cls: type[Header]) -> Any:
    """Return the rule by which messages of a protocol are cut out of a stream, as Wireshark does; None for none."""
    own: Any = cls.framing
    return None if own is None else sight_of_class(cls).framing or own


def sight_of_class(cls: type[Record]) -> Sight:
    """Return how Wireshark sees the headers, or options, of a class."""
    found = _FOUND.get(cls)
    if found is None:
        for base in cls.__mro__:
            if base not in _DECLARED and base.__module__.startswith(PROTOCOLS):
                load_sight(base.__module__)
        found = _FOUND[cls] = next((_DECLARED[base] for base in cls.__mro__ if base in _DECLARED), _PLAIN)
    return found


def derived_of(cls: type[Record]) -> tuple[Derived, ...]:
    """Return the computed fields of a class: its own, and those that Wireshark has beside them."""
    sight = sight_of_class(cls)
    replaced = {field.name for field in sight.fields}
    own = [field for field in cls.derived if field.name not in replaced]
    whole = whole_of(cls)
    # Records that stand elsewhere in the message come behind what is computed.
    listed = [field for field in own if isinstance(field.kind, EntryList)]
    values = (field for field in own if field not in listed)
    return (*values, *sight.fields, *([] if whole is None else [whole]), *listed)


@cache
def whole_of(cls: type[Record]) -> Derived | None:
    """Return the field that has all bytes of an option, under the name of the option itself; None where it has none."""
    if not issubclass(cls, Option) or not cls.branch or not sight_of_class(cls).is_field_as_a_whole:
        return None
    sight = sight_of_class(cls)
    field = Computed(lambda _, option: sight.wholes(option), BYTES, cls.branch, title=cls.title, is_learnt=False)
    field.function = sight.wholes
    name_field(cls, "whole", field)
    FIELDS.setdefault(field.label, []).append(field)
    TYPES[field.label] = BYTES
    return field


def by_title(titles: Mapping[int, str]) -> dict[str, int]:
    """Return the numbers by their titles; the first has a title that several have, as Wireshark has it."""
    found: dict[str, int] = {}
    for number, title in titles.items():
        found.setdefault(title, number)
    return found


def seen_payload(header: Header) -> Header | None:
    """Return what a header carries in the light of other frames.

    That is the payload, unless a reading pass says otherwise: in the frame that completes a fragmented datagram it
    is what the whole one carries, and in the others `Data`.
    """
    return sight_of(header).payload(header)


def look_at_nothing(header: Header) -> None:
    """Stand for a look at what a header carries, where nobody asks for it."""


def seen_layers(packet: Packet | Header, into: Container[type[Header]] | None = None) -> Iterator[Header]:
    """Yield the headers in the light of other frames, outermost first: those of `layers()` without a reading pass.

    After one, the frame that completes a fragmented datagram has the layers of the whole one. A header that is not
    `into` is the last one that somebody asks for.
    """
    header: Header | None = packet.frame if isinstance(packet, Packet) else packet
    while header is not None:
        yield header
        if into is not None and header.__class__ not in into:
            return
        header = sight_of(header).payload(header)


def said_layers(packet: Packet | Header) -> Iterator[Header]:
    """Yield what `seen_layers` does up to a header that quotes another packet, which nobody says here."""
    for header in seen_layers(packet):
        yield header
        if header.quotes:
            return


def load_sight(module: str) -> None:
    """Load the sights of a module of protocols, if there are some."""
    name = _SIGHTS + module.removeprefix(PROTOCOLS)
    if find_spec(name) is not None:
        import_module(name)


def _registered(of: type[Record], sight: Sight, declared: Derived, replaced: set[str]) -> Derived:
    """Return a field of the class `of` made of one that a sight declares, with its names and its type.

    A field declared again is found through the class that declared it first: `replaced` has such labels.
    """
    field = copy(declared)
    name_field(of, declared.name, field)
    for label in {field.label, field.also} - {""} - replaced:
        FIELDS.setdefault(label, []).append(field)
    if isinstance(field, Computed):
        field.function = partial(field.method, sight)
        if isinstance(field, Noted):
            field.tells = partial(field.tells, sight)
        (LEARNT if field.is_learnt else TYPES)[field.label] = field.type
    else:
        TYPES[field.label] = NONE
    return field


def _places(of: type[Record], reads: tuple[tuple[str, ...] | Stop | Needs, ...]) -> dict[str, tuple[int, int]]:
    """Return for each field that is named the stops in front of it, and the bytes of those it is read with."""
    places: dict[str, tuple[int, int]] = {}
    stops = 0
    for step in reads:
        if isinstance(step, tuple):
            fixed = [field for field in of.layout if field.name in step and field.width]
            needed = max((field.bit + field.width + 7 for field in fixed), default=0) // 8
            places |= dict.fromkeys(step, (stops, needed))
        else:
            stops += 1
    return places


def _is_unreassembled(network: Any) -> bool:
    """Whether a network header is that of a fragment which nobody put together with the others."""
    return bool(getattr(network, "is_fragment", False)) and network.learnt("reassembled_length") is None


def _up_to_what_is_missing(words: Iterator[str]) -> Iterator[str]:
    try:
        yield from words
    except FieldAbsentError:
        return


@cache
def _short_name(cls: type[Header]) -> str:
    """Return what people call a protocol, found once for each class."""
    return object.__new__(cls).short_name()


_SEEN: Bounded[tuple[Sight, int, int, tuple[str, ...]], Seen] = Bounded(4096)


_NOTHING: Any = object()
"""Stands for what no reading pass says."""
_PLAIN = Sight()
_DECLARED: dict[type[Record], Sight] = {}
_FOUND: dict[type[Record], Sight] = {}


class DataSight(Sight, of=Data):
    """Bytes that nobody reads; of a whole frame whose link type has names that are not known here, nothing at all."""

    reads = (Stop(lambda data: data.learnt("opaque")),)
    types = {"data.len": INT32}

    def protocol(self, header: Data) -> str:
        """Return nothing: the header around the data has the line."""
        return ""

    def text(self, header: Data) -> str:
        """Return the bytes themselves."""
        return header.own_bytes.hex()

    def path(self, header: Data) -> tuple[str, ...]:
        """Return that there are data, as far as they are seen."""
        return () if header.learnt("opaque") else (header.name,)
