"""DHCP and TFTP with programs of others at the other end: dnsmasq, udhcpc of BusyBox, and curl."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory, await_line
from capture_samples.recorder.topologies import two_hosts
from dissect import (
    DHCP,
    TFTP,
    DHCPLeaseTime,
    DHCPOption,
    DHCPParameterRequestList,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
    DHCPSubnetMask,
    Header,
    MessageType,
    TFTPAcknowledgment,
    TFTPData,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
)

SERVER, LEASED, MAC = "10.0.0.2", "10.0.0.50", "02:00:00:00:00:01"
PATIENCE = 5.0
FILE = b"a line of the report\n" * 100


def read(cls: type[Header], data: bytes) -> Header:
    """Return what a datagram holds."""
    header: Header = cls.decode(data, 0, len(data), 0)
    assert bytes(header) == data
    assert not header.problems()
    return header


@contextmanager
def dnsmasq(host: Host, *options: str) -> Iterator[Path]:
    """Run dnsmasq on a host; yields the folder whose files it serves."""
    if shutil.which("dnsmasq") is None:
        pytest.skip("The server is dnsmasq, which is missing: install it.")
    with tempfile.TemporaryDirectory() as folder:
        process = host.start(
            *(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--log-facility=-",
                "--port=0",
            ),
            *("--user=root", "--no-ping", f"--dhcp-leasefile={folder}/leases", f"--tftp-root={folder}", *options),
        )
        await_line(process, b"started")
        yield Path(folder)
        process.terminate()
        process.wait(timeout=PATIENCE)


def messenger(host: Host, port: int) -> socket.socket:
    """Return a socket that may broadcast on the host's cable."""
    made = host.open_socket(socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
    made.bind(("0.0.0.0", port))
    made.settimeout(PATIENCE)
    return made


def test_dnsmasq_leases_an_address(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory, arp=True)
    client.ip("address", "flush", "dev", "eth0")
    asking = messenger(client, 68)
    wanted = DHCPParameterRequestList([1, 3, 6, 15, 51, 119, 121])

    def ask(*options: DHCPOption) -> DHCP:
        message = DHCP(transaction_id=0x1D1D, broadcast=True, client_mac=MAC, options=[*options, wanted])
        asking.sendto(bytes(message), ("255.255.255.255", 67))
        answer = read(DHCP, asking.recv(2000))
        assert isinstance(answer, DHCP)
        assert (answer.transaction_id, answer.client_mac, answer.your_address) == (0x1D1D, MAC, LEASED)
        return answer

    with dnsmasq(server, f"--dhcp-range={LEASED},{LEASED},1h", "--dhcp-option=119,lab.example,example"):
        offer = ask(MessageType("discover"))
        assert offer.message_type is not None
        assert offer.message_type.word == "offer"
        chosen = offer.option(DHCPServerIdentifier)
        assert chosen is not None
        acknowledged = ask(MessageType("request"), DHCPRequestedAddress(LEASED), chosen)
        assert acknowledged.message_type == 5
        lease = acknowledged.option(DHCPLeaseTime)
        assert lease is not None
        assert lease.value == 3600
        assert acknowledged.joined(119) == b"\x03lab\x07example\0\xc0\x04"


def test_udhcpc_takes_a_lease(laboratory: Laboratory) -> None:
    if shutil.which("busybox") is None:
        pytest.skip("The client is udhcpc of BusyBox, which is missing: install busybox.")
    client, server = two_hosts(laboratory, arp=True)
    client.ip("address", "flush", "dev", "eth0")
    answering = messenger(server, 67)
    process = client.start("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-s", "/bin/true")
    answers = {"discover": "offer", "request": "ack"}
    for _ in answers:
        question = read(DHCP, answering.recv(2000))
        assert isinstance(question, DHCP)
        assert question.message_type is not None
        answer = DHCP(
            operation="reply",
            transaction_id=question.transaction_id,
            client_mac=question.client_mac,
            your_address=LEASED,
            options=[
                MessageType(answers[question.message_type.word]),
                DHCPServerIdentifier(SERVER),
                DHCPLeaseTime(60),
                DHCPSubnetMask("255.255.255.0"),
            ],
        )
        answering.sendto(bytes(answer), ("255.255.255.255", 68))
    assert process.wait(timeout=PATIENCE) == 0


def test_dnsmasq_hands_a_file_out(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    reader = client.udp(port=40000)
    reader.settimeout(PATIENCE)
    with dnsmasq(server, "--enable-tftp") as folder:
        (folder / "report.txt").write_bytes(FILE)
        request = TFTPReadRequest("report.txt", options=[TFTPOption("blksize", "1024")])
        reader.sendto(bytes(request), (SERVER, 69))
        found, number, size = b"", 0, 1024
        while size == 1024:
            data, address = reader.recvfrom(2000)
            packet = read(TFTP, data)
            if isinstance(packet, TFTPOptionAcknowledgment):
                assert packet.options == (TFTPOption("blksize", "1024"),)
            else:
                assert isinstance(packet, TFTPData)
                found, number, size = found + data[4:], packet.block, len(data) - 4
            reader.sendto(bytes(TFTPAcknowledgment(block=number)), address)
    assert found == FILE


def test_curl_fetches_a_file(laboratory: Laboratory) -> None:
    if shutil.which("curl") is None:
        pytest.skip("The client is curl, which is missing: install it.")
    client, server = two_hosts(laboratory)
    listening, sending = server.udp(port=69), server.udp(port=40000)
    listening.settimeout(PATIENCE)
    sending.settimeout(PATIENCE)
    process = client.start("curl", "-s", f"tftp://{SERVER}/report.txt", stdout=subprocess.PIPE)
    data, address = listening.recvfrom(2000)
    request = read(TFTP, data)
    assert isinstance(request, TFTPReadRequest)
    assert request.file == "report.txt"
    for number, start in enumerate(range(0, len(FILE) + 1, 512), 1):
        sending.sendto(bytes(TFTPData(block=number) / FILE[start : start + 512]), address)
        answer = read(TFTP, sending.recv(2000))
        assert isinstance(answer, TFTPAcknowledgment)
        assert answer.block == number
    assert process.communicate(timeout=PATIENCE)[0] == FILE
