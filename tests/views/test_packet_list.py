"""Lists of packets: lines at a prompt, pages in a notebook, the reader untouched."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, CaptureError, Ethernet, IPv4, Packet, listing
from dissect.views.packet_list import MOST, PacketList, in_context
from tests.declared import SAMPLES, any_bytes
from tests.views.markup import Markup

_TAGS = {
    *("form", "style", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("fieldset", "legend", "label", "input", "p"),
}


def _rows(html: str) -> int:
    return html.count("<tr") - 1


def test_a_file_is_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    from dissect.commands.main import main

    path = str(SAMPLES / "tcp_close_four.pcap")
    assert main(["read", path]) == 0
    assert repr(listing(path)) == capsys.readouterr().out.rstrip("\n")


def test_a_table_has_pages_of_twenty_rows() -> None:
    html = listing(SAMPLES / "tcp_loss.pcap")._repr_html_()
    markup = Markup(html)
    assert markup.balanced
    assert markup.tags <= _TAGS
    count = len(list(dissect.read(SAMPLES / "tcp_loss.pcap")))
    assert _rows(html) == count
    assert html.count("<tbody") == -(-count // 20)
    assert html.count("checked") == 1 + html.count(":checked")
    assert html.count('<th scope="col">') == 7


def test_more_packets_than_are_shown_are_mentioned() -> None:
    frames = [Ethernet() / IPv4() / UDP()] * (MOST + 5)
    shown = listing(frames)
    assert (len(shown), shown.more) == (MOST, True)
    assert repr(shown).endswith(f"… and more: these are the first {MOST}")
    assert len(shown._repr_html_()) < 500_000
    assert len(listing(frames, most=3)) == 3
    assert not listing(frames[:3], most=3).more


def test_a_reader_stays_where_it_is() -> None:
    reader = dissect.captures.read(SAMPLES / "first_ping.pcap")
    first = next(reader)
    html = reader._repr_html_()
    assert _rows(html) == 8
    assert (first.number, [packet.number for packet in reader]) == (1, [2, 3, 4, 5, 6, 7, 8])


def test_what_is_no_file_is_not_read() -> None:
    reader = dissect.captures.read(BytesIO((SAMPLES / "first_ping.pcap").read_bytes()))
    assert "can be read only once" in reader._repr_html_()
    assert len(list(reader)) == 8


def test_a_damaged_file_gives_what_is_in_front_of_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-3])
    shown = listing(path)
    assert len(shown) == 7
    assert "record 8" in repr(shown)
    assert "record 8" in shown._repr_html_()
    (tmp_path / "none.pcap").write_bytes(b"nothing")
    with pytest.raises(CaptureError):
        listing(tmp_path / "none.pcap")


def test_colours_are_those_of_the_rules_whatever_else_is_on_the_page() -> None:
    one = listing([Ethernet() / IPv4(src="1.1.1.1") / UDP()])._repr_html_()
    other = listing([Ethernet() / dissect.ARP(), Ethernet() / IPv4(src="1.1.1.1") / UDP()])._repr_html_()
    row = next(part for part in one.split("<tr ") if 'title="UDP"' in part).split('"')[1]
    assert f'<tr class="{row}" title="UDP"' in other


def test_packets_learn_of_each_other_and_the_given_ones_stay_as_they_were() -> None:
    packets = [Packet(bytes(Ethernet() / IPv4() / TCP(seq=1000, flags="S")), time_ns=0)]
    assert "Seq=0" in repr(listing(packets))
    assert "Seq=1000" in packets[0][TCP].info()
    (known,) = islice(dissect.with_context(packets), 1)
    assert next(in_context([known], 5)) is known


@given(st.lists(any_bytes | st.sampled_from([b"<script>", b"\x1b[2J"]), max_size=4), st.text())
def test_any_packets_are_text(frames: list[bytes], title: str) -> None:
    html = PacketList(listing(frames).packets, title)._repr_html_()
    markup = Markup(html)
    assert markup.tags <= _TAGS
    assert "\x1b" not in html
