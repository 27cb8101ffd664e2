"""The tree: the layers of a frame in their order, each at its bytes, and what stands behind them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, IPv4, Packet
from dissect.views.node import Node
from dissect.views.tree import tree
from tests.conftest import SAMPLES


def test_what_an_icmp_error_quotes_stands_below_it() -> None:
    frame = Ethernet() / IPv4() / dissect.DestinationUnreachable() / IPv4(ttl=1)
    nodes = tree(dissect.parse(bytes(frame)))
    assert [node.label for node in nodes] == ["eth", "ip", "icmp"]
    assert nodes[-1].children[-1].label == "ip"


def test_the_data_behind_the_time_in_a_ping_lies_behind_it() -> None:
    packets = dissect.with_context(dissect.read(SAMPLES / "first_ping.pcap", display_filter="icmp"))
    data = tree(next(iter(packets)))[-1].children[-1]
    assert (data.label, data.start, data.length) == ("data", 50, 48)
    assert (data.children[0].start, data.children[0].length) == (50, 48)


@given(st.binary(max_size=24), st.sampled_from([0, 9, 50, 101, 104, 108, 113, 147, 276]))
def test_a_cut_header_of_any_link_has_its_tree(data: bytes, link: int) -> None:
    for node in tree(dissect.parse(data, link=link)):
        assert node.line


@given(st.binary(max_size=150))
def test_children_lie_within_their_layer_of_any_frame(data: bytes) -> None:
    def check(node: Node) -> None:
        for child in node.children:
            if child.kind == "field" and node.kind == "field" and child.start is not None:
                assert node.start is not None
                assert node.start <= child.start
                assert child.start + child.length <= node.start + node.length
            check(child)

    for node in tree(Packet(data)):
        check(node)


@given(st.binary(min_size=1, max_size=150))
def test_the_layers_and_their_trailers_cover_the_frame(data: bytes) -> None:
    covered: set[int] = set()

    def gather(node: Node) -> None:
        if node.start is not None:
            covered.update(range(node.start, node.start + node.length))
        for child in node.children:
            gather(child)

    for node in tree(dissect.parse(data)):
        gather(node)
    assert covered == set(range(len(data)))
