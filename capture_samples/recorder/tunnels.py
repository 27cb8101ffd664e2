"""Scenarios of tunnels: VXLAN of the kernel's own, and what the recorder plays where a kernel has no such device."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from zlib import crc32

from .laboratory import Laboratory
from .relay import Relay
from .sample import derived, recorded
from .topologies import CLIENT, SERVER, two_hosts

_ROUTERS = ("192.0.2.1", "192.0.2.2")
_ETHERNET = bytes.fromhex("020000000102 020000000101")
"""The hardware addresses of the two ends of the trunk."""
_FCS_BITS = 0x24000000
"""In pcap's link type field: a check sequence is there, of two units of 16 bits."""

_LABELS = bytes.fromhex("0006 40 ff 000c 81 40")
"""100, and 200 at the bottom of the stack."""

_Change = Callable[[bytes], bytes]


def _sum(header: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def _over_ip(protocol: int, head: Callable[[bytes], bytes]) -> _Change:
    """Make a change that puts a whole frame behind IPv4 and the header that `head` makes for it."""

    def change(frame: bytes) -> bytes:
        body = head(frame) + frame
        addresses = b"".join(map(socket.inet_aton, _ROUTERS))
        fields = (0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol)
        network = struct.pack("!BBHHHBBH", *fields, 0) + addresses
        network = struct.pack("!BBHHHBBH", *fields, _sum(network)) + addresses
        return _ETHERNET + b"\x08\x00" + network + body

    return change


def _in_labels(frame: bytes) -> bytes:
    """Put two labels in front of a datagram (RFC 3032); ARP goes as it is."""
    if frame[12:14] != b"\x08\x00":
        return frame
    return frame[:12] + b"\x88\x47" + _LABELS + frame[14:]


def _out_of_labels(frame: bytes) -> bytes:
    if frame[12:14] != b"\x88\x47":
        return frame
    return frame[:12] + b"\x08\x00" + frame[14 + len(_LABELS) :]


def _in_provider_tag(frame: bytes) -> bytes:
    return frame[:12] + bytes.fromhex("88a8 b064 8100 600a") + frame[12:]


def _without(count: int, *, place: int = 0) -> _Change:
    return lambda frame: frame[:place] + frame[place + count :]


def _ping_through(laboratory: Laboratory, forward: _Change, backward: _Change, what: str) -> None:
    client, server = laboratory.host("client"), laboratory.host("server")
    ends = [laboratory.host(f"end{number}") for number in (1, 2)]
    laboratory.cable(client, ends[0])
    laboratory.cable(ends[0], ends[1])
    laboratory.cable(ends[1], server)
    client.ip("address", "add", f"{CLIENT}/24", "dev", "eth0")
    server.ip("address", "add", f"{SERVER}/24", "dev", "eth0")
    Relay(ends[0], forward=forward, backward=backward)
    Relay(ends[1], forward=backward, backward=forward)
    laboratory.topology = f"client {CLIENT}/24 and server {SERVER}/24 at the two ends of {what}"
    with laboratory.capture(ends[0], "eth1"):
        client.run(*"ping -n -c 4 -i 0.2 -e 1 10.0.0.2".split())


@recorded(
    shows="VXLAN: ARP and ping through a virtual network of number 42",
    how="Four pings between the VXLAN devices of two hosts, captured on the cable between them.",
    tools=("ping",),
)
def vxlan_ping(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    for host, own, other, address in ((client, CLIENT, SERVER, "10.1.0.1"), (server, SERVER, CLIENT, "10.1.0.2")):
        device = f"type vxlan id 42 dstport 4789 local {own} remote {other} dev eth0".split()
        host.ip("link", "add", "vxlan0", "address", f"02:00:00:00:01:{host.number:02x}", *device)
        host.ip("link", "set", "vxlan0", "up")
        host.ip("address", "add", f"{address}/24", "dev", "vxlan0")
    laboratory.topology += ", VXLAN devices 10.1.0.1/24 and 10.1.0.2/24 over it"
    with laboratory.capture(client):
        client.run(*"ping -n -c 4 -i 0.2 -e 1 10.1.0.2".split())


@recorded(
    shows="GRE: ARP and ping bridged through a tunnel with the key 42",
    how="Four pings, captured between the ends of the tunnel, which the recorder plays.",
    tools=("ping",),
)
def gre_ping(laboratory: Laboratory) -> None:
    head = bytes.fromhex("2000 6558 0000002a")
    _ping_through(laboratory, _over_ip(47, lambda frame: head), _without(14 + 20 + len(head)), "a tunnel of GRE")


@recorded(
    shows="Geneve: ARP and ping through a virtual network of number 42",
    how="Four pings, captured between the ends of the tunnel, which the recorder plays.",
    tools=("ping",),
)
def geneve_ping(laboratory: Laboratory) -> None:
    def head(frame: bytes) -> bytes:
        return struct.pack("!HHHH", 49152, 6081, 16 + len(frame), 0) + bytes.fromhex("0000 6558 00002a 00")

    _ping_through(laboratory, _over_ip(17, head), _without(14 + 20 + 16), "a tunnel of Geneve")


@recorded(
    shows="MPLS: ping under the labels 100 and 200, and ARP without any",
    how="Four pings, captured between two label switches, which the recorder plays.",
    tools=("ping",),
)
def mpls_ping(laboratory: Laboratory) -> None:
    _ping_through(laboratory, _in_labels, _out_of_labels, "a path with labels")


@recorded(
    shows="802.1ad: ARP and ping with a provider's tag of VLAN 100 before the customer's tag of VLAN 10",
    how="Four pings, captured on the provider's line, whose two switches the recorder plays.",
    tools=("ping",),
)
def provider_ping(laboratory: Laboratory) -> None:
    def backward(frame: bytes) -> bytes:
        # The kernel has taken the outermost tag already when the frame comes from a socket.
        while frame[12:14] in (b"\x88\xa8", b"\x81\x00"):
            frame = _without(4, place=12)(frame)
        return frame

    _ping_through(laboratory, _in_provider_tag, backward, "a provider's line")


@derived(
    shows="Frames with their check sequences, one of them wrong, as the file's link type field says",
    how="Derived: a CRC-32 behind each frame, that of the third with one bit changed; the lengths say so.",
    base="first_ping",
)
def check_sequences(data: bytes) -> bytes:
    magic, *rest = struct.unpack("<IHHiII", data[:20])
    (link,) = struct.unpack("<I", data[20:24])
    parts, position, number = [struct.pack("<IHHiIII", magic, *rest, link | _FCS_BITS)], 24, 0
    while position < len(data):
        seconds, fraction, captured, original = struct.unpack("<IIII", data[position : position + 16])
        frame = data[position + 16 : position + 16 + captured]
        position, number = position + 16 + captured, number + 1
        sequence = crc32(frame) ^ (number == 3)
        parts += [struct.pack("<IIII", seconds, fraction, captured + 4, original + 4), frame]
        parts.append(sequence.to_bytes(4, "little"))
    return b"".join(parts)
