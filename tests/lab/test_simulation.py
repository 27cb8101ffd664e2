"""The simulation: its clock, its order of events, its open ends, and its end."""

from __future__ import annotations

import pytest

from dissect import Host, Hub, Interface, Link, Ping, Simulation, parse
from dissect.errors import FieldError, RestlessNetworkError
from dissect.lab.device import Device, Event, Transmission
from dissect.lab.network import Network
from dissect.lab.spanning_tree.bridge import TreeSettings
from dissect.protocols.arp import ARP
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.ipv4 import IPv4

SECOND = 1_000_000_000


class Clock(Device):
    """Sends a byte at each of its times, and notes when frames came."""

    def __init__(self, name: str, times: list[int]) -> None:
        super().__init__(name, ["0"])
        self.times = times
        self.seen: list[tuple[int, bytes]] = []

    @property
    def deadline(self) -> int | None:
        return self.times[0] if self.times else None

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        self.seen.append((now_ns, frame))
        return []

    def advance(self, now_ns: int) -> list[Transmission]:
        sent = []
        while self.times and self.times[0] <= now_ns:
            sent.append(Transmission(0, bytes([len(self.times)])))
            self._tell(now_ns, f"{self.times.pop(0)}")
        return sent


def host(name: str, number: int) -> Host:
    return Host(name, Interface("eth0", f"02:00:00:00:00:0{number}", f"10.0.0.{number}/24"))


def test_timers_and_frames_happen_at_their_nanosecond() -> None:
    lab = Simulation()
    one, other = Clock("one", [10, 25]), Clock("other", [12])
    lab.connect(one, 0, other, 0, Link(delay_ns=7))
    assert lab.run() == 32
    assert (one.seen, other.seen) == ([(19, b"\x01")], [(17, b"\x02"), (32, b"\x01")])
    assert lab.events() == [Event(10, "one", "10"), Event(12, "other", "12"), Event(25, "one", "25")]
    assert lab.frames == 3


def test_it_stops_at_a_time_and_goes_on_from_there() -> None:
    lab = Simulation()
    one, other = Clock("one", [10, 25]), Clock("other", [])
    lab.connect(one, 0, other, 0, Link(delay_ns=7))
    assert lab.run(16) == 16
    assert other.seen == []
    assert lab.run(17) == 17
    assert other.seen == [(17, b"\x02")]
    assert lab.run() == 32


def test_time_may_begin_anywhere() -> None:
    lab = Simulation(start_ns=1_700_000_000 * SECOND)
    lab.add(Clock("one", [5]))
    assert lab.run() == 1_700_000_000 * SECOND


def test_a_program_that_is_started_later_runs() -> None:
    lab = Simulation()
    a, b = host("a", 1), host("b", 2)
    lab.connect(a, 0, b, 0)
    lab.run(SECOND)
    ping = Ping("10.0.0.2")
    a.run(ping, lab.now_ns)
    lab.run()
    assert ping.received == 1


def test_a_port_is_joined_once_and_names_are_the_devices_own() -> None:
    lab = Simulation()
    a, b, c = host("a", 1), host("b", 2), host("c", 3)
    lab.connect(a, 0, b, 0)
    with pytest.raises(FieldError, match="the port a is joined by two links"):
        lab.connect(a, 0, c, 0)
    with pytest.raises(FieldError, match="c has no port 1, expected 0 to 0"):
        lab.connect(c, 1, host("d", 4), 0)
    with pytest.raises(FieldError, match="two devices are called 'a'"):
        lab.add(host("a", 5))


def test_what_leaves_by_a_port_without_a_link_is_lost() -> None:
    lab = Simulation()
    lab.add(Clock("one", [1]))
    assert lab.run() == 1
    assert lab.frames == 0


def test_a_loop_of_hubs_is_stopped() -> None:
    lab = Simulation()
    g, h, clock = Hub("g", ["1", "2", "3"]), Hub("h", ["1", "2"]), Clock("one", [0])
    lab.connect(g, 0, h, 0, Link(delay_ns=1))
    lab.connect(g, 1, h, 1, Link(delay_ns=1))
    lab.connect(g, 2, clock, 0)
    with pytest.raises(RestlessNetworkError, match=r"does not come to rest: 10\d frames went until 0\.000000 s"):
        lab.run(most_frames=100)
    assert lab.frames <= 110


def test_a_device_whose_deadline_stays_is_stopped() -> None:
    class Stubborn(Clock):
        def advance(self, now_ns: int) -> list[Transmission]:
            return []

    lab = Simulation()
    lab.add(Stubborn("one", [5]))
    with pytest.raises(RestlessNetworkError, match="does not come to rest: 0 frames went"):
        lab.run(most_frames=100)


def test_an_open_end_makes_it_a_device() -> None:
    lab = Simulation()
    a, b, hub = host("a", 1), host("b", 2), Hub("h", ["1", "2", "3"])
    lab.connect(a, 0, hub, 0, Link(delay_ns=100))
    lab.connect(b, 0, hub, 1, Link(delay_ns=100))
    port = lab.open(hub, 2, Link(delay_ns=1000))
    assert (port, lab.ports) == (0, ["h:3"])
    a.run(Ping("10.0.0.3"), 50)
    assert lab.start(0) == []
    assert lab.deadline == 50
    sent = lab.advance(50)
    while not sent:
        assert lab.deadline is not None
        now = lab.deadline
        sent = lab.advance(now)
    assert now == 50 + 100 + 1000
    asked = parse(sent[0].frame)[ARP]
    assert (sent[0].port, asked.target_ip) == (0, "10.0.0.3")
    # Somebody outside answers, and is sent the request that waited.
    me = host("me", 3)
    ((_, reply),) = me.receive(0, sent[0].frame, now)
    assert lab.receive(0, reply, now) == []
    sent = lab.advance(now + 10_000)
    request = parse(sent[-1].frame)
    assert (request[EchoRequest].seq, request[IPv4].dst) == (1, "10.0.0.3")
    answers = me.receive(0, sent[-1].frame, now + 10_000)
    assert EchoReply in parse(answers[-1].frame)


@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_sent_between_two_runs_goes_at_once(is_known: bool) -> None:
    lab = Simulation(start_ns=5)
    a, b = host("a", 1), host("b", 2)
    lab.connect(a, 0, b, 0, Link(delay_ns=100))
    if is_known:
        a.run(Ping("10.0.0.2", count=1))
    lab.run(until_ns=3 * SECOND)
    received, socket = b.udp.open(9), a.udp.open(4000)
    socket.send(b"one", "10.0.0.2", 9)
    socket.send(b"two", "10.0.0.2", 9)
    lab.run()
    assert [each.data for each in received.received] == [b"one", b"two"]
    assert received.received[0].time_ns == 3 * SECOND + (100 if is_known else 300)


def test_what_one_device_makes_another_send_goes_at_once() -> None:
    lab = Simulation()
    a, b, c = host("a", 1), host("b", 2), host("c", 3)
    hub = Hub("h", ["1", "2", "3"])
    for port, each in enumerate((a, b, c)):
        lab.connect(each, 0, hub, port)
    mine, theirs = a.udp.open(9), c.udp.open(9)
    b.udp.open(9, lambda socket, datagram: mine.send(b"told", "10.0.0.3", 9))
    lab.run()
    mine.send(b"first", "10.0.0.2", 9)
    lab.run()
    assert [each.data for each in theirs.received] == [b"told"]


def test_a_storm_leaves_its_driver_in_command() -> None:
    lab = Simulation()
    g, h, a = Hub("g", ["1", "2", "3", "4"]), Hub("h", ["1", "2"]), host("a", 1)
    lab.connect(g, 0, h, 0)
    lab.connect(g, 1, h, 1)
    lab.connect(g, 2, a, 0)
    port = lab.open(g, 3)
    lab.start(0)
    a.run(Ping("10.0.0.9", count=1))
    for now in range(SECOND, 20 * SECOND, SECOND):
        lab.advance(now)
        lab.receive(port, bytes(60), now)
        assert lab.deadline is not None
    assert lab.frames < 20 * 10_000


def test_what_goes_into_a_cut_link_is_lost_and_a_mended_one_carries_again() -> None:
    lab = Network()
    a = lab.host("a", "10.0.0.1/24")
    lab.host("b", "10.0.0.2/24")
    lab.link("a", "b", delay_ns=1000)
    ping = lab.start_program(a, Ping("10.0.0.2", count=5, interval_ns=1_000_000_000))
    lab.cut("a-b", at_ns=1_500_000_000)
    lab.mend(0, at_ns=3_500_000_000)
    lab.run()
    assert (ping.transmitted, ping.received) == (5, 3)
    assert [(event.time_ns, event.device, event.text) for event in lab.events()] == [
        (1_500_000_000, "a", "the link a-b is cut"),
        (3_500_000_000, "a", "the link a-b is whole again"),
    ]


def test_a_link_that_is_none_is_not_cut() -> None:
    lab = Network()
    with pytest.raises(FieldError, match="there is no link 'a-b', expected one of those that are joined"):
        lab.cut("a-b")
    lab.link(lab.host("a", "10.0.0.1/24"), lab.switch("s"))
    for wrong in ("a-b", 1, -1):
        with pytest.raises(FieldError, match=f"there is no link {wrong!r}, expected one of a-s"):
            lab.mend(wrong)


def test_who_never_rests_needs_a_time() -> None:
    lab = Network()
    lab.link(lab.switch("s", tree=TreeSettings()), lab.host("a", "10.0.0.1/24"))
    with pytest.raises(RestlessNetworkError, match="s sends something again and again: say until when"):
        lab.run()
    assert lab.run(3_000_000_000) == 3_000_000_000
