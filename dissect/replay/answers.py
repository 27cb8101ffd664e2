"""What came back while a capture was played, held against what the capture has of the other side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dissect.differences import Equality, FieldDifference, frame_differences
from dissect.differences.field_differences import Tolerance
from dissect.differences.numbering import Numbering
from dissect.packets.packet import Packet
from dissect.replay.plan import Step

__all__ = ["AnswerCheck", "Unlike"]

TOLD = 10_000
"""Of how many answers the differences are kept; of more they are counted."""

ROUNDS_HELD = 4
"""For how many rounds it is known what stands for what; answers of a round that is longer over begin anew."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """An answer that is not as in the capture: `expected` did not come, `came` was not expected, or they differ."""

    expected: Packet | None
    came: Packet | None
    differences: tuple[FieldDifference, ...] = ()


class AnswerCheck:
    """Counts the answers that are as in the capture, and keeps those that are not: what a `Player` tells as it hears.

    `equality` says what may differ; without it the bytes count, but for identifications of IP datagrams, which no
    request determines: they are the same if they stand for each other throughout a round. Of those that do not
    pass `matters`, expected or not, nothing is counted.
    """

    def __init__(
        self, *, link: int = 1, equality: Equality | None = None, matters: Callable[[Packet], bool] | None = None
    ) -> None:
        self.equal = self.count = 0
        self.unlike: list[Unlike] = []
        self._link = link
        self._matters = matters
        self._equality = Equality.of(canonical=["ip-ids"]) if equality is None else equality
        self._tolerances: dict[int, Tolerance] = {}

    def __call__(self, expected: Step | None, came: Packet | None) -> None:
        """Take down what was expected and what came; one of them may be missing."""
        captured = None
        if expected is not None:
            packet = expected.packet
            captured = Packet(expected.data, number=packet.number, time_ns=packet.time_ns, link=self._link)
        there = [packet for packet in (captured, came) if packet is not None]
        if self._matters is not None and not any(map(self._matters, there)):
            return
        self.count += 1
        found: Iterable[FieldDifference] = ()
        if captured is not None and came is not None:
            loop = expected.loop if expected is not None else 1
            found = frame_differences(captured.data, came.data, self._link, self._tolerance(loop))
            if not found:
                self.equal += 1
                return
        if len(self.unlike) < TOLD:
            self.unlike.append(Unlike(captured, came, tuple(found)))

    def _tolerance(self, loop: int) -> Tolerance | None:
        """Return what may differ in a round: what stands for each other in one may be another in the next."""
        if self._equality.is_plain:
            return None
        if loop not in self._tolerances:
            if len(self._tolerances) == ROUNDS_HELD:
                del self._tolerances[next(iter(self._tolerances))]
            self._tolerances[loop] = self._equality.tolerance(Numbering())
        return self._tolerances[loop]

    @property
    def is_equal(self) -> bool:
        """Whether there was an answer, and all were as in the capture."""
        return self.count > 0 and self.equal == self.count
