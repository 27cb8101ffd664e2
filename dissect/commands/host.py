"""Put a simulated host, or a network of them, on a TAP device or a network interface of this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.interruption import interruptible
from dissect.commands.live_capture import LiveCapture
from dissect.commands.output import positive
from dissect.errors import DissectError
from dissect.lab.device import Device
from dissect.lab.driving import drive
from dissect.lab.host import Host
from dissect.lab.interface import Interface
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.listing import list_line

if TYPE_CHECKING:
    from dissect.edges.edge import Edge
    from dissect.lab.opening import OpenNetwork
    from dissect.lab.ping import Ping

__all__ = ["add_parser", "run"]

BY_DHCP = "dhcp"
PING_COUNT = 3
PING_SIZE = 56


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "host",
        help="put a simulated host on a TAP device, where this machine's kernel meets it",
        description=__doc__,
        epilog="Without --lab there is one host, which answers ARP, ping and closed ports as Linux does. It runs until "
        "Ctrl-C or SIGTERM, or until --ping has ended; the TAP device goes with it, unless it was there before. "
        "Exit status: 0; 1 where nobody answered --ping; 2 where it could not run. Making a TAP device takes "
        "CAP_NET_ADMIN, an interface CAP_NET_RAW.",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--tap", metavar="NAME", help="a TAP device, which is made if it is not there, and brought up")
    where.add_argument("--interface", metavar="NAME", help="an interface of this machine, on whose link the host is")
    parser.add_argument(
        "--ip", metavar="ADDRESS/LENGTH", help="the host's address, as in 192.168.0.2/24, or 'dhcp' to get one by DHCP"
    )
    parser.add_argument("--mac", help="its MAC address (02:00 and the IP address without it)")
    parser.add_argument("--gateway", metavar="ADDRESS", help="its default gateway")
    parser.add_argument(
        "--mtu", metavar="BYTES", type=_size, help="the host's MTU in bytes, and that of the TAP device (1500)"
    )
    parser.add_argument(
        "--lab",
        metavar="FILE",
        help="a network instead, from a file as 'dissect lab' runs it, or one that comes with it",
    )
    parser.add_argument(
        "--at", metavar="NAME", help="the device of the lab that the link leads to (what the file calls 'outside')"
    )
    parser.add_argument(
        "--kernel", metavar="ADDRESS/LENGTH", help="give this address to the kernel's end of the TAP device"
    )
    parser.add_argument("--ping", metavar="ADDRESS", help="ping this address from the host, and end after that")
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help=f"how many times ({PING_COUNT})")
    parser.add_argument("-s", dest="size", metavar="BYTES", type=_size, help=f"with so many bytes ({PING_SIZE})")
    parser.add_argument(
        "--serve", metavar="PORT=SERVICE", action="append", default=[],
        help="what the host does at a port: http:FOLDER, tftp:FOLDER, dns:ZONE.toml, resolver:SERVER, dhcp:FIRST-LAST, "
        "echo, discard, daytime or chat, as in 80=http:. (may be repeated)",
    )  # fmt: skip
    parser.add_argument("-w", dest="output", metavar="FILE", help="capture what passes, in a file that can be followed")
    parser.add_argument("-v", dest="verbose", action="store_true", help="list every frame that passes")
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run the host until somebody wants it to stop."""
    if options.kernel is not None and options.tap is None:
        raise DissectError("--kernel is the kernel's address on a TAP device: give --tap, or leave it out")
    for option, given in (("-c", options.count), ("-s", options.size)):
        if given is not None and options.ping is None:
            raise DissectError(f"{option} belongs to --ping ADDRESS: add that, or leave it out")
    device: Device
    device, port = _network(options) if options.lab is not None else (_host(options), 0)
    ping = None if options.ping is None else _ping(options, device)
    for text in options.serve:
        _serve(text, device)
    with ExitStack() as stack:
        edge = stack.enter_context(_edge(options))
        writer = None
        if options.output is not None:
            writer = stack.enter_context(LiveCapture(options.output, edge.link))
        interruption = stack.enter_context(interruptible())
        _say(f"{_described(device, port)} on {edge.name}; Ctrl-C ends")
        show = _listing() if options.verbose else None

        def seen(packet: Packet, sent: bool) -> None:
            if writer is not None:
                writer.write(packet)
            if show is not None:
                show(packet, sent)

        told = _Told(device, ping)
        drive(device, edge, port, until=lambda: told.is_over() or bool(interruption), seen=seen)
        told.is_over()
    return 1 if ping is not None and not ping.received else 0


def _host(options: argparse.Namespace) -> Host:
    if options.ip is None:
        raise DissectError("the host has no address: give it one with --ip 192.168.0.2/24, or a network with --lab")
    if options.at is not None:
        raise DissectError("--at names a device of a lab: add --lab FILE, or leave it out")
    if options.ip == BY_DHCP:
        return _configured(options)
    mac = options.mac or _own_mac(options.ip)
    interface = Interface("eth0", mac, options.ip, mtu=options.mtu or 1500)
    return Host("host", interface, gateway=options.gateway)


def _configured(options: argparse.Namespace) -> Host:
    """Return a host that gets its address, its gateway and its name servers by DHCP."""
    from dissect.lab.applications.dhcp_client import DHCPClient

    if options.gateway is not None:
        raise DissectError("the gateway comes by DHCP: leave --gateway out, or give the host an address with --ip")
    host = Host("host", Interface("eth0", options.mac or "02:00:00:00:00:01", mtu=options.mtu or 1500))
    client = DHCPClient()
    client.say = _print
    host.run(client)
    return host


def _serve(text: str, device: Device) -> None:
    from dissect.lab.applications.serving import service

    if not isinstance(device, Host):
        raise DissectError("--serve is for a single host: let a host of the lab serve by the lab's file")
    program = service(text)
    program.say = _print
    device.run(program)


def _print(line: str) -> None:
    print(line, flush=True)


def _own_mac(ip: str) -> str:
    """Return a locally administered MAC address that tells the IP address."""
    (address,) = Interface("eth0", "02:00:00:00:00:00", ip).addresses
    return "02:00:" + ":".join(f"{int(number):02x}" for number in address.split("."))


def _network(options: argparse.Namespace) -> OpenNetwork:
    from dissect.lab.opening import open_network

    given = [name for name in ("ip", "mac", "gateway") if getattr(options, name) is not None]
    if given:
        raise DissectError(f"--{given[0]} describes a single host: leave it out, or --lab")
    return open_network(options.lab, options.at)


def _ping(options: argparse.Namespace, device: Device) -> Ping:
    from dissect.lab.ping import Ping

    if not isinstance(device, Host):
        raise DissectError("--ping is for a single host: let a host of the lab ping by the lab's file")
    size = PING_SIZE if options.size is None else options.size
    ping = Ping(options.ping, count=options.count or PING_COUNT, size=size)
    device.run(ping)
    return ping


def _edge(options: argparse.Namespace) -> Edge:
    if options.tap is not None:
        from dissect.edges.tap import Tap

        return Tap(options.tap, address=options.kernel, mtu=options.mtu)
    from dissect.edges.network_interface import NetworkInterface

    return NetworkInterface(options.interface)


def _described(device: Device, port: int) -> str:
    if not isinstance(device, Host):
        return f"the network {device.name}, by {device.ports[port]},"
    known = [f"{ip} at {each.mac}" for each in device.interfaces for ip in each.addresses]
    return " and ".join(known) or f"a host at {device.interfaces[0].mac}"


class _Told:
    """Prints what happens in the device and what its ping says, as it comes."""

    def __init__(self, device: Device, ping: Ping | None) -> None:
        self._device = device
        self._ping = ping
        self._printed = 0

    def is_over(self) -> bool:
        """Print what is new, and return whether the ping has ended."""
        for event in self._device.events():
            print(f"{event.device}: {event.text}", flush=True)
        if self._ping is None:
            return False
        for line in self._ping.lines[self._printed :]:
            print(line, flush=True)
        self._printed = len(self._ping.lines)
        return self._ping.finished


def _listing() -> Callable[[Packet, bool], None]:
    clock = Clock()

    def show(packet: Packet, sent: bool) -> None:
        clock.advance(packet)
        print("→" if sent else "←", list_line(packet, clock), flush=True)
        clock.show()

    return show


def _size(text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        size = -1
    if size < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes: expected 0 or more")
    return size


def _say(sentence: str) -> None:
    print(f"dissect: {sentence}", file=sys.stderr, flush=True)
