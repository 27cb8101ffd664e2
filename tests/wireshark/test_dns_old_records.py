"""Records of DNS that are seldom met, as Wireshark sees them."""

from __future__ import annotations

import pytest

from dissect.protocols import dns_old_records as records
from dissect.protocols.dns_records import ResourceRecord
from tests.wireshark.dns_answers import answer, told


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (records.MDRecord("a", "b"), "MD a"),
        (records.MINFORecord("a", "b", "c"), "MINFO a"),
        (records.HINFORecord("a", "PDP-10", "ITS"), "HINFO PDP-10 ITS"),
        (records.WKSRecord("a", "192.0.2.1", ports=b"\x00\x00\x00\x40"), "WKS 192.0.2.1"),
        (records.RPRecord("a", "b", "c"), "RP a"),
        (records.X25Record("a", "311"), "X25 a"),
        (records.ISDNRecord("a", "150"), "ISDN a"),
        (records.RTRecord("a", 2, "b"), "RT a"),
        (records.NSAPRecord("a", b"G"), "NSAP a"),
        (records.NSAPPTRRecord("a", "b"), "NSAP-PTR a"),
        (records.PXRecord("a", 10, "b", "c"), "PX a"),
        (records.GPOSRecord("a", "-32.6", "116.8", "10.0"), "GPOS a"),
        (records.LOCRecord("a", 1 << 31, 1 << 31), "LOC"),
        (records.A6Record("a", prefix_length=64, suffix=bytes(8), prefix="b"), "A6 64 :: b"),
        (records.APLRecord("a", [records.AddressPrefix(prefix=21, address=b"\xc0\xa8\x20")]), "APL a"),
        (records.HIPRecord("a", b"t", b"k", [records.RendezvousServer("b")]), "HIP a"),
        (records.SPFRecord("a", [records.SPFString("x")]), "SPF"),
        (records.NIDRecord("a", 10, bytes(8)), "NID"),
        (records.L32Record("a", 10, "10.1.2.0"), "L32"),
        (records.LPRecord("a", 10, "b"), "LP"),
        (records.EUI48Record("a", "00:00:5e:00:53:2a"), "EUI48"),
        (records.EUI64Record("a", bytes(8)), "EUI64"),
        (records.CSYNCRecord("a", serial=66), "CSYNC"),
        (records.WINSRecord("a", ["192.0.2.1"], count=1), "WINS"),
        (records.WINSRRecord("a", "b"), "WINS-R b"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(record: ResourceRecord, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert told(record) == words


def test_ports_are_told_by_the_bytes_of_their_bits() -> None:
    packet = answer(records.WKSRecord("a", "192.0.2.1", ports=bytes.fromhex("00000040 00000000 0080")))
    assert packet.get("dns.wks.address") == ["192.0.2.1"]
    # Each byte that has one.
    assert packet.get("dns.wks.bits") == [0x40, 0x80]


def test_an_address_prefix_is_filled_up_with_zeros() -> None:
    prefix = records.AddressPrefix(prefix=21, address=b"\xc0\xa8\x20")
    packet = answer(records.APLRecord("a", [prefix]))
    assert packet.get("dns.apl.afdpart.ipv4") == ["192.168.32.0"]
    assert packet.get("dns.apl.coded_prefix") == [21]
