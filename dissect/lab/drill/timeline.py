"""Running a time line: each event at its time, what is sent compared with what is expected, up to the first failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import EllipsisType

from dissect.declaration.header import Header
from dissect.lab.drill.exchange import Difference, Exchange, Seen, tos_of
from dissect.lab.drill.icmp import error_message, is_wanted
from dissect.lab.drill.information import CONSTANTS
from dissect.lab.drill.script import (
    Call,
    Code,
    Event,
    Origin,
    Packet,
    Script,
    Structure,
    TCPText,
    UDPText,
    Value,
)
from dissect.lab.drill.snippets import SnippetError, run_snippet
from dissect.lab.drill.tested import Answer, Tested
from dissect.packets.packet import Packet as Recorded
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["Failure", "Outcome", "run_script"]

TOLERANCE_NS = 4_000_000
"""How far from its time something may happen (packetdrill's `--tolerance_usecs`)."""
_SHARE = 8
"""Of what passed since the event before, so small a share is tolerated, too."""
_FIRST_SCRIPT_PORT = 33000
_LINK_RAW = 101
_PATIENCE_NS = 1_000_000_000
"""How long a packet is waited for whose time does not count."""
_ANY_TIME_NS = 1 << 62
_OTHER = "the tested side sent something else"


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a script failed: the line and its text, in one sentence why, and what differs field by field."""

    line: int
    text: str
    reason: str
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        details = "".join(f"\n  {difference}" for difference in self.differences)
        return f"{self.line}: {self.text}\n  {self.reason}{details}"


@dataclass(slots=True)
class Outcome:
    """What became of a script: its failure, the packets of both sides, what was printed, and what means nothing."""

    script: Script
    failure: Failure | None = None
    packets: list[Recorded] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything was as the script says."""
        return self.failure is None


class _FailedError(Exception):
    def __init__(self, reason: str, differences: Sequence[Difference] = ()) -> None:
        super().__init__(reason)
        self.differences = tuple(differences)


def run_script(script: Script, tested: Tested, *, tolerance_ns: int | None = None) -> Outcome:
    """Run a script against the tested side, which begins anew for it, and close that.

    `tolerance_ns` is how far from its time something may happen, in place of the script's own.
    Raises ScenarioError for code and settings that cannot be understood.
    """
    run = _Run(script, tested)
    if tolerance_ns is not None:
        run.tolerance_ns = tolerance_ns
    try:
        return run.run()
    finally:
        tested.close()


class _Run:
    def __init__(self, script: Script, tested: Tested) -> None:
        self.script = script
        self.tested = tested
        self.outcome = Outcome(script)
        self.exchanges: list[Exchange] = []
        self.before_ns = 0
        self.planned_ns: int | None = None
        self.blocked: Event | None = None
        self.blocked_until_ns: int | None = None
        usecs = script.options.get("tolerance_usecs")
        self.tolerance_ns = TOLERANCE_NS if usecs is None else int(usecs) * 1000
        tick = script.options.get("tcp_ts_tick_usecs")
        self.tick_ns = int(tick) * 1000 if tick else None
        self.is_strict = "strict_segments" in script.options
        self._ports = iter(range(_FIRST_SCRIPT_PORT, 65536))

    def run(self) -> Outcome:
        self.outcome.ignored += self.tested.configure(self.script.setup.lines)
        for event in self.script.events:
            try:
                self._happen(event)
            except _FailedError as failed:
                self.outcome.failure = Failure(event.line, event.text, str(failed), failed.differences)
                self._record_rest()
                return self.outcome
        try:
            self._finish_call()
        except _FailedError as failed:
            last = self.script.events[-1] if self.blocked is None else self.blocked
            self.outcome.failure = Failure(last.line, last.text, str(failed), failed.differences)
        self._record_rest()
        return self.outcome

    def _happen(self, event: Event) -> None:
        what = event.what
        origin_ns = self._origin(event)
        time_ns = origin_ns + event.when.first_ns
        if isinstance(what, Packet) and what.is_expected:
            self._expect(event, what, origin_ns, time_ns)
            self.planned_ns = None
        else:
            if isinstance(what, Call):
                self._finish_call()
            self.tested.wait(time_ns)
            if isinstance(what, Packet):
                self._send(what)
            elif isinstance(what, Call):
                self._call(event, what, origin_ns)
            elif isinstance(what, Code):
                self._code(event, what)
            else:
                self.outcome.ignored += self.tested.configure(what.lines)
            self.planned_ns = time_ns if isinstance(what, Packet) else None
            self.before_ns = self.tested.now_ns
        self._look_at_call()

    def _origin(self, event: Event) -> int:
        if event.when.origin is Origin.START:
            return 0
        is_second = isinstance(event.what, Packet) and not event.what.is_expected and self.planned_ns is not None
        return self.planned_ns if is_second and self.planned_ns is not None else self.before_ns

    def _allowed(self, time_ns: int) -> int:
        """Return how far from `time_ns` something may happen."""
        return max(self.tolerance_ns, abs(time_ns - self.before_ns) // _SHARE)

    def _send(self, packet: Packet) -> None:
        """Give the tested side a packet of the script."""
        text, side = packet.transport, self.tested.side
        if isinstance(text, TCPText):
            exchange = self._exchange_for(text)
            payload: Header = exchange.segment(text)
        elif isinstance(text, UDPText):
            exchange = self.exchanges[-1] if self.exchanges else Exchange(side.port, next(self._ports))
            sport, dport = text.ports or (exchange.script_port, exchange.tested_port)
            payload = UDP(sport=sport, dport=dport, payload=bytes(text.size))
        else:
            payload = error_message(text, self._last_exchange(), side)
        datagram = IPv4(src=side.script, dst=side.tested, ttl=packet.ttl or 255, tos=tos_of(packet), payload=payload)
        raw = bytes(datagram)
        self._record(self.tested.now_ns, raw)
        self.tested.inject(raw)

    def _exchange_for(self, text: TCPText) -> Exchange:
        """Return the connection that a segment of the script is of: a SYN alone begins one."""
        if text.ports is not None:
            script_port, tested_port = text.ports
            for exchange in reversed(self.exchanges):
                if (exchange.tested_port, exchange.script_port) == (tested_port, script_port):
                    return exchange
        elif self.exchanges and not ("S" in text.flags and "." not in text.flags and self._is_over(text)):
            return self.exchanges[-1]
        else:
            script_port, tested_port = next(self._ports), self.tested.side.port
        made = Exchange(tested_port, script_port)
        self.exchanges.append(made)
        return made

    def _is_over(self, text: TCPText) -> bool:
        """Whether a SYN is of a new connection: the last one has begun, and the SYN is none of a simultaneous open."""
        last = self.exchanges[-1]
        return last.script_isn is not None and (last.tested_isn is not None or last.script_isn != text.start)

    def _last_exchange(self) -> Exchange:
        if not self.exchanges:
            raise _FailedError("there is no connection yet that the message could be about")
        return self.exchanges[-1]

    def _expect(self, event: Event, packet: Packet, origin_ns: int, time_ns: int) -> None:
        """Wait for what the tested side has to send, and compare it."""
        when = event.when
        if when.origin is Origin.ANY:
            time_ns, latest_ns, allowed_ns = 0, _ANY_TIME_NS, 0
            until_ns = self.tested.now_ns + _PATIENCE_NS * 60
        else:
            allowed_ns = self._allowed(time_ns)
            latest_ns = (time_ns if when.last_ns is None else origin_ns + when.last_ns) + allowed_ns
            until_ns = latest_ns
        seen = [self._next_seen(until_ns)]
        self._in_time(seen[0], time_ns - allowed_ns, latest_ns)
        text = packet.transport
        if not isinstance(text, TCPText):
            self._compare_other(packet, seen[0])
            return
        if not isinstance(seen[0].datagram.payload, TCP):
            raise _FailedError(f"expected a segment, found {seen[0].datagram.summary()}")
        exchange = self._exchange_of(seen[0])
        exchange.learn(seen[0].datagram.payload)
        self._gather(exchange, text, seen, until_ns)
        found = list(exchange.differences(packet, seen, self.tick_ns, max(allowed_ns, self.tolerance_ns)))
        if found:
            raise _FailedError(_OTHER, found)

    def _next_seen(self, until_ns: int) -> Seen:
        self.tested.wait(until_ns, for_packet=True)
        if not self.tested.sent:
            raise _FailedError(f"nothing was sent until {until_ns / 1e9:.6f} s")
        seen = self.tested.sent.popleft()
        self._record(seen.time_ns, bytes(seen.datagram))
        # What was sent before its line was reached is of that moment, and what comes later of its own.
        self.before_ns = max(self.before_ns, seen.time_ns)
        return seen

    def _in_time(self, seen: Seen, first_ns: int, last_ns: int) -> None:
        if not first_ns <= seen.time_ns <= last_ns:
            expected = f"{first_ns / 1e9:.6f} to {last_ns / 1e9:.6f} s"
            raise _FailedError(
                "it was sent at another time", [Difference("time", expected, f"{seen.time_ns / 1e9:.6f} s")]
            )

    def _gather(self, exchange: Exchange, text: TCPText, seen: list[Seen], until_ns: int) -> None:
        """Take the segments that together are what a line says: consecutive, and all of one size but the last."""
        if self.is_strict or not text.size:
            return
        first = exchange.said(_segment(seen[0]))
        size = first.size
        while 0 < size < text.size:
            following = self._next_seen(until_ns)
            payload = following.datagram.payload
            said = exchange.said(payload) if isinstance(payload, TCP) else None
            if said is None or said.start != first.start + size or not said.size or said.size > first.size:
                found = following.datagram.summary()
                raise _FailedError(
                    f"only {size} of {text.size} bytes were sent before something else",
                    [Difference("packet", "data", found)],
                )
            seen.append(following)
            size += said.size

    def _exchange_of(self, seen: Seen) -> Exchange:
        """Return the connection that a segment of the tested side is of, which may begin with it."""
        segment = _segment(seen)
        for exchange in reversed(self.exchanges):
            if (exchange.tested_port, exchange.script_port) == (segment.sport, segment.dport):
                return exchange
        made = Exchange(segment.sport, segment.dport)
        self.exchanges.append(made)
        return made

    def _compare_other(self, packet: Packet, seen: Seen) -> None:
        """Compare a UDP datagram or an ICMP message."""
        text, payload = packet.transport, seen.datagram.payload
        if isinstance(text, UDPText):
            if not isinstance(payload, UDP):
                raise _FailedError(f"expected a UDP datagram, found {seen.datagram.summary()}")
            size = payload.length - UDP.least_size
            if size != text.size:
                raise _FailedError(_OTHER, [Difference("bytes of data", text.size, size)])
            if not self.exchanges:
                self.exchanges.append(Exchange(payload.sport, payload.dport))
        elif not isinstance(text, TCPText) and not is_wanted(text, payload):
            raise _FailedError(
                _OTHER,
                [Difference("packet", f"icmp {text.type} {text.code or ''}".strip(), seen.datagram.summary())],
            )

    def _call(self, event: Event, call: Call, origin_ns: int) -> None:
        blocks = event.when.ends_ns is not None
        self.tested.call(call, may_block=blocks)
        if blocks:
            self.blocked = event
            self.blocked_until_ns = origin_ns + (event.when.ends_ns or 0)
            return
        if self.tested.answer is None:
            # A call that has to return at once may take a moment.
            self.tested.wait(self.tested.now_ns + self.tolerance_ns, for_answer=True)
        if self.tested.answer is None:
            raise _FailedError("the call blocks, and should return at once")
        self._check(call, self.tested.answer)

    def _look_at_call(self) -> None:
        """Check a call that blocked, once it has returned."""
        if self.blocked is not None and self.tested.answer is not None:
            self._finish_call()

    def _finish_call(self) -> None:
        """Wait for a call that blocks, and check what it returned, and when."""
        event, until_ns = self.blocked, self.blocked_until_ns
        if event is None or until_ns is None:
            return
        call = event.what
        assert isinstance(call, Call)
        latest_ns = until_ns + self._allowed(until_ns)
        self.tested.wait(latest_ns, for_answer=True)
        if self.tested.answer is None:
            raise _FailedError(f"line {event.line}, {call.name}(), still blocks at {latest_ns / 1e9:.6f} s")
        self.blocked = self.blocked_until_ns = None
        answer = self.tested.answer
        where = f"line {event.line}, {call.name}()"
        if abs(answer.time_ns - until_ns) > self._allowed(until_ns):
            late = [Difference("time", f"{until_ns / 1e9:.6f} s", f"{answer.time_ns / 1e9:.6f} s")]
            raise _FailedError(f"{where}, returned at another time", late)
        self._check(call, answer, where=f"{where}: ")

    def _check(self, call: Call, answer: Answer, where: str = "") -> None:
        """Compare what a call returned, and what it filled in, with what the script says."""
        found: list[Difference] = []
        expected = call.result.value
        if not isinstance(expected, EllipsisType) and expected != answer.value:
            said = f"{answer.value} {answer.error}" if answer.error else str(answer.value)
            found.append(Difference("return value", f"{_text(expected)} {call.result.error or ''}".strip(), said))
        elif call.result.error is not None and call.result.error != answer.error:
            found.append(Difference("error", call.result.error, answer.error))
        for place, value in answer.filled.items():
            if place < len(call.arguments) and not _agree(call.arguments[place], value):
                found.append(Difference(f"argument {place + 1}", _text(call.arguments[place]), _text(value)))
        if found:
            raise _FailedError(f"{where}the call did something else", found)

    def _code(self, event: Event, code: Code) -> None:
        names = {**CONSTANTS, **self.tested.information()}
        try:
            self.outcome.printed += run_snippet(code.source, names, f"{self.script.name}:{event.line}")
        except SnippetError as failure:
            raise _FailedError(str(failure)) from None

    def _record(self, time_ns: int, datagram: bytes) -> None:
        packets = self.outcome.packets
        packets.append(Recorded(datagram, number=len(packets) + 1, time_ns=time_ns, link=_LINK_RAW))

    def _record_rest(self) -> None:
        """Keep what was sent and not asked for: it may say why a script failed."""
        while self.tested.sent:
            seen = self.tested.sent.popleft()
            self._record(seen.time_ns, bytes(seen.datagram))
        self.outcome.packets.sort(key=lambda packet: packet.time_ns or 0)
        for number, packet in enumerate(self.outcome.packets, 1):
            packet.number = number


def _segment(seen: Seen) -> TCP:
    segment = seen.datagram.payload
    assert isinstance(segment, TCP)
    return segment


def _agree(expected: Value, found: Value) -> bool:
    """Whether what a call filled in is what the script says; `...` is anything."""
    if isinstance(expected, EllipsisType) or expected is None:
        return True
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_agree, expected, found))
    if isinstance(expected, Structure) and isinstance(found, Structure):
        return all(_agree(value, found.members.get(name)) for name, value in expected.members.items())
    return expected == found


def _text(value: Value) -> str:
    if isinstance(value, EllipsisType):
        return "..."
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Structure):
        return f"{{{', '.join(f'{name}={_text(each)}' for name, each in value.members.items())}}}"
    return repr(value) if isinstance(value, bytes) else str(value)
