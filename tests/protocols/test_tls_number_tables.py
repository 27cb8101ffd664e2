"""The numbers that TLS names: lists that can be read, and names that are Wireshark's."""

from __future__ import annotations

import re

import pytest

from dissect.protocols import tls_number_tables as tables
from dissect.protocols.tls_numbers import CipherSuite, ExtensionType, Group, SignatureScheme, is_grease
from tests.oracle.tshark import Tshark

DIGITS = {"CIPHER_SPECS": 6}


@pytest.mark.parametrize("name", tables.__all__)
def test_each_line_is_a_number_and_a_name_and_numbers_rise(name: str) -> None:
    lines = getattr(tables, name).strip().splitlines()
    assert all(re.fullmatch(rf"[0-9a-f]{{{DIGITS.get(name, 4)}}} \S.*\S", line) for line in lines)
    numbers = [int(line.partition(" ")[0], 16) for line in lines]
    assert numbers == sorted(set(numbers))
    # RFC 8701: these stand in no list.
    assert name == "CIPHER_SPECS" or not any(map(is_grease, numbers))


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (CipherSuite, "tls.handshake.ciphersuite"),
        (ExtensionType, "tls.handshake.extension.type"),
        (Group, "tls.handshake.extensions_supported_group"),
        (SignatureScheme, "tls.handshake.sig_hash_alg"),
    ],
)
def test_names_are_those_of_wireshark(tshark: Tshark, code: type[CipherSuite], field: str) -> None:
    theirs = {int(row[2], 0): row[3] for row in tshark.values if row[:2] == ["V", field]}
    ours = {number: title for number, title in code.titles().items() if number in theirs}
    assert len(theirs) > 20
    assert {number: (ours.get(number), title) for number, title in theirs.items() if ours.get(number) != title} == {}
