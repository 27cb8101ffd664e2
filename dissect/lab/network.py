"""A network described in Python in a few lines: devices, links between them, and programs on the hosts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TypeVar, Unpack

from dissect.errors import FieldError
from dissect.lab.device import Device
from dissect.lab.host import Host
from dissect.lab.host_options import HostOptions
from dissect.lab.hub import Hub
from dissect.lab.interface import Interface
from dissect.lab.link import Link, LinkOptions
from dissect.lab.program import Program
from dissect.lab.recording import Recording
from dissect.lab.router import Router, RouterOptions
from dissect.lab.simulation import Simulation
from dissect.lab.switch import Switch, SwitchOptions
from dissect.lab.wiretap import Wiretap, WiretapOptions

__all__ = ["Network"]

_ProgramType = TypeVar("_ProgramType", bound=Program)


class Network(Simulation):
    """A simulation whose devices are made and joined by name, and whose frames are kept in `recording`.

    Interfaces get the MAC addresses 02:00:00:00:00:01, :02 and so on, in the order in which they are made,
    unless they are given others; bridges of a spanning tree have 02:01:00:01:00:00, 02:01:00:02:00:00 and so on.
    Hubs and switches get a port for every link that names none.

    >>> lab = Network()
    >>> a, b = lab.host("a", "192.168.0.55/24"), lab.host("b", "192.168.0.2/24")
    >>> s = lab.switch("s")
    >>> lab.link(a, s), lab.link(b, s)
    ('a-s', 'b-s')
    >>> from dissect.lab.ping import Ping
    >>> ping = lab.start_program(a, Ping("192.168.0.2"))
    >>> _ = lab.run()
    >>> ping.received
    1
    >>> print(a.arp_table())
    ? (192.168.0.2) at 02:00:00:00:00:02 [ether] on eth0
    """

    def __init__(self, name: str = "lab", *, seed: int | str = 0, start_ns: int = 0) -> None:
        super().__init__(name, seed=seed, start_ns=start_ns)
        self.recording = Recording(self)
        self._macs = count(0x020000000001)
        self._bridges = count(0x020100010000, 0x10000)

    def host(
        self,
        name: str,
        addresses: str | Sequence[str] = (),
        *,
        mac: str | None = None,
        mtu: int = 1500,
        interfaces: Sequence[Interface] = (),
        **options: Unpack[HostOptions],
    ) -> Host:
        """Add a host with one interface, eth0, or with those given by `interface`; the options are those of `Host`."""
        given = list(interfaces) or [self.interface("eth0", addresses, mac=mac, mtu=mtu)]
        if interfaces and (addresses or mac is not None):
            raise FieldError(f"{name} is given addresses and interfaces, expected the addresses in these")
        options.setdefault("seed", self.seed)
        made = Host(name, given, **options)
        self.add(made)
        return made

    def router(self, name: str, *interfaces: Interface | str, **options: Unpack[RouterOptions]) -> Router:
        """Add a router; an interface is given as one or by its address, and then called eth0, eth1 and so on.

        The options are those of `Router`.
        """
        made = [
            self.interface(f"eth{number}", given) if isinstance(given, str) else given
            for number, given in enumerate(interfaces)
        ]
        options.setdefault("seed", self.seed)
        router = Router(name, made, **options)
        self.add(router)
        return router

    def interface(
        self, name: str, addresses: str | Sequence[str] = (), *, mac: str | None = None, mtu: int = 1500
    ) -> Interface:
        """Return an interface for a host or router, with the next MAC address where none is given."""
        given = f"{next(self._macs):012x}" if mac is None else mac
        if mac is None:
            given = ":".join(given[place : place + 2] for place in range(0, 12, 2))
        return Interface(name, given, addresses, mtu=mtu)

    def switch(self, name: str, **options: Unpack[SwitchOptions]) -> Switch:
        """Add a switch; the options are those of `Switch`, and the ports that they describe are there at once."""
        described = dict.fromkeys([*(options.get("vlans") or ()), *(options.get("tree_ports") or ())])
        if options.get("tree") is not None and "mac" not in options:
            options["mac"] = next(self._bridges).to_bytes(6, "big").hex(":")
        made = Switch(name, list(described), **options)
        self.add(made)
        return made

    def hub(self, name: str) -> Hub:
        """Add a hub."""
        made = Hub(name, [])
        self.add(made)
        return made

    def wiretap(self, name: str, **options: Unpack[WiretapOptions]) -> Wiretap:
        """Add a wiretap, whose ports a and b are joined by two links; the options are those of `Wiretap`."""
        made = Wiretap(name, **options)
        self.add(made)
        return made

    def device(self, name: str) -> Device:
        """Return a device by its name; FieldError where none has it."""
        found = self.named(name)
        if found is not None:
            return found
        names = ", ".join(device.name for device in self.devices)
        raise FieldError(f"there is no device {name!r}, expected one of {names or 'those that are described'}")

    def link(
        self, one: Device | str, other: Device | str, link: Link | None = None, **options: Unpack[LinkOptions]
    ) -> str:
        """Join two devices, and return the link's name; the options are those of `Link`.

        A device is given as such or by its name, with a colon and an interface behind it where it has
        several: "r:eth1". Without, it is the first interface that no link joins yet. An interface whose MTU
        is larger than the link's gets the link's.
        """
        made = link or Link(**options)
        ends = [self._end(one), self._end(other)]
        for device, port in ends:
            if isinstance(device, Switch):
                is_shared = any(isinstance(each, Hub) for each, _ in ends)
                device.describe_link(port, made.bandwidth, is_shared=is_shared)
        number = self.connect(*ends[0], *ends[1], made)
        for device, port in ends:
            if isinstance(device, Host):
                interface = device.interfaces[port]
                interface.mtu = min(interface.mtu, made.mtu)
        return self.link_name(number)

    def _end(self, given: Device | str) -> tuple[Device, int]:
        """Return the device and port that a link joins; hubs and switches get a new port, unless one is named."""
        interface = ""
        if isinstance(given, str):
            name, _, interface = given.partition(":")
            device = self.device(name)
        else:
            device = given
            self.add(device)
        if interface:
            if isinstance(device, Hub):
                raise FieldError(f"{device.name}'s ports are given out link by link, expected {device.name!r} alone")
            if interface not in device.ports:
                what, alone = "interface", ""
                if isinstance(device, Switch):
                    what, alone = "port", f", or {device.name!r} alone for a new one"
                names = ", ".join(device.ports) or "one that is described"
                raise FieldError(f"{device.name} has no {what} {interface!r}, expected one of {names}{alone}")
            return device, device.ports.index(interface)
        if isinstance(device, (Hub, Switch)):
            return device, device.add_port()
        free = [port for port in range(len(device.ports)) if not self.is_joined(device, port)]
        if not free:
            raise FieldError(f"all interfaces of {device.name} are joined already, expected a free one")
        return device, free[0]

    def lead_out(self, device: Device | str, link: Link | None = None) -> int:
        """Leave an end of a link open, for the outside, and return the number of the network's port (see `open`)."""
        return self.open(*self._end(device), link)

    def start_program(self, host: Host | str, program: _ProgramType, *, at_ns: int = 0) -> _ProgramType:
        """Let a program run on a host from a time on, and return it; FieldError for what is none."""
        given: object = program
        if not isinstance(given, Program):
            hint = f": AsyncProgram({getattr(given, '__name__', '...')}) runs a coroutine" if callable(given) else ""
            raise FieldError(f"{given!r} is no program, expected one such as Ping or AsyncProgram{hint}")
        device = self.device(host) if isinstance(host, str) else host
        if not isinstance(device, Host):
            raise FieldError(f"{device.name} runs no programs, expected a host or router")
        device.run(program, at_ns)
        return program
