from __future__ import annotations

from dissect.protocols.tls_key_extensions import (
    EarlyData,
    EncryptedServerName,
    HelloCookie,
    KeyExchangeModes,
    KeyShareEntry,
    KeyShares,
    PointFormats,
    PreSharedKeyBinder,
    PreSharedKeyIdentity,
    PreSharedKeys,
    SelectedGroup,
    SelectedPreSharedKey,
    SelectedVersion,
    ServerKeyShare,
    SupportedGroups,
    SupportedVersions,
)


def test_groups_and_versions_are_numbers_behind_a_length() -> None:
    assert bytes(SupportedGroups(["x25519", "secp256r1"])) == bytes.fromhex("000a 0006 0004 001d 0017")
    assert bytes(SupportedVersions(["tls_1_3", "tls_1_2"])) == bytes.fromhex("002b 0005 04 0304 0303")
    assert bytes(PointFormats([0])) == bytes.fromhex("000b 0002 01 00")
    assert bytes(KeyExchangeModes([1])) == bytes.fromhex("002d 0002 01 01")


def test_clients_list_their_shares_and_servers_give_one() -> None:
    # RFC 8446, section 4.2.8: only the client's list has a length of its own.
    share = KeyShareEntry(b"key")
    assert bytes(KeyShares([share])) == bytes.fromhex("0033 0009 0007 001d 0003") + b"key"
    assert bytes(ServerKeyShare([share])) == bytes.fromhex("0033 0007 001d 0003") + b"key"
    assert bytes(SelectedGroup("x25519")) == bytes.fromhex("0033 0002 001d")
    assert bytes(SelectedVersion()) == bytes.fromhex("002b 0002 0304")


def test_keys_from_before_come_with_a_proof_for_each() -> None:
    # RFC 8446, section 4.2.11: the age of a ticket is 4 bytes, binders have a length of one.
    keys = PreSharedKeys([PreSharedKeyIdentity(b"ticket")], binders=[PreSharedKeyBinder(b"proof")])
    assert (
        bytes(keys) == bytes.fromhex("0029 0016 000c 0006") + b"ticket" + bytes(4) + bytes.fromhex("0006 05") + b"proof"
    )
    assert bytes(SelectedPreSharedKey(1)) == bytes.fromhex("0029 0002 0001")


def test_early_data_is_a_number_in_tickets_alone() -> None:
    assert bytes(EarlyData()) == bytes.fromhex("002a 0000")
    assert bytes(EarlyData(16384)) == bytes.fromhex("002a 0004 00004000")


def test_a_cookie_is_behind_its_length() -> None:
    assert bytes(HelloCookie(b"again")) == bytes.fromhex("002c 0007 0005") + b"again"


def test_an_encrypted_name_has_a_share_a_digest_and_what_was_encrypted() -> None:
    """draft-ietf-tls-esni-02, section 5.1."""
    name = EncryptedServerName(key=b"key", digest=b"digest", encrypted=b"name")
    body = (
        bytes.fromhex("1301 001d 0003") + b"key" + bytes.fromhex("0006") + b"digest" + bytes.fromhex("0004") + b"name"
    )
    assert bytes(name) == bytes.fromhex("ffce") + len(body).to_bytes(2, "big") + body
