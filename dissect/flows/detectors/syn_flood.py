"""Floods of SYNs: many connections to one port that nobody completes, in a short time (RFC 4987)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting, seconds_between
from dissect.flows.states import Change, State
from dissect.flows.talks import PORT_SIZE, Seen, Talk, address_text, end_text

__all__ = ["SynFlood"]

_MOST_PENDING = 1 << 16
"""How many SYNs to all targets together wait for their completion."""
_MOST_SOURCES = 1 << 16
"""How many addresses are told apart in one flood."""


class _Flood:
    """What is under way: how many SYNs, from whom, and how many were answered."""

    __slots__ = ("answered", "completed", "first_ns", "last", "last_ns", "number", "sources", "syns")

    def __init__(self, number: int, time_ns: int | None) -> None:
        self.number = self.last = number
        self.first_ns = self.last_ns = time_ns
        self.syns = self.answered = self.completed = 0
        self.sources: dict[bytes, int] = {}


class _Target:
    """The connections to one port that wait for their completion, the oldest first, by their streams."""

    __slots__ = ("flood", "pending")

    def __init__(self) -> None:
        self.pending: OrderedDict[int | None, tuple[int, int | None, bytes, bool]] = OrderedDict()
        self.flood: _Flood | None = None


class SynFlood(Detector):
    """SYNs to one port that nobody completes, when there are many at once.

    A refused or reset attempt is none of them, nor is a SYN that comes again.
    """

    settings = (
        Setting("flood_syns", 100, "how many SYNs to one port that nobody completes are a flood"),
        Setting("flood_seconds", 10.0, "in how many seconds"),
    )

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._most = max(int(self.values["flood_syns"]), 1)
        self._window_ns = self.setting_ns("flood_seconds")
        self._held = 0
        self._targets: OrderedDict[bytes, _Target] = OrderedDict()

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        if not changes or talk.connection is None:
            return
        opener = talk.opener
        for change in changes:
            if change.way == opener and change.after is State.SYN_SENT:
                self._begin(talk, seen)
            elif change.way != opener and change.after is State.SYN_RCVD:
                self._answer(talk)
            elif change.after is State.ESTABLISHED or change.after is State.CLOSED or change.before is State.SYN_RCVD:
                self._complete(talk)

    def _begin(self, talk: Talk, seen: Seen) -> None:
        key = talk.ends[1 - talk.opener]
        target = self._targets.pop(key, None) or _Target()
        self._targets[key] = target
        if target.flood is not None and not self._is_soon(target.flood.last_ns, seen.time_ns):
            # A silence as long as the window ends a flood.
            self._tell(key, target)
        pending = target.pending
        while pending and not self._is_soon(next(iter(pending.values()))[1], seen.time_ns):
            pending.popitem(last=False)
            self._held -= 1
        source = talk.ends[talk.opener][:-PORT_SIZE]
        self._held += talk.stream not in pending
        pending[talk.stream] = seen.number, seen.time_ns, source, False
        flood = target.flood
        if flood is not None:
            self._count(flood, source)
        elif len(pending) >= self._most:
            number, time_ns, _, _ = next(iter(pending.values()))
            flood = target.flood = _Flood(number, time_ns)
            for _, _, earlier, answered in pending.values():
                self._count(flood, earlier)
                flood.answered += answered
        if flood is not None:
            flood.last, flood.last_ns = seen.number, seen.time_ns
        self._make_room()

    def _make_room(self) -> None:
        """Let the target go that was silent longest, or the oldest that waits where there is but one."""
        while self._held > _MOST_PENDING or len(self._targets) > MOST_HELD:
            if len(self._targets) > 1:
                key, target = self._targets.popitem(last=False)
                self._held -= len(target.pending)
                self._tell(key, target)
            else:
                next(iter(self._targets.values())).pending.popitem(last=False)
                self._held -= 1

    def _is_soon(self, before_ns: int | None, time_ns: int | None) -> bool:
        return before_ns is None or time_ns is None or time_ns - before_ns <= self._window_ns

    def _count(self, flood: _Flood, source: bytes) -> None:
        flood.syns += 1
        if source in flood.sources or len(flood.sources) < _MOST_SOURCES:
            flood.sources[source] = flood.sources.get(source, 0) + 1

    def _answer(self, talk: Talk) -> None:
        target = self._targets.get(talk.ends[1 - talk.opener])
        if target is None:
            return
        waiting = target.pending.get(talk.stream)
        if waiting is not None and not waiting[3]:
            target.pending[talk.stream] = (*waiting[:3], True)
            if target.flood is not None:
                target.flood.answered += 1

    def _complete(self, talk: Talk) -> None:
        target = self._targets.get(talk.ends[1 - talk.opener])
        completed = None if target is None else target.pending.pop(talk.stream, None)
        if target is None or completed is None:
            return
        self._held -= 1
        flood = target.flood
        if flood is None:
            return
        _, _, source, answered = completed
        flood.completed += 1
        flood.answered -= answered
        flood.sources[source] = flood.sources.get(source, 1) - 1
        if not flood.sources[source]:
            del flood.sources[source]

    def _tell(self, server: bytes, target: _Target) -> None:
        flood, target.flood = target.flood, None
        if flood is None or flood.syns - flood.completed < self._most:
            return
        name, left = end_text(server), flood.syns - flood.completed
        more = "more than " if len(flood.sources) >= _MOST_SOURCES else ""
        sources = len(flood.sources)
        of = address_text(next(iter(flood.sources))) if sources == 1 else f"{more}{sources:,} addresses"
        text = (
            f"{name} got {left:,} SYNs of {of}{seconds_between(flood.first_ns, flood.last_ns)} that nobody "
            f"completed; it answered {flood.answered:,}"
        )
        facts = {"target": name, "syns": left, "sources": sources, "answered": flood.answered}
        self.told.append(Alarm("syn-flood", text, flood.number, flood.last, flood.first_ns, flood.last_ns, facts))

    def end(self, time_ns: int | None) -> None:
        while self._targets:
            self._tell(*self._targets.popitem(last=False))
