from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import IPCP, IPV6CP, LCP, PPP, ControlCode, Ethernet, FieldError, Header, MaximumReceiveUnit, PPPoESession
from dissect.protocols.ppp_control import ControlPacket
from tests.protocols.agreement import keeps_promises


def over_pppoe(packet: Header) -> Header:
    return dissect.parse(bytes(Ethernet() / PPPoESession(session_id=1) / PPP() / packet))


@pytest.mark.parametrize(("cls", "number"), [(LCP, 0xC021), (IPCP, 0x8021), (IPV6CP, 0x8057)])
def test_each_has_its_number(cls: type[ControlPacket], number: int) -> None:
    frame = over_pppoe(cls(code="terminate request", identifier=7, data=b"bye"))
    assert (frame[PPP].protocol, frame.problems()) == (number, [])
    assert bytes(frame[cls]) == bytes.fromhex("0507 0007") + b"bye"


def test_the_code_says_which_fields_are_there() -> None:
    packet = LCP(code="configure ack", options=[MaximumReceiveUnit(1492)])
    assert (packet.data, packet.magic_number, packet.length) == (None, None, 8)
    with pytest.raises(FieldError, match=r"LCP\.data"):
        LCP(code="configure ack", data=b"no")
    vendor = IPCP(code="vendor specific", vendor_magic_number=1, organization=0xC, kind=2, data=b"x")
    assert bytes(vendor).hex(" ") == "00 00 00 0d 00 00 00 01 00 00 0c 02 78"


def test_a_code_of_another_protocol_is_unknown() -> None:
    assert over_pppoe(LCP(code="echo request")).problems() == []
    frame = over_pppoe(IPCP(code=ControlCode.ECHO_REQUEST))
    assert [problem.field for problem in frame.problems()] == ["code"]
    assert frame[IPCP].info() == "Unknown"


@pytest.mark.parametrize("length", [0, 3, 4, 7, 200])
def test_the_length_ends_the_packet(length: int) -> None:
    octets = bytes.fromhex("0501") + length.to_bytes(2, "big") + b"byebye"
    frame = keeps_promises(bytes(12) + bytes.fromhex("8864 1100 0001 000c c021") + octets, "ethernet")
    if length >= 4:
        assert frame[LCP].data == b"byebye"[: length - 4]
    assert bool(frame.problems()) is (length not in (4, 7))


@given(st.sampled_from([0xC021, 0x8021, 0x8057]), st.binary(max_size=60))
def test_bytes_of_any_kind(number: int, data: bytes) -> None:
    keeps_promises(number.to_bytes(2, "big") + data, 9)
