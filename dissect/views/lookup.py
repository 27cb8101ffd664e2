"""Finding the field that a person means, in a frame of several layers."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from dissect.declaration.derived_fields import Expert
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.record import Record
from dissect.errors import FieldError
from dissect.packets.packet import Packet
from dissect.views.pieces import outermost
from dissect.wireshark.fields import options_in
from dissect.wireshark.sight import derived_of

__all__ = ["Place", "fields_named"]

Place = tuple[Header, Record, Field]
"""A header, the record in it that has the field (the header itself or an option), and the field."""


def fields_named(frame: Header | Packet, name: str) -> list[Place]:
    """Return the fields that `name` stands for.

    It is the outermost header's own field, or else that of each layer behind it, or else that of
    their options; a display-filter name is one that contains a dot. Raises FieldError, with the
    nearest name that is there, where nothing has it.

    >>> from dissect import Ethernet, IPv4, UDP
    >>> [type(header).__name__ for header, _, _ in fields_named(Ethernet() / IPv4() / UDP(), "checksum")]
    ['IPv4', 'UDP']
    """
    places = list(_places(outermost(frame)))
    own = [place for place in places if place[1] is outermost(frame) and place[2].name == name]
    in_headers = [place for place in places if place[1] is place[0] and place[2].name == name]
    in_options = [place for place in places if place[1] is not place[0] and place[2].name == name]
    labelled = [
        place
        for place in places
        if name in (place[2].label, place[2].also) and "." in name and place[2].values(place[1])
    ]
    found = own or in_headers or in_options or labelled
    if not found:
        known = {field.name for _, _, field in places} | {field.label for _, _, field in places if field.label}
        near = get_close_matches(name, sorted(known), 1)
        layers = ", ".join(dict.fromkeys(header.short_name() for header, _, _ in places)) or "frame"
        hint = f"did you mean {near[0]!r}?" if near else "give that of a field ('checksum') or of a display filter"
        raise FieldError(f"there is no field {name!r} in {layers}; {hint}")
    return found


def _places(frame: Header) -> Iterator[Place]:
    for header in frame.layers():
        for record in (header, *options_in(header)):
            for field in record.present_fields():
                yield header, record, field
            for derived in derived_of(type(record)):
                if not isinstance(derived, Expert):
                    yield header, record, derived
