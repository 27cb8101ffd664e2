"""Branches that were told ask the same questions, and what names classes waits for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from marshal import dumps, loads
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import IPv4
from dissect.declaration.branches import Branch, Leaf, refused
from dissect.declaration.symbols import UntraceableError
from dissect.views.kept_branches import recall, recount, restored_branch, told_branch

LATER = "module_that_comes_later"


class Later:
    """Stands for the class of a protocol that is not always there."""


Later.__module__ = LATER


@pytest.fixture
def later() -> Iterator[None]:
    """Have the class there, as somebody's import would."""
    module = ModuleType(LATER)
    module.Later = Later  # type: ignore[attr-defined]  # a module of this test
    sys.modules[LATER] = module
    yield
    sys.modules.pop(LATER, None)


def leaf(text: str) -> Leaf:
    return Leaf([f"p0 = {text}"], text, frozenset({"n0_8"}))


def again(root: Branch, unfound: frozenset[str] = frozenset()) -> Branch:
    return restored_branch(loads(dumps(told_branch(root, set(unfound)))))


def texts(branch: Branch, asked: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], str]:
    """Return the texts of leaves by all questions with the answers that lead there."""
    found = {}
    for key, each in branch.leaves.items():
        found[*asked, *zip(branch.asked, key, strict=True)] = each.text
    for key, child in branch.branches.items():
        found |= texts(child, (*asked, *zip(branch.asked, key, strict=True)))
    return found


@given(
    st.lists(
        st.lists(st.integers(0, 2) | st.booleans() | st.sampled_from([IPv4, None, b"a"]), min_size=1, max_size=4),
        max_size=12,
    )
)
def test_what_was_told_asks_the_same(answers: list[list[Any]]) -> None:
    root = Branch(("q",))
    for number, each in enumerate(answers):
        path = [(f"q{place}" if place else "q", answer) for place, answer in enumerate(each)]
        new = leaf(str(number))
        try:
            root.enter(path, new)
            new.call(refused)
        except UntraceableError:
            # A path that ends where another one goes on.
            continue
    assert texts(again(root)) == texts(root)


def test_answers_that_lead_on_by_now_do_not_crowd_out_others() -> None:
    root = Branch(("q",))
    for number in range(400):
        assert root.misses((number,)) == 1
    for number in range(380):
        new = leaf(str(number))
        root.enter([("q", number)], new)
        new.call(refused)
    assert again(root).missed == {(number,): 1 for number in range(380, 400)}


def test_counts_of_what_is_not_there_yet_are_kept_until_it_is(later: None) -> None:
    root = Branch(("q",))
    root.enter([("q", 1)], leaf("first"))
    root.leaves[1,].call(refused)
    for _ in range(2):
        root.misses((Later,))
    root.failed[Later,] = 1
    told = loads(dumps(told_branch(root, set())))
    module = sys.modules.pop(LATER)
    found = restored_branch(told)
    assert not found.missed
    found = again(found)
    sys.modules[LATER] = module
    recount(found)
    assert found.missed == {(Later,): 2}
    assert found.failed == {(Later,): 1}
    assert found.misses((Later,)) == 3
    assert not found.counted


def test_leaves_come_back_with_what_is_known_of_them() -> None:
    root, first, second = Branch(("q",)), leaf("first"), leaf("second")
    root.enter([("q", 1)], first)
    root.enter([("q", 2)], second)
    first.tried, first.is_usual, second.is_refused = 3, True, True
    root.missed[4,], root.failed[5,] = 2, 1
    found = again(root)
    (one, other) = found.leaves.values()
    assert (one.tried, one.is_usual, one.is_refused, one.lines) == (3, True, False, ["p0 = first"])
    assert (one.signature, one.branch, one.key) == (("n0_8",), found, (1,))
    assert other.is_refused
    assert (found.missed, found.failed) == ({(4,): 2}, {(5,): 1})
    assert not found.calls


def test_what_calls_something_unfound_is_left_out() -> None:
    root = Branch(("q",))
    root.enter([("q", 1)], leaf("t7(n0_8)"))
    root.enter([("q", 2)], leaf("t8(n0_8)"))
    root.enter([("q", 3), ("t7(n0_8)", 1)], leaf("behind"))
    root.enter([("q", object)], leaf("class"))
    root.enter([("q", frozenset())], leaf("no answer that can be told"))
    assert list(texts(again(root, frozenset({"t7"}))).values()) == ["t8(n0_8)", "class"]


def test_what_names_a_class_waits_for_it(later: None) -> None:
    root = Branch(("c1", "q"))
    root.enter([("c1", IPv4), ("q", 1)], leaf("there"))
    root.enter([("c1", Later), ("q", 1)], leaf("later"))
    root.enter([("c1", Later), ("q", 2), ("more", 3)], leaf("behind"))
    told = loads(dumps(told_branch(root, set())))
    module = sys.modules.pop(LATER)
    found = restored_branch(told)
    assert list(texts(found).values()) == ["there"]
    assert not recall(found)
    # What waits is told on.
    assert len(restored_branch(loads(dumps(told_branch(found, set())))).waiting) == 2
    sys.modules[LATER] = module
    assert [each.text for each in recall(found)] == ["later", "behind"]
    assert texts(found) == texts(root)


@pytest.mark.parametrize("first", [("c1",), ("q",)])
def test_what_waits_is_split_with_its_branch(first: tuple[str], later: None) -> None:
    whole = [("c1", Later), ("q", 1)] if first == ("c1",) else [("q", 1), ("c1", Later)]
    root = Branch(tuple(question for question, _ in whole))
    root.enter(whole, leaf("later"))
    told = loads(dumps(told_branch(root, set())))
    module = sys.modules.pop(LATER)
    assert not texts(restored_branch(told))
    found = restored_branch(told)
    found.enter([(first[0], IPv4 if first == ("c1",) else 2), ("else", 2)], leaf("new"))
    sys.modules[LATER] = module
    recall(found)
    for child in list(found.branches.values()):
        recall(child)
    assert sorted(texts(found).values()) == ["later", "new"]
    assert texts(found)[tuple(whole)] == "later"
