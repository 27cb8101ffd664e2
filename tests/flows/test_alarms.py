"""Alarms over whole captures: none over honest traffic, in bounded memory over any, and settings that exist."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, TCP, DissectError, Ethernet, IPv4, Packet, alarms, compile_filter
from dissect.flows import alarm
from dissect.flows.alarm import Detector
from tests.conftest import SAMPLES
from tests.flows.segments import segments


def test_a_real_server_under_a_flood() -> None:
    (found,) = alarms(SAMPLES / "tcp_syn_flood.pcap")
    assert found.kind == "syn-flood"
    assert found.facts == {"target": "10.0.0.2:8000", "syns": 120, "sources": 120, "answered": 120}


def test_an_old_syn_that_a_real_server_answers() -> None:
    (found,) = alarms(SAMPLES / "tcp_stale_syn.pcap")
    assert found.kind == "stale-syn"
    assert (found.number, found.facts["seq"]) == (1, 90)


RAISED = ("tcp_syn_flood", "tcp_stale_syn")


@pytest.mark.parametrize(
    "path",
    sorted(path for path in SAMPLES.glob("*.pcap") if path.stem not in RAISED),
    ids=lambda path: path.stem,
)
def test_honest_traffic_raises_none(path: str) -> None:
    assert [str(each) for each in alarms(path)] == []


def test_what_a_filter_refuses_does_not_count() -> None:
    packets = segments("> S 1000, < SA 8000 1001, @9 < SA 8000 1001")
    assert len(list(alarms(packets, keep=compile_filter("tcp.port == 80")))) == 1
    assert not list(alarms(packets, keep=compile_filter("tcp.port == 81")))


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"scan_port": 3}, "there is no setting 'scan_port'"), ({"scan_ports": -1}, "and -1 is none")],
)
def test_wrong_settings(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DissectError, match=said):
        alarms([], **settings)


def test_a_detector_may_look_at_any_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Detector, "all", list(Detector.all))

    class Asked(Detector):
        of = (ARP,)

        def observe(self, header: object, place: object) -> None:
            self.told.append(header)

    assert sum(isinstance(each, ARP) for each in alarms(SAMPLES / "first_ping.pcap")) == 2
    assert alarm.Detector.all[-1] is Asked


def strangers(count: int) -> Iterator[Packet]:
    random = Random(1)
    frame = bytearray(bytes(Ethernet() / IPv4(dst="10.0.0.2") / TCP(sport=1, dport=80, flags="S")))
    for number in range(1, count + 1):
        frame[26:30] = random.randbytes(4)
        frame[34:36] = random.randbytes(2)
        yield Packet(bytes(frame), number=number, time_ns=number * 1_000_000)


def test_memory_is_bounded_whatever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    # With small tables a few thousand strangers show what a million do with large ones.
    from dissect.flows import watching
    from dissect.flows.detectors import port_scan, syn_flood

    monkeypatch.setattr(watching, "MOST_TALKS", 64)
    for module, names in ((syn_flood, ("MOST_HELD", "_MOST_PENDING", "_MOST_SOURCES")), (port_scan, ("MOST_HELD",))):
        for name in names:
            monkeypatch.setattr(module, name, 64)
    sizes = []
    for count in (1000, 3000):
        tracemalloc.start()
        found = [each.kind for each in alarms(strangers(count), flood_syns=50)]
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert "syn-flood" in found
    # What the reading pass holds of conversations has its own limit, far above these numbers.
    assert sizes[1] < 3 * sizes[0] + 2_000_000


@given(
    st.lists(
        st.tuples(
            st.booleans(), st.integers(1, 3), st.sampled_from(["S", "SA", "A", "FA", "R", "RA", "PA", "-"]),
            st.integers(0, 4), st.integers(0, 4), st.integers(0, 2), st.integers(0, 300),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_nothing_is_raised_whatever_comes(arbitrary: list[tuple[bool, int, str, int, int, int, int]]) -> None:
    packets = []
    for number, (back, port, flags, seq, ack, length, time) in enumerate(arbitrary, 1):
        text = f"@{time} {'<' if back else '>'} {flags} {seq} {ack} {length}"
        packets += segments(text, client=f"10.0.0.1:{port}", first=number)
    for each in alarms(packets, half_open_seconds=0, flood_syns=1, scan_ports=1, scan_hosts=1):
        assert each.number <= each.last_number <= len(packets)
        assert each.kind
        assert each.text
