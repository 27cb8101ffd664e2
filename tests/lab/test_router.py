"""The router: what it passes on, as what, and what it says when it doesn't."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    ARP,
    TCP,
    UDP,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    Interface,
    IPv4,
    IPv4NoOperation,
    LooseSourceRoute,
    Padding,
    ParameterProblem,
    RecordRoute,
    Redirect,
    Router,
    TimeExceeded,
    UnknownIPv4Option,
    fragment,
    parse,
    quotation,
)
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.flows.reassembly import Reassembler

SECOND = 1_000_000_000
A, A_MAC = "10.0.0.1", "02:00:00:00:00:0a"
OTHER, OTHER_MAC = "10.0.0.2", "02:00:00:00:00:0c"
B, B_MAC = "10.0.1.1", "02:00:00:00:00:0b"
LEFT, LEFT_MAC = "10.0.0.254", "02:00:00:00:00:01"
RIGHT, RIGHT_MAC = "10.0.1.254", "02:00:00:00:00:02"
FURTHER, FURTHER_MAC = "10.0.1.253", "02:00:00:00:00:0d"
BROADCAST = "ff:ff:ff:ff:ff:ff"


def router(*, mtu: int = 1500, **options: Any) -> Router:
    interfaces = [
        Interface("eth0", LEFT_MAC, f"{LEFT}/24"),
        Interface("eth1", RIGHT_MAC, f"{RIGHT}/24", mtu=mtu),
    ]
    made = Router("r", interfaces, **({"padding": Padding.NONE} | options))
    for ip, mac in ((A, A_MAC), (OTHER, OTHER_MAC), (B, B_MAC), (FURTHER, FURTHER_MAC)):
        made.arp_add(ip, mac)
    made.start(0)
    return made


def passed(
    made: Router, datagram: Header, *, port: int = 0, dst: str = LEFT_MAC, now_ns: int = 0
) -> list[tuple[int, Header]]:
    """What the router sends on getting a datagram: port and frame."""
    sent = made.receive(port, bytes(Ethernet(dst=dst, src=A_MAC) / datagram), now_ns)
    return [(transmission.port, parse(transmission.frame)) for transmission in sent]


def to_b(**fields: Any) -> IPv4:
    values: dict[str, Any] = {"src": A, "dst": B, "id": 7}
    return IPv4(**(values | fields))


@given(st.binary(max_size=100), st.integers(2, 255), st.integers(0, 255), st.integers(0, 65535))
def test_a_datagram_goes_on_with_one_less_to_live_and_nothing_else_changed(
    data: bytes, ttl: int, tos: int, number: int
) -> None:
    datagram = parse(bytes(to_b(ttl=ttl, tos=tos, id=number) / UDP(sport=1, dport=2, payload=data)), link="raw")[IPv4]
    ((port, frame),) = passed(router(), datagram)
    assert (port, frame[Ethernet].src, frame[Ethernet].dst) == (1, RIGHT_MAC, B_MAC)
    again = frame[IPv4]
    assert (again.ttl, again.checksum_state()) == (ttl - 1, ChecksumState.GOOD)
    assert bytes(again)[:8] == bytes(datagram)[:8]
    assert bytes(again)[12:] == bytes(datagram)[12:]


def test_a_route_by_another_router_and_the_longest_prefix() -> None:
    made = router(routes=[("172.16.0.0/12", FURTHER), ("172.16.5.0/24", OTHER)])
    (sent,) = passed(made, to_b(dst="172.16.4.1") / UDP())
    assert (sent[0], sent[1][Ethernet].dst) == (1, FURTHER_MAC)
    (sent,) = [each for each in passed(made, to_b(dst="172.16.5.1") / UDP()) if Redirect not in each[1]]
    assert (sent[0], sent[1][Ethernet].dst) == (0, OTHER_MAC)


def test_a_padded_frame_loses_its_padding_on_the_way() -> None:
    frame = Ethernet(dst=LEFT_MAC, src=A_MAC, payload=to_b() / UDP(payload=b"x")).padded(b"remains")
    (sent,) = router().receive(0, bytes(frame), 0)
    assert len(sent.frame) == 14 + 20 + 8 + 1


@given(st.integers(1, 3000), st.integers(68, 1500))
def test_fragments_fit_the_next_link_and_come_together_again(size: int, mtu: int) -> None:
    datagram = to_b() / UDP(sport=1, dport=2, payload=bytes(number % 251 for number in range(size)))
    made = router(mtu=mtu)
    sent = [frame for piece in fragment(datagram, 1500) for _, frame in passed(made, piece)]
    assert all(len(frame[IPv4]) <= mtu for frame in sent)
    reassembler = Reassembler()
    (whole,) = [
        ended.datagram for frame in sent for ended in reassembler.receive(frame[IPv4], 0) if ended.datagram is not None
    ]
    assert whole.ttl == 63
    assert bytes(whole)[20:] == bytes(datagram)[20:]


def test_the_router_is_a_host_too() -> None:
    made = router()
    for own in (LEFT, RIGHT):
        ((port, frame),) = passed(made, to_b(dst=own, ttl=1) / EchoRequest(id=3))
        assert (port, frame[IPv4].src, frame[EchoReply].id) == (0, own, 3)


def test_it_writes_its_address_into_a_record_route() -> None:
    ((_, frame),) = passed(router(), to_b(options=[RecordRoute(route=["0.0.0.0"] * 2)]) / UDP())
    (option, *_) = frame[IPv4].options
    assert isinstance(option, RecordRoute)
    assert (list(option.route), option.pointer) == ([RIGHT, "0.0.0.0"], 8)
    assert frame[IPv4].checksum_state() is ChecksumState.GOOD


def reported(made: Router, datagram: IPv4, **where: Any) -> Header:
    ((port, frame),) = passed(made, datagram, **where)
    assert (port, frame[Ethernet].dst, frame[IPv4].src, frame[IPv4].dst) == (0, A_MAC, LEFT, A)
    assert frame[IPv4].precedence == 6
    return frame


@pytest.mark.parametrize("ttl", [0, 1])
def test_the_end_of_a_datagrams_time_is_reported(ttl: int) -> None:
    datagram = to_b(ttl=ttl) / UDP(sport=1, dport=2, payload=b"data")
    error = reported(router(), datagram)[TimeExceeded]
    assert error.code == 0
    assert bytes(error)[8:] == bytes(datagram)


def test_without_a_route_the_network_is_unreachable() -> None:
    assert reported(router(), to_b(dst="192.0.2.1") / UDP())[DestinationUnreachable].code == 0


def test_what_is_too_large_and_may_not_be_fragmented_tells_the_mtu() -> None:
    error = reported(router(mtu=576), to_b(dont_fragment=True) / UDP(payload=bytes(600)))[DestinationUnreachable]
    assert (error.code, error.next_hop_mtu) == (4, 576)
    ((port, _),) = passed(router(mtu=576), to_b(dont_fragment=True) / UDP(payload=bytes(548)))
    assert port == 1


def test_a_source_route_is_refused() -> None:
    option = LooseSourceRoute(route=["10.0.1.9"])
    assert reported(router(), to_b(options=[option]) / UDP())[DestinationUnreachable].code == 5


@pytest.mark.parametrize("dst", [B, LEFT])
def test_damaged_options_are_pointed_at(dst: str) -> None:
    datagram = to_b(dst=dst, options=[IPv4NoOperation(), UnknownIPv4Option(type=0x1E, length=9, data=b"x")]) / UDP()
    error = reported(router(), datagram)[ParameterProblem]
    assert (error.code, error.pointer) == (0, 21)


def test_a_source_route_that_ends_here_is_used_up_and_one_that_goes_on_is_refused() -> None:
    made = router()
    made.udp.open(7)
    for pointer, codes in ((8, []), (4, [5])):
        option = LooseSourceRoute(route=["10.0.1.9"], pointer=pointer)
        sent = passed(made, to_b(dst=LEFT, options=[option]) / UDP(dport=7))
        assert [frame[DestinationUnreachable].code for _, frame in sent] == codes


def test_a_prohibited_network_is_filtered() -> None:
    made = router(prohibited=["10.0.1.0/24"])
    assert reported(made, to_b() / UDP())[DestinationUnreachable].code == 13


def test_a_host_that_does_not_answer_is_unreachable() -> None:
    made = router()
    ((port, asked),) = passed(made, to_b(dst="10.0.1.77") / UDP())
    assert (port, asked[ARP].target_ip) == (1, "10.0.1.77")
    assert [len(made.advance(at * SECOND)) for at in (1, 2)] == [1, 1]
    (sent,) = made.advance(3 * SECOND)
    frame = parse(sent.frame)
    assert (sent.port, frame[IPv4].dst, frame[DestinationUnreachable].code) == (0, A, 1)
    # The quotation is the datagram as it came, with the time to live that it came with.
    quoted = frame[DestinationUnreachable].payload
    assert isinstance(quoted, IPv4)
    assert quoted.ttl == 64


def test_a_sender_is_told_of_a_router_on_its_own_network() -> None:
    made = router(routes=[("192.0.2.0/24", OTHER)])
    (told, on) = passed(made, to_b(dst="192.0.2.1") / UDP())
    assert (told[1][Redirect].gateway, told[1][Redirect].code, told[1][IPv4].dst) == (OTHER, 1, A)
    assert (on[0], on[1][Ethernet].dst, on[1][IPv4].ttl) == (0, OTHER_MAC, 63)
    silent = router(routes=[("192.0.2.0/24", OTHER)], redirects=False)
    assert [Redirect in frame for _, frame in passed(silent, to_b(dst="192.0.2.1") / UDP())] == [False]


@pytest.mark.parametrize(
    ("datagram", "dst"),
    [
        (to_b() / UDP(), BROADCAST),
        (to_b(dst="255.255.255.255") / TCP(), LEFT_MAC),
        (to_b(dst="224.0.0.9") / UDP(), "01:00:5e:00:00:09"),
        (to_b(dst="224.0.0.9") / UDP(), LEFT_MAC),
        (to_b(dst="240.0.0.1") / UDP(), LEFT_MAC),
        (to_b(dst="127.0.0.1") / UDP(), LEFT_MAC),
        (to_b(dst="0.0.0.1") / UDP(), LEFT_MAC),
        (to_b(dst="10.0.1.255") / UDP(), LEFT_MAC),
        (to_b(src="0.0.0.0") / UDP(), LEFT_MAC),
        (to_b(src="127.0.0.1") / UDP(), LEFT_MAC),
        (to_b(src="10.0.0.255") / UDP(), LEFT_MAC),
        (to_b(src=LEFT) / UDP(), LEFT_MAC),
        (to_b(checksum=1) / UDP(), LEFT_MAC),
        (to_b(total_length=200) / UDP(), LEFT_MAC),
        (to_b() / UDP(), B_MAC),
        # Errors about errors, about fragments but the first, and about what nobody sent.
        (to_b(ttl=1) / TimeExceeded(payload=quotation(to_b() / UDP())), LEFT_MAC),
        (to_b(dst="192.0.2.1") / DestinationUnreachable(payload=quotation(to_b() / UDP())), LEFT_MAC),
        (to_b(ttl=1, fragment_offset=1, protocol=17, payload=bytes(8)), LEFT_MAC),
    ],
    ids=lambda value: repr(value)[:100],
)
def test_what_a_router_drops_without_a_word(datagram: IPv4, dst: str) -> None:
    assert passed(router(), datagram, dst=dst) == []


def test_errors_are_limited() -> None:
    made = router()
    assert sum(len(passed(made, to_b(ttl=1) / UDP())) for _ in range(100)) == 6


def test_errors_that_path_mtu_discovery_needs_are_not_limited() -> None:
    made = router(mtu=576)
    large = to_b(dont_fragment=True) / UDP(payload=bytes(600))
    assert sum(len(passed(made, large)) for _ in range(100)) == 100


def asking(target: str, sender_ip: str = A) -> bytes:
    return bytes(Ethernet(dst=BROADCAST, src=A_MAC) / ARP(sender_mac=A_MAC, sender_ip=sender_ip, target_ip=target))


def test_proxy_arp_answers_for_those_behind_another_interface() -> None:
    made = router(proxy_arp=["eth0"], gateway=FURTHER)
    for target in (B, "192.0.2.1"):
        (sent,) = made.receive(0, asking(target), 0)
        reply = parse(sent.frame)[ARP]
        assert (reply.sender_mac, reply.sender_ip, reply.target_ip) == (LEFT_MAC, target, A)
    for target, sender in (("10.0.0.3", A), (A, A), (B, "0.0.0.0"), ("224.0.0.1", A)):
        assert made.receive(0, asking(target, sender), 0) == []
    assert made.receive(1, asking("10.0.0.3", FURTHER), 0) == []
    assert router().receive(0, asking(B), 0) == []


def test_proxy_arp_needs_interfaces_that_there_are() -> None:
    with pytest.raises(FieldError, match=r"r's proxy_arp names 'eth7', expected interfaces of the router: eth0, eth1"):
        router(proxy_arp=["eth7"])
    assert router(proxy_arp=True).proxy_arp == {"eth0", "eth1"}


@given(st.data())
def test_damaged_frames_never_raise(data: st.DataObject) -> None:
    made = router(mtu=100, gateway=FURTHER, proxy_arp=True)
    sources = [
        to_b() / UDP(payload=bytes(90)),
        to_b(options=[RecordRoute(route=["0.0.0.0"] * 3)]) / UDP(),
        to_b(options=[LooseSourceRoute(route=["10.0.1.9"])]) / UDP(),
        to_b(ttl=1) / EchoRequest(),
        to_b(dont_fragment=True) / UDP(payload=bytes(200)),
        ARP(sender_mac=A_MAC, sender_ip=A, target_ip=B),
    ]
    for now in range(6):
        raw = bytearray(bytes(Ethernet(dst=LEFT_MAC, src=A_MAC) / data.draw(st.sampled_from(sources))))
        for _ in range(data.draw(st.integers(0, 3))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        # The header checksum is made right again, or little would get past it.
        if data.draw(st.booleans()) and raw[12:14] == b"\x08\x00":
            fixed = parse(bytes(raw))
            if IPv4 in fixed and not fixed[IPv4].is_cut:
                copy = fixed.copy()
                del copy[IPv4].checksum
                raw = bytearray(bytes(copy))
        made.receive(0, bytes(raw[: data.draw(st.integers(0, len(raw)))]), now)
