from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import Ethernet, IPv4, parse
from dissect.protocols.ospf import OSPFv2
from dissect.protocols.ospf_lsa import OSPFLSA, UnknownOSPFLSA
from dissect.protocols.ospf_opaque import (
    OSPFExtendedPrefix,
    OSPFExtendedPrefixLSA,
    OSPFGraceLSA,
    OSPFLabelRange,
    OSPFLinkDescription,
    OSPFLinkMetric,
    OSPFLinkType,
    OSPFLocalLabels,
    OSPFPrefixIdentifier,
    OSPFPrefixRange,
    OSPFRestartPeriod,
    OSPFRestartReason,
    OSPFRouterAddress,
    OSPFRouterInformationLSA,
    OSPFRouterName,
    OSPFSegmentIndex,
    OSPFSegmentLabel,
    OSPFTrafficLSA,
)
from dissect.wireshark.fields import texts


def read(*advertised: OSPFLSA) -> OSPFv2:
    return parse(bytes(Ethernet() / IPv4() / OSPFv2(updates=advertised)))[OSPFv2]


def test_the_opaque_type_tells_what_is_advertised() -> None:
    for told in (
        OSPFTrafficLSA([OSPFRouterAddress("10.0.0.1")]),
        OSPFGraceLSA([OSPFRestartPeriod(60), OSPFRestartReason("upgrade")]),
        OSPFRouterInformationLSA([OSPFRouterName("edge")]),
        OSPFExtendedPrefixLSA([OSPFExtendedPrefix("10.0.0.0")]),
        OSPFRouterInformationLSA([OSPFRouterName("edge")], type=9),
        OSPFRouterInformationLSA([OSPFRouterName("edge")], type=10),
        OSPFExtendedPrefixLSA([OSPFExtendedPrefix("10.0.0.0")], type=11),
    ):
        assert read(told).updates == (told,)
        assert type(read(told).updates[0]) is type(told)
    for other in (OSPFTrafficLSA, OSPFGraceLSA, OSPFRouterInformationLSA):
        wrong = other(id="99.0.0.0")
        assert type(read(wrong).updates[0]) is UnknownOSPFLSA
        assert f"has opaque type 99, expected {other.opaque_type}" in map(str, wrong.problems())


def test_a_value_ends_with_a_whole_word_that_its_length_does_not_count() -> None:
    named = OSPFRouterName("router")
    told = OSPFRouterInformationLSA([named, OSPFRouterName("next")])
    assert bytes(told)[20:] == bytes.fromhex("00070006 726f75746572 0000 00070004 6e657874")
    assert texts(read(told), "ospf.tlv_length") == ["6", "4"]


def test_links_are_described_in_a_list_of_their_own() -> None:
    told = OSPFTrafficLSA([OSPFLinkDescription([OSPFLinkType(1), OSPFLinkMetric(63)])])
    assert bytes(told)[20:] == bytes.fromhex("00020010 00010001 01000000 00050004 0000003f")
    packet = read(told)
    assert texts(packet, "ospf.mpls.linktype") == ["1"]
    assert texts(packet, "ospf.tlv_type") == ["2", "1", "5"]


def test_a_segment_is_a_label_or_an_index() -> None:
    label = OSPFRouterInformationLSA([OSPFLabelRange(size=8000, tlvs=[OSPFSegmentLabel(16000)])])
    assert bytes(label)[24:] == bytes.fromhex("001f4000 00010003 003e8000")
    index = OSPFRouterInformationLSA([OSPFLocalLabels(size=9, tlvs=[OSPFSegmentIndex(7)])])
    assert texts(read(label, index), "ospf.tlv.sid_label") == ["16000", "7"]
    assert texts(read(label, index), "ospf.tlv.range_size") == ["8000", "9"]


def test_prefixes_tell_the_segments_that_lead_to_them() -> None:
    segment = OSPFPrefixIdentifier(5, keeps_label=True)
    packet = read(OSPFExtendedPrefixLSA([OSPFExtendedPrefix("10.1.0.0", prefix_length=16, tlvs=[segment])]))
    assert texts(packet, "ospf.prefix_length") == ["16"]
    assert texts(packet, "ospf.v3.address_prefix.ipv4") == ["10.1.0.0"]
    assert texts(packet, "ospf.tlv.pfxsid.flags.np") == ["1"]
    several = read(OSPFExtendedPrefixLSA([OSPFPrefixRange("10.1.0.0", size=4, tlvs=[segment])]))
    assert texts(several, "ospf.tlv.range_size") == ["4"]


@given(st.sampled_from((9, 10, 11)), st.sampled_from((1, 3, 4, 7, 9)), st.binary(max_size=60))
def test_whatever_an_advertisement_holds_it_builds_the_same_bytes(scope: int, told: int, data: bytes) -> None:
    raw = bytes((0, 1, 0, scope, told)) + bytes(13) + (20 + len(data)).to_bytes(2, "big") + data
    packet = b"\x02\x04" + (28 + len(raw)).to_bytes(2, "big") + bytes(20) + b"\0\0\0\x01" + raw
    frame = bytes(Ethernet() / IPv4(protocol=89) / packet)
    assert bytes(parse(frame)) == frame
