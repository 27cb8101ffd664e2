from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    LLC,
    PPP,
    SLL,
    SLL2,
    SNAP,
    UDP,
    VLAN,
    Data,
    EtherType,
    IPv4,
    PacketType,
)
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.protocols.sll import SLL2FromTunnel, SLL2Netlink, SLLFromTunnel, SLLNetlink
from dissect.views.strategies import frames
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)
FIRST = bytes.fromhex("0004 0001 0006 00055d6158a8 0000 0800")
SECOND = bytes.fromhex("0800 0000 00000007 0001 04 06 00055d6158a8 0000")


def test_construct() -> None:
    assert bytes(SLL(packet_type="from us", src="00:05:5d:61:58:a8") / DATAGRAM)[:16] == FIRST
    assert bytes(SLL2(packet_type="from us", src="00:05:5d:61:58:a8", interface=7) / DATAGRAM)[:20] == SECOND


@pytest.mark.parametrize(("link", "start", "cls"), [("linux_sll", FIRST, SLL), ("linux_sll2", SECOND, SLL2)])
def test_deconstruct(link: str, start: bytes, cls: type[SLL] | type[SLL2]) -> None:
    frame = dissect.parse(start + bytes(DATAGRAM), link=link)
    assert [type(header) for header in frame.layers()] == [cls, IPv4, UDP]
    header = frame[cls]
    assert (header.packet_type, header.src, header.address_length) == (PacketType.FROM_US, "00:05:5d:61:58:a8", 6)
    assert (header.hardware_type, header.protocol, header.padding) == (1, EtherType.IPV4, 0)
    assert frame.problems() == []
    assert SLL2 is not cls or frame[SLL2].interface == 7


def test_it_carries_what_ethernet_carries() -> None:
    for cls, link in ((SLL, 113), (SLL2, 276)):
        for carried in (ARP(), VLAN() / ARP(), DATAGRAM, LLC() / SNAP() / DATAGRAM):
            frame = cls() / carried
            assert dissect.parse(bytes(frame), link=link) == frame
    assert SLL(payload=LLC()).protocol == 4


@pytest.mark.parametrize(("link", "start"), [("linux_sll", FIRST), ("linux_sll2", SECOND)])
def test_impossible_lengths(link: str, start: bytes) -> None:
    for length in range(len(start)):
        frame = keeps_promises(start[:length], link)
        assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_addresses_of_other_lengths() -> None:
    frame = dissect.parse(bytes.fromhex("0000 0001 0004 c0000201 00000000 0800"), link=113)
    assert isinstance(frame, SLL)
    assert (frame.address, frame.room) == (bytes.fromhex("c0000201"), bytes.fromhex("c0000201") + bytes(4))
    longest = SLL(address_length=8, src="01:02:03:04:05:06", padding=0x0708)
    assert longest.address == longest.room == bytes(range(1, 9))
    with pytest.raises(FieldError, match=r"SLL2.address_length is 256, expected 0 to 255"):
        SLL2(address_length=256)


def test_the_protocol_may_be_a_number_of_linux() -> None:
    frame = dissect.parse(FIRST[:-2] + b"\x00\x01" + b"\xff\xff", link=113)
    assert isinstance(frame, SLL)
    assert (frame.protocol, frame.payload) == (1, Data(b"\xff\xff"))
    assert not frame.left_a_tunnel
    assert SLL(hardware_type=778).left_a_tunnel


@pytest.mark.parametrize(("link", "cls"), [(113, SLLNetlink), (276, SLL2Netlink)])
def test_the_protocol_of_netlink_is_a_family_and_no_ethertype(link: int, cls: type[SLLNetlink | SLL2Netlink]) -> None:
    frame = dissect.parse(bytes(cls(protocol=0x0800) / bytes(DATAGRAM)), link=link)
    assert type(frame) is cls
    assert (frame.hardware_type, frame.is_for_netlink, type(frame.payload)) == (824, True, Data)
    assert frame.info() == "Unicast to us: netlink family 2048"
    assert [problem.field for problem in (cls() / DATAGRAM).problems()] == ["protocol"]


@pytest.mark.parametrize(("link", "cls"), [(113, SLLFromTunnel), (276, SLL2FromTunnel)])
def test_the_protocol_of_a_tunnel_is_one_of_gre(link: int, cls: type[SLLFromTunnel | SLL2FromTunnel]) -> None:
    for carried, number in ((DATAGRAM, 0x0800), (PPP() / DATAGRAM, 0x880B), (LLC() / SNAP() / DATAGRAM, 4)):
        frame = cls() / carried
        assert (frame.hardware_type, frame.protocol) == (778, number)
        assert dissect.parse(bytes(frame), link=link) == frame


@given(st.sampled_from([(113, b""), (276, b""), (113, FIRST), (276, SECOND)]), st.binary(max_size=60))
def test_bytes_of_any_kind(start: tuple[int, bytes], data: bytes) -> None:
    keeps_promises(start[1] + data, start[0])


@given(st.sampled_from([113, 276]).flatmap(lambda link: st.tuples(st.just(link), frames(link))))
def test_a_consistent_frame_is_parsed_from_its_bytes(case: tuple[int, Header]) -> None:
    link, frame = case
    assert dissect.parse(bytes(frame), link=link) == frame


NAMES = """
    frame.protocols sll.ifindex sll.pkttype sll.hatype sll.halen sll.src.eth sll.src.ipv4 sll.src.other sll.unused
    sll.etype sll.ltype sll.gretype _ws.col.Source _ws.col.Destination _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    starts = {
        113: """
            0000000100060002020202020000 0800,000400010006000202020202aabb0800,00030001000400000000102030400800,
            0001000100030a00000102030405 0800,00020001000801020304050607080800,00000001000001020304050607080800,
            0000030a000601020304050600000004,0000030a0006010203040506000088b5,
            00000001000901020304050607080800,0000030a000601020304050607080800,00000001000601020304050607080001,
            0000000100060102030405060708000c,000000010006010203040506000088cc,00000001000601020304050600008847,00050001000601020304050607081234,000000010006010203040506070805ff
        """,
        276: """
            080000000000000100010006 0202020202020000,080000000000000100010404 0202020202020000,
            080000ff0000000100010303 0202020202020000,080000000000000100010308 0202020202020000,
            080000000000000100010300 0202020202020000
        """,
    }
    for link, texts in starts.items():
        data = [bytes.fromhex(text.strip()) + bytes(DATAGRAM) for text in texts.split(",")]
        capture = tmp_path / f"cooked{link}.pcap"
        dissect.write(capture, [dissect.Packet(each, link=link) for each in data])
        assert agree(tshark, capture, NAMES) == len(NAMES) * len(data)


def test_tshark_agrees_on_the_corpus(tshark: Tshark, corpus_captures: list[Path]) -> None:
    for capture in corpus_captures:
        if capture.name in ("linuxsll-arp.pcap", "linux_dlt_sll2.pcap"):
            assert agree(tshark, capture, NAMES[1:12]) > 60
