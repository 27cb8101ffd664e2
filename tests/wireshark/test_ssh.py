"""SSH beside tshark: versions, offers, and what follows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect import TCP, Ethernet, IPv4, Packet
from tests.oracle.tshark import Tshark
from tests.protocols.test_ssh import CLIENT, SERVER, offer, packet
from tests.talk import differences, talk

FIELDS = """
    frame.protocols _ws.col.Protocol _ws.col.Info tcp.segment_data ssh.protocol ssh.direction ssh.packet_length
    ssh.padding_length ssh.message_code ssh.cookie ssh.kex_algorithms_length ssh.kex_algorithms
    ssh.server_host_key_algorithms ssh.encryption_algorithms_client_to_server_length ssh.first_kex_packet_follows
    ssh.kex.reserved ssh.kex.hassh ssh.kex.hasshserver ssh.ecdh.q_c ssh.ecdh.q_c_length ssh.padding_string ssh.seq_num
    ssh.encrypted_packet ssh.packet_length_encrypted ssh.mpint_length ssh.dh.e ssh.dh.f ssh.host_key.rsa.e
    ssh.host_key.rsa.n ssh.host_sig.rsa
""".split()
KEY = (4).to_bytes(4, "big") + b"abcd"


@pytest.mark.parametrize("two_pass", [False, True])
def test_ssh(tshark: Tshark, tmp_path: Path, capsys: Any, two_pass: bool) -> None:
    one, two = offer("curve25519-sha256,a"), offer("b,curve25519-sha256")
    said = [
        (0, CLIENT), (1, SERVER), (0, one), (1, two), (0, packet(30, KEY)), (1, packet(21)),
        (0, packet(21)), (0, b"\x12\x34secret"), (1, b"more secrets"),
    ]  # fmt: skip
    packets = [*talk(22, *said), *talk(22, (1, SERVER), (0, CLIENT), (0, one), sport=50001)]
    options = ["-2"] if two_pass else []
    assert differences(tshark, tmp_path / "ssh.pcap", packets, FIELDS, capsys, *options) == []


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


RSA_KEY = _string(_string(b"ssh-rsa") + _string(b"\1\0\1") + _string(bytes(range(1, 33))))
SIGNATURE = _string(_string(b"ssh-rsa") + _string(bytes(range(32))))
NUMBER = _string(bytes(range(1, 18)))


@pytest.mark.parametrize("client", [CLIENT, b"SSH-1.99-old\r\n"])
@pytest.mark.parametrize(
    ("method", "said"),
    [
        (
            "diffie-hellman-group-exchange-sha256",
            [
                (0, packet(34, bytes(12))),
                (1, packet(31, NUMBER + _string(b"\2"))),
                (0, packet(32, NUMBER)),
                (1, packet(33, RSA_KEY + NUMBER + SIGNATURE)),
            ],
        ),
        ("diffie-hellman-group14-sha256", [(0, packet(30, NUMBER)), (1, packet(31, RSA_KEY + NUMBER + SIGNATURE))]),
        ("curve25519-sha256", [(0, packet(30, KEY)), (1, packet(31, RSA_KEY + KEY + SIGNATURE))]),
    ],
)
def test_keys_are_exchanged(
    tshark: Tshark, tmp_path: Path, capsys: Any, method: str, said: list[tuple[int, bytes]], client: bytes
) -> None:
    ends = [(1, packet(21)), (0, packet(21)), (0, bytes(range(48))), (1, bytes(range(64)))]
    packets = talk(22, (0, client), (1, SERVER), (0, offer(method)), (1, offer(method)), *said, *ends)
    assert differences(tshark, tmp_path / "ssh.pcap", packets, FIELDS, capsys) == []


def test_who_says_it_stands_in_front_of_what_tcp_remarks(tshark: Tshark, tmp_path: Path, capsys: Any) -> None:
    """A segment that goes again at once, since the other end asked for it three times."""
    packets = talk(22, (0, CLIENT), (1, SERVER), (0, offer("curve25519-sha256,a")))
    last = packets[-1].frame
    asked = [
        Packet(bytes(Ethernet() / IPv4(src=last[IPv4].dst, dst=last[IPv4].src) / _asking(last[TCP]))) for _ in range(4)
    ]
    again = [*packets[:-1], *asked, packets[-1], Packet(packets[-1].data)]
    names = ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "ssh.direction", "ssh.message_code"]
    assert differences(tshark, tmp_path / "again.pcap", again, names, capsys) == []
    infos = [row[0] for row in tshark.fields(tmp_path / "again.pcap", ["_ws.col.Info"])]
    assert infos[-1] == "Client: [TCP Fast Retransmission] , Key Exchange Init"


def _asking(segment: TCP) -> TCP:
    return TCP(sport=segment.dport, dport=segment.sport, seq=segment.ack, ack=segment.seq, flags="A")


def test_what_can_t_be_printed_of_a_version_is_spelt_out(tshark: Tshark, tmp_path: Path, capsys: Any) -> None:
    said = [(0, b"SSH-2.0-a \0\0\n"), (1, b"SSH-1.99-\xc3\xa9\x07\r\n")]
    fields = ["_ws.col.Info", "ssh.protocol"]
    assert differences(tshark, tmp_path / "odd.pcap", talk(22, *said), fields, capsys) == []
