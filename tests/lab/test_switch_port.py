"""Ports with VLANs: what they take, what it is inside, and how it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import VLAN, Ethernet, FieldError, ServiceTag, parse
from dissect.lab.switch_port import ALL_VLANS, Accepted, Arrived, SwitchPort, TagType, vlan_numbers

DST, SRC = "02:00:00:00:00:02", "02:00:00:00:00:01"
DATA = bytes(range(46))


def plain(data: bytes = DATA) -> bytes:
    return bytes(Ethernet(dst=DST, src=SRC, type=0x9000, payload=data))


def tagged(number: int, *, priority: int = 0, data: bytes = DATA) -> bytes:
    return bytes(Ethernet(dst=DST, src=SRC) / VLAN(id=number, priority=priority, type=0x9000, payload=data))


def test_an_access_port_is_in_one_vlan_and_takes_its_tag_unless_told_not_to() -> None:
    port = SwitchPort.access(10)
    assert port.arrives(plain()) == Arrived(10, 0, plain())
    assert port.arrives(tagged(10)) == Arrived(10, 0, plain())
    assert port.arrives(tagged(20)) is None
    assert port.leaves(Arrived(10, 0xA000, plain())) == plain()
    strict = SwitchPort.access(10, accepts=Accepted.UNTAGGED)
    assert strict.arrives(tagged(10)) is None
    assert strict.arrives(plain()) is not None


def test_a_tag_with_the_number_0_has_a_priority_alone() -> None:
    for port in (SwitchPort.access(10), SwitchPort.access(10, accepts=Accepted.UNTAGGED)):
        assert port.arrives(tagged(0, priority=5)) == Arrived(10, 0xA000, plain())
    assert SwitchPort.trunk([10], native=None).arrives(tagged(0)) is None
    assert SwitchPort.trunk([10], accepts=Accepted.TAGGED).arrives(tagged(0)) is None


def test_a_trunk_keeps_the_priority_and_leaves_its_native_vlan_without_tags() -> None:
    port = SwitchPort.trunk([10, 20], native=20)
    arrived = port.arrives(tagged(10, priority=5))
    assert arrived == Arrived(10, 0xA000, plain())
    left = parse(port.leaves(Arrived(10, 0xA000, plain())))
    assert (left[VLAN].id, left[VLAN].priority, left[VLAN].dei) == (10, 5, False)
    assert port.leaves(Arrived(20, 0, plain())) == plain()
    assert port.arrives(plain()) == Arrived(20, 0, plain())
    tags_all = SwitchPort.trunk([10, 20], native=20, tags_native=True)
    assert VLAN in parse(tags_all.leaves(Arrived(20, 0, plain())))
    assert SwitchPort.trunk([10], native=None).arrives(plain()) is None
    assert SwitchPort.trunk().members == ALL_VLANS


def test_a_tunnel_keeps_the_customers_tags_behind_the_providers() -> None:
    customer, core = SwitchPort.tunnel(100), SwitchPort.trunk([100], native=None, tag=TagType.SERVICE)
    arrived = customer.arrives(tagged(10))
    assert arrived == Arrived(100, 0, tagged(10))
    left = core.leaves(arrived)
    assert (parse(left)[ServiceTag].id, parse(left)[VLAN].id) == (100, 10)
    assert left[12:14] == b"\x88\xa8"
    there = core.arrives(left)
    assert there is not None
    assert customer.leaves(there) == tagged(10)
    assert customer.arrives(left) is None
    old = SwitchPort.trunk([100], native=None, tag=TagType.OLD_SERVICE)
    assert old.leaves(arrived)[12:14] == b"\x91\x00"


def test_what_loses_its_tag_is_filled_up_to_the_least_frame() -> None:
    short = tagged(10, data=bytes(42))
    arrived = SwitchPort.trunk().arrives(short)
    assert arrived is not None
    assert len(short) == 60
    assert len(SwitchPort.access(10).leaves(arrived)) == 60


def test_a_tag_without_a_type_behind_it_is_no_frame() -> None:
    for length in (14, 15, 16, 17):
        assert SwitchPort.trunk().arrives(tagged(10)[:length]) is None


@pytest.mark.parametrize("number", [-1, 0, 4095, 4096])
def test_no_vlan_has_such_a_number(number: int) -> None:
    with pytest.raises(FieldError, match=f"a VLAN has the number {number}, expected 1 to 4094"):
        SwitchPort.access(number)
    with pytest.raises(FieldError, match="expected 1 to 4094"):
        SwitchPort.trunk([number])
    with pytest.raises(FieldError, match="a port is in no VLAN"):
        SwitchPort(native=None)


@pytest.mark.parametrize("text", ["", "0", "4095", "5-3", "a", "1,", "1-", "1--2", "²"])
def test_what_names_no_vlans(text: str) -> None:
    with pytest.raises(ValueError, match="VLANs as"):
        vlan_numbers(text)


@given(st.integers(1, 4094), st.integers(0, 7), st.booleans(), st.binary(min_size=46, max_size=60))
def test_over_a_trunk_everything_arrives_as_it_was(number: int, priority: int, dei: bool, data: bytes) -> None:
    for tag in TagType:
        port = SwitchPort.trunk(native=None, tag=tag)
        arrived = Arrived(number, priority << 13 | dei << 12, plain(data))
        assert port.arrives(port.leaves(arrived)) == arrived
