"""The keys of the RFCs' examples, and a packet of one of them."""

from __future__ import annotations

import pytest

from dissect.flows.quic_keys import PacketKeys, can_decrypt, expand, initial_keys
from dissect.protocols.quic_numbers import Version

IDENTIFIER = bytes.fromhex("8394c8f03e515708")
SERVER_INITIAL = bytes.fromhex(
    "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3e"
    "c2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850"
    "abbdca3d20398c276456cbc42158407dd074ee"
)
"""RFC 9001, appendix A.3."""


def test_the_server_s_first_packet_is_opened() -> None:
    _, server = initial_keys(IDENTIFIER, Version(1))
    opened = server.open(SERVER_INITIAL, 18)
    assert opened is not None
    assert (opened.number, opened.number_size, opened.first_byte) == (1, 2, 0xC1)
    assert opened.content is not None
    assert opened.content[:7].hex() == "02000000000600"
    assert server.largest == 1


def test_another_key_opens_nothing() -> None:
    client, _ = initial_keys(IDENTIFIER, Version(1))
    opened = client.open(SERVER_INITIAL, 18)
    assert opened is not None
    assert opened.content is None
    assert client.open(SERVER_INITIAL[:30], 18) is None


@pytest.mark.parametrize(
    ("label", "size", "expected"),
    [
        (b"quic key", 16, "1f369613dd76d5467730efcbe3b1a22d"),
        (b"quic iv", 12, "fa044b2f42a3fd3b46fb255c"),
        (b"quic hp", 16, "9f50449e04a0e810283a1e9933adedd2"),
    ],
)
def test_secrets_are_expanded_as_in_the_rfc(label: bytes, size: int, expected: str) -> None:
    """RFC 9001, appendix A.1."""
    secret = bytes.fromhex("c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea")
    assert expand(secret, label, size).hex() == expected


@pytest.mark.parametrize(
    ("largest", "shown", "bits", "number"), [(0xA82F30EA, 0x9B32, 16, 0xA82F9B32), (-1, 0, 8, 0), (255, 0, 8, 256)]
)
def test_a_number_is_the_nearest_one(largest: int, shown: int, bits: int, number: int) -> None:
    """RFC 9000, appendix A.3."""
    keys = PacketKeys(bytes(32))
    keys.largest = largest
    assert keys._whole_number(shown, bits) == number


def test_the_library_is_there() -> None:
    assert can_decrypt()


def test_keys_depend_on_the_version() -> None:
    numbers = (1, 0x6B3343CF, 0xFF000016, 0xFF00001C, 0xFF000020, 0x51303530, 0x54303530, 0x54303531)
    assert len({initial_keys(IDENTIFIER, Version(number))[0]._key for number in numbers}) == len(numbers)
    assert (
        initial_keys(IDENTIFIER, Version(0xFACEB001))[0]._key == initial_keys(IDENTIFIER, Version(0xFF000016))[0]._key
    )
