"""What is known of a capture, without any terminal: rows, details, filters, streams, of files of every kind."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dissect
from dissect.captures import read, write
from dissect.errors import CaptureError
from dissect.flows.reading import with_context
from dissect.packets.packet import Packet
from dissect.terminal.opened import OpenCapture
from dissect.terminal.session import Session
from dissect.views.details import details
from dissect.wireshark.columns import summarize
from tests.captures.others import FRAMES, snoop
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


def test_compressed_captures_are_unpacked_where_nobody_finds_them(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "web.pcap.gz"
    path.write_bytes(gzip.compress((SAMPLES / "web_request.pcap").read_bytes()))
    session = opened(path)
    assert len(session.store) == 14
    assert "temporary file" in session.capture.note
    assert [each.name for each in tmp_path.iterdir()] == ["web.pcap.gz"]


def test_other_formats(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "old.snoop"
    path.write_bytes(snoop(FRAMES))
    session = opened(path)
    assert [session.capture.index.captured[place] for place in range(3)] == [len(frame.data) for frame in FRAMES]


def test_damage_is_told_and_what_stands_before_it_is_there(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "web_request.pcap").read_bytes()[:-10])
    session = opened(path)
    assert len(session.store) == 13
    assert "record 14" in session.capture.damage


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no capture at all, but text of some length")
    with pytest.raises(CaptureError, match="is no capture"):
        OpenCapture(str(path))


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


def test_many_packets_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    frame = next(iter(read(SAMPLES / "udp_chat.pcap"))).data
    write(path, (Packet(frame, time_ns=number * 1000) for number in range(3000)))
    session = Session(OpenCapture(str(path)), lambda what: None)
    session.start()
    settled(session)
    assert len(session.store) == 3000
    assert session.store.size < 3000 * 10
    assert session.row(2999) == session.row(1)
    session.close()
