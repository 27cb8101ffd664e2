from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, assume, find, given, seed, settings
from hypothesis import strategies as st

import dissect
from dissect import ARP, GRE, MSS, TCP, UDP, VLAN, Data, Ethernet, IPv4, WCCPRedirect
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.protocols.quic_frames import ConnectionClose
from dissect.views.strategies import _frames, field_values, frames, headers
from tests.declared import RECORDS, of_each

# What is found need not be made small, which takes its time.
quick = settings(max_examples=5000, database=None, phases=[Phase.generate])


@of_each(RECORDS)
def test_every_class_has_a_strategy(cls: type[Any]) -> None:
    @given(cls.strategy())
    @settings(max_examples=3)
    def check(record: Any) -> None:
        assert type(record) is cls

    check()


def test_edges_are_found() -> None:
    for value in (0, 0xFFFF, 0x7FFF, 0x8000):
        ports = headers(UDP).map(lambda header: header.sport)
        assert find(ports, value.__eq__, settings=quick) == value
    assert find(headers(IPv4), lambda header: header.src == "255.255.255.255", settings=quick)
    assert find(headers(TCP), lambda header: len(header) == 60, settings=quick)
    assert find(headers(TCP), lambda header: header.is_automatic("checksum"), settings=quick)
    assert find(headers(TCP), lambda header: not header.is_automatic("checksum"), settings=quick)


@given(headers(TCP, dport=80, flags=st.sampled_from(["S", "SA"]), options=[MSS(5)], payload=b"x", trailer=b"yz"))
def test_fields_can_be_fixed(segment: TCP) -> None:
    assert segment.dport == 80
    assert str(segment.flags) in ("S", "SA")
    assert segment.options == (MSS(5),)
    assert (segment.payload, segment.trailer) == (Data(b"x"), b"yz")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(FieldError, match="TCP has no field 'dprot'; did you mean 'dport'"):
        headers(TCP, dprot=80)
    with pytest.raises(FieldError, match="MSS has no field 'payload'"):
        headers(MSS, payload=b"")


@given(field_values(ConnectionClose.field("code")))
def test_a_number_of_several_sizes_is_no_greater_than_its_kind_holds(number: int) -> None:
    assert 0 <= number < 1 << 62


@given(st.data())
def test_values_fit_their_fields(data: st.DataObject) -> None:
    cls: Any = data.draw(st.sampled_from(RECORDS))
    field = data.draw(st.sampled_from(cls.fields))
    value = data.draw(field_values(field))
    field.kind.store(value, field.width)


@pytest.mark.parametrize(
    ("carrier", "wanted"),
    [
        (Ethernet, {VLAN, ARP, IPv4, None}),
        (VLAN, {VLAN, ARP, IPv4, None}),
        (IPv4, {IPv4, TCP, UDP, Data, None}),
        (TCP, {Data, None}),
        (UDP, {Data, None}),
        (ARP, {None}),
    ],
)
def test_every_layer_is_found_in_every_layer_that_carries_it(
    carrier: type[Header], wanted: set[type[Header] | None]
) -> None:
    found: set[type[Header] | None] = set()
    padded = set()

    @given(_frames(carrier, 2))
    @settings(max_examples=200, database=None, phases=[Phase.generate])
    def collect(frame: Header) -> None:
        found.add(None if frame.payload is None else type(frame.payload))
        padded.add(bool(frame.trailer))

    # Which frames a seed gives depends on the version of Hypothesis, so one seed alone would prove nothing.
    for number in range(40):
        seed(number)(collect)()
        if found >= wanted and len(padded) == 1 + (carrier is Ethernet):
            break
    assert found >= wanted
    assert padded == ({True, False} if carrier is Ethernet else {False})


@given(frames(depth=3))
def test_stacks_are_as_deep_as_asked(frame: Header) -> None:
    assert sum(type(header) is not Data for header in frame.layers()) <= 3


@given(frames())
def test_frames_leave_automatic_what_can_be(frame: Header) -> None:
    for header in frame.layers():
        for field in header.layout:
            if field.factory is not None and not field.factory.own and header.reaches(field):
                assert header.is_automatic(field.name)


def test_an_undeclared_link_is_refused() -> None:
    with pytest.raises(FieldError, match="link type 9999 has no declared header"):
        frames(9999)


def test_without_hypothesis_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import dissect\n"
        "try: dissect.TCP.strategy()\n"
        "except dissect.MissingExtraError as error: print(error)\n"
    )
    root = Path(dissect.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert (
        done.stdout == "Strategies need Hypothesis, which is not installed: install it with 'pip install hypothesis'.\n"
    )


@given(_frames(GRE, 2))
@settings(max_examples=100)
def test_what_is_carried_is_read_in_its_own_form(tunnel: Header) -> None:
    # What the first version of WCCP redirects has no header: it is told by the 4 with which a datagram begins.
    assume(not isinstance(tunnel.payload, WCCPRedirect) or bytes(tunnel.payload)[0] >> 4 != 4)
    read = dissect.parse(bytes(IPv4() / tunnel), link="raw")[GRE].payload
    assert type(read) is type(tunnel.payload)
