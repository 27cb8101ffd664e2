"""What happened in a simulated network: an arrow between its devices for every frame, or a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dissect.lab.device import Event
from dissect.lab.simulation import End, Passage, Simulation
from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.views.rails import Rails
from dissect.wireshark.columns import summarize
from dissect.wireshark.frame import seconds_text

__all__ = ["columns", "ladder", "passage_list"]

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
    rails = Rails(names)
    yield f"{'':>16}{rails.heading}".rstrip()
    for item in _in_order(passages, events):
        time = f"{seconds_text(_time(item), 9):>14}"
        if isinstance(item, Event):
            yield printable(f"{time}  {rails.mark(item.device)}  {item.device}: {item.text}")
        else:
            arrow = rails.arrow(_name(item.sender), _name(item.receiver), arrives=bool(item.arrivals))
            yield printable(f"{time}  {arrow}  {_told(item)}")


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


def _name(end: End) -> str:
    return OUTSIDE if end.device is None else end.device.name
