"""The fields of a record as details and filters see them."""

from __future__ import annotations

import dissect
from dissect import UDP, IPv4, RecordRoute
from dissect.wireshark.record_fields import entries_in, fields_of, options_in


def test_a_checksum_is_followed_by_what_is_known_of_it() -> None:
    labels = [field.label for field in fields_of(UDP)]
    place = labels.index("udp.checksum")
    assert labels[place + 1 : place + 3] == ["udp.checksum.status", "udp.checksum_calculated"]


def test_entries_are_those_of_lists_alone() -> None:
    datagram = dissect.parse(bytes(IPv4(options=[RecordRoute()])), link="raw")
    field = IPv4.field("options")
    assert type(entries_in(datagram, field)[0]).__name__ == "RecordRoute"
    assert options_in(datagram)[0] == RecordRoute()
    assert entries_in(datagram, IPv4.field("ttl")) == ()
