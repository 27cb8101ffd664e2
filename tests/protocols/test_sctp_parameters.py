"""The parameters and causes of SCTP: bytes as RFC 9260 and its companions draw them."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.declare import OptionList
from dissect.protocols import sctp_parameters as sctp
from dissect.protocols.sctp_parameters import SCTPCause, SCTPParameter


def read(family: type[Any], raw: bytes) -> list[Any]:
    return list(OptionList(family, padded=4).load(raw))


@pytest.mark.parametrize(
    ("parameter", "hexadecimal"),
    [
        # RFC 9260, sections 3.3.2.1, 3.3.3.1 and 3.3.5: the length counts type and length, and no padding.
        (sctp.SCTPHeartbeatInformation(b"beat"), "0001 0008 62656174"),
        (sctp.SCTPIPv4("192.0.2.1"), "0005 0008 c0000201"),
        (sctp.SCTPIPv6("2001:db8::1"), "0006 0014 20010db8000000000000000000000001"),
        (sctp.SCTPStateCookie(b"cook"), "0007 0008 636f6f6b"),
        (sctp.SCTPCookiePreservative(1000), "0009 0008 000003e8"),
        (sctp.SCTPHostName("ab"), "000b 0006 6162"),
        (sctp.SCTPSupportedAddressTypes([5, 6]), "000c 0008 0005 0006"),
        (sctp.SCTPECN(), "8000 0004"),
        # RFC 4895, section 3.
        (sctp.SCTPRandom(b"\x01\x02"), "8002 0006 0102"),
        (sctp.SCTPAuthenticatedChunks([0xC1, 0x80]), "8003 0006 c1 80"),
        (sctp.SCTPHMACs([1, 3]), "8004 0008 0001 0003"),
        # RFC 5061, sections 4.2.7, 4.2.1, 4.2.2 and 4.2.6; RFC 3758, section 3.1.
        (sctp.SCTPSupportedExtensions([0xC1]), "8008 0005 c1"),
        (sctp.SCTPForwardTSNSupported(), "c000 0004"),
        (sctp.SCTPAddAddress(correlation=7, parameters=[sctp.SCTPIPv4("192.0.2.1")]),
         "c001 0010 00000007 0005 0008 c0000201"),
        (sctp.SCTPDeleteAddress(correlation=8, parameters=[sctp.SCTPIPv4("192.0.2.1")]),
         "c002 0010 00000008 0005 0008 c0000201"),
        (sctp.SCTPAdaptation(3), "c006 0008 00000003"),
    ],
)  # fmt: skip
def test_parameters(parameter: SCTPParameter, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(parameter) == raw
    assert read(SCTPParameter, raw) == [parameter]


def test_the_upper_bits_say_what_to_do_with_an_unknown_type() -> None:
    # RFC 9260, section 3.2.1: 00 stop, 01 stop and report, 10 skip, 11 skip and report.
    for number, skips, reports in (
        (0x0020, False, False),
        (0x4020, False, True),
        (0x8020, True, False),
        (0xC020, True, True),
    ):
        (parameter,) = read(SCTPParameter, number.to_bytes(2, "big") + bytes.fromhex("0005 07"))
        assert isinstance(parameter, sctp.UnknownSCTPParameter)
        assert (parameter.skips, parameter.reports, parameter.data) == (skips, reports, b"\x07")


def test_an_address_within_an_address_is_bytes() -> None:
    inner = bytes.fromhex("c001 0008 00000001")
    (outer,) = read(SCTPParameter, bytes.fromhex("c001 0010 00000002") + inner)
    (found,) = outer.parameters
    assert (type(found), bytes(found)) == (sctp.UnknownSCTPParameter, inner)


@pytest.mark.parametrize(
    ("cause", "hexadecimal"),
    [
        # RFC 9260, sections 3.3.10.1, 3.3.10.3 and 3.3.10.9.
        (sctp.SCTPInvalidStream(stream=7), "0001 0008 0007 0000"),
        (sctp.SCTPStaleCookie(1_000_000), "0003 0008 000f4240"),
        (sctp.SCTPNoUserData(5), "0009 0008 00000005"),
        (sctp.UnknownSCTPCause(code=0x000C, data=b"why"), "000c 0007 776879"),
    ],
)
def test_causes(cause: SCTPCause, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(cause) == raw
    assert read(SCTPCause, raw) == [cause]


@pytest.mark.parametrize(("family", "kind"), [
    (SCTPParameter, sctp.MalformedSCTPParameter), (SCTPCause, sctp.MalformedSCTPCause),
])  # fmt: skip
def test_a_length_below_its_own_head_ends_the_list(family: type[Any], kind: type[Any]) -> None:
    *_, last = read(family, bytes.fromhex("0009 0008 00000005 0001 0003 00"))
    assert type(last) is kind
