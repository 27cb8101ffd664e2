from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import PPP, UDP, CiscoHDLC, CompressedPPP, Data, HDLCFraming, IPv4, PPPProtocol
from dissect.declaration.header import Header
from dissect.errors import CaptureError, FieldError
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


def test_construct() -> None:
    assert bytes(HDLCFraming() / PPP() / DATAGRAM)[:4] == bytes.fromhex("ff030021")
    assert bytes(CompressedPPP() / DATAGRAM)[:1] == b"\x21"
    assert bytes(PPP(protocol="lcp")) == bytes.fromhex("c021")


@pytest.mark.parametrize("link", ["ppp", "ppp_hdlc"])
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ff030021", [HDLCFraming, PPP]),
        ("0021", [PPP]),
        ("ff0321", [HDLCFraming, CompressedPPP]),
        ("21", [CompressedPPP]),
        ("0f000800", [CiscoHDLC]),
        ("8f000800", [CiscoHDLC]),
    ],
)
def test_deconstruct(link: str, header: str, expected: list[type[Header]]) -> None:
    frame = dissect.parse(bytes.fromhex(header) + bytes(DATAGRAM), link=link)
    assert [type(each) for each in frame.layers()] == [*expected, IPv4, UDP]
    assert frame.problems() == []
    assert keeps_promises(bytes(frame), link) == frame


def test_what_has_no_declaration_is_data() -> None:
    frame = dissect.parse(bytes.fromhex("ff03 80fd 01000004"), link="ppp")
    assert frame[PPP].protocol is PPPProtocol.CCP
    assert frame[PPP].payload == Data(bytes.fromhex("01000004"))
    assert frame[PPP].info() == "Compression Control Protocol"


@pytest.mark.parametrize("header", ["ff030021", "0021"])
def test_impossible_lengths(header: str) -> None:
    data = bytes.fromhex(header)
    for length in range(len(data)):
        frame = keeps_promises(data[:length], "ppp")
        messages = [problem.message for problem in frame.problems()]
        assert messages == ([] if length == 2 else ["is cut short"])


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"CompressedPPP.protocol is 256, expected 0 to 255"):
        CompressedPPP(protocol=256)


@given(st.sampled_from(["ppp", "ppp_hdlc"]), st.sampled_from([b"", b"\xff\x03", b"\x0f\x00"]), st.binary(max_size=60))
def test_bytes_of_any_kind(link: str, start: bytes, data: bytes) -> None:
    keeps_promises(start + data, link)


NAMES = ["frame.protocols", "ppp.address", "ppp.control", "ppp.protocol", "_ws.col.Protocol", "_ws.col.Info"]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    headers = ("ff030021", "0021", "ff0321", "21", "ff03c021", "c021", "ff038021", "ff03003d", "ff040021", "ff030281")
    for link in (9, 50):
        capture = tmp_path / f"ppp{link}.pcap"
        packets = [dissect.Packet(bytes.fromhex(header) + bytes(DATAGRAM), link=link) for header in headers]
        dissect.write(capture, packets)
        assert agree(tshark, capture, NAMES) == len(NAMES) * len(headers)


def test_tshark_agrees_on_the_corpus(tshark: Tshark, corpus_captures: list[Path]) -> None:
    for capture in corpus_captures:
        try:
            links = {packet.link for packet in dissect.read(capture)}
        except CaptureError:
            continue
        if links == {9}:
            assert agree(tshark, capture, NAMES[:4]) > 10
