"""Connections whose segments carry messages, in several kinds of frames, for tests."""

from __future__ import annotations

from typing import Any

from dissect import TCP, UDP, VLAN, VXLAN, Ethernet, Header, HTTPRequest, HTTPResponse, IPv4, IPv6

__all__ = ["Connection", "talk"]

REQUEST = bytes(HTTPRequest(target="/a", headers={"Host": "a.b"}))
RESPONSE = bytes(HTTPResponse(200, headers={"Content-Type": "text/plain"}))
"""It has no length, and so it ends with its connection."""


class Connection:
    """Two ends of a connection, whose segments have the numbers that they should have."""

    def __init__(self, around: Header, port: int, *, version: int = 4) -> None:
        self.around, self.port = around, port
        ends: Any = (IPv4, "10.0.0.{}", "ttl") if version == 4 else (IPv6, "fd00::{}", "hop_limit")
        network, address, limit = ends
        self.way = {
            True: network(src=address.format(1), dst=address.format(2), **{limit: 64}),
            False: network(src=address.format(2), dst=address.format(1), **{limit: 50}),
        }
        self.next = {True: 100, False: 9000}

    def says(self, flags: str, data: bytes = b"", *, asks: bool = True, window: int = 500) -> Header:
        """Return the next segment that one end sends; the one that `asks`, or the other."""
        ports = (self.port, 80) if asks else (80, self.port)
        segment = TCP(sport=ports[0], dport=ports[1], seq=self.next[asks], ack=self.next[not asks], flags=flags)
        segment.window = window
        self.next[asks] += len(data) + ("S" in flags) + ("F" in flags)
        frame: Header = self.around / self.way[asks] / (segment / data if data else segment)
        return frame

    def frames(self) -> list[Header]:
        """Return a whole connection: requests and responses in one segment and in several, data again, and its end."""
        before = self.says("S"), self.says("SA", asks=False), self.says("A"), self.says("PA", REQUEST)
        first = self.says("A", RESPONSE[:10], asks=False)
        rest = self.says("PA", RESPONSE[10:] + b"text", asks=False, window=7)
        again = rest.copy()
        more = self.says("A", b"the end of it", asks=False)
        return [*before, first, rest, again, self.says("A"), more, self.says("FA", asks=False), self.says("FA")]


def talk() -> list[bytes]:
    """Return frames of connections in other headers, some padded, some with options, of datagrams and of fragments."""
    tunnel = Ethernet() / IPv4(src="10.1.0.1", dst="10.1.0.2") / UDP(sport=6, dport=4789) / VXLAN() / Ethernet()
    connections = [
        Connection(Ethernet(), 4000),
        Connection(Ethernet() / VLAN(id=3), 4001),
        Connection(tunnel, 4002),
        Connection(Ethernet(), 4003, version=6),
    ]
    turns = zip(*(each.frames() for each in connections), strict=True)
    frames = [bytes(frame) for turn in turns for frame in turn]
    padded = [frame.ljust(60, b"\0") for frame in frames]
    whole = Connection(Ethernet(), 4004)
    network = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9, id=7)
    segment = bytes(whole.says("PA", REQUEST))[34:]
    parts = [
        Ethernet() / network.replace(protocol=6, flags="MF") / segment[:24],
        Ethernet() / network.replace(protocol=6, fragment_offset=3) / segment[24:],
    ]
    return [*padded, *map(bytes, parts), *padded[4:20]]
