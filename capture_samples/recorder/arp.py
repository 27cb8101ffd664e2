"""Scenarios of ARP, and the first ping that needs it."""

from __future__ import annotations

from .capture_file import written_capture
from .laboratory import Laboratory
from .sample import recorded, written
from .topologies import bridged, routed, two_hosts

NOTES_REQUEST = """
    ff ff ff ff ff ff 00 05 5d 61 58 a8 08 06 00 01
    08 00 06 04 00 01 00 05 5d 61 58 a8 c0 a8 00 37
    00 00 00 00 00 00 c0 a8 00 02 00 77 31 d2 50 10
    fd 78 41 d3 00 00 00 00 00 00 00 00
"""
NOTES_REPLY = """
    00 05 5d 61 58 a8 00 05 5d a1 b8 40 08 06 00 01
    08 00 06 04 00 02 00 05 5d a1 b8 40 c0 a8 00 02
    00 05 5d 61 58 a8 c0 a8 00 37 00 77 31 d2 50 10
    fd 78 41 d3 00 00 00 00 00 00 00 00
"""
NEW_YEAR_2018 = 1_514_764_800  # 2018-01-01T00:00:00 UTC, in seconds


@written(
    shows="an ARP request and its reply, each with 18 bytes of padding that are not all zero",
    how=(
        "The two 60-byte frames of the notes, typed in from their hexdumps. The notes give no times: the request "
        "is dated 2018-01-01T00:00:00 UTC, the reply 0.0002 s later."
    ),
)
def notes_arp() -> bytes:
    request, reply = bytes.fromhex(NOTES_REQUEST), bytes.fromhex(NOTES_REPLY)
    return written_capture([(NEW_YEAR_2018, 0, request), (NEW_YEAR_2018, 200, reply)])


@recorded(
    shows="the first ping between two hosts: ARP request and reply, then echo requests and replies",
    how="Three pings between hosts whose neighbour tables are empty.",
    tools=("ping",),
)
def first_ping(laboratory: Laboratory) -> None:
    client, _ = bridged(laboratory, "client", "server")
    with laboratory.capture(client):
        client.run(*"ping -n -c 3 -i 0.2 -e 1 10.0.0.2".split())


@recorded(
    shows="an ARP request that nobody answers, sent three times a second apart",
    how=(
        "A ping to an address of the client's own network that no host has; the kernel gives up after three requests."
    ),
    tools=("ping",),
)
def arp_unanswered(laboratory: Laboratory) -> None:
    client, _ = bridged(laboratory, "client", "server")
    with laboratory.capture(client):
        client.run(*"ping -n -c 1 -W 4 -e 1 10.0.0.77".split(), statuses=(1,))


@recorded(
    shows="gratuitous ARP: two requests, then two replies, sender and target address the same",
    how="The client announces its own address with requests and then with replies; captured on the other host.",
    tools=("arping",),
)
def gratuitous_arp(laboratory: Laboratory) -> None:
    client, server = bridged(laboratory, "client", "server")
    with laboratory.capture(server):
        client.run(*"arping -U -c 2 -I eth0 10.0.0.1".split())
        client.run(*"arping -A -c 2 -I eth0 10.0.0.1".split())


@recorded(
    shows=(
        "address conflict detection (RFC 5227): probes for a free address, its announcement, and a probe that is "
        "answered"
    ),
    how="The client probes for 10.0.0.9, which nobody has, takes and announces it, and probes for the server's.",
    tools=("arping",),
)
def arp_probe(laboratory: Laboratory) -> None:
    client, _ = bridged(laboratory, "client", "server")
    with laboratory.capture(client):
        client.run(*"arping -D -c 3 -I eth0 10.0.0.9".split())
        client.run(*"ip address add 10.0.0.9/24 dev eth0".split())
        client.run(*"arping -U -c 2 -I eth0 10.0.0.9".split())
        client.run(*"arping -D -c 2 -I eth0 10.0.0.2".split(), statuses=(1,))


@recorded(
    shows="a router that answers ARP for a host behind it with its own hardware address",
    how="The client believes that all of 10.0.0.0/16 is on its cable; the router has proxy_arp on; one ping.",
    tools=("ping",),
)
def proxy_arp(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    network.client.run(*"ip address replace 10.0.0.1/16 dev eth0".split())
    network.client.run(*"ip address delete 10.0.0.1/24 dev eth0".split())
    network.routers[0].configure(conf__eth0__proxy_arp=1, neigh__eth0__proxy_delay=0)
    with laboratory.capture(network.client):
        network.client.run(*f"ping -n -c 1 -e 1 {network.server_address}".split())


@recorded(
    shows="a neighbour entry that is checked again: unicast ARP in both directions",
    how="Pings for seven seconds: five seconds after the first exchange the kernel asks the neighbour itself.",
    tools=("ping",),
)
def arp_unicast(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory, arp=True)
    with laboratory.capture(client):
        client.run(*"ping -n -c 8 -i 1 -e 1 10.0.0.2".split())
