"""The time-sequence graph of one direction of a TCP connection, in the grammar of tcptrace."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError
from dissect.flows.reading import with_context
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.views.capture_source import packets_of
from dissect.views.palette import LINES
from dissect.views.plots import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Sequence", "sequence_of", "time_sequence"]

_SENT, _AGAIN, _ACKNOWLEDGED, _SELECTIVE, _WINDOW, _OVERTAKEN = LINES[:6]
_ORDERS = (
    ("", _SENT, "-", "segment"),
    ("R", _AGAIN, "--", "sent again (R)"),
    ("O", _OVERTAKEN, ":", "out of order (O)"),
)


class Sequence(NamedTuple):
    """What one direction sent and the other answered; times in seconds from its first segment, numbers relative.

    `sent` are (time, first number, number behind the last, order, flags) of segments that take numbers; the order
    is "" for what continues, "R" where any of the numbers has been seen before (sent again), and "O" where none has
    and higher ones have (out of order: overtaken on the way, or sent again where the first one was not captured);
    `answers` (time, acknowledged, end of the window) of the other direction; `selective` (time, first, behind the
    last) of the blocks of SACK options.
    """

    source: str
    destination: str
    sent: list[tuple[float, int, int, str, str]]
    answers: list[tuple[float, int, int]]
    selective: list[tuple[float, int, int]]


def sequence_of(packets: str | Path | Iterable[Packet], *, stream: int = 0, reverse: bool = False) -> Sequence:
    """Return the sequence of a connection: of what the side sent that spoke first, or the other with `reverse`.

    `stream` is the connection's "tcp.stream". Raises DissectError where the packets have no such connection.
    """
    segments: list[tuple[float, str, str, TCP, Packet]] = []
    first: int | None = None
    for packet in with_context(packets_of(packets)):
        tcp = next((layer for layer in packet.layers() if isinstance(layer, TCP)), None)
        if tcp is None or packet.time_ns is None or packet.get("tcp.stream")[:1] != [stream] or tcp.is_cut:
            continue
        network: Any = tcp.network_header
        first = packet.time_ns if first is None else first
        source, destination = f"{network.src}:{tcp.sport}", f"{network.dst}:{tcp.dport}"
        segments.append(((packet.time_ns - first) / 1e9, source, destination, tcp, packet))
    if not segments:
        raise DissectError(f"There is no TCP connection {stream} among these packets: the first one is 0.")
    sender, receiver = segments[0][1:3]
    if reverse:
        sender, receiver = receiver, sender
    found = Sequence(sender, receiver, [], [], [])
    seen: list[tuple[int, int]] = []
    for time, source, _, tcp, packet in segments:
        if source == sender:
            start = packet.get("tcp.seq")[0]
            end = start + (tcp.segment_length or 0) + tcp.syn + tcp.fin
            if end > start:
                found.sent.append((time, start, end, _order(seen, start, end), str(tcp.flags)))
                _add(seen, start, end)
        elif tcp.ack_flag:
            number = packet.get("tcp.ack")[0]
            window = packet.get("tcp.window_size")
            found.answers.append((time, number, number + (window[0] if window else tcp.window)))
            edges = zip(packet.get("tcp.options.sack_le"), packet.get("tcp.options.sack_re"), strict=False)
            found.selective.extend((time, low, high) for low, high in edges)
    return found


def _order(seen: list[tuple[int, int]], start: int, end: int) -> str:
    """Return "R", "O" or "" for numbers, by the ranges that have been seen: in order and with gaps between them."""
    if not seen or start >= seen[-1][1]:
        return ""
    place = bisect_right(seen, start, key=itemgetter(1))
    return "R" if seen[place][0] < end else "O"


def _add(seen: list[tuple[int, int]], start: int, end: int) -> None:
    """Add numbers to the ranges that have been seen."""
    first = bisect_left(seen, start, key=itemgetter(1))
    behind = bisect_right(seen, end, key=itemgetter(0))
    for low, high in seen[first:behind]:
        start, end = min(start, low), max(end, high)
    seen[first:behind] = [(start, end)]


def time_sequence(packets: str | Path | Iterable[Packet], *, stream: int = 0, reverse: bool = False) -> Figure:
    """Return tcptrace's time-sequence graph of one direction of a connection.

    Each segment is a vertical line from its first sequence number to the last, with an arrowhead at both ends; what
    was sent again is in another colour, dashed, and marked R, what came out of order dotted and marked O. S and F mark
    SYN and FIN, a diamond PSH. The lower step line is what has been acknowledged, the upper one the end of the
    advertised window; between the two lies what may be sent. SACK blocks are vertical lines marked S. Numbers are
    relative; time is in seconds from the connection's first segment. `stream` and `reverse` are those of
    `sequence_of`, which raises DissectError.
    """
    found = sequence_of(packets, stream=stream, reverse=reverse)
    figure, axes = new_figure(f"Time-sequence graph: {found.source} → {found.destination}", figsize=(9, 5))
    # Matplotlib is there by now.
    from dissect.views.figure import halo

    for order, colour, line, name in _ORDERS:
        chosen = [each for each in found.sent if each[3] == order]
        if chosen:
            times, starts, ends = ([each[place] for each in chosen] for place in range(3))
            axes.vlines(times, starts, ends, color=colour, linestyle=line, linewidth=1.5, label=name)
            axes.plot(times, ends, linestyle="", marker=2, color=colour)
            axes.plot(times, starts, linestyle="", marker=3, color=colour)
    for time, _, end, order, flags in found.sent:
        letters = "".join(letter for letter in "SF" if letter in flags) + order
        if letters:
            axes.annotate(
                letters, (time, end), (0, 6), textcoords="offset points", ha="center", fontsize=9, path_effects=halo()
            )
        if "P" in flags:
            axes.plot([time], [end], marker="D", markersize=4, color=_SENT, fillstyle="none")
    _steps(axes, found)
    for number, (time, low, high) in enumerate(found.selective):
        label = None if number else "selectively acknowledged (S)"
        axes.vlines([time], [low], [high], color=_SELECTIVE, linewidth=3, alpha=0.8, label=label)
        axes.annotate(
            "S", (time, high), (6, -9), textcoords="offset points", color=_SELECTIVE, fontsize=8, path_effects=halo()
        )
    axes.set_xlabel("seconds since the first segment")
    axes.set_ylabel("sequence number (relative)")
    axes.legend(loc="best", fontsize=8)
    octets = sum(end - start for _, start, end, _, _ in found.sent)
    again, overtaken = (sum(each[3] == order for each in found.sent) for order in "RO")
    out_of_order = f", {overtaken} out of order" if overtaken else ""
    figure.alternative = (
        f"Time-sequence graph of {found.source} to {found.destination}: {len(found.sent)} segments with {octets:,} "
        f"sequence numbers, {again} sent again{out_of_order}; {len(found.answers)} acknowledgments, the last of "
        f"{found.answers[-1][1] if found.answers else 'nothing'}"
    )
    return figure  # type: ignore[no-any-return]


def _steps(axes: Any, found: Sequence) -> None:
    """Draw what was acknowledged and the end of the window; each holds until the next answer."""
    if not found.answers:
        return
    end = max([each[0] for each in found.sent] + [each[0] for each in found.answers])
    times = [each[0] for each in found.answers] + [end]
    for place, colour, line, name in ((1, _ACKNOWLEDGED, "-", "acknowledged"), (2, _WINDOW, "-.", "end of the window")):
        numbers = [each[place] for each in found.answers]
        axes.step(times, [*numbers, numbers[-1]], where="post", color=colour, linestyle=line, linewidth=1.2, label=name)
