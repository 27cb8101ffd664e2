from __future__ import annotations

from dissect.protocols.tls_name_extensions import (
    ALPN,
    ALPNProtocol,
    ApplicationSettings,
    NameType,
    NextProtocol,
    NextProtocols,
    ServerName,
    ServerNames,
    SettingsProtocol,
)


def test_a_server_name_is_in_a_list_of_its_own_length() -> None:
    assert bytes(ServerNames([ServerName("a.example")])) == bytes.fromhex("0000 000e 000c 00 0009") + b"a.example"
    assert ServerName("a.example").name_type == NameType.HOST_NAME


def test_protocols_inside_are_told_in_order() -> None:
    # RFC 7301, section 3.1: each name behind its length.
    offer = ALPN([ALPNProtocol("h2"), ALPNProtocol("http/1.1")])
    assert bytes(offer) == bytes.fromhex("0010 000e 000c 02") + b"h2" + b"\x08http/1.1"
    assert bytes(ApplicationSettings([SettingsProtocol("h2")])) == bytes.fromhex("4469 0005 0003 02") + b"h2"


def test_the_protocols_before_alpn_are_a_list_without_its_length() -> None:
    assert bytes(NextProtocols([NextProtocol("spdy/3")])) == bytes.fromhex("3374 0007 06") + b"spdy/3"
    assert bytes(NextProtocols()) == bytes.fromhex("3374 0000")
