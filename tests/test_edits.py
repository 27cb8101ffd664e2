"""Frames edited at random: they know what their bytes know (promise 6), and `fixed` mends what is wrong (promise 4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    GRE,
    MSS,
    SACK,
    TCP,
    UDP,
    Data,
    Ethernet,
    IPv4,
    IPv6,
    Option,
    TCPNoOperation,
    Timestamps,
    WindowScale,
)
from dissect.declaration.automatic import Checksum, Selector, TotalLength, Variant
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.views.strategies import frames

TOLD_OF_EDITS = (
    "which is carried",
    "what is carried",
    "only the bytes were given",
    "is shorter than the data",
    "differs from what it measures",
    "is that of",
)
"""What no frame that was read can have: what is carried is found by the selectors and lengths that it has."""


def names(frame: Header) -> set[tuple[str, str]]:
    return {(problem.layer, problem.field) for problem in frame.problems()}


def edited(frame: Header, data: st.DataObject) -> Header:
    """Return a frame with one to four of its fields or payloads changed, some of them after others were looked at."""
    copy = dissect.parse(bytes(frame)) if data.draw(st.booleans(), label="parsed") else frame.copy()
    for _ in range(data.draw(st.integers(1, 4), label="edits")):
        layers = list(copy.layers())
        header: Any = layers[data.draw(st.integers(0, len(layers) - 1), label="layer")]
        fields = [
            field
            for field in header.layout
            if field.width
            and not isinstance(field.factory, (Selector, Variant))
            and not header.is_cut
            and header.reaches(field)
        ]
        choice = data.draw(st.integers(0, len(fields) + 1), label="what")
        if choice == len(fields):
            layers[-1].payload = data.draw(st.binary(max_size=12), label="payload")
        elif choice == len(fields) + 1 or header.is_cut:
            header.trailer = data.draw(st.binary(max_size=5), label="trailer")
        elif data.draw(st.booleans(), label="deleted"):
            delattr(header, fields[choice].name)
        else:
            field = fields[choice]
            size = -(-field.width // 8)
            raw = data.draw(st.binary(min_size=size, max_size=size), label=field.name)
            number = int.from_bytes(raw, "big") & (1 << field.width) - 1
            setattr(header, field.name, field.kind.load(raw if field.kind.code in _BYTES else number))
    return copy


_BYTES = ("ether", "ipv4", "ipv6")


@given(frames(), st.data())
def test_an_edited_frame_names_what_its_bytes_name(frame: Header, data: st.DataObject) -> None:
    frame = edited(frame, data)
    read = dissect.parse(bytes(frame))
    assert names(read) <= names(frame)
    for problem in frame.problems():
        if not any(each in problem.message for each in TOLD_OF_EDITS):
            assert (problem.layer, problem.field) in names(read)


@given(frames(), st.data())
def test_the_layers_of_an_edited_frame_know_what_their_bytes_know(frame: Header, data: st.DataObject) -> None:
    frame = edited(frame, data)
    read = dissect.parse(bytes(frame))
    for mine, its in zip(frame.layers(), read.layers(), strict=False):
        if type(mine) is not type(its):
            break
        for field in mine.layout:
            if isinstance(field.factory, Checksum):
                assert mine.checksum_state(field.name) is its.checksum_state(field.name)


@given(frames(), st.data())
def test_fixing_mends_what_is_wrong_and_nothing_else(frame: Header, data: st.DataObject) -> None:
    frame = edited(frame, data)
    before = bytes(frame)
    try:
        fixed = frame.fixed()
    except FieldError:
        return
    assert bytes(frame) == before, "the frame itself stays"
    if not frame.problems():
        assert fixed == frame
    assert fixed.fixed() == fixed
    for mine, its in zip(frame.layers(), fixed.layers(), strict=True):
        wrong = {problem.field for problem in mine.problems() if problem.layer == mine.name}
        for field in mine.layout:
            if not field.width or not mine.reaches(field):
                continue
            is_kept = field.factory is None or isinstance(field.factory, Variant) or field.name not in wrong
            follows = isinstance(field.factory, (Checksum, TotalLength)) or mine._automatic & field.mask
            if is_kept and not follows:
                assert mine.raw(field) == its.raw(field), field.name


def test_bytes_behind_a_cut_header_are_not_its_own_to_mend() -> None:
    frame = Ethernet() / IPv4() / GRE.cut("80 00 00 00")
    frame[GRE].payload = bytes(12)
    frame[IPv4].ttl = 3
    assert frame.fixed()[GRE].own_bytes == frame[GRE].own_bytes


def test_a_header_that_somebody_holds_knows_what_is_around_it() -> None:
    for network in (IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv6(src="2001:db8::1", dst="2001:db8::2")):
        for carried in (TCP(payload=b"abc"), UDP(payload=b"abc")):
            frame = dissect.parse(bytes(Ethernet() / network / carried))
            held: Any = frame[type(carried)]
            held.sport = 5
            assert held.checksum_state().value == "bad"
            assert [problem.field for problem in held.problems()] == ["checksum"]
            assert held.fixed().problems() == []
            del held.checksum
            assert held.checksum == dissect.parse(bytes(frame))[type(carried)].checksum
            frame[type(network)].src = "10.0.0.9" if isinstance(network, IPv4) else "2001:db8::9"
            assert frame[type(carried)].checksum == dissect.parse(bytes(frame))[type(carried)].checksum


def test_a_length_that_ends_nothing_is_not_mended() -> None:
    frame = Ethernet(trailer=b"tail") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"abc"
    data = bytearray(bytes(frame))
    data[14] = 0x55
    assert dissect.parse(bytes(data)).fixed()[IPv4].total_length == frame[IPv4].total_length


@pytest.mark.parametrize(
    "options",
    [[], [Timestamps(value=1, echo=2)], [TCPNoOperation()], [MSS(1460)], [SACK([(1, 2), (3, 4)]), WindowScale(7)]],
)
@pytest.mark.parametrize("before", [[], [MSS(1460)], [TCPNoOperation()] * 12])
def test_fixing_pads_options_and_measures_them(options: list[Option], before: list[Option]) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / TCP(options=before) / b"data"))
    frame[TCP].options = options
    fixed = frame.fixed()
    assert list(fixed[TCP].options)[: len(options)] == options
    assert 4 * fixed[TCP].data_offset == fixed[TCP].own_size
    assert fixed[Data].data == b"data"
    assert [problem for problem in fixed.problems() if "MSS" not in problem.message] == []
    assert dissect.parse(bytes(fixed)) == fixed
