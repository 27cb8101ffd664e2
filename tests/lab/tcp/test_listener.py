"""A listener's backlog."""

from __future__ import annotations

import pytest

from dissect import MSS, TCP, IPv4, Network
from dissect.errors import ConnectionFailedError
from dissect.flows.states import State
from dissect.lab.tcp.listener import TCPListener
from dissect.lab.tcp.settings import TCPSettings
from tests.lab.tcp.net import MS, SECOND, Net


def flood(net: Net, count: int) -> None:
    """Send SYNs of hosts that are not there."""
    for number in range(count):
        syn = TCP(sport=1000 + number, dport=80, seq=number, flags="S")
        net.a.send("10.0.0.2", syn, src=f"10.0.0.{100 + number % 100}")
    net.run(100 * MS)


def test_one_more_than_the_backlog_waits_and_the_next_ones_are_not_heard() -> None:
    net = Net()
    listener = net.b.tcp.listen(80, backlog=2, cookies=False)
    ends = [net.a.tcp.connect("10.0.0.2", 80) for _ in range(5)]
    net.run(500 * MS)
    # The first two are half open at once, and the SYNs of the others find no room.
    assert [end.state for end in ends] == [State.ESTABLISHED] * 2 + [State.SYN_SENT] * 3
    net.run(SECOND)
    # Then three wait, and the last steps of two handshakes are not heard: those believe that they are connected.
    assert (len(listener.waiting), len(listener.half_open)) == (3, 1)
    taken = [listener.take() for _ in range(3)]
    net.run(10 * SECOND)
    assert all(end.state is State.ESTABLISHED for end in ends)
    assert len([each for each in taken if each]) + len(listener.waiting) == 5
    assert listener.dropped > 0


def test_half_open_ones_are_bounded_and_forgotten_in_time() -> None:
    net = Net()
    listener = net.b.tcp.listen(80, backlog=4, cookies=False)
    flood(net, 10)
    assert (len(listener.half_open), listener.dropped) == (4, 6)
    assert len(net.b.tcp.connections) == 4
    net.run(70 * SECOND)
    assert listener.half_open == {}
    assert net.b.tcp.connections == []


def test_cookies_let_connections_in_all_the_same() -> None:
    net = Net()
    listener = net.b.tcp.listen(80, backlog=4)
    flood(net, 10)
    assert listener.cookies_sent == 6
    near = net.a.tcp.connect("10.0.0.2", 80)
    near.send(b"hello")
    net.run(100 * MS)
    far = listener.take()
    assert far is not None
    assert (near.state, far.state, far.receive()) == (State.ESTABLISHED, State.ESTABLISHED, b"hello")
    assert far.endpoint.block.sack
    assert far.endpoint.block.scales
    far.send(b"world")
    net.run(100 * MS)
    assert near.receive() == b"world"


def test_without_cookies_nobody_gets_in() -> None:
    net = Net()
    listener = net.b.tcp.listen(80, backlog=4, cookies=False)
    flood(net, 10)
    near = net.a.tcp.connect("10.0.0.2", 80)
    net.run(500 * MS)
    assert (near.state, listener.take()) == (State.SYN_SENT, None)


def test_an_acknowledgment_out_of_nowhere_is_no_cookie_unless_some_were_sent() -> None:
    net = Net()
    net.b.tcp.listen(80)
    net.a.send("10.0.0.2", TCP(sport=5, dport=80, seq=1, ack=1, flags="A"))
    net.run(100 * MS)
    assert net.flags() == ["A", "R"]


def test_a_closed_listener_resets_what_waits_and_refuses_the_next() -> None:
    net = Net()
    near, far, listener = net.connected()
    other = net.a.tcp.connect("10.0.0.2", 80)
    net.run()
    net.b.tcp.close(listener)
    late = net.a.tcp.connect("10.0.0.2", 80)
    net.run()
    assert (near.state, far.state, other.state, late.state) == (
        State.ESTABLISHED,
        State.ESTABLISHED,
        State.CLOSED,
        State.CLOSED,
    )
    with pytest.raises(ConnectionFailedError, match="connection refused"):
        late.receive()


def test_settings_and_numbers_are_those_of_the_listener() -> None:
    net = Net()
    net.connected(isn=8000, settings=TCPSettings(mss=1024, window_scale=None, sack=False, timestamps=False))
    syn_ack = net.segments()[1]
    assert (syn_ack.seq, list(syn_ack.options)) == (8000, [MSS(1024)])


def test_it_believes_cookies_for_as_long_as_they_are_good() -> None:
    listener = TCPListener(80)
    assert not listener.believes_cookies(0)
    listener.send_cookie(0)
    assert listener.believes_cookies(190 * SECOND)
    assert not listener.believes_cookies(192 * SECOND)


def test_one_address_of_several() -> None:
    lab = Network()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", ["10.0.0.2/24", "10.0.0.3/24"])
    lab.link(a, b)
    listener = b.tcp.listen(80, address="10.0.0.3")
    refused, taken = a.tcp.connect("10.0.0.2", 80), a.tcp.connect("10.0.0.3", 80)
    lab.run(SECOND)
    assert (refused.state, taken.state) == (State.CLOSED, State.ESTABLISHED)
    assert listener.take() is not None
    assert IPv4 in lab.recording.packets()[-1]
