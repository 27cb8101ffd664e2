"""VLAN tags: bytes as IEEE 802.1Q, clause 9.6, draws them, and what stands behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, UDP, VLAN, Ethernet, FieldError, IPv4, parse
from tests.oracle import scapy_judge as scapy


@given(st.integers(0, 7), st.booleans(), st.integers(0, 4095))
def test_scapy_builds_the_same(priority: int, dei: bool, number: int) -> None:
    ours = VLAN(priority=priority, dei=dei, id=number) / IPv4(src="10.0.0.1", dst="10.0.0.2")
    theirs = scapy.Dot1Q(prio=priority, dei=int(dei), vlan=number) / scapy.IP(src="10.0.0.1", dst="10.0.0.2", proto=255)
    assert bytes(ours)[:4] == bytes(theirs)[:4]


def test_the_three_parts_share_two_bytes() -> None:
    assert bytes(VLAN(priority=5, dei=True, id=0x123) / ARP())[:4] == bytes.fromhex("b123 0806")


def test_a_tag_is_found_by_its_type_and_fills_it() -> None:
    frame = Ethernet() / VLAN(id=7) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=9) / b"data"
    assert frame.type == 0x8100
    assert frame[VLAN].type == 0x0800
    assert parse(bytes(frame)) == frame


def test_padding_of_a_short_frame_belongs_to_the_frame_and_not_to_the_tag() -> None:
    # IEEE 802.3, clause 4.2.3.3: 60 bytes without the check sequence.
    raw = bytes(Ethernet() / VLAN(id=7) / ARP()).ljust(60, b"\0")
    frame = parse(raw)
    assert bytes(frame) == raw
    assert frame[VLAN].trailer == b""
    assert len(frame.trailer) == 60 - 14 - 4 - 28


@pytest.mark.parametrize("given", [{"id": 4096}, {"priority": 8}, {"id": -1}])
def test_what_does_not_fit_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(FieldError):
        VLAN(**given)  # type: ignore[arg-type]


def test_lines() -> None:
    tag = VLAN(priority=3, dei=True, id=100)
    assert tag.headline() == "802.1Q Virtual LAN, PRI: 3, DEI: 1, ID: 100"
    assert tag.info() == "PRI: 3  DEI: 1  ID: 100"
