"""Scenarios of ICMP and of what makes routers and hosts send it: fragments, hops, dead ends."""

from __future__ import annotations

import socket
import time

from .laboratory import Host, Laboratory
from .sample import recorded
from .sockets import IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_PMTUDISC_DONT, SO_NO_CHECK
from .topologies import bridged, routed, two_hosts


def _send(host: Host, address: str, *, port: int = 9, count: int = 1) -> None:
    sender = host.udp(port=40000)
    for number in range(1, count + 1):
        host.laboratory.commands.append(f"{host}: UDP datagram to {address} port {port}")
        sender.sendto(b"datagram %d to %s\n" % (number, address.encode()), (address, port))
        time.sleep(0.05)
        # An ICMP error is kept for the next call; it isn't what this sample is for.
        sender.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    sender.close()


@recorded(
    shows="fragments in both directions: an echo request of 4000 bytes and its reply, three each",
    how="Two pings of 4000 bytes over an MTU of 1500.",
    tools=("ping",),
)
def ping_4000(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    with laboratory.capture(client):
        client.run(*"ping -n -c 2 -i 0.2 -s 4000 -e 1 10.0.0.2".split())


@recorded(
    shows="fragmentation needed (type 3 code 4) with the next hop's MTU of 600; then a datagram that fits",
    how="A UDP datagram of 1400 bytes of data with Don't Fragment set, then one of 500, which the server echoes.",
)
def fragmentation_needed(laboratory: Laboratory) -> None:
    network = routed(laboratory, far_mtu=600)
    sender, echo = network.client.udp(port=40000), network.server.udp(port=7)
    sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    with laboratory.capture(network.client):
        sender.sendto(b"too big " * 175, (network.server_address, 7))
        time.sleep(0.2)
        sender.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        sender.sendto(b"it fits " * 62 + b"now\n", (network.server_address, 7))
        datagram, address = echo.recvfrom(2000)
        echo.sendto(datagram, address)
        sender.recv(2000)


@recorded(
    shows="a router that fragments: one datagram of 1400 bytes of data arrives as three fragments",
    how="A UDP datagram without Don't Fragment through a router whose far cable has an MTU of 600; captured there.",
)
def router_fragments(laboratory: Laboratory) -> None:
    network = routed(laboratory, far_mtu=600)
    sender, receiver = network.client.udp(port=40000), network.server.udp(port=9)
    sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
    with laboratory.capture(network.server):
        sender.sendto(b"in parts" * 175, (network.server_address, 9))
        receiver.recv(2000)


@recorded(
    shows="reassembly time exceeded (type 11 code 1): the rest of a datagram never comes",
    how="A fragment of offset 0 with More Fragments set, from a raw socket; the server gives up after a second.",
)
def reassembly_timeout(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    server.configure(ipfrag_time=1)
    raw = client.open_socket(socket.SOCK_RAW, protocol=socket.IPPROTO_RAW)
    # Version 4, header of 5 words, identification 0x0b0b, flag MF, TTL 64, UDP; the kernel fills in the rest.
    header = bytes.fromhex("4500 0000 0b0b 2000 4011 0000 0a000001 0a000002")
    # A UDP header of ports 40000 and 9, length 32, checksum 0 (none), and the first 16 of its 24 bytes of data.
    with laboratory.capture(client):
        raw.sendto(header + bytes.fromhex("9c40 0009 0020 0000") + b"half a datagram.", ("10.0.0.2", 0))
        time.sleep(1.6)


@recorded(
    shows="time exceeded from each of two routers, then port unreachable from the host",
    how="Traceroute's default: three UDP datagrams for each TTL, here one after the other.",
    tools=("traceroute",),
)
def traceroute(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        network.client.run(*f"traceroute -n -N 1 {network.server_address}".split())


@recorded(
    shows="time exceeded from each of two routers, then echo replies from the host",
    how="Traceroute with echo requests, three for each TTL, one after the other.",
    tools=("traceroute",),
)
def traceroute_icmp(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        network.client.run(*f"traceroute -n -I -N 1 {network.server_address}".split())


@recorded(
    shows="time exceeded from each of two routers, then a TCP handshake that is reset",
    how="Traceroute with SYN segments to an open port, three for each TTL, one after the other.",
    tools=("traceroute",),
)
def traceroute_tcp(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    network.server.tcp(port=80).listen(5)
    with laboratory.capture(network.client):
        network.client.run(*f"traceroute -n -T -p 80 -N 1 {network.server_address}".split())


@recorded(
    shows="port unreachable (type 3 code 3) for each of two UDP datagrams",
    how="Two UDP datagrams to a port that nobody has open.",
)
def port_unreachable(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    with laboratory.capture(client):
        _send(client, "10.0.0.2", port=9999, count=2)


@recorded(
    shows="protocol unreachable (type 3 code 2)",
    how="A datagram of protocol 253 (for experiments, RFC 3692) from a raw socket.",
)
def protocol_unreachable(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    raw = client.open_socket(socket.SOCK_RAW, protocol=253)
    with laboratory.capture(client):
        raw.sendto(b"nobody speaks this", ("10.0.0.2", 0))


@recorded(
    shows="host unreachable (type 3 code 1): the router asks for the host in vain",
    how=("A UDP datagram to an address of the far network that no host has; the router gives up after three seconds."),
)
def host_unreachable(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    with laboratory.capture(network.client):
        _send(network.client, "10.0.1.77")
        time.sleep(3.5)


@recorded(
    shows="network unreachable (type 3 code 0): the router has no route",
    how="A UDP datagram to a network that the router doesn't know.",
)
def network_unreachable(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    with laboratory.capture(network.client):
        _send(network.client, "172.16.0.1")


@recorded(
    shows=(
        "administrative codes of type 3: 13 and 1 from routes, 9 and 10 from a firewall, and a black hole that "
        "says nothing"
    ),
    how="One UDP datagram to each of five networks that the router refuses in its own way each.",
    tools=("nft",),
)
def prohibited(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    router = network.routers[0]
    for kind, destination in (("prohibit", "172.16.1.0/24"), ("unreachable", "172.16.2.0/24")):
        router.run(*f"ip route add {kind} {destination}".split())
    router.run(*"ip route add blackhole 172.16.3.0/24".split())
    router.run(*"ip route add 172.16.0.0/16 via 10.0.1.1".split())
    router.rules("""
        table ip refusals {
            chain forward {
                type filter hook forward priority 0;
                ip daddr 172.16.4.0/24 reject with icmp type net-prohibited
                ip daddr 172.16.5.0/24 reject with icmp type host-prohibited
            }
        }
    """)
    with laboratory.capture(network.client):
        for number in range(1, 6):
            _send(network.client, f"172.16.{number}.1")


@recorded(
    shows="redirect (type 5 code 1), and that the client then takes the better way",
    how=(
        "Two routers on the client's network; its default route is the wrong one. Four pings: the first redirect "
        "makes the client's kernel ask for the better router's hardware address, the second makes it go there."
    ),
    tools=("ping",),
)
def redirect(laboratory: Laboratory) -> None:
    client, wrong, right = bridged(laboratory, "client", "wrong", "right")
    server = laboratory.host("server")
    laboratory.cable(right, server)
    right.run(*"ip address add 10.0.1.254/24 dev eth1".split())
    server.run(*"ip address add 10.0.1.1/24 dev eth0".split())
    server.run(*"ip route add default via 10.0.1.254".split())
    wrong.run(*"ip route add 10.0.1.0/24 via 10.0.0.3".split())
    client.run(*"ip route add default via 10.0.0.2".split())
    for router in (wrong, right):
        router.configure(ip_forward=1)
    client.configure(conf__all__accept_redirects=1, conf__all__secure_redirects=0, conf__eth0__secure_redirects=0)
    laboratory.topology += ", routers wrong and right; server 10.0.1.1/24 behind right"
    with laboratory.capture(client):
        client.run(*"ping -n -c 4 -i 0.3 -e 1 10.0.1.1".split())


@recorded(
    shows="the record route option, filled on the way there and back",
    how="One ping -R through two routers.",
    tools=("ping",),
)
def ping_record_route(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        network.client.run(*f"ping -n -c 1 -R -e 1 {network.server_address}".split())


@recorded(
    shows="the timestamp option, timestamps only, from every hop there and back",
    how="One ping -T tsonly through two routers.",
    tools=("ping",),
)
def ping_timestamp(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        network.client.run(*f"ping -n -c 1 -T tsonly -e 1 {network.server_address}".split())


@recorded(
    shows="the timestamp option, addresses and timestamps, with its overflow count",
    how="One ping -T tsandaddr through two routers.",
    tools=("ping",),
)
def ping_timestamp_addresses(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        network.client.run(*f"ping -n -c 1 -T tsandaddr -e 1 {network.server_address}".split())


@recorded(
    shows="the timestamp option, addresses prescribed by the sender",
    how="One ping -T tsprespec through two routers; router1 and the server are prescribed.",
    tools=("ping",),
)
def ping_timestamp_prescribed(laboratory: Laboratory) -> None:
    network = routed(laboratory, routers=2)
    with laboratory.capture(network.client):
        prescribed = f"10.0.0.254 {network.server_address}"
        network.client.run(*f"ping -n -c 1 -e 1 -T tsprespec {prescribed} {network.server_address}".split())


@recorded(
    shows="IPv4 options in UDP datagrams: router alert, loose source route, strict source route, and an unknown one",
    how=(
        "Four UDP datagrams from a socket with IP_OPTIONS, through a router that accepts source routes; captured "
        "at the server, where the source routes are used up. They are sent without a UDP checksum: the kernel "
        "would compute it for the first hop's address instead of the last one's."
    ),
)
def ip_options(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    for host in (*network.routers, network.server):
        host.configure(conf__all__accept_source_route=1, conf__eth0__accept_source_route=1)
    receiver = network.server.udp(port=9)
    options = {
        "router alert": "94 04 0000",
        # The kernel sends to the option's first address and puts the socket's destination behind the others.
        "loose source route": "83 07 04 0a0000fe 00",
        "strict source route": "89 07 04 0a0000fe 00",
        "option 222 (for experiments, RFC 4727)": "de 06 dead beef 00 00",
    }
    sender = network.client.udp(port=40000)
    sender.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    with laboratory.capture(network.server):
        for name, option in options.items():
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes.fromhex(option))
            sender.sendto(name.encode() + b"\n", (network.server_address, 9))
            receiver.recv(100)


@recorded(
    shows="parameter problem (type 12) whose pointer shows the bad byte of an option",
    how="A datagram from a raw socket with a record route option whose pointer is 1.",
)
def parameter_problem(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    raw = client.open_socket(socket.SOCK_RAW, protocol=socket.IPPROTO_RAW)
    # Version 4, header of 7 words; options: record route (7), length 7, pointer 1 (4 is the smallest), end of list.
    header = bytes.fromhex("4700 0000 0c0c 0000 4011 0000 0a000001 0a000002 07 07 01 00000000 00")
    with laboratory.capture(client):
        raw.sendto(header + bytes.fromhex("9c40 0009 000c 0000") + b"bad\n", ("10.0.0.2", 0))
        time.sleep(0.2)


@recorded(
    shows="ICMP timestamp request and reply (types 13 and 14)",
    how="A timestamp request of 01:00:00 UTC from a raw socket; the server's kernel answers with its own time.",
)
def icmp_timestamp(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    raw = client.open_socket(socket.SOCK_RAW, protocol=socket.IPPROTO_ICMP)
    # Type 13, code 0, checksum, identifier 1, sequence number 1, originate 3,600,000 ms, receive 0, transmit 0.
    request = bytes.fromhex("0d00 0000 0001 0001 0036ee80 00000000 00000000")
    total = sum(int.from_bytes(request[index : index + 2], "big") for index in range(0, len(request), 2))
    checksum = 0xFFFF - (total % 0xFFFF)
    with laboratory.capture(client):
        raw.sendto(request[:2] + checksum.to_bytes(2, "big") + request[4:], ("10.0.0.2", 0))
        time.sleep(0.2)
