"""The promises of the package, each as a property of arbitrary input."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dissect
from dissect import VLAN, Data, Ethernet, EtherType, IPProtocol, IPv4, IPv6, Packet, Problem
from dissect.declaration.automatic import Checksum
from dissect.declaration.decoder import LINKS, MAXIMUM_DEPTH
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Characters
from dissect.errors import DissectError, FieldAbsentError, FieldError
from dissect.views.strategies import frames, headers
from dissect.views.tree import tree
from dissect.wireshark.columns import summarize
from dissect.wireshark.expert import expert_items
from tests.declared import A_FEW_OF_EACH, HEADERS, RECORDS, again, any_bytes, damaged_frames, of_each

links = st.sampled_from(sorted(LINKS)) | st.integers(0, 400)


def look_at_everything(frame: Header) -> None:
    """Ask a frame whatever can be asked."""
    for header in frame.layers():
        for field in (*header.fields, *header.derived):
            for raw in field.values(header):
                field.text(raw)
            try:
                getattr(header, field.name)
            except FieldAbsentError:
                assert header.is_cut
            if isinstance(field.factory, Checksum):
                header.checksum_state(field.name)
        assert isinstance(header.info(), str)
        assert header.offset is not None
        assert isinstance(header.trailer, bytes)
        assert len(header) == len(bytes(header))
    repr(frame)
    for problem in frame.problems():
        assert isinstance(problem, Problem)
        assert str(problem)


def show_damaged(cls: type[Header], data: st.DataObject) -> None:
    """Show headers of a class, cut and with bytes changed, in every way."""
    octets = bytearray(bytes(data.draw(headers(cls))))
    for _ in range(data.draw(st.integers(0, 2)) if octets else 0):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    for end in (data.draw(st.integers(0, len(octets))), len(octets)):
        header = cls.decode(bytes(octets), 0, end, 0)
        tree(header)
        summarize(header)
        list(expert_items(header))
        header.problems()


@pytest.mark.parametrize("size", range(24))
@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        (43, bytes.fromhex("3b000401") + bytes(20)),
        (132, bytes.fromhex("1234123400000000000000000100002400000001000080000001000100000000")),
        (89, bytes.fromhex("03040030010101010000000000000000 000000010000 2001000000000000")),
    ],
    ids=["segment routing", "sctp", "ospf"],
)
def test_what_is_cut_anywhere_is_shown(protocol: int, data: bytes, size: int) -> None:
    packet = Packet(bytes(IPv6(next_header=protocol, payload_length=size) / data[:size]), link=101)
    tree(packet)
    summarize(packet)


@settings(max_examples=150)
@given(st.sampled_from(HEADERS), st.data())
def test_damaged_headers_are_shown(cls: type[Header], data: st.DataObject) -> None:
    show_damaged(cls, data)


@pytest.mark.long
@of_each(HEADERS)
def test_damaged_headers_of_every_class_are_shown(cls: type[Header]) -> None:
    @settings(max_examples=100)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        show_damaged(cls, data)

    check()


@settings(max_examples=400)
@given(any_bytes, links, st.none() | st.integers(0, 2000))
@example(b"", 1, None)
def test_every_byte_string_parses(data: bytes, link: int, original_length: int | None) -> None:
    look_at_everything(dissect.parse(data, link=link, original_length=original_length))


@given(damaged_frames())
def test_problems_stand_at_a_byte_of_the_frame(data: bytes) -> None:
    for problem in dissect.parse(data).problems():
        assert problem.offset is not None
        assert 0 <= problem.offset <= len(data)
        assert problem.severity in ("error", "warning", "note")


@given(damaged_frames())
def test_layers_lie_inside_each_other(data: bytes) -> None:
    offsets = [header.offset for header in dissect.parse(data).layers()]
    assert offsets == sorted(offsets, key=lambda offset: offset or 0)


@settings(max_examples=400)
@given(any_bytes, links, st.booleans())
@example(b"", 1, False)
def test_bytes_are_given_back(data: bytes, link: int, looked_at: bool) -> None:
    frame = dissect.parse(data, link=link)
    if looked_at:
        look_at_everything(frame)
    assert bytes(frame) == data
    assert bytes(frame.copy()) == data


@given(any_bytes, links, st.booleans())
def test_every_layer_crosses_processes(data: bytes, link: int, looked_at: bool) -> None:
    for place, _ in enumerate(dissect.parse(data, link=link).layers()):
        frame = dissect.parse(data, link=link)
        if looked_at:
            look_at_everything(frame)
        layer = frame[place]
        sent = pickle.loads(pickle.dumps(layer))
        assert sent == layer
        assert bytes(sent) == bytes(layer)
        assert sent.problems() == layer.problems()


@given(any_bytes, links)
def test_bytes_of_a_detached_frame_are_given_back(data: bytes, link: int) -> None:
    frame = dissect.parse(data, link=link)
    for header in frame.layers():
        header.trailer = header.trailer
    assert bytes(frame) == data


def _mutants(data: bytes, chance: Random) -> Iterator[bytes]:
    """The frame as it is, cut, with a byte changed and with a piece of itself put in."""
    yield data
    if data:
        place = chance.randrange(min(len(data), 80))
        yield data[: chance.randrange(len(data))]
        yield data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        yield data[:place] + data[chance.randrange(len(data)) :][:20] + data[place:]


def test_frames_of_the_corpus_keep_their_bytes_whole_and_damaged(corpus_capture: Path) -> None:
    chance = Random(corpus_capture.name)
    packets: list[Packet] = []
    with suppress(DissectError):
        packets.extend(islice(dissect.read(corpus_capture), 200))
    for packet in chance.sample(packets, min(len(packets), 12)):
        for data in _mutants(packet.data, chance):
            frame = dissect.parse(data, link=packet.link, original_length=packet.original_length)
            look_at_everything(frame)
            assert bytes(frame) == data
            assert again(frame) == frame


@given(any_bytes, links)
def test_a_parsed_frame_is_its_repr(data: bytes, link: int) -> None:
    frame = dissect.parse(data, link=link)
    assert again(frame) == frame
    assert bytes(again(frame)) == data


@of_each(RECORDS)
def test_a_built_record_is_its_repr(cls: type[Any]) -> None:
    @given(headers(cls))
    @A_FEW_OF_EACH
    def check(record: Any) -> None:
        assert again(record) == record
        assert bytes(again(record)) == bytes(record)

    check()


@given(frames())
def test_a_consistent_frame_is_parsed_from_its_bytes(frame: Header) -> None:
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert again(frame) == frame
    assert again(parsed) == parsed
    assert [type(header) for header in parsed.layers()] == [type(header) for header in frame.layers()]
    for header in parsed.layers():
        for field in header.layout:
            if field.factory is not None:
                assert list(field.factory.problems(header, field)) == [], "what was computed is right"


@of_each(HEADERS)
def test_an_inconsistent_frame_keeps_its_bytes(cls: type[Header]) -> None:
    @given(headers(cls, payload=st.binary(max_size=40) | frames(depth=3), trailer=st.binary(max_size=8)))
    @A_FEW_OF_EACH
    def check(header: Header) -> None:
        frame = Ethernet(payload=header) if header.name != "eth" else header
        raw = bytes(frame)
        assert bytes(dissect.parse(raw)) == raw
        assert again(frame) == frame

    check()


def test_a_given_value_is_kept_and_a_silent_one_computed() -> None:
    frame = Ethernet() / IPv4(total_length=9, checksum=0xBAD) / dissect.UDP(length=3, checksum=7) / b"data"
    for layer, name, value in ((IPv4, "total_length", 9), (dissect.UDP, "length", 3), (dissect.UDP, "checksum", 7)):
        assert getattr(frame[layer], name) == value
        assert not frame[layer].is_automatic(name)
    fixed = frame.fixed()
    assert (fixed[IPv4].total_length, fixed[dissect.UDP].length) == (32, 12)
    assert not fixed.problems()
    assert frame[dissect.UDP].length == 3


@of_each(RECORDS)
def test_every_given_value_is_in_the_bytes(cls: type[Any]) -> None:
    for field in cls.layout:
        if not field.width:
            continue
        value = field.kind.load((b"\x5a" * (field.width // 8)) if field.kind.octets else 1)
        record = _with(cls, field, value)
        assert getattr(record, field.name) == value
        first, width = record.span(field)
        whole = bytes(record)
        if field.little:
            whole = whole[: first // 8] + whole[first // 8 : (first + width) // 8][::-1] + whole[(first + width) // 8 :]
        number = int.from_bytes(whole, "big") >> 8 * len(whole) - first - width
        stored = field.kind.store(value, width)
        assert number & (1 << width) - 1 == (stored if isinstance(stored, int) else int.from_bytes(stored, "big"))


def _with(cls: type[Any], field: Field, value: Any) -> Any:
    """Return a record with the value; a field that a function says to be there is so by flags, a length or a code."""
    if not callable(field.when):
        return cls(**{field.name: value})
    flags = {each.name: True for each in cls.fields if each.width == 1 and not each.over}
    lengths: list[dict[str, Any]] = [{"length": length} for length in range(64)] if hasattr(cls, "length") else []
    codes: list[dict[str, Any]] = [{"code": code} for code in range(16)] if hasattr(cls, "code") else []
    numbers = [
        {each.name: number}
        for each in cls.layout
        if each.width and not (each.elastic or each.kind.octets)
        for number in range(1 << min(each.width, 4))
    ]
    for others in [flags, *lengths, *(flags | each for each in lengths), *codes, *numbers]:
        try:
            return cls(**others, **{field.name: value})
        except FieldError:
            continue
    raise AssertionError(f"nothing makes {cls.__name__}.{field.name} be there")


@given(frames())
def test_fixing_a_consistent_frame_changes_nothing(frame: Header) -> None:
    assert dissect.parse(bytes(frame)).fixed() == frame


@given(damaged_frames())
def test_fixing_is_done_once(data: bytes) -> None:
    fixed = dissect.parse(data).fixed()
    assert fixed.fixed() == fixed
    assert bytes(dissect.parse(data)) == data


@of_each(RECORDS)
def test_what_does_not_fit_is_refused(cls: type[Any]) -> None:
    for field in cls.fields:
        if field.width:
            _refuses(cls, field)


def _refuses(cls: type[Any], field: Field) -> None:
    """Try what is too great, and what is of another type."""
    greatest = (1 << field.width) - 1
    for value in (greatest + 1, -greatest - 1, "no such thing", 1.5, None, [], object()):
        if value is None and field.when is not None:
            # That is a field which is not there, unless the others say so by themselves.
            if getattr(cls(), field.name) is None:
                assert getattr(cls(**{field.name: None}), field.name) is None
            else:
                with pytest.raises(FieldError, match="the other fields say that it is there"):
                    cls(**{field.name: None})
            continue
        if isinstance(field.kind, Characters) and isinstance(value, str):
            # Text of a fixed size takes any that is no longer.
            value *= field.width
        with pytest.raises(FieldError) as caught:
            cls(**{field.name: value})
        sentence = str(caught.value)
        assert f"{cls.__name__}.{field.name} is {value!r}, expected" in sentence
        assert "\n" not in sentence
    if issubclass(cls, Header):
        header = cls()
        with pytest.raises(FieldError, match=f"{cls.__name__}.{field.name} is {greatest + 1}, expected"):
            setattr(header, field.name, greatest + 1)
        with pytest.raises(FieldError, match=f"{cls.__name__}.{field.name} is -1, expected"):
            header.replace(**{field.name: -1})
        assert header == cls()


@of_each(RECORDS)
def test_a_misspelt_name_is_refused(cls: type[Any]) -> None:
    name = cls.layout[0].name
    with pytest.raises(FieldError, match=f"{cls.__name__} has no field '{name}s'.*did you mean '{name}'"):
        cls(**{f"{name}s": 1})
    with pytest.raises(FieldError, match="has no field"):
        cls().replace(**{f"{name}s": 1})
    with pytest.raises(AttributeError):
        setattr(cls(), f"{name}s", 1)
    with pytest.raises(AttributeError):
        getattr(cls(), f"{name}s")


def test_names_of_hosts_are_never_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a name server was asked")

    for function in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"):
        monkeypatch.setattr(f"socket.{function}", refuse)
    with pytest.raises(FieldError):
        IPv4(src="localhost")


_WATCHED = """
import sys
seen = []
sys.addaudithook(lambda event, arguments: seen.append((event, str(arguments[:1]))))
sys.path.insert(0, sys.argv[1])
import dissect, dissect.protocols, dissect.flows
from dissect import MSS, TCP, Ethernet, IPv4, parse
# Beside the files that Python compiles lies what was written out and compiled before.
compiled = (".py", ".pyc", ".pyi", ".marshal")
opened = [name for event, name in seen if event == "open" and not name.rstrip("',)").endswith(compiled)]
assert not opened, opened
outside = ("socket", "subprocess", "tempfile", "ctypes")
assert not [event for event, _ in seen if event.split(".")[0] in outside], seen
from dissect.declaration.pending import declare_pending
# The first frame with something unusual imports the other protocols, and asks which packages bring more.
declare_pending()
del seen[:]
frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(flags="S", options=[MSS(1460)]) / b"x"
again = dissect.parse(bytes(frame))
assert again == frame and repr(again) and not again.problems()
again[TCP].dport = 80
bytes(again.fixed())
assert not [event for event, _ in seen if event.split(".")[0] in ("open", "os", *outside)], seen
"""


def test_nothing_is_opened_or_sent() -> None:
    """Python reports every file and socket that anything opens (PEP 578)."""
    root = str(Path(dissect.__file__).parent.parent)
    done = subprocess.run([sys.executable, "-c", _WATCHED, root], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def _nested(cls: type[Header], depth: int) -> bytes:
    """So many VLAN tags or IPv4 headers in an Ethernet frame; `/` would refuse them."""
    frame = Ethernet(type=EtherType.VLAN if cls is VLAN else EtherType.IPV4)
    if cls is VLAN:
        return bytes(frame) + bytes(VLAN(type=EtherType.VLAN)) * depth
    inner = b"".join(bytes(IPv4(protocol=IPProtocol.IPV4, total_length=20 * (depth - place))) for place in range(depth))
    return bytes(frame) + inner


@pytest.mark.parametrize("cls", [VLAN, IPv4])
@pytest.mark.parametrize("depth", [MAXIMUM_DEPTH - 2, MAXIMUM_DEPTH - 1, MAXIMUM_DEPTH, 200])
def test_layers_nest_at_most_64_deep(cls: type[Header], depth: int) -> None:
    data = _nested(cls, depth)
    frame = dissect.parse(data)
    layers = list(frame.layers())
    too_deep = [problem for problem in frame.problems() if "64 layers" in problem.message]
    if depth < MAXIMUM_DEPTH:
        assert [type(header) for header in layers] == [Ethernet] + [cls] * depth
        assert not too_deep
    else:
        assert [type(header) for header in layers] == [Ethernet] + [cls] * (MAXIMUM_DEPTH - 1) + [Data]
        assert len(too_deep) == 1
    assert bytes(frame) == data
    assert again(frame) == frame


def test_stacking_more_than_64_layers_is_refused() -> None:
    frame: Header = Ethernet()
    for _ in range(MAXIMUM_DEPTH - 1):
        frame = frame / VLAN()
    refused = pytest.raises(FieldError, match="65 layers were stacked, expected at most 64")
    with refused:
        frame / VLAN()
    with refused:
        Ethernet() / frame
    with refused:
        VLAN(payload=frame)
    tag = VLAN()
    with refused:
        tag.payload = frame
    assert list((frame / b"data").layers())[-1] == Data(b"data")
    # Two halves make a whole, and one layer more is too many.
    half: Header = VLAN()
    for _ in range(MAXIMUM_DEPTH // 2 - 1):
        half = half / VLAN()
    assert len(list((half / half).layers())) == MAXIMUM_DEPTH
    with refused:
        VLAN() / half / half


def _calls(action: Callable[[], object]) -> int:
    """The Python and C functions that an action calls."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("cls", [VLAN, IPv4])
def test_work_grows_with_the_input_and_no_faster(cls: type[Header]) -> None:
    """Parsing and looking at twice the layers takes about twice the calls."""

    def walk(depth: int) -> int:
        data = _nested(cls, depth)
        return _calls(lambda: [header.name for header in dissect.parse(data).layers()])

    walk(2)
    once, twice = walk(30), walk(60)
    assert twice <= 2.2 * once


def test_length_of_the_data_costs_no_calls() -> None:
    def parse(size: int) -> int:
        data = bytes(Ethernet() / IPv4() / dissect.UDP() / bytes(size))
        return _calls(lambda: [header.problems() for header in dissect.parse(data).layers()])

    parse(1)
    assert parse(100) == parse(60_000)


def test_no_copy_is_made_per_layer() -> None:
    data = bytes(Ethernet() / IPv4() / dissect.TCP() / bytes(1000))
    assert {id(header._buffer) for header in dissect.parse(data).layers()} == {id(data)}


@given(any_bytes)
def test_a_packet_holds_the_same(data: bytes) -> None:
    packet = Packet(data, number=3, time_ns=5)
    frame = dissect.parse(data)
    assert packet == frame
    assert packet.problems() == frame.problems()
    assert bytes(packet) == data
