from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ChecksumState, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.protocols.ospf import OSPF, OSPFv2, OSPFv3
from dissect.protocols.ospf_local import OSPFLocalAuthentication, OSPFLocalOptions, OSPFLocalSignaling
from dissect.protocols.ospf_lsa import (
    OSPFExternalLSA,
    OSPFLSAHeader,
    OSPFLSARequest,
    OSPFNetworkLSA,
    OSPFRouterLink,
    OSPFRouterLSA,
    OSPFSummaryLSA,
    UnknownOSPFLSA,
)
from dissect.protocols.ospf_v3_lsa import (
    OSPFv3ExternalLSA,
    OSPFv3InterAreaPrefixLSA,
    OSPFv3InterAreaRouterLSA,
    OSPFv3IntraAreaPrefix,
    OSPFv3IntraAreaPrefixLSA,
    OSPFv3LinkLSA,
    OSPFv3LinkPrefix,
    OSPFv3LSAHeader,
    OSPFv3LSARequest,
    OSPFv3NetworkLSA,
    OSPFv3RouterLink,
    OSPFv3RouterLSA,
)
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OVER_4 = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.5", ttl=1, id=1)
OVER_6 = Ethernet() / IPv6(src="fe80::1", dst="ff02::5", hop_limit=1)
ROUTER = OSPFRouterLSA(
    id="1.1.1.1", router="1.1.1.1", links=[OSPFRouterLink(id="2.2.2.2", data="10.0.0.1", type=2, metric=5)]
)
LOCAL = OSPFLocalSignaling(tlvs=[OSPFLocalOptions(resynchronizes=True)])
VERSION_2: list[Header] = [
    OSPFv2(router="1.1.1.1", netmask="255.255.255.0", designated="10.0.0.1", neighbors=["2.2.2.2", "3.3.3.3"]),
    OSPFv2(router="1.1.1.1", options=0x12, local=[LOCAL]),
    OSPFv2(authentication=1, password="secret", neighbors=["2.2.2.2"]),
    OSPFv2(authentication=2, key_sequence=7, digest=bytes(range(16)), options=0x12, local=[LOCAL]),
    OSPFv2(
        authentication=2,
        options=0x12,
        local=[OSPFLocalSignaling(tlvs=[OSPFLocalOptions(), OSPFLocalAuthentication(sequence=9)])],
    ),
    OSPFv2(
        type=2, options=0x42, description=7, description_sequence=99, described=[OSPFLSAHeader(id="1.1.1.1", length=60)]
    ),
    OSPFv2(type=3, requests=[OSPFLSARequest(id="1.1.1.1"), OSPFLSARequest(type=5, id="10.1.0.0")]),
    OSPFv2(type=4, updates=[ROUTER, OSPFNetworkLSA(netmask="255.255.255.0", routers=["1.1.1.1", "2.2.2.2"])]),
    OSPFv2(type=4, updates=[OSPFSummaryLSA(netmask="255.0.0.0", metric=7), OSPFExternalLSA(tag=5, metric=20)]),
    OSPFv2(type=4, updates=[UnknownOSPFLSA(type=10, data=b"opaque!!")]),
    OSPFv2(type=5, acknowledged=[OSPFLSAHeader(length=60), OSPFLSAHeader(type=2, no_age=True, age=77, length=32)]),
]
PREFIX = bytes.fromhex("20010db800000001")
LINKED = OSPFv3LinkPrefix(prefix_length=64, prefix=PREFIX)
WITHIN = OSPFv3IntraAreaPrefix(prefix_length=64, prefix=PREFIX)
VERSION_3: list[Header] = [
    OSPFv3(router="1.1.1.1", interface=5, neighbors=["2.2.2.2"]),
    OSPFv3(type=2, options=0x13, description=3, description_sequence=9, described=[OSPFv3LSAHeader()]),
    OSPFv3(type=3, requests=[OSPFv3LSARequest(id="0.0.0.1")]),
    OSPFv3(type=4, updates=[OSPFv3RouterLSA(flags=1, links=[OSPFv3RouterLink(neighbor="2.2.2.2")])]),
    OSPFv3(type=4, updates=[OSPFv3NetworkLSA(routers=["1.1.1.1", "2.2.2.2"])]),
    OSPFv3(type=4, updates=[OSPFv3InterAreaPrefixLSA(metric=9, prefix_length=64, prefix=PREFIX)]),
    OSPFv3(type=4, updates=[OSPFv3InterAreaRouterLSA(destination="9.9.9.9")]),
    OSPFv3(type=4, updates=[OSPFv3LinkLSA(address="fe80::1", prefixes=[LINKED])]),
    OSPFv3(type=4, updates=[OSPFv3IntraAreaPrefixLSA(prefixes=[WITHIN])]),
    OSPFv3(type=4, updates=[OSPFv3ExternalLSA(flags=3, prefix_length=32, prefix=PREFIX[:4], forwarding="::1", tag=5)]),
    OSPFv3(type=5, acknowledged=[OSPFv3LSAHeader(type=0x2009)]),
]
SHARED = """
    frame.protocols ospf.header ospf.version ospf.msg ospf.msg.hello ospf.msg.dbdesc ospf.msg.lsreq ospf.msg.lsupdate
    ospf.msg.lsack ospf.packet_length ospf.srcrouter ospf.area_id ospf.checksum ospf.hello ospf.hello.hello_interval
    ospf.hello.router_priority ospf.hello.router_dead_interval ospf.hello.designated_router
    ospf.hello.active_neighbor ospf.db.interface_mtu ospf.db.dd_sequence ospf.dbd ospf.dbd.i ospf.dbd.m ospf.dbd.ms
    ospf.ls.number_of_lsas ospf.lsa.age ospf.lsa.seqnum ospf.lsa.chksum ospf.lsa.length ospf.advrouter
    ospf.link_state_id ospf.metric _ws.malformed _ws.col.Protocol _ws.col.Info
""".split()
NAMES_2 = [
    *SHARED,
    *"""
    ospf.auth.type ospf.auth.none ospf.auth.simple ospf.auth.crypt.key_id ospf.auth.crypt.data_length
    ospf.auth.crypt.seq_nbr ospf.auth.crypt.data ospf.hello.network_mask ospf.v2.options ospf.v2.options.l
    ospf.v2.options.e ospf.v2.options.o ospf.lsa ospf.lsa.id ospf.lsa.donotage ospf.lsa.router ospf.lsa.network
    ospf.lsa.asext ospf.lsa.summary ospf.lsa.number_of_links ospf.lsa.router.linktype ospf.lsa.router.linkid
    ospf.lsa.router.linkdata ospf.lsa.router.metric0 ospf.lsa.router.nummetrics ospf.lsa.network.attchrtr
    ospf.lsa.asext.netmask ospf.lsa.asext.type ospf.lsa.asext.fwdaddr ospf.lsa.asext.extrttag
    ospf.v2.router.lsa.flags ospf.v2.router.lsa.flags.b ospf.lls.checksum ospf.lls.data_length ospf.tlv_type
    ospf.tlv_length ospf.lls.ext.options ospf.lls.ext.options.lr ospf.v2.lls.sequence_number ospf.v2.lls.auth_data
    """.split(),
]
NAMES_3 = [
    *SHARED,
    *"""
    ospf.instance_id ospf.reserved ospf.hello.interface_id ospf.v3.options ospf.v3.options.v6 ospf.v3.options.e
    ospf.v3.lsa ospf.v3.lsa.u ospf.v3.lsa.s12 ospf.v3.lsa.fc ospf.v3.lsa.router ospf.v3.lsa.interprefix
    ospf.v3.lsa.do_not_age ospf.v3.router.lsa.flags ospf.v3.router.lsa.flags.b ospf.v3.lsa.type
    ospf.v3.lsa.interface_id ospf.v3.lsa.neighbor_router_id ospf.v3.lsa.attached_router ospf.prefix_length
    ospf.v3.prefix.options ospf.v3.prefix.options.la ospf.v3.address_prefix.ipv6 ospf.v3.lsa.num_prefixes
    ospf.v3.lsa.link_local_interface_address.ipv6 ospf.v3.lsa.router_priority ospf.v3.lsa.referenced_ls_type
    ospf.v3.lsa.referenced_link_state_id ospf.v3.lsa.referenced_advertising_router
    """.split(),
]


def test_construct() -> None:
    frame = OVER_4 / OSPFv2(router="1.1.1.1", area="0.0.0.1", netmask="255.255.255.0", neighbors=["2.2.2.2"])
    assert frame[IPv4].protocol == 89
    assert bytes(frame[OSPF]).hex(" ", 4) == (
        "02010030 01010101 00000001 f6930000 00000000 00000000 ffffff00 000a0201 00000028 00000000 00000000 02020202"
    )
    assert not frame.problems()


@pytest.mark.parametrize("message", VERSION_2 + VERSION_3)
def test_deconstruct(message: Header) -> None:
    frame = (OVER_4 if isinstance(message, OSPFv2) else OVER_6) / message
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert not parsed.problems()


def test_the_length_leaves_out_what_authenticates() -> None:
    message = OSPFv2(authentication=2, options=0x12, local=[LOCAL])
    assert (message.packet_length, len(bytes(message))) == (44, 44 + 16 + 12)


def test_the_checksum_leaves_out_the_password() -> None:
    one = bytes(OSPFv2(authentication=1, password="one"))
    other = bytes(OSPFv2(authentication=1, password="other"))
    assert one[12:14] == other[12:14] != b"\0\0"
    wrong = bytearray(bytes(OVER_4 / OSPFv2(router="1.1.1.1")))
    wrong[40] ^= 1
    frame = dissect.parse(bytes(wrong))
    assert frame[OSPF].checksum_state() is ChecksumState.BAD
    assert not frame.fixed().problems()


def test_what_stands_behind_a_message_belongs_to_no_checksum() -> None:
    """RFC 5340, A.3.1: the length in the pseudo-header is that of the message."""
    frame = OVER_6 / OSPFv3(unread=b"\0")
    assert frame[OSPFv3].checksum == (OVER_6 / OSPFv3())[OSPFv3].checksum
    assert frame[OSPFv3].checksum_state() is ChecksumState.GOOD
    assert frame[OSPFv3].explain("checksum").endswith("The header holds the same: " + f"{frame[OSPFv3].checksum:#06x}")


def test_scapy_builds_the_same() -> None:
    scapy = pytest.importorskip("scapy.contrib.ospf")
    built = scapy.OSPF_Hdr(src="1.1.1.1", area="0.0.0.1") / scapy.OSPF_Hello(
        mask="255.255.255.0", neighbors=["2.2.2.2"], options=2, prio=1, router="0.0.0.0", backup="0.0.0.0"
    )
    ours = OSPFv2(router="1.1.1.1", area="0.0.0.1", netmask="255.255.255.0", neighbors=["2.2.2.2"])
    assert bytes(ours) == bytes(built)
    update = scapy.OSPF_Hdr(src="1.1.1.1") / scapy.OSPF_LSUpd(
        lsalist=[scapy.OSPF_Network_LSA(id="1.1.1.1", adrouter="1.1.1.1", mask="255.255.255.0", routerlist=["2.2.2.2"])]
    )
    network = OSPFNetworkLSA(
        id="1.1.1.1", router="1.1.1.1", netmask="255.255.255.0", routers=["2.2.2.2"], age=1, options=0
    )
    assert bytes(OSPFv2(router="1.1.1.1", type=4, updates=[network])) == bytes(update)


@pytest.mark.parametrize(
    ("message", "sentences"),
    [
        (OSPFv2(type=9), ["is unknown"]),
        (OSPFv2(type=4, update_count=2, updates=[ROUTER]), ["differs from the advertisements that are there"]),
        (OSPFv2(type=4, updates=[ROUTER.replace(checksum=1)]), ["OSPFRouterLSA has checksum 0x0001, expected 0x"]),
        (OSPFv2(packet_length=99), ["runs past the end of the data"]),
    ],
)
def test_problems(message: OSPF, sentences: list[str]) -> None:
    found = [problem.message for problem in dissect.parse(bytes(OVER_4 / message)).problems()]
    assert [each.startswith(sentence) for each, sentence in zip(found, sentences, strict=True)] == [True]


@given(st.sampled_from([2, 3]), st.integers(0, 6), st.binary(max_size=120))
def test_bytes_of_any_kind(version: int, kind: int, data: bytes) -> None:
    keeps_promises(bytes(Ethernet() / IPv4(protocol=89) / (bytes([version, kind]) + data)), "ethernet")


@given(st.sampled_from(VERSION_2 + VERSION_3), st.data())
def test_messages_that_are_damaged(message: Header, data: st.DataObject) -> None:
    raw = bytearray(bytes(OVER_4 / IPv4(protocol=89) / bytes(message)))
    place = data.draw(st.integers(34, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    keeps_promises(bytes(raw[: data.draw(st.integers(34, len(raw)))]), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    for number, (outer, messages, names) in enumerate(((OVER_4, VERSION_2, NAMES_2), (OVER_6, VERSION_3, NAMES_3))):
        capture = tmp_path / f"ospf{number}.pcap"
        dissect.write(capture, [outer / message for message in messages])
        assert agree(tshark, capture, names) == len(names) * len(messages)
