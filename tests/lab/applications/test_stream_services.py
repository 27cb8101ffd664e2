"""Echo, discard and daytime, over streams and datagrams."""

from __future__ import annotations

from typing import Any

from dissect import UDP, Host
from dissect.lab.applications.stream_services import Daytime, Discard, Echo, StreamService
from dissect.lab.program import RunsPrograms
from tests.lab.applications.net import SECOND, Home

DATA = bytes(range(256)) * 500


def two(service: StreamService) -> tuple[Home, Host]:
    home = Home()
    home.serve(service)
    return home, home.host("client", "192.168.1.2/24")


def said(home: Home, client: Host, port: int, data: bytes) -> Any:
    """Return what comes back over a stream, and in a datagram."""

    async def main(host: RunsPrograms) -> object:
        connection = await host.tcp.connect("192.168.1.1", port)
        await connection.write(data)
        connection.shutdown()
        back = b""
        while piece := await connection.read():
            back += piece
        connection.close()
        socket = host.udp.open()
        socket.send(data[:1000], "192.168.1.1", port)
        datagram = await socket.receive(SECOND)
        return back, datagram and datagram.data

    return home.do(client, main)


def test_an_echo_comes_back() -> None:
    assert said(*two(Echo()), 7, DATA) == (DATA, DATA[:1000])


def test_what_is_discarded_does_not() -> None:
    home, client = two(Discard())
    assert said(home, client, 9, DATA) == (b"", None)
    assert home.server.tcp.connections == []


def test_it_is_a_day_in_1970() -> None:
    back, datagram = said(*two(Daytime()), 13, b"what time is it?")
    assert back == datagram == b"Thu, 01 Jan 1970 00:00:00 GMT\r\n"


def test_two_echoes_do_not_answer_each_other_for_ever() -> None:
    home, client = two(Echo())
    home.start(client, Echo())
    home.run()
    client.udp.get(7).send(b"round and round", "192.168.1.1", 7)  # type: ignore[union-attr]
    home.run()
    assert len(home.seen(UDP)) == 1


def test_a_reset_and_silence_end_their_own_connection_alone() -> None:
    home, client = two(Echo())
    near = client.tcp.connect("192.168.1.1", 7)
    silent = client.tcp.connect("192.168.1.1", 7)
    home.run()
    near.send(b"x")
    near.abort()
    home.run(3601 * SECOND)
    assert silent.failure is not None
    assert [packet.sport for packet in home.seen(UDP)] == []
    assert said(home, client, 7, b"still there") == (b"still there", b"still there")
