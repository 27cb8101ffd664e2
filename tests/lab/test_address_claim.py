"""RFC 5227: probes, announcements, conflicts and defence."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP
from dissect.lab.address_claim import AddressClaim

SECOND = 1_000_000_000
MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIR_MAC = "02:00:00:00:00:01"


def claim(*, probe: bool, seed: int = 0) -> AddressClaim:
    return AddressClaim(MY_MAC, MINE, 0, Random(seed), probe=probe)


@given(st.integers())
def test_three_probes_then_two_announcements_at_the_rfcs_times(seed: int) -> None:
    claimed = claim(probe=True, seed=seed)
    sent: list[tuple[int, ARP]] = []
    while claimed.deadline is not None:
        now = claimed.deadline
        assert claimed.advance(now - 1) == []
        assert claimed.is_ours == (len(sent) > 3)
        sent += [(now, packet) for packet in claimed.advance(now)]
    times = [time for time, _ in sent]
    assert 0 <= times[0] < SECOND
    first, second, *others = [after - before for before, after in pairwise(times)]
    assert min(first, second) >= SECOND
    assert max(first, second) < 2 * SECOND
    assert others == [2 * SECOND] * 2
    assert [packet.is_probe for _, packet in sent] == [True] * 3 + [False] * 2
    assert [packet.is_announcement for _, packet in sent] == [False] * 3 + [True] * 2
    assert claimed.is_ours
    assert claimed.news() == [f"nobody has {MINE}: it is used from now on"]


@pytest.mark.parametrize(
    "packet",
    [
        ARP(opcode=2, sender_mac=THEIR_MAC, sender_ip=MINE, target_mac=MY_MAC, target_ip="0.0.0.0"),
        ARP(sender_mac=THEIR_MAC, sender_ip=MINE, target_ip="10.0.0.9"),
        ARP(sender_mac=THEIR_MAC, sender_ip="0.0.0.0", target_ip=MINE),
    ],
)
def test_who_has_the_address_or_wants_it_too_keeps_it_from_being_used(packet: ARP) -> None:
    claimed = claim(probe=True)
    claimed.advance(SECOND)
    assert claimed.receive(packet, SECOND) == []
    assert (claimed.is_ours, claimed.deadline) == (False, None)
    assert claimed.news() == [f"{THEIR_MAC} has {MINE}: it is not used"]
    assert claimed.advance(100 * SECOND) == []


def test_other_packets_are_no_conflict() -> None:
    claimed = claim(probe=True)
    for packet in (
        ARP(sender_mac=THEIR_MAC, sender_ip="10.0.0.1", target_ip=MINE),
        ARP(sender_mac=THEIR_MAC, sender_ip="0.0.0.0", target_ip="10.0.0.3"),
    ):
        claimed.receive(packet, 0)
    assert claimed.deadline is not None


def test_without_probes_it_is_used_and_announced_at_once() -> None:
    claimed = claim(probe=False)
    assert claimed.is_ours
    assert [packet.is_announcement for packet in claimed.advance(0)] == [True]
    assert [len(claimed.advance(at * SECOND)) for at in (1, 2, 4)] == [0, 1, 0]


def test_it_is_defended_once_in_ten_seconds() -> None:
    claimed = claim(probe=False)
    thief = ARP(opcode=2, sender_mac=THEIR_MAC, sender_ip=MINE, target_mac=THEIR_MAC, target_ip=MINE)
    answers = [claimed.receive(thief, at * SECOND) for at in (0, 5, 10, 12)]
    assert [len(each) for each in answers] == [1, 0, 1, 0]
    assert answers[0][0].is_announcement
