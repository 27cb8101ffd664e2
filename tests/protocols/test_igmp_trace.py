"""Multicast traceroute: questions, and the blocks that routers put behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import IPv4
from dissect.protocols.igmp_trace import MulticastTrace, MulticastTraceBlock
from tests.protocols.agreement import keeps_promises

BLOCK = MulticastTraceBlock(arrival=1, incoming="10.0.0.9", packets_in=7, forwarding_ttl=3, source_mask=24, code=2)
QUERY = bytes.fromhex("1f 08 e1e8 e0000001 0a000001 0a000002 0a000003 01 000007")


def trace(**more: object) -> MulticastTrace:
    known = {
        "max_response": 8, "group": "224.0.0.1", "sender": "10.0.0.1", "receiver": "10.0.0.2",
        "response_address": "10.0.0.3", "response_ttl": 1, "query_id": 7,
    }  # fmt: skip
    return MulticastTrace(**known | more)  # type: ignore[arg-type]


def test_construct_and_deconstruct() -> None:
    assert bytes(trace()) == QUERY
    frame = dissect.parse(bytes(IPv4() / trace(blocks=[BLOCK, BLOCK])), link="ipv4")
    assert frame.problems() == []
    assert frame[MulticastTrace].blocks == (BLOCK, BLOCK)
    assert (BLOCK.incoming, BLOCK.source_mask, len(bytes(BLOCK))) == ("10.0.0.9", 24, 32)


@pytest.mark.parametrize(
    ("number", "blocks", "words"),
    [
        (0x1F, 0, "Traceroute Query"),
        (0x1F, 1, "Traceroute Request"),
        (0x1E, 0, "Traceroute Response, 0 blocks"),
        (0x1E, 1, "Traceroute Response, 1 block"),
        (0x1E, 2, "Traceroute Response, 2 blocks"),
    ],
)
def test_the_line_tells_how_far_a_question_has_come(number: int, blocks: int, words: str) -> None:
    assert trace(type=number, blocks=[BLOCK] * blocks).info() == words


@pytest.mark.parametrize("length", range(1, 24))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv4(protocol=2) / QUERY[:length]), "ipv4")
    assert frame[MulticastTrace].is_cut


@given(st.sampled_from([b"\x1e", b"\x1f"]), st.binary(max_size=80))
def test_bytes_of_any_kind(start: bytes, data: bytes) -> None:
    keeps_promises(bytes(IPv4(protocol=2) / (start + data)), "ipv4")
