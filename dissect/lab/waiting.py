"""What coroutines on a simulated host wait for."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Generic, TypeVar

__all__ = ["Sleep", "Wait", "sleep", "within"]

_Value = TypeVar("_Value")


class Wait(Generic[_Value]):
    """Something that is over once, with a value or an error; `await` gives the one or raises the other.

    >>> wait = Wait()
    >>> wait.then(lambda: print("over"))
    >>> wait.finish(7)
    over
    >>> wait.result()
    7
    """

    __slots__ = ("_callbacks", "_error", "_value", "is_over")

    def __init__(self) -> None:
        self.is_over = False
        self._value: _Value | None = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[], None]] = []

    def __await__(self) -> Generator[Wait[_Value], None, _Value]:
        if not self.is_over:
            yield self
        return self.result()

    def then(self, callback: Callable[[], None]) -> None:
        """Call something when it is over, or at once if it is."""
        if self.is_over:
            callback()
        else:
            self._callbacks.append(callback)

    def forget(self, callback: Callable[[], None]) -> None:
        """Do not call it any more."""
        if callback in self._callbacks:
            self._callbacks.remove(callback)

    def finish(self, value: _Value) -> None:
        """End it with a value; a second end counts nothing."""
        if not self.is_over:
            self._value = value
            self._end()

    def fail(self, error: BaseException) -> None:
        """End it with an error."""
        if not self.is_over:
            self._error = error
            self._end()

    def _end(self) -> None:
        self.is_over = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def result(self) -> _Value:
        """Return the value, or raise the error."""
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]


class Sleep(Wait[None]):
    """A wait that the clock ends, `duration_ns` after it began."""

    __slots__ = ("duration_ns",)

    def __init__(self, duration_ns: int) -> None:
        super().__init__()
        self.duration_ns = duration_ns


def sleep(duration_ns: int) -> Sleep:
    """Return what a coroutine awaits to go on so many nanoseconds later, on the lab's clock."""
    return Sleep(max(duration_ns, 0))


async def within(wait: Wait[_Value], duration_ns: int) -> bool:
    """Wait for something no longer than so many nanoseconds, and return whether it is over then."""
    limit = sleep(duration_ns)
    ends = partial(limit.finish, None)
    wait.then(ends)
    await limit
    wait.forget(ends)
    return wait.is_over
