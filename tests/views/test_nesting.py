"""Lines below others: fields inside of others, groups, and remarks below what they are about."""

from __future__ import annotations

from dissect import TCP, IPv4
from dissect.declaration.problems import Problem
from dissect.views.nesting import (
    ends_of,
    expert_node,
    grouped,
    hidden,
    in_rows,
    inside,
    is_several_ends,
    nested,
    place_experts,
)
from dissect.views.node import Node, keep
from dissect.wireshark.detail_rows import Row
from dissect.wireshark.expert import ExpertItem

ITEM = ExpertItem("x.wrong", "It is wrong", "Error", "Protocol", "x.b")


def test_fields_that_stand_inside_of_others_are_told_by_their_class() -> None:
    assert inside(TCP)["tcp.flags.str"] == "tcp.flags"


def test_a_field_stands_below_its_parent_where_that_is_there_once() -> None:
    parent, child = Node("b", "field", label="x.b"), Node("c", "computed", label="x.c")
    keep("parent", parent)
    assert nested([parent, child], {"x.c": "x.b"}) == [Node("b", "field", label="x.b", children=[child])]
    assert parent.children == []
    assert nested([parent, parent, child], {"x.c": "x.b"}) == [parent, parent, child]
    assert nested([child], {"x.c": "x.b"}) == [child]


def test_a_group_stands_where_the_first_of_its_lines_stood() -> None:
    nodes = [Node(label, "field", label=f"ip.{label}") for label in "abc"]
    found = grouped(IPv4(), nodes, {"Times": ("a", "c")})
    assert [node.line for node in found] == ["[Times]", "b"]
    assert found[0].children == [nodes[0], nodes[2]]


def test_rows_have_the_fields_that_they_tell_in_their_order() -> None:
    remark = Node("[odd]", "expert")
    first = Node("A: 1", "field", label="ip.a", children=[remark])
    nodes = [first, *(Node(f"[{label}]", "computed", label=f"ip.{label}") for label in "bcbd")]
    rows = [
        Row("one", 0, 4, below=("a",)),
        Row("two", 4, 3, ("b",), ("d",)),
        Row("three", 7, 5, ("b",), ("d",)),
        Row("four", 12, 1, ("b",)),
    ]
    found = in_rows(IPv4(), nodes, rows, 10)
    assert [(node.line, node.kind, node.label, node.start, node.length) for node in found] == [
        ("one", "group", "", 10, 4),
        ("two", "field", "ip.b", 14, 3),
        ("two", "hidden", "ip.d", 14, 3),
        ("three", "field", "ip.b", 17, 5),
        ("four", "group", "", 22, 1),
        ("[c]", "computed", "ip.c", None, 0),
    ]
    # What is remarked about a field of a line stands below the line.
    assert found[0].children == [remark, first.changed(children=[])]
    assert in_rows(IPv4(), [first], rows[:1], None)[0].start is None


def test_what_is_hidden_keeps_its_place() -> None:
    nodes = [Node(label, "computed", label=f"ip.{label}") for label in "ab"]
    assert [node.kind for node in hidden(IPv4(), nodes, {"b"})] == ["computed", "hidden"]


def test_each_zero_at_the_end_of_a_list_is_an_end_of_its_own() -> None:
    kind = Node("Kind: 0", "field", 54, 1, "tcp.option_kind", text="0")
    remark = Node("[odd]", "expert")
    end = Node("End", "option", 54, 3, "tcp.options.eol", data=bytes([0, 0, 1]), octets=True, children=[kind, remark])
    assert is_several_ends(end)
    assert not is_several_ends(kind)
    first, second = ends_of(end)
    assert [(each.start, each.length, each.text) for each in (first, second)] == [(54, 1, "00"), (55, 1, "00")]
    assert [len(each.children) for each in (first, second)] == [1, 2]
    assert second.children[0].start == 55
    assert [each.start for each in ends_of(end.changed(label="ip.opt.eol"))] == [54]


def test_a_remark_stands_below_its_line_and_the_problem_that_says_the_same_below_it() -> None:
    state = Node("", "computed", label="x.b.state")
    root = Node("", "layer", children=[Node("b", "field", label="x.b", children=[state])])
    remarked = [Problem("x", "b", None, "is wrong", name="x.wrong")]
    place_experts(root, [ITEM, ITEM._replace(about="")], remarked)
    first, second = root.children[0].children
    assert (first.line, second) == (f"[{ITEM.line}]", state)
    assert [child.kind for child in first.children] == ["problem"]
    assert root.children[1] == expert_node(ITEM)
    assert remarked == []
