from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, VXLAN, Data, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OUTER = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=49152)
INNER = (
    Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", id=2)
    / TCP(sport=1, dport=2, flags="S")
)


def test_construct() -> None:
    frame = OUTER / VXLAN(vni=0x123456) / INNER
    assert bytes(frame[UDP])[2:4] == (4789).to_bytes(2, "big")
    assert bytes(frame[VXLAN])[:8] == bytes.fromhex("08000000 12345600")
    assert not frame.problems()


def test_deconstruct() -> None:
    frame = dissect.parse(bytes(OUTER / VXLAN(vni=7, group_policy=5, has_group_policy=True) / INNER))
    assert [type(header) for header in frame.layers()] == [Ethernet, IPv4, UDP, VXLAN, Ethernet, IPv4, TCP]
    assert (frame[VXLAN].vni, frame[VXLAN].group_policy, frame[VXLAN].flags) == (7, 5, 0x8800)
    assert not frame.problems()


def test_tunnels_nest() -> None:
    frame = OUTER / VXLAN(vni=1) / Ethernet() / IPv6(src="fe80::1", dst="fe80::2") / UDP() / VXLAN(vni=2) / INNER
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert [header.vni for header in parsed.layers() if isinstance(header, VXLAN)] == [1, 2]
    assert not parsed.problems()


def test_each_checksum_takes_the_addresses_of_its_own_network() -> None:
    data = bytearray(bytes(OUTER / VXLAN() / INNER))
    inner = dissect.parse(bytes(data))[TCP].offset
    assert inner is not None
    # The inner segment changes: its checksum is wrong then, and so is that of the datagram around it.
    data[inner + 4] ^= 1
    wrong = [(problem.layer, problem.field) for problem in dissect.parse(bytes(data)).problems()]
    assert wrong == [("udp", "checksum"), ("tcp", "checksum")]
    assert dissect.parse(bytes(data)).fixed().problems() == []


def test_a_number_that_is_not_valid_is_told() -> None:
    (problem,) = VXLAN(flags=0).own_problems()
    assert (problem.field, problem.expected, problem.found) == ("flags", "0x0800", "0x0000")


@pytest.mark.parametrize("length", range(9))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(OUTER / VXLAN().cut(bytes(VXLAN())[:length]).copy()), "ethernet")
    assert isinstance(frame[UDP].payload, VXLAN) == (length > 0) or frame[UDP].dport == 0


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(OUTER / UDP(dport=4789) / data)[:-8], "ethernet")
    keeps_promises(bytes(Ethernet() / IPv4() / UDP(dport=4789) / data), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols vxlan.flags vxlan.flags_reserved vxlan.flag_g vxlan.flag_i vxlan.flag_d vxlan.flag_a vxlan.gbp
        vxlan.vni vxlan.reserved8 eth.dst eth.type ip.src ip.checksum.status udp.dstport udp.checksum.status
        data.data _ws.col.Source _ws.col.Protocol _ws.col.Info
    """.split()
    simple = IPv4(src="10.0.0.1", dst="10.0.0.2", id=2) / UDP(sport=1, dport=2) / b"abc"
    plain, answer = bytes(VXLAN(vni=42)), UDP(sport=4789, dport=49152)
    frames: list[Header] = [
        OUTER / VXLAN(vni=42) / Ethernet() / simple,
        OUTER / VXLAN(flags=0xFFFF, group_policy=0x1234, vni=42, reserved=255) / Ethernet() / simple,
        OUTER / VXLAN(flags=0) / Ethernet() / simple,
        Ethernet() / IPv4() / answer / VXLAN() / Ethernet() / simple,
        Ethernet() / IPv4() / UDP(sport=4789, dport=6081) / VXLAN() / Ethernet() / simple,
        Ethernet() / IPv4() / UDP(dport=4789),
        Ethernet() / IPv4() / UDP(dport=4789) / plain[:5],
        Ethernet() / IPv4() / UDP(dport=4789) / plain,
        Ethernet() / IPv4() / UDP(dport=4789) / (plain + bytes(Ethernet() / simple)[:20]),
        OUTER / VXLAN(vni=1) / Ethernet() / IPv6() / UDP() / VXLAN(vni=2) / Ethernet() / simple,
    ]
    capture = tmp_path / "vxlan.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, names) == len(names) * len(frames)


def test_connections_inside_tunnels_are_followed_as_by_tshark(tshark: Tshark, tmp_path: Path) -> None:
    names = "tcp.stream udp.stream tcp.seq tcp.ack tcp.window_size ip.reassembled_in".split()
    client, server = IPv4(src="10.0.0.1", dst="10.0.0.2", id=1), IPv4(src="10.0.0.2", dst="10.0.0.1", id=2)
    segments = [
        client / TCP(sport=5, dport=80, seq=1000, flags="S"),
        server / TCP(sport=80, dport=5, seq=7000, ack=1001, flags="SA"),
        client / TCP(sport=5, dport=80, seq=1001, ack=7001, flags="PA") / b"abc",
        # The same addresses in another network, and not in a tunnel: to Wireshark all the same.
        client / TCP(sport=5, dport=80, seq=1004, ack=7001, flags="A"),
    ]
    frames = [OUTER / VXLAN(vni=number // 3) / Ethernet() / each for number, each in enumerate(segments)]
    frames.append(Ethernet() / segments[-1])
    whole = client / UDP(sport=1, dport=2) / bytes(200)
    frames += [OUTER / VXLAN() / Ethernet() / part for part in dissect.fragment(whole, 100)]
    capture = tmp_path / "inside.pcap"
    dissect.write(capture, frames)
    found = [[texts(packet, name) for name in names] for packet in dissect.with_context(dissect.read(capture))]
    expected = [[cell.split(",") if cell else [] for cell in row] for row in tshark.fields(capture, names)]
    assert [[",".join(cell) for cell in row] for row in found] == [[",".join(cell) for cell in row] for row in expected]


def test_bytes_over_another_port_stay_bytes() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP(dport=4788) / bytes(VXLAN() / INNER)))
    assert type(frame[UDP].payload) is Data
