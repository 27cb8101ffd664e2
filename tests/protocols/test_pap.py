from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import PAP, PPP, FieldError
from tests.protocols.agreement import keeps_promises


@pytest.mark.parametrize(
    ("packet", "octets", "words"),
    [
        (
            PAP(identifier=1, peer="user", password="secret"),
            "01010010 04 75736572 06 736563726574",
            "Authenticate-Request (Peer-ID='user', Password='secret')",
        ),
        (PAP(code="ack", message="hi"), "02000007 02 6869", "Authenticate-Ack (Message='hi')"),
        (PAP(code="nak"), "03000005 00", "Authenticate-Nak (Message='')"),
        (PAP(code=9, rest=b"abc"), "09000007 616263", "Unknown"),
    ],
)
def test_bytes(packet: PAP, octets: str, words: str) -> None:
    assert bytes(packet) == bytes.fromhex(octets)
    frame = dissect.parse(bytes(PPP() / packet), link="ppp")
    assert (frame[PAP], frame[PAP].info(), frame[PPP].protocol) == (packet, words, 0xC023)


def test_a_request_has_no_message() -> None:
    assert PAP().message is None
    with pytest.raises(FieldError, match=r"PAP\.password"):
        PAP(code="ack", password="secret")


def test_what_is_there_whatever_the_code_can_be_changed() -> None:
    changed = PAP(password="secret").replace(rest=b"more")
    assert changed.password == "secret"
    assert changed.rest == b"more"
    del changed.length
    assert changed.length == len(changed)


@given(st.binary(max_size=40))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(b"\xc0\x23" + data, "ppp")
