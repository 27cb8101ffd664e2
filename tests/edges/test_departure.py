from __future__ import annotations

from itertools import pairwise

import pytest

from capture_samples.recorder.laboratory import Laboratory
from capture_samples.recorder.topologies import two_hosts
from dissect import (
    ARP,
    TCP,
    UDP,
    EchoRequest,
    Ethernet,
    FragmentationNeededError,
    InterfaceError,
    IPv4,
    NoRouteError,
    Packet,
    Tap,
    parse,
)
from dissect.edges.departure import WayOut

OWN, OTHER = "02:00:00:00:00:03", "02:00:00:00:00:04"
"""As the third and fourth host of a laboratory have them."""


def test_what_is_silent_is_filled_in_and_what_is_said_stays(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    with client.entered(), WayOut() as way:
        silent = IPv4(dst="10.0.0.2") / UDP(dport=9) / b"who"
        departures = [way.prepare(silent) for _ in range(2)]
        frames = [parse(departure.frames()[0]) for departure in departures]
        assert silent == IPv4(dst="10.0.0.2") / UDP(dport=9) / b"who"
        for frame in frames:
            assert (frame[Ethernet].src, frame[Ethernet].dst) == (OWN, OTHER)
            assert (frame[IPv4].src, frame.problems()) == ("10.0.0.1", [])
        # Two that are equal are told apart, and come from one port.
        assert all(one[IPv4].id != other[IPv4].id for one, other in pairwise(frames))
        ports = {frame[UDP].sport for frame in frames}
        assert len(ports) == 1
        assert min(ports) >= 1024
        said = IPv4(src="10.0.0.9", dst="10.0.0.2", id=7) / TCP(sport=5, dport=80, flags="S")
        frame = parse(way.prepare(said).frames()[0])
        assert (frame[IPv4].src, frame[IPv4].id, frame[TCP].sport) == ("10.0.0.9", 7, 5)
        request = way.prepare(ARP(target_ip="10.0.0.2")).header
        asked = ARP(sender_mac=OWN, sender_ip="10.0.0.1", target_ip="10.0.0.2")
        assert request == Ethernet(src=OWN, dst="ff:ff:ff:ff:ff:ff") / asked
        # An ARP probe (RFC 5227) tells its sender's MAC address alone.
        probe = way.prepare(ARP(sender_mac="02:00:00:00:00:09", target_ip="10.0.0.2")).header
        assert (probe[ARP].sender_mac, probe[ARP].sender_ip) == ("02:00:00:00:00:09", "0.0.0.0")
        assert len(way.edges) == 1


def test_groups_and_unknown_neighbours(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory, arp=True)
    with client.entered(), WayOut() as way:
        everybody = way.prepare(IPv4(dst="10.0.0.255") / EchoRequest())
        assert (everybody.is_ready, everybody.mac) == (True, "ff:ff:ff:ff:ff:ff")
        assert not way.prepare(IPv4(dst="10.0.0.2") / EchoRequest()).is_ready
        with pytest.raises(NoRouteError, match=r"no route to 192\.0\.2\.1"):
            way.prepare(IPv4(dst="192.0.2.1") / EchoRequest())


def test_what_is_larger_than_the_way_takes_goes_in_fragments(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    client.ip("link", "set", "eth0", "mtu", "576")
    with client.entered(), WayOut() as way:
        departure = way.prepare(IPv4(dst="10.0.0.2") / EchoRequest(payload=bytes(1000)))
        pieces = departure.frames()
        assert [len(piece) for piece in pieces] == [14 + 572, 14 + 476]
        whole = departure.shown(pieces)
        assert (len(whole), whole.problems(), whole[Ethernet].dst) == (14 + 20 + 8 + 1000, [], OTHER)
        with pytest.raises(FragmentationNeededError, match=r"the link takes 576: .*\(the way to 10.0.0.2\)") as raised:
            way.prepare(IPv4(dst="10.0.0.2", flags="DF") / EchoRequest(payload=bytes(1000))).frames()
        assert raised.value.mtu == 576


def test_a_whole_frame_goes_where_its_datagram_leads_or_where_it_is_told(laboratory: Laboratory, tun: None) -> None:
    client, _ = two_hosts(laboratory)
    frame = Ethernet(src="02:00:00:00:00:77", dst=OTHER) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP()
    with client.entered(), WayOut() as way:
        departure = way.prepare(Packet(bytes(frame)))
        assert (departure.edge.name, departure.frames()) == ("eth0", [bytes(frame)])
        for told in (bytes(frame), Ethernet() / ARP(target_ip="10.0.0.2")):
            with pytest.raises(InterfaceError, match="no interface is named, and the frame holds no IP datagram"):
                way.prepare(told)
    with client.entered(), Tap("tap0") as tap:
        with WayOut(tap) as way:
            # What is no interface of the kernel's is not on its ways.
            with pytest.raises(InterfaceError, match="tap0 takes frames of Ethernet, and this one begins with IPv4"):
                way.prepare(IPv4(dst="10.0.0.2") / UDP())
            assert way.prepare(frame).edge is tap
        assert tap.fileno() >= 0
