from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, Option, parse
from dissect.protocols.lldp import (
    IEEE_8021,
    LLDP,
    LLDPChassis,
    LLDPEnd,
    LLDPManagementAddress,
    LLDPOrganization,
    LLDPPort,
    LLDPPortDescription,
    LLDPSystemCapabilities,
    LLDPSystemDescription,
    LLDPSystemName,
    LLDPTimeToLive,
    UnknownLLDPTLV,
)
from dissect.protocols.lldp_8021 import (
    LLDPFlowControl,
    LLDPPortVLAN,
    LLDPProtocolIdentity,
    LLDPProtocolVLAN,
    LLDPTransmissionSelection,
    LLDPVLANName,
)
from dissect.protocols.lldp_8023 import LLDPAggregation, LLDPFrameSize, LLDPHardware
from dissect.protocols.lldp_media import LLDPAsset, LLDPMediaCapabilities, LLDPMediaPolicy
from dissect.protocols.lldp_profinet import LLDPProfinetChassis, LLDPProfinetStatus
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

LINK = Ethernet(src="02:00:00:00:00:01", dst="01:80:c2:00:00:0e")
FIRST: list[Option] = [LLDPChassis(address="02:00:00:00:00:01"), LLDPPort(id="eth0"), LLDPTimeToLive(120)]


def announcement(*tlvs: Option) -> LLDP:
    return LLDP(tlvs=[*FIRST, *tlvs, LLDPEnd()])


def test_construct() -> None:
    frame = LINK / announcement(LLDPSystemName("switch"))
    assert frame.type == 0x88CC
    assert bytes(frame)[14:].hex(" ") == (
        "02 07 04 02 00 00 00 00 01 04 05 05 65 74 68 30 06 02 00 78 0a 06 73 77 69 74 63 68 00 00"
    )
    assert not frame.problems()


def test_what_stands_behind_the_end_fills_the_frame() -> None:
    frame = dissect.parse(bytes(LINK / announcement()).ljust(60, b"\0"))
    assert (frame[LLDP], len(frame[Ethernet].trailer)) == (announcement(), 60 - 14 - 22)
    assert not frame.problems()


def test_management_address() -> None:
    tlv = LLDPManagementAddress(address_4="192.0.2.1", interface=7, object_id="1.3.6.1.4.1.9")
    assert bytes(tlv).hex(" ") == "10 12 05 01 c0 00 02 01 02 00 00 00 07 06 2b 06 01 04 01 09"
    frame = dissect.parse(bytes(LINK / announcement(tlv)))
    assert texts(frame, "lldp.mgn.addr.ip4") == ["192.0.2.1"]
    assert texts(frame, "lldp.mgn.obj.id") == ["1.3.6.1.4.1.9"]


def test_scapy_reads_what_is_built() -> None:
    scapy = pytest.importorskip("scapy.contrib.lldp")
    sent = announcement(
        LLDPPortDescription("uplink"),
        LLDPSystemCapabilities(can_be_bridge=True, is_bridge=True),
        LLDPManagementAddress(address_4="192.0.2.1", interface=7),
    )
    read = scapy.LLDPDU(bytes(sent))
    assert read[scapy.LLDPDUChassisID].id == "02:00:00:00:00:01"
    assert read[scapy.LLDPDUPortID].id == b"eth0"
    assert read[scapy.LLDPDUTimeToLive].ttl == 120
    assert read[scapy.LLDPDUPortDescription].description == b"uplink"


@pytest.mark.parametrize(
    ("tlvs", "sentences"),
    [
        ([LLDPEnd()], ["do not begin with chassis, port and time to live"]),
        (FIRST, ["have no end"]),
        ([*FIRST, LLDPAggregation(), LLDPEnd()], ["LLDPAggregation has been deprecated"]),
        ([*FIRST, bytes.fromhex("0a 09 61")], ["MalformedLLDPTLV is no well-formed option", "have no end"]),
    ],
)
def test_problems(tlvs: Any, sentences: list[str]) -> None:
    assert [problem.message for problem in LLDP(tlvs=tlvs).problems()] == sentences


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(12) + b"\x88\xcc" + data, "ethernet")
    keeps_promises(bytes(LINK / LLDP(tlvs=FIRST)) + data, "ethernet")


@given(
    st.integers(0, 255),
    st.sampled_from([IEEE_8021, 0x00120F00, 0x0012BB00, 0x000ECF00, 0x00005E00]),
    st.binary(max_size=40),
)
def test_tlvs_of_organizations_of_any_kind(subtype: int, organization: int, data: bytes) -> None:
    tlv = LLDPOrganization(kind=organization | subtype, data=data)
    keeps_promises(bytes(LINK / LLDP(tlvs=bytes(LLDP(tlvs=[*FIRST, tlv, LLDPEnd()])))), "ethernet")


NAMES = """
    frame.protocols lldp.chassis.id lldp.chassis.id.mac lldp.chassis.id.ip4 lldp.chassis.subtype lldp.port.desc
    lldp.port.id lldp.port.id.mac lldp.port.id.ip6 lldp.port.subtype lldp.network_address.subtype lldp.time_to_live
    lldp.tlv.type lldp.tlv.len lldp.tlv.system.name lldp.tlv.system.desc lldp.tlv.system_cap
    lldp.tlv.system_cap.bridge lldp.tlv.enable_system_cap.router lldp.mgn.address.len lldp.mgn.address.subtype
    lldp.mgn.addr.ip4 lldp.mgn.addr.ip6 lldp.mgn.addr.hex lldp.mgn.interface.subtype lldp.mgn.interface.number
    lldp.mgn.obj.len lldp.mgn.obj.id lldp.orgtlv.oui lldp.ieee.802_1.subtype lldp.ieee.802_1.port_vlan.id
    lldp.ieee.802_1.port_and_vlan_id_flag.enabled lldp.ieee.802_1.port_proto_vlan.id lldp.ieee.802_1.vlan.id
    lldp.ieee.802_1.vlan.name lldp.ieee.802_1.vlan.name_len lldp.ieee.802_1.proto.id lldp.ieee.802_3.subtype
    lldp.dcbx.ieee.willing lldp.dcbx.ieee.pfc.numtcs lldp.dcbx.feature.pfc.prio3 lldp.ieee.802_3.aggregated_port_id
    lldp.ieee.802_3.aggregation_status.cap lldp.ieee.802_3.max_frame_size lldp.ieee.802_3.pmd_mau_type
    lldp.ieee.802_3.mac_phy_auto_neg_status.supported lldp.ieee.802_3.pmd_auto_neg_advertised_caps.1000base_tfd
    lldp.ieee.802_3.pmd_auto_neg_advertised_caps_inv.1000base_tfd lldp.media.subtype lldp.media.subtype.caps
    lldp.media.vlan_id lldp.media.dscp lldp.media.asset lldp.profinet.subtype lldp.profinet.cm_mac_add
    lldp.profinet.rtc3_port_status lldp.profinet.rtc3_port_status.fragmentation lldp.tlv_deprecated _ws.malformed
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    chassis, port, life = FIRST
    end = LLDPEnd()
    listed: list[list[Any]] = [
        [*FIRST, end],
        [LLDPChassis(subtype="network_address", address_4="192.0.2.1"), port, life, end],
        [LLDPChassis(subtype=1, id=b"chassis"), LLDPPort(subtype=2, id="port"), life, end],
        [LLDPChassis(subtype=7, id=b"local"), LLDPPort(subtype=3, address="02:00:00:00:00:02"), life, end],
        [chassis, LLDPPort(subtype=4, family=2, address_6="2001:db8::1"), LLDPTimeToLive(0), end],
        [*FIRST, LLDPPortDescription("to there"), LLDPSystemName("name"), LLDPSystemDescription("one two"), end],
        [*FIRST, LLDPSystemCapabilities(can_be_bridge=True, can_be_router=True, is_router=True), end],
        [*FIRST, LLDPManagementAddress(address_4="192.0.2.1", interface=7), end],
        [*FIRST, LLDPManagementAddress(address_length=17, address_6="2001:db8::1", object_id="1.3.6.1.4.1"), end],
        [*FIRST, LLDPManagementAddress(family=6, address_length=7, address=b"abcdef"), end],
        [*FIRST, LLDPPortVLAN(7), LLDPProtocolVLAN(vlan=9, enabled=True), LLDPVLANName(vlan=7, value="users"), end],
        [*FIRST, LLDPProtocolIdentity(identity=b"\x88\x8e\1"), LLDPTransmissionSelection(willing=True), end],
        [*FIRST, LLDPFlowControl(willing=True, priority_3=True), end],
        [*FIRST, LLDPHardware(advertised=0x6C01, supported=True, attachment=16), LLDPFrameSize(1522), end],
        [*FIRST, LLDPAggregation(capable=True, port=3), end],
        [*FIRST, LLDPMediaCapabilities(capabilities=0x33, device=4), end],
        [*FIRST, LLDPMediaPolicy(vlan=101, service_class=46, tagged=True), LLDPAsset("asset"), end],
        [*FIRST, LLDPProfinetStatus(class_3=4, fragments=1), LLDPProfinetChassis("02:00:00:00:00:09"), end],
        [*FIRST, LLDPOrganization(kind=0xAABBCC01, data=b"theirs"), UnknownLLDPTLV(type=9, data=b"reserved"), end],
        [*FIRST, LLDPOrganization(kind=IEEE_8021 | 0x63, data=b"new"), end],
        [*FIRST],
        [*FIRST, bytes.fromhex("fe05 0080c2 01 07")],
        [*FIRST, bytes.fromhex("0e02 0014"), end],
        [*FIRST, bytes.fromhex("1002 0501"), end],
    ]
    capture = tmp_path / "lldp.pcap"
    dissect.write(capture, [LINK / LLDP(tlvs=tlvs) for tlvs in listed])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(listed)


@pytest.mark.parametrize("raw", ["0601 78", "0e01 00", "fe02 0080", "fe05 0080c2 01 00"])
def test_a_tlv_that_is_too_short_is_a_problem(raw: str) -> None:
    whole = bytes.fromhex("0207 04 0200000000010403 05 61300602 00780000")
    frame = parse(bytes(Ethernet(dst="01:80:c2:00:00:0e", type=0x88CC) / (whole[:-2] + bytes.fromhex(raw) + bytes(2))))
    assert any(problem.message.endswith("ends before its fields do") for problem in frame.problems())
    assert not list(parse(bytes(Ethernet(dst="01:80:c2:00:00:0e", type=0x88CC) / whole)).problems())


def test_without_tlvs_it_has_those_that_have_to_be_there() -> None:
    frame = Ethernet(dst="01:80:c2:00:00:0e") / LLDP()
    assert [type(tlv) for tlv in frame[LLDP].tlvs] == [LLDPChassis, LLDPPort, LLDPTimeToLive, LLDPEnd]
    assert parse(bytes(frame)) == frame
    assert not frame.problems()


def test_the_end_is_empty_and_what_stands_behind_it_fills_the_frame_up() -> None:
    frame = Ethernet(dst="01:80:c2:00:00:0e") / LLDP()
    padded = parse(bytes(frame) + bytes(20))
    assert (padded[LLDP], padded.trailer, padded.problems()) == (frame[LLDP], bytes(20), [])
    tlvs = [LLDPChassis(), LLDPPort(id="1"), LLDPTimeToLive(), LLDPEnd(data=b"abc")]
    assert [problem.message for problem in LLDP(tlvs=tlvs).problems()] == ["LLDPEnd has length 3, expected 0"]
