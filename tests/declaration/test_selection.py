"""What is carried over ports: built, parsed, told apart, and found however late it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Data, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.declaration.record_class import RecordMeta
from dissect.declaration.selection import Guess, changes, count_change, guessed, likely_of, looks_of, surprises
from dissect.declaration.specifiers import u8, u16
from dissect.declaration.symbols import Trace
from dissect.declaration.traced_bytes import TracedBuffer
from tests.declared import Outsiders

LOW, HIGH, WEB = 40007, 40009, 40080
MAGIC = b"\x21\x12"

BEFORE = dissect.parse(bytes(Ethernet() / IPv4() / UDP(dport=LOW) / b"\x05"))


with Outsiders(UDP, TCP) as outsiders:

    class Low(Header, name="low_of_tests", title="Carried under the lower port", over={UDP: LOW}):
        """One byte over a port of UDP."""

        a: int = u8("a", default=0)

    class High(
        Header, name="high_of_tests", title="Carried under the higher port", over={UDP: HIGH, TCP: (WEB, WEB + 1)}
    ):
        """One byte over a port of UDP, or over one of two ports of TCP."""

        a: int = u8("a", default=0)

    class Magic(Header, name="magic_of_tests", title="Told by its bytes"):
        """A message that begins with two bytes of its own."""

        cookie: int = u16("cookie", default=0x2112)


@pytest.fixture(autouse=True, scope="module")
def declared() -> Iterator[None]:
    """While these tests run, and no others, the protocols are carried."""
    with outsiders:
        yield


@pytest.fixture
def magic() -> Iterator[None]:
    """While a test runs, the message is looked for behind UDP."""
    UDP._guess(Magic, lambda data: data[0] == 0x21 and data[1] < 0x20)
    yield
    del UDP._heuristics[-1]


@pytest.mark.parametrize("network", [IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv6(src="fe80::1", dst="fe80::2")])
def test_what_is_built_gets_its_port_and_is_parsed_again(network: Header) -> None:
    for transport, carried, port in ((UDP(), Low(a=5), LOW), (UDP(), High(), HIGH), (TCP(), High(a=9), WEB)):
        frame = Ethernet() / network / transport / carried
        layer = frame[type(transport)]
        assert (layer.sport, layer.dport) == (0, port)
        assert layer.is_automatic("dport")
        parsed = dissect.parse(bytes(frame))
        assert parsed == frame
        assert parsed[type(carried)] == carried
        assert eval(repr(parsed), {**vars(dissect), "Low": Low, "High": High}) == frame
        assert not parsed.problems()


def test_a_port_that_selects_already_is_enough() -> None:
    assert (UDP(sport=LOW) / Low()).dport == 0
    assert (UDP(sport=HIGH) / Low()).dport == LOW
    answer = dissect.parse(bytes(Ethernet() / IPv4() / UDP(sport=LOW, dport=50000) / Low(a=1)))
    assert answer[Low].a == 1


def test_a_given_port_stays() -> None:
    frame = Ethernet() / IPv4() / TCP(sport=50000, dport=WEB + 1) / High(a=1)
    assert frame[TCP].dport == WEB + 1
    assert dissect.parse(bytes(frame)) == frame
    assert (UDP(dport=5) / Low()).dport == 5


@pytest.mark.parametrize(
    ("sport", "dport", "expected"),
    [(HIGH, LOW, Low), (LOW, HIGH, Low), (0, HIGH, High), (HIGH, 0, High), (LOW, 0xFFFF, Low), (1, 2, Data)],
)
def test_the_lower_port_is_asked_first(sport: int, dport: int, expected: type[Header]) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP(sport=sport, dport=dport) / b"\x05"))
    assert type(frame[UDP].payload) is expected


def test_a_protocol_that_is_declared_late_is_found_in_frames_parsed_before() -> None:
    assert BEFORE[Low].a == 5


def test_what_was_awaited_is_a_change_and_no_surprise() -> None:
    before = changes(), surprises()
    count_change(is_surprising=False)
    assert (changes(), surprises()) == (before[0] + 1, before[1])
    # This class is of no package that is known to declare protocols.
    UDP._guess(Magic, lambda data: False)
    del UDP._heuristics[-1]
    assert (changes(), surprises()) == (before[0] + 2, before[1] + 1)


def test_without_data_nothing_is_carried() -> None:
    for transport in (UDP(dport=LOW), TCP(dport=WEB, flags="A")):
        parsed = dissect.parse(bytes(Ethernet() / IPv4() / transport))
        assert [header.name for header in parsed.layers()] == ["eth", "ip", transport.name]
        assert "low_of_tests" not in [layer.name for layer in parsed.layers()]


def test_fixing_changes_ports_only_where_neither_selects_what_is_carried() -> None:
    frame = Ethernet() / IPv4() / UDP(sport=7, dport=9) / Low()
    assert (frame.fixed()[UDP].sport, frame.fixed()[UDP].dport) == (7, LOW)
    for kept in (UDP(sport=LOW, dport=9) / Low(), UDP(sport=9, dport=LOW) / Low(), UDP(sport=7, dport=9) / b"bytes"):
        fixed = (IPv4() / kept).fixed()[UDP]
        assert (fixed.sport, fixed.dport) == (kept.sport, kept.dport)


@pytest.mark.usefixtures("magic")
def test_bytes_are_looked_at_where_no_port_tells() -> None:
    def carried(data: bytes, port: int = 1) -> type[Header | None]:
        return type(dissect.parse(bytes(Ethernet() / IPv4() / UDP(sport=2, dport=port) / data))[UDP].payload)

    assert carried(MAGIC) is Magic
    assert carried(MAGIC, LOW) is Low
    assert carried(b"\x21\x20") is Data
    # The function looks at a second byte that is not there: no.
    assert carried(b"\x21") is Data


def test_the_first_function_that_claims_the_bytes_decides() -> None:
    asked: list[bytes] = []

    def claims(data: bytes) -> bool:
        asked.append(data)
        return len(data) == 3

    assert guessed([(lambda data: data[9] == 1, 1), (claims, 2), (lambda data: True, 3)], b"0abc0", 1, 4) == 2
    assert guessed([(claims, 2)], b"0abcd0", 1, 5) is None
    assert asked == [b"abc", b"abcd"]


def test_a_guess_is_asked_only_where_it_may_be_right() -> None:
    asked: list[bytes] = []

    def claims(data: bytes) -> bool:
        asked.append(data)
        return data[-1] == 0

    guess = Guess(claims, begins=(b"GET ", b"HTTP"), least=6)
    for data, expected in ((b"GET /\0", 1), (b"GET /!", None), (b"GET /", None), (b"GETS /", None), (b"", None)):
        assert guessed([(guess, 1)], b"-" + data + b"-", 1, 1 + len(data)) == expected, data
    assert asked == [b"GET /\0", b"GET /!"]
    numbered = Guess(bool, first=range(0xC0, 0x100), then=(b"\0\0", b"\xff"), least=3)
    assert [numbered.is_likely(data) for data in (b"\xc0\0\0", b"\xc1\xff\2", b"\xc1\1\0", b"\0\0\0")] == [1, 1, 0, 0]
    further = Guess(places={3: (7,), 1: range(2)})
    assert [further(data) for data in (b"\0\1\0\7", b"\0\2\0\7", b"\0\1\0\6", b"\0\1\0")] == [True, False, False, False]
    looks = [(place, table) for place, table, _ in looks_of([guess, Guess(claims, first=range(2)), further])]
    assert looks == [(0, bytes(each in b"\0\1GH" for each in range(256))), (3, bytes(each == 7 for each in range(256)))]


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"least": 5},
        {"first": (1,), "least": 0},
        {"first": (256,)},
        {"first": (1,), "begins": (b"a",)},
        {"first": (1,), "places": {1: (1,)}},
        {"places": {1: (1,)}, "then": (b"a",)},
        {"places": {-1: (1,)}},
        {"places": {1: (1,), 2: ()}},
    ],
)
def test_a_guess_says_what_messages_begin_with(stated: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a Guess has first="):
        Guess(bool, **stated)


def test_a_guess_asks_traced_bytes_for_no_more_than_it_needs() -> None:
    """So frames that differ in bytes by which a protocol might be told are of one form."""
    trace = Trace()
    data = b"\5\6\7"
    assert not Guess(places={1: range(6)}).is_likely(TracedBuffer(trace, data, 0, 3))  # type: ignore[arg-type]
    (condition,) = trace.conditions
    assert not any(eval(condition, {"n8_8": byte}) for byte in range(6, 256))
    assert all(eval(condition, {"n8_8": byte}) for byte in range(6))


COUNTER = count()


@st.composite
def declarations(draw: st.DrawFn) -> list[type[Header]]:
    """Some protocols over few ports of UDP and TCP, where they meet with clients, of one to three numbers each."""
    free: dict[Any, set[int]] = {UDP: set(range(1, 13)), TCP: set(range(1, 13))}
    made: list[type[Header]] = []
    for _ in range(draw(st.integers(1, 4))):
        over: dict[Any, tuple[int, ...]] = {}
        for carrier, left in free.items():
            ports = draw(st.lists(st.sampled_from(sorted(left)), max_size=3, unique=True)) if left else []
            left -= set(ports)
            if ports:
                over[carrier] = tuple(ports)
        if over:
            kinds = draw(st.lists(st.sampled_from([u8, u16]), min_size=1, max_size=3))
            body = {f"field{place}": kind(f"f{place}") for place, kind in enumerate(kinds)}
            cls: Any = RecordMeta("Drawn", (Header,), body, name=f"drawn{next(COUNTER)}", over=over)
            made.append(cls)
    return made


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_ports_keep_the_promises_whatever_is_declared(data: st.DataObject) -> None:
    with Outsiders(UDP, TCP):
        protocols: Any = data.draw(declarations())
        given_ports = {
            name: data.draw(st.integers(0, 12)) for name in ("sport", "dport") if data.draw(st.integers(0, 1))
        }
        transport = data.draw(st.sampled_from([UDP, TCP]))(**given_ports)
        carried: Any = b"\1\2\3"
        if protocols and data.draw(st.booleans()):
            carried = data.draw(st.sampled_from(protocols))()
        frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / transport / carried
        for name, port in given_ports.items():
            assert getattr(frame[type(transport)], name) == port, "what was given is kept"
        raw = bytes(frame)
        parsed = dissect.parse(raw)
        # Lossless and symmetric, or told.
        assert bytes(parsed) == raw
        assert parsed == frame or frame.problems()
        known: dict[str, Any] = {**vars(dissect), "Drawn": type(carried)}
        if not frame.problems():
            assert parsed.problems() == []
            assert eval(repr(frame), known) == frame
            assert frame.fixed() == frame
        fixed = frame.fixed()
        assert fixed.fixed() == fixed
        layer = frame[type(transport)]
        if any(layer.selects(getattr(layer, name), layer.payload) for name in ("sport", "dport")):
            for name in ("sport", "dport"):
                assert getattr(fixed[type(transport)], name) == getattr(layer, name)
        # An edit of a port says as much of what is carried as its bytes would.
        edited = parsed.copy()
        edited[type(transport)].dport = data.draw(st.integers(0, 12))
        again = dissect.parse(bytes(edited))
        told, expected = ({each.field for each in one.problems()} - {"checksum"} for one in (edited, again))
        assert told == expected if again == edited else "dport" in told


@given(st.binary(min_size=1, max_size=9), st.integers(0, 3))
def test_guesses_are_asked_together_as_each_alone(data: bytes, front: int) -> None:
    guesses = [
        Guess(bool, begins=(b"\0\1", b"\2")),
        Guess(bool, first=range(0x80), then=(b"\0", b"\3\3"), least=3),
        Guess(bool, first=(0xFF,)),
        Guess(places={2: range(0x20), 1: (0, 3)}, least=4),
    ]
    buffer = bytes(front) + data + b"\0\3\3"
    for first in (data[0], 0, 2, 0xFF):
        changed = bytes(front) + bytes([first]) + buffer[front + 1 :]
        stop = front + len(data)
        expected = any(guess.is_likely(changed, front, stop) for guess in guesses)
        assert likely_of(guesses)(changed, front, stop) == expected
        looks = looks_of(guesses)
        assert expected == any(
            front + place < stop and table[changed[front + place]] and likely(changed, front, stop)
            for place, table, likely in looks
        )
