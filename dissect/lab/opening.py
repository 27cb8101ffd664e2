"""A network from a scenario file with an end of a link left open, for a wire outside."""

from __future__ import annotations

from pathlib import Path

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import ScenarioError
from dissect.lab.hub import Hub
from dissect.lab.network import Network
from dissect.lab.scenario import load_scenario
from dissect.lab.switch import Switch

__all__ = ["OpenNetwork", "open_network"]


class OpenNetwork(NamedTuple):
    """A network, and the number of its port that leads outside."""

    network: Network
    port: int


def open_network(lab: str | Path, at: str | None = None) -> OpenNetwork:
    """Return the network of a scenario (its name, or a file's path) with a way in.

    `at` is the device where the way in leads to, with its interface if it has several: "r:eth1". Without, it is what
    the file calls `outside`, or else the only hub or switch. What passes is not recorded. Raises ScenarioError
    where there is no such device.
    """
    network = load_scenario(lab).network
    network.recording.stop()
    if at is None and network.ports:
        return OpenNetwork(network, 0)
    if at is None:
        shared = [device.name for device in network.devices if isinstance(device, (Hub, Switch))]
        if len(shared) != 1:
            names = ", ".join(device.name for device in network.devices)
            raise ScenarioError(
                f"{lab} says nothing of an outside: name the device that the wire leads to with --at, one of {names}"
            )
        (at,) = shared
    return OpenNetwork(network, network.lead_out(at))
