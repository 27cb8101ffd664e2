from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from dissect import ARP, TCP, UDP, VLAN, Ethernet, HTTPRequest, IPv4, Packet, TLSApplicationData, read
from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8
from dissect.filters.compiler import compile_filter
from dissect.filters.reach import (
    NOTHING,
    Reach,
    carried_reach,
    carriers_of,
    classes_to_learn,
    classes_to_look_into,
    costly_facts,
    may_be_behind,
    stands_alone,
)
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.views.rows import compile_row
from dissect.wireshark.loading import load_all
from dissect.wireshark.types import field_names
from tests.declared import Outsiders

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"


def test_what_declarations_cannot_tell_may_be_anything() -> None:
    reach = carried_reach(UDP)
    assert reach[4789].anything, "Ethernet frames, and what stands behind those looks for itself"
    assert reach[4789].has("tcp")
    assert reach[4789].declares("ip.ttl")
    assert 9999 not in reach


def test_a_protocol_that_carries_nothing_reaches_itself_alone() -> None:
    with Outsiders(UDP, TCP):

        class Leaf(Header, name="leaf_of_reach", over={UDP: 40100, TCP: lambda data: False}):
            number: int = u8("number")

        found = carried_reach(UDP)[40100]
        assert found == Reach(frozenset({"leaf_of_reach"}))
        assert found.has("leaf_of_reach")
        assert found.declares("leaf_of_reach.number")
        assert not found.has("udp")
        assert not found.declares("udp.port")
        # Others tell themselves by their bytes, too.
        assert found.names <= carried_reach(TCP)[None].names
        assert not carried_reach(TCP)[None].anything
    assert 40100 not in carried_reach(UDP)


def test_a_header_by_its_number() -> None:
    assert carried_reach(Ethernet)[0x0806] == Reach(frozenset({ARP.name}))
    assert carried_reach(VLAN)[0x0806] == carried_reach(Ethernet)[0x0806]
    assert not NOTHING.has("arp")
    assert not NOTHING.declares("arp.opcode")


def test_only_what_depends_on_other_packets_is_learnt_for() -> None:
    assert classes_to_learn(["tcp.completeness"]) is None
    assert classes_to_learn(["tcp.stream", "tcp.segment_data"]) is None
    assert classes_to_learn(["ip.src", "frame.protocols"]) is None
    assert classes_to_learn(["ip.src", "_ws.col.Info"]) is None
    alone = classes_to_learn(["ip.src", "tcp.flags", "tcp.len", "udp.length", "frame.time_delta"])
    assert alone is not None
    assert TCP not in alone
    # What finds what it carries by itself says what that may be.
    assert HTTPRequest not in alone
    assert TLSApplicationData not in alone
    decrypted = classes_to_learn(["http.request.method"])
    assert decrypted is not None
    assert TLSApplicationData in decrypted
    # Of a connection depends whether a message over it is looked into.
    with Outsiders(TCP):

        class Letter(Header, name="letter_of_reach", over={TCP: 40101}):
            number: int = u8("number")

        letters = classes_to_learn(["letter_of_reach.number"])
        assert letters is not None
        assert TCP in letters
        assert TCP not in (classes_to_learn(["ip.src"]) or ())


def test_fields_that_stand_alone_are_told_by_a_pass_that_learns_no_more() -> None:
    names = sorted(name for name in field_names() if stands_alone([name]) and classes_to_learn([name]) is not None)
    row = compile_row(names, clock=Clock())
    for sample in ("tcp_loss.pcap", "vxlan_ping.pcap", "ping_4000.pcap", "traceroute_tcp.pcap"):
        whole, some = ReadingPass(), ReadingPass(only=classes_to_learn(names))
        pairs = zip(read(SAMPLES / sample), read(SAMPLES / sample), strict=True)
        for one, other in islice(pairs, 12):
            whole.observe(one)
            some.observe(other)
            assert row(one) == row(other)


def test_what_a_header_tells_of_its_own_takes_no_more_than_its_learner() -> None:
    streams = ["tcp.stream", "tcp.seq", "tcp.window_size", "ip.src"]
    learnt = classes_to_learn(streams)
    assert learnt is not None
    assert TCP in learnt
    assert UDP in learnt, "it may carry frames that are followed"
    assert HTTPRequest not in learnt
    assert UDP in (classes_to_learn(["udp.stream"]) or ())
    looked_into = classes_to_look_into(streams)
    assert looked_into is not None
    assert UDP in looked_into
    assert TCP not in looked_into
    assert Ethernet in looked_into, "it has no learner, and may carry what is asked for"
    assert HTTPRequest in looked_into, "behind a message stands the next one"
    assert TCP in (classes_to_look_into([*streams, "http.host"]) or ())
    assert classes_to_look_into(["tcp.segment_data"]) is None


@pytest.mark.parametrize(
    "sample",
    ["tcp_loss.pcap", "file_download.pcap", "tcp_length_prefixed.pcap", "traceroute_tcp.pcap", "vxlan_ping.pcap"],
)
def test_streams_are_the_same_for_who_asks_for_nothing_else(sample: str) -> None:
    names = [
        "tcp.stream",
        "tcp.seq",
        "tcp.ack",
        "tcp.nxtseq",
        "tcp.window_size",
        "tcp.time_delta",
        "udp.stream",
        "tcp.len",
    ]
    row = compile_row(names, clock=Clock())
    whole = ReadingPass()
    some = ReadingPass(only=classes_to_learn(names), into=classes_to_look_into(names), facts=costly_facts(names))
    for one, other in zip(read(SAMPLES / sample), read(SAMPLES / sample), strict=True):
        whole.observe(one)
        some.observe(other)
        assert row(one) == row(other)


@pytest.mark.parametrize("port", [5353, 5355])
def test_what_inherits_fields_has_them_by_their_names(port: int) -> None:
    """mDNS and LLMNR have the fields of DNS."""
    load_all()
    reach = carried_reach(UDP)[port]
    assert reach.declares("dns.id")
    assert not reach.declares("ntp.stratum")


@pytest.mark.parametrize("name", ["sctp.data_tsn", "sctp.sack_cumulative_tsn_ack", "sctp.fragment", "sctp.fragments"])
def test_relative_numbers_of_sctp_take_other_packets(name: str) -> None:
    assert not stands_alone([name])


def test_a_filter_that_asks_for_what_streams_carry_looks_into_them() -> None:
    assert TCP not in (carriers_of(["tcp.flags.syn", "ip.ttl"], ()) or (TCP,))
    assert TCP not in (carriers_of(["tcp", "ip"], ["ack_rtt"]) or (TCP,))
    assert TCP in (carriers_of(["tcp.flags.syn", "http.host"], ()) or ())
    assert TCP in (carriers_of(["tls"], ()) or ())
    assert carriers_of(["tcp.stream"], ()) is None, "that depends on other packets"
    assert carriers_of(["frame.protocols"], ()) is None
    assert carriers_of(["tcp.flags.syn"], ["completeness"]) is None, "that depends on the commands of FTP"
    assert carriers_of(["tcp.flags.syn"], None) is None


def test_fields_that_cannot_be_in_a_stream_are_not_looked_for_there() -> None:
    assert not may_be_behind(TCP, "tcp.flags.syn")
    assert not may_be_behind(TCP, "ip.ttl")
    assert may_be_behind(TCP, "http.host")
    assert may_be_behind(UDP, "tcp.flags.syn"), "a tunnel may carry another segment"
    # What other frames tell, and what tells of all headers, is left to who looks at all.
    assert may_be_behind(TCP, "tcp.stream")
    assert may_be_behind(TCP, "frame.protocols")
    with Outsiders(TCP):

        class Tunnel(Header, name="tunnel_of_reach", over={TCP: 40101}, carries=IPv4):
            number: int = u8("number")

        assert may_be_behind(TCP, "ip.ttl")
        inner = IPv4(ttl=7)
        packet = Packet(bytes(Ethernet() / IPv4(ttl=9) / TCP(dport=40101) / Tunnel(number=1) / inner))
        assert compile_filter("ip.ttl == 7")(packet)
    assert not compile_filter("ip.ttl == 7")(Packet(packet.data))
