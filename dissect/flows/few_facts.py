"""Learners for those who only count usual frames: they tell few facts of plain headers, which takes less time."""

from __future__ import annotations

from typing import Any

from dissect.declaration.gathering import span_of
from dissect.flows.learner import Glance, Learner, Plain
from dissect.flows.learners.tcp import TIMESTAMP_ALONE, WITH_TIMESTAMP
from dissect.flows.stand_in import StandIn
from dissect.protocols.tcp import TCP, TCPFlags

__all__ = ["FewFacts", "StreamNumbers"]

_SYN = int(TCPFlags.SYN)


class FewFacts(StandIn):
    """Stands for another learner, and tells of plain headers the named facts alone; it learns as much as that."""

    def __init__(self, learner: Learner, *names: str) -> None:
        super().__init__(learner)
        self._names = names

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        return self.inner.glance(seen)

    def plain(self) -> Plain | None:
        told = self.inner.plain()
        return None if told is None else told._replace(facts=self._chosen(told))

    def _chosen(self, told: Plain) -> dict[str, str]:
        return {name: told.facts[name] for name in self._names}


class StreamNumbers(FewFacts):
    """Stands for the learner of TCP segments, and tells of plain ones what it knows of their stream.

    For a pass that serves nobody else: it shows that learner those segments alone that may begin a stream or are not
    plain, so that what is known of the course of connections is wrong then.
    """

    def plain(self) -> Plain | None:
        told = self.inner.plain()
        if told is None:
            return None
        # How many bits of `lead` stand behind the data offset.
        down = told.places["lead"].width - span_of(TCP, "data_offset").width
        return told._replace(
            # Where both directions are known, no segment without a SYN begins another stream. Options are looked at, as
            # they may be damaged.
            test=f"not lead & {_SYN} and (measured := 4 * (lead >> {down})) <= size and measured <= there"
            f" and (measured == {TCP.least_size} or measured == {4 * WITH_TIMESTAMP}"
            f" and data[start + {TCP.least_size}:start + {TCP.least_size + len(TIMESTAMP_ALONE)}] == TIMESTAMP)",
            lines=("stream.latest = number",),
            facts=self._chosen(told),
        )
