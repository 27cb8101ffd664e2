"""The lines of tshark's details."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.wireshark.wording import bits_in_place, holder, line_of_option, worded, wording

NAMES = """
    ip.ttl ip.src tcp.seq_raw tcp.srcport udp.stream ip.len eth.dst tcp.options.mss_val dns.qry.name arp.src.hw_mac
""".split()
LINES = [
    "",
    "VALUE",
    "Name: VALUE",
    "[Name: VALUE]",
    "[Name: VALUE",
    ".101 .... = Name: VALUE",
    "Name: x VALUE",
    ": VALUE",
    "Name: VALUE [none]",
]
TEXTS = ["5", "0", "64", "10.0.0.1", "a: b", "x]", "0x0010"]


@pytest.mark.parametrize(
    ("name", "line", "text", "words"),
    [
        ("ip.ttl", "Time to Live: 64", "64", "Time to Live: 64"),
        ("ip.proto", "Protocol: TCP (6)", "6", "Protocol: TCP (6)"),
        ("ip.id", "Identification: 0x0001 (1)", "0x0001", "Identification: 0x0001 (1)"),
        ("ip.dsfield", "", "0xb8", "Differentiated Services Field: 0xb8 (DSCP: EF PHB, ECN: Not-ECT)"),
        ("eth.dst.lg", "", "1", "LG bit: Locally administered address (this is NOT the factory default)"),
        ("eth.src.oui", "", "131072", "Source OUI: 02:00:00"),
        ("tcp.flags", "Flags: 0x0012 (SA)", "0x0012", "Flags: 0x012 (SYN, ACK)"),
        ("tcp.flags", "", "0x0801", "Flags: 0x801 (FIN, Reserved)"),
        ("tcp.flags", "", "0x0000", "Flags: 0x000 (<None>)"),
        ("ip.dsfield", "", "0x0f", "Differentiated Services Field: 0x0f (DSCP: Unknown, ECN: CE)"),
        ("tcp.stream", "[Stream index: 3]", "3", "Stream index: 3"),
        ("icmp.type", "Type: Echo (ping) request (8)", "8", "Type: 8 (Echo (ping) request)"),
        ("frame.len", "", "42", "Frame Length: 42 bytes (336 bits)"),
        ("ip.checksum.status", "", "1", "Header checksum status: Good"),
    ],
)
def test_lines(name: str, line: str, text: str, words: str) -> None:
    assert wording(name, line, text) == words


@given(st.sampled_from(NAMES), st.sampled_from(LINES), st.sampled_from(TEXTS), st.sampled_from(["", ".... 0101"]))
def test_what_is_as_it_is_is_worded_the_same(name: str, line: str, text: str, bits: str) -> None:
    line = line.replace("VALUE", text)
    assert worded(name, line, text, bits) == wording(name, line, text, bits)


def test_bits() -> None:
    assert bits_in_place(0x0002, 0x0002, 12) == ".... .... ..1."
    assert holder("vlan.id") == 16
    assert holder("ip.ttl") == 0


def test_options() -> None:
    assert line_of_option("tcp.options.mss", 2, 4, {"tcp.options.mss_val": "1460"}) == (
        "TCP Option - Maximum segment size: 1460 bytes"
    )
    assert line_of_option("ip.options.record_route", 7, 11, {}) == "IP Option - Record Route (11 bytes)"
