"""The conversations that pass a host: who began them, how far they are, and when they are forgotten."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from dissect.lab.flow_keys import FlowKey
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp import TCP

__all__ = ["Entry", "FlowTable", "Progress"]

_SECOND = 1_000_000_000
MOST_ENTRIES = 65536
"""How many conversations are known at most; of more, the one that is silent longest goes."""
_SYN, _RST, _FIN, _ACK = 2, 4, 1, 16
_HALF = 1 << 31
_ALL = 1 << 32


class Progress(Enum):
    """How far a conversation is; for TCP as Linux calls it, for others whether it was answered."""

    NEW = ""
    ANSWERED = "ANSWERED"
    SYN_SENT = "SYN_SENT"
    SYN_RECV = "SYN_RECV"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT = "FIN_WAIT"
    CLOSE_WAIT = "CLOSE_WAIT"
    LAST_ACK = "LAST_ACK"
    TIME_WAIT = "TIME_WAIT"
    CLOSE = "CLOSE"


_TCP_TIMEOUTS = {
    Progress.SYN_SENT: 120, Progress.SYN_RECV: 60, Progress.ESTABLISHED: 432_000, Progress.FIN_WAIT: 120,
    Progress.CLOSE_WAIT: 60, Progress.LAST_ACK: 30, Progress.TIME_WAIT: 120, Progress.CLOSE: 10,
}  # fmt: skip
"""Seconds, as in Linux; RFC 5382, REQ-5, asks for 2 hours and 4 minutes at least where a connection is open."""
_UDP_TIMEOUTS = (30, 120)
"""Before and after an answer (RFC 4787, REQ-5, asks for 2 minutes)."""
_OTHER_TIMEOUT, _ICMP_TIMEOUT = 600, 30


@dataclass(slots=True, eq=False)
class Entry:
    """One conversation: the keys of its first datagram and of the answers, and how far it is."""

    original: FlowKey
    reply: FlowKey
    progress: Progress = Progress.NEW
    ends_ns: int = 0
    is_assured: bool = False
    """Whether both sides are known to be there."""
    acknowledged: list[int | None] = field(default_factory=lambda: [None, None])
    """What each side (0: the one that began) has acknowledged last, of TCP."""
    windows: list[int] = field(default_factory=lambda: [0, 0])
    shifts: list[int] = field(default_factory=lambda: [0, 0])
    fins: list[int | None] = field(default_factory=lambda: [None, None])
    """The number behind each side's FIN."""

    def line(self, now_ns: int) -> str:
        """Return it as `conntrack -L` prints it."""
        protocol = self.original.protocol
        name = {6: "tcp", 17: "udp", 1: "icmp"}.get(protocol, "unknown")
        left = max(self.ends_ns - now_ns, 0) // _SECOND
        state = f" {self.progress.value}" if protocol == IPProtocol.TCP else ""
        is_silent = self.progress in (Progress.NEW, Progress.SYN_SENT)
        unreplied, assured = " [UNREPLIED]" if is_silent else "", " [ASSURED]" if self.is_assured else ""
        ways = f"{_way(self.original, asks=True)}{unreplied} {_way(self.reply, asks=False)}"
        return f"{name:<8} {protocol} {left}{state} {ways}{assured} mark=0 use=1"


def _way(key: FlowKey, *, asks: bool) -> str:
    ends = f"src={key.src} dst={key.dst}"
    if key.protocol == IPProtocol.ICMP:
        return f"{ends} type={8 if asks else 0} code=0 id={key.sport or key.dport}"
    return f"{ends} sport={key.sport} dport={key.dport}" if key.sport or key.dport else ends


class FlowTable:
    """The conversations that are known, each under the keys of both its directions; bounded, and in order of use.

    >>> table = FlowTable()
    >>> key = FlowKey(17, "10.0.0.1", 5000, "10.0.0.2", 53)
    >>> entry = table.add(Entry(key, key.inverted), now_ns=0)
    >>> table.find(key.inverted, 0) is entry, table.find(key, 31 * 10**9) is None
    (True, True)
    """

    def __init__(self, *, limit: int = MOST_ENTRIES) -> None:
        self.limit = limit
        self._by_key: dict[FlowKey, Entry] = {}
        self._entries: OrderedDict[int, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def __contains__(self, known: FlowKey | Entry) -> bool:
        return id(known) in self._entries if isinstance(known, Entry) else known in self._by_key

    def text(self, now_ns: int) -> str:
        """Return the table as `conntrack -L` prints it."""
        return "\n".join(entry.line(now_ns) for entry in self if entry.ends_ns > now_ns)

    def find(self, key: FlowKey, now_ns: int) -> Entry | None:
        """Return the conversation that a key is of, unless its time is over."""
        entry = self._by_key.get(key)
        if entry is not None and entry.ends_ns <= now_ns:
            self.forget(entry)
            return None
        return entry

    def add(self, entry: Entry, now_ns: int) -> Entry:
        """Take a conversation in."""
        entry.ends_ns = now_ns + self._timeout_ns(entry)
        self._entries[id(entry)] = entry
        self._by_key[entry.original] = self._by_key[entry.reply] = entry
        if len(self._entries) > self.limit:
            self.forget(next(iter(self._entries.values())))
        return entry

    def change_reply(self, entry: Entry, reply: FlowKey) -> None:
        """Have the answers of a conversation come under another key."""
        if self._by_key.get(entry.reply) is entry and entry.reply != entry.original:
            del self._by_key[entry.reply]
        entry.reply = reply
        self._by_key[reply] = entry

    def forget(self, entry: Entry) -> None:
        """Leave a conversation out."""
        self._entries.pop(id(entry), None)
        for key in (entry.original, entry.reply):
            if self._by_key.get(key) is entry:
                del self._by_key[key]

    def saw(self, entry: Entry, datagram: IPv4, *, is_reply: bool, now_ns: int) -> None:
        """Take a datagram of a conversation in: it goes on, and its time begins anew."""
        carried = datagram.payload
        if isinstance(carried, TCP) and not carried.is_cut:
            if not _tcp_goes_on(entry, carried, int(is_reply)):
                return
        elif is_reply:
            entry.is_assured = entry.progress is Progress.ANSWERED and entry.original.protocol == IPProtocol.UDP
            entry.progress = Progress.ANSWERED
        entry.ends_ns = now_ns + self._timeout_ns(entry)
        self._entries.move_to_end(id(entry))

    @staticmethod
    def _timeout_ns(entry: Entry) -> int:
        protocol = entry.original.protocol
        if protocol == IPProtocol.TCP:
            seconds = _TCP_TIMEOUTS.get(entry.progress, _TCP_TIMEOUTS[Progress.SYN_SENT])
        elif protocol == IPProtocol.UDP:
            seconds = _UDP_TIMEOUTS[entry.progress is Progress.ANSWERED]
        else:
            seconds = _ICMP_TIMEOUT if protocol == IPProtocol.ICMP else _OTHER_TIMEOUT
        return seconds * _SECOND


def _tcp_goes_on(entry: Entry, segment: TCP, side: int) -> bool:
    """Take a segment in; False where a reset or FIN is outside of the window, and changes nothing (RFC 5961)."""
    flags = int(segment.flags)
    size = len(bytes(segment)) - 4 * segment.data_offset
    end = (segment.seq + size + bool(flags & _SYN) + bool(flags & _FIN)) % _ALL
    if flags & (_RST | _FIN) and not _is_expected(entry, segment.seq, side):
        return False
    if flags & _ACK:
        entry.acknowledged[side] = segment.ack
    entry.windows[side] = segment.window << (0 if flags & _SYN else entry.shifts[side])
    if flags & _SYN:
        entry.shifts[side] = next((min(option.shift, 14) for option in segment.options if hasattr(option, "shift")), 0)
    if flags & _FIN:
        entry.fins[side] = end
    entry.progress = _next(entry, flags, side)
    entry.is_assured = entry.is_assured or entry.progress is Progress.ESTABLISHED
    return True


def _is_expected(entry: Entry, seq: int, side: int) -> bool:
    """Whether a number lies in the window that the other side has told last."""
    acknowledged = entry.acknowledged[1 - side]
    if acknowledged is None:
        return True
    return (seq - acknowledged) % _ALL <= max(entry.windows[1 - side], 1)


def _next(entry: Entry, flags: int, side: int) -> Progress:
    """Return what a segment makes of a connection."""
    progress = entry.progress
    if flags & _RST:
        return Progress.CLOSE
    if flags & _SYN:
        if side == 0 and not flags & _ACK:
            entry.fins = [None, None]
            return Progress.SYN_SENT
        return Progress.SYN_RECV if progress in (Progress.SYN_SENT, Progress.NEW) else progress
    if progress is Progress.SYN_RECV and side == 0:
        progress = Progress.ESTABLISHED
    if flags & _FIN and progress is Progress.ESTABLISHED:
        return Progress.FIN_WAIT
    one, other = entry.fins
    if one is not None and other is not None:
        is_over = all(
            ack is not None and (ack - fin) % _ALL < _HALF
            for fin, ack in ((one, entry.acknowledged[1]), (other, entry.acknowledged[0]))
        )
        return Progress.TIME_WAIT if is_over else Progress.LAST_ACK
    if progress is Progress.FIN_WAIT and flags & _ACK and not flags & _FIN:
        first = 0 if one is not None else 1
        fin, ack = entry.fins[first], entry.acknowledged[1 - first]
        if side != first and fin is not None and ack is not None and (ack - fin) % _ALL < _HALF:
            return Progress.CLOSE_WAIT
    return progress
