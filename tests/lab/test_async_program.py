"""Programs as coroutines, on the clock of the lab."""

from __future__ import annotations

import asyncio

import pytest

from dissect import Network
from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.waiting import Wait, sleep, within

SECOND = 1_000_000_000


def lab_of_two() -> Network:
    lab = Network()
    lab.link(lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24"), delay_ns=1_000_000)
    return lab


def test_sleeps_end_in_the_order_of_time() -> None:
    lab = lab_of_two()
    seen: list[tuple[str, int]] = []

    class Sleepers(AsyncProgram):
        async def main(self) -> str:
            tasks = [self.start(self.doze(name, length)) for name, length in (("c", 3), ("a", 1), ("b", 2), ("d", 3))]
            for task in tasks:
                await task
            return "awake"

        async def doze(self, name: str, length: int) -> str:
            await sleep(length * SECOND)
            seen.append((name, self.host.now_ns // SECOND))
            return name

    program = lab.start_program("a", Sleepers(), at_ns=5 * SECOND)
    assert lab.run() == 8 * SECOND
    assert seen == [("a", 6), ("b", 7), ("c", 8), ("d", 8)]
    assert (program.result, program.finished, program.deadline) == ("awake", True, None)


def test_an_echo_server_of_ten_lines_serves_many_at_once() -> None:
    lab = lab_of_two()

    class EchoServer(AsyncProgram):
        async def main(self) -> None:
            listener = self.host.tcp.listen(7)
            while True:
                _ = self.start(self.serve(await listener.accept()))

        async def serve(self, connection: TCPConnection) -> None:
            while data := await connection.read():
                await connection.write(data)
            connection.close()

    async def client(host: RunsPrograms) -> list[bytes]:
        connection = await host.tcp.connect("10.0.0.2", 7)
        answers = []
        for word in (b"one", b"two", b"three"):
            await connection.write(word)
            answers.append(await connection.read_exactly(len(word)))
            await sleep(SECOND)
        connection.close()
        await connection.closed()
        return answers

    server = lab.start_program("b", EchoServer())
    clients = [lab.start_program("a", AsyncProgram(client), at_ns=number * SECOND // 2) for number in range(5)]
    lab.run()
    assert [each.result for each in clients] == [[b"one", b"two", b"three"]] * 5
    assert not server.finished


def test_what_the_workbench_raises_is_printed_and_ends_the_program() -> None:
    lab = lab_of_two()

    async def client(host: RunsPrograms) -> None:
        _ = await host.tcp.connect("10.0.0.2", 9)

    program = lab.start_program("a", AsyncProgram(client))
    lab.run()
    assert program.finished
    assert program.lines == ["10.0.0.1:49152 - 10.0.0.2:9: connection refused"]


def test_mistakes_of_a_program_end_the_run() -> None:
    lab = lab_of_two()

    async def wrong(host: RunsPrograms) -> None:
        raise ZeroDivisionError

    lab.start_program("a", AsyncProgram(wrong))
    with pytest.raises(ZeroDivisionError):
        lab.run()


def test_the_clock_of_asyncio_is_another() -> None:
    lab = lab_of_two()

    async def wrong(host: RunsPrograms) -> None:
        await asyncio.sleep(0)

    lab.start_program("a", AsyncProgram(wrong))
    with pytest.raises(TypeError, match="expected what the lab gives"):
        lab.run()


def test_a_wait_with_a_limit_ends_with_what_it_waits_for_or_in_time() -> None:
    lab = lab_of_two()
    wait: Wait[str] = Wait()

    class Limits(AsyncProgram):
        async def main(self) -> object:
            _ = self.start(self.ends())
            found = []
            for limit in (1, 5, 1):
                over = await within(wait, limit * SECOND)
                found.append((over, self.host.now_ns // SECOND))
            return found

        async def ends(self) -> None:
            await sleep(3 * SECOND)
            wait.finish("done")

    program = lab.start_program("a", Limits())
    assert lab.run() == 3 * SECOND, "nobody wakes for a limit that was not needed"
    assert program.result == [(False, 1), (True, 3), (True, 3)]


def test_sleeps_that_ended_early_are_not_kept() -> None:
    lab = lab_of_two()

    class Busy(AsyncProgram):
        most = 0

        async def main(self) -> None:
            for _ in range(1000):
                wait: Wait[None] = Wait()
                _ = self.start(self.ends(wait))
                assert await within(wait, 3600 * SECOND)
                self.most = max(self.most, len(self._sleeping))

        async def ends(self, wait: Wait[None]) -> None:
            await sleep(1)
            wait.finish(None)

    program = lab.start_program("a", Busy())
    assert lab.run() == 1000
    assert program.most < 100


def test_what_is_no_program_is_refused_before_the_run() -> None:
    async def connect(host: RunsPrograms) -> object:
        return await host.tcp.connect("10.0.0.2", 7)

    lab = lab_of_two()
    for given in (connect, "ping", None):
        with pytest.raises(FieldError, match="is no program, expected one such as Ping or AsyncProgram"):
            lab.start_program("a", given)  # type: ignore[type-var]
    with pytest.raises(FieldError, match=r"AsyncProgram\(connect\) runs a coroutine$"):
        lab.start_program("a", connect)  # type: ignore[type-var]
    with pytest.raises(
        FieldError, match=r"AsyncProgram has main=5, expected a function as in `async def main\(host\)`"
    ):
        AsyncProgram(5)  # type: ignore[arg-type]
    lab.start_program("a", AsyncProgram(lambda host: 5))  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match=r"gives 5 and nothing to await: begin it with `async def`"):
        lab.run()


def test_the_error_that_ended_a_program_is_kept() -> None:
    lab = lab_of_two()

    async def connect(host: RunsPrograms) -> object:
        return await host.tcp.connect("10.0.0.2", 7)

    async def doze(host: RunsPrograms) -> None:
        await sleep(5)

    program, other = (lab.start_program("a", AsyncProgram(main)) for main in (connect, doze))
    lab.run()
    assert isinstance(program.error, ConnectionFailedError)
    assert (program.result, program.lines) == (None, [str(program.error)])
    assert other.error is None
