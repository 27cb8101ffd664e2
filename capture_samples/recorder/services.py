"""Scenarios with a name server, an address server, a file server and a web server."""

from __future__ import annotations

import socket
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .connections import CLIENT_PORT, accepted, receive_exactly
from .laboratory import Host, Laboratory, await_line
from .sample import recorded
from .topologies import GATEWAY, routed, two_hosts

TYPE_A, TYPE_PTR, TYPE_MX, TYPE_TXT, TYPE_AAAA, TYPE_SRV = 1, 12, 15, 16, 28, 33
RECURSION_DESIRED = 0x0100
LONGEST_SHOWN_OPTION = 100


@contextmanager
def _dnsmasq(host: Host, *options: str) -> Iterator[Path]:
    """Run dnsmasq on a host with nothing from this machine's configuration; yields the folder that it may use."""
    with tempfile.TemporaryDirectory() as folder:
        process = host.start(
            *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-"),
            *("--user=root", "--no-resolv", "--no-hosts", "--no-poll", "--no-ping"),
            *(f"--dhcp-leasefile={folder}/leases", f"--tftp-root={folder}", *options),
        )
        shown = " ".join(option if len(option) < LONGEST_SHOWN_OPTION else option[:60] + "..." for option in options)
        host.laboratory.commands.append(f"{host}: dnsmasq {shown}")
        await_line(process, b"started")
        yield Path(folder)
        process.terminate()
        process.wait(timeout=5)


def _dns_query(identifier: int, name: str, record_type: int) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    header = struct.pack(">HHHHHH", identifier, RECURSION_DESIRED, 1, 0, 0, 0)
    return header + labels + struct.pack(">BHH", 0, record_type, 1)


@recorded(
    shows="DNS over UDP: A, AAAA, CNAME, MX, TXT, SRV and PTR answers, an empty answer and a name that doesn't exist",
    how="Nine queries from a plain socket, one after the other, to dnsmasq on the server.",
    tools=("dnsmasq",),
)
def dns(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    zone = (
        *("--local=/example.test/", "--host-record=www.example.test,10.0.0.80,fd00::80"),
        *("--cname=web.example.test,www.example.test", "--mx-host=example.test,www.example.test,10"),
        *("--txt-record=example.test,hello,world", "--srv-host=_http._tcp.example.test,www.example.test,80,1,2"),
        "--host-record=mail.example.test,10.0.0.25",
    )
    questions = (
        ("www.example.test", TYPE_A),
        ("www.example.test", TYPE_AAAA),
        ("web.example.test", TYPE_A),
        ("example.test", TYPE_MX),
        ("example.test", TYPE_TXT),
        ("_http._tcp.example.test", TYPE_SRV),
        ("80.0.0.10.in-addr.arpa", TYPE_PTR),
        ("mail.example.test", TYPE_AAAA),
        ("nobody.example.test", TYPE_A),
    )
    resolver = client.udp(port=CLIENT_PORT)
    with _dnsmasq(server, *zone), laboratory.capture(client):
        for identifier, (name, record_type) in enumerate(questions, 1):
            resolver.sendto(_dns_query(identifier, name, record_type), ("10.0.0.2", 53))
            resolver.recv(2000)


@recorded(
    shows="DNS: an answer over UDP that is truncated (TC), and the whole of it over TCP with its length before it",
    how="One query for a long TXT record from plain sockets, over UDP and then over TCP, to dnsmasq on the server.",
    tools=("dnsmasq",),
)
def dns_truncated(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    texts = ",".join(f"{'text' * 50}{number}" for number in range(4))
    query = _dns_query(1, "long.example.test", TYPE_TXT)
    resolver, connection = client.udp(port=CLIENT_PORT), client.tcp(port=CLIENT_PORT)
    zone = ("--local=/example.test/", f"--txt-record=long.example.test,{texts}")
    with _dnsmasq(server, *zone), laboratory.capture(client):
        resolver.sendto(query, ("10.0.0.2", 53))
        resolver.recv(2000)
        connection.connect(("10.0.0.2", 53))
        connection.sendall(struct.pack(">H", len(query)) + query)
        (length,) = struct.unpack(">H", receive_exactly(connection, 2))
        receive_exactly(connection, length)
        connection.close()


DISCOVER, REQUEST, RELEASE = 1, 3, 7
TRANSACTION = 0x12345678
BROADCAST_FLAG = 0x8000
HARDWARE_ADDRESS = bytes.fromhex("020000000001")
ANY, LEASED, SERVER_ADDRESS = bytes(4), bytes([10, 0, 0, 50]), bytes([10, 0, 0, 2])


def _dhcp_message(kind: int, client_address: bytes, *options: tuple[int, bytes]) -> bytes:
    flags = BROADCAST_FLAG if client_address == ANY else 0
    fixed = struct.pack(">BBBBIHH", 1, 1, 6, 0, TRANSACTION, 0, flags) + client_address + bytes(12)
    parts = [fixed, HARDWARE_ADDRESS.ljust(16, b"\0"), bytes(64 + 128), bytes.fromhex("63825363")]
    for code, value in ((53, bytes([kind])), (61, b"\x01" + HARDWARE_ADDRESS), *options):
        parts.append(bytes([code, len(value)]) + value)
    # RFC 2131, section 2: a client's message is padded to BOOTP's 300 bytes.
    return (b"".join(parts) + b"\xff").ljust(300, b"\0")


@recorded(
    shows="DHCP: discover, offer, request, acknowledgement; then a renewal by unicast and the release",
    how=(
        "The client's datagrams come from a plain socket, the server is dnsmasq; the client takes the address it got "
        "for the renewal."
    ),
    tools=("dnsmasq",),
)
def dhcp(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory, arp=True)
    client.ip("address", "flush", "dev", "eth0")
    laboratory.topology = "client without an address and server 10.0.0.2/24 on one veth cable"
    messenger = client.open_socket(socket.SOCK_DGRAM)
    messenger.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    messenger.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
    messenger.bind(("0.0.0.0", 68))
    wanted = (55, bytes([1, 3, 6, 15, 51]))
    settings = ("--port=0", "--dhcp-range=10.0.0.50,10.0.0.50,1h", "--dhcp-option=3,10.0.0.2", "--domain=example.test")
    with _dnsmasq(server, *settings), laboratory.capture(client):
        for message in (
            _dhcp_message(DISCOVER, ANY, wanted),
            _dhcp_message(REQUEST, ANY, (50, LEASED), (54, SERVER_ADDRESS), wanted),
        ):
            messenger.sendto(message, ("255.255.255.255", 67))
            messenger.recv(2000)
        client.run(*"ip address add 10.0.0.50/24 dev eth0".split())
        messenger.sendto(_dhcp_message(REQUEST, LEASED, wanted), ("10.0.0.2", 67))
        messenger.recv(2000)
        messenger.sendto(_dhcp_message(RELEASE, LEASED, (54, SERVER_ADDRESS)), ("10.0.0.2", 67))


@recorded(
    shows="TFTP: a file read in three blocks, the last one short, and a file that isn't there",
    how="Read requests from plain sockets, acknowledged block by block; the server is dnsmasq.",
    tools=("dnsmasq",),
)
def tftp(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with _dnsmasq(server, "--port=0", "--enable-tftp") as folder, laboratory.capture(client):
        (folder / "report.txt").write_bytes(b"a line of the report\n" * 60)
        reader = client.udp(port=CLIENT_PORT)
        reader.sendto(b"\0\x01report.txt\0octet\0", ("10.0.0.2", 69))
        while True:
            block, address = reader.recvfrom(2000)
            reader.sendto(b"\0\x04" + block[2:4], address)
            if len(block) < 4 + 512:
                break
        reader = client.udp(port=CLIENT_PORT + 1)
        reader.sendto(b"\0\x01nothing.txt\0octet\0", ("10.0.0.2", 69))
        reader.recv(2000)


PAGE = b"<!doctype html>\n<title>Hello</title>\n<p>Hello from the far side of the router.</p>\n"
HTTP_REQUEST = b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
HTTP_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(PAGE) + PAGE
)


@recorded(
    shows="one web request, all of it: ARP for the gateway, DNS query and answer, handshake, HTTP, teardown",
    how=(
        "The client asks dnsmasq on the router for www.example.test, connects to port 80 of the answer, sends a GET "
        "and reads to the end; the server closes first."
    ),
    tools=("dnsmasq",),
)
def web_request(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    resolver, near = network.client.udp(port=CLIENT_PORT), network.client.tcp(port=CLIENT_PORT)
    listener = network.server.tcp(port=80)
    listener.listen(5)
    name = f"--host-record=www.example.test,{network.server_address}"
    with _dnsmasq(network.routers[0], "--local=/example.test/", name), laboratory.capture(network.client):
        resolver.sendto(_dns_query(1, "www.example.test", TYPE_A), (GATEWAY, 53))
        # The answer's only record is the last thing in it.
        address = socket.inet_ntoa(resolver.recv(2000)[-4:])
        near.connect((address, 80))
        far = accepted(listener)
        near.sendall(HTTP_REQUEST)
        receive_exactly(far, len(HTTP_REQUEST))
        far.sendall(HTTP_ANSWER)
        receive_exactly(near, len(HTTP_ANSWER))
        time.sleep(0.05)
        far.close()
        near.recv(1)
        near.close()
