"""Learners that stand for another one in a reading pass, to hear of what it takes in without objects."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Glance, Learner, Place

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

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        facts = self.inner.glance(seen)
        if facts:
            self.heard(facts, seen)
        return facts

    def settle(self, header: Any) -> None:
        self.inner.settle(header)

    def held(self) -> int:
        return self.inner.held()

    def heard(self, facts: dict[str, Any], seen: Glance) -> None:
        """Take in what was learnt of a header that `glance` was given."""
