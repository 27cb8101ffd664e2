"""The nodes of fields: options below their list, what is computed, and what is kept of one packet for others."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import MSS, TCP, Ethernet, IPv4, Packet
from dissect.views.node import KEPT, Node
from dissect.views.tree import tree
from tests.conftest import SAMPLES


def test_an_option_has_its_own_offset() -> None:
    frame = Ethernet() / IPv4() / TCP(options=[MSS(1460)])
    layer = next(node for node in tree(dissect.parse(bytes(frame))) if node.label == "tcp")
    options = next(node for node in layer.children if node.label == "tcp.options")
    option = options.children[0]
    assert (option.line, option.start, option.length) == ("Maximum segment size (4 bytes)", 54, 4)
    value = option.children[-1]
    assert (value.label, value.text, value.start, value.length) == ("tcp.options.mss_val", "1460", 56, 2)


def test_what_parts_words_of_a_line_belongs_to_none_of_them() -> None:
    command, argument = tree(dissect.FTPRequest("RETR", cast(Any, b"  a.txt\r\n")))[0].children[:2]
    assert (command.text, command.start, command.length) == ("RETR", 0, 4)
    assert (argument.text, argument.start, argument.length) == ("a.txt", 6, 5)


def test_a_list_names_its_options_but_those_that_fill_it() -> None:
    message = dissect.DHCPv6(options=[dissect.DHCPv6ElapsedTime(5), dissect.DHCPv6RapidCommit()])
    assert any("Elapsed time, Rapid Commit" in node.line for node in tree(message)[0].children)


def anew(packet: Packet) -> list[Node]:
    """Return the tree of a packet of which nothing is known."""
    KEPT.clear()
    return tree(packet)


@pytest.mark.parametrize("name", ["dhcp", "dns", "geneve_ping", "ip_options", "provider_ping", "tcp_chat"])
def test_what_is_kept_is_what_is_made_anew(name: str) -> None:
    packets = list(dissect.with_context(dissect.read(SAMPLES / f"{name}.pcap")))
    made = [anew(packet) for packet in packets]
    assert [tree(packet) for packet in (*packets, *packets)] == [*made, *made]
    assert KEPT


@given(st.binary(max_size=90), st.integers(0, 89), st.integers(0, 255))
def test_a_changed_byte_is_told_whatever_is_kept(data: bytes, place: int, value: int) -> None:
    other = data[:place] + bytes([value]) + data[place + 1 :]
    tree(Packet(data))
    assert tree(Packet(other)) == anew(Packet(other))


def test_a_remark_is_that_of_one_packet() -> None:
    low, high = (Packet(bytes(Ethernet() / IPv4(ttl=3, dst=address))) for address in ("10.0.0.1", "224.0.0.1"))
    lines = [str(tree(packet)) for packet in (low, high, low)]
    assert '"Time To Live"' in lines[0]
    assert lines[0] == lines[2] == str(anew(low))
