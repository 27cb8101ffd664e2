"""A flood is many SYNs to one port that nobody completes, in a short time."""

from __future__ import annotations

from typing import Any

from dissect import Alarm, Packet, alarms
from tests.flows.segments import segments


def attempts(
    count: int, text: str = "> S 1000", *, step: float = 0.01, start: float = 0.0, net: str = "10.9"
) -> list[Packet]:
    size = len(text.split(","))
    return [
        packet
        for place in range(count)
        for packet in segments(
            text, client=f"{net}.{place // 250}.{place % 250}:4000", first=1 + place * size,
            start=start + place * step, step=0.001,
        )
    ]  # fmt: skip


def floods(packets: list[Packet], **settings: Any) -> list[Alarm]:
    return [alarm for alarm in alarms(packets, **settings) if alarm.kind == "syn-flood"]


def test_a_flood_is_told_with_its_size() -> None:
    (alarm,) = floods(attempts(150, "> S 1000, < SA 8000 1001"))
    assert alarm.text == ("10.0.0.2:80 got 150 SYNs of 150 addresses in 1.49 s that nobody completed; it answered 150")
    assert (alarm.number, alarm.last_number) == (1, 299)
    assert alarm.facts == {"target": "10.0.0.2:80", "syns": 150, "sources": 150, "answered": 150}


def test_it_takes_many_in_a_short_time() -> None:
    assert not floods(attempts(99))
    assert len(floods(attempts(100))) == 1
    assert not floods(attempts(150, step=0.2))
    assert len(floods(attempts(150, step=0.2), flood_seconds=30)) == 1
    assert len(floods(attempts(20), flood_syns=20)) == 1


def test_completed_and_refused_ones_do_not_count() -> None:
    assert not floods(attempts(150, "> S 1000, < SA 8000 1001, > A 1001 8001"))
    assert not floods(attempts(150, "> S 1000, < RA 0 1001"))


def test_a_busy_server_is_not_flooded() -> None:
    # 150 are under way at any time, and all of them are completed.
    begun = attempts(400, "> S 1000, < SA 8000 1001")
    completed = [
        packet
        for place in range(400)
        for packet in segments(
            "> A 1001 8001", client=f"10.9.{place // 250}.{place % 250}:4000", first=1000 + place,
            start=1.5 + place * 0.01,
        )
    ]  # fmt: skip
    packets = sorted([*begun, *completed], key=lambda packet: packet.time_ns or 0)
    assert not floods(packets)


def test_a_silence_ends_a_flood() -> None:
    first, second = floods([*attempts(120), *attempts(130, start=60, net="10.8")])
    assert (first.facts["syns"], second.facts["syns"]) == (120, 130)


def test_a_syn_that_comes_again_is_one() -> None:
    assert not floods(attempts(60, "> S 1000, > S 1000, > S 1000"))
