"""Frames after a reading pass, for tests of learners."""

from __future__ import annotations

from collections.abc import Iterable

from dissect import Header, Packet, with_context

__all__ = ["after_passing"]


def after_passing(frames: Iterable[Header | bytes], *, twice: bool = False, step_ns: int = 1_000_000) -> list[Packet]:
    """Return the frames as packets after a reading pass, or two: numbered from 1, one every `step_ns` from 1 s on."""
    data = [bytes(frame) for frame in frames]

    def packets() -> list[Packet]:
        return [
            Packet(each, number=number, time_ns=10**9 + (number - 1) * step_ns) for number, each in enumerate(data, 1)
        ]

    return list(with_context(packets(), before=packets() if twice else None))
