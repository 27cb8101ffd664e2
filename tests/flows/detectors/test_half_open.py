"""Half-open connections are told by server, and ends that are not heard by connection."""

from __future__ import annotations

from typing import Any

from dissect import alarms
from tests.flows.segments import segments

HANDSHAKE = "> S 1000, < SA 8000 1001, > A 1001 8001"
ASKED = "> S 1000, < SA 8000 1001"


def kinds(text: str, **settings: Any) -> list[str]:
    return [alarm.kind for alarm in alarms(segments(text), **settings)]


def test_an_answer_that_nobody_acknowledges() -> None:
    (alarm,) = alarms(segments(f"{ASKED}, @4 < SA 8000 1001"))
    assert alarm.kind == "half-open"
    assert alarm.text == "10.0.0.2:80 has answered the SYN of 10.0.0.1:4000, and heard nothing more for 3 s or longer"
    assert (alarm.number, alarm.time_ns) == (1, 0)
    assert alarm.facts["connections"] == 1


def test_a_capture_that_ends_early_says_nothing() -> None:
    assert kinds(ASKED) == []
    assert kinds(ASKED, half_open_seconds=0.05) == ["half-open"]


def test_one_server_is_told_once() -> None:
    packets = [
        packet
        for port in range(3)
        for packet in segments(ASKED, client=f"10.0.0.9:{4000 + port}", first=1 + 2 * port, start=port)
    ]
    packets += segments("> S 1", server="10.0.0.3:80", first=7, start=10)
    (alarm,) = alarms(packets)
    assert "3 clients, such as 10.0.0.9:4000" in alarm.text
    assert (alarm.number, alarm.last_number) == (1, 5)


def test_completed_refused_and_unanswered_ones_are_none() -> None:
    assert kinds(f"{HANDSHAKE}, @9 < A 8001 1001") == []
    assert kinds("> S 1000, < RA 0 1001, @9 > S 1000") == []
    assert kinds("> S 1000, @9 > S 1000") == []


def test_an_end_that_does_not_hear_the_reset() -> None:
    (alarm,) = alarms(segments(f"{HANDSHAKE}, < PA 8001 1001 5, > A 1001 8006, < R 7000"))
    assert "10.0.0.2:80 has reset its connection with 10.0.0.1:4000, which goes on" in alarm.text


def test_an_end_that_has_forgotten_the_connection() -> None:
    # RFC 9293, figure 9.
    (alarm,) = alarms(segments("> S 400, < A 300 100, > R 100"))
    assert alarm.text == "10.0.0.2:80 was still in a connection with 10.0.0.1:4000, which that had forgotten"
