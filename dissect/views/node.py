"""A node of the details: a line about a layer, field, option or problem, with its bytes and what stands below it.

What is said of a field that the header has at a fixed place is the same wherever these bytes stand there again, and
few values come again and again. So such nodes are *kept*: one stands in the trees of many packets, with what views
have made of it, and who wants to change one changes a copy (`Node.own`).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from dissect.declaration.bounded import Bounded
from dissect.declaration.traced_bytes import number_in

__all__ = ["KEPT", "Node", "digits_of", "found_below", "keep", "place_below"]


def digits_of(octets: bytes, mask: int) -> str:
    """Return bytes in hexadecimal; with a mask, which is not 0, the number that its bits are in them."""
    return f"{(number_in(octets) & mask) // (mask & -mask):X}" if mask else octets.hex()


class Node:
    """A line of the details: `start` and `length` are in bytes from the start of the frame.

    `start` is None where a line stands for no bytes of the frame; `line` is "" for what is no line of its own, the
    state of a checksum. `kind` is "layer", "field", "computed", "mark" (a field without a value), "option", "group"
    (a line around others), "hidden" (a field that only filters see), "expert" (what Wireshark remarks: `text` has its
    words, `group` what it is about) or "problem"; `label` the display-filter name and `text` what tshark prints for
    it, where the line is a field's; `severity` that of a problem or remark. `mask` has the bits that are a field's
    among those of its bytes, and is 0 where all are.
    """

    # Not made by `dataclasses`, which takes longer to import than this room does.
    __slots__ = (
        "also",
        "carries_apart",
        "children",
        "data",
        "group",
        "kept",
        "kind",
        "label",
        "length",
        "line",
        "mask",
        "number",
        "octets",
        "severity",
        "shares",
        "start",
        "text",
    )

    def __init__(
        self,
        line: str,
        kind: str,
        start: int | None = None,
        length: int = 0,
        label: str = "",
        also: str = "",
        text: str = "",
        octets: bool = False,
        severity: str = "",
        group: str = "",
        mask: int = 0,
        shares: bool = False,
        carries_apart: bool = False,
        number: int | None = None,
        data: bytes = b"",
        children: list[Node] | None = None,
    ) -> None:
        self.line = line
        self.kind = kind
        self.start = start
        self.length = length
        self.label = label
        self.also = also
        self.text = text
        self.octets = octets
        self.severity = severity
        self.group = group
        self.mask = mask
        self.shares = shares
        """Whether what the header carries is shown in the layer of the header itself."""
        self.carries_apart = carries_apart
        """Whether what a quoted header carries stands beside the layers of the frame for programs."""
        self.number = number
        """The value of a field that is a time, in nanoseconds."""
        self.data = data
        """The value of a field whose value is bytes."""
        self.children = [] if children is None else children
        self.kept: dict[Any, Any] | None = None
        """What views have made of a node that is kept, by what they made it for; None of one that is not."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not Node:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__ if name != "kept")

    def __repr__(self) -> str:
        return f"Node({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__ if name != 'kept')})"

    def changed(self, **changes: Any) -> Node:
        """Return a copy that is not kept, with other values of some attributes."""
        node = Node(
            self.line, self.kind, self.start, self.length, self.label, self.also, self.text, self.octets,
            self.severity, self.group, self.mask, self.shares, self.carries_apart, self.number, self.data,
            [*self.children],
        )  # fmt: skip
        for name, value in changes.items():
            setattr(node, name, value)
        return node

    @property
    def is_seen(self) -> bool:
        """Whether it is a line for people."""
        return bool(self.line) and self.kind != "hidden"

    def own(self) -> Node:
        """Return the node for one tree alone: a copy of one that is kept."""
        return self if self.kept is None else self.changed()


KEPT: Bounded[Hashable, Node] = Bounded(8192)
"""The nodes that are kept, by a number for what the line is of, the value, and the place."""


def keep(key: Hashable, node: Node) -> None:
    """Keep a node, and all that stand below it, for other trees."""
    KEPT.keep(key, node)
    _mark(node)


def _mark(node: Node) -> None:
    node.kept = {}
    for child in node.children:
        _mark(child)


def found_below(node: Node, label: str) -> bool:
    """Return whether the node of a field with this name stands below one."""
    return any(child.label == label or (child.children and found_below(child, label)) for child in node.children)


def place_below(node: Node, label: str) -> Node | None:
    """Return the first node with this name below one, for who will change it; None where there is none."""
    children = node.children
    for index, child in enumerate(children):
        if child.label == label or (child.children and found_below(child, label)):
            child = children[index] = child.own()
            return child if child.label == label else place_below(child, label)
    return None
