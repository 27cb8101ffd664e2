"""Compiled filters: types checked when compiled, and the meaning of several occurrences."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, UDP, VLAN, Data, Ethernet, IPv4, Packet
from dissect.declaration.header import Header
from dissect.errors import FilterError
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.protocols.tcp_options import MSS

SEGMENT = (
    Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=64)
    / TCP(sport=40000, dport=80, flags="SA", options=[MSS(value=1460)])
    / b"GET /index.html"
)
TUNNEL = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / IPv4(src="10.1.0.1", dst="10.1.0.2", ttl=3) / UDP(dport=53)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("tcp and not udp", True),
        ("tcp.options.mss_val == 1460", True),
        ("eth.src == 02-00-00-00-00-01", True),
        ("ip.src == 10.0.0.0/30", True),
        ("ip.src == 10.0.0.4/30", False),
        ('ip.proto == "tcp"', True),
        ("ip.proto == TCP", True),
        ('tcp.flags.syn == "Set" and tcp.flags.fin == "Not set"', True),
        ("tcp.hdr_len == 24 and ip.hdr_len == 20", True),
        ("ip[8] == 40 and ip[-4:] == 0a:00:00:02", True),
        ("ip[20]", False),
        ("tcp[13] & 0x12 == 0x12", True),
        ("eth.dst[0:3] == 02:00:00", True),
        ('tcp.payload[0:3] == "GET"', True),
        ('frame contains "index" and tcp contains "index" and ip contains "index"', True),
        ('tcp.payload matches "^get\\\\s"', True),
        ("len(tcp.payload) == 15 and count(tcp.port) == 2", True),
        ("tcp.len + tcp.hdr_len + ip.hdr_len == ip.len", True),
        ('string(ip.src) == "10.0.0.1"', True),
        ("max(tcp.srcport, tcp.dstport) == 40000", True),
        ("ip.ttl - 65 < 0 and ip.ttl - 64 == 0", True),
        ("tcp.port in {443, 80..81}", True),
        ("arp.opcode == 1", False),
    ],
)
def test_a_segment(text: str, expected: bool) -> None:
    assert compile_filter(text)(SEGMENT) is expected
    assert compile_filter(text)(Packet(bytes(SEGMENT))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ip.ttl == 3", True),
        ("ip.ttl === 3", False),
        ("ip.ttl != 3", False),
        ("ip.ttl !== 3", True),
        ("any ip.ttl != 3", True),
        ("all ip.ttl < 65", True),
        ("all ip.ttl < 64", False),
        ("not ip.ttl == 3", False),
        ("ip.ttl#1 == 3", False),
        ("ip.ttl#2 == 3", True),
        ("ip.ttl#[-1] == 3", True),
        ("ip#3", False),
        ("count(ip.addr) == 4", True),
        ("ip.addr in {10.1.0.2}", True),
        ("all ip.addr in {10.0.0.0/8}", True),
        ("tcp.port != 80", False),
        ("not tcp.port == 80", True),
        ("max(ip.ttl) == 64 and min(ip.ttl) == 3", True),
    ],
)
def test_several_occurrences(text: str, expected: bool) -> None:
    assert compile_filter(text)(TUNNEL) is expected


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("ip.ttl == 300", 10, "300 does not fit ip.ttl, expected 0 to 255"),
        ("tcp and ip.tll == 64", 8, "there is no field 'ip.tll'; did you mean 'ip.ttl'?"),
        ("nosuch.field == 1", 0, "there is no field 'nosuch.field'"),
        ("ip.ttl == banana", 10, '"banana" is no value of ip.ttl, expected 0 to 255'),
        ('ip.ttl == "64"', 10, "text is no value of ip.ttl"),
        ('ip.proto == "TCQ"', 12, 'did you mean "TCP"?'),
        ("ip.src == 10.0.0.256", 10, "expected an address like 192.168.0.2"),
        ("ip.src == 10.0.0.0/33", 10, "expected 0 to 32"),
        ('ip.src > "a"', 9, "text is no value of ip.src"),
        ("eth.src == 02:00", 11, '"02:00" is 2 bytes, expected the 6 of eth.src'),
        ("eth[0:2] == 0x0200", 12, "is no byte string"),
        ("ip.ttl == ip.src", 10, "they cannot be compared"),
        ("ip.proto == tcp", 12, "they cannot be compared"),
        ("ip.ttl contains 40", 0, "in which nothing can be looked for"),
        ('frame matches "("', 14, "this is no regular expression: missing )"),
        ("frame matches x", 14, "needs a regular expression in double quotes"),
        ("ip[0] in {45}", 0, '"in" takes a field as it is'),
        ("udp.checksum.bad == 1", 0, "has no value to compare"),
        ("tcp.flags.syn == true", 17, 'expected True, False, 1, 0, "Set" or "Not set"'),
        ("frame.time > 1", 13, "expected a time like"),
        ("frame.time_delta > 1e-3", 19, "expected seconds"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(text: str, position: int, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text)
    assert said in caught.value.message
    assert caught.value.position == position
    assert str(caught.value).split("\n")[2].index("^") == 2 + position


def test_what_a_filter_asks_for() -> None:
    compiled = compile_filter("ip.ttl == 1 and tcp.stream == len(eth) or ip.ttl == 2")
    assert compiled.text == "ip.ttl == 1 and tcp.stream == len(eth) or ip.ttl == 2"
    assert compiled.fields == ("ip.ttl", "tcp.stream", "eth")
    assert compiled.context_fields == ("tcp.stream",)


def test_a_reading_pass_tells_what_depends_on_other_packets() -> None:
    known: dict[str, list[object]] = {"tcp.stream": [7], "icmp.resptime": [0.25]}
    assert compile_filter("tcp.stream == 7 and icmp.resptime < 1", context=lambda packet: known)(SEGMENT)
    assert not compile_filter("tcp.stream == 8", context=lambda packet: known)(SEGMENT)
    assert not compile_filter("tcp.seq", context=lambda packet: known)(SEGMENT)


def test_a_header_alone_is_the_only_frame_of_its_capture() -> None:
    assert compile_filter("frame.number == 1")(SEGMENT)
    assert compile_filter(f"frame.len == {len(SEGMENT)}")(SEGMENT)
    assert not compile_filter("frame.time")(SEGMENT)


def test_built_and_edited_headers_are_filtered_as_they_are() -> None:
    frame = SEGMENT.copy()
    frame[IPv4].ttl = 9
    assert compile_filter("ip.ttl == 9 and ip[8] == 09 and tcp.dstport == 80")(frame)


FIELDS: dict[str, Callable[[Header], list[int]]] = {
    "ip.ttl": lambda frame: [each.ttl for each in frame.layers() if isinstance(each, IPv4)],
    "ip.len": lambda frame: [each.total_length for each in frame.layers() if isinstance(each, IPv4)],
    "udp.port": lambda frame: [n for each in frame.layers() if isinstance(each, UDP) for n in (each.sport, each.dport)],
    "tcp.srcport": lambda frame: [each.sport for each in frame.layers() if isinstance(each, TCP)],
    "vlan.id": lambda frame: [each.id for each in frame.layers() if isinstance(each, VLAN)],
}
SIGNS: dict[str, tuple[Callable[[Iterable[bool]], bool], Callable[[int, int], bool]]] = {
    "==": (any, lambda a, b: a == b),
    "!=": (all, lambda a, b: a != b),
    "===": (all, lambda a, b: a == b),
    "!==": (any, lambda a, b: a != b),
    "<": (any, lambda a, b: a < b),
    "<=": (any, lambda a, b: a <= b),
    ">": (any, lambda a, b: a > b),
    ">=": (any, lambda a, b: a >= b),
}
SMALL = st.sampled_from([0, 1, 2, 20, 53, 64, 200])


@st.composite
def leaves(draw: st.DrawFn) -> tuple[str, object]:
    """Return a test, and a function that says what it means."""
    name = draw(st.sampled_from(sorted(FIELDS)))
    values = FIELDS[name]
    form = draw(st.sampled_from(["exists", "compare", "in", "count"]))
    if form == "exists":
        return name, lambda frame: bool(values(frame))
    if form == "count":
        number = draw(SMALL)
        return f"count({name}) == {number}", lambda frame: bool(values(frame)) and len(values(frame)) == number
    if form == "in":
        low, high, single = draw(SMALL), draw(SMALL), draw(SMALL)
        return (
            f"{name} in {{{low} .. {high}, {single}}}",
            lambda frame: any(low <= value <= high or value == single for value in values(frame)),
        )
    sign, number = draw(st.sampled_from(sorted(SIGNS))), draw(SMALL)
    quantified, agrees = SIGNS[sign]
    return (
        f"{name} {sign} {number}",
        lambda frame: bool(values(frame)) and quantified(agrees(value, number) for value in values(frame)),
    )


def combined(inner: st.SearchStrategy[tuple[str, object]]) -> st.SearchStrategy[tuple[str, object]]:
    def negated(test: tuple[str, object]) -> tuple[str, object]:
        return f"not ({test[0]})", lambda frame: not test[1](frame)  # type: ignore[operator]

    def both(pair: tuple[tuple[str, object], tuple[str, object]]) -> tuple[str, object]:
        (first, a), (second, b) = pair
        return f"({first}) and ({second})", lambda frame: a(frame) and b(frame)  # type: ignore[operator]

    def either(pair: tuple[tuple[str, object], tuple[str, object]]) -> tuple[str, object]:
        (first, a), (second, b) = pair
        return f"({first}) or ({second})", lambda frame: a(frame) or b(frame)  # type: ignore[operator]

    pairs = st.tuples(inner, inner)
    return st.one_of(inner.map(negated), pairs.map(both), pairs.map(either))


FILTERS = st.recursive(leaves(), combined, max_leaves=6)
HEADERS = st.one_of(
    # A total length of 0 is that of a large segment, which a filter sees as long as it is.
    st.builds(IPv4, ttl=SMALL, total_length=SMALL.filter(bool)),
    st.builds(IPv4, ttl=SMALL),
    st.builds(UDP, sport=SMALL, dport=SMALL),
    st.builds(TCP, sport=SMALL, dport=SMALL),
    st.builds(VLAN, id=SMALL),
    st.builds(Data, st.binary(min_size=1, max_size=8)),
)


def stacked(headers: list[Header]) -> Header:
    frame: Header = Ethernet()
    for header, following in zip(headers, (*headers, None)[1:], strict=True):
        # A tag whose type is 0 tells of a frame of no bytes, behind which a filter sees nothing.
        is_last = isinstance(header, VLAN) and isinstance(following, (Data, type(None)))
        frame = frame / (header.replace(type=0x88B5) if is_last else header)
    return frame


FRAMES = st.lists(HEADERS, max_size=5).map(stacked)


@given(FILTERS, FRAMES)
def test_random_filters_mean_what_a_plain_evaluation_of_them_says(test: tuple[str, object], frame: Header) -> None:
    text, meaning = test
    assert callable(meaning)
    assert compile_filter(text)(frame) is bool(meaning(frame))


WORDS = st.sampled_from(
    """
    tcp ip.src ip.ttl ip.proto eth.src frame.time frame.time_delta tcp.flags.syn tcp.payload frame.protocols
    udp.checksum.bad data.len tcp.stream icmp.resptime frame 64 0x40 1.5 10.0.0.1 10.0.0.0/8 ::1 02:00 02:00:00:00:00:01
    "a" "TCP" 'a' "\\x41" "2026-01-01" True == != === !== < > contains matches in not and or any all
    ( ) { } , .. [0:2] [-1] #1 & + - * / %
    len( max( string( abs( upper( count( )
    """.split()
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=10).map(" ".join)), st.sampled_from([SEGMENT, TUNNEL, Data(b"")]))
def test_any_text_compiles_and_runs_or_is_refused(text: str, frame: Header) -> None:
    compiled: CompiledFilter | FilterError
    try:
        compiled = compile_filter(text)
    except FilterError as error:
        compiled = error
    if isinstance(compiled, FilterError):
        assert 0 <= compiled.position <= len(text)
    else:
        assert isinstance(compiled(Packet(bytes(frame))), bool)


def test_a_filter_crosses_processes() -> None:
    for text in ("tcp.port == 80", "tcp.stream == 0", "", 'tcp contains "GET" and not vlan'):
        sent = pickle.loads(pickle.dumps(compile_filter(text)))
        assert (sent.text, sent.fields, sent(SEGMENT), sent(TUNNEL)) == (
            text,
            compile_filter(text).fields,
            compile_filter(text)(SEGMENT),
            compile_filter(text)(TUNNEL),
        )


def test_what_is_no_filter_or_no_packet_is_told() -> None:
    given: list[Any] = [b"bytes", 5, None, "text"]
    for what in given:
        with pytest.raises(TypeError, match=r"is asked about a packet or header, not .*: parse makes one of bytes"):
            compile_filter("ip")(what)
    for text in (given[1], given[2], given[0]):
        with pytest.raises(TypeError, match="a display filter is text, not"):
            compile_filter(text)
    with pytest.raises(FilterError, match="'abc' is 3 bytes, expected a single one: text stands in double quotes"):
        compile_filter("frame contains 'abc'")
