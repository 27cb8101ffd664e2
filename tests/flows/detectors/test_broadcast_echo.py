"""Echo requests to all: many of them are told, with how many hosts answered."""

from __future__ import annotations

from dissect import EchoReply, EchoRequest, Ethernet, IPv4, Packet, alarms

VICTIM = "203.0.113.55"


def asked(count: int, target: str = "10.0.0.255") -> list[Packet]:
    frame = bytes(Ethernet() / IPv4(src=VICTIM, dst=target) / EchoRequest(id=1, seq=1))
    return [Packet(frame, number=number, time_ns=number * 1_000_000) for number in range(1, count + 1)]


def test_many_are_told_and_few_are_not() -> None:
    (alarm,) = alarms(asked(10))
    assert alarm.text == f"{VICTIM} asks all hosts of 10.0.0.255 for an echo, 10 times in 0.009 s; 0 answer"
    assert list(alarms(asked(9))) == []
    assert list(alarms(asked(3), broadcast_echoes=3)) != []


def test_who_answers_is_counted_once() -> None:
    packets = asked(10)
    for number, host in enumerate(["10.0.0.1", "10.0.0.2", "10.0.0.2"], 11):
        answer = bytes(Ethernet() / IPv4(src=host, dst=VICTIM) / EchoReply(id=1, seq=1))
        packets.append(Packet(answer, number=number, time_ns=number * 1_000_000))
    (alarm,) = alarms(packets)
    assert alarm.facts["answering"] == 2


def test_to_one_host_or_a_group_is_nothing() -> None:
    for target in ("10.0.0.1", "224.0.0.255"):
        assert list(alarms(asked(50, target))) == []
