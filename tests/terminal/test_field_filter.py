"""A filter for a line of the details passes the packet that the line is of, and joins with the one before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import read
from dissect.filters.compiler import compile_filter
from dissect.flows.reading import with_context
from dissect.terminal.field_filter import filter_for, joined
from dissect.terminal.looked import looked_at
from tests.conftest import SAMPLES


@pytest.mark.parametrize("name", ["web_request.pcap", "tcp_loss.pcap", "first_ping.pcap", "pcapng_comments.pcapng"])
def test_each_passes_the_packet_that_it_is_made_of(name: str) -> None:
    made = with_value = 0
    for packet in with_context(read(SAMPLES / name)):
        for row in looked_at(packet, in_context=True).rows:
            text = filter_for(row, packet)
            if not text:
                continue
            made += 1
            with_value += " == " in text
            passes = compile_filter(text)
            assert passes.context_fields or passes(packet), text
            assert text.startswith(row.node.label)
    assert made > 100
    # Nearly all say the value, and not only that there is one.
    assert with_value > made // 2


def test_a_value_is_in_the_filter_as_it_stands_in_the_details() -> None:
    packet = list(with_context(read(SAMPLES / "web_request.pcap")))[7]
    found = {row.node.label: filter_for(row, packet) for row in looked_at(packet, in_context=True).rows}
    assert found["ip.src"] == "ip.src == 10.0.0.1"
    assert found["tcp.dstport"] == "tcp.dstport == 80"
    assert found["http.request.method"] == "http.request.method == GET"
    assert found["tcp.flags.push"] == "tcp.flags.push == 1"


@given(
    st.sampled_from(["", "ip.ttl == 64", "tcp", "arp || udp", "!(tcp)", "ip.ttl == 1 && udp"]),
    st.sampled_from(["", "&&", "||", "!"]),
    st.sampled_from(["tcp", "ip.ttl == 64", "arp"]),
)
def test_joined_filters_pass_what_is_said(before: str, how: str, text: str) -> None:
    passes = compile_filter(joined(before, how, text))
    for path in ("web_request.pcap", "udp_chat.pcap"):
        for packet in list(read(SAMPLES / Path(path)))[:6]:
            first = not before or compile_filter(before)(packet)
            second = compile_filter(text)(packet)
            expected = {
                "": second,
                "&&": first and second,
                "||": second if not before else first or second,
                "!": first and not second,
            }
            assert bool(passes(packet)) == bool(expected[how])
