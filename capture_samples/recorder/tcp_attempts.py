"""TCP connections as the notes tell of them: their ten segments, an old SYN that comes late, a flood of SYNs."""

from __future__ import annotations

import socket
import struct
import time

from .arp import NEW_YEAR_2018
from .capture_file import written_capture
from .connections import CLIENT_PORT, SERVER_ADDRESS, accepted, receive_exactly
from .laboratory import Host, Laboratory, RecordingError
from .relay import slow_cable
from .sample import recorded, written
from .topologies import CLIENT, SERVER, two_hosts

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
TEN_SEGMENTS = (
    # From the client, flags, sequence number, acknowledgment, maximum segment size, data.
    (True, SYN, 1000, 0, 1460, b""),
    (False, SYN | ACK, 8000, 1001, 1024, b""),
    (True, ACK, 1001, 8001, None, b""),
    (True, PSH | ACK, 1001, 8001, None, b"twenty bytes to say\n"),
    (False, PSH | ACK, 8001, 1021, None, b"ten, back\n"),
    (True, ACK, 1021, 8011, None, b""),
    (True, FIN | ACK, 1021, 8011, None, b""),
    (False, ACK, 8011, 1022, None, b""),
    (False, FIN | ACK, 8011, 1022, None, b""),
    (True, ACK, 1022, 8012, None, b""),
)
OLD_NUMBER = 90
"""That of the old SYN in RFC 9293, figure 8."""
STRANGERS = 120
DELAY_SECONDS = 0.05


def _sum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    even = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(even) // 2}H", even))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _segment(
    source: str, destination: str, ports: tuple[int, int], seq: int, ack: int, flags: int,
    *, mss: int | None = None, data: bytes = b"", identification: int = 0,
) -> bytes:  # fmt: skip
    """Return a datagram with a TCP segment, all sums right."""
    options = b"" if mss is None else struct.pack("!BBH", 2, 4, mss)
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    segment = struct.pack("!HHIIBBHHH", *ports, seq, ack, (20 + len(options)) << 2, flags, 8192, 0, 0) + options + data
    total = _sum(addresses + struct.pack("!HH", socket.IPPROTO_TCP, len(segment)) + segment)
    segment = segment[:16] + struct.pack("!H", total) + segment[18:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), identification, 0x4000, 64, socket.IPPROTO_TCP, 0)
    header += addresses
    return header[:10] + struct.pack("!H", _sum(header)) + header[12:] + segment


@written(
    shows="the notes' ten segments: a connection opened in three, 20 bytes and 10 bytes, closed in four",
    how=(
        "The segments of the notes with their numbers: the client's begin at 1000, the server's at 8000, the largest "
        "segments are 1460 and 1024 bytes. The notes give no addresses, ports and times: here they are those of the "
        "other samples, a millisecond apart, from 2018-01-01T00:00:00 UTC on."
    ),
)
def notes_tcp() -> bytes:
    frames = []
    ends = (CLIENT, SERVER), (CLIENT_PORT, SERVER_ADDRESS[1])
    hardware = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
    for place, (is_client, flags, seq, ack, mss, data) in enumerate(TEN_SEGMENTS):
        (source, destination), ports = (ends[0], ends[1]) if is_client else (ends[0][::-1], ends[1][::-1])
        mine, other = hardware if is_client else hardware[::-1]
        datagram = _segment(source, destination, ports, seq, ack, flags, mss=mss, data=data, identification=place + 1)
        # Ethernet pads a frame to 60 bytes.
        frames.append((NEW_YEAR_2018, 1000 * place, (other + mine + b"\x08\x00" + datagram).ljust(60, b"\0")))
    return written_capture(frames)


def _raw(host: Host) -> socket.socket:
    return host.open_socket(socket.SOCK_RAW, protocol=socket.IPPROTO_RAW)


@recorded(
    shows=(
        "an old duplicate of a SYN (RFC 9293, figure 8): the server answers it, the client resets that, and its own "
        "SYN, sent again, opens the connection"
    ),
    how=(
        "A raw socket sends a SYN of number 90 from the port from which the client connects right after it, while the "
        "box between the hosts holds every frame for 50 ms."
    ),
)
def tcp_stale_syn(laboratory: Laboratory) -> None:
    client, server = slow_cable(laboratory, DELAY_SECONDS)
    raw, near, listener = _raw(client), client.tcp(port=CLIENT_PORT), server.tcp(port=SERVER_ADDRESS[1])
    listener.listen(5)
    with laboratory.capture(client):
        old = _segment(CLIENT, SERVER, (CLIENT_PORT, SERVER_ADDRESS[1]), OLD_NUMBER, 0, SYN, mss=1460)
        raw.sendto(old, SERVER_ADDRESS)
        near.connect(SERVER_ADDRESS)
        far = accepted(listener)
        near.sendall(b"this is the one\n")
        receive_exactly(far, 16)
        near.close()
        far.recv(1)
        far.close()
        time.sleep(4 * DELAY_SECONDS)


def _cookies_sent(host: Host) -> int:
    names, numbers, *_ = (line.split() for line in host.ask("cat", "/proc/net/netstat").splitlines())
    return int(dict(zip(names, numbers, strict=True))["SyncookiesSent"])


@recorded(
    shows=(
        "a flood of SYNs from addresses that nobody has, answered with SYN cookies; a client is served all the same"
    ),
    how=(
        f"A raw socket sends {STRANGERS} SYNs from 198.51.100.0/24 and 203.0.113.0/24, whose answers the client drops; "
        "the server has a backlog of 8 and tcp_syncookies 1. Then the client connects as itself."
    ),
)
def tcp_syn_flood(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    client.configure(ip_forward=0)
    server.configure(tcp_syncookies=1, tcp_max_syn_backlog=8, tcp_synack_retries=1)
    server.ip("route", "add", "default", "via", CLIENT)
    raw, near, listener = _raw(client), client.tcp(port=CLIENT_PORT), server.tcp(port=SERVER_ADDRESS[1])
    listener.listen(8)
    with laboratory.capture(server):
        for number in range(STRANGERS):
            network = ("198.51.100", "203.0.113")[number % 2]
            stranger = f"{network}.{number + 1}"
            ports = 1024 + 37 * number, SERVER_ADDRESS[1]
            raw.sendto(_segment(stranger, SERVER, ports, 1000 * number, 0, SYN, mss=1460), SERVER_ADDRESS)
            time.sleep(0.002)
        if not _cookies_sent(server):
            raise RecordingError("the server has not sent a single SYN cookie")
        near.connect(SERVER_ADDRESS)
        far = accepted(listener)
        near.sendall(b"anybody home?\n")
        receive_exactly(far, 14)
        far.sendall(b"for you, yes\n")
        receive_exactly(near, 13)
        near.close()
        far.recv(1)
        far.close()
