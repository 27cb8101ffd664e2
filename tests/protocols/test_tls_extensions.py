from __future__ import annotations

from dissect.protocols.tls_extensions import (
    HeartbeatExtension,
    HelloPadding,
    MaximumFragmentLength,
    RecordSizeLimit,
    RenegotiationInfo,
)
from dissect.protocols.tls_hellos import ClientHello, HelloRetryRequest, ServerHello
from dissect.protocols.tls_key_extensions import DraftKeyShares, KeyShares, SelectedGroup, ServerKeyShare
from tests.protocols.tls_hello_bytes import extensions_of


def test_numbers_and_bytes_of_single_fields() -> None:
    assert bytes(MaximumFragmentLength(1)) == bytes.fromhex("0001 0001 01")
    assert bytes(HeartbeatExtension()) == bytes.fromhex("000f 0001 01")
    assert bytes(HelloPadding(bytes(3))) == bytes.fromhex("0015 0003 000000")
    assert bytes(RecordSizeLimit()) == bytes.fromhex("001c 0002 4001")
    assert bytes(RenegotiationInfo()) == bytes.fromhex("ff01 0001 00")


def test_one_number_has_three_forms() -> None:
    """The share of a key is a list of a client's, one of a server's, and a group in a request for another hello."""
    shares = bytes.fromhex("0033 0006 0004 001d 0000")
    share = bytes.fromhex("0033 0004 001d 0000")
    group = bytes.fromhex("0033 0002 001d")
    assert [type(each) for each in extensions_of(shares, ClientHello)] == [KeyShares]
    drafts = shares.replace(b"\x33", b"\x28", 1)
    assert [type(each) for each in extensions_of(drafts, ClientHello)] == [DraftKeyShares]
    assert [type(each) for each in extensions_of(share, ServerHello)] == [ServerKeyShare]
    assert [type(each) for each in extensions_of(group, HelloRetryRequest)] == [SelectedGroup]
