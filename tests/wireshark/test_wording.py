"""The lines of tshark's details."""

from __future__ import annotations

import pytest

from dissect.wireshark.wording import bits_in_place, holder, line_of_option, wording


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


def test_bits() -> None:
    assert bits_in_place(0x0002, 0x0002, 12) == ".... .... ..1."
    assert holder("vlan.id") == 16
    assert holder("ip.ttl") == 0


def test_options() -> None:
    assert line_of_option("tcp.options.mss", 2, 4, {"tcp.options.mss_val": "1460"}) == (
        "TCP Option - Maximum segment size: 1460 bytes"
    )
    assert line_of_option("ip.options.record_route", 7, 11, {}) == "IP Option - Record Route (11 bytes)"
