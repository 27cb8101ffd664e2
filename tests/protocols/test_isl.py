from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ISL, LLC, UDP, Data, Ethernet, IPv4, Packet
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

INNER = Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02") / IPv4(id=1) / UDP(sport=1, dport=2) / b"data"


def framed(dst: str = "01:00:0c:00:00:00", vlan: int = 5) -> bytes:
    """A frame of inter-switch link with its check sequences."""
    return bytes(Ethernet(dst=dst, src="02:00:00:00:00:07") / ISL(vlan=vlan, trailer=bytes(4)) / INNER) + bytes(4)


@pytest.mark.parametrize("dst", ["01:00:0c:00:00:00", "0c:00:0c:00:00:03"])
def test_a_frame_within_a_frame(dst: str) -> None:
    frame = dissect.parse(framed(dst))
    assert [type(layer) for layer in frame.layers()] == [Ethernet, ISL, Ethernet, IPv4, UDP, Data]
    assert (frame[ISL].vlan, frame[ISL].is_control, frame.trailer) == (5, False, bytes(4))
    assert frame[ISL].payload == INNER
    assert not frame.problems()


def test_what_goes_elsewhere_or_carries_another_kind_is_no_such_frame() -> None:
    assert ISL not in dissect.parse(framed("01:00:0c:00:01:00"))
    assert LLC in dissect.parse(framed("01:00:0c:00:01:00"))
    assert ISL not in dissect.parse(framed()[:12] + b"\x08\x00" + framed()[14:])
    token_ring = dissect.parse(framed("01:00:0c:00:00:10"))
    assert type(token_ring[ISL].payload) is Data


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes.fromhex("01000c000000 020000000007") + data, "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols eth.dst eth.src eth.addr eth.type eth.len eth.trailer eth.padding llc.oui ip.src udp.dstport
        data.data _ws.col.Protocol _ws.col.Info _ws.malformed
    """.split()
    whole = framed()
    frames = [whole, framed("0c:00:0c:00:00:00"), framed("03:00:0c:00:00:00")]
    capture = tmp_path / "isl.pcap"
    dissect.write(capture, [Packet(frame) for frame in frames])
    assert agree(tshark, capture, names) == len(names) * len(frames)
