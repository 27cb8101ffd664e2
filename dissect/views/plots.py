"""Plots of many packets, or of the path of a capture: which protocols, when, and how large.

They take the extra `notebooks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dissect.declaration.header import Header
from dissect.errors import MissingExtraError
from dissect.packets.packet import Packet
from dissect.views.capture_source import packets_of
from dissect.views.palette import FILLS, INK, LINES
from dissect.views.pieces import outermost

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["new_figure", "packet_sizes", "packets_over_time", "protocol_hierarchy"]

_BILLION = 10**9
_BINS = 60
"""How many intervals time is divided into, unless their length is given."""
_SIZES = (0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120)
"""Where the classes of sizes begin, in bytes: those of tshark's packet lengths."""


def new_figure(title: str, **size: Any) -> tuple[Any, Any]:
    """Return (figure, axes) of a plot that shows itself in notebooks, and says in words what it shows.

    The words are `figure.alternative`. Raises MissingExtraError where matplotlib is not installed.
    """
    try:
        from dissect.views.figure import PlainFigure
    except ImportError as error:
        raise MissingExtraError(
            "Plots take matplotlib, which is not installed: pip install 'dissect-workbench[notebooks]'."
        ) from error
    figure = PlainFigure(figsize=size.get("figsize", (8, 4)), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def protocol_hierarchy(packets: str | Path | Iterable[Packet | Header]) -> Figure:
    """Return a plot of how many packets each protocol stands in, indented below what carries it.

    What an ICMP error quotes does not count, as in tshark's `-z io,phs`.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    octets: Counter[tuple[str, ...]] = Counter()
    for packet in packets_of(packets):
        path: tuple[str, ...] = ()
        size = packet.original_length if isinstance(packet, Packet) else len(packet)
        for header in outermost(packet).layers():
            path = (*path, header.short_name())
            counts[path] += 1
            octets[path] += size
            if header.quotes:
                break
    paths = sorted(counts)
    figure, axes = new_figure("Protocol hierarchy", figsize=(8, 0.8 + 0.32 * max(len(paths), 1)))
    labels = [f"{'    ' * (len(path) - 1)}{path[-1]}" for path in paths]
    places = range(len(paths))
    bars = axes.barh(places, [counts[path] for path in paths], color=[FILLS[len(path) % len(FILLS)] for path in paths])
    bounds = [f"{counts[path]} packets, {octets[path]:,} bytes" for path in paths]
    axes.bar_label(bars, bounds, padding=4, fontsize=8)
    axes.set_yticks(places, labels, family="monospace")
    # Labels of one width, so that the indentation is seen.
    widest = max(map(len, labels), default=0)
    axes.set_yticklabels([label.ljust(widest) for label in labels])
    axes.invert_yaxis()
    axes.margins(x=0.4)
    axes.set_xlabel("packets")
    figure.alternative = "Protocol hierarchy: " + "; ".join(
        f"{' in '.join(reversed(path))} {bound}" for path, bound in zip(paths, bounds, strict=True)
    )
    return figure  # type: ignore[no-any-return]


def packets_over_time(packets: str | Path | Iterable[Packet], *, interval: float | None = None) -> Figure:
    """Return a plot of packets and bytes in each interval since the first packet.

    `interval` is in seconds; without one, the time from first to last is divided into sixty. Packets
    without a time do not count.
    """
    known = [(packet.time_ns, packet.original_length) for packet in packets_of(packets) if packet.time_ns is not None]
    first, last = min((time for time, _ in known), default=0), max((time for time, _ in known), default=0)
    width = interval or max((last - first) / _BILLION / _BINS, 1e-9)
    counts, octets = Counter[int](), Counter[int]()
    for time, size in known:
        place = int((time - first) / _BILLION / width)
        counts[place] += 1
        octets[place] += size
    figure, axes = new_figure("Packets over time")
    places = range(max(counts, default=0) + 1)
    axes.bar(
        [place * width for place in places], [counts[place] for place in places], width, align="edge", color=FILLS[0]
    )
    axes.set_xlabel(f"seconds since the first packet, in steps of {width:.3g} s")
    axes.set_ylabel("packets")
    other = axes.twinx()
    middles = [(place + 0.5) * width for place in places]
    other.plot(middles, [octets[place] for place in places], color=LINES[1], marker=".", linewidth=1)
    other.set_ylabel("bytes (line)", color=LINES[1])
    other.set_ylim(bottom=0)
    busiest = max(counts, key=lambda place: counts[place], default=0)
    figure.alternative = (
        f"Packets over time: {len(known)} packets in {(last - first) / _BILLION:.6g} s; most, {counts[busiest]}, "
        f"from {busiest * width:.3g} s on"
    )
    return figure  # type: ignore[no-any-return]


def packet_sizes(packets: str | Path | Iterable[Packet | Header]) -> Figure:
    """Return a plot of how many packets there are of each class of sizes, on the wire, in bytes."""
    counts: Counter[int] = Counter()
    for packet in packets_of(packets):
        size = packet.original_length if isinstance(packet, Packet) else len(packet)
        counts[max(place for place, start in enumerate(_SIZES) if start <= size)] += 1
    figure, axes = new_figure("Packet sizes")
    labels = [f"{start}–{end - 1}" for start, end in pairwise(_SIZES)] + [f"{_SIZES[-1]}–"]
    bars = axes.bar(labels, [counts[place] for place in range(len(_SIZES))], color=FILLS[0], edgecolor=INK)
    axes.bar_label(bars)
    # Room for the number on the highest bar.
    axes.margins(y=0.12)
    axes.set_xlabel("bytes")
    axes.set_ylabel("packets")
    axes.tick_params("x", labelrotation=30)
    shown = [f"{counts[place]} of {label} bytes" for place, label in enumerate(labels) if counts[place]]
    figure.alternative = f"Packet sizes: {', '.join(shown) or 'no packets'}"
    return figure  # type: ignore[no-any-return]
