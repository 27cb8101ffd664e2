"""WebSocket and tunnels beside tshark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect import WebSocket
from dissect.protocols.websocket import unmasked
from tests.oracle.tshark import Tshark
from tests.protocols.test_websocket import UPGRADE
from tests.talk import differences, talk

FIELDS = """
    frame.protocols _ws.col.Protocol _ws.col.Info tcp.pdu.size tcp.segment_data websocket.fin websocket.rsv
    websocket.opcode websocket.mask websocket.payload_length websocket.payload_length_ext_16 websocket.masking_key
    websocket.payload websocket.masked_payload websocket.payload.text websocket.payload.continue websocket.payload.ping
    websocket.payload.pong websocket.payload.close.status_code websocket.payload.close.reason websocket.fragment
    websocket.fragment.count websocket.reassembled.length http.proxy_connect_host http.proxy_connect_port
""".split()
KEY = b"abcd"


def masked(opcode: str, data: bytes, **more: Any) -> bytes:
    return bytes(WebSocket(opcode=opcode, masks=True, key=KEY, data=unmasked(data, KEY), **more))


@pytest.mark.parametrize("two_pass", [False, True])
def test_websocket(tshark: Tshark, tmp_path: Path, capsys: Any, two_pass: bool) -> None:
    long = bytes(WebSocket(opcode="binary", data=bytes(200)))
    said = [
        (1, bytes(WebSocket(data=b"welcome"))), (0, masked("text", b"Hello")), (0, masked("ping", b"there?")),
        (0, masked("text", b"frag", fin=False) + masked("ping", b"x")), (0, masked("continuation", b"men", fin=False)),
        (1, bytes(WebSocket(opcode="pong", data=b"x"))), (0, masked("continuation", b"ted")), (1, long[:50]),
        (1, long[50:]),
        (0, masked("close", b"\x03\xe8done")), (1, bytes(WebSocket(opcode="close", data=b"\x03\xe8"))),
    ]  # fmt: skip
    options = ["-2"] if two_pass else []
    assert differences(tshark, tmp_path / "ws.pcap", talk(80, *UPGRADE, *said), FIELDS, capsys, *options) == []
