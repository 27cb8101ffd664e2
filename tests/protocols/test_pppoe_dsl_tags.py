from __future__ import annotations

from dissect import DSLActualRateUp, DSLCircuit, DSLEncapsulation, DSLRemote, PPPoEVendorTag, UnknownDSLTag


def test_a_line_is_described() -> None:
    line = (
        DSLCircuit("atm 1/2"),
        DSLRemote("me"),
        DSLActualRateUp(1000),
        DSLEncapsulation(data_link=1),
        UnknownDSLTag(),
    )
    tag = PPPoEVendorTag(line=line)
    octets = "0107 61746d20312f32 0202 6d65 8104 000003e8 9003 010000 fe00"
    assert bytes(tag)[8:] == bytes.fromhex(octets)
    assert tag.line == line


def test_a_rate_of_a_wrong_length_is_unknown() -> None:
    assert PPPoEVendorTag(line=bytes.fromhex("8102 0001")).line == (UnknownDSLTag(type=0x81, data=b"\0\1"),)
