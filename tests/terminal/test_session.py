"""What is known of a capture, without any terminal: rows, details, filters, streams, of files of every kind."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import dissect
from dissect.captures import read, write
from dissect.flows.reading import with_context
from dissect.packets.packet import Packet
from dissect.terminal import session as module
from dissect.terminal.asked import Checked, check
from dissect.terminal.engine import RestingSource
from dissect.terminal.opened import OpenCapture
from dissect.terminal.session import Session
from dissect.views.details import details
from dissect.wireshark.columns import summarize
from tests.conftest import SAMPLES

Opened = Callable[..., Session]


def settled(session: Session) -> Session:
    """The session when nothing is left to do."""
    end = time.monotonic() + 30
    while session.engine.is_busy():
        assert time.monotonic() < end
        time.sleep(0.002)
    assert session.error is None
    return session


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open a capture, and have it read."""
    sessions: list[Session] = []

    def call(path: Path | str, *, follow: bool = False) -> Session:
        session = Session(OpenCapture(str(path), follow=follow), lambda what: None)
        sessions.append(session)
        session.start()
        return settled(session)

    yield call
    for session in sessions:
        session.close()


@pytest.mark.parametrize("name", ["web_request.pcap", "tcp_loss.pcap", "ping_4000.pcap", "pcapng_comments.pcapng"])
def test_rows_and_details_are_those_of_the_whole_capture(opened: Opened, name: str) -> None:
    session = opened(SAMPLES / name)
    # Packets know what later ones say, as in Wireshark.
    packets = list(with_context(read(SAMPLES / name), before=read(SAMPLES / name)))
    assert len(session.capture.index) == len(session.store) == len(packets)
    for packet in (*packets[::-3], *packets[::2]):
        row, columns = session.row(packet.number), summarize(packet)
        assert row is not None
        assert (row.source, row.protocol, row.info) == (columns.source, columns.protocol, columns.info)
        session.look(packet.number)
        looked = settled(session).looked
        assert looked is not None
        assert looked.in_context
        assert looked.number == packet.number
        assert details(looked.packet) == details(packet)


def test_filters_pass_what_they_pass_elsewhere(opened: Opened) -> None:
    path = SAMPLES / "tcp_loss.pcap"
    session = opened(path)
    for text in ("tcp.analysis.flags", "tcp.len > 0 && tcp.stream == 0", "frame.number in {3..5}", "arp"):
        session.filter(text)
        settled(session)
        expected = [packet.number for packet in dissect.read(path, text)]
        assert list(session.shown.numbers(0, 1000)) == expected
        assert session.shown.is_complete
    session.filter("ip.ttl == 300")
    settled(session)
    assert session.checked is not None
    assert "300 does not fit" in session.checked.error
    assert session.shown.filter == "arp"


def test_a_filter_that_was_taken_back_meanwhile_is_not_applied(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(SAMPLES / "web_request.pcap")
    begun, go_on = Event(), Event()

    def slowly(text: str) -> Checked:
        begun.set()
        assert go_on.wait(10)
        return check(text)

    monkeypatch.setattr(module, "check", slowly)
    session.filter("arp")
    assert begun.wait(10)
    session.filter("")
    go_on.set()
    # It runs when the one before has ended.
    session.look(3)
    settled(session)
    assert (session.shown.filter, len(session.shown), session.shown.is_complete) == ("", 14, True)


def test_an_order_of_a_filter_that_is_not_done_yet_has_all_of_it_in_the_end(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(SAMPLES / "web_request.pcap")
    lengths: list[int] = []

    def slowly(source: RestingSource, passes: Any, numbers: array[int], told: Callable[[], None], before: Any) -> None:
        numbers.extend([5, 6])
        session.sort("number", largest_first=True)
        # While more urgent work is done, the order comes in front of what the filter has left to do.
        session.look(3)
        source.read(1)
        lengths.append(len(session.shown))
        numbers.append(9)

    monkeypatch.setattr(module, "numbers_passing", slowly)
    session.filter("tcp")
    settled(session)
    assert lengths == [2]
    assert list(session.shown.numbers(0, 9)) == [9, 6, 5]
    session.sort("number", largest_first=False)
    session.filter("")
    settled(session)
    assert (session.shown.sorted_by, len(session.shown)) == (None, 14)


def test_nothing_is_found_in_an_empty_list_and_all_round_the_end(opened: Opened) -> None:
    session = opened(SAMPLES / "web_request.pcap")
    session.filter("icmp")
    settled(session)
    for kind, text in (("text", "SYN"), ("filter", "tcp"), ("bytes", "00"), ("string", "GET")):
        session.find(text, kind, 1)
        assert settled(session).found == 0
    session.filter("")
    settled(session)
    session.find("syn", "text", 6)
    assert settled(session).found == 5
    session.find("syn", "text", 5, backwards=True)
    assert settled(session).found == 5
    session.find("syn", "text", 14)
    assert settled(session).found == 5


def test_filters_know_what_later_packets_say(opened: Opened) -> None:
    session = opened(SAMPLES / "first_ping.pcap")
    session.filter("icmp.resp_in == 4")
    settled(session)
    assert list(session.shown.numbers(0, 9)) == [3]


def test_link_types_that_are_not_read_say_so(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "usb.pcap"
    write(path, [Packet(bytes(64), link=189)])
    row = opened(path).row(1)
    assert row is not None
    assert "are not read" in row.info


def test_colours_are_those_of_the_rules(opened: Opened) -> None:
    session = opened(SAMPLES / "tcp_loss.pcap")
    session.view(range(1, len(session.capture.index) + 1))
    settled(session)
    packets = {packet.number: packet for packet in with_context(read(SAMPLES / "tcp_loss.pcap"))}
    from dissect.views.colouring import rule_for

    assert {number: session.rule(number) for number in packets} == {
        number: rule_for(packet) for number, packet in packets.items()
    }
    assert "Bad TCP" in {rule.name for number in packets if (rule := session.rule(number)) is not None}


def test_added_columns(opened: Opened) -> None:
    session = opened(SAMPLES / "web_request.pcap")
    session.show_fields(["ip.ttl", "tcp.port"])
    settled(session)
    row = session.row(5)
    assert row is not None
    assert row.fields == ("64", "40000,80")


def test_a_file_that_grows(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "growing.pcap"
    whole = (SAMPLES / "web_request.pcap").read_bytes()
    path.write_bytes(whole[:1000])
    session = opened(path, follow=True)
    session.filter("tcp")
    settled(session)
    before = len(session.shown)
    assert 0 < before < 10
    with path.open("ab") as file:
        file.write(whole[1000:])
    session.capture.finish()
    end = time.monotonic() + 10
    while (len(session.store) < 14 or len(session.shown) < 10) and time.monotonic() < end:
        time.sleep(0.01)
    assert (len(session.store), len(session.shown)) == (14, 10)
