from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ChecksumState,
    ICMPv6,
    ICMPv6Redirect,
    ICMPv6RouterAdvertisement,
    ICMPv6RouterSolicitation,
    IPv6,
    NeighborAdvertisement,
    NeighborSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownNeighborOption,
)
from dissect.errors import FieldError
from tests.oracle import scapy_judge as scapy
from tests.protocols.agreement import keeps_promises

BASE = IPv6(src="fe80::1", dst="fe80::2", hop_limit=255)
OPTION = SourceLinkLayerAddress("00:05:5d:61:58:a8")


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (ICMPv6RouterSolicitation(options=[OPTION]), "8500 0000 00000000 0101 00055d6158a8"),
        (
            ICMPv6RouterAdvertisement(
                managed=True, preference=1, lifetime=1800, reachable_time=1, retransmission_time=2
            ),
            "8600 0000 40 88 0708 00000001 00000002",
        ),
        (NeighborSolicitation(target="fe80::9"), "8700 0000 00000000 fe80" + "0" * 27 + "9"),
        (NeighborAdvertisement(target="fe80::9", solicited=True), "8800 0000 40000000 fe80" + "0" * 27 + "9"),
        (ICMPv6Redirect(target="::1", destination="::2"), "8900 0000 00000000" + "0" * 31 + "1" + "0" * 31 + "2"),
    ],
)
def test_construct_and_deconstruct(message: ICMPv6, data: str) -> None:
    assert bytes(message) == bytes.fromhex(data)
    packet = BASE / message
    read = keeps_promises(bytes(packet), "raw")
    assert read == packet
    assert type(read[ICMPv6]) is type(message)
    assert read[ICMPv6].checksum_state() is ChecksumState.GOOD
    assert read.problems() == []


def test_flags_read_as_a_whole() -> None:
    assert ICMPv6RouterAdvertisement(managed=True, other=True).flags == 0xC0
    assert NeighborAdvertisement(flags=0x60000000).override


def test_who_asks_and_who_answers() -> None:
    asks = NeighborSolicitation(target="fe80::9", options=[OPTION])
    assert asks.info() == "Neighbor Solicitation for fe80::9 from 00:05:5d:61:58:a8"
    found = TargetLinkLayerAddress("00:05:5d:61:58:a8")
    answers = NeighborAdvertisement(target="fe80::9", solicited=True, override=True, options=[found])
    assert answers.info() == "Neighbor Advertisement fe80::9 (sol, ovr) is at 00:05:5d:61:58:a8"


def test_problems() -> None:
    passed_on = BASE.replace(hop_limit=254) / NeighborSolicitation()
    assert [problem.found for problem in passed_on.problems()] == ["254"]
    malformed = BASE / NeighborSolicitation(options=b"\1\0")
    assert [problem.message for problem in malformed.problems()] == ["MalformedNeighborOption is no well-formed option"]
    wrong = BASE / NeighborSolicitation(options=[UnknownNeighborOption(type=5, data=bytes(14))])
    assert ["that option cannot have" in problem.message for problem in wrong.problems()] == [True]


@pytest.mark.parametrize(
    "cls", [ICMPv6RouterSolicitation, ICMPv6RouterAdvertisement, NeighborSolicitation, ICMPv6Redirect]
)
def test_impossible_lengths(cls: type[ICMPv6]) -> None:
    whole = bytes(cls())
    for length in range(1, len(whole)):
        frame = keeps_promises(bytes(BASE.replace(next_header=58, payload=whole[:length])), "raw")
        assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"NeighborSolicitation.target is '10.0.0.1', expected text like"):
        NeighborSolicitation(target="10.0.0.1")
    with pytest.raises(FieldError, match="a list of NeighborOption, or bytes"):
        NeighborSolicitation(options=[dissect.MSS(1460)])


@given(st.integers(133, 137), st.binary(max_size=100))
def test_bytes_of_any_kind(kind: int, data: bytes) -> None:
    keeps_promises(bytes(BASE.replace(next_header=58, payload=bytes((kind, 0)) + data)), "raw")


@given(st.integers(1, 65535), st.booleans(), st.booleans(), st.booleans(), st.binary(min_size=6, max_size=6))
def test_scapy_builds_the_same_bytes(number: int, router: bool, solicited: bool, override: bool, mac: bytes) -> None:
    target, link = f"fe80::{number:x}", mac.hex(":")
    ours = BASE / NeighborAdvertisement(
        target=target, router=router, solicited=solicited, override=override, options=[TargetLinkLayerAddress(link)]
    )
    theirs = scapy.IPv6(src="fe80::1", dst="fe80::2", hlim=255) / scapy.ICMPv6ND_NA(
        tgt=target, R=int(router), S=int(solicited), O=int(override)
    )
    assert bytes(ours) == bytes(theirs / scapy.ICMPv6NDOptDstLLAddr(lladdr=link))
