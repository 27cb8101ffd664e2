"""JSON in tshark's shape: to the letter for known frames, and readable for any."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from dissect import Packet
from dissect.frame_fields import Clock
from dissect.views.fields import compile_row_json
from dissect.views.json import json_fields, json_packet
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
