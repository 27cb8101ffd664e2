"""ARP on one interface: who is asked, how often, and what waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP
from dissect.lab.neighbours import Neighbours, believable, reply_to

SECOND = 1_000_000_000
MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"


class Asked:
    """Neighbours, and the requests that they sent."""

    def __init__(self, queue_limit: int = 64, search_limit: int = 256) -> None:
        self.requests: list[str] = []
        self.neighbours: Neighbours[int] = Neighbours(
            MY_MAC, self._send, queue_limit=queue_limit, search_limit=search_limit
        )

    def _send(self, arp: ARP) -> None:
        assert (arp.sender_mac, arp.sender_ip, arp.target_mac) == (MY_MAC, MINE, "00:00:00:00:00:00")
        self.requests.append(str(arp.target_ip))


def told(**fields: str | int) -> ARP:
    values: dict[str, str | int] = {
        "opcode": 2,
        "sender_mac": THEIR_MAC,
        "sender_ip": THEIRS,
        "target_mac": MY_MAC,
        "target_ip": MINE,
    }
    return ARP(**(values | fields))  # type: ignore[arg-type]


def test_what_waits_is_returned_with_the_answer() -> None:
    asked = Asked()
    assert asked.neighbours.find(THEIRS, MINE, 1, 0) == (None, [])
    assert asked.neighbours.find(THEIRS, MINE, 2, 0) == (None, [])
    assert asked.neighbours.learn(told(), True, 1) == (THEIR_MAC, [1, 2])
    assert asked.neighbours.find(THEIRS, MINE, 3, 2) == (THEIR_MAC, [])
    assert asked.requests == [THEIRS]
    assert asked.neighbours.deadline is None


def test_it_asks_three_times_a_second_apart_and_gives_up() -> None:
    asked = Asked()
    asked.neighbours.find(THEIRS, MINE, 1, 0)
    for at in (1, 2):
        assert asked.neighbours.deadline == at * SECOND
        assert asked.neighbours.advance(at * SECOND - 1) == []
        assert asked.neighbours.advance(at * SECOND) == []
    assert asked.neighbours.advance(3 * SECOND) == [(THEIRS, 1)]
    assert asked.requests == [THEIRS] * 3
    assert asked.neighbours.deadline is None


def test_the_queue_for_one_neighbour_is_bounded() -> None:
    asked = Asked(queue_limit=2)
    given_up = [asked.neighbours.find(THEIRS, MINE, number, 0)[1] for number in range(4)]
    assert given_up == [[], [], [0], [1]]
    assert asked.neighbours.learn(told(), True, 1)[1] == [2, 3]


def test_the_neighbours_asked_for_at_a_time_are_bounded() -> None:
    asked = Asked(search_limit=2)
    given_up = [asked.neighbours.find(f"10.0.0.{10 + number}", MINE, number, 0)[1] for number in range(4)]
    assert given_up == [[], [], [0], [1]]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3 * SECOND)), max_size=40))
def test_everything_that_waits_is_sent_or_given_up_once(sent: list[tuple[int, int]]) -> None:
    asked = Asked(queue_limit=3, search_limit=3)
    now, ended = 0, []
    for number, (who, later) in enumerate(sent):
        now += later
        ended += [each for _, each in asked.neighbours.advance(now)]
        if who > 6:
            ended += asked.neighbours.learn(told(sender_ip=f"10.0.0.{who + 4}"), True, now)[1]
        mac, given_up = asked.neighbours.find(f"10.0.0.{who + 10}", MINE, number, now)
        ended += given_up + ([number] if mac else [])
    for _ in range(4):
        now += SECOND
        ended += [each for _, each in asked.neighbours.advance(now)]
    assert sorted(ended) == list(range(len(sent)))


def test_a_stranger_is_written_down_by_its_target_alone() -> None:
    asked = Asked()
    asked.neighbours.learn(told(target_ip="10.0.0.3"), False, 0)
    assert asked.neighbours.cache.get(THEIRS, 0) is None
    asked.neighbours.learn(told(), True, 0)
    asked.neighbours.learn(told(sender_mac="02:00:00:00:00:07", target_ip="10.0.0.3"), False, 0)
    assert asked.neighbours.cache.get(THEIRS, 0) == "02:00:00:00:00:07"


def test_a_permanent_entry_answers_for_what_waits() -> None:
    asked = Asked()
    asked.neighbours.find(THEIRS, MINE, 1, 0)
    asked.neighbours.cache.add(THEIRS, "02:00:00:00:00:09")
    assert asked.neighbours.learn(told(), True, 0) == ("02:00:00:00:00:09", [1])


def test_who_is_asked_for_is_listed_as_incomplete() -> None:
    asked = Asked()
    asked.neighbours.learn(told(), True, 0)
    asked.neighbours.find("10.0.0.9", MINE, 1, 0)
    assert list(asked.neighbours.lines("eth0", 0)) == [
        "? (10.0.0.1) at 02:00:00:00:00:01 [ether] on eth0",
        "? (10.0.0.9) at <incomplete> on eth0",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"opcode": 3},
        {"opcode": 8},
        {"hardware_type": 15},
        {"protocol_type": 0x86DD},
        {"hardware_length": 5},
        {"protocol_length": 16},
        {"sender_mac": "ff:ff:ff:ff:ff:ff"},
        {"sender_ip": "224.0.0.1"},
        {"sender_ip": "0.0.0.0"},
    ],
    ids=str,
)
def test_what_is_not_believed(fields: dict[str, str | int]) -> None:
    assert believable(told())
    assert not believable(told(**fields))


def test_ethernet_is_believed_under_both_of_its_numbers() -> None:
    """RFC 1042, "Address Mappings": stations of IEEE 802 networks take either."""
    assert believable(told(hardware_type=6))


def test_a_probe_is_believed_and_a_reply_turns_the_request_round() -> None:
    probe = ARP(sender_mac=THEIR_MAC, sender_ip="0.0.0.0", target_ip=MINE)
    assert believable(probe)
    reply = reply_to(probe, MY_MAC)
    assert (reply.opcode, reply.sender_mac, reply.sender_ip) == (2, MY_MAC, MINE)
    assert (reply.target_mac, reply.target_ip) == (THEIR_MAC, "0.0.0.0")
