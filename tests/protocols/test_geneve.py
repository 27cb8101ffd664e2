from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, UDP, Ethernet, EtherType, Geneve, IPv4, IPv6, UnknownGeneveOption
from dissect.declaration.header import Header
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OUTER = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=49152)
DATAGRAM = IPv4(src="10.0.0.1", dst="10.0.0.2", id=2) / UDP(sport=1, dport=2) / b"abc"


def test_construct() -> None:
    frame = OUTER / Geneve(vni=0x123456) / Ethernet() / DATAGRAM
    assert bytes(frame[UDP])[2:4] == (6081).to_bytes(2, "big")
    assert bytes(frame[Geneve])[:8] == bytes.fromhex("00006558 12345600")
    assert not frame.problems()


def test_deconstruct() -> None:
    option = UnknownGeneveOption(option_class=0x102, type=0x80, data=b"1234")
    frame = dissect.parse(bytes(OUTER / Geneve(vni=7, critical=True, options=[option]) / DATAGRAM))
    assert [type(header) for header in frame.layers()][2:6] == [UDP, Geneve, IPv4, UDP]
    assert (frame[Geneve].protocol, frame[Geneve].options_length) == (EtherType.IPV4, 2)
    assert frame[Geneve].options == (option,)
    assert not frame.problems()


def test_every_ether_type_is_carried() -> None:
    for inner in (DATAGRAM, IPv6() / UDP(dport=9), ARP(), Ethernet() / ARP()):
        frame = OUTER / Geneve() / inner
        assert dissect.parse(bytes(frame)) == frame


def test_what_a_receiver_must_drop_is_told() -> None:
    critical = UnknownGeneveOption(type=0x80)
    frame = OUTER / Geneve(version=1, options=[critical]) / DATAGRAM
    assert [(problem.field, problem.name) for problem in frame.problems()] == [
        ("version", "geneve.version.unknown"),
        ("critical", ""),
    ]


@given(st.binary(max_size=60), st.integers(0, 255))
def test_bytes_of_any_kind(data: bytes, first: int) -> None:
    keeps_promises(bytes(Ethernet() / IPv4() / UDP(dport=6081) / (bytes([first]) + data)), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols geneve geneve.version geneve.version.unknown geneve.flags geneve.flags.oam
        geneve.flags.critical geneve.flags.reserved geneve.proto_type geneve.vni geneve.reserved geneve.options
        geneve.option.class geneve.option.type geneve.option.type.critical geneve.option.flags
        geneve.option.flags.reserved geneve.option.length geneve.option.length.invalid geneve.option.unknown.data
        geneve.option.gcp.vnid geneve.option.gcp.direction geneve.option.gcp.reserved geneve.option.gcp.endpoint
        geneve.option.gcp.profile eth.dst ip.src ip.checksum.status udp.dstport udp.checksum.status
        data.data _ws.col.Source _ws.col.Protocol _ws.col.Info
    """.split()
    base, inside = bytes.fromhex, bytes(Ethernet() / DATAGRAM)
    options = [
        "01028001 01020304",
        "01328001 12345678 01320181 1234567b",
        "01320001 12345678 01320202 11223344 aabbccdd 01320302 00000000 00000009",
        "01020002 01020304",
        "01028001",
        "ffff0000",
    ]
    frames: list[Header] = [
        OUTER / Geneve(vni=42) / Ethernet() / DATAGRAM,
        OUTER / Geneve(vni=42, control=True, reserved=255, reserved_flags=9) / DATAGRAM,
        OUTER / Geneve(version=1) / IPv6() / UDP(dport=9),
        OUTER / Geneve(protocol=0x1234) / b"abc",
        OUTER / Geneve(protocol=0) / b"abc",
        OUTER / Geneve(protocol=0x0800),
        OUTER / Geneve(protocol=0x1234),
        *(OUTER / Geneve(options=base(each), critical=True) / Ethernet() / DATAGRAM for each in options),
        Ethernet() / IPv4() / UDP(dport=6081) / (base("0300655800002a00 0102030100")),
        Ethernet() / IPv4() / UDP(sport=6081, dport=7) / (base("0000655800002a00") + inside),
    ]
    capture = tmp_path / "geneve.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, names) == len(names) * len(frames)
