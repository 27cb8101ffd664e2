"""A tree of questions that is written out gives what going through its branches gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.branches import Branch, Leaf, refused
from dissect.declaration.choices import OPEN, Choices, indented

__all__: list[str] = []
ANSWERS: dict[str, list[Any]] = {
    "a": [True, False], "b": [1, 2, 3], "c": [b"x", b"y"], "d": [True, False], "e": [int, None], "f": [0, 7]
}  # fmt: skip
"""Questions, each with answers of a kind, as conditions have them."""
NAMES = list(ANSWERS)


class Written(Choices):
    """Leaves return their numbers, of which some are left out; one question has always the same answer."""

    otherwise = "return 'elsewhere'"

    def __init__(self, always: dict[str, Any], left_out: set[str]) -> None:
        super().__init__({})
        self._always = always
        self._left_out = left_out

    def assigned(self, wanted: set[str], assigned: set[str]) -> list[str]:
        new = sorted(wanted - assigned)
        assigned |= wanted
        return [f"{name} = values[{name!r}]" for name in new]

    def always(self, question: str) -> Any:
        return self._always.get(question, OPEN)

    def leaf(self, leaf: Leaf, assigned: set[str]) -> list[str]:
        return [] if leaf.text in self._left_out else [f"return {leaf.text}"]


def walked(root: Branch, values: dict[str, Any]) -> Leaf | None:
    branch = root
    while True:
        key = tuple(values.get(question) for question in branch.asked)
        if key in branch.leaves:
            return branch.leaves[key]
        if key not in branch.branches:
            return None
        branch = branch.branches[key]


def run(value: Callable[[Any], Any]) -> list[tuple[str, Any]]:
    """Return what a run asked: which question comes next depends on the answers before it."""
    path: list[tuple[str, Any]] = []
    place = 0
    while place < len(NAMES):
        answer = value(st.sampled_from(ANSWERS[NAMES[place]]))
        path.append((NAMES[place], answer))
        place += 1 + (answer in (True, b"x"))
        if answer is None:
            break
    return path


@given(data=st.data())
def test_what_is_written_out_comes_to_the_same_leaves(data: st.DataObject) -> None:
    root: Branch | None = None
    paths: list[dict[str, Any]] = []
    for number in range(data.draw(st.integers(1, 8))):
        path = run(data.draw)
        if dict(path) in paths:
            continue
        root = root or Branch(tuple(question for question, _ in path))
        leaf = Leaf([], str(number), frozenset())
        root.enter(path, leaf)
        leaf.call(refused)
        paths.append(dict(path))
    assert root is not None
    left_out = {str(number) for number in data.draw(st.sets(st.integers(0, 7), max_size=2))}
    always = {"a": data.draw(st.booleans())} if data.draw(st.booleans()) else {}
    writer = Written(always, left_out)
    lines = ["def find(values):", *indented(1, writer.branch(root, set()) or [writer.otherwise])]
    there: dict[str, Any] = dict(writer.names)
    exec("\n".join(lines), there)
    others = data.draw(st.lists(st.fixed_dictionaries({name: st.sampled_from(ANSWERS[name]) for name in NAMES})))
    for values in [*paths, *others]:
        told = {name: answers[0] for name, answers in ANSWERS.items()} | values | always
        found = walked(root, told)
        expected = "elsewhere" if found is None or found.text in left_out else int(found.text)
        assert there["find"](told) == expected
