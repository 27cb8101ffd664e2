"""Which headers may be in the frames that a filter lets through: of others there is nothing to learn."""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping

from dissect.declaration.header import Data, Header
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
    """

    def __init__(self, node: Node, leaves: Mapping[Node, Leaf]) -> None:
        self._node = node
        self._leaves = leaves
        self._known: dict[tuple[object, int], bool] = {}

    def __contains__(self, cls: object) -> bool:
        key = cls, changes()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = isinstance(cls, type) and issubclass(cls, Header) and self._may_hold(cls)
        return known

    def _may_hold(self, cls: type[Header]) -> bool:
        kind = learner_of(cls) if cls.is_declared else None
        if kind is None:
            return False
        return not kind.apart or behind(cls) != NOTHING or self._may_pass(self._node, cls)

    def _may_pass(self, node: Node, cls: type[Header]) -> bool:
        """Whether this part of the filter may hold for a frame that ends in such a header."""
        if isinstance(node, And):
            return all(self._may_pass(operand, cls) for operand in node.operands)
        if isinstance(node, Or):
            return any(self._may_pass(operand, cls) for operand in node.operands)
        leaf = self._leaves.get(node)
        return leaf is None or _may_stand_with(leaf, cls)


def _may_stand_with(leaf: Leaf, cls: type[Header]) -> bool:
    """Whether what a test asks for may be in a frame that ends in such a header."""
    name = leaf.name
    if name in FRAME_FIELDS or name in RESOLVED or name in EXPERT_FIELDS or name == Data.name:
        return True
    if leaf.kind.family == "protocol":
        modules = modules_naming(name)
        if leaf.operator != "exists" or modules is None or not modules <= sys.modules.keys():
            # It may be the name of what is not declared yet.
            return True
        owners = {name}
    else:
        declared_by = {field.owner for field in declared_fields(name)}
        if not declared_by or any(each is None or issubclass(each, Data) for each in declared_by):
            # Bytes that no protocol reads may be in any frame.
            return True
        owners = {each.name for each in declared_by if each is not None}
    own = names_of(cls)
    if not owners.isdisjoint(own):
        return True
    headers = declared_headers()
    for owner in owners:
        carriers = [behind(each) for each in headers if owner in names_of(each)]
        if not carriers or any(each.anything or not each.names.isdisjoint(own) for each in carriers):
            return True
    return False
