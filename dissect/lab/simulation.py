"""Devices joined by links, with a virtual clock: the wire in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError, RestlessNetworkError
from dissect.lab.device import Device, Event, Transmission
from dissect.lab.link import Arrival, Direction, Link

__all__ = ["End", "Passage", "Simulation", "Watcher"]

TIMER = -1
"""Stands for the port where a timer is due and no frame arrives."""
CUT, MENDED = -2, -3
"""Stand for the port where a link is cut or mended: its number stands for the device."""
MOST_FRAMES = 1_000_000
"""How many frames a run carries at most, unless it is told otherwise."""
EVENTS_AT_ONCE = 2_000
"""How many events `advance` lets happen before its driver has a look at the world outside again."""
EVENTS_OF_A_FRAME = 20
"""How many times as many events as frames a run may have: timers go off without a frame, too."""


class End(NamedTuple):
    """An end of a link: a port of a device; the device is None for the outside of the simulation."""

    device: Device | None
    port: int

    @property
    def name(self) -> str:
        """The device's name, with that of the port where the device has several."""
        if self.device is None:
            return f"outside:{self.port}"
        return self.device.name if len(self.device.ports) == 1 else f"{self.device.name}:{self.device.ports[self.port]}"


class Passage(NamedTuple):
    """A frame on a link: who sent it, and when it was handed over (`sent_ns`) and on the wire (`left_ns`).

    `arrivals` are the frames that came out at the other end, and when: none where it was lost. `number`
    counts all passages of the simulation from 1.
    """

    number: int
    sent_ns: int
    left_ns: int
    link: int
    sender: End
    receiver: End
    frame: bytes
    arrivals: tuple[Arrival, ...]


Watcher: TypeAlias = Callable[[Passage], None]


class _Wire(NamedTuple):
    """One direction of a link: where it leads, and what becomes of frames there."""

    link: int
    receiver: End
    receiver_index: int
    direction: Direction


class Simulation(Device):
    """Runs devices against a virtual clock, or another: `run` jumps from event to event.

    It is deterministic: with the same devices, links, programs and `seed`, the same frames go at the
    same nanoseconds. Time begins at `start_ns`.

    A simulation is a device itself: the ends that `open` leaves open are its ports, so that a loop with a
    real clock can put a whole network behind a TAP device (see `Device`).

    >>> from dissect.lab.host import Host
    >>> from dissect.lab.interface import Interface
    >>> from dissect.lab.ping import Ping
    >>> lab = Simulation()
    >>> a = Host("a", Interface("eth0", "02:00:00:00:00:01", "10.0.0.1/24"))
    >>> b = Host("b", Interface("eth0", "02:00:00:00:00:02", "10.0.0.2/24"))
    >>> lab.connect(a, 0, b, 0, Link(delay_ns=1_000_000))
    0
    >>> ping = Ping("10.0.0.2", count=1)
    >>> a.run(ping)
    >>> lab.run()
    4000000
    >>> print(ping.lines[1])
    64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=4.00 ms
    """

    def __init__(self, name: str = "lab", *, seed: int | str = 0, start_ns: int = 0) -> None:
        super().__init__(name, [])
        self.seed = seed
        self.devices: list[Device] = []
        self.links: list[tuple[End, End, Link]] = []
        self.frames = 0
        """How many frames have been put on links."""
        self._now = start_ns
        self._started = False
        self._order = 0
        # (time, order, device or -1 for the outside, port or TIMER, frame)
        self._queue: list[tuple[int, int, int, int, bytes]] = []
        self._timers: list[int | None] = []
        self._places: dict[int, int] = {}
        self._by_name: dict[str, Device] = {}
        # How many links join the same devices, by the names that such a link has.
        self._alike: Counter[str] = Counter()
        self._wires: dict[tuple[int, int], _Wire] = {}
        self._outgoing: list[Transmission] = []
        self._watchers: list[Watcher] = []

    def add(self, device: Device) -> int:
        """Take a device in, once, and return its number; FieldError where another has its name."""
        place = self._places.get(id(device))
        if place is not None:
            return place
        if device.name in self._by_name:
            raise FieldError(f"two devices are called {device.name!r}, expected a name of its own for each")
        self.devices.append(device)
        self._by_name[device.name] = device
        device.driver = self
        self._timers.append(None)
        place = self._places[id(device)] = len(self.devices) - 1
        if self._started:
            self._handle(place, device.start(self._now))
        return place

    def named(self, name: str) -> Device | None:
        """Return the device of that name, None where there is none."""
        return self._by_name.get(name)

    def connect(self, one: Device, one_port: int, other: Device, other_port: int, link: Link | None = None) -> int:
        """Join two ports, and return the number of the link; FieldError for a port that is none, or joined already."""
        return self._join(End(one, one_port), End(other, other_port), link or Link())

    def open(self, device: Device, port: int, link: Link | None = None) -> int:
        """Lead a device's port out of the simulation, and return the number of the simulation's port."""
        outside = End(None, len(self.ports))
        self._join(End(device, port), outside, link or Link())
        self.ports.append(End(device, port).name)
        return outside.port

    def _join(self, one: End, other: End, link: Link) -> int:
        number = len(self.links)
        indexes = [-1 if end.device is None else self.add(end.device) for end in (one, other)]
        for index, end in zip(indexes, (one, other), strict=True):
            if end.device is not None and not 0 <= end.port < len(end.device.ports):
                raise FieldError(f"{end.device.name} has no port {end.port}, expected 0 to {len(end.device.ports) - 1}")
            if (index, end.port) in self._wires:
                raise FieldError(f"the port {end.name} is joined by two links, expected one")
        for way, (index, sender, receiver_index, receiver) in enumerate(
            [(indexes[0], one, indexes[1], other), (indexes[1], other, indexes[0], one)]
        ):
            direction = Direction(link, f"{self.seed}/{number}/{way}")
            self._wires[index, sender.port] = _Wire(number, receiver, receiver_index, direction)
        self.links.append((one, other, link))
        self._alike[_joined_names(one, other)] += 1
        if self._started:
            for index, end in zip(indexes, (one, other), strict=True):
                if end.device is not None:
                    self._handle(index, end.device.link_changed(end.port, True, self._now))
        return number

    def is_joined(self, device: Device, port: int) -> bool:
        """Whether a link joins a device's port."""
        return (self._places.get(id(device), -1), port) in self._wires

    def link_name(self, number: int) -> str:
        """Return a link's name: its devices with a dash between, and their ports where two links join them."""
        one, other, _ = self.links[number]
        name = _joined_names(one, other)
        return name if self._alike[name] == 1 else f"{one.name}-{other.name}"

    def cut(self, link: int | str, *, at_ns: int | None = None) -> None:
        """Cut a link, by its number or name, now or at a time: what is sent from then on is lost, and both ends notice.

        Raises FieldError for a link that is none.
        """
        self._change_link(link, CUT, at_ns)

    def mend(self, link: int | str, *, at_ns: int | None = None) -> None:
        """Make a link whole again that was cut, now or at a time; both ends notice."""
        self._change_link(link, MENDED, at_ns)

    def _change_link(self, link: int | str, change: int, at_ns: int | None) -> None:
        number = self._link_number(link)
        self._order += 1
        heappush(self._queue, (self._now if at_ns is None else at_ns, self._order, number, change, b""))
        if self.driver is not None:
            self.driver.wake(self)

    def _link_number(self, link: int | str) -> int:
        names = [self.link_name(number) for number in range(len(self.links))]
        if link in names:
            return names.index(str(link))
        if isinstance(link, int) and 0 <= link < len(names):
            return link
        raise FieldError(f"there is no link {link!r}, expected one of {', '.join(names) or 'those that are joined'}")

    def _link_changes(self, number: int, is_up: bool) -> None:
        """Let both ends of a link notice that it was cut or mended."""
        one, other, _ = self.links[number]
        name = self.link_name(number)
        noticed_by = next((end.device.name for end in (one, other) if end.device is not None), self.name)
        text = f"the link {name} is whole again" if is_up else f"the link {name} is cut"
        self._events.append(Event(self._now, noticed_by, text))
        for end in (one, other):
            place = -1 if end.device is None else self._places[id(end.device)]
            self._wires[place, end.port].direction.is_up = is_up
        for end in (one, other):
            if end.device is not None:
                self._handle(self._places[id(end.device)], end.device.link_changed(end.port, is_up, self._now))

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with every frame that is put on a link from now on."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Call `watcher` no more."""
        self._watchers.remove(watcher)

    @property
    def now_ns(self) -> int:
        """The time of the last event, in nanoseconds."""
        return self._now

    def run(self, until_ns: int | None = None, *, most_frames: int = MOST_FRAMES) -> int:
        """Let everything happen up to and including `until_ns`, or until nothing more will; return the time.

        A network in which a device has always something to do, as bridges of a spanning tree have, needs a time.
        Raises RestlessNetworkError without one, and where more than `most_frames` frames would go, or so many timers
        go off that it will never end: a loop of switches carries a broadcast round for ever.
        """
        restless = next((device.name for device in self.devices if device.never_rests), None)
        if until_ns is None and restless is not None:
            raise RestlessNetworkError(
                f"{restless} sends something again and again: say until when the network is to run"
            )
        stop_at = self.frames + most_frames
        events = 0
        self._begin()
        for place in range(len(self.devices)):
            self._look_at_timer(place)
        queue = self._queue
        while queue and (until_ns is None or queue[0][0] <= until_ns):
            self._step()
            events += 1
            if self.frames > stop_at or events > EVENTS_OF_A_FRAME * most_frames:
                raise RestlessNetworkError(
                    f"the network does not come to rest: {self.frames - stop_at + most_frames} frames went until "
                    f"{self._now / 1e9:.6f} s; look for a loop of switches, which a spanning tree opens, or hubs, "
                    "or let it run for a shorter time"
                )
        if until_ns is not None:
            self._now = max(self._now, until_ns)
        return self._now

    def wake(self, device: Device) -> None:
        """Look at a device's deadline again; one that is not of this simulation is left alone."""
        place = self._places.get(id(device))
        if place is not None:
            self._look_at_timer(place)
            if self.driver is not None:
                self.driver.wake(self)

    def _begin(self) -> None:
        if not self._started:
            self._started = True
            for place, device in enumerate(self.devices):
                self._handle(place, device.start(self._now))

    def _step(self) -> None:
        """Let the next event happen."""
        time, _, place, port, frame = heappop(self._queue)
        if port == TIMER and self._timers[place] != time:
            # The device has changed its deadline since this entry was made.
            return
        if time > self._now:
            self._now = time
        if port <= CUT:
            self._link_changes(place, port == MENDED)
        elif place < 0:
            self._outgoing.append(Transmission(port, frame))
        elif port != TIMER:
            self._handle(place, self.devices[place].receive(port, frame, self._now))
        else:
            self._timers[place] = None
            self._handle(place, self.devices[place].advance(self._now))

    def _handle(self, place: int, sent: list[Transmission]) -> None:
        """Put what a device sends on its links, and set its timer."""
        for port, frame in sent:
            self._carry(place, port, frame)
        self._look_at_timer(place)

    def _look_at_timer(self, place: int) -> None:
        deadline = self.devices[place].deadline
        if deadline is None:
            self._timers[place] = None
        elif deadline != self._timers[place]:
            if deadline <= self._now and self._timers[place] == self._now:
                return
            self._timers[place] = time = max(deadline, self._now)
            self._order += 1
            heappush(self._queue, (time, self._order, place, TIMER, b""))

    def _carry(self, place: int, port: int, frame: bytes) -> None:
        """Put a frame on a link; one for a port that leads nowhere is lost."""
        wire = self._wires.get((place, port))
        if wire is None:
            return
        self.frames += 1
        left_ns, arrivals = wire.direction.carry(frame, self._now)
        for time, arrived in arrivals:
            self._order += 1
            heappush(self._queue, (time, self._order, wire.receiver_index, wire.receiver.port, arrived))
        if self._watchers:
            sender = End(None if place < 0 else self.devices[place], port)
            passage = Passage(self.frames, self._now, left_ns, wire.link, sender, wire.receiver, frame, tuple(arrivals))
            for watcher in self._watchers:
                watcher(passage)

    @property
    def deadline(self) -> int | None:
        """When the next event of the simulation is; before `start` None."""
        return self._queue[0][0] if self._queue else None

    def start(self, now_ns: int) -> list[Transmission]:
        """Switch all devices on."""
        self._now = max(self._now, now_ns)
        self._begin()
        return self.advance(now_ns)

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Take a frame in from outside, by one of the open ends."""
        sent = self.advance(now_ns)
        self._carry(-1, port, frame)
        return sent + self.advance(now_ns)

    def advance(self, now_ns: int) -> list[Transmission]:
        """Let what is due happen up to a time, and return what comes out at the open ends.

        In a storm of frames that may be a part of it: what is left has a `deadline` that is over.
        """
        self._begin()
        queue = self._queue
        for _ in range(EVENTS_AT_ONCE):
            if not queue or queue[0][0] > now_ns:
                self._now = max(self._now, now_ns)
                break
            self._step()
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def events(self) -> list[Event]:
        """Take what happened in all devices since the last call, in the order of time."""
        found = [*super().events(), *(event for device in self.devices for event in device.events())]
        return sorted(found, key=lambda event: event.time_ns)


def _joined_names(one: End, other: End) -> str:
    return "-".join("outside" if end.device is None else end.device.name for end in (one, other))
