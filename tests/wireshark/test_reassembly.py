"""The fields of fragments, declared once for both versions of the Internet Protocol."""

from __future__ import annotations

import pytest

import dissect
from dissect import FragmentHeader, Header, IPv4, IPv6, Packet
from dissect.declaration.record import FIELDS
from dissect.wireshark.reassembly import ReassemblySight
from dissect.wireshark.sight import derived_of
from tests.oracle.tshark import Tshark

SHARED = [field.label for field in ReassemblySight.fields]
FRAGMENTS: dict[str, list[Header]] = {
    "ip": [
        IPv4(id=1, protocol=253, flags="MF") / bytes(8),
        IPv4(id=1, protocol=253, fragment_offset=1) / bytes(8),
    ],
    "ipv6": [
        IPv6() / FragmentHeader(next_header=253, id=1, more_fragments=True) / bytes(8),
        IPv6() / FragmentHeader(next_header=253, id=1, fragment_offset=1) / bytes(8),
    ],
}


@pytest.mark.parametrize("cls", [IPv4, IPv6])
def test_each_version_has_the_fields_under_its_own_name_in_the_same_order(cls: type[Header]) -> None:
    names = [field.name for field in ReassemblySight.fields]
    labels = [field.label for field in derived_of(cls) if field.name in names]
    # Tshark writes the place of the whole datagram in two ways.
    assert [label.replace("reassembled.in", "reassembled_in") for label in labels] == [
        f"{cls.name}.{label}" for label in SHARED
    ]
    for label in labels:
        (field,) = FIELDS[label]
        assert field.owner is cls
        assert "{}" not in field.title


def test_the_sight_that_declares_them_is_of_no_protocol(tshark: Tshark) -> None:
    assert [label for label in SHARED if label in FIELDS] == []
    named = {f"ip.{label}" for label in SHARED}
    assert named <= set(tshark.types)


@pytest.mark.parametrize("protocol", FRAGMENTS)
def test_the_frame_that_completes_a_datagram_tells_its_fragments(protocol: str) -> None:
    packets = [
        Packet(bytes(frame), number=number, link=101, time_ns=number)
        for number, frame in enumerate(FRAGMENTS[protocol], 1)
    ]
    first, last = dissect.with_context(packets, before=packets)
    assert last.get(f"{protocol}.fragment") == [1, 2]
    assert last.get(f"{protocol}.fragment.count") == [2]
    assert last.get(f"{protocol}.reassembled.length") == [16]
    assert last.get(f"{protocol}.reassembled.data") == last.get(f"{protocol}.fragments") == [bytes(16)]
    assert first.get(f"{protocol}.fragment") == []
    place = "reassembled_in" if protocol == "ip" else "reassembled.in"
    assert first.get(f"{protocol}.{place}") == [2]
