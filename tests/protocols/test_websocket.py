from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import WebSocket, WebSocketOpcode
from dissect.protocols.websocket import frame_size, unmasked
from tests.talk import seen, talk

PUBLIC = {name: getattr(dissect, name) for name in dissect.__all__}
UPGRADE = [
    (0, b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"),
    (1, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
]


def test_examples_of_the_rfc() -> None:
    # RFC 6455, section 5.7.
    assert bytes(WebSocket(data=b"Hello")).hex() == "810548656c6c6f"
    key = bytes.fromhex("37fa213d")
    masked = WebSocket(masks=True, key=key, data=unmasked(b"Hello", key))
    assert bytes(masked).hex() == "818537fa213d7f9f4d5158"
    assert masked.clear_data() == b"Hello"


@pytest.mark.parametrize(("size", "head"), [(125, 2), (126, 4), (65535, 4), (65536, 10)])
def test_lengths_in_three_forms(size: int, head: int) -> None:
    frame = WebSocket(opcode="binary", data=bytes(size))
    raw = bytes(frame)
    assert len(raw) == head + size == frame_size(raw)
    assert WebSocket.decode(raw, 0, len(raw), 0).data == bytes(size)


@given(st.binary(max_size=40))
def test_any_bytes_are_kept(raw: bytes) -> None:
    frame = WebSocket.decode(raw, 0, len(raw), 0)
    size = frame_size(raw)
    assert bytes(frame) == raw[: len(bytes(frame))]
    assert size is None or size >= 2
    assert eval(repr(frame), dict(PUBLIC)) == frame


def test_a_frame_of_four_gigabytes_is_no_error() -> None:
    raw = bytes.fromhex("827fffffffffffffffff") + b"abc"
    frame = WebSocket.decode(raw, 0, len(raw), 0)
    assert frame.is_cut
    assert frame_size(raw) == (1 << 64) - 1 + 10


def test_after_an_upgrade() -> None:
    packets = seen(talk(80, *UPGRADE, (1, bytes(WebSocket(data=b"welcome")) + bytes(WebSocket(opcode="ping")))))
    assert packets[-1].get("websocket.payload.text") == ["welcome"]
    assert packets[-1].get("websocket.opcode") == [WebSocketOpcode.TEXT, WebSocketOpcode.PING]
    assert packets[-1].get("frame.protocols") == ["eth:ethertype:ip:tcp:http:websocket:data-text-lines"]


def test_messages_of_several_frames() -> None:
    parts = [
        WebSocket(fin=False, data=b"one "),
        WebSocket(opcode="ping"),
        WebSocket(opcode="continuation", data=b"two"),
    ]
    packets = seen(talk(80, *UPGRADE, *[(1, bytes(each)) for each in parts]))
    assert packets[5].get("websocket.payload.text") == []
    assert packets[-1].get("websocket.payload.text") == ["one two"]
    assert packets[-1].get("websocket.fragment") == [6, 8]
