"""A display filter as a mask over all frames of a walk at once, where it compares nothing but what stands in places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dissect.filters.compiler import CompiledFilter
from dissect.filters.expressions import SIGNS
from dissect.filters.literals import Prefix
from dissect.filters.nodes import All, And, Node, Not, Or
from dissect.filters.prefilter import Leaf
from dissect.tables.arrays import Truths

__all__ = ["asked_for", "mask"]


def _leaves(passes: CompiledFilter) -> list[Leaf] | None:
    """Return all tests of a filter; None where some part of it is more than a test of a field with constants."""
    found: list[Leaf] = []

    def gather(node: Node) -> bool:
        if isinstance(node, All):
            return True
        if isinstance(node, Not):
            return gather(node.operand)
        if isinstance(node, (And, Or)):
            return all(map(gather, node.operands))
        leaf = passes.leaves.get(node)
        if leaf is None or not _is_simple(leaf):
            return False
        found.append(leaf)
        return True

    return found if gather(passes.node) else None


def _is_simple(leaf: Leaf) -> bool:
    if leaf.operator == "exists":
        return leaf.kind.is_number or leaf.kind.family in ("protocol", "none", "ether", "ipv4")
    if leaf.operator not in (*SIGNS, "in"):
        return False
    constants = [each for constant in leaf.constants for each in (constant if _is_range(constant) else (constant,))]
    if leaf.kind.family in ("ether", "ipv4"):
        is_ordered = leaf.operator not in ("==", "!=", "in")
        return all(isinstance(each, (bytes, Prefix)) for each in constants) and not (
            is_ordered and any(isinstance(each, Prefix) for each in constants)
        )
    return leaf.kind.is_number and leaf.kind.family != "signed" and all(isinstance(each, int) for each in constants)


def _is_range(constant: Any) -> bool:
    return isinstance(constant, tuple) and not isinstance(constant, Prefix)


def asked_for(passes: CompiledFilter) -> tuple[str, ...] | None:
    """Return the names of the fields that a mask of the filter is made of; None where there is none for it."""
    leaves = _leaves(passes)
    return None if leaves is None else tuple(dict.fromkeys(leaf.name for leaf in leaves))


def mask(passes: CompiledFilter, frames: int, found: Mapping[str, tuple[Any, Truths]]) -> Truths:
    """Return which frames pass, where each has a field once or not at all.

    `found` has the values of each field, and in which frames it is there; of a protocol the latter alone counts.
    """

    def answer(node: Node) -> Truths:
        if isinstance(node, All):
            return np.ones(frames, np.bool_)
        if isinstance(node, Not):
            return ~answer(node.operand)
        if isinstance(node, (And, Or)):
            join = np.logical_and if isinstance(node, And) else np.logical_or
            truths: Truths = join.reduce([answer(each) for each in node.operands])
            return truths
        leaf = passes.leaves[node]
        values, there = found[leaf.name]
        if leaf.operator == "exists":
            return there
        wide = values.astype(np.uint64)
        if leaf.operator == "in":
            tests = [_within(wide, constant) for constant in leaf.constants]
        else:
            tests = [_compared(wide, leaf.operator, leaf.constants[0])]
        holds: Truths = np.logical_or.reduce(tests) & there
        return holds

    return answer(passes.node)


def _within(values: Any, constant: Any) -> Truths:
    if _is_range(constant):
        low, high = constant
        inside: Truths = _compared(values, ">=", low) & _compared(values, "<=", high)
        return inside
    return _compared(values, "==", constant)


def _compared(values: Any, sign: str, constant: Any) -> Truths:
    if isinstance(constant, Prefix):
        kept = np.uint64(int.from_bytes(constant.mask, "big"))
        told: Truths = SIGNS[sign](values & kept, np.uint64(int.from_bytes(constant.address, "big")) & kept)
        return told
    number = int.from_bytes(constant, "big") if isinstance(constant, bytes) else constant
    told = SIGNS[sign](values, np.uint64(number))
    return told
