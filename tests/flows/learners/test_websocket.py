"""Messages of several frames (RFC 6455, section 5.4)."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Place
from dissect.flows.learners import websocket
from dissect.flows.learners.websocket import WebSocketLearner
from dissect.protocols.websocket import WebSocket


def said(learner: WebSocketLearner, number: int, header: Any, *, stream: int = 0, way: int = 0) -> Any:
    """Show a frame to the learner, and return the message that it completes."""
    place = Place(number, None)
    place.stream, place.way = stream, way
    learner.observe(header, place)
    return header.learnt("message"), header.learnt("fragment_frames")


def part(opcode: int, data: bytes, *, fin: bool = False) -> Any:
    return WebSocket(opcode=opcode, fin=fin, data=data)


def test_parts_make_a_message_of_the_first_ones_kind() -> None:
    learner = WebSocketLearner()
    assert said(learner, 1, part(1, b"one "))[0] is None
    assert said(learner, 2, part(9, b"ping", fin=True))[0] is None
    assert said(learner, 3, part(1, b"back", fin=False), way=1)[0] is None
    assert said(learner, 4, part(0, b"two "))[0] is None
    assert said(learner, 5, part(0, b"three", fin=True)) == ((1, b"one two three"), [1, 4, 5])
    assert said(learner, 6, part(0, b"!", fin=True), way=1) == ((1, b"back!"), [3, 6])
    assert learner.held() == 0


def test_a_part_without_a_beginning_is_none() -> None:
    assert said(WebSocketLearner(), 1, part(0, b"lost", fin=True))[0] is None


def test_what_is_held_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(websocket, "_MOST", 4)
    monkeypatch.setattr(websocket, "_MOST_PARTS", 3)
    learner = WebSocketLearner()
    for stream in range(20):
        said(learner, stream, part(1, b"begun"), stream=stream)
    assert learner.held() == 4
    for number in range(3):
        said(learner, 30 + number, part(0, b"more"), stream=19)
    assert said(learner, 40, part(0, b"end", fin=True), stream=19)[0] is None
