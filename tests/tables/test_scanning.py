"""Columns taken from places in the bytes are those that objects give, frame by frame, whichever engine takes them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import dissect
from dissect import TCP, UDP, VLAN, CaptureError, Ethernet, IPv4, IPv6, Packet, write
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.protocols.mdns import MDNS
from dissect.tables import engines, scanning
from dissect.tables.columns import Column, column
from dissect.tables.frames import AT_ONCE
from dissect.tables.program import Occurrence, program_for
from dissect.tables.reading import read_table, scan

PLACED = """
    frame.number frame.time_epoch frame.len frame.cap_len frame.time_delta frame.time_relative eth.type eth.src eth.dst
    vlan.id vlan.priority vlan.etype ip.src ip.dst ip.proto ip.ttl ip.len ip.hdr_len ip.id ip.version ip.dsfield.dscp
    ip.frag_offset ip.flags.df ip.checksum ipv6.src ipv6.dst ipv6.nxt ipv6.plen ipv6.hlim ipv6.flow ipv6.tclass
    tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags tcp.flags.syn tcp.hdr_len tcp.window_size_value
    tcp.checksum tcp.urgent_pointer tcp.len udp.srcport udp.dstport udp.length udp.checksum
""".split()


@contextmanager
def engine(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    chosen = engines.VECTORS if name == "vectors" else engines.compiled_engine()
    with monkeypatch.context() as patch:
        patch.setattr(scanning, "engine_for", lambda source: chosen)
        yield


def shown(each: Column, value: Any) -> Any:
    """Return a value of an object as a table shows it."""
    if each.address is not None:
        number = value[0] << 64 | value[1] if each.is_wide else value
        return each.address.to_text(number.to_bytes(each.address.size, "big"))
    is_span = each.type.family == "relative_time" and each.name != "frame.time_epoch"
    return float(value) / 1e9 if is_span else value


def of_objects(packets: list[Packet], columns: list[Column], occurrence: Occurrence) -> list[list[Any]]:
    clock = Clock()
    getters = [each.of_objects(clock) for each in columns]
    rows = []
    for packet in with_context(packets):
        clock.advance(packet)
        found = [[shown(each, value) for value in of(packet)] for each, of in zip(columns, getters, strict=True)]
        rows.append([(values[0] if values else None) if occurrence == "first" else values for values in found])
    return rows


def of_table(table: Any) -> list[list[Any]]:
    import pyarrow as pa

    columns = []
    for each in table.columns:
        is_list = pa.types.is_list(each.type)
        if (each.type.value_type if is_list else each.type) == pa.timestamp("ns"):
            each = each.cast(pa.list_(pa.int64()) if is_list else pa.int64())
        columns.append(each.to_pylist())
    return [list(row) for row in zip(*columns, strict=True)]


def mutants(packet: Packet, chance: Random) -> Iterator[Packet]:
    """The packet as it is, cut, and with a byte of its headers changed."""
    data = packet.data
    given: dict[str, Any] = {"time_ns": packet.time_ns, "link": packet.link}
    yield Packet(data, original_length=packet.original_length, **given)
    if data:
        place = chance.randrange(min(len(data), 80))
        yield Packet(data[: chance.randrange(len(data))], original_length=packet.original_length, **given)
        yield Packet(data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :], **given)


def mutants_of(paths: list[Path], chance: Random, most: int) -> list[Packet]:
    """The mutants of the first packets with times, so many of each capture."""
    return [
        mutant
        for path in paths
        for packet in islice(dissect.read(path), most)
        if packet.time_ns is not None
        for mutant in mutants(packet, chance)
    ]


def as_file(packets: list[Packet]) -> tuple[io.BytesIO, list[Packet]]:
    """Return packets as a capture, and as that is read again."""
    file = io.BytesIO()
    write(file, packets, format="pcapng")
    file.seek(0)
    return file, list(dissect.read(io.BytesIO(file.getvalue())))


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_whole_and_damaged_frames_of_the_samples(
    name: str, sample_captures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, again = as_file(mutants_of(sample_captures, Random(0), 15))
    columns = [column(each) for each in PLACED]
    with engine(name, monkeypatch):
        table = read_table(file, PLACED, occurrence="all")
    for place, (row, expected) in enumerate(zip(of_table(table), of_objects(again, columns, "all"), strict=True)):
        told = [(each, have, want) for each, have, want in zip(PLACED, row, expected, strict=True) if have != want]
        assert not told, (again[place].data.hex(), told)


def test_captures_of_the_corpus(corpus_captures: list[Path]) -> None:
    chance = Random(1)
    columns = [column(each) for each in PLACED]
    packets = []
    for path in corpus_captures:
        if path.stat().st_size < 50_000:
            with _as_far_as_whole():
                found = [each for each in islice(dissect.read(path), 5) if each.time_ns is not None]
                packets += [mutant for packet in found for mutant in mutants(packet, chance)]
    file, again = as_file(packets)
    rows = of_table(read_table(file, PLACED))
    for place, (row, expected) in enumerate(zip(rows, of_objects(again, columns, "first"), strict=True)):
        told = [(each, have, want) for each, have, want in zip(PLACED, row, expected, strict=True) if have != want]
        assert not told, (again[place].data.hex(), told)


@contextmanager
def _as_far_as_whole() -> Iterator[None]:
    try:
        yield
    except dissect.DissectError:
        # It is about how such files are told, elsewhere.
        return


FRAMES = [
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=3) / TCP(sport=1000, dport=80, flags="S"),
    Ethernet() / VLAN(id=7) / IPv4(src="10.0.0.3", dst="10.0.0.2", ttl=65) / UDP(sport=5, dport=9) / b"data",
    Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / TCP(sport=1001, dport=443, flags="SA"),
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.9") / IPv4(src="172.16.0.1", dst="172.16.0.2", ttl=9) / UDP(dport=9),
]


def captured(tmp_path: Path, frames: list[Any] = FRAMES) -> Path:
    path = tmp_path / "some.pcap"
    write(path, [Packet(bytes(frame), time_ns=1_000_000_000 + 1000 * place) for place, frame in enumerate(frames)])
    return path


@pytest.mark.parametrize(
    "text",
    [
        "tcp.flags.syn == 1 && ip.ttl < 65",
        "ip.src == 10.0.0.0/24",
        "eth.src == 00:00:00:00:00:00 && !udp",
        "tcp.dstport in {80, 400..500}",
        "ip.ttl == 9",
        "vlan.id",
        "frame.len > 57 || frame.number == 1",
        "not ip",
        "ip.ttl != 64",
        'frame contains "data"',
        "tcp.stream == 1",
    ],
)
@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_a_filter_passes_what_it_passes_elsewhere(
    text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = captured(tmp_path)
    passing = [packet.number for packet in dissect.read(path, text)]
    with engine(name, monkeypatch):
        table = read_table(path, ["frame.number", "ip.ttl"], text)
    assert table["frame.number"].to_pylist() == passing


def test_rows_come_in_batches_of_bounded_size(tmp_path: Path) -> None:
    path = captured(tmp_path, FRAMES * 500)
    batches = list(scan(path, ["frame.number", "ip.src"], rows=100))
    assert sum(batch.num_rows for batch in batches) == 2000
    assert max(batch.num_rows for batch in batches) <= 100 + AT_ONCE
    numbers = [number for batch in batches for number in batch.column(0).to_pylist()]
    assert numbers == list(range(1, 2001))


@pytest.mark.parametrize("columns", [["frame.number", "ip.src"], ["frame.number", "tcp.stream"]])
def test_rows_before_damage_come_first(columns: list[str], tmp_path: Path) -> None:
    path = captured(tmp_path, FRAMES)
    path.write_bytes(path.read_bytes()[:-5])
    found: list[int] = []

    def gather() -> None:
        for batch in scan(path, columns):
            found.extend(batch.column(0).to_pylist())

    with pytest.raises(CaptureError, match="record 4"):
        gather()
    assert found == [1, 2, 3]


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_messages_told_by_their_bytes_are_found_on_any_port(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dissect import DNS, Question

    query = bytes(DNS(id=7, questions=[Question("a")]))
    datagrams = [query, bytes(40), query[:4] + b"\0\2" + query[6:], query[:2] + b"\x10" + query[3:], query[:5]]
    frames = [Ethernet() / IPv4() / UDP(sport=40_000, dport=40_001, payload=each) for each in datagrams]
    path = tmp_path / "any_port.pcap"
    write(path, frames)
    with engine(name, monkeypatch):
        assert read_table(path, ["udp.srcport", "dns.id"]).column("dns.id").to_pylist() == [7, None, None, None, None]
    walked = program_for(1, ["udp.srcport", "dns.id"])
    assert walked is not None
    assert any(step.guesses for step in walked.steps)


def test_where_a_field_has_no_place_there_is_no_walk() -> None:
    assert program_for(1, ["ip.src", "tcp.dstport"]) is not None
    for name in ("tcp.stream", "tcp.options.mss_val", "dns.qry.name", "frame.protocols"):
        assert program_for(1, [name]) is None


def test_frames_of_an_outsider_are_read_as_objects(tmp_path: Path) -> None:
    """What may hold the field somewhere else is never passed over."""
    from dissect import VXLAN

    tunnel = Ethernet() / IPv4(src="1.1.1.1", dst="1.1.1.2") / UDP() / VXLAN(vni=5) / FRAMES[0]
    table = read_table(captured(tmp_path, [tunnel]), ["ip.src", "tcp.dstport"], occurrence="all")
    assert table.to_pylist() == [{"ip.src": ["1.1.1.1", "10.0.0.1"], "tcp.dstport": [80]}]


def test_a_capture_without_frames_has_columns(tmp_path: Path) -> None:
    path = tmp_path / "none.pcap"
    write(path, [])
    assert read_table(path, ["ip.src"]).schema.names == ["ip.src"]
    assert read_table(path, ["tcp.stream"]).num_rows == 0


def test_times_that_no_column_holds_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "late.pcapng"
    write(path, [Packet(bytes(FRAMES[0]), time_ns=moment) for moment in (5, 1 << 63, 7)])
    table = read_table(path, ["frame.time_epoch", "ip.ttl"])
    assert of_table(table) == [[5, 3], [None, 3], [7, 3]]


def damaged(data: bytes, chance: Random) -> Iterator[bytes]:
    """A pcap that is cut, whose records have lying lengths, or with bytes changed anywhere behind its header."""
    starts, place = [], 24
    while place < len(data):
        starts.append(place)
        place += 16 + int.from_bytes(data[place + 8 : place + 12], "little")
    for _ in range(6):
        start = chance.choice(starts)
        yield data[: chance.randrange(24, len(data))]
        for field in (8, 12):
            length = chance.choice((0, 1, 13, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, chance.randrange(2000)))
            yield data[: start + field] + length.to_bytes(4, "little") + data[start + field + 4 :]
        changed = bytearray(data)
        for _ in range(20):
            changed[chance.randrange(24, len(changed))] = chance.randrange(256)
        yield bytes(changed)


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_damaged_files_give_the_rows_before_the_damage_and_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = captured(tmp_path, FRAMES * 8).read_bytes()
    path = tmp_path / "damaged.pcap"
    columns = ["frame.number", "frame.len", "frame.time_epoch", "ip.src", "tcp.dstport", "tcp.stream", "tcp.seq"]
    told = [column(each) for each in columns]
    chance, sentences = Random(9), 0
    for data in damaged(source, chance):
        path.write_bytes(data)
        packets, expected = up_to_damage(dissect.read(path))
        with engine(name, monkeypatch):
            batches, found = up_to_damage(scan(path, columns))
        assert found == expected
        rows = [row for batch in batches for row in of_table(pa.Table.from_batches([batch]))]
        assert rows == of_objects(packets, told, "first")
        sentences += found is not None
    assert sentences > 5


def up_to_damage(items: Iterable[Any]) -> tuple[list[Any], str | None]:
    """What comes before an error, and what that says; None where it ends without."""
    found = []
    try:
        for item in items:
            found.append(item)
    except CaptureError as error:
        return found, str(error)
    return found, None


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_moments_in_headers_are_those_that_objects_tell(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count from another moment than columns do: no number is taken as it stands there."""
    message = bytes.fromhex("1c0104fa") + bytes(28) + bytes.fromhex("e5f6ff7e80000000") * 2
    path = captured(tmp_path, [Ethernet() / IPv4() / UDP(sport=123, dport=123, payload=message)])
    (packet,) = dissect.read(path)
    with engine(name, monkeypatch):
        table = read_table(path, ["ntp.xmt", "udp.srcport"])
    assert of_table(table) == [[packet["ntp.xmt"], 123]]


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_fields_of_a_protocol_that_inherits_them(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Ethernet() / IPv4() / UDP(sport=5353, dport=5353) / MDNS(id=7), *FRAMES]
    with engine(name, monkeypatch):
        table = read_table(captured(tmp_path, frames), ["dns.id"])
    assert table["dns.id"].to_pylist() == [7, *(None for _ in FRAMES)]


@pytest.mark.parametrize("name", ["vectors", "kernels"])
def test_messages_that_go_on_in_segments_whose_bytes_tell_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS on any port is told by how its first record begins; the next ones begin in the middle of a segment."""
    record = b"\x17\x03\x03\x00\x14" + bytes(20)
    stream, size = b"\x16\x03\x03\x00\x14\x01\x00\x00\x10" + bytes(16) + 3 * record, 40
    frames, seq = [], 1
    for begin in range(0, len(stream), size):
        data = stream[begin : begin + size]
        segment = TCP(sport=40_001, dport=40_000, seq=seq, ack=1, flags="PA")
        frames.append(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / segment / data)
        seq += len(data)
    path = captured(tmp_path, frames)
    columns = [column("tls.record.length"), column("tcp.len")]
    expected = of_objects(list(dissect.read(path)), columns, "all")
    with engine(name, monkeypatch):
        rows = of_table(read_table(path, [each.name for each in columns], occurrence="all"))
    assert rows == expected
    assert [len(row[0]) for row in rows] == [1, 2, 1]
