"""What traces tell is a tree: everybody is asked what those before were asked, as far as the answers were the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.branches import Branch, Leaf, Path, pruned, refused, words
from dissect.declaration.gathering import Span
from dissect.declaration.symbols import UntraceableError


def leaf(text: str = "") -> Leaf:
    return Leaf([], text, frozenset())


def path(**answers: Any) -> Path:
    return list(answers.items())


def found(root: Branch, answers: dict[str, Any]) -> Leaf | None:
    """Return the leaf that these answers lead to, asking no more than the branches do."""
    branch = root
    while True:
        key = tuple(answers.get(question) for question in branch.asked)
        if key in branch.leaves:
            return branch.leaves[key]
        if key not in branch.branches:
            return None
        branch = branch.branches[key]


def tree_of(*paths: Path) -> tuple[Branch, list[Leaf]]:
    root, leaves = Branch(tuple(question for question, _ in paths[0])), []
    for each in paths:
        leaves.append(leaf())
        root.enter(each, leaves[-1])
        leaves[-1].call(refused)
    return root, leaves


def test_packets_that_are_asked_the_same_are_told_apart_in_one_branch() -> None:
    root, leaves = tree_of(path(a=1, b=2), path(a=1, b=3), path(a=4, b=2))
    assert (root.asked, len(root.leaves), root.branches) == (("a", "b"), 3, {})
    assert found(root, {"a": 1, "b": 3}) is leaves[1]
    assert found(root, {"a": 4, "b": 3}) is None


def test_what_only_some_are_asked_stands_behind_the_answers_that_lead_there() -> None:
    root, leaves = tree_of(path(a=1, b=2, c=3), path(a=2, d=5), path(a=1, b=9, e=1))
    assert root.asked == ("a",)
    assert {branch.asked for branch in root.branches.values()} == {("b",), ("d",)}
    assert found(root, {"a": 2, "d": 5, "b": 7}) is leaves[1]
    assert found(root, {"a": 1, "b": 2, "c": 3}) is leaves[0]
    assert [each.branch.calls[each.key] for each in leaves] == [refused] * 3


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=12))
def test_all_that_was_entered_is_found(runs: list[list[bool]]) -> None:
    """Code that asks for another thing behind each answer, and ends at the first that is true in a row of two."""
    root, leaves = None, dict[tuple[tuple[str, Any], ...], Leaf]()
    for run in runs:
        answers, name = path(), ""
        for answer in run:
            answers.append((f"q{name}", answer))
            name += "10"[answer]
            if name.endswith("00"):
                break
        if tuple(answers) in leaves:
            continue
        root = root or Branch(tuple(question for question, _ in answers))
        leaves[tuple(answers)] = leaf()
        root.enter(answers, leaves[tuple(answers)])
        leaves[tuple(answers)].call(refused)
    assert root is not None
    for told, each in leaves.items():
        assert found(root, dict(told)) is each
        assert each.branch.leaves[each.key] is each
    assert sum(len(branch.leaves) for branch in root.walk()) == len(leaves)


@pytest.mark.parametrize("other", [path(b=1), path(a=1, b=2, c=3), path(a=1)])
def test_code_that_goes_another_way_for_no_reason_cannot_be_followed(other: Path) -> None:
    root, _ = tree_of(path(a=1, b=2))
    with pytest.raises(UntraceableError, match="code that"):
        root.enter(other, leaf())


@pytest.mark.parametrize("is_first", [False, True])
def test_what_serves_packets_otherwise_stands_where_its_path_ends(is_first: bool) -> None:
    others = [(path(a=1, b=2), leaf()), (path(a=1), leaf())]
    root = Branch(("a", "b", "c"))
    if is_first:
        for each in others:
            root.enter_otherwise(*each)
    for answer in (3, 4):
        end = leaf()
        root.enter(path(a=1, b=2, c=answer), end)
        end.call(refused)
    if not is_first:
        for other in others:
            root.enter_otherwise(*other)
    assert found(root, {"a": 1, "b": 2, "c": 4}) is not None
    assert (root.asked, root.otherwise) == (("a",), {(1,): others[1][1]})
    [behind] = root.branches.values()
    assert (behind.asked, behind.otherwise) == (("b",), {(2,): others[0][1]})
    # One that is split keeps it where it stands.
    behind.branches[2,].enter(path(c=5, d=6), leaf())
    behind.branches[2,].enter_otherwise(path(c=5, d=7), leaf())
    root.enter(path(a=1, b=3), leaf())
    assert behind.otherwise == {(2,): others[0][1]}
    for taken in (path(a=1), path(a=1, b=3)):
        with pytest.raises(UntraceableError, match="ended before"):
            root.enter_otherwise(taken, leaf())


def test_answers_that_lead_nowhere_are_counted() -> None:
    root, _ = tree_of(path(a=1))
    assert [root.misses((2,)), root.misses((3,)), root.misses((2,))] == [1, 1, 2]
    for number in range(5000):
        root.misses((number,))
    assert len(root.missed) <= 1024


def test_what_follows_from_numbers_in_front_is_not_asked() -> None:
    places = {"n0_16": Span(0, 16), "n8_8": Span(8, 8), "n32_8": Span(32, 8), "o0_4": Span(0, 32, is_octets=True)}
    variables = {*places, "size"}
    conditions = {
        "(n8_8 > 3)": True, "n0_16": 7, "n8_8": 7, "(n0_16 == 7)": True, "(n0_16 < n32_8)": True, "size": 60,
        "(size > 4)": True, "o0_4": b"abcd", "(n32_8 > 1)": True, "buffer[base + 9:base + size]": b"abcd",
    }  # fmt: skip
    kept = [question for question, _ in pruned(conditions, places, variables)]
    assert kept == [
        "(n8_8 > 3)",
        "n0_16",
        "(n0_16 < n32_8)",
        "size",
        "o0_4",
        "(n32_8 > 1)",
        "buffer[base + 9:base + size]",
    ]


def test_what_follows_from_several_numbers_together_is_not_asked() -> None:
    places = {"n0_8": Span(0, 8), "n8_8": Span(8, 8), "n4_8": Span(4, 8), "n12_8": Span(12, 8)}
    conditions = {"n0_8": 1, "n8_8": 2, "(n4_8 == 16)": True, "(n12_8 == 0)": False}
    assert [question for question, _ in pruned(conditions, places, set(places))] == ["n0_8", "n8_8", "(n12_8 == 0)"]


def test_words_are_the_names_in_python() -> None:
    assert words(["t3(n0_16) + e2", "base"]) == {"t3", "n0_16", "e2", "base"}
