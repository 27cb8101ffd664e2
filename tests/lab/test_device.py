"""What every device has: ports, a deadline, and events that are taken once and kept within bounds."""

from __future__ import annotations

from dissect import Network
from dissect.lab.device import EVENTS_KEPT, Device, Event, Transmission


class Echo(Device):
    """Sends every frame back where it came from, and notes it."""

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        self._tell(now_ns, f"{len(frame)} bytes")
        return [Transmission(port, frame)]


def test_a_device_waits_for_nothing_unless_it_says_so() -> None:
    device = Echo("echo", ["0"])
    assert device.deadline is None
    assert device.start(0) == device.advance(5) == []
    assert device.receive(0, b"frame", 7) == [(0, b"frame")]


def test_events_are_taken_once_and_the_oldest_go_first() -> None:
    device = Echo("echo", ["0"])
    for number in range(EVENTS_KEPT + 2):
        device.receive(0, bytes(number % 10), number)
    events = device.events()
    assert (len(events), events[0]) == (EVENTS_KEPT, Event(2, "echo", "2 bytes"))
    assert device.events() == []


def test_a_device_is_shown_by_its_name() -> None:
    network = Network()
    assert repr(Echo("echo", ["0"])) == "<Echo echo>"
    assert repr(network.host("a", "10.0.0.1/24")) == "<Host a>"
    assert repr(network.switch("s")) == "<Switch s>"
