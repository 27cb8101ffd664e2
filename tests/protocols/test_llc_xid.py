from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import BasicXID, Data, Ethernet, LLCClass, LLCIdentification
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

TO_ALL = bytes.fromhex("ffffffffffff020000000001")
"""From an access point that tells the bridges where a station is now."""


def frame_of(message: str) -> bytes:
    content = bytes.fromhex(message)
    return TO_ALL + len(content).to_bytes(2, "big") + content


def test_construct() -> None:
    message = LLCIdentification(ssap=1) / BasicXID(types=LLCClass.TYPES_1_2, window=2)
    assert bytes(Ethernet() / message)[12:] == bytes.fromhex("0006 0001af 810304")


def test_deconstruct() -> None:
    frame = dissect.parse(frame_of("0001af810100").ljust(60, b"\0"))
    assert [type(header) for header in frame.layers()] == [Ethernet, LLCIdentification, BasicXID]
    assert (frame[BasicXID].types, frame[BasicXID].window, frame.problems()) == (LLCClass.TYPE_1, 0, [])


def test_a_format_of_its_own() -> None:
    assert dissect.parse(frame_of("0000af820100"))[LLCIdentification].payload == Data(bytes.fromhex("820100"))


@pytest.mark.parametrize("length", [4, 5])
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(frame_of("0001af810100"[: 2 * length]), "ethernet")
    assert [problem.message for problem in frame.problems()] == ["is cut short"]


@given(st.binary(max_size=20))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(frame_of("0000af" + data.hex()), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols llc.dsap llc.ssap llc.control basicxid.llc.xid.format basicxid.llc.xid.types
        basicxid.llc.xid.wsize eth.padding eth.trailer data.data _ws.col.Protocol _ws.col.Info
    """.split()
    messages = [f"0000af81{kind:02x}{window:02x}" for kind in range(9) for window in (0, 2, 0x20)]
    messages += [
        "0001af810100",
        "0001bf810100",
        "0405af810100",
        "0606bf810100",
        "4242bf810100",
        "0000af820100",
        "0000af",
    ]
    capture = tmp_path / "xid.pcap"
    frames = [frame_of(message) for message in messages]
    dissect.write(capture, [dissect.Packet(frame) for frame in [*frames, frames[0].ljust(60, b"\0")]])
    assert agree(tshark, capture, names) == len(names) * (len(frames) + 1)
