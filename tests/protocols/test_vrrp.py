from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ChecksumState, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.protocols.vrrp import VRRP, VRRPv2, VRRPv3, VRRPv3IPv6
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OVER_4 = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.18", ttl=255)
OVER_6 = Ethernet() / IPv6(src="fe80::1", dst="ff02::12", hop_limit=255)
NAMES = """
    frame.protocols vrrp.addr_count vrrp.adver_int vrrp.auth_string vrrp.auth_type vrrp.checksum vrrp.checksum.status
    vrrp.ip_addr vrrp.ipv6_addr vrrp.prio vrrp.reserved_mbz vrrp.short_adver_int vrrp.type vrrp.typever vrrp.version
    vrrp.virt_rtr_id vrrp.md5_auth_data vrrp.checksum_bad.expert _ws.malformed _ws.col.Protocol _ws.col.Info
""".split()


def test_construct() -> None:
    frame = OVER_4 / VRRPv3(router_id=7, priority=200, addresses=["192.0.2.254"])
    assert frame[IPv4].protocol == 112
    assert bytes(frame[VRRP]).hex(" ", 4) == "3107c801 00645904 c00002fe"
    assert not frame.problems()


def test_deconstruct() -> None:
    for frame in (
        OVER_4 / VRRPv2(addresses=["192.0.2.254", "192.0.2.253"]),
        OVER_4 / VRRPv2(addresses=["192.0.2.254"], authentication="simple_text", password="secret"),
        OVER_4 / VRRPv3(addresses=["192.0.2.254"]),
        OVER_6 / VRRPv3IPv6(addresses=["fe80::1", "2001:db8::1"]),
    ):
        parsed = dissect.parse(bytes(frame))
        assert parsed == frame
        assert [type(header) for header in parsed.layers()] == [type(header) for header in frame.layers()]
        assert not parsed.problems()


def test_the_checksum_of_version_3_counts_the_addresses_of_the_network() -> None:
    # RFC 5798, section 5.2.8; that of version 2 does not (RFC 3768, section 5.3.8).
    for frame in (OVER_4 / VRRPv3(addresses=["192.0.2.254"]), OVER_6 / VRRPv3IPv6(addresses=["fe80::1"])):
        parsed = dissect.parse(bytes(frame))
        assert parsed[VRRP].checksum_state() is ChecksumState.GOOD
        parsed[Ethernet].payload.src = "10.9.9.9" if IPv4 in parsed else "fe80::9"  # type: ignore[union-attr]
        assert parsed[VRRP].checksum_state() is ChecksumState.BAD
    parsed = dissect.parse(bytes(OVER_4 / VRRPv2(addresses=["192.0.2.254"])))
    parsed[IPv4].src = "10.9.9.9"
    assert parsed[VRRP].checksum_state() is ChecksumState.GOOD


def test_scapy_builds_the_same() -> None:
    scapy = pytest.importorskip("scapy.layers.vrrp")
    inet = pytest.importorskip("scapy.layers.inet")
    built = inet.IP(src="10.0.0.1", dst="224.0.0.18", ttl=255, id=0) / scapy.VRRPv3(
        vrid=9, priority=10, adv=250, addrlist=["192.0.2.1"]
    )
    ours = IPv4(src="10.0.0.1", dst="224.0.0.18", ttl=255) / VRRPv3(
        router_id=9, priority=10, interval=250, addresses=["192.0.2.1"]
    )
    assert bytes(ours[VRRP]) == bytes(built.payload)
    old = scapy.VRRP(vrid=9, priority=10, addrlist=["192.0.2.1"], auth1=0, auth2=0)
    mine = VRRPv2(router_id=9, priority=10, addresses=["192.0.2.1"], authentication_data=bytes(8))
    assert bytes(mine) == bytes(old)


@pytest.mark.parametrize(
    ("frame", "sentences"),
    [
        (OVER_4 / VRRPv2(), ["is none"]),
        (OVER_4 / VRRPv2(version=4, addresses=["192.0.2.1"]), ["is unknown"]),
        (OVER_4 / VRRPv3(type=2, addresses=["192.0.2.1"]), ["is unknown"]),
        (OVER_4 / VRRPv3(addresses=["192.0.2.1"], interval=0), ["is none"]),
        (OVER_6 / VRRPv3IPv6(), ["is none"]),
        (
            Ethernet() / IPv4(ttl=254) / VRRPv3(addresses=["192.0.2.1"]),
            ["came with a time to live that a router may have lowered"],
        ),
        (OVER_4 / VRRPv3(addresses=["192.0.2.1"], address_count=2), ["is cut short"]),
    ],
)
def test_problems(frame: Header, sentences: list[str]) -> None:
    assert [problem.message for problem in dissect.parse(bytes(frame)).problems()] == sentences


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(OVER_4 / IPv4(protocol=112) / data), "ethernet")
    keeps_promises(bytes(Ethernet() / IPv6(next_header=112) / data), "ethernet")


@pytest.mark.parametrize("length", range(17))
def test_impossible_lengths(length: int) -> None:
    for message in (
        VRRPv2(addresses=["1.2.3.4"], authentication=1),
        VRRPv3(addresses=["1.2.3.4", "1.2.3.5"]),
    ):
        keeps_promises(bytes(Ethernet() / IPv4(protocol=112) / bytes(message)[:length]), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    one, two = ["192.0.2.254"], ["192.0.2.254", "192.0.2.253"]
    frames: list[Header] = [
        OVER_4 / VRRPv2(addresses=one),
        OVER_4 / VRRPv2(addresses=one, authentication_data=bytes(8)),
        OVER_4 / VRRPv2(addresses=two, priority=0),
        OVER_4 / VRRPv2(addresses=one, authentication=1, password="secret", interval=3),
        OVER_4 / VRRPv2(addresses=one, authentication=254, authentication_data=bytes(range(24))),
        OVER_4 / VRRPv2(addresses=one, authentication=254, authentication_data=bytes(8)),
        OVER_4 / VRRPv2(addresses=one, authentication=99, type=7),
        OVER_4 / VRRPv2(version=1, addresses=one),
        OVER_4 / VRRPv2(version=5, addresses=one),
        OVER_4 / VRRPv2(addresses=one, checksum=1),
        OVER_4 / VRRPv3(addresses=one, priority=255),
        OVER_4 / VRRPv3(addresses=two, reserved=15, interval=0xFFF),
        OVER_4 / VRRPv3(addresses=one, checksum=1),
        OVER_4 / VRRPv3(addresses=one, unread=bytes(8)),
        OVER_6 / VRRPv3IPv6(addresses=["fe80::1", "2001:db8::1"]),
        OVER_6 / VRRPv3IPv6(addresses=["fe80::1"], checksum=1),
    ]
    capture = tmp_path / "vrrp.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)
