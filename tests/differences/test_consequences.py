from __future__ import annotations

import pytest

from dissect import TCP, UDP, EchoReply, Ethernet, Header, IPv4, IPv6, Timestamps, WindowScale
from dissect.differences.field_differences import FieldDifference, frame_differences

ECHO = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoReply(id=1, seq=2) / b"data"
SEGMENT = (
    Ethernet() / IPv6(src="fe80::1", dst="fe80::2") / TCP(sport=1, dport=2, options=[Timestamps(value=1)]) / b"abc"
)


def between(before: Header, layer: type[Header], **values: object) -> list[FieldDifference]:
    after = before.copy()
    for name, value in values.items():
        setattr(after[layer], name, value)
    return frame_differences(bytes(before), bytes(after))


@pytest.mark.parametrize(
    ("frame", "layer", "values", "follow"),
    [
        (ECHO, IPv4, {"ttl": 3}, {"ip.checksum"}),
        (ECHO, IPv4, {"src": "10.0.0.3"}, {"ip.checksum"}),
        (ECHO, EchoReply, {"seq": 3}, {"icmp.checksum"}),
        (ECHO, EchoReply, {"payload": b"dato"}, {"icmp.checksum"}),
        (ECHO, EchoReply, {"payload": b"more data"}, {"icmp.checksum", "ip.len", "ip.checksum"}),
        (ECHO, Ethernet, {"dst": "02:00:00:00:00:01"}, set()),
        (SEGMENT, IPv6, {"hop_limit": 3}, set()),
        (SEGMENT, IPv6, {"dst": "fe80::3"}, {"tcp.checksum"}),
        (SEGMENT, TCP, {"options": [Timestamps(value=2)]}, {"tcp.checksum"}),
        (SEGMENT, TCP, {"options": []}, {"tcp.checksum", "tcp.hdr_len", "ipv6.plen"}),
        (SEGMENT, IPv6, {"payload": UDP(sport=1, dport=2)}, {"ipv6.nxt", "ipv6.plen"}),
    ],
)
def test_what_follows_is_below_its_cause(
    frame: Header, layer: type[Header], values: dict[str, object], follow: set[str]
) -> None:
    found = between(frame, layer, **values)
    assert {each.name for one in found for each in one.consequences} == follow
    assert all(each.name not in follow for each in found)


@pytest.mark.parametrize("field", ["checksum", "total_length", "protocol", "ihl"])
def test_an_automatic_field_that_is_wrong_is_no_consequence(field: str) -> None:
    found = between(ECHO, IPv4, **{"ttl": 9, field: 3})
    label = IPv4.field(field).label
    assert label in [each.name for each in found]


def test_several_causes_share_what_follows_from_both() -> None:
    found = between(ECHO, IPv4, ttl=3, id=7)
    assert [each.name for each in found] == ["ip.id", "ip.ttl"]
    assert [[one.name for one in each.consequences] for each in found] == [["ip.checksum"], []]


def test_an_option_explains_the_length_of_the_header() -> None:
    found = between(SEGMENT, TCP, options=[Timestamps(value=1), WindowScale(7)])
    assert found[0].name == "tcp.options.wscale"
    assert "tcp.hdr_len" in [each.name for each in found[0].consequences]
