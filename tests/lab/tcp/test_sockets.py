"""TCP on simulated hosts: over links that lose, by routers, to closed ports, after TIME-WAIT."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from dissect import TCP, DestinationUnreachable, IPv4, Network
from dissect.errors import FieldError, NoRouteError
from dissect.flows.states import State
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, Failure, Signal
from tests.lab.tcp.net import MS, SECOND, Net


def pump(data: bytes) -> Any:
    """Return a handler that sends all of the data, and closes."""
    left = [data]

    def go_on(connection: TCPConnection, event: Event) -> None:
        if event in (Signal.OPENED, Signal.SPACE):
            left[0] = left[0][connection.send(left[0]) :]
            if not left[0]:
                connection.shutdown()

    return go_on


@pytest.mark.parametrize(
    "link",
    [{}, {"loss": 0.03}, {"reordering": 0.2, "reorder_ns": 3 * MS}, {"duplication": 0.2}, {"corruption": 0.02}],
    ids=["perfect", "loss", "reordering", "duplication", "corruption"],
)
def test_a_file_arrives_whole(link: dict[str, Any]) -> None:
    net = Net(seed=3, **link)
    data = Random(1).randbytes(200_000)
    got = bytearray()

    def sink(connection: TCPConnection, event: Event) -> None:
        if event is Signal.DATA:
            got.extend(connection.receive(1 << 20) or b"")
        elif event is Signal.END:
            connection.close()

    def serve(connection: TCPConnection) -> None:
        connection.on_event = sink

    net.b.tcp.listen(80, on_accept=serve)
    near = net.a.tcp.connect("10.0.0.2", 80, on_event=pump(data))
    net.run(120 * SECOND)
    assert bytes(got) == data
    assert (near.state, near.failure) == (State.CLOSED, None)


def test_the_same_seed_gives_the_same_bytes_at_the_same_time() -> None:
    runs = []
    for _ in range(2):
        net = Net(seed=5, loss=0.1)
        net.b.tcp.listen(80)
        _ = net.a.tcp.connect("10.0.0.2", 80, on_event=pump(bytes(20_000)))
        net.run(10 * SECOND)
        runs.append([(packet.time_ns, packet.data) for packet in net.lab.recording.packets()])
    assert runs[0] == runs[1]


def test_ports_that_are_none_or_taken_are_refused() -> None:
    net = Net()
    net.b.tcp.listen(80)
    with pytest.raises(FieldError, match="b's TCP port 80 is open already"):
        net.b.tcp.listen(80)
    with pytest.raises(FieldError, match="b's TCP port is 65536, expected 1 to 65535"):
        net.b.tcp.listen(65536)
    with pytest.raises(FieldError, match="a's connection has the port 0, expected"):
        _ = net.a.tcp.connect("10.0.0.2", 0)
    _ = net.a.tcp.connect("10.0.0.2", 80, source_port=5)
    with pytest.raises(FieldError, match=r"a has the connection 10\.0\.0\.1:5 - 10\.0\.0\.2:80 already"):
        _ = net.a.tcp.connect("10.0.0.2", 80, source_port=5)
    with pytest.raises(NoRouteError, match=r"a has no route to 192\.0\.2\.1"):
        _ = net.a.tcp.connect("192.0.2.1", 80)


def test_each_connection_gets_a_port_of_its_own() -> None:
    net = Net()
    net.b.tcp.listen(80)
    ports = [net.a.tcp.connect("10.0.0.2", 80).addresses.local_port for _ in range(3)]
    assert ports == [49152, 49153, 49154]


def test_a_host_connects_to_itself() -> None:
    net = Net()
    listener = net.a.tcp.listen(80)
    near = net.a.tcp.connect("10.0.0.1", 80)
    near.send(b"hello")
    net.run()
    far = listener.take()
    assert far is not None
    assert far.receive() == b"hello"


def test_a_socket_connects_to_itself() -> None:
    net = Net()
    near = net.a.tcp.connect("10.0.0.1", 5000, source_port=5000)
    net.run()
    assert near.state is State.ESTABLISHED
    near.send(b"echo")
    net.run()
    assert near.receive() == b"echo"


def test_a_new_connection_takes_the_place_of_one_in_time_wait() -> None:
    net = Net()
    near, far, listener = net.connected()
    far.close()
    net.run()
    near.close()
    net.run()
    assert (near.state, far.state) == (State.CLOSED, State.TIME_WAIT)
    old = far.endpoint.block.sender.most
    again = net.a.tcp.connect("10.0.0.2", 80, source_port=near.addresses.local_port)
    net.run()
    assert again.state is State.ESTABLISHED
    taken = listener.take()
    assert taken is not None
    assert taken.endpoint.block.sender.iss > old


def test_an_old_syn_opens_nothing_after_time_wait() -> None:
    net = Net()
    near, far, _ = net.connected()
    far.close()
    net.run()
    near.close()
    net.run()
    syn = TCP(sport=near.addresses.local_port, dport=80, seq=near.endpoint.block.sender.iss & 0xFFFFFFFF, flags="S")
    net.a.send("10.0.0.2", syn)
    net.run()
    # It is told what is true, which is answered with a reset, and that ends TIME-WAIT (RFC 9293, section 3.10.7.4).
    assert net.flags()[-3:] == ["S", "A", "R"]
    assert far.state is State.CLOSED


def test_the_way_decides_how_large_segments_are() -> None:
    lab = Network()
    a, b = lab.host("a", "10.0.1.1/24", gateway="10.0.1.254"), lab.host("b", "10.0.2.1/24", gateway="10.0.2.254")
    r = lab.router("r", "10.0.1.254/24", "10.0.2.254/24")
    lab.link(a, r, delay_ns=MS)
    lab.link(r, b, delay_ns=MS, mtu=1000)
    listener = b.tcp.listen(80)
    near = a.tcp.connect("10.0.2.1", 80, settings=TCPSettings(timestamps=False))
    lab.run(SECOND)
    # B's own link takes 1000 bytes, which it announces; so a believes in more, for the test.
    near.endpoint.block.sender.peer_mss = 1460
    near.endpoint.block.fit_segments()
    near.send(bytes(5000))
    lab.run(2 * SECOND)
    far = listener.take()
    assert far is not None
    assert far.receive() == bytes(5000)
    told = [packet for packet in lab.recording.packets() if DestinationUnreachable in packet]
    assert len(told) >= 1
    assert near.endpoint.block.sender.mss == 960
    assert not any(packet[IPv4].is_fragment for packet in lab.recording.packets() if IPv4 in packet)


def test_a_known_path_mtu_is_met_at_once() -> None:
    net = Net()
    net.a.icmp.path_mtus.learn("10.0.0.2", 1000, 1500, 0)
    listener = net.b.tcp.listen(80)
    near = net.a.tcp.connect("10.0.0.2", 80)
    near.send(bytes(3000))
    net.run()
    far = listener.take()
    assert far is not None
    assert far.receive() == bytes(3000)
    assert max(segment.segment_length or 0 for segment in net.segments()) == 1000 - 52


def test_a_host_that_is_not_there() -> None:
    net = Net()
    near = net.a.tcp.connect("10.0.0.77", 80, settings=TCPSettings(syn_retries=1))
    net.run(10 * SECOND)
    assert near.failure is Failure.UNREACHABLE


def test_a_way_that_goes_is_as_if_segments_were_lost() -> None:
    net = Net()
    near, far, _ = net.connected()
    net.a.interfaces[0].remove("10.0.0.1")
    near.send(b"x")
    net.run()
    net.a.interfaces[0].add("10.0.0.1/24")
    net.run(5 * SECOND)
    assert far.receive() == b"x"


def test_the_table_reads_as_that_of_ss() -> None:
    net = Net()
    near, far, _ = net.connected()
    near.send(b"hello")
    net.run()
    assert net.b.tcp.table().splitlines() == [
        "State        Recv-Q  Send-Q                 Local                  Peer",
        "LISTEN            0     128                  *:80                   *:*",
        "ESTAB             5       0           10.0.0.2:80        10.0.0.1:49152",
    ]
    assert far.state is State.ESTABLISHED


def test_events_of_the_host_tell_the_states() -> None:
    net = Net()
    net.connected()
    told = [(event.device, event.text.partition(": ")[2]) for event in net.lab.events()]
    assert told == [
        ("a", "CLOSED → SYN_SENT"),
        ("b", "LISTEN → SYN_RCVD"),
        ("a", "SYN_SENT → ESTABLISHED"),
        ("b", "SYN_RCVD → ESTABLISHED"),
    ]


def test_many_idle_connections_take_no_time() -> None:
    net = Net()
    listener = net.b.tcp.listen(80, backlog=300)
    for _ in range(200):
        _ = net.a.tcp.connect("10.0.0.2", 80)
    net.run(5 * SECOND)
    assert len(listener.waiting) == 200
    assert net.a.deadline is net.b.deadline is None
