"""Whatever arrives at services and clients, nothing is raised, nothing goes round in circles, and time goes on."""

from __future__ import annotations

from random import Random

import pytest

from dissect import DHCP, DNS, UDP, Host, Question
from dissect.lab.applications.chat import ChatRoom
from dissect.lab.applications.dhcp_client import DHCPClient
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.applications.dns_resolver import DNSResolver
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.applications.file_transfer import FileReceiver
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.applications.stream_services import Echo
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.protocols.dhcp_host_options import DHCPDomainName, DHCPSubnetMask
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPLeaseTime,
    DHCPOptionOverload,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
    MessageType,
)
from dissect.protocols.dns import DNSLength
from dissect.protocols.dns_options import OPTRecord
from dissect.protocols.tftp import TFTPAcknowledgment, TFTPOption, TFTPReadRequest, TFTPWriteRequest
from tests.lab.applications.net import MS, SECOND, Home

ROUNDS = 150
ASKED = [
    MessageType(1), DHCPRequestedAddress("192.168.1.101"), DHCPServerIdentifier("192.168.1.1"), DHCPLeaseTime(60),
    DHCPClientIdentifier(b"abc"), DHCPOptionOverload(3),
]  # fmt: skip
GRANTED = [
    DHCPServerIdentifier("192.168.1.1"), DHCPLeaseTime(60), DHCPSubnetMask("255.255.255.0"), DHCPDomainName("lan"),
]  # fmt: skip
DATAGRAMS = {
    67: [bytes(DHCP(client_mac="02:00:00:00:00:09", options=[MessageType(kind), *ASKED[1:]])) for kind in range(1, 9)],
    68: [
        bytes(DHCP(operation=2, client_mac="02:00:00:00:00:03", your_address="192.168.1.101",
                   options=[MessageType(kind), *GRANTED]))
        for kind in (2, 5, 6)
    ],
    53: [
        bytes(DNS(questions=[Question("www.home.lan", kind)], additionals=[OPTRecord()]))
        for kind in ("A", "ANY", "TXT")
    ],
    54: [bytes(DNS(questions=[Question("www.example.com")]))],
    69: [bytes(TFTPReadRequest("x", options=[TFTPOption("blksize", "8")])), bytes(TFTPWriteRequest("y")),
         bytes(TFTPAcknowledgment(block=0))],
}  # fmt: skip
STREAMS = {
    80: [b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n",
         b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    53: [bytes(DNSLength() / DNS(questions=[Question("x.home.lan", "TXT")]))],
    7: [b"echo"],
    8000: [b"NAME ann\nhello\n"],
    9000: [b"\x00\x01a\x00\x00\x00\x02hi"],
}  # fmt: skip


def damaged(data: bytes, random: Random) -> bytes:
    """Return the bytes with some of them changed, missing, added or cut off."""
    for _ in range(random.choice([0, 1, 1, 2, 3, 8])):
        place = random.randrange(len(data) + 1)
        kind = random.randrange(4)
        if kind == 0:
            data = data[:place] + random.randbytes(1) + data[place + 1 :]
        elif kind == 1:
            data = data[:place] + data[place + random.randrange(1, 9) :]
        elif kind == 2:
            data = data[:place] + random.randbytes(random.randrange(1, 9)) + data[place:]
        else:
            data = data[:place]
    return data


def network(seed: int) -> tuple[Home, Host, DHCPClient]:
    home = Home(seed)
    zone = Zone("home.lan", {"www": {"A": "192.0.2.1"}, "*": {"TXT": "x" * 300}, "a": {"CNAME": "www"}})
    for program in (
        DHCPServer("192.168.1.100-192.168.1.110", routers=["192.168.1.1"], probes=True), DNSServer([zone]),
        DNSResolver(forward=["192.168.1.2"], port=54), HTTPServer({"/": "x"}), Echo(), ChatRoom(), FileReceiver(),
        TFTPServer({"x": bytes(2000)}, takes_files=True),
    ):  # fmt: skip
        home.serve(program)
    attacker = home.host("attacker", "192.168.1.2/24")
    client = DHCPClient()
    home.start(home.host("client"), client)
    home.lab.recording.stop()
    home.run(100 * MS)
    return home, attacker, client


@pytest.mark.parametrize("seed", range(3))
def test_damaged_messages_stop_nobody(seed: int) -> None:
    random = Random(seed)
    home, attacker, client = network(seed)
    socket = attacker.udp.open()
    for _ in range(ROUNDS):
        if random.random() < 0.7:
            port = random.choice(list(DATAGRAMS))
            data = damaged(random.choice(DATAGRAMS[port]), random)
            if port == 68:
                # As an answer to what the client asked last.
                data = data[:4] + client._transaction.to_bytes(4, "big") + data[8:]
                attacker.send("255.255.255.255", UDP(sport=67, dport=68, payload=data))
            else:
                socket.send(data, "192.168.1.1", port)
        else:
            port = random.choice(list(STREAMS))
            connection = attacker.tcp.connect("192.168.1.1", port)
            home.run(10 * MS)
            connection.send(damaged(random.choice(STREAMS[port]) * random.randrange(1, 3), random))
            home.run(10 * MS)
            random.choice([connection.shutdown, connection.abort, connection.push])()
        home.run(random.choice([MS, 10 * MS, SECOND]))
    connection = attacker.tcp.connect("192.168.1.1", 7)
    home.run(SECOND)
    connection.send(b"still there?")
    home.run(SECOND)
    assert connection.receive() == b"still there?"
