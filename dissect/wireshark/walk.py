"""The walk through a packet for one name: what to look at in each class of header is found once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from dissect.declaration.derived_fields import Derived
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.record import Record
from dissect.packets.packet import Packet
from dissect.wireshark.record_fields import entries_in, fields_of
from dissect.wireshark.sight import seen_payload

__all__ = ["Step", "Walk"]

Step: TypeAlias = Callable[[Any, list[Any]], None]
"""What looks at a record and puts what it finds into the list."""


class Walk:
    """What gathers the fields of a name in headers, and in the records that these list.

    `owners` are the classes that declare the name, and `taking(class, field)` returns the step that takes such a field.
    `goes_on(class)` tells whether such a field may stand in the stream of which a header carries a part.
    """

    __slots__ = ("_goes_on", "_name", "_owners", "_plans", "_taking")

    def __init__(
        self,
        name: str,
        owners: tuple[type[Record], ...],
        taking: Callable[[type[Record], Field], Step],
        goes_on: Callable[[type[Header]], bool] = lambda cls: True,
    ) -> None:
        self._name = name
        self._owners = owners
        self._taking = taking
        self._goes_on = goes_on
        self._plans: dict[type[Record], tuple[Step, ...]] = {}

    def gather(self, packet: Packet | Header) -> list[Any]:
        """Return what is found in a packet, outermost header first."""
        found: list[Any] = []
        plans = self._plans
        header: Header | None = packet.frame if isinstance(packet, Packet) else packet
        while header is not None:
            cls = header.__class__
            steps = plans.get(cls)
            for step in self._prepare(cls) if steps is None else steps:
                step(header, found)
            if cls.carries_stream and not self._goes_on(cls) and header.is_pristine():
                # One that somebody built or edited may carry anything.
                break
            header = seen_payload(header)
        return found

    def gather_in(self, headers: Iterable[Header]) -> list[Any]:
        """Return what is found in these headers alone."""
        found: list[Any] = []
        for header in headers:
            self._look(header, found)
        return found

    def _look(self, record: Record, found: list[Any]) -> None:
        steps = self._plans.get(record.__class__)
        for step in self._prepare(record.__class__) if steps is None else steps:
            step(record, found)

    def _prepare(self, cls: type[Record]) -> tuple[Step, ...]:
        steps = self._plans[cls] = tuple(self._steps(cls))
        return steps

    def _steps(self, cls: type[Record]) -> Iterator[Step]:
        # By name, for a class may declare a field again that it inherits.
        found = [field for field in fields_of(cls) if self._name in (field.label, field.also)]
        for field in fields_of(cls):
            kind = field.kind
            if field in found:
                found.remove(field)
                yield self._taking(cls, field)
            if isinstance(kind, EntryList) and kind.may_list(self._owners):
                # What is computed of a field in front of the list stands in front of what the list holds.
                for early in [each for each in found if isinstance(each, Derived) and _stands_before(cls, each, field)]:
                    found.remove(early)
                    yield self._taking(cls, early)
                yield self._descending(field)

    def _descending(self, field: Field) -> Step:
        def descend(record: Record, found: list[Any]) -> None:
            for entry in entries_in(record, field):
                self._look(entry, found)

        return descend


def _stands_before(cls: type[Record], field: Derived, listed: Field) -> bool:
    """Whether a field is computed from one of the layout that stands in front of a list."""
    source = cls.declares(field.over) if field.over else None
    return source is not None and source in cls.layout and source.place < listed.place
