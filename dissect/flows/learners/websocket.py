"""WebSocket: messages of several frames."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.websocket import WebSocket, WebSocketOpcode

__all__ = ["WebSocketLearner"]

_MOST = 1 << 13
_MOST_PARTS = 1 << 12
_MOST_BYTES = 1 << 24


class _Message:
    """A message that has begun."""

    __slots__ = ("opcode", "parts", "size")

    def __init__(self, opcode: int) -> None:
        self.opcode = opcode
        self.parts: list[tuple[int, bytes]] = []
        self.size = 0


class WebSocketLearner(Learner, of=WebSocket):
    """Puts messages together, of 8192 directions at a time: at most 16 MiB of each, in 4096 frames."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._begun: OrderedDict[tuple[int, int], _Message] = OrderedDict()

    def rewind(self) -> None:
        super().rewind()
        self._begun.clear()

    def held(self) -> int:
        return len(self._begun)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted or header.is_cut:
            return
        opcode, way = int(header.opcode), (place.stream, place.way)
        if opcode >= WebSocketOpcode.CLOSE or (header.fin and opcode):
            return
        if opcode:
            self._begun[way] = _Message(opcode)
            if len(self._begun) > _MOST:
                self._begun.popitem(last=False)
        message = self._begun.get(way)
        if message is None:
            return
        data = header.clear_data()
        if message.size + len(data) > _MOST_BYTES or len(message.parts) >= _MOST_PARTS:
            del self._begun[way]
            return
        message.parts.append((place.number, data))
        message.size += len(data)
        if header.fin:
            del self._begun[way]
            whole = b"".join(part for _, part in message.parts)
            header.learn(message=(message.opcode, whole), fragment_frames=[number for number, _ in message.parts])
