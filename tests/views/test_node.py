"""A node that is kept stands in many trees: who changes one changes a copy."""

from __future__ import annotations

from dissect.views.node import KEPT, Node, digits_of, found_below, keep, place_below


def family() -> Node:
    grandchild = Node("c", "field", label="c")
    return Node("a", "field", label="a", children=[Node("b", "field", label="b", children=[grandchild])])


def test_a_node_of_one_tree_is_its_own() -> None:
    node = family()
    assert node.own() is node


def test_a_copy_has_children_of_its_own() -> None:
    node = family()
    keep("key", node)
    copy = node.own()
    assert copy == node
    assert copy is not node
    assert copy.kept is None
    copy.children.append(Node("d", "field"))
    assert len(node.children) == 1


def test_a_changed_copy_has_other_values_and_all_that_the_node_has() -> None:
    values = {
        name: [family()] if name == "children" else f"its {name}"
        for name in Node.__slots__
        if name not in ("kept", "text")
    }
    node = Node(**values, text="its text")  # type: ignore[arg-type]  # what they are does not matter here
    keep("key", node)
    copy = node.changed(text="another")
    assert (copy.text, copy.kept) == ("another", None)
    assert copy != node
    assert copy.changed(text="its text") == node
    assert node != "its line"


def test_what_is_placed_below_changes_no_kept_node() -> None:
    node = family()
    keep("key", node)
    root = Node("", "layer", children=[node])
    place = place_below(root, "c")
    assert place is not None
    place.children.append(Node("remark", "expert"))
    assert node == family()
    assert root.children[0].children[0].children[0].children == [Node("remark", "expert")]
    assert place_below(root, "e") is None
    assert found_below(root, "c")
    assert not found_below(root, "e")


def test_so_many_are_kept() -> None:
    for number in range(20_000):
        keep(number, Node("", "field"))
        assert len(KEPT) <= 8192


def test_bytes_are_told_in_hexadecimal_and_bits_as_their_number() -> None:
    assert digits_of(b"\x4f\x05", 0) == "4f05"
    assert digits_of(b"\x4f\x05", 0x0FF0) == "F0"
    assert digits_of(b"\x45", 0xF0) == "4"


def test_lines_for_people_have_words_and_are_not_hidden() -> None:
    nodes = [Node("a", "field"), Node("", "computed"), Node("a", "hidden")]
    assert [node.is_seen for node in nodes] == [True, False, False]
