"""What is offered inside quotes and behind %dissect."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from dissect.commands.main import sub_commands
from dissect.commands.quoted import behind_magic, inside_quotes


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ('read("a.pcap", display_filter="tcp.flags.sy', "tcp.flags.sy", ["tcp.flags.syn"]),
        ("compile_filter('ip.src == 10.0.0.1 and ip.tt", "ip.tt", ["ip.ttl", "ip.ttl.lncb", "ip.ttl.too_small"]),
        ('expect(packets, "not arp.isprob', "arp.isprob", ["arp.isprobe"]),
    ],
)
def test_names_inside_a_display_filter(typed: str, word: str, expected: list[str]) -> None:
    assert inside_quotes(typed) == (word, expected)


def test_nothing_typed_offers_protocols() -> None:
    found = inside_quotes('listen("eth0", display_filter="')
    assert found is not None
    assert "tcp" in found[1]
    assert "tcp.port" not in found[1]


def test_files_and_interfaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "captures").mkdir()
    (tmp_path / "captures" / "a.pcap").touch()
    (tmp_path / ".hidden").touch()
    assert inside_quotes('read("') == ("", ["captures/"])
    assert inside_quotes('read("captures/') == ("captures/", ["captures/a.pcap"])
    assert inside_quotes("read('nowhere/") == ("nowhere/", [])
    names = [name for _, name in socket.if_nameindex()]
    assert inside_quotes('send(frame, "') == ("", names)


def test_a_line_of_dissect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pcap").touch()
    assert behind_magic("%dissect ") == ("", sub_commands())
    assert behind_magic("%dissect read a") == ("a", ["a.pcap"])
    assert behind_magic("%dissect read a.pcap --col") == ("--col", ["--color"])
    assert behind_magic("%dissect read a.pcap -T fields -e ip.ver") == ("ip.ver", ["ip.version"])
    assert behind_magic('%dissect read a.pcap -Y "udp.lengt') == (
        "udp.lengt",
        ["udp.length", "udp.length.bad", "udp.length.bad_zero"],
    )
    assert behind_magic("frame.show()") is None
