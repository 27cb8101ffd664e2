"""Filters that are typed in the terminal: right, doubtful or wrong, and the packets that pass."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dissect
from dissect.filters import saved
from dissect.terminal.asked import check, numbers_passing
from dissect.terminal.engine import Engine, Job, RestingSource
from tests.conftest import SAMPLES


@pytest.fixture(autouse=True)
def _own_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def source(path: Path) -> RestingSource:
    data = path.read_bytes()
    return RestingSource(Job(Engine(), "filter", 2), path.name, lambda size, at: data[at : at + size])


def passing(path: Path, text: str, *, twice: bool = False, told: Callable[[], None] = lambda: None) -> list[int]:
    checked = check(text)
    assert checked.passes is not None
    numbers = array("I")
    numbers_passing(source(path), checked.passes, numbers, told, source(path) if twice else None)
    return numbers.tolist()


def test_a_mistake_is_told_with_its_place() -> None:
    wrong = check("tcp.port == 80 && ip.ttl == 300")
    assert (wrong.passes, wrong.place, wrong.doubt) == (None, 28, "")
    assert "300 does not fit ip.ttl" in wrong.error
    assert check("tcp.prt").error.startswith("there is no field 'tcp.prt'")
    assert check("@nothing").passes is None


@pytest.mark.parametrize(
    "text",
    [
        "ip.addr != 10.0.0.1",
        "tcp && tcp.port != 80",
        "!(udp.port != 53)",
        "arp || (ip && eth.addr != 02:00:00:00:00:01)",
    ],
)
def test_what_may_be_meant_otherwise_is_doubted_wherever_it_stands(text: str) -> None:
    checked = check(text)
    assert checked.passes is not None
    assert "and none of them may be so" in checked.doubt


@pytest.mark.parametrize("text", ["ip.src != 10.0.0.1", "!(ip.addr == 10.0.0.1)", "tcp.port == 80", ""])
def test_what_is_clear_is_not_doubted(text: str) -> None:
    assert check(text).doubt == ""


def test_a_saved_filter_is_looked_at_as_what_it_stands_for() -> None:
    saved.save("mine", "ip.addr != 10.0.0.1")
    checked = check("@mine")
    assert checked.passes is not None
    assert (checked.text, bool(checked.doubt)) == ("@mine", True)


@pytest.mark.parametrize("name", ["web_request.pcap", "tcp_loss.pcap", "first_ping.pcap"])
@pytest.mark.parametrize(
    "text", ["tcp.flags.syn == 1", "tcp.analysis.flags", "frame.time_delta_displayed > 0.0001", "arp"]
)
def test_the_packets_are_those_that_pass_elsewhere(name: str, text: str) -> None:
    path = SAMPLES / name
    assert passing(path, text) == [packet.number for packet in dissect.read(path, text)]


def test_what_later_packets_say_counts_where_they_were_read_before() -> None:
    path = SAMPLES / "first_ping.pcap"
    assert passing(path, "icmp.resp_in == 4") == []
    assert passing(path, "icmp.resp_in == 4", twice=True) == [3]


def test_of_a_damaged_capture_those_in_front_of_the_damage_are_found(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "web_request.pcap").read_bytes()[:-10])
    found = passing(path, "ip")
    assert found == [number for number in passing(SAMPLES / "web_request.pcap", "ip") if number < 14]
    path.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-10])
    assert passing(path, "icmp.resp_in == 4", twice=True) == [3]


def test_it_is_told_when_there_are_more_and_never_before(tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    frame = next(iter(dissect.read(SAMPLES / "udp_chat.pcap"))).data

    def packets() -> Iterator[dissect.Packet]:
        for number in range(60_000):
            yield dissect.Packet(frame, time_ns=number)

    dissect.write(path, packets())
    seen: list[int] = []
    checked = check("frame.number > 30000")
    assert checked.passes is not None
    numbers = array("I")
    numbers_passing(source(path), checked.passes, numbers, lambda: seen.append(len(numbers)))
    assert len(numbers) == 30_000
    assert len(seen) > 1
    assert sorted(set(seen)) == seen
    assert seen[-1] == 30_000
