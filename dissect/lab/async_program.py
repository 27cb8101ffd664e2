"""Programs written as coroutines, on the clock of the lab."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any, TypeAlias

from dissect.errors import DissectError, FieldError
from dissect.lab.program import Program, RunsPrograms
from dissect.lab.waiting import Sleep, Wait

__all__ = ["AsyncProgram", "Task"]

_FORSAKEN = 64
"""How many sleeps that ended early may be kept, beside those of the coroutines that run."""

Main: TypeAlias = Callable[[RunsPrograms], Coroutine[Any, Any, object]]


class AsyncProgram(Program):
    """Runs a coroutine on a host: `main(host)`, or, in a class of one's own, `async def main(self)`.

    What it awaits is over at a time of the lab's clock: `sleep(nanoseconds)`, `host.tcp.connect(...)`,
    `listener.accept()`, `connection.read()` and `write()`. `start` runs another coroutine beside it; the program is
    finished when all are. The same network runs the same way each time. What a coroutine raises of the
    workbench's errors is printed and kept (`error`), and ends it; any other exception ends the run.

    >>> from dissect.lab.network import Network
    >>> async def echo(host):
    ...     connection = await host.tcp.listen(7).accept()
    ...     while data := await connection.read():
    ...         await connection.write(data)
    ...     connection.close()
    >>> async def client(host):
    ...     connection = await host.tcp.connect("10.0.0.2", 7)
    ...     await connection.write(b"hello")
    ...     data = await connection.read_exactly(5)
    ...     connection.close()
    ...     return data
    >>> lab = Network()
    >>> a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    >>> _ = lab.link(a, b), lab.start_program(b, AsyncProgram(echo))
    >>> program = lab.start_program(a, AsyncProgram(client))
    >>> _ = lab.run()
    >>> program.result
    b'hello'
    """

    def __init__(self, main: Main | None = None) -> None:
        super().__init__()
        if main is not None and not callable(main):
            raise FieldError(f"AsyncProgram has main={main!r}, expected a function as in `async def main(host)`")
        self._main = main
        self.result: object = None
        """What `main` returned."""
        self.error: DissectError | None = None
        """Which of the workbench's errors ended a coroutine, the first of them; None where none did."""
        self._ready: deque[Task] = deque()
        # (when, its number, the sleep that ends)
        self._sleeping: list[tuple[int, int, Sleep]] = []
        self._order = 0
        self._running = 0
        self._now_ns = 0

    async def main(self) -> object:
        """Do what the program does."""
        assert self._main is not None, "give AsyncProgram a coroutine, or define main in a class of your own"
        doing: object = self._main(self.host)
        if not isinstance(doing, Awaitable):
            raise TypeError(f"{self._main!r} gives {doing!r} and nothing to await: begin it with `async def`")
        return await doing

    def start(self, coroutine: Coroutine[Any, Any, object]) -> Task:
        """Run another coroutine beside this one; awaiting what is returned gives what it returns."""
        task = Task(coroutine)
        self._running += 1
        self._make_ready(task)
        return task

    def begin(self, now_ns: int) -> None:
        """Run until the first wait."""
        self._now_ns = now_ns
        main = self.start(self.main())
        main.then(partial(self._concluded, main))
        self.advance(now_ns)

    def _concluded(self, main: Task) -> None:
        self.result = main.value

    def advance(self, now_ns: int) -> None:
        """End the sleeps that are over, and run what is ready, in the order in which it became so."""
        self._now_ns = now_ns
        while self._sleeping and self._sleeping[0][0] <= now_ns:
            heappop(self._sleeping)[2].finish(None)
        while self._ready:
            self._step(self._ready.popleft())
        if not self._running:
            self.finish()
        else:
            self._forget_what_ended_early()
            self.deadline = self._sleeping[0][0] if self._sleeping else None

    def _forget_what_ended_early(self) -> None:
        """Drop the sleeps that something else has ended, so that nobody wakes for them; their number is bounded."""
        while self._sleeping and self._sleeping[0][2].is_over:
            heappop(self._sleeping)
        if len(self._sleeping) > 2 * self._running + _FORSAKEN:
            self._sleeping = [entry for entry in self._sleeping if not entry[2].is_over]
            heapify(self._sleeping)

    def _make_ready(self, task: Task) -> None:
        self._ready.append(task)
        # Whoever ended the wait is in the middle of something: the coroutine goes on after it, at the same time.
        self.deadline = self.host.now_ns
        self.host.wake()

    def _step(self, task: Task) -> None:
        """Run a coroutine up to its next wait."""
        try:
            wait = task.coroutine.send(None)
        except StopIteration as end:
            self._running -= 1
            task.value = end.value
            task.finish(end.value)
            return
        except DissectError as reason:
            self._running -= 1
            self.print(str(reason))
            self.error = self.error or reason
            task.fail(reason)
            return
        if not isinstance(wait, Wait):
            raise TypeError(f"a program of the lab awaits {wait!r}, expected what the lab gives: sleep, connect, read")
        if isinstance(wait, Sleep):
            self._order += 1
            heappush(self._sleeping, (self._now_ns + wait.duration_ns, self._order, wait))
        wait.then(partial(self._make_ready, task))


class Task(Wait[object]):
    """A coroutine that runs; it is over when that is."""

    __slots__ = ("coroutine", "value")

    def __init__(self, coroutine: Coroutine[Any, Any, object]) -> None:
        super().__init__()
        self.coroutine = coroutine
        self.value: object = None
