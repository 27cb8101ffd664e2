"""A lab on a TAP device that is driven while something is done in a thread, as a program beside it would do it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from dissect.edges.edge import Edge
from dissect.lab.device import Device
from dissect.lab.driving import drive

__all__ = ["PATIENCE_SECONDS", "beside"]

PATIENCE_SECONDS = 60
_Result = TypeVar("_Result")


def beside(device: Device, edge: Edge, work: Callable[[], _Result]) -> _Result:
    """Drive a device while `work()` runs in a thread; return what it returned, or raise what it raised."""
    returned: list[_Result] = []
    raised: list[BaseException] = []
    done = threading.Event()

    def working() -> None:
        try:
            returned.append(work())
        except BaseException as error:
            raised.append(error)
        done.set()

    thread = threading.Thread(target=working, daemon=True)
    thread.start()
    drive(device, edge, until=done.is_set)
    thread.join(PATIENCE_SECONDS)
    if raised:
        raise raised[0]
    return returned[0]
