from __future__ import annotations

from pathlib import Path
from typing import Any

from dissect import parse
from dissect.wireshark.beginnings import is_begun
from tests.oracle.tshark import Tshark
from tests.talk import differences, infos, seen, talk


def test_a_message_that_begins_is_told_where_its_protocol_shows_that() -> None:
    said = talk(22, (0, b"SSH-2.0-a"), (0, b"bc\r\n"))
    assert infos(said) == ["[TCP segment of a reassembled PDU]", "Client: Protocol (SSH-2.0-abc)"]
    assert seen(said)[3].get("frame.protocols") == ["eth:ethertype:ip:tcp:ssh"]
    assert seen(said)[3].get("_ws.col.Protocol") == ["TCP"]


def test_behind_what_an_analysis_says_a_record_that_begins_has_no_comma() -> None:
    """As in tshark, which has one in front of records that it reads."""
    said = talk(443, (0, b"\x17\x03\x03\0\x20" + bytes(32)), (0, bytes(9)), (0, b"\x17\x03\x03\0\x20"))
    del said[4]
    assert infos(said)[-1].endswith("[TCP Previous segment not captured]  [TCP segment of a reassembled PDU]")


def test_nothing_is_begun_unless_it_was_told() -> None:
    assert not is_begun(parse(bytes(14)))


def test_what_begins_behind_a_message_of_several_segments_is_a_layer_of_its_own(
    tshark: Tshark, tmp_path: Path, capsys: Any
) -> None:
    record = b"\x17\x03\x03\0\x20" + bytes(32)
    said = [(0, record[:9]), (0, record[9:] + record[:7]), (0, record[7:] + record + record[:3]), (0, record[3:])]
    fields = ["frame.protocols", "tls.record.length", "_ws.col.Protocol", "_ws.col.Info"]
    assert differences(tshark, tmp_path / "begun.pcap", talk(443, *said), fields, capsys) == []
    assert seen(talk(443, *said))[4].get("frame.protocols") == ["eth:ethertype:ip:tcp:tls:tls"]
