from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    LCP,
    AddressControlFieldCompression,
    AsyncControlCharacterMap,
    AuthenticationProtocol,
    Callback,
    EndpointDiscriminator,
    FCSAlternatives,
    LCPVendorOption,
    LinkDiscriminator,
    MagicNumber,
    MalformedLCPOption,
    MaximumReceiveReconstructedUnit,
    MaximumReceiveUnit,
    Option,
    ProtocolFieldCompression,
    QualityProtocol,
    SelfDescribingPadding,
    ShortSequenceNumbers,
    UnknownLCPOption,
)
from tests.declared import again

OPTIONS = [
    (LCPVendorOption(organization=0xC, kind=1, data=b"x"), "00 07 00 00 0c 01 78"),
    (MaximumReceiveUnit(1492), "01 04 05 d4"),
    (AsyncControlCharacterMap(0x000A0000), "02 06 00 0a 00 00"),
    (AuthenticationProtocol("chap"), "03 05 c2 23 05"),
    (AuthenticationProtocol("pap"), "03 04 c0 23"),
    (QualityProtocol("lqr", data=b"\0\0\1\x2c"), "04 08 c0 25 00 00 01 2c"),
    (MagicNumber(7), "05 06 00 00 00 07"),
    (ProtocolFieldCompression(), "07 02"),
    (AddressControlFieldCompression(), "08 02"),
    (FCSAlternatives(6), "09 03 06"),
    (SelfDescribingPadding(4), "0a 03 04"),
    (Callback("cbcp"), "0d 03 06"),
    (MaximumReceiveReconstructedUnit(1600), "11 04 06 40"),
    (ShortSequenceNumbers(), "12 02"),
    (EndpointDiscriminator("mac", bytes(6)), "13 09 03 00 00 00 00 00 00"),
    (LinkDiscriminator(9), "17 04 00 09"),
    (UnknownLCPOption(type=0x55, data=b"a"), "55 03 61"),
]


@pytest.mark.parametrize(("option", "octets"), OPTIONS)
def test_bytes(option: Option, octets: str) -> None:
    assert bytes(option).hex(" ") == octets
    assert LCP(options=bytes(option)).options == (option,)
    assert again(option) == option


def test_reports_have_a_period() -> None:
    assert QualityProtocol(data=b"\0\0\1\x2c").period == 300
    assert QualityProtocol().period is QualityProtocol(protocol=9, data=bytes(4)).period is None


def test_control_characters_are_bits() -> None:
    option = AsyncControlCharacterMap(1 << 17 | 1)
    assert (option.dc1, option.nul, option.dc3) == (True, True, False)


@pytest.mark.parametrize("octets", ["01 03 05", "05 04 00 00", "07 03 00"])
def test_one_of_a_wrong_length_is_unknown(octets: str) -> None:
    (option,) = LCP(options=bytes.fromhex(octets)).options or ()
    assert type(option) is UnknownLCPOption


@pytest.mark.parametrize("octets", ["01", "01 00", "01 01 00", "01 05 00"])
def test_what_runs_past_the_end_is_malformed(octets: str) -> None:
    (option,) = LCP(options=bytes.fromhex(octets)).options or ()
    assert type(option) is MalformedLCPOption


@given(st.binary(max_size=40))
def test_every_byte_belongs_to_an_option(data: bytes) -> None:
    packet = LCP(options=data)
    assert b"".join(map(bytes, packet.options or ())) == data
    assert again(packet) == packet
