"""Scenarios of tagged frames: 802.1Q, with one tag and with two."""

from __future__ import annotations

from .laboratory import Laboratory
from .relay import Relay, tagging, without_tags
from .sample import recorded
from .topologies import CLIENT, SERVER

VLAN_10_PRIORITY_3 = bytes.fromhex("8100 600a")
SERVICE_VLAN_100 = bytes.fromhex("8100 0064")
"""The outer of two tags, under the type that switches without 802.1ad give it, too."""


def _ping_over_trunk(laboratory: Laboratory, tags: bytes) -> None:
    client, server = laboratory.host("client"), laboratory.host("server")
    switches = [laboratory.host(f"switch{number}") for number in (1, 2)]
    laboratory.cable(client, switches[0])
    laboratory.cable(switches[0], switches[1])
    laboratory.cable(switches[1], server)
    client.ip("address", "add", f"{CLIENT}/24", "dev", "eth0")
    server.ip("address", "add", f"{SERVER}/24", "dev", "eth0")
    Relay(switches[0], forward=tagging(tags), backward=without_tags)
    Relay(switches[1], forward=without_tags, backward=tagging(tags))
    laboratory.topology = f"client {CLIENT}/24 and server {SERVER}/24 on access ports of two switches with a trunk"
    with laboratory.capture(switches[0], "eth1"):
        client.run(*"ping -n -c 2 -i 0.2 -e 1 10.0.0.2".split())


@recorded(
    shows="802.1Q: ARP and ping tagged with VLAN 10, priority 3",
    how=(
        "Two pings, captured on the trunk. The recorder plays the two switches: it puts the tag on the hosts' frames "
        "and takes it off again."
    ),
    tools=("ping",),
)
def vlan_ping(laboratory: Laboratory) -> None:
    _ping_over_trunk(laboratory, VLAN_10_PRIORITY_3)


@recorded(
    shows="Stacked tags: ARP and ping with a service tag of VLAN 100 before the customer's tag of VLAN 10",
    how=(
        "Two pings, captured on the trunk. The recorder plays the two switches: it puts both tags on the hosts' frames "
        "and takes them off again."
    ),
    tools=("ping",),
)
def vlan_stacked_ping(laboratory: Laboratory) -> None:
    _ping_over_trunk(laboratory, SERVICE_VLAN_100 + VLAN_10_PRIORITY_3)
