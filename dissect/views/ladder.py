"""What happened in a simulated network: an arrow between its devices for every frame, or a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dissect.lab.device import Event
from dissect.lab.simulation import End, Passage, Simulation
from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.wireshark.columns import summarize
from dissect.wireshark.frame import seconds_text

__all__ = ["columns", "ladder", "passage_list"]

LEAST_WIDTH = 12
OUTSIDE = "outside"


def columns(simulation: Simulation) -> list[str]:
    """Return the names of the devices so that neighbours stand side by side: along the links, from the first on."""
    neighbours: dict[str, list[str]] = {device.name: [] for device in simulation.devices}
    for one, other, _ in simulation.links:
        if one.device is not None and other.device is not None:
            neighbours[one.device.name].append(other.device.name)
            neighbours[other.device.name].append(one.device.name)
    ordered: dict[str, None] = {}
    for first in neighbours:
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name not in ordered:
                ordered[name] = None
                waiting += reversed(neighbours[name])
    return list(ordered)


def ladder(passages: Iterable[Passage], events: Iterable[Event], devices: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a ladder: a column for each device, an arrow for each frame, and events between them.

    Times are in seconds; an arrow stands at the time when its frame was on the wire, and one that doesn't
    arrive is a frame that was lost.
    """
    passages = list(passages)
    names = list(devices)
    if any(end.device is None for passage in passages for end in (passage.sender, passage.receiver)):
        names.append(OUTSIDE)
    width = max([LEAST_WIDTH, *(len(name) + 3 for name in names)])
    centres = {name: number * width + width // 2 for number, name in enumerate(names)}
    rails = _rails(centres, width)
    heading = "".join(f"{name:^{width}}" for name in names)
    yield f"{'':>16}{heading}".rstrip()
    for item in _in_order(passages, events):
        time = f"{seconds_text(_time(item), 9):>14}"
        if isinstance(item, Event):
            at = centres[item.device]
            yield printable(f"{time}  {rails[:at]}•{rails[at + 1 :]}  {item.device}: {item.text}")
        else:
            yield printable(f"{time}  {_arrow(item, centres, rails)}  {_told(item)}")


def passage_list(passages: Iterable[Passage], events: Iterable[Event]) -> Iterator[str]:
    """Yield a line for each frame: time, who sent it to whom, what it is; and one for each event."""
    passages = list(passages)
    width = max((len(f"{passage.sender.name} → {passage.receiver.name}") for passage in passages), default=0)
    for item in _in_order(passages, events):
        time = f"{seconds_text(_time(item), 9):>14}"
        if isinstance(item, Event):
            yield printable(f"{time}  {item.device}: {item.text}")
        else:
            ends = f"{item.sender.name} → {item.receiver.name}"
            yield printable(f"{time}  {ends:{width}}  {_told(item)}{'' if item.arrivals else ' [lost]'}")


def _in_order(passages: Iterable[Passage], events: Iterable[Event]) -> list[Passage | Event]:
    return sorted([*passages, *events], key=_time)


def _time(item: Passage | Event) -> int:
    return item.left_ns if isinstance(item, Passage) else item.time_ns


def _told(passage: Passage) -> str:
    columns = summarize(Packet(passage.frame))
    return f"{columns.protocol} {columns.length} {columns.info}"


def _rails(centres: dict[str, int], width: int) -> str:
    rails = [" "] * (len(centres) * width)
    for at in centres.values():
        rails[at] = "│"
    return "".join(rails)


def _arrow(passage: Passage, centres: dict[str, int], rails: str) -> str:
    start, end = (centres[_name(each)] for each in (passage.sender, passage.receiver))
    left, right = sorted((start, end))
    if passage.arrivals:
        shaft = "─" * (right - left - 2)
        middle = f"{shaft}▶" if start < end else f"◀{shaft}"
    else:
        # The part that the frame got through, and a cross where it was lost.
        half = (right - left - 2) // 2
        rest = " " * (right - left - 2 - half)
        middle = f"{'─' * half}✗{rest}" if start < end else f"{rest}✗{'─' * half}"
    return f"{rails[: left + 1]}{middle}{rails[right:]}"


def _name(end: End) -> str:
    return OUTSIDE if end.device is None else end.device.name
