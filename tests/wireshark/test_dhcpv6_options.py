"""The options of DHCPv6 as Wireshark sees them: the parts of an identifier, by its type (RFC 8415, section 11)."""

from __future__ import annotations

import pytest

from dissect import UDP, Ethernet, IPv6, Packet


def packet(option: str, kind: int = 1) -> Packet:
    message = bytes([kind]) + bytes.fromhex("abcdef" + option)
    return Packet(bytes(Ethernet() / IPv6(src="fe80::1", dst="ff02::1:2") / UDP(sport=546, dport=547) / message))


@pytest.mark.parametrize(
    ("duid", "fields"),
    [
        # Seconds since 2000: 700,000,000 of them.
        ("0001 0001 29b92700 00005e005320",
         {"duid.type": [1], "duidllt.hwtype": [1], "duidllt.time": [1_646_684_800 * 10**9],
          "duidllt.link_layer_addr": ["00:00:5e:00:53:20"]}),
        ("0002 00000009 616263", {"duid.type": [2], "duiden.enterprise": [9], "duiden.identifier": [b"abc"]}),
        ("0003 0001 020000000001",
         {"duid.type": [3], "duidll.hwtype": [1], "duidll.link_layer_addr": ["02:00:00:00:00:01"]}),
        ("00ff 01", {"duid.type": [255]}),
    ],
)  # fmt: skip
def test_parts_of_identifiers(duid: str, fields: dict[str, list[object]]) -> None:
    """Tshark 4.0 was asked for the first three."""
    size = len(bytes.fromhex(duid))
    found = packet(f"0001 {size:04x} {duid}")
    names = ("duid.type", "duidllt.hwtype", "duidllt.time", "duidllt.link_layer_addr", "duiden.enterprise",
             "duiden.identifier", "duidll.hwtype", "duidll.link_layer_addr")  # fmt: skip
    told = {name: found.get(f"dhcpv6.{name}") for name in names}
    assert {name: values for name, values in told.items() if values} == fields
    assert found.get("_ws.col.Info") == [f"Solicit XID: 0xabcdef CID: {bytes.fromhex(duid).hex()} "]


def test_nothing_is_seen_of_what_is_no_option() -> None:
    found = packet("0001 0009 00")
    assert found.get("dhcpv6.option.type") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("01 61 02 6263 00", ["a.bc."]),
        # A part of a name has no end.
        ("02 6162", ["ab"]),
        ("02 6162 00", []),
        ("00", []),
        ("", []),
        ("01 61 00 01 62 00", []),
    ],
)
def test_names_of_clients(name: str, shown: list[str]) -> None:
    """Tshark 4.0 was asked for each of these."""
    size = 1 + len(bytes.fromhex(name))
    assert packet(f"0027 {size:04x} 00 {name}").get("dhcpv6.client_domain") == shown
