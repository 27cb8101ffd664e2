"""Selective acknowledgments: which blocks arrived twice; the verdicts are those of tshark 4.0."""

from __future__ import annotations

import json

import pytest

from dissect import SACK, TCP, Ethernet, IPv4, Packet, with_context
from dissect.views.json import json_packet
from dissect.wireshark.expert import expert_items


def acknowledging(*blocks: tuple[int, int], ack: int = 101, base: int = 0) -> Packet:
    """Return a segment behind an answer, whose numbers count from `base`."""
    there = IPv4(src="10.0.0.1", dst="10.0.0.2"), TCP(sport=1000, dport=80, flags="S", seq=base)
    numbers = [(left + base & 0xFFFFFFFF, right + base & 0xFFFFFFFF) for left, right in blocks]
    back = (
        IPv4(src="10.0.0.2", dst="10.0.0.1"),
        TCP(sport=80, dport=1000, flags="A", seq=1, ack=ack + base & 0xFFFFFFFF, options=[SACK(numbers)]),
    )
    frames = [bytes(Ethernet() / network / segment) for network, segment in (there, back)]
    return list(with_context(Packet(frame, number=number, time_ns=0) for number, frame in enumerate(frames, 1)))[-1]


@pytest.mark.parametrize(
    "blocks",
    [
        [(90, 101)],
        [(101, 101)],
        [(91, 100), (120, 130)],
        [(102, 101)],
        [(111, 121), (111, 121)],
        [(111, 121), (102, 131)],
        [(91, 121), (102, 131)],
        [(131, 131), (121, 131)],
        [(111, 102), (101, 121)],
    ],
)
@pytest.mark.parametrize("base", [0, 2**32 - 110])
def test_the_first_block_arrived_twice(blocks: list[tuple[int, int]], base: int) -> None:
    packet = acknowledging(*blocks, base=base)
    edges = packet.get("tcp.options.sack.dsack_le"), packet.get("tcp.options.sack.dsack_re")
    assert edges == ([blocks[0][0]], [blocks[0][1]])
    assert packet.get("tcp.options.sack.dsack") == [1]
    said = [item for item in expert_items(packet) if item.name == "tcp.options.sack.dsack"]
    assert [item.line for item in said] == ["Expert Info (Warning/Sequence): D-SACK Sequence"]


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [(91, 131)],
        [(102, 111)],
        [(111, 121), (91, 101)],
        [(111, 111), (111, 131)],
        [(101, 131), (91, 121)],
        [(91, 111), (111, 121)],
        [(102, 111), (120, 130), (102, 111)],
    ],
)
def test_the_first_block_is_new(blocks: list[tuple[int, int]]) -> None:
    packet = acknowledging(*blocks)
    assert packet.get("tcp.options.sack.dsack_le") == packet.get("tcp.options.sack.dsack") == []


def test_a_block_that_arrived_twice_stands_behind_the_number_of_blocks() -> None:
    layers = json.loads(json_packet(acknowledging((90, 95), (120, 130))))["_source"]["layers"]
    sack = list(layers["tcp"]["tcp.options_tree"]["tcp.options.sack_tree"])
    assert sack[-4:-1] == ["tcp.options.sack.count", "tcp.options.sack.dsack_le", "tcp.options.sack.dsack_re"]
    assert sack[-1] == "_ws.expert"
