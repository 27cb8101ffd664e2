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
    ssh.encrypted_packet ssh.packet_length_encrypted
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
