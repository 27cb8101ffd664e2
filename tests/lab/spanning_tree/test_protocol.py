"""Bridges agree on one tree: without circles at any time, as large as the network, by the shortest ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import FieldError
from dissect.lab.spanning_tree.bridge import TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Kind, Message, Role
from dissect.lab.spanning_tree.protocol import SpanningTree
from dissect.lab.spanning_tree.vectors import Times, Vector, bridge_identifier
from tests.lab.spanning_tree.bridged import SECOND, Bridges

TRIANGLE = [(0, 1), (1, 2), (2, 0)]


def roles(bridges: Bridges) -> list[list[str]]:
    return [
        [tree.state(port).role.value for port in range(sum(pair.count(number) for pair in bridges.links))]
        for number, tree in enumerate(bridges.trees)
    ]


def test_three_bridges_in_a_circle_agree_in_the_time_of_a_few_messages() -> None:
    bridges = Bridges(3, TRIANGLE)
    bridges.run(0.001)
    assert roles(bridges) == [["designated", "designated"], ["root", "designated"], ["alternate", "root"]]
    assert bridges.passing() == [0, 2]
    assert [tree.is_root for tree in bridges.trees] == [True, False, False]
    assert {tree.root for tree in bridges.trees} == {"32768.02:00:00:00:00:01"}
    assert [tree.root_cost for tree in bridges.trees] == [0, 20000, 20000]


def test_when_a_link_is_cut_the_other_way_opens_at_once_and_closes_again_when_it_is_whole() -> None:
    bridges = Bridges(3, TRIANGLE)
    bridges.run(5)
    for tree in bridges.trees:
        tree.take_flushed()
    bridges.change(0, is_up=False)
    bridges.run(0.001)
    assert bridges.passing() == [1, 2]
    assert all(tree.take_flushed() for tree in bridges.trees), "addresses are forgotten everywhere"
    bridges.change(0, is_up=True)
    bridges.run(0.001)
    assert bridges.passing() == [0, 2]


def test_the_least_priority_is_the_root_and_costs_decide_the_way() -> None:
    bridges = Bridges(
        3, TRIANGLE, lambda number: TreeSettings(priority=4096 if number == 2 else 32768), lambda link: [1, 1, 10][link]
    )
    bridges.run(1)
    assert [tree.is_root for tree in bridges.trees] == [False, False, True]
    assert (bridges.trees[0].root_cost, bridges.passing()) == (2, [0, 1])


def test_two_links_between_two_bridges_and_one_from_a_bridge_to_itself() -> None:
    bridges = Bridges(2, [(0, 1), (0, 1), (1, 1)])
    bridges.run(5)
    assert roles(bridges) == [["designated", "designated"], ["root", "alternate", "designated", "backup"]]


def test_old_bridges_wait_twice_the_delay() -> None:
    bridges = Bridges(3, TRIANGLE, lambda number: TreeSettings(rapid=False))
    bridges.run(29)
    assert bridges.passing() == []
    bridges.run(2)
    assert bridges.passing() == [0, 2]
    bridges.change(0, is_up=False)
    bridges.run(1)
    assert bridges.passing() == [2]
    bridges.run(55)
    assert bridges.passing() == [1, 2]


def test_a_rapid_bridge_speaks_the_old_protocol_with_an_old_one() -> None:
    bridges = Bridges(2, [(0, 1)], lambda number: TreeSettings(rapid=number == 0))
    bridges.run(60)
    assert bridges.passing() == [0]
    assert bridges.trees[1].state(0).role is Role.ROOT


def test_a_silent_root_is_given_up_after_three_hello_times() -> None:
    bridges = Bridges(3, TRIANGLE)
    bridges.run(5)
    # The bridge is dead, and its cables are in.
    bridges.cut |= {place for link in (0, 2) for place in bridges.places[link]}
    bridges.run(5)
    assert not bridges.trees[1].is_root
    bridges.run(3)
    assert bridges.trees[1].is_root
    assert bridges.trees[2].root == "32768.02:00:00:00:00:02"


def test_a_port_without_a_bridge_forwards_after_three_seconds_and_an_edge_at_once() -> None:
    tree = SpanningTree(TreeSettings(), "02:00:00:00:00:01")
    tree.add_port(0, "02:00:00:00:00:11")
    tree.add_port(1, "02:00:00:00:00:12", TreePortSettings(edge=True))
    tree.set_enabled([0, 1], True, 0)
    assert [tree.state(port).word for port in (0, 1)] == ["discarding", "forwarding"]
    tree.advance(3 * SECOND)
    assert tree.state(0).word == "forwarding"


def test_at_most_six_messages_go_in_a_second() -> None:
    tree = SpanningTree(TreeSettings(), "02:00:00:00:00:09")
    tree.add_port(0, "02:00:00:00:00:11")
    sent = len(tree.set_enabled([0], True, 0))
    for number in range(1, 100):
        vector = Vector(bridge_identifier(4096, "02:00:00:00:00:01"), 1000 - number, 1 << 60, 0x8001)
        sent += len(tree.receive(0, Message(Kind.RAPID, vector, Times(), proposal=True), number * 1_000_000))
    assert sent == 6
    deadline = tree.deadline
    assert deadline is not None
    assert len(tree.advance(max(deadline, SECOND))) == 1


def test_costs_are_those_of_bandwidths() -> None:
    tree = SpanningTree(TreeSettings(), "02:00:00:00:00:09")
    for number, bandwidth in enumerate([10_000_000, 100_000_000, 1_000_000_000, 10**15, 1, None]):
        tree.add_port(number, "02:00:00:00:00:11", bandwidth=bandwidth)
    assert [tree.cost(number) for number in range(6)] == [2_000_000, 200_000, 20_000, 1, 200_000_000, 20_000]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: TreeSettings(priority=1), "a multiple of 4096 from 0 to 61440"),
        (lambda: TreeSettings(hello_ns=0), "a bridge's hello is 0 ns, expected 1 to 10 seconds"),
        (lambda: TreeSettings(delay_ns=4 * SECOND), "a bridge's times don't fit"),
        (lambda: TreePortSettings(priority=1), "a multiple of 16 from 0 to 240"),
        (lambda: TreePortSettings(cost=0), "expected 1 to 200000000"),
    ],
)
def test_what_the_standard_does_not_allow(made: object, said: str) -> None:
    assert callable(made)
    with pytest.raises(FieldError, match=said):
        made()


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], list[int]]:
    count = draw(st.integers(2, 7))
    bridge = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(bridge, bridge).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=12))
    return count, pairs, draw(st.permutations(range(len(pairs))))


@settings(max_examples=60)
@given(networks(), st.booleans())
def test_any_network_ends_as_one_tree_and_no_circle_is_open_on_the_way(
    network: tuple[int, list[tuple[int, int]], list[int]], all_rapid: bool
) -> None:
    count, pairs, order = network
    bridges = Bridges(count, pairs, lambda number: TreeSettings(rapid=all_rapid or number % 3 != 1))
    whole = set(range(len(pairs)))

    def settle(seconds: int) -> None:
        for _ in range(seconds * 2):
            bridges.run(0.5)
            assert not bridges.parts(bridges.passing())[1], "a circle"
        assert bridges.parts(bridges.passing())[0] == bridges.parts(whole)[0], "something is not reached"

    settle(10 if all_rapid else 75)
    for link in order[:2]:
        bridges.change(link, is_up=False)
        whole.discard(link)
        settle(10 if all_rapid else 75)
    bridges.change(order[0], is_up=True)
    whole.add(order[0])
    settle(10 if all_rapid else 75)


@given(st.lists(st.tuples(st.integers(0, 2), st.binary(max_size=60)), max_size=20))
def test_it_is_still_for_a_port_that_is_down(sent: list[tuple[int, bytes]]) -> None:
    tree = SpanningTree(TreeSettings(), "02:00:00:00:00:01")
    for port in range(3):
        tree.add_port(port, "02:00:00:00:00:11")
    for now, (port, data) in enumerate(sent):
        vector = Vector(len(data), now, port, now)
        assert tree.receive(port, Message(Kind.RAPID, vector, Times()), now) == []
    assert tree.deadline is None
