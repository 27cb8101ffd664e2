"""Which headers may be in the frames that a filter lets through: of others there is nothing to learn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Container, Mapping

from dissect.declaration.header import Data, Header
from dissect.declaration.named import name_of
from dissect.declaration.pending import modules_naming
from dissect.declaration.selection import changes
from dissect.filters.nodes import And, Node, Or
from dissect.filters.prefilter import Leaf
from dissect.filters.reach import NOTHING, behind, names_of
from dissect.flows.learner import learner_of
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.types import declared_fields, declared_headers

__all__ = ["HeldByPassing"]


class HeldByPassing(Container[type[Header]]):
    """The classes of headers that may be in frames which pass, as `ReadingPass` takes them for `only`.

    Those are left out that are the last of a frame, and behind no header that has what the filter asks for: an ARP
    packet is in no frame with a TCP segment. What carries others is among them, and what means something for others.
    With `into`, frames are left out in which headers that are not among these carry anything.
    """

    def __init__(self, node: Node, leaves: Mapping[Node, Leaf], into: Container[type[Header]] | None = None) -> None:
        self._node = node
        self._leaves = leaves
        self._into = into
        self._known: dict[tuple[object, int], bool] = {}
        self._state = -1, -1
        """What was declared when the names were found."""
        self._names: dict[tuple[str, str], set[str] | None] = {}

    def __contains__(self, cls: object) -> bool:
        key = cls, changes()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = isinstance(cls, type) and issubclass(cls, Header) and self._may_hold(cls)
        return known

    def may_pass(self, names: Collection[str]) -> bool:
        """Whether a frame may pass whose headers are of classes with these names (`named.name_of`), and none else."""

        def may_hold(leaf: Leaf) -> bool:
            asked = self._names_for(leaf)
            return asked is None or not asked.isdisjoint(names)

        return _holds(self._node, self._leaves, may_hold)

    def _names_for(self, leaf: Leaf) -> set[str] | None:
        """Return the names of the classes of headers that have what a test asks for; None where any may."""
        # Classes are declared by modules, or by who counts a change.
        state = changes(), len(sys.modules)
        if state != self._state:
            self._state = state
            self._names.clear()
        key = leaf.name, leaf.operator
        if key not in self._names:
            self._names[key] = _asked_for(leaf)
        return self._names[key]

    def _may_hold(self, cls: type[Header]) -> bool:
        kind = learner_of(cls) if cls.is_declared else None
        if kind is None:
            return False
        return not kind.apart or behind(cls) != NOTHING or self._may_pass(cls)

    def _may_pass(self, cls: type[Header]) -> bool:
        """Whether a frame may pass that ends in such a header."""
        return _holds(self._node, self._leaves, lambda leaf: _may_stand_with(leaf, cls, self._into))


def _holds(node: Node, leaves: Mapping[Node, Leaf], may_hold: Callable[[Leaf], bool]) -> bool:
    """Whether a filter may hold where its tests may."""
    if isinstance(node, And):
        return all(_holds(operand, leaves, may_hold) for operand in node.operands)
    if isinstance(node, Or):
        return any(_holds(operand, leaves, may_hold) for operand in node.operands)
    leaf = leaves.get(node)
    return leaf is None or may_hold(leaf)


def _may_stand_with(leaf: Leaf, cls: type[Header], into: Container[type[Header]] | None) -> bool:
    """Whether what a test asks for may be in a frame that ends in such a header; `into` as in `HeldByPassing`."""
    owners = _owners(leaf)
    own = names_of(cls)
    if owners is None or not owners.isdisjoint(own):
        return True
    headers = declared_headers()
    for owner in owners:
        owning = [each for each in headers if owner in names_of(each)]
        carriers = [behind(each) if into is None or each in into else NOTHING for each in owning]
        if not carriers or any(each.anything or not each.names.isdisjoint(own) for each in carriers):
            return True
    return False


def _asked_for(leaf: Leaf) -> set[str] | None:
    """Return the names of the classes of headers that have what a test asks for; None where any may."""
    owners = _owners(leaf)
    if owners is None:
        return None
    return {name_of(each) for each in declared_headers() if not owners.isdisjoint(names_of(each))} or None


def _owners(leaf: Leaf) -> set[str] | None:
    """Return the names of the protocols that have what a test asks for; None where any may, or others are to come."""
    name = leaf.name
    if name in FRAME_FIELDS or name in RESOLVED or name in EXPERT_FIELDS or name == Data.name:
        return None
    if leaf.kind.family == "protocol":
        modules = modules_naming(name)
        is_known = leaf.operator == "exists" and modules is not None and modules <= sys.modules.keys()
        # It may be the name of what is not declared yet.
        return {name} if is_known else None
    declared_by = {field.owner for field in declared_fields(name)}
    if not declared_by or any(each is None or issubclass(each, Data) for each in declared_by):
        # Bytes that no protocol reads may be in any frame.
        return None
    return {each.name for each in declared_by if each is not None}
