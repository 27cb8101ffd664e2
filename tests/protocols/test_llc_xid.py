from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import BasicXID, Data, Ethernet, LLCClass, LLCIdentification
from tests.protocols.agreement import keeps_promises

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
