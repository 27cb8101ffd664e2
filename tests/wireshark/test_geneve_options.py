from __future__ import annotations

import pytest

import dissect
from dissect import UDP, Ethernet, Geneve, IPv4
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("options", "name", "expected"),
    [
        ("01028041 01020304", "geneve.option.length", ["8", "8"]),
        ("01028041 01020304 ffff0000", "geneve.option", ["0102804101020304", "ffff0000"]),
        ("01028041 01020304", "geneve.option.flags.reserved", ["1"]),
        ("01320101 12345679", "geneve.option.gcp.vnid", ["19088743"]),
        ("01320101 12345679", "geneve.option.gcp.reserved", ["1"]),
        ("01320101 12345679", "geneve.option.gcp.direction", ["1"]),
        ("ffff0000", "geneve.option.unknown.data", ["<MISSING>"]),
        # The length goes past the end: that, and no more, is told of the option.
        ("01020002 01020304", "geneve.option.length.invalid", ["1"]),
        ("01020002 01020304", "geneve.option.class", []),
        ("01020002 01020304", "geneve.option", []),
    ],
)
def test_options_as_wireshark_sees_them(options: str, name: str, expected: list[str]) -> None:
    geneve = Geneve(options=bytes.fromhex(options))
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP() / geneve / Ethernet()))
    assert texts(frame, name) == expected
