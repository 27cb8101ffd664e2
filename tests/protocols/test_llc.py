from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, LLC, SNAP, UDP, VLAN, Data, Ethernet, IPv4, LLCNumbered, ServiceAccessPoint
from dissect.errors import FieldError
from dissect.views.strategies import headers
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2) / b"data"


def frame_of(body: bytes) -> bytes:
    """A frame of 802.3 around what follows the length."""
    return bytes(12) + len(body).to_bytes(2, "big") + body


def test_construct() -> None:
    frame = Ethernet() / LLC() / SNAP() / ARP()
    assert bytes(frame)[12:22] == bytes.fromhex("0024 aaaa03 000000 0806")
    assert bytes(LLC(dsap="netbios", ssap=0xF1, control=0x73)) == bytes.fromhex("f0f173")
    assert bytes(LLCNumbered(dsap=0xF0, ssap=0xF0, control=1, receive_number=5, poll=True)) == bytes.fromhex("f0f0010b")


def test_deconstruct() -> None:
    frame = dissect.parse(frame_of(bytes.fromhex("aaaa03 000000 0800") + bytes(DATAGRAM)) + bytes(6))
    assert [type(header) for header in frame.layers()] == [Ethernet, LLC, SNAP, IPv4, UDP, Data]
    assert frame.trailer == bytes(6)
    assert (frame[LLC].dsap, frame[LLC].ssap, frame[LLC].control) == (ServiceAccessPoint.SNAP, 0xAA, 3)
    assert (frame[SNAP].oui, frame[SNAP].type) == (0, 0x0800)
    assert frame.problems() == []


def test_the_length_is_automatic_and_leaves_the_padding_out() -> None:
    frame = (Ethernet() / LLC(dsap=0xF0, ssap=0xF0) / bytes(35)).padded()
    assert (len(frame), frame.type) == (60, 38)
    parsed = dissect.parse(bytes(frame))
    assert (len(bytes(parsed[LLC])), parsed.trailer) == (38, bytes(8))
    assert parsed.problems() == []
    tagged = Ethernet() / VLAN(id=7) / LLC(dsap=0xF0, ssap=0xF0) / b"spanning tree"
    assert tagged[VLAN].type == 16
    assert dissect.parse(bytes(tagged)) == tagged


def test_access_points_follow_from_the_payload() -> None:
    assert LLC(payload=SNAP()).dsap == LLC(payload=SNAP()).ssap == 0xAA
    assert LLC(payload=DATAGRAM).dsap is ServiceAccessPoint.IP
    assert dissect.parse(bytes(Ethernet() / LLC() / DATAGRAM))[UDP].dport == 2
    assert LLC(ssap_response=True).ssap == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("aaaa03 000000 0800", [LLC, SNAP, IPv4, UDP, Data]),
        ("aaaa03 0000f8 0800", [LLC, SNAP, IPv4, UDP, Data]),
        ("aaaa03 00000c 0800", [LLC, SNAP, Data]),
        ("aaaa0101 000000 0800", [LLCNumbered, SNAP, IPv4, UDP, Data]),
        # Not SNAP unless both say so.
        ("aaab03 000000 0800", [LLC, Data]),
        ("aa0003 000000 0800", [LLC, Data]),
        ("060603", [LLC, IPv4, UDP, Data]),
        ("060603"[:4] + "0000", [LLCNumbered, IPv4, UDP, Data]),
    ],
)
def test_what_is_carried(header: str, expected: list[type]) -> None:
    frame = dissect.parse(frame_of(bytes.fromhex(header) + bytes(DATAGRAM)))
    assert [type(each) for each in frame.layers()][1:] == expected


def test_no_llc_where_ipx_follows_the_length() -> None:
    frame = dissect.parse(frame_of(b"\xff\xff" + bytes(28)))
    assert [type(header) for header in frame.layers()] == [Ethernet, Data]
    assert frame.info() == "30 bytes"


def test_the_control_field_has_one_byte_or_two() -> None:
    for control in range(256):
        _has_its_size(control)


def _has_its_size(control: int) -> None:
    header = dissect.parse(frame_of(bytes((2, 2, control, 0x41))))[LLC]
    numbered = control & 3 != 3
    assert isinstance(header, LLCNumbered) == numbered
    if isinstance(header, LLCNumbered):
        assert (header.receive_number, header.poll) == (32, True)
        assert header.payload is None
    else:
        assert header.payload == Data(b"A")


@pytest.mark.parametrize("whole", ["aaaa03 000000 0800", "f0f0 0101", "f0f1 73"])
def test_impossible_lengths(whole: str) -> None:
    data = bytes.fromhex(whole)
    for length in range(1, len(data)):
        frame = keeps_promises(frame_of(data[:length]), 1)
        last = list(frame.layers())[-1]
        if length not in (3,) or not whole.startswith("aa"):
            assert [problem.message for problem in last.problems()] == ["is cut short"], length


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"LLC.control is 256, expected 0 to 255"):
        LLC(control=256)
    with pytest.raises(FieldError, match="one of null, management"):
        LLC(dsap="nobody")
    with pytest.raises(FieldError, match="did you mean 'oui'"):
        SNAP(uoi=1)  # type: ignore[call-arg]


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(body: bytes) -> None:
    keeps_promises(frame_of(body), 1)
    keeps_promises(frame_of(bytes.fromhex("aaaa03") + body), 1)
    keeps_promises(body, "atm_rfc1483")


@given(st.integers(0, 255), st.integers(0, 255), st.sampled_from(range(3, 256, 4)), st.binary(max_size=40))
def test_scapy_builds_the_same_llc(dsap: int, ssap: int, control: int, body: bytes) -> None:
    ours = Ethernet(dst="00:00:00:00:00:01") / LLC(dsap=dsap, ssap=ssap, control=control) / body
    theirs = scapy.LLC(dsap=dsap, ssap=ssap, ctrl=control) / scapy.Raw(body)
    assert bytes(ours) == bytes(scapy.Dot3(dst="00:00:00:00:00:01", src="00:00:00:00:00:00") / theirs)


@given(headers(SNAP))
def test_scapy_reads_the_same_snap(snap: SNAP) -> None:
    theirs = scapy.SNAP(bytes(snap))
    assert (theirs.OUI, theirs.code) == (snap.oui, int(snap.type))


NAMES = """
    frame.protocols eth.len llc.dsap llc.dsap.sap llc.dsap.ig llc.ssap llc.ssap.cr llc.control llc.control.n_r
    llc.control.n_s llc.control.p llc.control.f llc.control.s_ftype llc.control.u_modifier_cmd
    llc.control.u_modifier_resp llc.control.ftype llc.oui llc.type llc.pid _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees_on_every_access_point_and_control_field(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "llc.pcap"
    bodies = [bytes((point, point ^ 1, 3)) + b"hello" for point in range(256) if point not in (0x06, 0xFF)]
    bodies += [bytes((2, ssap, control, last)) for ssap in (2, 3) for control in range(256) for last in (0x40, 0x41)]
    dissect.write(capture, [dissect.parse(frame_of(body)) for body in bodies])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(bodies)


def test_tshark_agrees_on_snap(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "snap.pcap"
    organizations = (0, 0xF8, 0x0C, 0x080007, 0x123456, 0x0080C2)
    frames = [
        Ethernet() / LLC() / SNAP(oui=oui, type=number) / DATAGRAM
        for oui in organizations
        for number in (0x0800, 0x1234, 0x0999)
    ]
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)


def test_tshark_agrees_on_the_corpus(tshark: Tshark, corpus_captures: list[Path]) -> None:
    for capture in corpus_captures:
        if capture.name == "llc.pcap":
            assert agree(tshark, capture, NAMES) > 100
