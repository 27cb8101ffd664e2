"""Which page led to which (`-z http_seq,tree`): by what requests say of where they come from, and by redirections."""

from __future__ import annotations

from typing import Any

from dissect.packets.packet import Packet
from dissect.protocols.http import HTTPRequest
from dissect.statistics.http_trees import HTTPTap
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.trees import MOST_NODES
from dissect.wireshark.http import full_uri, values_of

__all__ = ["located", "tap"]

_ROOT = "HTTP Request Sequences"
_DEEPEST = 64
"""No page stands deeper: one that leads to itself again and again would be one deeper each time."""


class _Sequences(HTTPTap):
    def __init__(self, title: str, rest: str, setting: Setting) -> None:
        super().__init__(title, rest, setting)
        self.tree.root.child(_ROOT)
        self._places: dict[str, tuple[str, ...]] = {}
        """By address, where its node was seen last: the names from the root."""

    def add(self, message: Any, packet: Packet, now: float) -> None:
        if isinstance(message, HTTPRequest):
            uri, referers = full_uri(message), values_of(message, "Referer")
            if uri is not None and referers:
                self._lead(referers[-1], uri, now)
            return
        if message is None:
            return
        base, said = message.learnt("full_uri"), values_of(message, "Location") if hasattr(message, "headers") else []
        target = None if base is None or not said else located(base, said[-1])
        if target is not None:
            self._lead(base, target, now)

    def _lead(self, page: str, target: str, now: float) -> None:
        """Count that a page led to another; all pages above count once more."""
        place = self._places.get(page, (_ROOT, page))
        self._node(place).add(now)
        if len(place) < _DEEPEST:
            below = (*place, target)
            self._node(below).add(now)
            for name, where in ((page, place), (target, below)):
                if name in self._places or len(self._places) < MOST_NODES:
                    self._places[name] = where
        for size in range(len(place), 0, -1):
            self._node(place[:size]).add(now)

    def _node(self, names: tuple[str, ...]) -> Any:
        node = self.tree.root
        for name in names:
            node = node.child(name)
        return node


def located(base: str, said: str) -> str | None:
    """Return where a redirection from an address leads to, as far as Wireshark resolves it; None where it does not.

    >>> located("http://a/b/c?d", "e"), located("http://a/b/c?d", "?e"), located("http://a/b/c", "/e")
    ('http://a/b/e', 'http://a/b/c?e', 'http://a/e')
    """
    scheme, mark, behind = base.partition("://")
    if not mark:
        return None
    if not said:
        return base
    if said.startswith("//"):
        return f"{scheme.lower()}:{said}"
    if "://" in said:
        return said
    plain = behind.partition("#")[0].partition("?")[0]
    if said.startswith("?"):
        return f"{scheme}://{plain}{said}"
    if said.startswith("/"):
        return f"{scheme}://{plain.partition('/')[0]}{said}" if "/" in plain else None
    folder = plain.rpartition("/")[0] if "/" in plain else plain
    return f"{scheme}://{folder}/{said}"


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z http_seq,tree[,filter]`."""
    return _Sequences("HTTP/Request Sequences", rest, setting)
