from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import CHAP, PPP, FieldError
from tests.protocols.agreement import keeps_promises


@pytest.mark.parametrize(
    ("packet", "octets", "words"),
    [
        (CHAP(value=b"\1\2", peer="isp"), "0100000a 02 0102 697370", "Challenge (NAME='isp', VALUE=0x0102)"),
        (CHAP(code="response", value=b"\1"), "02000006 01 01", "Response (NAME='', VALUE=0x01)"),
        (CHAP(code="success", message="hi"), "03000006 6869", "Success (MESSAGE='hi')"),
        (CHAP(code="failure"), "04000004", "Failure (MESSAGE='')"),
        (CHAP(code=9, rest=b"abc"), "09000007 616263", "Unknown"),
    ],
)
def test_bytes(packet: CHAP, octets: str, words: str) -> None:
    assert bytes(packet) == bytes.fromhex(octets)
    frame = dissect.parse(bytes(PPP() / packet), link="ppp")
    assert (frame[CHAP], frame[CHAP].info(), frame[PPP].protocol) == (packet, words, 0xC223)


def test_a_challenge_has_no_message() -> None:
    with pytest.raises(FieldError, match=r"CHAP\.message"):
        CHAP(message="no")


@given(st.binary(max_size=40))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(b"\xc2\x23" + data, "ppp")
