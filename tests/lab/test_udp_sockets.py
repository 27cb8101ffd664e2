"""UDP sockets: ports, what arrives, and what is kept."""

from __future__ import annotations

import pytest

from dissect import UDP, AsyncProgram, Data, Ethernet, Host, Interface, IPv4, Network, parse
from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.program import RunsPrograms
from dissect.lab.udp_sockets import EPHEMERAL, KEPT, Datagram, UDPSocket

MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"


def host() -> Host:
    made = Host("b", Interface("eth0", MY_MAC, f"{MINE}/24"))
    made.arp_add(THEIRS, THEIR_MAC)
    return made


def arrives(made: Host, data: bytes, port: int = 7) -> list[bytes]:
    datagram = IPv4(src=THEIRS, dst=MINE) / UDP(sport=9, dport=port, payload=data)
    return [sent.frame for sent in made.receive(0, bytes(Ethernet(dst=MY_MAC, src=THEIR_MAC) / datagram), 5)]


def test_what_arrives_is_kept_or_given_to_whom_it_concerns() -> None:
    made = host()
    kept = made.udp.open(7)
    arrives(made, b"one")
    arrives(made, b"")
    assert list(kept.received) == [Datagram(b"one", THEIRS, 9, MINE, 5), Datagram(b"", THEIRS, 9, MINE, 5)]

    def answer(socket: UDPSocket, datagram: Datagram) -> None:
        socket.send(datagram.data.upper(), datagram.ip, datagram.port, ttl=3)

    made.udp.open(8, answer)
    (frame,) = arrives(made, b"two", 8)
    reply = parse(frame)
    assert (reply[IPv4].ttl, reply[UDP].sport, reply[UDP].dport, reply[UDP].payload) == (3, 8, 9, Data(b"TWO"))


def test_what_nobody_takes_is_bounded() -> None:
    made = host()
    socket = made.udp.open(7)
    for number in range(KEPT + 5):
        arrives(made, str(number).encode())
    assert len(socket.received) == KEPT
    assert socket.received[0].data == b"5"


def test_a_port_is_open_once_and_free_ones_are_found() -> None:
    made = host()
    made.udp.open(7)
    with pytest.raises(FieldError, match="b's UDP port 7 is open already"):
        made.udp.open(7)
    for port in (0, 65536, -1):
        with pytest.raises(FieldError, match="expected 1 to 65535"):
            made.udp.open(port)
    first, second = made.udp.open(), made.udp.open()
    assert (first.port, second.port) == (49152, 49153)
    first.close()
    first.close()
    assert made.udp.get(49152) is None
    assert made.udp.get(49153) is second
    ports = {made.udp.open().port for _ in range(len(EPHEMERAL) - 1)}
    assert len(ports) == len(EPHEMERAL) - 1
    with pytest.raises(FieldError, match="are open, expected a free one"):
        made.udp.open()


def test_coroutines_wait_for_datagrams_and_for_errors_of_a_peer() -> None:
    lab = Network()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    lab.link(a, b, delay_ns=1_000_000)

    def twice(socket: UDPSocket, datagram: Datagram) -> None:
        for sender in (socket, b.udp.open()):
            sender.send(datagram.data, datagram.ip, datagram.port)

    b.udp.open(7, twice)

    async def main(host: RunsPrograms) -> list[object]:
        socket = host.udp.open()
        socket.connect("10.0.0.2", 7)
        socket.send(b"one", "10.0.0.2", 7)
        first = await socket.receive()
        second = await socket.receive(1_000_000_000)
        socket.send(b"two", "10.0.0.2", 8)
        none = await socket.receive(1_000_000_000)
        socket.connect("10.0.0.2", 8)
        socket.send(b"two", "10.0.0.2", 8)
        failed = ""
        try:
            await socket.receive()
        except ConnectionFailedError as reason:
            failed = str(reason)
        return [first.data if first else b"", second, none, failed]

    program = lab.start_program(a, AsyncProgram(main))
    assert lab.run() == 2_006_000_000
    assert program.result == [b"one", None, None, "10.0.0.2:8: port unreachable"]


def test_a_socket_that_is_closed_wakes_who_waits() -> None:
    lab = Network()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    lab.link(a, b)
    socket = a.udp.open(7)

    async def main(host: RunsPrograms) -> object:
        return await socket.receive()

    program = lab.start_program(a, AsyncProgram(main))
    lab.run()
    socket.close()
    lab.run()
    assert program.finished
    assert program.result is None
