from __future__ import annotations

import pytest

import dissect
from dissect import UDP, VLAN, Data, Ethernet, EtherType, FieldError, Header, IPv4, ServiceTag
from dissect.flows.reading import with_context
from dissect.replay.rewriting import Rewriting
from tests.declared import one

DATAGRAM = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def test_construct_and_deconstruct() -> None:
    frame = Ethernet() / ServiceTag(id=100, priority=5, dei=True) / VLAN(id=10) / DATAGRAM
    data = bytes(frame)
    assert data[12:22] == bytes.fromhex("88a8 b064 8100 000a 0800")
    parsed = dissect.parse(data)
    assert parsed == frame
    tag = parsed[ServiceTag]
    assert (tag.priority, tag.dei, tag.id, tag.type) == (5, True, 100, EtherType.VLAN)
    assert parsed.problems() == []


@pytest.mark.parametrize("tags", [(ServiceTag, VLAN), (VLAN, ServiceTag), (ServiceTag, ServiceTag), (VLAN, VLAN)])
def test_tags_nest_in_any_order(tags: tuple[type[Header], type[Header]]) -> None:
    outer, inner = tags
    frame = Ethernet() / outer(**one("id", 7)) / inner(**one("id", 8)) / DATAGRAM
    frame.trailer = b"tail"
    parsed = dissect.parse(bytes(frame))
    assert [type(header) for header in parsed.layers()] == [Ethernet, outer, inner, IPv4, UDP, Data]
    assert parsed == frame
    assert eval(repr(parsed), vars(dissect) | {name: getattr(dissect, name) for name in dissect.__dir__()}) == frame


@pytest.mark.parametrize(
    ("name", "least", "greatest"), [("priority", 0, 7), ("dei", False, True), ("id", 0, 4095), ("type", 0, 0xFFFF)]
)
def test_boundaries(name: str, least: int, greatest: int) -> None:
    for value in (least, greatest):
        tag = ServiceTag(**one(name, value))
        assert getattr(tag, name) == value
        assert tag.decode(bytes(tag), 0, 4, 0) == tag
    with pytest.raises(FieldError, match=rf"ServiceTag\.{name} is {int(greatest) + 1}, expected"):
        ServiceTag(**one(name, int(greatest) + 1))


@pytest.mark.parametrize("length", range(4))
def test_impossible_length(length: int) -> None:
    frame = dissect.parse(bytes(12) + b"\x88\xa8" + bytes(length))
    assert [problem.message for problem in frame.problems() if problem.layer == "ieee8021ad"] == (
        ["is cut short"] if length else []
    )
    assert len(frame) == 14 + length


def test_what_stands_behind_is_a_type_and_no_length() -> None:
    frame = dissect.parse(bytes(12) + bytes.fromhex("88a8 0001 0003 424203"))
    assert [type(header) for header in frame.layers()] == [Ethernet, ServiceTag, Data]


def test_the_numbers_of_tags_of_both_kinds_are_mapped() -> None:
    frame = Ethernet() / ServiceTag(id=20) / VLAN(id=10) / DATAGRAM
    mapped = dissect.parse(Rewriting(vlans={20: 21, 10: 11})(bytes(frame)))
    assert (mapped[ServiceTag].id, mapped[VLAN].id) == (21, 11)
    bare = dissect.parse(Rewriting(vlans={20: None})(bytes(frame)))
    assert bare == Ethernet() / VLAN(id=10) / DATAGRAM


def test_fragments_of_different_providers_are_not_put_together() -> None:
    first, second = dissect.fragment(IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP() / bytes(128), 80)[:2]
    frames = [Ethernet() / ServiceTag(id=1) / first, Ethernet() / ServiceTag(id=2) / second]
    packets = list(with_context(dissect.Packet(bytes(frame), number=at) for at, frame in enumerate(frames, 1)))
    assert packets[1].get("udp.srcport") == []
