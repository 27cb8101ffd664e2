"""Learners that stand for another one in a reading pass, to hear of what it takes in without objects."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Learner, Place

__all__ = ["StandIn"]


class StandIn(Learner):
    """Takes the place of a learner, which it asks, and is told of every header that went the short way (`heard`)."""

    def __init__(self, inner: Learner) -> None:
        super().__init__()
        self.inner = inner
        self.quick = inner.quick  # type: ignore[misc]  # of the class that it stands for
        self.ports = inner.ports  # type: ignore[misc]

    def observe(self, header: Any, place: Place) -> None:
        self.inner.observe(header, place)

    def glance(
        self,
        data: bytes,
        start: int,
        end: int,
        stop: int,
        number: int,
        time_ns: int | None,
        source: bytes,
        destination: bytes,
        *values: Any,
    ) -> dict[str, Any] | None:
        facts = self.inner.glance(data, start, end, stop, number, time_ns, source, destination, *values)
        if facts:
            self.heard(facts, data, start, end, stop, number, time_ns, source, destination, values)
        return facts

    def settle(self, header: Any) -> None:
        self.inner.settle(header)

    def held(self) -> int:
        return self.inner.held()

    def heard(
        self,
        facts: dict[str, Any],
        data: bytes,
        start: int,
        end: int,
        stop: int,
        number: int,
        time_ns: int | None,
        source: bytes,
        destination: bytes,
        values: tuple[Any, ...],
    ) -> None:
        """Take in what was learnt of a header; the others are what `glance` was given."""
