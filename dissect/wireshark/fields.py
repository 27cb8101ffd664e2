"""Every field of a packet by its display-filter name: all its values, and as tshark prints them.

A name is compiled once, to a plan of what to look at in each class of header; what a packet does
not have costs a dictionary lookup per layer.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import StructList
from dissect.declaration.record import Record
from dissect.declaration.symbols import told
from dissect.declaration.traced_bytes import printed
from dissect.errors import FieldAbsentError, FieldError
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.columns import COLUMNS, summarize
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_types import UINT24
from dissect.wireshark.frame import FRAME_FIELDS, frame_alone
from dissect.wireshark.record_fields import entries_in, fields_of, options_in
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.sight import seen_layers, sight_of, sight_of_class
from dissect.wireshark.types import declared_fields, field_names, protocols
from dissect.wireshark.walk import Step, Walk

__all__ = [
    "Clock",
    "Extract",
    "compile_field",
    "compile_gathering",
    "compile_texts",
    "compile_values",
    "entries_in",
    "fields_of",
    "names",
    "options_in",
    "texts",
    "values",
]

Extract: TypeAlias = Callable[[Packet | Header], list[str]]
"""What gives the printed values of one field in a packet, in the order of the frame."""
_Gather: TypeAlias = Callable[[Packet | Header], list[Any]]


def compile_field(name: str, clock: Clock | None = None) -> Extract:
    """Return a function that gives a field's values in a packet as tshark 4.0 prints them.

    `name` is a display-filter name such as "ip.ttl", an alias that stands for several fields
    ("ip.addr": source and destination), a protocol's name ("tcp": its line in the details), or
    a column of the list ("_ws.col.Info"). `clock` knows the time of the first packet and of the
    one before, without which a packet has no "frame.time_relative". Raises FieldError, naming
    the nearest right one, for a name that does not exist.

    >>> from dissect import Ethernet, IPv4
    >>> compile_field("ip.addr")(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2"))
    ['10.0.0.1', '10.0.0.2']
    """
    special = _special(name, clock)
    if special is not None:
        return lambda packet: [text for _, text in special(packet)]
    return _walk(name, _printed)


def compile_values(name: str, clock: Clock | None = None) -> Callable[[Packet | Header], list[Any]]:
    """Return a function that gives a field's values in a packet: numbers, text, bytes, as attributes have them.

    Lengths that a header counts in words are in bytes, as display filters compare them. `name`,
    `clock` and errors are those of `compile_field`.
    """
    special = _special(name, clock)
    if special is not None:
        return lambda packet: [bytes(value) if isinstance(value, Header) else value for value, _ in special(packet)]
    return _walk(name, _loaded)


def compile_gathering(name: str) -> Callable[[Iterable[Header]], list[Any]] | None:
    """Return a function that gives a field's values in some headers, as `compile_values` gives those of a packet.

    None where headers alone don't tell it. Raises FieldError for a name that does not exist.
    """
    if _special(name, None) is not None:
        return None
    return _walk_for(name, _loaded).gather_in


def compile_texts(
    names: Sequence[str], clock: Clock | None = None, into: Container[type[Header]] | None = None
) -> Callable[[Packet], list[list[str]]]:
    """Return a function that gives what `compile_field` gives of each of some names; it goes through a packet once.

    What a header carries in the light of other frames may take long to tell: behind one that is not in `into`, which
    has all those that may carry one of the fields, nothing is looked for. Errors are those of `compile_field`.
    """
    walks = [None if _special(name, clock) is not None else _walk_for(name, _printed).gather_in for name in names]
    others = [compile_field(name, clock) if walk is None else None for walk, name in zip(walks, names, strict=True)]
    cells: list[Any] = list(zip(walks, others, strict=True))
    asks_headers = any(walks)

    def texts_of(packet: Packet) -> list[list[str]]:
        headers = tuple(seen_layers(packet, into)) if asks_headers else ()
        return [other(packet) if walk is None else walk(headers) for walk, other in cells]

    return texts_of


def values(packet: Packet | Header, name: str) -> list[Any]:
    """Return all values of the field in the packet, outermost first; [] where it has none.

    Raises FieldError for a name that does not exist.

    >>> from dissect import Ethernet, IPv4
    >>> values(Ethernet() / IPv4(ttl=3) / IPv4(ttl=4), "ip.ttl")
    [3, 4]
    """
    if not hasattr(packet, "layers"):
        raise TypeError(f"values are those of a packet or header, not {packet!r}: read and parse give these")
    return _compiled(compile_values, name)(packet)


def texts(packet: Packet | Header, name: str) -> list[str]:
    """Return what tshark prints for the field in the packet, outermost first; [] where it has none.

    Raises FieldError for a name that does not exist.
    """
    return _compiled(compile_field, name)(packet)


@cache
def _compiled(
    how: Callable[[str], Callable[[Packet | Header], list[Any]]], name: str
) -> Callable[[Packet | Header], list[Any]]:
    return how(name)


def names() -> list[str]:
    """Return every name that there is, in alphabetical order."""
    return sorted(field_names() | {f"_ws.col.{column}" for column in COLUMNS})


def _owners(name: str) -> tuple[type[Record], ...]:
    """Return the classes that declare a field of this name; FieldError where there is none."""
    found = {field.owner for field in declared_fields(name) if field.owner is not None}
    if not found:
        raise FieldError(_unknown(name))
    return tuple(found)


def _unknown(name: str) -> str:
    # Loaded for those who mistyped.
    from dissect.wireshark.misspelt import unknown_name

    return unknown_name(name, names())


def _special(name: str, clock: Clock | None) -> Callable[[Packet | Header], list[tuple[Any, str]]] | None:
    """Return what gives (value, text) of a name that no header declares: a frame's, a column's, a protocol's.

    The value of a protocol's name is the header, which stands for its bytes.
    """
    column = name.removeprefix("_ws.col.")
    if column != name and column in COLUMNS:
        return lambda packet: [(text, text)] if (text := getattr(summarize(packet, clock), COLUMNS[column])) else []
    of_frame = FRAME_FIELDS.get(name)
    if of_frame is not None:

        def from_frame(packet: Packet | Header) -> list[tuple[Any, str]]:
            return [(value, told(of_frame.text, value)) for value in of_frame.values(frame_alone(packet), clock)]

        return from_frame
    remarked = EXPERT_FIELDS.get(name)
    if remarked is not None:
        return lambda packet: [(value, str(value)) for value in remarked.values(packet)]
    resolved = RESOLVED.get(name)
    if resolved is not None:
        addresses = _walk(resolved.of, _stored)
        return lambda packet: [
            (int(value) if resolved.type is UINT24 else resolved.text(value), resolved.text(value))
            for value in map(resolved.value, addresses(packet))
        ]
    if name in protocols():
        return lambda packet: [
            (header, text)
            for header in seen_layers(packet)
            if header.name == name
            for text in sight_of(header).layer_texts(header)
        ]
    return None


def _walk(name: str, convert: Callable[[Field, Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """Return a function that gathers the field in a packet."""
    return _walk_for(name, convert).gather


def _walk_for(name: str, convert: Callable[[Field, Any], list[Any]]) -> Walk:
    return Walk(name, _owners(name), lambda cls, field: _taking(cls, field, convert))


def _taking(cls: type[Record], field: Field, convert: Callable[[Field, Any], list[Any]]) -> Step:
    sight = sight_of_class(cls)
    shows = sight.shows if sight.limits() else None

    def take(record: Record, found: list[Any]) -> None:
        try:
            if shows is None or shows(record, field):
                for raw in field.values(record):
                    if raw != b"" or field.kind.stays:
                        found += convert(field, raw)
        except FieldAbsentError:
            # A computed field asked for one that a cut header does not reach.
            return

    return take


def _printed(field: Field, raw: Any) -> list[str]:
    kind = field.kind
    if isinstance(kind, StructList):
        return [str(item) for item in kind.load(bytes(raw))]
    return [printed(field, raw)]


def _stored(field: Field, raw: Any) -> list[bytes]:
    """Return addresses as they stand in the frame."""
    return [bytes(each) for each in raw] if isinstance(raw, (list, tuple)) else [raw]


def _loaded(field: Field, raw: Any) -> list[Any]:
    kind = field.kind
    if isinstance(kind, StructList):
        return list(kind.load(raw))
    return [kind.load(raw * field.scale if field.scale != 1 else raw)]
