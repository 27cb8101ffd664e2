"""Scenarios of UDP sockets."""

from __future__ import annotations

import socket
import time

from .laboratory import Laboratory
from .sample import recorded
from .sockets import IP_MTU_DISCOVER, IP_PMTUDISC_DONT, SO_NO_CHECK
from .topologies import bridged, two_hosts


@recorded(
    shows="UDP echo: four datagrams, one of them empty, and their answers",
    how="A client at port 40000 and an echo server at port 7.",
)
def udp_echo(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    sender, echo = client.udp(port=40000), server.udp(port=7)
    with laboratory.capture(client):
        for text in (b"hello, server\n", b"", b"odd", b"x" * 1000):
            sender.sendto(text, ("10.0.0.2", 7))
            datagram, address = echo.recvfrom(2000)
            echo.sendto(datagram, address)
            sender.recv(2000)


@recorded(
    shows="datagrams to a network's broadcast address and to 255.255.255.255, heard by every host",
    how=("One host sends two broadcasts; two others hear both and answer the sender alone; captured on the last one."),
)
def udp_broadcast(laboratory: Laboratory) -> None:
    sender_host, *hearers = bridged(laboratory, "sender", "hearer1", "hearer2")
    sender = sender_host.udp(port=40000)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender_host.run(*"ip route add 255.255.255.255 dev eth0".split())
    sockets = [host.udp(port=5000) for host in hearers]
    with laboratory.capture(hearers[-1]):
        for target in ("10.0.0.255", "255.255.255.255"):
            sender.sendto(f"is anybody there? ({target})\n".encode(), (target, 5000))
            for hearer in sockets:
                _, address = hearer.recvfrom(2000)
                hearer.sendto(b"I am\n", address)
                sender.recv(2000)


@recorded(
    shows="a chat over UDP: datagrams both ways, keeping their boundaries, text in UTF-8",
    how="Two hosts, each bound to port 6000, say something in turn, once twice in a row.",
)
def udp_chat(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    ends = {"10.0.0.1": client.udp(port=6000), "10.0.0.2": server.udp(port=6000)}
    said = (
        ("10.0.0.1", "10.0.0.2", "hello"),
        ("10.0.0.2", "10.0.0.1", "hi, who is there?"),
        ("10.0.0.1", "10.0.0.2", "it's me"),
        ("10.0.0.1", "10.0.0.2", "are you still there?"),
        ("10.0.0.2", "10.0.0.1", "yes \N{EM DASH} 你好"),
        ("10.0.0.1", "10.0.0.2", "bye"),
    )
    with laboratory.capture(client):
        for speaker, listener, words in said:
            ends[speaker].sendto(words.encode(), (listener, 6000))
            ends[listener].recv(2000)
            time.sleep(0.02)


@recorded(
    shows="UDP datagrams without a checksum (0), beside one with it",
    how="Two datagrams from a socket with SO_NO_CHECK, then one from the same socket without it.",
)
def udp_no_checksum(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    sender, receiver = client.udp(port=40000), server.udp(port=9)
    with laboratory.capture(client):
        for no_check in (1, 1, 0):
            sender.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, no_check)
            sender.sendto(b"no checksum\n" if no_check else b"with checksum\n", ("10.0.0.2", 9))
            receiver.recv(2000)


@recorded(
    shows="a UDP datagram of 5000 bytes in four fragments",
    how="A socket without path MTU discovery sends 5000 bytes at once; the server answers with a small datagram.",
)
def udp_fragments(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    sender, receiver = client.udp(port=40000), server.udp(port=9)
    sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
    with laboratory.capture(client):
        sender.sendto(bytes(range(250)) * 20, ("10.0.0.2", 9))
        datagram, address = receiver.recvfrom(6000)
        receiver.sendto(b"%d bytes\n" % len(datagram), address)
        sender.recv(2000)
