"""What a capture's messages of HTTP are, and which hosts are asked for what (`-z http,tree` and its like)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.packets.packet import Packet
from dissect.protocols.http import HTTP, HTTPMessage, HTTPRequest, HTTPResponse
from dissect.protocols.tcp import TCP
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.tree_taps import travel_of
from dissect.statistics.trees import Node, Tree, tree_lines
from dissect.wireshark.http import host_of, shown, target_of, texts_given_up
from dissect.wireshark.http_phrases import PHRASES
from dissect.wireshark.sight import said_layers

__all__ = ["HTTPTap", "tap"]

_BROKEN = "???: broken"
_CLASSES = {
    1: "1xx: Informational",
    2: "2xx: Success",
    3: "3xx: Redirection",
    4: "4xx: Client Error",
    5: "5xx: Server Error",
}
"""What the classes of a status are called, by its first digit (RFC 9110, section 15)."""
_PRINTABLE = range(0x20, 0x7F)


class HTTPTap(Tap):
    """Counts in a tree what `add` says of each message."""

    def __init__(self, title: str, rest: str, setting: Setting) -> None:
        self._passes = setting.filter(rest)
        self._clock = setting.clock
        self.tree = Tree(title)

    def take(self, packet: Packet) -> None:
        if self._passes is not None and not self._passes(packet):
            return
        first, time_ns = self._clock.first, packet.time_ns
        now = 0.0 if first is None or time_ns is None else (time_ns - first) / 1_000_000
        for header in said_layers(packet):
            found: list[Any] = [header] if isinstance(header, HTTP) and _is_counted(header) else []
            if isinstance(header, TCP):
                found = [None for _ in texts_given_up(header)]
            for message in found:
                self.tree.tick(now)
                self.add(message, packet, now)

    def add(self, message: Any, packet: Packet, now: float) -> None:
        """Count a message, None for a text that is none, at a time in milliseconds."""
        raise NotImplementedError

    def lines(self) -> Iterator[str]:
        yield from tree_lines(self.tree, frozenset())


def _is_counted(header: Any) -> bool:
    """Whether Wireshark takes this for a message, or for text between messages."""
    if isinstance(header, HTTPMessage):
        return True
    data = header.parts()[1]
    return bool(data) and data[0] in _PRINTABLE and not header.learnt("is_passed_through")


class _Messages(HTTPTap):
    """Requests by their methods, responses by their status, and what is neither."""

    def __init__(self, title: str, rest: str, setting: Setting) -> None:
        super().__init__(title, rest, setting)
        total = self.tree.root.child("Total HTTP Packets")
        total.child("HTTP Request Packets")
        responses = total.child("HTTP Response Packets")
        for name in (_BROKEN, *_CLASSES.values()):
            responses.child(name)
        total.child("Other HTTP Packets")

    def add(self, message: Any, packet: Packet, now: float) -> None:
        node = self.tree.root.child("Total HTTP Packets")
        node.add(now)
        names = ["Other HTTP Packets"]
        if isinstance(message, HTTPRequest):
            # Wireshark passes over what tells methods of HTTPU from those of HTTP.
            names = ["HTTP Request Packets", message.method.removeprefix("M-")]
        elif (status := status_of(message)) is not None:
            title = f"{status} {PHRASES.get(status, f'Unknown ({status})')}"
            names = ["HTTP Response Packets", _CLASSES.get(status // 100, _BROKEN), title]
        _tick(node, names, now)


def status_of(message: Any) -> int | None:
    """Return the status of a response; None where it states none of three digits, and for what is no response."""
    is_stated = isinstance(message, HTTPResponse) and len(message.raw("status").strip()) >= _DIGITS
    return (message.status or None) if is_stated else None


_DIGITS = 3


class _Hosts(HTTPTap):
    """What was asked for, by its host."""

    def __init__(self, title: str, rest: str, setting: Setting) -> None:
        super().__init__(title, rest, setting)
        self.tree.root.child("HTTP Requests by HTTP Host")

    def add(self, message: Any, packet: Packet, now: float) -> None:
        if not isinstance(message, HTTPRequest):
            return
        host = host_of(message, shown)
        names = [] if host is None else [host, target_of(message)]
        _tick(self.tree.root, ["HTTP Requests by HTTP Host", *names], now)


class _Servers(HTTPTap):
    """Which servers were asked, and whether they answered as was wished."""

    def __init__(self, title: str, rest: str, setting: Setting) -> None:
        super().__init__(title, rest, setting)
        asked = self.tree.root.child("HTTP Requests by Server")
        asked.child("HTTP Requests by Server Address")
        asked.child("HTTP Requests by HTTP Host")
        self.tree.root.child("HTTP Responses by Server Address")

    def add(self, message: Any, packet: Packet, now: float) -> None:
        root = self.tree.root
        if isinstance(message, HTTPRequest):
            address, host = travel_of(packet).destination, host_of(message, shown)
            asked = root.child("HTTP Requests by Server")
            asked.add(now)
            _tick(asked, ["HTTP Requests by Server Address", *([address] if host is None else [address, host])], now)
            _tick(asked, ["HTTP Requests by HTTP Host", *([] if host is None else [host, address])], now)
        elif (status := status_of(message)) is not None:
            names = [travel_of(packet).source, "OK" if 100 < status < 400 else "KO"]
            _tick(root, ["HTTP Responses by Server Address", *names], now)


def _tick(node: Node, names: list[str], now: float) -> None:
    """Count something in the nodes of these names, each below the one before."""
    for name in names:
        node = node.child(name)
        node.add(now)


_TREES: dict[str, tuple[str, Callable[[str, str, Setting], Tap]]] = {
    "http,tree": ("HTTP/Packet Counter", _Messages),
    "http_req,tree": ("HTTP/Requests", _Hosts),
    "http_srv,tree": ("HTTP/Load Distribution", _Servers),
}


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z NAME,tree[,filter]`."""
    title, make = _TREES[name]
    return make(title, rest, setting)
