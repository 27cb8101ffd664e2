"""Storms of requests; the numbers of the frames that tell one are those of tshark 4.0."""

from __future__ import annotations

import pytest

from dissect import ARP, Ethernet, Packet, with_context
from dissect.flows.storms import Storms
from dissect.wireshark.expert import expert_items
from dissect.wireshark.preferences import preferring

MILLISECOND = 1_000_000
START = 1_700_000_000_100_000_000
REQUEST, OTHER = (1, True), (1, False)


@pytest.mark.parametrize(
    ("packets", "told"),
    [
        ([REQUEST] * 70, [31, 62]),
        ([REQUEST] * 5 + [(200, True)] + [REQUEST] * 70, [36, 67]),
        ([REQUEST] * 35 + [(200, True)] + [REQUEST] * 70, [31, 66, 97]),
        ([REQUEST] * 5 + [OTHER] * 3 + [REQUEST] * 60, [34, 65]),
        ([REQUEST] * 35 + [(200, False)] + [REQUEST] * 70, [31, 66, 97]),
        ([REQUEST] * 5 + [(96, True)] + [REQUEST] * 70, [37, 68]),
        ([(4, True)] * 100, []),
        ([(3, True)] * 100, [31, 62, 93]),
    ],
)
def test_so_many_requests_in_so_short_a_time(packets: list[tuple[int, bool]], told: list[int]) -> None:
    storms, now, found = Storms(), START, []
    for number, (pause, is_request) in enumerate(packets, 1):
        now += pause * MILLISECOND
        if storms.take(now, is_request=is_request):
            found.append(number)
    assert found == told


@pytest.mark.parametrize("twice", [False, True])
def test_a_preference_has_storms_told_in_every_pass(twice: bool) -> None:
    frame = bytes(Ethernet() / ARP(opcode=1, sender_ip="10.0.0.1", target_ip="10.0.0.2"))

    def packets() -> list[Packet]:
        return [Packet(frame, number=number, time_ns=START + number * MILLISECOND) for number in range(1, 71)]

    def told() -> list[int]:
        found = with_context(packets(), before=packets() if twice else None)
        return [packet.number for packet in found if packet.get("arp.packet-storm-detected")]

    assert told() == []
    with preferring({"arp.detect_request_storms": "TRUE"}):
        assert told() == [31, 62]
        last = list(with_context(packets()[:31]))[-1]
        assert [item.message for item in expert_items(last)] == ["ARP packet storm detected (30 packets in < 100 ms)"]
