"""The simulated host with networks, routes, sockets and programs."""

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
    Host,
    Interface,
    IPv4,
    MalformedIPv4Option,
    Network,
    Padding,
    Ping,
    Redirect,
    TimeExceeded,
    TimestampReply,
    TimestampRequest,
    fragment,
    internet_checksum,
    parse,
    quotation,
)
from dissect.declaration.header import Header
from dissect.errors import FieldError, FragmentationNeededError, NoRouteError
from dissect.lab.device import Transmission

MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"
GATEWAY, GATEWAY_MAC = "10.0.0.254", "02:00:00:00:00:fe"
BROADCAST = "ff:ff:ff:ff:ff:ff"
SECOND = 1_000_000_000


def host(**options: Any) -> Host:
    interface = Interface("eth0", MY_MAC, f"{MINE}/24", mtu=options.pop("mtu", 1500))
    defaults: dict[str, Any] = {"padding": Padding.NONE, "gateway": GATEWAY}
    made = Host("b", interface, **(defaults | options))
    made.arp_add(THEIRS, THEIR_MAC)
    made.arp_add(GATEWAY, GATEWAY_MAC)
    made.start(0)
    return made


def framed(datagram: Header, dst: str = MY_MAC) -> bytes:
    return bytes(Ethernet(dst=dst, src=THEIR_MAC) / datagram)


def given_to(made: Host, datagram: Header, dst: str = MY_MAC, now_ns: int = 0) -> list[Header]:
    return frames(made.receive(0, framed(datagram, dst), now_ns))


def frames(sent: list[Transmission]) -> list[Header]:
    return [parse(transmission.frame) for transmission in sent]


def to_me(**fields: Any) -> IPv4:
    return IPv4(**({"src": THEIRS, "dst": MINE} | fields))


def test_a_neighbour_is_asked_for_and_what_waits_goes_when_it_answers() -> None:
    made = host()
    made.arp_delete(THEIRS)
    made.send(THEIRS, EchoRequest(id=1, seq=1))
    made.send(THEIRS, EchoRequest(id=1, seq=2))
    (asked,) = frames(made.advance(0))
    assert (asked[Ethernet].dst, asked[ARP].info()) == (BROADCAST, f"Who has {THEIRS}? Tell {MINE}")
    reply = ARP(opcode=2, sender_mac=THEIR_MAC, sender_ip=THEIRS, target_mac=MY_MAC, target_ip=MINE)
    answers = frames(made.receive(0, framed(reply), SECOND // 2))
    assert [(each[Ethernet].dst, each[EchoRequest].seq) for each in answers] == [(THEIR_MAC, 1), (THEIR_MAC, 2)]


def test_others_are_reached_by_the_gateway() -> None:
    made = host()
    made.send("192.0.2.1", EchoRequest())
    (sent,) = frames(made.advance(0))
    assert (sent[Ethernet].dst, sent[IPv4].dst) == (GATEWAY_MAC, "192.0.2.1")


def test_without_a_route_or_an_address_nothing_is_sent() -> None:
    with pytest.raises(NoRouteError, match=r"b has no route to 192\.0\.2\.1"):
        host(gateway=None).send("192.0.2.1", EchoRequest())
    nameless = Host("n", Interface("eth0", MY_MAC))
    with pytest.raises(NoRouteError, match=r"n has no address"):
        nameless.send("255.255.255.255", EchoRequest())


def test_three_requests_without_an_answer_end_in_host_unreachable() -> None:
    made = host()
    made.arp_delete(THEIRS)
    socket = made.udp.open(4000)
    socket.send(b"hello", THEIRS, 7)
    requests = [made.advance(0)]
    assert made.deadline == SECOND
    requests += [made.advance(at * SECOND) for at in (1, 2, 3)]
    assert [len(sent) for sent in requests] == [1, 1, 1, 0]
    (error,) = socket.errors
    assert (type(error), error.code) == (DestinationUnreachable, 1)
    assert [event.text for event in made.events()] == [f"nobody answered for {THEIRS}"]
    assert made.deadline is None


@given(st.binary(max_size=3000), st.integers(0, 255))
def test_a_ping_of_any_size_comes_back_with_its_data(data: bytes, tos: int) -> None:
    made = host()
    (answer,) = [
        answer
        for piece in fragment(to_me(tos=tos) / EchoRequest(id=7, seq=3, payload=data), 576)
        for answer in [given_to(made, piece)]
        if answer
    ]
    assert sum(len(each[IPv4]) - 20 for each in answer) == len(data) + 8
    assert answer[0][IPv4].tos == tos
    assert all(each[Ethernet].dst == THEIR_MAC for each in answer)


def test_a_timestamp_is_in_milliseconds_of_the_day() -> None:
    query = TimestampRequest(id=1, seq=2, originate=77)
    (answer,) = given_to(host(), to_me() / query, now_ns=86_400 * SECOND + 5 * SECOND)
    reply = answer[TimestampReply]
    assert (reply.id, reply.seq, reply.originate, reply.receive, reply.transmit) == (1, 2, 77, 5000, 5000)


def test_a_closed_port_is_unreachable_and_an_open_one_is_read() -> None:
    made = host()
    segment = UDP(sport=9, dport=7, payload=b"hello")
    (answer,) = given_to(made, to_me() / segment)
    assert answer[DestinationUnreachable].code == 3
    assert bytes(answer[DestinationUnreachable])[8:] == bytes(to_me() / segment)
    socket = made.udp.open(7)
    assert given_to(made, to_me() / segment) == []
    assert [(each.data, each.ip, each.port) for each in socket.received] == [(b"hello", THEIRS, 9)]
    socket.close()
    assert len(given_to(made, to_me() / segment)) == 1


def test_an_unknown_protocol_is_unreachable() -> None:
    (answer,) = given_to(host(), to_me(protocol=99, payload=b"12345678"))
    assert answer[DestinationUnreachable].code == 2


def test_a_connection_is_reset() -> None:
    (answer,) = given_to(host(), to_me() / TCP(sport=40000, dport=80, seq=1000, flags="S"))
    assert (str(answer[TCP].flags), answer[TCP].seq, answer[TCP].ack) == ("RA", 0, 1001)


@pytest.mark.parametrize(
    ("datagram", "dst"),
    [
        (to_me(dst="10.0.0.255") / UDP(dport=7), BROADCAST),
        (to_me(dst="255.255.255.255") / UDP(dport=7), BROADCAST),
        (to_me(dst="255.255.255.255") / EchoRequest(), BROADCAST),
        (to_me(dst="224.0.0.1") / EchoRequest(), "01:00:5e:00:00:01"),
        (to_me() / EchoRequest(), BROADCAST),
        (to_me(dst="10.0.0.3") / EchoRequest(), MY_MAC),
        (to_me(dst="192.0.2.1") / EchoRequest(), MY_MAC),
        (to_me(src="10.0.0.255") / EchoRequest(), MY_MAC),
        (to_me(src="127.0.0.1") / EchoRequest(), MY_MAC),
        (to_me(src=MINE) / EchoRequest(), MY_MAC),
        (to_me(checksum=1) / EchoRequest(), MY_MAC),
        (to_me() / EchoRequest(checksum=1), MY_MAC),
        (to_me(total_length=100) / EchoRequest(), MY_MAC),
        (to_me() / EchoRequest(), "02:00:00:00:00:09"),
        (to_me() / UDP(dport=7, checksum=1), MY_MAC),
        (to_me(fragment_offset=1, protocol=17, payload=b"12345678"), MY_MAC),
        (to_me() / TimeExceeded(payload=quotation(to_me() / UDP())), MY_MAC),
        (to_me() / TCP(flags="R"), MY_MAC),
        # A header of too few words (RFC 9293, section 3.1), and too little of one (RFC 1122, section 3.2.2.1).
        *((to_me() / TCP(flags="S", data_offset=words), MY_MAC) for words in (0, 4, 6, 15)),
        *((to_me(protocol=number, payload=bytes(size)), MY_MAC) for number in (1, 6, 17) for size in (0, 1, 7)),
        # No datagram by its own length (RFC 768).
        *((to_me() / UDP(dport=7, length=length, checksum=0, payload=b"abc"), MY_MAC) for length in (0, 7, 12)),
        # A damaged option in what went to all of a network or of the link (RFC 1122, section 3.2.2).
        (to_me(dst="10.0.0.255", options=[MalformedIPv4Option(type=7, data=b"\1\0\0")]) / EchoRequest(), MY_MAC),
        (to_me(dst="255.255.255.255", options=[MalformedIPv4Option(type=7, data=b"\1\0\0")]) / UDP(), BROADCAST),
    ],
    ids=lambda value: repr(value)[:100],
)
def test_what_a_host_must_not_answer(datagram: IPv4, dst: str) -> None:
    assert given_to(host(), datagram, dst) == []


@pytest.mark.parametrize("words", [0, 1, 4])
def test_a_header_shorter_than_any_is_dropped_whatever_it_sums_up_to(words: int) -> None:
    data = bytearray(framed(to_me() / EchoRequest()))
    data[14] = 0x40 | words
    data[24:26] = bytes(2)
    data[24:26] = internet_checksum(bytes(data[14:34])).to_bytes(2, "big")
    assert host().receive(0, bytes(data), 0) == []


def test_a_socket_gets_what_the_udp_length_says() -> None:
    made = host()
    socket = made.udp.open(7)
    for length in (8, 9, 13):
        given_to(made, to_me() / UDP(dport=7, length=length, checksum=0, payload=b"abcde"))
    assert [each.data for each in socket.received] == [b"", b"a", b"abcde"]


def test_a_host_pings_itself_without_a_wire() -> None:
    made, ping = host(), Ping(MINE, count=2)
    made.run(ping)
    sent = made.advance(0)
    while made.deadline is not None and not ping.finished:
        sent += made.advance(made.deadline)
    assert (ping.received, sent) == (2, [])


@pytest.mark.parametrize("address", [MINE, "127.0.0.1"])
def test_the_sockets_of_a_host_reach_each_other(address: str) -> None:
    made = host()
    socket = made.udp.open(7)
    made.udp.open(8, lambda asked, datagram: asked.send(datagram.data + b"!", datagram.ip, datagram.port))
    socket.send(b"here", address, 8)
    socket.send(b"closed", address, 9)
    while made.deadline is not None:
        assert made.advance(made.deadline) == []
    assert [each.data for each in socket.received] == [b"here!"]
    assert len(socket.errors) == (address == MINE), "no error is sent about a loopback address"


def test_a_broadcast_reaches_an_open_port() -> None:
    made = host()
    socket = made.udp.open(7)
    for dst in ("10.0.0.255", "255.255.255.255"):
        assert given_to(made, to_me(dst=dst) / UDP(dport=7, payload=dst.encode()), BROADCAST) == []
    assert [each.data for each in socket.received] == [b"10.0.0.255", b"255.255.255.255"]


def test_errors_are_limited() -> None:
    made = host()
    datagram = to_me() / UDP(dport=7)
    assert sum(len(given_to(made, datagram)) for _ in range(100)) == 6
    assert sum(len(given_to(made, datagram, now_ns=2 * SECOND)) for _ in range(100)) == 2


def test_the_path_mtu_is_learnt_and_used() -> None:
    made = host(discovers_path_mtu=True)
    made.send("192.0.2.1", EchoRequest(payload=bytes(1400)))
    (sent,) = frames(made.advance(0))
    assert sent[IPv4].dont_fragment
    error = DestinationUnreachable(code=4, next_hop_mtu=600, payload=quotation(sent[IPv4]))
    given_to(made, IPv4(src=GATEWAY, dst=MINE) / error)
    made.send("192.0.2.1", EchoRequest(payload=bytes(1400)))
    pieces = frames(made.advance(0))
    assert len(pieces) == 3
    assert max(len(piece[IPv4]) for piece in pieces) <= 600
    with pytest.raises(FragmentationNeededError):
        made.send("192.0.2.1", EchoRequest(payload=bytes(1400)), dont_fragment=True)


def test_a_redirect_by_the_gateway_is_followed_and_no_other() -> None:
    quoted = IPv4(src=MINE, dst="192.0.2.1") / EchoRequest()
    redirect = Redirect(gateway=THEIRS, payload=quoted)
    made = host()
    given_to(made, IPv4(src="10.0.0.77", dst=MINE) / redirect)
    given_to(made, IPv4(src=GATEWAY, dst=MINE) / redirect.replace(gateway="172.16.0.1"))
    assert "UGHD" not in made.route_table()
    given_to(made, IPv4(src=GATEWAY, dst=MINE) / redirect)
    made.send("192.0.2.1", EchoRequest())
    (sent,) = frames(made.advance(0))
    assert sent[Ethernet].dst == THEIR_MAC
    assert "192.0.2.1       10.0.0.1        255.255.255.255 UGHD" in made.route_table()


def test_the_arp_table_is_printed_and_entries_expire_after_20_minutes() -> None:
    made = host()
    asked = ARP(sender_mac="02:00:00:00:00:07", sender_ip="10.0.0.7", target_ip=MINE)
    made.receive(0, framed(asked, BROADCAST), 0)
    line = "? (10.0.0.7) at 02:00:00:00:00:07 [ether] on eth0"
    assert line in made.arp_table()
    made.advance(1_199 * SECOND)
    assert line in made.arp_table()
    made.advance(1_200 * SECOND)
    assert line not in made.arp_table()
    assert [event.text for event in made.events()] == ["the ARP entry for 10.0.0.7 expired"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gateway": "10.0.1.1"}, "on none of its networks"),
        ({"ttl": 0}, "TTL is 0"),
        ({"routes": [("10.0.0.1/8", GATEWAY)]}, "expected '10.0.0.0/8'"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        host(**options)


def test_an_address_is_no_interface() -> None:
    with pytest.raises(FieldError, match=r"'10.0.0.2/24' for an interface, expected an Interface"):
        Host("b", ["10.0.0.2/24"])  # type: ignore[list-item]  # what is refused


@given(st.lists(st.binary(max_size=120), max_size=10))
def test_arbitrary_bytes_never_raise(received: list[bytes]) -> None:
    made = host()
    for data in received:
        for start in ("", "020000000002 020000000001 0800 45", "ffffffffffff 020000000001 0806"):
            made.receive(0, bytes.fromhex(start) + data, 0)


@given(st.data())
def test_damaged_frames_never_raise(data: st.DataObject) -> None:
    made = host()
    made.udp.open(7)
    quoted = IPv4(src=MINE, dst="192.0.2.1") / UDP(sport=7)
    sources = [
        to_me() / EchoRequest(payload=bytes(60)),
        to_me() / UDP(dport=7, payload=b"data"),
        to_me() / TCP(dport=7, flags="S"),
        to_me() / TimestampRequest(),
        to_me() / DestinationUnreachable(code=4, next_hop_mtu=600, payload=quotation(quoted)),
        to_me() / Redirect(gateway=THEIRS, payload=quotation(quoted)),
        ARP(sender_mac=THEIR_MAC, sender_ip=THEIRS, target_ip=MINE),
        *fragment(to_me() / EchoRequest(payload=bytes(200)), 100),
    ]
    for now in range(5):
        raw = bytearray(framed(data.draw(st.sampled_from(sources))))
        for _ in range(data.draw(st.integers(0, 4))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        for answer in frames(made.receive(0, bytes(raw[: data.draw(st.integers(0, len(raw)))]), now)):
            assert not [problem for problem in answer.problems() if problem.severity == "error" and EchoReply in answer]


def test_a_call_to_all_may_come_from_who_has_no_address() -> None:
    made = Host("b", Interface("eth0", "02:00:00:00:00:02", "10.0.0.2/24"))
    socket = made.udp.open(67)
    for src, dst in (("0.0.0.0", "255.255.255.255"), ("0.0.0.0", "10.0.0.2"), ("127.0.0.1", "255.255.255.255")):
        frame = Ethernet(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff" if dst[0] == "2" else "02:00:00:00:00:02")
        made.receive(0, bytes(frame / IPv4(src=src, dst=dst) / UDP(sport=68, dport=67, payload=b"?")), 0)
    assert [datagram.ip for datagram in socket.received] == ["0.0.0.0"]


def test_who_expects_an_address_takes_what_comes_for_it() -> None:
    made = Host("b", Interface("eth0", "02:00:00:00:00:02"))
    socket = made.udp.open(68)
    frame = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src="10.0.0.1", dst="10.0.0.9")
    data = bytes(frame / UDP(sport=67, dport=68, payload=b"!"))
    made.receive(0, data, 0)
    made.expect_address(0)
    made.receive(0, data, 1)
    made.expect_address(0, expected=False)
    made.receive(0, data, 2)
    assert [datagram.time_ns for datagram in socket.received] == [1]


def test_an_address_goes_with_the_routes_to_its_network() -> None:
    made = Host("b", Interface("eth0", "02:00:00:00:00:02", ["10.0.0.2/24", "10.0.0.3/24"]))
    made.remove_address(0, "10.0.0.2")
    assert made.routing_table.lookup("10.0.0.9") is not None
    made.remove_address(0, "10.0.0.3")
    assert (made.routing_table.lookup("10.0.0.9"), made.addresses()) == (None, [])


def test_an_address_is_claimed_or_left_to_who_has_it() -> None:
    lab = Network(seed=3)
    one, other = lab.host("a"), lab.host("b", "10.0.0.2/24")
    lab.link(one, other)
    taken, free = one.claim(0, "10.0.0.2/24"), one.claim(0, "10.0.0.9/24")
    lab.run()
    assert (taken.result(), free.result()) == (False, True)
    assert one.addresses() == ["10.0.0.9"]
    assert one.randomness("x").random() == one.randomness("x").random() != one.randomness("y").random()
