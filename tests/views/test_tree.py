"""The tree: fields below the ones whose bits hold theirs, options below their list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import MSS, TCP, Ethernet, Header, IPv4, Packet
from dissect.views.tree import Branch, Node, branches, tree
from tests.conftest import SAMPLES


def outline(parts: tuple[Branch, ...]) -> dict[str, object]:
    return {part.field.name: outline(part.children) for part in parts}


def test_a_second_reading_holds_the_fields_below_it_and_a_third_is_left_out() -> None:
    known = outline(branches(IPv4))
    assert known["tos"] == {"dscp": {}, "ecn": {}}
    assert list(known["flags"]) == ["reserved_flag", "dont_fragment", "more_fragments"]  # type: ignore[call-overload]
    assert "precedence" not in str(known)


@pytest.mark.parametrize("cls", [Ethernet, IPv4, TCP, dissect.UDP, dissect.ARP, dissect.VLAN, dissect.ICMP])
def test_every_field_of_the_layout_has_its_branch(cls: type[Header]) -> None:
    def flat(parts: tuple[Branch, ...]) -> list[str]:
        return [name for part in parts for name in (part.field.name, *flat(part.children))]

    found = flat(branches(cls))
    assert len(found) == len(set(found))
    assert {field.name for field in cls.layout if field.width} <= set(found)


def test_an_option_has_its_own_offset() -> None:
    frame = Ethernet() / IPv4() / TCP(options=[MSS(1460)])
    layer = next(node for node in tree(dissect.parse(bytes(frame))) if node.label == "tcp")
    options = next(node for node in layer.children if node.label == "tcp.options")
    option = options.children[0]
    assert (option.line, option.start, option.length) == ("Maximum segment size (4 bytes)", 54, 4)
    value = option.children[-1]
    assert (value.label, value.text, value.start, value.length) == ("tcp.options.mss_val", "1460", 56, 2)


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


def test_a_list_names_its_options_but_those_that_fill_it() -> None:
    message = dissect.DHCPv6(options=[dissect.DHCPv6ElapsedTime(5), dissect.DHCPv6RapidCommit()])
    assert any("Elapsed time, Rapid Commit" in node.line for node in tree(message)[0].children)
