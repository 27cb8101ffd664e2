"""Connections that only one end takes for open: half-open ones (RFC 9293, section 3.5.1), and those never completed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from dissect.declaration.times import BILLION
from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting
from dissect.flows.states import Change, State
from dissect.flows.talks import Seen, Talk, end_text
from dissect.protocols.tcp import TCPFlags

__all__ = ["HalfOpen"]

_RST = int(TCPFlags.RST)
_MOST_NAMED = 8
"""How many clients a sentence names."""


class _Waiting:
    """The connections to one server that nobody completed."""

    __slots__ = ("clients", "count", "first_ns", "last", "last_ns", "number")

    def __init__(self, talk: Talk) -> None:
        self.number = self.last = talk.number
        self.first_ns = self.last_ns = talk.first_ns
        self.count = 0
        self.clients: list[str] = []


class HalfOpen(Detector):
    """SYNs that were answered and then left alone, by server; and ends that are not heard when they reset."""

    settings = (Setting("half_open_seconds", 3.0, "how long an answered SYN may go without its acknowledgment"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._longest_ns = self.setting_ns("half_open_seconds")
        self._now_ns: int | None = None
        self._waiting: OrderedDict[bytes, _Waiting] = OrderedDict()
        self._suspected: OrderedDict[int | None, int] = OrderedDict()

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        if seen.time_ns is not None:
            self._now_ns = seen.time_ns
        if talk.stream in self._suspected:
            answered = self._suspected.pop(talk.stream)
            if seen.flags & _RST and way != answered:
                mine, other = end_text(talk.ends[answered]), end_text(talk.ends[way])
                text = f"{mine} was still in a connection with {other}, which that had forgotten"
                facts = {"left": mine, "forgotten_by": other}
                self.told.append(Alarm("half-open", text, talk.number, seen.number, talk.first_ns, seen.time_ns, facts))
        for change in changes:
            if change.before is State.LISTEN and change.after is State.ESTABLISHED:
                # What the other one does next shows whether it has forgotten, or its SYN is an old duplicate.
                self._suspected[talk.stream] = change.way
                if len(self._suspected) > MOST_HELD:
                    self._suspected.popitem(last=False)

    def let_go(self, talk: Talk, why: str) -> None:
        connection = talk.connection
        if connection is None:
            return
        if connection.is_forsaken and connection.resetter is not None:
            resetter = connection.resetter
            gone, left = end_text(talk.ends[resetter]), end_text(talk.ends[1 - resetter])
            text = f"{gone} has reset its connection with {left}, which goes on: the number was not in its window"
            facts = {"reset_by": gone, "left": left, "state": str(connection.states[1 - resetter])}
            self.told.append(
                Alarm("half-open", text, talk.number, talk.last_number, talk.first_ns, talk.last_ns, facts)
            )
        elif connection.is_half_open and self._is_late(talk):
            self._keep(talk)

    def _is_late(self, talk: Talk) -> bool:
        if talk.first_ns is None or self._now_ns is None:
            return True
        return self._now_ns - talk.first_ns >= self._longest_ns

    def _keep(self, talk: Talk) -> None:
        client, server = talk.ends[talk.opener], talk.ends[1 - talk.opener]
        waiting = self._waiting.pop(server, None)
        if waiting is None:
            waiting = _Waiting(talk)
        self._waiting[server] = waiting
        waiting.count += 1
        if talk.number < waiting.number:
            waiting.number, waiting.first_ns = talk.number, talk.first_ns
        if talk.number > waiting.last:
            waiting.last, waiting.last_ns = talk.number, talk.first_ns
        if len(waiting.clients) < _MOST_NAMED:
            waiting.clients.append(end_text(client))
        if len(self._waiting) > MOST_HELD:
            self._tell(*self._waiting.popitem(last=False))

    def _tell(self, server: bytes, waiting: _Waiting) -> None:
        name, count = end_text(server), waiting.count
        of = waiting.clients[0] if count == 1 else f"{count:,} clients, such as {waiting.clients[0]}"
        seconds = f"{self._longest_ns / BILLION:g} s"
        text = f"{name} has answered the SYN of {of}, and heard nothing more for {seconds} or longer"
        facts = {"server": name, "connections": count, "clients": waiting.clients}
        self.told.append(
            Alarm("half-open", text, waiting.number, waiting.last, waiting.first_ns, waiting.last_ns, facts)
        )

    def end(self, time_ns: int | None) -> None:
        while self._waiting:
            self._tell(*self._waiting.popitem(last=False))
