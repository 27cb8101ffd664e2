"""A connection as programs use it."""

from __future__ import annotations

import pytest

from dissect.errors import ConnectionFailedError
from dissect.flows.states import State
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, Failure, Signal
from dissect.lab.waiting import sleep
from tests.lab.tcp.net import MS, SECOND, Net


def test_nothing_yet_data_and_the_end_are_told_apart() -> None:
    near, far, _ = (net := Net()).connected()
    assert far.receive() is None
    near.send(b"hello")
    near.close()
    net.run()
    assert [far.receive(3), far.receive(), far.receive(), far.receive()] == [b"hel", b"lo", b"", b""]


def test_what_failed_says_why() -> None:
    near, far, _ = (net := Net()).connected()
    near.abort()
    net.run()
    with pytest.raises(ConnectionFailedError, match=r"^10\.0\.0\.2:80 - 10\.0\.0\.1:49152: connection reset by peer$"):
        far.receive()
    assert (near.failure, far.failure) == (Failure.ABORTED, Failure.RESET)
    with pytest.raises(ConnectionFailedError):
        far.send(b"x")


def test_events_are_told_as_they_happen() -> None:
    net = Net()
    told: list[Event] = []
    near = net.a.tcp.connect("10.0.0.2", 80, on_event=lambda connection, event: told.append(event))
    net.run()
    assert [event for event in told if isinstance(event, Signal)] == [Signal.CLOSED]
    assert near.failure is Failure.REFUSED
    assert "10.0.0.1:49152 - 10.0.0.2:80 CLOSED" in repr(near)


def test_callbacks_can_serve() -> None:
    net = Net()

    def echo(connection: TCPConnection, event: Event) -> None:
        if event is Signal.DATA:
            connection.send(connection.receive() or b"")
        elif event is Signal.END:
            connection.close()

    def serve(connection: TCPConnection) -> None:
        connection.on_event = echo

    net.b.tcp.listen(7, on_accept=serve)
    near = net.a.tcp.connect("10.0.0.2", 7)
    near.send(b"hello")
    net.run()
    assert near.receive() == b"hello"
    near.close()
    net.run()
    assert near.state is State.TIME_WAIT


def talk(server_settings: TCPSettings | None = None) -> tuple[Net, AsyncProgram, AsyncProgram]:
    net = Net()

    async def server(host: RunsPrograms) -> list[bytes]:
        connection = await host.tcp.listen(80, settings=server_settings).accept()
        lines = [
            await connection.read_until(b"\n"),
            await connection.read_exactly(4),
            await connection.read_until(b"!"),
        ]
        await connection.write(b"thanks")
        connection.close()
        return lines

    async def client(host: RunsPrograms) -> bytes:
        connection = await host.tcp.connect("10.0.0.2", 80)
        await connection.write(b"first li")
        await sleep(100 * MS)
        await connection.write(b"ne\nsome" + b"rest")
        connection.shutdown()
        answer = await connection.read()
        await connection.closed()
        return answer

    serving = net.lab.start_program(net.b, AsyncProgram(server))
    return net, serving, net.lab.start_program(net.a, AsyncProgram(client))


def test_reading_by_lines_and_sizes() -> None:
    net, server, client = talk()
    net.run()
    assert server.result == [b"first line\n", b"some", b"rest"]
    assert client.result == b"thanks"


def test_an_end_that_comes_early_is_told() -> None:
    net = Net()

    async def server(host: RunsPrograms) -> None:
        connection = await host.tcp.listen(80).accept()
        await connection.read_exactly(10)

    program = net.lab.start_program(net.b, AsyncProgram(server))
    near = net.a.tcp.connect("10.0.0.2", 80)
    near.send(b"four")
    near.shutdown()
    net.run()
    assert program.lines == ["10.0.0.2:80 - 10.0.0.1:49152: the end came 6 bytes before what was expected"]


def test_a_line_has_a_bound() -> None:
    net = Net()

    async def server(host: RunsPrograms) -> bytes:
        connection = await host.tcp.listen(80).accept()
        try:
            return await connection.read_until(b"\n", most=10)
        except ConnectionFailedError:
            return b"too long, and still there: " + await connection.read(5)

    program = net.lab.start_program(net.b, AsyncProgram(server))
    net.a.tcp.connect("10.0.0.2", 80).send(b"no end of line in here")
    net.run()
    assert program.result == b"too long, and still there: no en"


def test_writing_waits_for_room_and_both_sides_full_wait_for_ever() -> None:
    small = TCPSettings(receive_buffer=2000, send_buffer=2000)
    net = Net()

    async def stubborn(host: RunsPrograms) -> None:
        if host.name == "b":
            connection = await host.tcp.listen(80, settings=small).accept()
        else:
            connection = await host.tcp.connect("10.0.0.2", 80, settings=small)
        await connection.write(bytes(10_000))
        await connection.read_exactly(10_000)

    programs = [net.lab.start_program(host, AsyncProgram(stubborn)) for host in (net.b, net.a)]
    net.run(60 * SECOND)
    assert not any(program.finished for program in programs)
    blocks = [connection.endpoint.block for host in (net.a, net.b) for connection in host.tcp.connections]
    assert [(block.sender.room, block.sender.window) for block in blocks] == [(0, 0), (0, 0)]
    for host in (net.a, net.b):
        (connection,) = host.tcp.connections
        assert connection.receive(1500)
    net.run(60 * SECOND)
    assert any(block.sender.una > block.sender.iss + 3000 for block in blocks)


def test_closing_with_lines_unread_is_a_reset() -> None:
    net = Net()

    async def server(host: RunsPrograms) -> None:
        connection = await host.tcp.listen(80).accept()
        await connection.read_until(b"\n")
        connection.close()

    net.lab.start_program(net.b, AsyncProgram(server))
    near = net.a.tcp.connect("10.0.0.2", 80)
    near.send(b"one\ntwo\n")
    net.run()
    assert near.failure is Failure.RESET


def test_who_waits_no_longer_than_a_time_is_told() -> None:
    near, far, _ = (net := Net()).connected()
    near.timeout_ns = SECOND

    async def main(host: RunsPrograms) -> object:
        data = await near.read()
        try:
            await near.read()
        except ConnectionFailedError as reason:
            return data, str(reason), host.now_ns
        return None

    program = net.lab.start_program(net.a, AsyncProgram(main), at_ns=net.lab.now_ns)
    far.send(b"hello")
    begun_ns = net.lab.now_ns
    net.run(5 * SECOND)
    told = "10.0.0.1:49152 - 10.0.0.2:80: nothing happened for 1 s"
    assert program.result == (b"hello", told, begun_ns + MS + SECOND)
