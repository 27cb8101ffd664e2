"""Address translation: ports kept and changed, forwards, hairpins, errors, fragments, and a kernel on both sides."""

from __future__ import annotations

import select
import threading
import time

import pytest

from capture_samples.recorder.laboratory import Laboratory
from dissect import ICMP, TCP, UDP, DestinationUnreachable, EchoRequest, IPv4, Network, Ping, Tap, Traceroute
from dissect.errors import FieldError
from dissect.flows.fragments import fragment
from dissect.lab.flow_keys import key_of, quoted_key_of
from dissect.lab.host import Host
from dissect.lab.nat import NAT, PortForward
from dissect.lab.packet_filter import Verdict
from dissect.packets.packet import parse

OUTSIDE, INSIDE, SERVER = "203.0.113.5", "192.168.1.1", "198.51.100.9"
A, B = "192.168.1.2", "192.168.1.3"
SECOND = 10**9


def nat(**options: object) -> NAT:
    forwards = [PortForward("tcp", 8080, A, 80)]
    return NAT("wan", OUTSIDE, ["192.168.1.0/24"], inside_address=INSIDE, forwards=forwards, **options)  # type: ignore[arg-type]


def sent(datagram: IPv4) -> IPv4:
    found = parse(bytes(datagram), "raw")
    assert isinstance(found, IPv4)
    return found


def through(box: NAT, datagram: IPv4, coming: str, going: str, now_ns: int = 0) -> IPv4:
    """Pass a datagram through both hooks, as a router does."""
    judged = box.arriving(sent(datagram), coming, now_ns)
    assert isinstance(judged, IPv4)
    judged = box.leaving(judged, going, now_ns)
    assert isinstance(judged, IPv4)
    assert list(judged.problems()) == []
    return judged


def ends(datagram: Verdict) -> tuple[str, int, str, int]:
    assert isinstance(datagram, IPv4)
    key = key_of(datagram)
    assert key is not None
    return key[1:]


def test_the_port_is_kept_where_it_is_free_and_answers_come_back() -> None:
    box = nat()
    out = through(box, IPv4(src=A, dst=SERVER) / TCP(sport=5000, dport=80, flags="S"), "lan", "wan")
    assert ends(out) == (OUTSIDE, 5000, SERVER, 80)
    back = through(box, IPv4(src=SERVER, dst=OUTSIDE) / TCP(sport=80, dport=5000, flags="SA"), "wan", "lan")
    assert ends(back) == (SERVER, 80, A, 5000)


def test_a_second_host_gets_another_port_for_the_same_peer_and_its_own_for_another() -> None:
    box = nat()
    question = IPv4(src=A, dst=SERVER) / UDP(sport=5000, dport=53)
    through(box, question, "lan", "wan")
    other = through(box, question.replace(src=B), "lan", "wan")
    assert ends(other)[1] not in (0, 5000)
    assert ends(through(box, question.replace(src=B, dst="198.51.100.10"), "lan", "wan"))[1] == 5000
    answer = IPv4(src=SERVER, dst=OUTSIDE) / UDP(sport=53, dport=ends(other)[1])
    assert ends(through(box, answer, "wan", "lan")) == (SERVER, 53, B, 5000)


def test_echo_identifiers_are_ports() -> None:
    box = nat()
    for host in (A, B):
        out = through(box, IPv4(src=host, dst=SERVER) / EchoRequest(id=7), "lan", "wan")
        ident = out[ICMP].id  # type: ignore[attr-defined]
        back = IPv4(src=SERVER, dst=OUTSIDE) / EchoRequest(id=ident).replace(type=0)
        assert str(through(box, back, "wan", "lan").dst) == host


def test_what_belongs_to_nothing_is_left_for_the_router() -> None:
    box = nat()
    datagram = sent(IPv4(src=SERVER, dst=OUTSIDE) / TCP(sport=80, dport=5000, flags="S"))
    assert box.arriving(datagram, "wan", 0) is datagram
    assert len(box.table) == 0


def test_forwards_lead_inside_and_a_port_that_is_forwarded_is_lent_to_nobody() -> None:
    box = nat()
    assert ends(through(box, IPv4(src=SERVER, dst=OUTSIDE) / TCP(sport=9, dport=8080, flags="S"), "wan", "lan")) == (
        SERVER, 9, A, 80,
    )  # fmt: skip
    back = IPv4(src=A, dst=SERVER) / TCP(sport=80, dport=9, flags="SA")
    assert ends(through(box, back, "lan", "wan")) == (OUTSIDE, 8080, SERVER, 9)
    out = through(box, IPv4(src=B, dst=SERVER) / TCP(sport=8080, dport=80, flags="S"), "lan", "wan")
    assert ends(out)[1] != 8080


def test_a_hairpin_has_both_ends_changed() -> None:
    box = nat()
    out = through(box, IPv4(src=B, dst=OUTSIDE) / TCP(sport=6000, dport=8080, flags="S"), "lan", "lan")
    assert ends(out) == (INSIDE, 6000, A, 80)
    back = through(box, IPv4(src=A, dst=INSIDE) / TCP(sport=80, dport=6000, flags="SA"), "lan", "lan")
    assert ends(back) == (OUTSIDE, 8080, B, 6000)


def test_an_error_from_outside_is_told_in_the_words_of_the_host_inside() -> None:
    box = nat()
    through(box, IPv4(src=A, dst=SERVER) / UDP(sport=5000, dport=53), "lan", "wan")
    out = through(box, IPv4(src=B, dst=SERVER) / UDP(sport=5000, dport=53), "lan", "wan")
    error = IPv4(src="198.51.100.1", dst=OUTSIDE) / DestinationUnreachable(code=1, payload=bytes(out)[:28])
    told = through(box, error, "wan", "lan")
    assert str(told.dst) == B
    assert quoted_key_of(told) == (17, B, 5000, SERVER, 53)


def test_an_error_from_inside_hides_who_sent_it() -> None:
    box = nat()
    first = through(box, IPv4(src=SERVER, dst=OUTSIDE) / TCP(sport=9, dport=8080, flags="S"), "wan", "lan")
    error = IPv4(src=A, dst=SERVER) / DestinationUnreachable(code=3, payload=bytes(first)[:28])
    told = through(box, error, "lan", "wan")
    assert (str(told.src), str(told.dst)) == (OUTSIDE, SERVER)
    assert quoted_key_of(told) == (6, SERVER, 9, OUTSIDE, 8080)


def test_an_error_refreshes_nothing() -> None:
    box = nat()
    out = through(box, IPv4(src=A, dst=SERVER) / UDP(sport=5000, dport=53), "lan", "wan")
    error = IPv4(src="198.51.100.1", dst=OUTSIDE) / DestinationUnreachable(code=1, payload=bytes(out)[:28])
    through(box, error, "wan", "lan", 20 * SECOND)
    assert "[UNREPLIED]" in box.text(29 * SECOND)
    assert box.text(30 * SECOND) == ""


def test_fragments_are_put_together_first() -> None:
    box = nat()
    pieces = fragment(IPv4(src=A, dst=SERVER, id=7) / UDP(sport=5000, dport=53, payload=bytes(3000)), 1000)
    judged = [box.arriving(sent(piece), "lan", 0) for piece in reversed(pieces)]
    assert judged[:-1] == [None] * (len(pieces) - 1)
    whole = judged[-1]
    assert isinstance(whole, IPv4)
    assert ends(box.leaving(whole, "wan", 0)) == (OUTSIDE, 5000, SERVER, 53)


def test_no_port_left_is_counted() -> None:
    box = nat()
    box._is_free = lambda key: False  # type: ignore[method-assign]
    judged = box.arriving(sent(IPv4(src=A, dst=SERVER) / UDP(sport=1, dport=2)), "lan", 0)
    assert isinstance(judged, IPv4)
    assert box.leaving(judged, "wan", 0) is None
    assert box.dropped == 1


def test_a_forward_that_is_none_is_refused() -> None:
    with pytest.raises(FieldError, match="forwards nothing"):
        NAT("wan", OUTSIDE, [], inside_address=INSIDE, forwards=[PortForward("sctp", 1, A, 1)])


def home() -> tuple[Network, Host, NAT]:
    """A host behind a router that translates, a router of the world, and a server."""
    lab = Network(seed=1)
    a = lab.host("a", f"{A}/24", gateway=INSIDE)
    box = NAT("eth1", OUTSIDE, ["192.168.1.0/24"], inside_address=INSIDE)
    router = lab.router("r", f"{INSIDE}/24", f"{OUTSIDE}/24", gateway="203.0.113.1", filters=[box])
    world = lab.router("i", "203.0.113.1/24", "198.51.100.1/24")
    server = lab.host("server", f"{SERVER}/24", gateway="198.51.100.1")
    lab.link(a, router)
    lab.link(router, world)
    lab.link(world, server)
    return lab, a, box


def test_ping_and_traceroute_work_from_inside() -> None:
    lab, a, box = home()
    ping, trace = Ping(SERVER, count=2), Traceroute(SERVER)
    a.run(ping)
    a.run(trace, at_ns=3 * SECOND)
    lab.run(30 * SECOND)
    assert ping.received == 2
    text = "\n".join(trace.lines)
    assert all(ip in text for ip in (INSIDE, "203.0.113.1", SERVER)), text
    assert "icmp" in box.text(0)


@pytest.mark.usefixtures("tun")
def test_a_kernel_behind_it_fetches_from_a_kernel_in_front_of_it(laboratory: Laboratory) -> None:
    inside, outside = laboratory.host("inside"), laboratory.host("outside")
    with inside.entered():
        near = Tap("tap0", address="192.168.1.2/24")
        inside.run("ip", "route", "add", "default", "via", INSIDE)
    with outside.entered():
        far = Tap("tap0", address="203.0.113.1/24")
    lab = Network(seed=1)
    box = NAT("eth1", OUTSIDE, ["192.168.1.0/24"], inside_address=INSIDE)
    router = lab.router("r", f"{INSIDE}/24", f"{OUTSIDE}/24", filters=[box])
    lab.lead_out("r:eth0")
    lab.lead_out("r:eth1")
    assert router.is_own(OUTSIDE)
    data = bytes(range(256)) * 1000
    peers: list[str] = []

    def serve(listener: object) -> None:
        connection, peer = listener.accept()  # type: ignore[attr-defined]
        peers.append(peer[0])
        with connection:
            connection.sendall(data)

    got = bytearray()

    def fetch() -> None:
        listener = outside.tcp()
        listener.bind(("203.0.113.1", 8000))
        listener.listen()
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        with inside.tcp() as client:
            client.settimeout(30)
            client.connect(("203.0.113.1", 8000))
            while chunk := client.recv(1 << 16):
                got.extend(chunk)

    work = threading.Thread(target=fetch, daemon=True)
    work.start()
    end = time.monotonic() + 60
    with near, far:
        edges = [near, far]
        going = lab.start(time.monotonic_ns())
        while work.is_alive() and time.monotonic() < end:
            for transmission in going:
                edges[transmission.port].send(transmission.frame)
            going = []
            select.select(edges, [], [], 0.01)
            for port, edge in enumerate(edges):
                while (packet := edge.receive(0)) is not None:
                    going += lab.receive(port, packet.data, time.monotonic_ns())
            going += lab.advance(time.monotonic_ns())
    assert bytes(got) == data
    assert peers == [OUTSIDE]
