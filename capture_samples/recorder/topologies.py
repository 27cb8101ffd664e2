"""The few networks that the scenarios play in."""

from __future__ import annotations

from dataclasses import dataclass

from .laboratory import Host, Laboratory

CLIENT = "10.0.0.1"
SERVER = "10.0.0.2"
GATEWAY = "10.0.0.254"
FAR_SERVER = "10.0.1.1"
FARTHEST_SERVER = "10.0.2.1"


def know_each_other(one: Host, one_address: str, other: Host, other_address: str) -> None:
    """Give two hosts permanent entries for each other, so that the capture starts with its point and not with ARP."""
    one.ip("neighbour", "replace", other_address, "lladdr", _first_hardware_address(other), "dev", "eth0")
    other.ip("neighbour", "replace", one_address, "lladdr", _first_hardware_address(one), "dev", "eth0")


def _first_hardware_address(host: Host) -> str:
    return f"02:00:00:00:00:{host.number:02x}"


def two_hosts(laboratory: Laboratory, *, arp: bool = False) -> tuple[Host, Host]:
    """Make client 10.0.0.1 and server 10.0.0.2 on one cable; without `arp`, each has the other's address by heart."""
    client, server = laboratory.host("client"), laboratory.host("server")
    laboratory.cable(client, server)
    client.ip("address", "add", f"{CLIENT}/24", "broadcast", "+", "dev", "eth0")
    server.ip("address", "add", f"{SERVER}/24", "broadcast", "+", "dev", "eth0")
    laboratory.topology = f"client {CLIENT}/24 and server {SERVER}/24 on one veth cable"
    if not arp:
        know_each_other(client, CLIENT, server, SERVER)
        laboratory.topology += ", permanent neighbour entries"
    return client, server


def two_hosts_of_ipv6(laboratory: Laboratory) -> tuple[Host, Host]:
    """Make client 2001:db8::1 and server 2001:db8::2 on one cable, which find each other by solicitations."""
    client, server = laboratory.host("client"), laboratory.host("server")
    laboratory.cable(client, server)
    for number, host in enumerate((client, server), 1):
        host.ask("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.disable_ipv6=0")
        host.ip("address", "add", f"2001:db8::{number}/64", "dev", "eth0", "nodad")
    laboratory.topology = "client 2001:db8::1/64 and server 2001:db8::2/64 on one veth cable"
    return client, server


def bridged(laboratory: Laboratory, *names: str) -> tuple[Host, ...]:
    """Make hosts 10.0.0.1, 10.0.0.2, ... on one bridge, which is a namespace of its own."""
    hosts = tuple(laboratory.host(name) for name in names)
    switch = laboratory.host("switch")
    # A bridge that snoops on multicast looks for multicast routers with IGMP reports of its own.
    hardware_address = f"02:00:00:00:ff:{switch.number:02x}"
    switch.ip("link", "add", "br0", "address", hardware_address, "type", "bridge", "mcast_snooping", "0")
    for index, host in enumerate(hosts, 1):
        _, port = laboratory.cable(host, switch)
        switch.ip("link", "set", port, "master", "br0")
        host.ip("address", "add", f"10.0.0.{index}/24", "broadcast", "+", "dev", "eth0")
    switch.ip("link", "set", "br0", "up")
    listed = ", ".join(f"{host} 10.0.0.{index}/24" for index, host in enumerate(hosts, 1))
    laboratory.topology = f"{listed} on one bridge"
    return hosts


@dataclass(frozen=True)
class Routed:
    """A client and a server with one or two routers between them."""

    client: Host
    routers: tuple[Host, ...]
    server: Host
    server_address: str


def routed(laboratory: Laboratory, *, routers: int = 1, far_mtu: int = 1500) -> Routed:
    """Make client 10.0.0.1 and server 10.0.N.1 with N routers between them, 1 or 2; far_mtu: bytes, the last cable."""
    client = laboratory.host("client")
    server = laboratory.host("server")
    between = tuple(laboratory.host(f"router{number}") for number in range(1, routers + 1))
    for number, (left, right) in enumerate(zip((client, *between), (*between, server), strict=True)):
        last = number == routers
        left_name, right_name = laboratory.cable(left, right, mtu=far_mtu if last else 1500)
        # A network's left end is .1 (the client) or .253 (a router); its right end is .254, or .1 when the server's.
        left.ip("address", "add", f"10.0.{number}.{1 if number == 0 else 253}/24", "dev", left_name)
        right.ip("address", "add", f"10.0.{number}.{1 if last else 254}/24", "dev", right_name)
    for router in between:
        router.configure(ip_forward=1)
    client.ip("route", "add", "default", "via", GATEWAY)
    server.ip("route", "add", "default", "via", f"10.0.{routers}.253")
    chain = f"client {CLIENT}/24, router1 {GATEWAY} and 10.0.1.253"
    if routers == 2:
        between[0].ip("route", "add", "10.0.2.0/24", "via", "10.0.1.254")
        between[1].ip("route", "add", "10.0.0.0/24", "via", "10.0.1.253")
        chain += ", router2 10.0.1.254 and 10.0.2.253"
    laboratory.topology = f"{chain}, server 10.0.{routers}.1/24, each on one veth cable to the next"
    if far_mtu != 1500:
        laboratory.topology += f", the last of MTU {far_mtu}"
    return Routed(client, between, server, f"10.0.{routers}.1")
