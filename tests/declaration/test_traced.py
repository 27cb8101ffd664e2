"""Records that are traced: they answer as those that they stand for, and what they answered is noted."""

from __future__ import annotations

import operator
from typing import Any

import pytest

from dissect import (
    MSS,
    TCP,
    UDP,
    VLAN,
    EchoRequest,
    Ethernet,
    Header,
    IPv4,
    IPv6,
    RoutingHeader,
    Timestamps,
    parse,
)
from dissect.declaration.header import Data
from dissect.declaration.named import name_of
from dissect.declaration.references import restored, told_value
from dissect.declaration.symbols import Symbol, Trace, UntraceableError
from dissect.declaration.traced import NOTHING, Chain, is_open
from dissect.declaration.traced_bytes import TracedOctets
from dissect.errors import FieldAbsentError
from tests.declaration.traces import values_at

FRAMES = [
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(sport=5, dport=6, payload=b"data"),
    Ethernet()
    / VLAN(id=5)
    / IPv6(src="2001:db8::1")
    / TCP(seq=9, flags="S", options=[MSS(1460), Timestamps(value=1)])
    / b"x",
    Ethernet() / IPv4(src="10.0.0.1") / EchoRequest(id=1, seq=2, payload=b"abc") / b"trailer",
]
COMPUTED = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.lshift, operator.rshift]
COMPARED = [operator.and_, operator.or_, operator.xor, operator.lt, operator.le, operator.gt, operator.ge, operator.eq]
each_frame = pytest.mark.parametrize("frame", FRAMES, ids=["udp", "tcp", "ping"])


def chain_of(frame: Header) -> Chain:
    data = bytes(frame)
    return Chain(Trace(), data, 0, list(parse(data).layers()))


def plain(value: Any) -> Any:
    """Return the number, or the bytes, that something traced stands for."""
    return value.value if isinstance(value, Symbol) else value.data if isinstance(value, TracedOctets) else value


@each_frame
def test_fields_are_those_of_the_header_and_have_their_place(frame: Header) -> None:
    chain = chain_of(frame)
    for header, traced in zip(chain.headers, chain.traced, strict=True):
        for field in header.layout:
            raw = traced.raw(field)
            assert plain(raw) == header.raw(field)
            assert tuple(map(plain, traced.span(field))) == header.span(field)
            if isinstance(raw, Symbol):
                assert eval(raw.expression, values_at(chain.trace.places, chain.data)) == header.raw(field)


@each_frame
def test_values_are_those_of_the_header(frame: Header) -> None:
    chain = chain_of(frame)
    for header, traced in zip(chain.headers, chain.traced, strict=True):
        for field in header.fields:
            if not isinstance(getattr(header, field.name), (tuple, bytes)):
                assert getattr(traced, field.name) == getattr(header, field.name)
        assert isinstance(traced, type(header))
        assert (traced.is_cut, bytes(traced), len(traced)) == (header.is_cut, bytes(header), len(header))
        assert plain(traced.carried_end) == header.carried_end
    held = {"e0", "size", *(f"c{place}" for place in range(9)), *chain.trace.facts}
    assert chain.trace.conditions.keys() - held


@each_frame
def test_conditions_hold_for_the_packet_itself(frame: Header) -> None:
    chain = chain_of(frame)
    for traced in chain.traced:
        assert traced.headline()
        assert list(traced.own_problems()) == []
    names = values_at(chain.trace.places, chain.data)
    names |= {f"e{place}": header.carried_end for place, header in enumerate(chain.headers)} | {"left": 0}
    asked = [each for each in chain.trace.conditions if "x" not in each and "f" not in each and "c" not in each]
    assert asked
    assert all(eval(each, dict(names)) == chain.trace.conditions[each] for each in asked)


def test_what_is_carried_is_traced_and_the_last_one_is_asked() -> None:
    chain = chain_of(FRAMES[0])
    assert chain.traced[0].payload is chain.traced[1]
    assert chain.traced[2].network_header.raw("ttl").value == 64
    assert chain.traced[3].payload is None
    assert chain.trace.conditions["c3"] == name_of(type(None))


def test_whether_there_is_a_payload_does_not_depend_on_its_class() -> None:
    data = bytes(Ethernet() / IPv4() / TCP(payload=b"GET / HTTP/1.1"))
    chain = Chain(Trace(), data, 0, list(parse(data).layers())[:3])
    assert not chain.traced[2].is_cut
    assert chain.traced[2]._payload is not None
    assert chain.trace.conditions.get("(e2 > 54)")
    assert "c2" not in chain.trace.conditions
    assert chain_of(Ethernet() / IPv4() / TCP()).traced[2]._payload is None


def test_a_payload_that_is_not_looked_at_is_known_by_its_class() -> None:
    data = bytes(FRAMES[0])
    chain = Chain(Trace(), data, 0, list(parse(data).layers())[:3])
    unseen = chain.traced[2].payload
    assert isinstance(unseen, Data)
    assert chain.trace.conditions["c2"] == name_of(Data)
    with pytest.raises(UntraceableError, match="not looked at"):
        unseen.data  # noqa: B018 - it is what raises


@pytest.mark.parametrize(
    ("fact", "more"), [(3, {}), (0.5, {}), (True, {"f2_told": True}), (None, {}), ("a", {"f2_told": "a"})]
)
def test_of_a_fact_the_class_is_asked_first(fact: Any, more: dict[str, Any]) -> None:
    chain = chain_of(FRAMES[0])
    chain.headers[2].learn(told=fact)
    assert plain(chain.traced[2].learnt("told")) == fact
    assert chain.trace.conditions == {"f2_told.__class__": type(fact)} | more
    assert chain.trace.facts == {"f2_told": (2, "told")}


def test_a_fact_that_nobody_told_is_asked_as_well() -> None:
    chain = chain_of(FRAMES[0])
    assert chain.traced[2].learnt("told", 7) == 7
    assert chain.trace.conditions == {"f2_told.__class__": type(NOTHING)}


@pytest.mark.parametrize("apply", [*COMPUTED, *COMPARED, operator.ne])
def test_what_is_computed_of_a_fact_that_is_not_there_is_not_there(apply: Any) -> None:
    assert apply(NOTHING, 5) is NOTHING
    assert apply(5, NOTHING) is NOTHING
    assert not NOTHING


def test_a_fact_that_is_not_there_is_an_answer_for_other_processes_too() -> None:
    assert (NOTHING == NOTHING) is True
    assert {(1, NOTHING): "found"}[1, NOTHING] == "found"
    assert restored(told_value(NOTHING)) is NOTHING


def test_options_are_known_by_their_kinds_and_lengths() -> None:
    chain = chain_of(FRAMES[1])
    options = chain.traced[3].options
    assert [option.__class__ for option in options] == [type(each) for each in chain.headers[3][TCP].options]
    before = dict(chain.trace.conditions)
    assert options[0].raw("value").value == 1460
    assert chain.trace.conditions == before


def test_a_checksum_is_a_symbol_of_its_own() -> None:
    chain = chain_of(FRAMES[0])
    assert chain.traced[2].checksum_state().is_trusted
    assert list(chain.trace.checksums) == ["x2_checksum"]
    assert chain.trace.conditions["(n320_16 == x2_checksum)"]


@pytest.mark.parametrize(
    "use", [lambda header: header.copy(), lambda header: header.learn(a=1), lambda header: header.facts]
)
def test_what_cannot_be_followed_is_told(use: Any) -> None:
    with pytest.raises(UntraceableError):
        use(chain_of(FRAMES[0]).traced[1])


def test_a_header_that_was_changed_cannot_be_followed() -> None:
    header = parse(bytes(FRAMES[0]))
    header[IPv4].ttl = 3
    with pytest.raises(UntraceableError, match="as it was captured"):
        Chain(Trace(), bytes(header), 0, [header[IPv4]])


def test_a_field_that_is_not_there_is_absent() -> None:
    data = bytes(FRAMES[0])[:20]
    chain = Chain(Trace(), data, 0, list(parse(data).layers()))
    with pytest.raises(FieldAbsentError):
        chain.traced[1].ttl  # noqa: B018 - it is what raises


def test_headers_go_on_to_the_end_where_nothing_tells_theirs() -> None:
    assert [is_open(cls) for cls in (Data, TCP, IPv4, RoutingHeader, UDP)] == [True, False, False, False, False]


def test_whether_a_header_is_cut_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Header] = []
    lacks = Header._lacks_bytes

    def noting(header: Header) -> bool:
        asked.append(header)
        return lacks(header)

    monkeypatch.setattr(Header, "_lacks_bytes", noting)
    data = bytes(Ethernet() / IPv4(src="10.0.0.1") / TCP(flags="S", options=[MSS(1460)]))
    for end in (len(data), len(data) - 2):
        seen = data[:end]
        chain = Chain(Trace(), seen, 0, list(parse(seen).layers()))
        asked.clear()
        assert [chain.traced[2].is_cut for _ in range(3)] == [end < len(data)] * 3
        assert len(asked) == 1
