from __future__ import annotations

import pytest

from dissect import TCP, Ethernet, IPv4, Packet
from dissect.wireshark.columns import summarize


def read(said: str) -> Packet:
    return Packet(bytes(Ethernet() / IPv4() / TCP(sport=50000, dport=23) / bytes.fromhex(said)))


@pytest.mark.parametrize(
    ("said", "name", "values"),
    [
        ("610d00620d0a63", "data", ["a\r", "b\r\n", "c"]),
        ("616263ff", "data", []),
        ("fff9616263ffff0a", "data", ["abc\ufffd\ufffd\n"]),
        ("ff00", "cmd", [0]),
        ("fffa0b00fff0", "subcmd", [11, 0]),
        ("fffa0061ffff62fff0", "option_data", [b"a\xffb"]),
        ("fffa010102ffff", "data", ["\ufffd\ufffd"]),
        ("fffa010102fffb03", "cmd", [250, 251]),
        ("fffa1f00500018fff0", "naws_subopt.width", [80]),
        ("fffa1f61ffff62fff0", "naws_subopt.width", []),
        ("fffa2102fff0", "rfc_subopt.cmd", [2]),
        ("fffa210203fff0", "rfc_subopt.cmd", []),
        ("fffa2102fff0", "option_data", []),
    ],
)
def test_fields(said: str, name: str, values: list[object]) -> None:
    assert read(said).get(f"telnet.{name}") == values


@pytest.mark.parametrize(("said", "is_cut"), [("fffa2500fff0", True), ("fffa2501fff0", False), ("ff", True)])
def test_what_runs_out_is_malformed(said: str, is_cut: bool) -> None:
    packet = read(said)
    assert packet.get("_ws.malformed") == (["[Malformed Packet: TELNET]", "_ws.malformed"] if is_cut else [])
    assert summarize(packet).info.endswith("[Malformed Packet]") == is_cut
