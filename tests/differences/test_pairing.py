from __future__ import annotations

from unittest.mock import patch

from dissect import ARP, UDP, Ethernet, IPv4, Packet
from dissect.differences import pairing
from dissect.differences.pairing import Likeness, likeness, paired


def of(*fields: int, layers: int = 1) -> Likeness:
    return Likeness(layers, frozenset(fields))


def pairs(ours: list[Likeness], theirs: list[Likeness]) -> list[tuple[int, int]]:
    return paired(range(len(ours)), range(len(theirs)), ours.__getitem__, theirs.__getitem__)


def test_the_most_alike_are_paired_in_order() -> None:
    assert pairs([of(1, 2, 3), of(4, 5, 6)], [of(7, 8, 9), of(1, 2, 9), of(4, 5, 9)]) == [(0, 1), (1, 2)]
    assert pairs([of(1, 2), of(3, 4)], [of(3, 9), of(1, 9)]) in ([(0, 0), (1, 1)], [(0, 1)], [(1, 0)])


def test_those_of_other_layers_are_not_paired() -> None:
    assert pairs([of(1, 2, layers=1)], [of(2, 3, layers=2)]) == []
    assert pairs([], [of(1)]) == []


def test_a_large_gap_is_paired_by_layers() -> None:
    with patch.object(pairing, "COMPARED", 0):
        assert pairs([of(1, layers=1), of(2, layers=2)], [of(3, layers=2), of(4, layers=3)]) == [(1, 0)]


def test_frames_are_alike_by_fields_and_layers_or_by_bytes() -> None:
    udp = Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=5)
    other, turned = udp.copy(), udp.copy()
    other[UDP].sport = 6
    turned.type = 0x1234
    arp = Ethernet(src="02:00:00:00:00:01") / ARP(sender_ip="10.0.0.9", target_ip="10.0.0.8")
    one, two, three, four = (likeness(Packet(bytes(each)), with_fields=True) for each in (udp, other, turned, arp))
    assert one.to(one) == 1
    assert 0.9 < one.to(two) < 1
    assert one.to(three) > 0.8
    assert one.to(four) < 0.5
    small = likeness(Packet(bytes(udp)), with_fields=False)
    assert small.to(likeness(Packet(bytes(other)), with_fields=False)) == 1
    assert small.fields == frozenset()
