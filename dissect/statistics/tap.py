"""Taps: each takes the packets of a capture in, one by one, and says at the end what it found, as tshark's `-z` does.

A tap has a name, by which `-z` chooses it, and a file that is imported when somebody does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dissect.captures.reader import CaptureReader, RecordTaker
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.size import is_large

if TYPE_CHECKING:
    from dissect.filters.compiler import CompiledFilter
    from dissect.statistics.column_counts import Counts

__all__ = ["TAPS", "Setting", "Tap", "tap_named", "tapped"]


class Tap:
    """Takes packets in, in the order of the capture, and says in lines what it found, as tshark prints it."""

    @property
    def facts(self) -> Collection[str] | None:
        """Which of the facts that take long (`Learner.costly`) it asks for, where it is alone; None for all."""
        return None

    def take(self, packet: Packet) -> None:
        """Take a packet in, which a reading pass has observed."""
        raise NotImplementedError

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        """Return what gives the takers for records, where nobody else looks at the packets; or None.

        What a taker does not deal with becomes a packet, which the reading pass observes, and which is to be taken.
        """
        return None

    def by_columns(self) -> Counts | None:
        """Return how usual frames are counted by columns, where nobody else looks at the packets; or None.

        All other packets are to be taken, in the order of the capture.
        """
        return None

    def beside(self, packet: Packet) -> str:
        """Return what stands behind the packet's line in a list, "" for nothing."""
        return ""

    def lines(self) -> Iterator[str]:
        """Yield the lines that tshark prints at the end of the capture, without their ends."""
        raise NotImplementedError


class Setting(NamedTuple):
    """Where a tap works."""

    source: str
    """The name of the capture."""
    clock: Clock
    """The clock of the reading pass, which has advanced to the packet that a tap takes."""
    asked: set[str] | None = None
    """The fields that filters of all taps that work together ask for; `filter` adds those of another one."""

    def filter(self, text: str) -> CompiledFilter | None:
        """Return the compiled display filter, None for an empty one; FilterError for a wrong one."""
        if not text:
            return None
        # The grammar's parser is loaded for those who filter.
        from dissect.filters.compiler import compile_filter
        from dissect.filters.saved import expand

        passes = compile_filter(expand(text), clock=self.clock)
        if self.asked is not None:
            self.asked.update(passes.fields)
        return passes


TAPS: dict[str, str] = {
    "io,stat": "intervals",
    **dict.fromkeys(("conv,eth", "conv,ip", "conv,ipv6", "conv,tcp", "conv,udp"), "conversations"),
    **dict.fromkeys(("endpoints,eth", "endpoints,ip", "endpoints,ipv6", "endpoints,tcp", "endpoints,udp"), "endpoints"),
    "follow,tcp": "follow",
    "follow,udp": "follow",
    "follow,tls": "follow",
    "expert": "expert",
    **dict.fromkeys(("flow,any", "flow,tcp", "flow,icmp", "flow,icmpv6"), "flow_graph"),
    "credentials": "credentials",
    "dhcp,stat": "dhcp_messages",
    "dns,tree": "dns_tree",
    "hosts": "hosts",
    **dict.fromkeys(("http,tree", "http_req,tree", "http_srv,tree"), "http_trees"),
    "http_seq,tree": "http_sequences",
    "icmp,srt": "response_times",
    "icmpv6,srt": "response_times",
    "io,phs": "hierarchy",
    "proto,colinfo": "column_info",
    **dict.fromkeys(("plen,tree", "ip_hosts,tree", "ip_srcdst,tree", "ptype,tree", "dests,tree"), "tree_taps"),
    **dict.fromkeys(("ipv6_hosts,tree", "ipv6_srcdst,tree", "ipv6_ptype,tree", "ipv6_dests,tree"), "tree_taps"),
}
"""By the name of a tap, the file beside this one whose `tap(name, rest, setting)` makes it.

`rest` is what stands behind the name, without the comma between."""


def tap_named(text: str, setting: Setting) -> Tap:
    """Return the tap that `-z` asks for, such as "follow,tcp,raw,0"; DissectError for one that does not exist.

    Raises FilterError and FieldError for a filter or a field in it that is wrong.

    >>> next(tap_named("follow,tcp,raw,0", Setting("", Clock())).lines())
    ''
    """
    name = max((each for each in TAPS if text == each or text.startswith(f"{each},")), key=len, default=None)
    if name is None:
        raise DissectError(_unknown(text))
    make: Callable[[str, str, Setting], Tap] = import_module(f"{__package__}.{TAPS[name]}").tap
    return make(name, text[len(name) + 1 :], setting)


def _unknown(text: str) -> str:
    # Loaded for those who mistyped.
    from difflib import get_close_matches

    near = get_close_matches(text, TAPS, 3, 0.5) or [name for name in TAPS if name.split(",")[0] == text.split(",")[0]]
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(TAPS))}"
    return f"-z {text} is no statistic that is known here; {hint}"


def tapped(
    packets: Iterable[Packet],
    taps: Iterable[Tap],
    clock: Clock,
    before: Iterable[Packet] | None = None,
    reader: CaptureReader | None = None,
) -> Iterator[Packet]:
    """Yield the packets in the light of the others, each when all taps have taken it.

    `before` are the same packets, read a first time (`with_context`); `clock` is advanced. With `reader`, whose packets
    they all are, and one tap, there may be none of packets that the tap takes in by itself.
    """
    listed = list(taps)
    is_alone = reader is not None and len(listed) == 1
    if reader is not None and is_alone and before is None and is_large(reader.path):
        counts = listed[0].by_columns()
        if counts is not None:
            # Loaded for captures that are worth it.
            from dissect.statistics.column_counts import counted

            yield from counted(iter(packets), reader, counts, listed[0].take, clock)
            return
    reading = ReadingPass(twice=before is not None, clock=clock, facts=listed[0].facts if is_alone else None)
    if before is not None:
        for packet in before:
            reading.observe(packet)
        reading.rewind()
    takers = listed[0].alone(reading) if is_alone else None
    if reader is not None and takers is not None:
        reader.hand_over(takers)
    takes: list[Callable[[Packet], Any]] = [tap.take for tap in listed]
    for packet in packets:
        reading.observe(packet)
        for take in takes:
            take(packet)
        yield packet
