"""JSON in tshark's shape: to the letter for known frames, and readable for any."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import GRE, SACK, TCP, Ethernet, IPv4, Packet, with_context
from dissect.packets.clock import Clock
from dissect.views.json import json_fields, json_packet
from dissect.views.node import KEPT
from dissect.views.rows import compile_row_json
from dissect.wireshark.fields import names
from dissect.wireshark.types import protocols
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark, read_json
from tests.views.conftest import golden


def test_json_to_the_letter(packets: list[Packet]) -> None:
    clock, shown = Clock(), []
    for packet in packets:
        clock.advance(packet)
        clock.show()
        shown.append(json_packet(packet, clock))
    assert "[\n" + ",\n".join(shown) + "\n]\n" == golden("packets.json")


def test_layers_are_named_and_bytes_are_pairs_of_digits(packets: list[Packet]) -> None:
    layers = json.loads(json_packet(packets[1]))["_source"]["layers"]
    assert list(layers) == ["frame", "eth", "ip", "udp", "data"]
    assert layers["udp"]["udp.payload"] == "68:69"
    assert layers["ip"]["ip.flags_tree"]["ip.flags.df"] == "1"


def test_bytes_stand_in_front_of_what_is_read_from_them(packets: list[Packet]) -> None:
    layers = json.loads(json_packet(packets[1], raw=True))["_source"]["layers"]
    assert list(layers) == [
        "frame_raw",
        "frame",
        "eth_raw",
        "eth",
        "ip_raw",
        "ip",
        "udp_raw",
        "udp",
        "data_raw",
        "data",
    ]
    assert layers["frame_raw"] == [bytes(packets[1]).hex(), 0, len(bytes(packets[1])), 0, 1]
    assert layers["ip"]["ip.ttl_raw"] == ["40", 22, 1, 0, 4]
    assert layers["ip"]["ip.flags_tree"]["ip.flags.df_raw"] == ["1", 20, 1, 0x40, 2]
    assert layers["data"]["data.data_raw"] == ["6869", 42, 2, 0, 30]
    # The state of a checksum stands in no bytes.
    assert "ip.checksum.status" in layers["ip"]
    assert "ip.checksum.status_raw" not in layers["ip"]


_OTHER_WORDS = frozenset(
    "eth.lg eth.ig eth.src.lg eth.src.ig eth.dst.lg eth.dst.ig ip.version ip.hdr_len tcp.hdr_len tcp.flags "
    "tcp.flags.res tcp.flags.ae vlan.priority vlan.dei icmp".split()
)
"""Bits that Wireshark takes from more bytes than they are in, or without a mask; and an ICMP layer with its data."""


@pytest.mark.parametrize("name", ["tcp_echo", "first_ping", "vlan_ping", "udp_fragments", "notes_arp"])
def test_bytes_are_those_that_tshark_has(tshark: Tshark, name: str) -> None:
    def raw(packet: object) -> Counter[tuple[object, ...]]:
        return Counter((key, *value) for key, value in _lists(_layers(packet)) if key[:-4] not in _OTHER_WORDS)

    path = SAMPLES / f"{name}.pcap"
    theirs = read_json(tshark.ask(path, "-T", "json", "-x").output)
    assert isinstance(theirs, list)
    for packet, other in zip(with_context(dissect.read(path)), theirs, strict=True):
        mine = raw(read_json(json_packet(packet, raw=True)))
        assert len(mine) > 10
        assert mine - raw(other) == Counter()


def _lists(pairs: object) -> Iterator[tuple[str, list[object]]]:
    """Yield each list of bytes with its key; tshark puts the lists of a field that occurs again into one."""
    assert isinstance(pairs, list)
    for key, value in pairs:
        if key.endswith("_raw"):
            yield from ((key, each) for each in (value if isinstance(value[0], list) else [value]))
        elif isinstance(value, list) and value and isinstance(value[0], tuple):
            yield from _lists(value)


def test_chosen_fields_are_lists(packets: list[Packet]) -> None:
    row = compile_row_json(["ip.addr", "tcp.port"])
    layers = json.loads(json_fields(packets[1], row(packets[1])))["_source"]["layers"]
    assert layers == {"ip.addr": ["10.0.0.1", "10.0.0.2"]}
    assert json.loads(json_fields(packets[0], row(packets[0])))["_source"]["layers"] == {}


@given(st.binary(max_size=150), st.integers(-(10**22), 10**22) | st.none())
def test_any_packet_is_valid_json(data: bytes, time_ns: int | None) -> None:
    read = json.loads(json_packet(Packet(data, time_ns=time_ns)))
    assert read["_index"].startswith("packets-")
    assert read["_source"]["layers"]["frame"]["frame.len"] == str(len(data))


def _flat(pairs: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    assert isinstance(pairs, list)
    for key, value in pairs:
        yield path, key, value if isinstance(value, str) else ""
        if isinstance(value, list):
            yield from _flat(value, f"{path}/{key}")


def _layers(packet: object) -> object:
    found = dict(packet)  # type: ignore[call-overload]  # pairs of keys and values
    return dict(found["_source"])["layers"]


@pytest.mark.parametrize(
    "name",
    "tcp_echo first_ping dns vlan_ping udp_fragments arp_unicast tcp_urgent ping_timestamp port_unreachable".split(),
)
def test_fields_stand_where_tshark_has_them(tshark: Tshark, name: str) -> None:
    """Every field that both know, with the same value in the same object."""
    path = SAMPLES / f"{name}.pcap"
    if not path.exists():
        pytest.skip(f"capture_samples/ lacks {path.name}: record it with 'make samples'.")
    clock, ours = Clock(), []
    for packet in with_context(dissect.read(path)):
        clock.advance(packet)
        clock.show()
        ours.append(read_json(json_packet(packet, clock)))
    theirs = tshark.json(path)
    assert isinstance(theirs, list)
    assert len(ours) == len(theirs)
    # The local time is written for people; what is known of a connection's failures is not looked for here.
    known = set(names()) & set(tshark.types) - {"frame.time"} | protocols()
    differing = Counter[tuple[str, str, str]]()
    for mine, other in zip(ours, theirs, strict=True):
        first, second = Counter(_flat(_layers(mine))), Counter(_flat(_layers(other)))
        differing += Counter(
            {each: count for each, count in ((first - second) + (second - first)).items() if each[1] in known}
        )
    assert differing == {}


def test_parts_of_a_field_stand_in_the_order_of_tshark() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / GRE(key=7, sequence=9, protocol=0x880B, version=1)))
    layers = json.loads(json_packet(packet))["_source"]["layers"]
    names = list(layers["gre"])
    assert names[:3] == ["gre.flags_and_version", "gre.flags_and_version_tree", "gre.proto"]
    assert names.index("gre.key.call_id") < names.index("gre.sequence_number")
    flags = list(layers["gre"]["gre.flags_and_version_tree"])
    assert flags[-2:] == ["gre.flags.reserved", "gre.flags.version"]
    frame = Packet(bytes.fromhex("020000000001 020000000002 0003 424203") + bytes(43))
    sap = json.loads(json_packet(frame))["_source"]["layers"]["llc"]["llc.dsap_tree"]
    assert list(sap) == ["llc.dsap.sap", "llc.dsap.ig"]


def test_edges_of_blocks_stand_block_by_block_in_front_of_their_number() -> None:
    segment = TCP(flags="A", ack=1, options=[SACK([(10, 20), (30, 40)])])
    packets = [Packet(bytes(Ethernet() / IPv4() / segment), number=1, time_ns=0)]
    layers = json.loads(json_packet(next(with_context(packets))), object_pairs_hook=list)
    found = dict(dict(dict(dict(layers)["_source"])["layers"])["tcp"])
    sack = dict(found["tcp.options_tree"])["tcp.options.sack_tree"]
    edges = ["tcp.options.sack_le", "tcp.options.sack_re"]
    assert [name for name, _ in sack] == ["tcp.option_kind", "tcp.option_len", *edges, *edges, "tcp.options.sack.count"]


def test_what_is_kept_of_one_packet_is_the_same_in_another() -> None:
    packets = list(dissect.with_context(dissect.read(SAMPLES / "provider_ping.pcap")))
    KEPT.clear()
    first = [json_packet(packet) for packet in packets]
    assert KEPT
    assert [json_packet(packet) for packet in packets] == first
    # Bytes beside the fields are those of each packet.
    raw = [json_packet(packet, raw=True) for packet in packets]
    KEPT.clear()
    assert [json_packet(packet, raw=True) for packet in packets] == raw
