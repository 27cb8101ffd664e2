"""Streams followed: the bytes of both ends in every shape, and how the two sides differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import read, with_context
from dissect.flows.followed import Stretch
from dissect.terminal import followed as module
from dissect.terminal.engine import Engine, Job, RestingSource
from dissect.terminal.followed import SHAPES, FollowedStream, follow, streams_of
from tests.conftest import SAMPLES

ENDS = ("2001:db8::1", 40000), ("10.0.0.1", 80)


def said(*parts: tuple[int, bytes]) -> FollowedStream:
    """A stream in which each part, of the client (0) or the server (1), came in a frame of its own."""
    stretches = [Stretch(number, 0, way, data) for number, (way, data) in enumerate(parts, 1)]
    return FollowedStream("tcp", 7, ENDS, stretches)


def source(name: str) -> RestingSource:
    data = (SAMPLES / name).read_bytes()
    return RestingSource(Job(Engine(), "follow", 2), name, lambda size, at: data[at : at + size])


parts = st.lists(st.tuples(st.sampled_from([0, 1]), st.binary(max_size=70)), max_size=6)


@settings(max_examples=50)
@given(parts)
def test_digits_and_dumps_have_all_bytes(parts: list[tuple[int, bytes]]) -> None:
    stream = said(*parts)
    for way in (0, 1):
        whole = b"".join(data for each, data in parts if each == way)
        assert (stream.data(way), stream.size(way)) == (whole, len(whole))
        assert bytes.fromhex("".join(line.text for line in stream.lines("raw", way))) == whole
        dump = stream.lines("hex", way)
        assert bytes.fromhex("".join(line.text[10:58] for line in dump)) == whole
        # Each row says where among the bytes of its end it begins, also where both ends are shown.
        places = [int(line.text[:8], 16) for line in stream.lines("hex") if line.way == way]
        assert places == [int(line.text[:8], 16) for line in dump]
        assert all(
            whole[place:].startswith(bytes.fromhex(line.text[10:12])) for place, line in zip(places, dump, strict=True)
        )


@settings(max_examples=50)
@given(parts)
def test_text_is_what_everybody_can_see(parts: list[tuple[int, bytes]]) -> None:
    for line in said(*parts).lines("ascii"):
        assert line.text.isascii()
        assert line.text.isprintable() or not line.text
        assert parts[line.number - 1][0] == line.way


def test_long_lines_go_on_in_the_next() -> None:
    lines = said((0, b"a" * 1001 + b"\r\n\r\nb")).lines("ascii")
    assert [len(line.text) for line in lines] == [500, 500, 1, 0, 1]


@settings(max_examples=60)
@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_the_difference_has_the_lines_of_both_ends(client: list[str], server: list[str]) -> None:
    stream = said((0, "\n".join(client).encode()), (1, "\n".join(server).encode()))
    lines = stream.lines("diff")
    # An end that says nothing has one empty line.
    assert [line.text for line in lines if line.sign != "+"] == (client or [""])
    assert [line.text for line in lines if line.sign != "-"] == (server or [""])
    assert all((line.way is None) == (line.sign == "") for line in lines)


def test_the_same_lines_again_and_again_are_compared_at_once() -> None:
    """They kept the workbench busy for an hour, with the third power of their number."""
    stream = said((0, b"x\n" * 5000), (1, b"x\ny\n" * 2500))
    lines = stream.lines("diff")
    assert lines[-1].text == "[only the first 4,000 lines of each side are compared]"
    assert sum(line.sign == "" for line in lines[:-1]) == 2000


def test_holes_are_told_in_every_shape() -> None:
    stream = said((0, b"a"), (1, b"b"))
    stream.stretches.insert(1, Stretch(9, None, 0, b"", missing=12))
    for shape in ("ascii", "hex", "raw"):
        assert ("[12 bytes are missing in the capture]", 9) in [
            (each.text, each.number) for each in stream.lines(shape)
        ]
        assert "missing" not in "".join(each.text for each in stream.lines(shape, 1))


def test_names_and_filters() -> None:
    stream = said()
    assert [stream.name(way) for way in (0, 1)] == ["[2001:db8::1]:40000", "10.0.0.1:80"]
    assert stream.filter == "tcp.stream == 7"
    assert stream._replace(protocol="tls").filter == "tcp.stream == 7"
    assert stream._replace(protocol="udp").filter == "udp.stream == 7"
    assert all(stream.lines(shape) == [] for shape in SHAPES if shape != "diff")


def test_a_stream_of_tcp_is_followed() -> None:
    stream = follow(source("web_request.pcap"), "tcp", 0)
    assert stream.ends == (("10.0.0.1", 40000), ("10.0.1.1", 80))
    assert stream.data(0).startswith(b"GET /index.html HTTP/1.1\r\n")
    assert stream.data(1).startswith(b"HTTP/1.1 200 OK\r\n")
    assert not stream.is_cut


def test_a_stream_that_there_is_not_has_nothing() -> None:
    assert follow(source("web_request.pcap"), "udp", 3).stretches == []
    assert follow(source("web_request.pcap"), "tls", 0).stretches == []


def test_no_more_is_kept_than_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    stream = follow(source("web_request.pcap"), "tcp", 0)
    assert stream.is_cut
    assert 100 < stream.size(0) + stream.size(1) < 400


def test_what_stands_in_front_of_damage_is_followed(tmp_path: Path) -> None:
    data = (SAMPLES / "udp_chat.pcap").read_bytes()
    whole = follow(source("udp_chat.pcap"), "udp", 0)
    cut = RestingSource(Job(Engine(), "follow", 2), "cut", lambda size, at: data[:-3][at : at + size])
    assert follow(cut, "udp", 0).stretches == whole.stretches[:-1]


def test_streams_of_a_packet() -> None:
    packets = list(with_context(read(SAMPLES / "web_request.pcap")))
    assert streams_of(packets[7]) == [("tcp", 0)]
    assert streams_of(packets[0]) == []
