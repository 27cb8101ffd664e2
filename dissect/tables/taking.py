"""What takes the frames of a block: many at once where their records stand in a row, and one at a time at the edges."""

from __future__ import annotations

import numpy as np

from dissect.captures.records import RecordLoop, Records
from dissect.packets.packet import Packet
from dissect.tables.engines import Engine
from dissect.tables.frames import Frames
from dissect.tables.program import LATEST, Program
from dissect.tables.sheet import Sheet

__all__ = ["FrameTaker"]

_ROOM = bytes(8)
"""What stands in front of a frame that comes alone."""


class FrameTaker:
    """Takes the frames of records that are like one another: of one link type, and of one interface.

    Subclasses say what becomes of frames (`frames`), and when there are enough for a while (`is_full`).
    """

    def __init__(self, engine: Engine, program: Program, sheet: Sheet, pattern: Packet, *, once: bool) -> None:
        self._engine = engine
        self._program = program
        self._pattern = pattern
        self._read = engine.reader(program, sheet, once)
        self._alone = np.empty((4, 1), np.int64)

    def __call__(self, data: bytes, start: int, stop: int, number: int, time_ns: int, original: int) -> bool:
        """Take a single frame, which stands at the edge of what was read; return whether it is taken."""
        if not 0 <= time_ns < LATEST or self.is_full:
            return False
        room, alone = len(_ROOM), self._alone
        alone[:, 0] = room, room + stop - start, original, time_ns
        self.frames(Frames(_ROOM + data[start:stop], alone[0], alone[1], alone[2], alone[3], number - 1))
        return True

    def loop(self, records: Records) -> RecordLoop:
        """Return what deals with records in a row."""
        return self._engine.loop(records, self)

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a while."""
        raise NotImplementedError

    def frames(self, frames: Frames) -> None:
        """Take frames, one or more."""
        raise NotImplementedError
