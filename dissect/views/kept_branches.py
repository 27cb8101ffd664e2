"""Branches (`dissect.declaration.branches`), told so that another process asks the same questions.

What follows from answers that name a class waits until the class is there: to import all protocols that anybody has
ever seen behind UDP would take longer than what is spared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dissect.declaration.branches import Branch, Leaf, words
from dissect.declaration.references import UntellableError, are_there, restored, told_value

__all__ = ["recall", "recount", "restored_branch", "told_branch"]

_MOST_COUNTED = 256
"""Of so many answers at a branch that lead nowhere it is told how often they came."""


def told_branch(branch: Branch, unfound: set[str]) -> tuple[Any, ...]:
    """Return what `restored_branch` takes, without what calls one of the names that are `unfound`."""
    leaves = {
        key: (leaf.told(), leaf.tried, leaf.is_usual, leaf.is_refused)
        for key, leaf in _told_keys(branch.leaves)
        if not unfound or words((*leaf.lines, leaf.text)).isdisjoint(unfound)
    }
    branches = {
        key: told_branch(child, unfound)
        for key, child in _told_keys(branch.branches)
        if words(child.asked).isdisjoint(unfound)
    }
    for key, told, is_leaf in branch.waiting:
        (leaves if is_leaf else branches)[key] = told
    # Answers that lead on by now need not be counted.
    missed = {key: count for key, count in branch.missed.items() if not branch.leads_on(key)}
    counts = [dict(_told_keys(each)) for each in (missed, branch.failed)]
    for key, counted in branch.counted.items():
        for each, count in zip(counts, counted, strict=True):
            if count:
                each[key] = count
    return branch.asked, leaves, branches, *(dict([*each.items()][:_MOST_COUNTED]) for each in counts)


def restored_branch(told: tuple[Any, ...]) -> Branch:
    """Return a branch that was told; its leaves have no functions yet, and are not called.

    Raises UntellableError where something that it asks for is not there.
    """
    asked, leaves, branches, missed, failed = told
    branch = Branch(asked)
    branch.waiting = [(key, leaf, True) for key, leaf in leaves.items()]
    branch.waiting += [(key, child, False) for key, child in branches.items()]
    recall(branch)
    branch.counted = {key: (missed.get(key, 0), failed.get(key, 0)) for key in (*missed, *failed)}
    recount(branch)
    return branch


def recount(branch: Branch) -> None:
    """Have a branch go on to count answers that another process has counted, if what they name is there by now."""
    for key in [*filter(are_there, branch.counted)]:
        missed, failed = branch.counted.pop(key)
        answers = tuple(map(restored, key))
        for counts, count in ((branch.missed, missed), (branch.failed, failed)):
            if count:
                counts[answers] = counts.get(answers, 0) + count


def recall(branch: Branch) -> list[Leaf]:
    """Have a branch know what waited for classes that are there now; return the leaves that are new, none of it called.

    Raises UntellableError where something of it is not there.
    """
    waiting, branch.waiting, branch.modules = branch.waiting, [], len(sys.modules)
    found: list[Leaf] = []
    for key, told, is_leaf in waiting:
        if not are_there(key):
            branch.waiting.append((key, told, is_leaf))
        elif is_leaf:
            leaf = Leaf.of_another(told[0])
            _, leaf.tried, leaf.is_usual, leaf.is_refused = told
            branch.hold(tuple(map(restored, key)), leaf)
            found.append(leaf)
        else:
            child = branch.branches[tuple(map(restored, key))] = restored_branch(told)
            found += _leaves(child)
    return found


def _leaves(branch: Branch) -> Iterator[Leaf]:
    for each in branch.walk():
        yield from each.leaves.values()


def _told_keys(entries: Mapping[tuple[Any, ...], Any]) -> Iterable[tuple[tuple[Any, ...], Any]]:
    """Yield those entries of which the answers can be told."""
    for key, entry in entries.items():
        try:
            yield tuple(map(told_value, key)), entry
        except UntellableError:
            continue
