from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    Geneve,
    GeneveGCPEndpoint,
    GeneveGCPNetwork,
    GeneveGCPProfile,
    MalformedGeneveOption,
    UnknownGeneveOption,
)
from tests.declared import again


def test_data_are_filled_up_to_whole_words() -> None:
    assert bytes(UnknownGeneveOption(option_class=0x0102, type=3, data=b"12345")).hex() == "010203023132333435000000"


@pytest.mark.parametrize(
    "option",
    [
        UnknownGeneveOption(option_class=0xFFFF, type=0xFF),
        GeneveGCPNetwork(network=0x1234567, egress=True),
        GeneveGCPEndpoint(endpoint=b"12345678"),
        GeneveGCPProfile(profile=9),
    ],
)
def test_class_and_type_tell_an_option(option: UnknownGeneveOption) -> None:
    (read,) = Geneve(options=bytes(option)).options
    assert read == option
    assert again(option) == option


@pytest.mark.parametrize("octets", ["01020301", "0102031f 01020304"])
def test_what_goes_past_the_end_is_malformed(octets: str) -> None:
    header = Geneve(options=bytes.fromhex(octets))
    (option,) = header.options
    assert type(option) is MalformedGeneveOption
    assert bytes(header)[8:].startswith(bytes.fromhex(octets))


@given(st.binary(max_size=200))
def test_every_byte_belongs_to_an_option(data: bytes) -> None:
    data += bytes(-len(data) % 4)
    header = Geneve(options=data)
    assert b"".join(map(bytes, header.options)) == data
    assert again(header) == header
