from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import LLC, SNAP, Ethernet
from dissect.declaration.header import Header
from dissect.protocols.stp import (
    STP,
    PVSTOriginatingVLAN,
    STPConfiguration,
    STPMultiple,
    STPPerVLANConfiguration,
    STPPerVLANRapid,
    STPRapid,
    STPTopologyChange,
)
from dissect.protocols.stp_instances import MSTPExtension, MSTPInstance, SPTExtension
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

LINK = Ethernet(src="02:00:00:00:00:09", dst="01:80:c2:00:00:00")
CISCO = Ethernet(dst="01:00:0c:cc:cc:cd") / LLC() / SNAP(oui=0x00000C)
ROOT, BRIDGE = "02:00:00:00:00:01", "02:00:00:00:00:02"
NAMES = """
    frame.protocols stp.protocol stp.version stp.type stp.flags stp.flags.tcack stp.flags.tc stp.flags.agreement
    stp.flags.forwarding stp.flags.learning stp.flags.port_role stp.flags.proposal stp.root.prio stp.root.ext
    stp.root.hw stp.root.cost stp.bridge.prio stp.bridge.ext stp.bridge.hw stp.port stp.msg_age stp.max_age stp.hello
    stp.forward stp.version_1_length stp.pvst.tlvtype stp.pvst.tlvlen stp.pvst.origvlan mstp.version_3_length
    mstp.config_format_selector mstp.config_name mstp.config_revision_level mstp.config_digest
    mstp.cist_internal_root_path_cost mstp.cist_bridge.prio mstp.cist_bridge.ext mstp.cist_bridge.hw
    mstp.cist_remaining_hops mstp.msti.flags mstp.msti.priority mstp.msti.msti_id mstp.msti.root.hw
    mstp.msti.root_cost mstp.msti.bridge_priority mstp.msti.port_priority mstp.msti.remaining_hops eth.padding
    _ws.malformed _ws.col.Protocol _ws.col.Info
""".split()


def test_construct() -> None:
    frame = LINK / LLC() / STPConfiguration(root=ROOT, bridge=BRIDGE, root_cost=4, message_age=256)
    assert (frame.type, frame[LLC].dsap, frame[LLC].ssap) == (38, 0x42, 0x42)
    assert bytes(frame[STP]).hex(" ", 1) == (
        "00 00 00 00 00 80 00 02 00 00 00 00 01 00 00 00 04 80 00 02 00 00 00 00 02 80 01 01 00 14 00 02 00 0f 00"
    )
    assert not frame.problems()


def test_deconstruct() -> None:
    for message in (
        STPTopologyChange(),
        STPConfiguration(root=ROOT, topology_change=True),
        STPRapid(bridge=BRIDGE, port_role=2, proposal=True),
        STPMultiple(extension=[MSTPExtension(config_name="region", instances=[MSTPInstance(number=7)])]),
    ):
        frame = LINK / LLC() / message
        parsed = dissect.parse(bytes(frame).ljust(60, b"\0"))
        assert parsed[STP] == message
        assert not parsed.problems()


def test_the_tree_of_a_vlan_is_carried_by_a_number_of_cisco() -> None:
    for message in (
        STPPerVLANConfiguration(vlans=[PVSTOriginatingVLAN(7)]),
        STPPerVLANRapid(vlans=[PVSTOriginatingVLAN(7)]),
    ):
        frame = CISCO / message
        assert frame[SNAP].type == 0x010B
        parsed = dissect.parse(bytes(frame))
        assert parsed[STP] == message
        assert not parsed.problems()


def test_scapy_builds_the_same() -> None:
    scapy = pytest.importorskip("scapy.layers.l2")
    built = scapy.STP(rootmac=ROOT, bridgemac=BRIDGE, pathcost=9, portid=0x8003, rootid=32768, bridgeid=32769)
    ours = STPConfiguration(root=ROOT, bridge=BRIDGE, root_cost=9, port=0x8003, bridge_extension=1, message_age=256)
    assert bytes(ours) == bytes(built)


@pytest.mark.parametrize(
    ("message", "sentences"),
    [
        (STPConfiguration(message_age=20 * 256), ["is not below the maximum age"]),
        (STPConfiguration(protocol=1), ["is unknown"]),
        (STP(type=9), ["is unknown"]),
    ],
)
def test_problems(message: STP, sentences: list[str]) -> None:
    assert [problem.message for problem in message.problems()] == sentences


@given(st.sampled_from([b"", b"\0\0\3\2", b"\0\0\0\0", b"\0\0\2\2"]), st.binary(max_size=140))
def test_bytes_of_any_kind(first: bytes, data: bytes) -> None:
    keeps_promises(bytes(LINK / LLC(dsap=0x42, ssap=0x42) / (first + data)), "ethernet")
    keeps_promises(bytes(CISCO.replace() / b"")[:-2] + b"\x01\x0b" + first + data, "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    instances = [MSTPInstance(number=10, rank=7, agreement=True, port_rank=7), MSTPInstance(number=11, root_cost=5)]
    region = MSTPExtension(config_name="region", config_revision=7, bridge=BRIDGE, instances=instances)
    messages: list[Header] = [
        LLC() / STPTopologyChange(),
        LLC() / STPConfiguration(root=ROOT, bridge=BRIDGE, topology_change=True, acknowledgment=True),
        LLC() / STPConfiguration(root_rank=4, root_extension=99, message_age=0x180, hello=0x2F1),
        LLC() / STPRapid(root=ROOT, port_role=3, forwarding=True, learning=True),
        LLC() / STPRapid(version=3, root=ROOT),
        LLC() / STPRapid(version=9, root=ROOT),
        LLC() / STPMultiple(root=ROOT, extension=[region]),
        LLC() / STPMultiple(version=4, extension=[region], unread=bytes(14)),
        LLC() / STPMultiple(version=4, extension=[region], spt_extension=[SPTExtension(config_name="b")]),
        LLC() / STPMultiple(extension=[MSTPExtension()]),
        LLC(dsap=0x42, ssap=0x42) / (bytes(STPMultiple(extension=[region]))[:-20]),
        LLC() / STP(type=9),
        LLC() / SNAP(oui=0x00000C) / STPPerVLANConfiguration(vlans=[PVSTOriginatingVLAN(7)]),
        LLC() / SNAP(oui=0x00000C) / STPPerVLANRapid(vlans=[PVSTOriginatingVLAN(7)]),
    ]
    capture = tmp_path / "stp.pcap"
    dissect.write(capture, [bytes(LINK / message).ljust(60, b"\0") for message in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)
