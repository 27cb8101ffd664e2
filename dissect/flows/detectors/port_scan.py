"""Scans: one host that knocks at many ports of another, or at one port of many hosts, and wants nothing there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting, seconds_between
from dissect.flows.answers import quoted
from dissect.flows.learner import Place
from dissect.flows.states import Change, State, Teardown
from dissect.flows.talks import PORT_SIZE, Seen, Talk, address_text
from dissect.protocols.icmp import UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.icmpv6 import ICMPv6DestinationUnreachable, ICMPv6UnreachableCode
from dissect.protocols.tcp import TCPFlags
from dissect.protocols.udp import UDP

__all__ = ["PortScan"]

_MOST_GOALS = 1 << 16
"""How many ports or hosts are told apart in one scan."""
_MOST_ATTEMPTS = 1 << 18
"""How many attempts of all scans together are held."""
_MOST_NAMED = 8
"""How many open ports or hosts a sentence names."""
_CLOSED: dict[type[Any], int] = {
    DestinationUnreachable: int(UnreachableCode.PORT),
    ICMPv6DestinationUnreachable: int(ICMPv6UnreachableCode.PORT),
}
"""The codes of errors that say that a port is closed."""
_OPENS = int(TCPFlags.SYN | TCPFlags.ACK | TCPFlags.RST)
_SYN = int(TCPFlags.SYN)


class _Attempts:
    """What one host tried at ports of one other, or at one port of others: where, and in which frames."""

    __slots__ = ("first_ns", "goals", "last", "last_ns", "number", "opened")

    def __init__(self, number: int, time_ns: int | None) -> None:
        self.number = self.last = number
        self.first_ns = self.last_ns = time_ns
        self.goals: set[Any] = set()
        self.opened: set[Any] = set()


class _Knock(NamedTuple):
    """An attempt: from whom, at whom, at which port, over which protocol."""

    source: bytes
    target: bytes
    port: int
    protocol: str

    def entries(self) -> tuple[tuple[tuple[Any, ...], Any], tuple[tuple[Any, ...], Any]]:
        """Return the two scans that it may be a part of, and its goal in each."""
        return (
            ((self.source, self.target, self.protocol), self.port),
            ((self.source, self.port, self.protocol), self.target),
        )


class PortScan(Detector):
    """Attempts that come to nothing: refused, left without an answer, reset or closed without any data.

    Over TCP, SYNs count, and first segments that no connection begins with (those of FIN, null and Xmas scans), or that
    are refused; over UDP, datagrams to ports that an ICMP error says are closed.
    """

    of = (DestinationUnreachable, ICMPv6DestinationUnreachable)
    settings = (
        Setting("scan_ports", 20, "how many ports of one host are a port scan"),
        Setting("scan_hosts", 20, "how many hosts, asked for one port, are a host scan"),
        Setting("scan_seconds", 60.0, "how long a scan may pause"),
    )

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._most = int(self.values["scan_ports"]), int(self.values["scan_hosts"])
        self._pause_ns = self.setting_ns("scan_seconds")
        self._held = 0
        self._scans: OrderedDict[tuple[Any, ...], _Attempts] = OrderedDict()

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        connection = talk.connection
        if connection is None:
            return
        if seen.length and not talk.has_data:
            if seen.number != talk.number:
                self._came_to_something(self._knock(talk))
            return
        if seen.number == talk.number:
            if (seen.flags & _OPENS in (_SYN, 0)) and not seen.length:
                self._attempt(self._knock(talk), seen.number, seen.time_ns)
        elif changes and not talk.has_data:
            opener = talk.opener
            if connection.is_midstream and connection.teardown is Teardown.RESET and way != opener:
                self._attempt(self._knock(talk), seen.number, seen.time_ns)
            elif any(change.after is State.SYN_RCVD and change.way != opener for change in changes):
                knock = self._knock(talk)
                for key, goal in knock.entries():
                    scan = self._scans.get(key)
                    if scan is not None:
                        scan.opened.add(goal)

    def observe(self, header: Any, place: Place) -> None:
        if place.network is None or header.is_cut or int(header.code) != _CLOSED[type(header)]:
            return
        cause: Any = quoted(place.network)
        datagram = None if cause is None else cause.payload
        if isinstance(datagram, UDP) and not datagram.is_cut:
            knock = _Knock(cause.raw("src"), cause.raw("dst"), datagram.dport, "UDP")
            self._attempt(knock, place.number, place.time_ns)

    def _knock(self, talk: Talk) -> _Knock:
        source, target = talk.ends[talk.opener], talk.ends[1 - talk.opener]
        port = int.from_bytes(target[-PORT_SIZE:], "big")
        return _Knock(source[:-PORT_SIZE], target[:-PORT_SIZE], port, "TCP")

    def _attempt(self, knock: _Knock, number: int, time_ns: int | None) -> None:
        for key, goal in knock.entries():
            scan = self._scans.pop(key, None)
            if scan is not None and not self._goes_on(scan, time_ns):
                self._leave(key, scan)
                scan = None
            if scan is None:
                scan = _Attempts(number, time_ns)
            self._scans[key] = scan
            if len(scan.goals) < _MOST_GOALS and goal not in scan.goals:
                scan.goals.add(goal)
                self._held += 1
            scan.last, scan.last_ns = number, time_ns
        while len(self._scans) > MOST_HELD or self._held > _MOST_ATTEMPTS:
            self._leave(*self._scans.popitem(last=False))

    def _goes_on(self, scan: _Attempts, time_ns: int | None) -> bool:
        return time_ns is None or scan.last_ns is None or time_ns - scan.last_ns <= self._pause_ns

    def _came_to_something(self, knock: _Knock) -> None:
        for key, goal in knock.entries():
            scan = self._scans.get(key)
            if scan is not None and goal in scan.goals:
                scan.goals.discard(goal)
                scan.opened.discard(goal)
                self._held -= 1

    def _leave(self, key: tuple[Any, ...], scan: _Attempts) -> None:
        """Let go of what one host tried, and tell of it where it was a scan."""
        self._held -= len(scan.goals)
        source, of, protocol = key
        is_sweep = isinstance(of, int)
        if len(scan.goals) < self._most[is_sweep]:
            return
        name, count = address_text(source), f"{len(scan.goals):,}"
        seconds = seconds_between(scan.first_ns, scan.last_ns)
        opened = sorted(scan.opened)
        named = [address_text(each) if is_sweep else str(each) for each in opened[:_MOST_NAMED]]
        facts: dict[str, Any] = {"source": name, "protocol": protocol, "attempts": len(scan.goals)}
        if is_sweep:
            kind, text = "host-scan", f"{name} has tried {protocol} port {of} of {count} hosts{seconds}"
            facts |= {"port": of, "open": [address_text(each) for each in opened]}
        else:
            kind, text = "port-scan", f"{name} has tried {count} {protocol} ports of {address_text(of)}{seconds}"
            facts |= {"target": address_text(of), "open": opened}
        if opened:
            text += f"; open: {', '.join(named)}{' …' if len(opened) > _MOST_NAMED else ''}"
        self.told.append(Alarm(kind, text, scan.number, scan.last, scan.first_ns, scan.last_ns, facts))

    def end(self, time_ns: int | None) -> None:
        while self._scans:
            self._leave(*self._scans.popitem(last=False))
