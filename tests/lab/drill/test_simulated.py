"""A simulated host as the tested side: its clock goes where it is told to, and no further."""

from __future__ import annotations

from dissect.lab.drill.reader import read_script
from dissect.lab.drill.script import Call
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.tested import Side
from dissect.protocols.icmp_queries import EchoRequest
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP

SECOND = 1_000_000_000


def begin(side: SimulatedSide, *lines: str) -> None:
    for event in read_script("\n".join(f"{'+0' if place else '0'} {line}" for place, line in enumerate(lines))).events:
        assert isinstance(event.what, Call)
        side.call(event.what, may_block=True)


def test_time_passes_only_while_somebody_waits_and_stops_at_what_is_waited_for() -> None:
    side = SimulatedSide()
    begin(side, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", "connect(3, ..., ...) = 0")
    (first,) = side.sent
    assert (side.now_ns, first.time_ns) == (0, 0)
    side.sent.clear()
    # RFC 6298, section 2.1: nobody answers, so the SYN is sent again after a second, and then after two more.
    side.wait(10 * SECOND, for_packet=True)
    assert (side.now_ns, [seen.time_ns for seen in side.sent]) == (SECOND, [SECOND])
    side.sent.clear()
    side.wait(2 * SECOND)
    assert (side.now_ns, list(side.sent)) == (2 * SECOND, [])
    side.wait(10 * SECOND)
    assert (side.now_ns, [seen.time_ns for seen in side.sent]) == (10 * SECOND, [3 * SECOND, 7 * SECOND])
    side.wait(SECOND)
    assert side.now_ns == 10 * SECOND
    assert side.answer is None


def test_datagrams_come_from_the_script_and_go_to_it() -> None:
    side = SimulatedSide(Side("10.1.0.1", "203.0.113.9"))
    side.wait(5)
    side.inject(bytes(IPv4(src="203.0.113.9", dst="10.1.0.1") / EchoRequest(id=7, seq=1)))
    (seen,) = side.sent
    assert (seen.time_ns, str(seen.datagram.src), str(seen.datagram.dst)) == (5, "10.1.0.1", "203.0.113.9")


def test_a_call_that_blocks_goes_on_when_it_can() -> None:
    side = SimulatedSide()
    begin(side, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", "connect(3, ..., ...) = 0")
    syn = side.sent.popleft().datagram
    side.wait(5_000)
    answer = TCP(sport=syn[TCP].dport, dport=syn[TCP].sport, flags="SA", seq=9, ack=syn[TCP].seq + 1)
    side.inject(bytes(IPv4(src=str(syn.dst), dst=str(syn.src)) / answer))
    assert side.answer is not None
    assert (side.answer.value, side.answer.time_ns) == (0, 5_000)
    assert side.information()["tcpi_state"] == 1


def test_settings_that_mean_nothing_to_it_are_told_and_what_it_drops_is_not_seen() -> None:
    side = SimulatedSide()
    assert side.information() == {}
    unknown = side.configure(
        ("sysctl -q net.ipv4.tcp_sack=0", "make coffee", "tc qdisc add dev tun0 root pfifo limit 0")
    )
    assert unknown == ["make coffee"]
    begin(side, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", "connect(3, ..., ...) = 0")
    side.wait(10 * SECOND)
    assert list(side.sent) == []
