"""Records of DNS that are seldom met: bytes as the RFC of each draws them."""

from __future__ import annotations

import pytest

from dissect.protocols import dns_old_records as records
from dissect.protocols.dns_old_records import AddressPrefix, RendezvousServer, SPFString
from dissect.protocols.dns_records import ResourceRecord
from tests.protocols.dns_data import holds

B, C = "01 62 00", "01 63 00"
"""The names "b" and "c"."""


@pytest.mark.parametrize(
    ("record", "data"),
    [
        # RFC 1035, section 3.3.
        (records.MDRecord("a", "b"), B),
        (records.MFRecord("a", "b"), B),
        (records.MBRecord("a", "b"), B),
        (records.MGRecord("a", "b"), B),
        (records.MRRecord("a", "b"), B),
        (records.MINFORecord("a", "b", "c"), B + C),
        (records.HINFORecord("a", "PDP-10", "ITS"), "06" + b"PDP-10".hex() + "03" + b"ITS".hex()),
        # Section 3.4.2: port 25 of TCP is the bit 0x40 of the fourth byte.
        (records.WKSRecord("a", "192.0.2.1", protocol=6, ports=bytes.fromhex("00000040")), "c0000201 06 00000040"),
        # RFC 1183.
        (records.RPRecord("a", "b", "c"), B + C),
        (records.X25Record("a", "311061700956"), "0c" + b"311061700956".hex()),
        (
            records.ISDNRecord("a", "150862028003217", subaddress=b"\x03004"),
            "0f" + b"150862028003217".hex() + "03303034",
        ),
        (records.RTRecord("a", 2, "b"), "0002" + B),
        # RFC 1706, section 5.
        (records.NSAPRecord("a", bytes.fromhex("47000580")), "47000580"),
        (records.NSAPPTRRecord("a", "b"), B),
        (records.PXRecord("a", 10, "b", "c"), "000a" + B + C),
        # RFC 1712, section 5.
        (
            records.GPOSRecord("a", "-32.6882", "116.8652", "10.0"),
            "08" + b"-32.6882".hex() + "08" + b"116.8652".hex() + "04" + b"10.0".hex(),
        ),
        # RFC 2874, section 3.1: as many bytes as the prefix leaves bits, and no name behind all of them.
        (records.A6Record("a", prefix_length=64, suffix=bytes(7) + b"\x01", prefix="b"), "40 0000000000000001" + B),
        (records.A6Record("a", prefix_length=0, suffix=bytes(15) + b"\x01"), "00" + "00" * 15 + "01"),
        # RFC 3123, section 5: 1:192.168.32.0/21 !1:192.168.38.0/28.
        (
            records.APLRecord("a", [
                AddressPrefix(prefix=21, address=bytes.fromhex("c0a820")),
                AddressPrefix(prefix=28, negated=True, address=bytes.fromhex("c0a826")),
            ]),
            "0001 15 03 c0a820 0001 1c 83 c0a826",
        ),
        # RFC 8005, section 5.
        (
            records.HIPRecord("a", b"\x20\x01", b"key", [RendezvousServer("b"), RendezvousServer("c")], algorithm=2),
            "02 02 0003 2001 6b6579" + B + C,
        ),
        (records.SPFRecord("a", [SPFString("v=spf1")]), "06" + b"v=spf1".hex()),
        # RFC 6742, section 2.
        (records.NIDRecord("a", 10, bytes.fromhex("0014 4fff ff20 ee64")), "000a 00144fffff20ee64"),
        (records.L32Record("a", 10, "10.1.2.0"), "000a 0a010200"),
        (records.L64Record("a", 10, bytes.fromhex("20010db81140 1000".replace(" ", ""))), "000a 20010db811401000"),
        (records.LPRecord("a", 10, "b"), "000a" + B),
        # RFC 7043, sections 3.2 and 4.2.
        (records.EUI48Record("a", "00:00:5e:00:53:2a"), "00005e00532a"),
        (records.EUI64Record("a", bytes.fromhex("00005eef1000002a")), "00005eef1000002a"),
        # RFC 7477, section 2.1: bit 0 of the flags, the lowest, is "immediate".
        (
            records.CSYNCRecord("a", serial=66, soa_minimum=True, immediate=True,
                                bitmap=bytes.fromhex("0006600000000008")),
            "00000042 0003 0006600000000008",
        ),
        (records.WINSRecord("a", ["192.0.2.1"], local=1, count=1), "00000001 00000002 00000384 00000001 c0000201"),
        (records.WINSRRecord("a", "b"), "00000000 00000002 00000384" + B),
        (
            records.XPFRecord("a", ipv4_source="192.0.2.1", ipv4_destination="192.0.2.2", source_port=5,
                              destination_port=53),
            "04 11 c0000201 c0000202 0005 0035",
        ),
    ],
)  # fmt: skip
def test_bytes(record: ResourceRecord, data: str) -> None:
    holds(record, data)


def test_a_place_in_rfc_1876() -> None:
    """Section 3: the defaults are a meter, 10,000 m and 10 m, and 2**31 is the equator and the prime meridian."""
    built = bytes(records.LOCRecord("a", 1 << 31, 1 << 31, 10_000_000))
    assert built[-16:].hex(" ") == "00 12 16 13 80 00 00 00 80 00 00 00 00 98 96 80"
