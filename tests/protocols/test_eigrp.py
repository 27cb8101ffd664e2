from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.protocols.eigrp import EIGRP, EIGRPParameters, UnknownEIGRPTLV
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.10", ttl=2)
SOFTWARE = UnknownEIGRPTLV(type=4, data=bytes([12, 4, 1, 2]))
NAMES = """
    frame.protocols eigrp.version eigrp.opcode eigrp.checksum eigrp.checksum.status eigrp.flags eigrp.flags.init
    eigrp.flags.restart eigrp.flags.eot eigrp.seq eigrp.ack eigrp.vrid eigrp.as eigrp.tlv_type eigrp.tlv.len
    eigrp.par.k1 eigrp.par.k3 eigrp.par.holdtime _ws.malformed _ws.col.Protocol _ws.col.Info
""".split()


def test_construct() -> None:
    frame = OUTER / EIGRP(autonomous_system=100, tlvs=[EIGRPParameters(), SOFTWARE])
    assert frame[IPv4].protocol == 88
    assert bytes(frame[EIGRP]).hex(" ", 4) == (
        "0205ee68 00000000 00000000 00000000 00000064 0001000c 01000100 0000000f 00040008 0c040102"
    )
    assert not frame.problems()
    assert dissect.parse(bytes(frame)) == frame


def test_scapy_builds_the_same() -> None:
    scapy = pytest.importorskip("scapy.contrib.eigrp")
    built = scapy.EIGRP(opcode=5, asn=100, tlvlist=[scapy.EIGRPParam(k1=1, k3=1, holdtime=15)])
    assert bytes(EIGRP(autonomous_system=100, tlvs=[EIGRPParameters()])) == bytes(built)


@pytest.mark.parametrize(
    ("packet", "sentences"),
    [
        (EIGRP(version=1), ["is unknown"]),
        (EIGRP(opcode=99), ["is unknown"]),
        (EIGRP(tlvs=bytes(EIGRPParameters())[:7]), ["MalformedEIGRPTLV is no well-formed option"]),
    ],
)
def test_problems(packet: EIGRP, sentences: list[str]) -> None:
    assert [problem.message for problem in packet.problems()] == sentences


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(Ethernet() / IPv4(protocol=88) / data), "ethernet")
    keeps_promises(bytes(OUTER / EIGRP()) + data, "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    frames: list[Header] = [
        OUTER / EIGRP(tlvs=[EIGRPParameters(), SOFTWARE]),
        OUTER / EIGRP(acknowledgment=7),
        OUTER / EIGRP(opcode="update", flags=9, sequence=5),
        OUTER / EIGRP(opcode="sia_query", router_id=0x8000),
        OUTER / EIGRP(opcode=99),
        OUTER / EIGRP(checksum=1),
        OUTER / EIGRP(tlvs=bytes(EIGRPParameters())[:7]),
        OUTER / EIGRP(tlvs=[UnknownEIGRPTLV(type=0x7777, data=b"abcd")]),
        Ethernet() / IPv6() / EIGRP(tlvs=[EIGRPParameters()]),
    ]
    capture = tmp_path / "eigrp.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)
