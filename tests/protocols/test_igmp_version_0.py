"""The first version of IGMP: requests of hosts and replies of their agents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import IPv4
from dissect.protocols.igmp_version_0 import IGMPv0
from tests.protocols.agreement import keeps_promises

REQUEST = bytes.fromhex("01 01 fed3 00000007 e0000102 0000000000000019")


def test_construct_and_deconstruct() -> None:
    request = IGMPv0(
        type="create group request", max_response=1, identifier=7, group="224.0.1.2", access_key=bytes(7) + b"\x19"
    )
    assert bytes(request)[4:] == REQUEST[4:]
    frame = dissect.parse(bytes(IPv4() / request), link="ipv4")
    assert (frame.problems(), frame[IGMPv0].version, frame[IGMPv0].info()) == ([], 0, "Create Group Request")


def test_the_code_means_what_the_type_says() -> None:
    for number, code, found in ((1, 1, (1, None, None)), (2, 4, (None, 4, None)), (2, 5, (None, None, 5))):
        message = IGMPv0(type=number, max_response=code)
        assert (message.group_type, message.reply, message.pending) == found


@pytest.mark.parametrize("length", range(1, 20))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv4(protocol=2) / REQUEST[:length]), "ipv4")
    assert frame[IGMPv0].is_cut


@given(st.integers(0, 15), st.binary(max_size=40))
def test_bytes_of_any_kind(number: int, data: bytes) -> None:
    keeps_promises(bytes(IPv4(protocol=2) / (bytes([number]) + data)), "ipv4")
