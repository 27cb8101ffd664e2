"""Ctrl-C and SIGTERM as a wish to stop, which is looked at where stopping leaves nothing half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interruption", "interruptible"]


class Interruption:
    """Whether somebody wants the program to stop."""

    def __init__(self) -> None:
        self.wanted = False

    def __bool__(self) -> bool:
        return self.wanted


@contextmanager
def interruptible(wake: Callable[[], None] | None = None) -> Iterator[Interruption]:
    """Note Ctrl-C and SIGTERM in what is given to the block; the second one of them interrupts as usual.

    `wake` is called at the first one, for who waits for something else.

    SIGINT is noted also where it was ignored before, as a script without job control has it for what
    it starts with &: `kill -INT` is how such a script ends a capture.
    """
    interruption = Interruption()

    def note(number: int, frame: FrameType | None) -> None:
        if interruption.wanted:
            raise KeyboardInterrupt
        interruption.wanted = True
        if wake is not None:
            wake()

    if threading.current_thread() is not threading.main_thread():
        # Signals reach the main thread alone, so that here nobody would be told.
        yield interruption
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
