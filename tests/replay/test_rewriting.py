from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    TCP,
    UDP,
    VLAN,
    ChecksumState,
    Ethernet,
    FieldError,
    IPv4,
    IPv6,
    NeighborSolicitation,
    RecordRoute,
    Redirect,
    ServiceTag,
    SourceLinkLayerAddress,
    TimeExceeded,
    parse,
    quotation,
)
from dissect.replay.rewriting import Checksums, Rewriting

SAMPLES = Path(__file__).parents[2] / "capture_samples"
A, B, NEW = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:99"
FRAME = Ethernet(src=A, dst=B) / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=64) / UDP(sport=4000, dport=5003) / b"data"


def test_nothing_to_rewrite_is_nothing_to_do() -> None:
    assert not Rewriting()
    assert Rewriting()(bytes(FRAME)) == bytes(FRAME)
    assert Rewriting(checksums=Checksums.UPDATE)(bytes(FRAME)) == bytes(FRAME)


def test_each_map_changes_its_fields_and_nothing_else() -> None:
    for options, changed in (
        ({"macs": {A: NEW}}, {"src": NEW}),
        ({"macs": {A: B, B: A}}, {"src": B, "dst": A}),
    ):
        assert parse(Rewriting(**options)(bytes(FRAME))) == parse(bytes(FRAME)).replace(**changed)  # type: ignore[arg-type]
    kept = parse(Rewriting(addresses={"10.0.0.1": "10.9.9.9"}, ports={5003: 5004}, ttls={64: 3})(bytes(FRAME)))
    expected = parse(bytes(FRAME))
    expected[IPv4].src, expected[IPv4].ttl, expected[UDP].dport = "10.9.9.9", 3, 5004
    assert kept == expected
    assert kept[IPv4].checksum_state() is kept[UDP].checksum_state() is ChecksumState.BAD


def test_addresses_are_replaced_wherever_they_are_declared() -> None:
    rewriting = Rewriting(macs={A: NEW}, addresses={"10.0.0.1": "10.9.9.9", "2001:db8::/64": "2001:db8:1::/64"})
    arp = parse(
        rewriting(bytes(Ethernet(src=A) / ARP(sender_mac=A, sender_ip="10.0.0.1", target_mac=A, target_ip="10.0.0.1")))
    )
    assert (arp[ARP].sender_mac, arp[ARP].sender_ip, arp[ARP].target_mac, arp[ARP].target_ip) == (
        NEW, "10.9.9.9", NEW, "10.9.9.9",
    )  # fmt: skip
    asked = NeighborSolicitation(target="2001:db8::7", options=[SourceLinkLayerAddress(A)])
    found = parse(rewriting(bytes(Ethernet(src=A) / IPv6(src="2001:db8::1", dst="ff02::1") / asked)))
    assert found[IPv6].src == "2001:db8:1::1"
    assert found[NeighborSolicitation].target == "2001:db8:1::7"
    assert found[NeighborSolicitation].options == (SourceLinkLayerAddress(NEW),)
    redirect = parse(rewriting(bytes(Ethernet() / IPv4() / Redirect(gateway="10.0.0.1", payload=FRAME[IPv4]))))
    assert redirect[Redirect].gateway == "10.9.9.9"
    route = IPv4(options=[RecordRoute(pointer=8, route=["10.0.0.1", "10.0.0.2"])])
    assert parse(rewriting(bytes(Ethernet() / route)))[IPv4].options[0].route == ("10.9.9.9", "10.0.0.2")  # type: ignore[attr-defined]


def test_the_longest_network_is_taken_and_the_host_stays() -> None:
    rewriting = Rewriting(
        addresses={"10.0.0.0/8": "11.0.0.0/8", "10.0.0.0/24": "192.168.7.0/24", "10.0.0.9": "1.2.3.4"}
    )
    for old, new in {
        "10.0.0.5": "192.168.7.5",
        "10.1.2.3": "11.1.2.3",
        "10.0.0.9": "1.2.3.4",
        "9.0.0.5": "9.0.0.5",
    }.items():
        assert parse(rewriting(bytes(Ethernet() / IPv4(src=old))))[IPv4].src == new


def test_tags_are_renumbered_taken_off_and_put_on() -> None:
    plain = bytes(FRAME)
    tagged = bytes(Ethernet(src=A, dst=B) / VLAN(id=10, priority=5) / FRAME[IPv4])
    twice = bytes(Ethernet(src=A, dst=B) / ServiceTag(id=20) / VLAN(id=10, priority=5) / FRAME[IPv4])
    renumbered = Rewriting(vlans={10: 30})
    assert parse(renumbered(tagged)) == Ethernet(src=A, dst=B) / VLAN(id=30, priority=5) / FRAME[IPv4]
    assert (parse(renumbered(twice))[ServiceTag].id, parse(renumbered(twice))[VLAN].id) == (20, 30)
    assert Rewriting(vlans={10: None})(tagged) == plain
    assert Rewriting(vlans={20: None})(twice) == tagged
    assert Rewriting(vlans={10: None, 20: None})(twice) == plain
    assert Rewriting(vlans={None: 7})(plain) == bytes(Ethernet(src=A, dst=B) / VLAN(id=7) / FRAME[IPv4])
    assert Rewriting(vlans={None: 7})(tagged) == tagged
    assert Rewriting(vlans={10: None})(plain) == plain


def test_every_time_to_live_can_be_set_and_hop_limits_are_one() -> None:
    rewriting = Rewriting(ttls={None: 9, 64: 8}, checksums=Checksums.RECOMPUTE)
    for ttl, new in ((64, 8), (63, 9), (255, 9)):
        frame = parse(rewriting(bytes(Ethernet() / IPv4(ttl=ttl))))
        assert frame[IPv4].ttl == new
        assert frame.problems() == []
        assert parse(rewriting(bytes(Ethernet() / IPv6(hop_limit=ttl))))[IPv6].hop_limit == new


@pytest.mark.parametrize("checksums", [Checksums.UPDATE, Checksums.RECOMPUTE])
def test_a_quoted_datagram_changes_like_the_one_that_was_sent(checksums: Checksums) -> None:
    rewriting = Rewriting(addresses={"10.0.0.1": "10.9.9.9"}, ports={4000: 4001}, ttls={None: 9}, checksums=checksums)
    error = Ethernet() / IPv4(src="10.0.0.254", dst="10.0.0.1") / TimeExceeded(payload=quotation(FRAME[IPv4], 28))
    told = parse(rewriting(bytes(error)))
    sent = FRAME[IPv4].replace(src="10.9.9.9")
    sent[UDP].sport = 4001
    assert bytes(told[TimeExceeded].payload or b"") == bytes(sent)[:28]
    assert told[TimeExceeded].checksum_state() is told[IPv4].checksum_state() is ChecksumState.GOOD


@pytest.mark.parametrize("checksums", [Checksums.UPDATE, Checksums.RECOMPUTE])
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pcap")), ids=lambda path: path.stem)
def test_samples_are_rewritten_without_a_new_problem_and_back_again(path: Path, checksums: Checksums) -> None:
    there: dict[str, Any] = {"addresses": {"10.0.0.0/8": "11.0.0.0/8"}, "macs": {A: NEW}, "ports": {40000: 50000}}
    back: dict[str, Any] = {"addresses": {"11.0.0.0/8": "10.0.0.0/8"}, "macs": {NEW: A}, "ports": {50000: 40000}}
    for packet in dissect.read(path):
        data = Rewriting(**there, checksums=checksums)(packet.data, packet.link)
        wrong = {problem.field for problem in parse(data, packet.link, packet.original_length).problems()}
        assert wrong <= {problem.field for problem in packet.problems()}
        if checksums is Checksums.UPDATE:
            again = Rewriting(**back, checksums=checksums)(data, packet.link)
            assert again == packet.data


@given(
    st.sampled_from([TCP, UDP]),
    st.dictionaries(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), max_size=3),
    st.dictionaries(st.ip_addresses(v=4).map(str), st.ip_addresses(v=4).map(str), max_size=3),
    st.dictionaries(st.integers(0, 255), st.integers(0, 255), max_size=3),
    st.binary(max_size=30),
    st.data(),
)
def test_exactly_what_the_maps_say_is_changed(
    transport: Any, ports: dict[int, int], addresses: dict[str, str], ttls: dict[int, int], payload: bytes, data: Any
) -> None:
    sport, dport = (data.draw(st.sampled_from([*ports, 7])) for _ in range(2))
    src, dst = (data.draw(st.sampled_from([*addresses, "192.0.2.7"])) for _ in range(2))
    ttl = data.draw(st.sampled_from([*ttls, 64]))
    frame = Ethernet() / IPv4(src=src, dst=dst, ttl=ttl) / transport(sport=sport, dport=dport) / payload
    expected = Ethernet() / IPv4(
        src=addresses.get(src, src), dst=addresses.get(dst, dst), ttl=ttls.get(ttl, ttl)
    ) / transport(sport=ports.get(sport, sport), dport=ports.get(dport, dport)) / payload  # fmt: skip
    given_maps: dict[str, Any] = {"ports": ports, "addresses": addresses, "ttls": ttls}
    kept = parse(Rewriting(**given_maps)(bytes(frame)))
    for header in (IPv4, transport):
        assert kept[header].checksum == frame[header].checksum
    # A port may be that of a protocol, which the payload then is.
    assert kept.fixed() == parse(bytes(expected)).fixed()
    for checksums in (Checksums.UPDATE, Checksums.RECOMPUTE):
        assert not [
            problem
            for problem in parse(Rewriting(**given_maps, checksums=checksums)(bytes(frame))).problems()
            if problem.field == "checksum" and problem.severity == "error"
        ]


@given(st.binary(max_size=120), st.sampled_from(list(Checksums)))
def test_arbitrary_bytes_keep_their_length_and_raise_nothing(data: bytes, checksums: Checksums) -> None:
    rewriting = Rewriting(
        macs={"00:00:00:00:00:00": NEW}, addresses={"0.0.0.0": "1.1.1.1", "::/1": "8000::/1"}, ports={0: 1},
        vlans={0: 1}, ttls={None: 7}, checksums=checksums,
    )  # fmt: skip
    for frame in (data, bytes(12) + b"\x08\x00" + data, bytes(12) + b"\x81\x00\0\0\x86\xdd\x60" + data):
        assert len(rewriting(frame)) == len(frame)
    retagging = Rewriting(vlans={0: None, None: 5}, checksums=checksums)
    assert len(retagging(bytes(12) + b"\x81\x00\0\0" + data)) <= 16 + len(data)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"macs": {"02:00": A}}, "a MAC address to rewrite is '02:00', expected 6 bytes"),
        ({"addresses": {"10.0.0.1": "2001:db8::1"}}, "two of one IP version and one prefix length"),
        ({"addresses": {"10.0.0.0/24": "10.1.0.0/16"}}, "two of one IP version and one prefix length"),
        ({"addresses": {"10.0.0.1/24": "10.1.0.0/24"}}, "expected IP addresses: 10.0.0.1/24 has host bits set"),
        ({"addresses": {"here": "10.1.0.0"}}, "an address to rewrite is 'here' to '10.1.0.0'"),
        ({"ports": {65536: 1}}, "a port to rewrite is 65536, expected 0 to 65535"),
        ({"vlans": {1: 4096}}, "a VLAN to rewrite is 4096, expected 0 to 4095"),
        ({"vlans": {4096: None}}, "a VLAN to rewrite is 4096"),
        ({"vlans": {None: -1}}, "a VLAN to rewrite is -1"),
        ({"ttls": {1: 256}}, "a time to live to rewrite is 256, expected 0 to 255"),
        (
            {"addresses": {"10.0.0.1": "10.0.0.2", "10.0.0.1/32": "10.0.0.3"}},
            "10.0.0.1/32 is to become",
        ),
        ({"macs": {A: B, A.replace(":", "-"): A}}, "expected one of them"),
    ],
)
def test_values_that_do_not_fit_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FieldError) as raised:
        Rewriting(**options)
    assert sentence in str(raised.value)
