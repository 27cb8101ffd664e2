from __future__ import annotations

from dissect import parse
from dissect.wireshark.beginnings import is_begun
from tests.talk import infos, seen, talk


def test_a_message_that_begins_is_told_where_its_protocol_shows_that() -> None:
    said = talk(22, (0, b"SSH-2.0-a"), (0, b"bc\r\n"))
    assert infos(said) == ["[TCP segment of a reassembled PDU]", "Client: Protocol (SSH-2.0-abc)"]
    assert seen(said)[3].get("frame.protocols") == ["eth:ethertype:ip:tcp:ssh"]
    assert seen(said)[3].get("_ws.col.Protocol") == ["TCP"]


def test_nothing_is_begun_unless_it_was_told() -> None:
    assert not is_begun(parse(bytes(14)))
