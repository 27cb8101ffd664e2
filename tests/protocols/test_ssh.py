from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    TCP,
    Ethernet,
    IPv4,
    SSH1Packet,
    SSHDHInit,
    SSHECDHInit,
    SSHGroup,
    SSHKeyExchangeInit,
    SSHPacket,
    SSHVersion,
    parse,
)
from dissect.protocols.ssh import SSHDialogue, form_of
from tests.talk import infos, seen, talk

TO_SERVER = Ethernet() / IPv4() / TCP(sport=50000, dport=22)
PUBLIC = {name: getattr(dissect, name) for name in dissect.__all__}
CIPHER = "aes128-ctr"
CLIENT, SERVER = b"SSH-2.0-client\r\n", b"SSH-2.0-server\r\n"


def offer(kex: str) -> bytes:
    packet = SSHKeyExchangeInit(
        kex=kex, host_key="ssh-ed25519", encryption_to_server=CIPHER, encryption_to_client=CIPHER,
        padding_length=4, padding=bytes(4),
    )  # fmt: skip
    packet.packet_length = len(bytes(packet)) - 4
    return bytes(packet)


def packet(message: int, rest: bytes = b"") -> bytes:
    return bytes(SSHPacket(packet_length=2 + len(rest) + 4, padding_length=4, message=message, rest=rest + bytes(4)))


def test_versions() -> None:
    assert bytes(SSHVersion("SSH-2.0-x")) == b"SSH-2.0-x\r\n"
    assert parse(bytes(TO_SERVER / SSHVersion("SSH-2.0-x")))[SSHVersion].protocol == "SSH-2.0-x"


@pytest.mark.parametrize(
    ("message", "method", "form"),
    [
        (20, "", SSHKeyExchangeInit),
        (30, "curve25519-sha256", SSHECDHInit),
        (30, "", SSHDHInit),
        (30, "diffie-hellman-group14-sha256", SSHDHInit),
        (31, "diffie-hellman-group-exchange-sha256", SSHGroup),
        (21, "curve25519-sha256", SSHPacket),
    ],
)
def test_forms(message: int, method: str, form: type) -> None:
    assert form_of(message, method) is form


def test_the_method_is_the_clients_first_that_the_server_has() -> None:
    dialogue = SSHDialogue()
    for way, data in ((0, CLIENT), (1, SERVER), (0, offer("a,b,c")), (1, offer("c,b"))):
        dialogue.took(way, data)
    assert dialogue.method == "b"


def test_a_key_exchange() -> None:
    key = (4).to_bytes(4, "big") + b"abcd"
    said = [
        (0, CLIENT), (1, SERVER), (0, offer("curve25519-sha256")), (1, offer("curve25519-sha256")),
        (0, packet(30, key)), (1, packet(21)), (0, packet(21)), (0, b"secret"),
    ]  # fmt: skip
    packets = seen(talk(22, *said))
    assert packets[7].get("ssh.ecdh.q_c") == [b"abcd"]
    assert len(packets[5].get("ssh.kex.hassh")[0]) == 32
    assert [each.get("_ws.col.Info")[0] for each in packets[3:]] == [
        "Client: Protocol (SSH-2.0-client)",
        "Server: Protocol (SSH-2.0-server)",
        "Client: Key Exchange Init",
        "Server: Key Exchange Init",
        "Client: Elliptic Curve Diffie-Hellman Key Exchange Init",
        "Server: New Keys",
        "Client: New Keys",
        "Client: Encrypted packet (len=6)",
    ]


def packet_of_1(message: int, data: bytes = b"") -> bytes:
    length = 1 + len(data) + 4
    return bytes(SSH1Packet(packet_length=length, padding=bytes(8 - length % 8), message=message, data=data + bytes(4)))


def test_version_1_up_to_its_keys() -> None:
    said = [
        (1, b"SSH-1.5-server\n"), (0, b"SSH-1.5-client\n"), (1, packet_of_1(2, b"key")), (0, packet_of_1(3)),
        (1, packet_of_1(14) + packet_of_1(14)[:7]), (1, packet_of_1(14)[7:]),
    ]  # fmt: skip
    packets = seen(talk(22, *said))[3:]
    assert [each.get("_ws.col.Info")[0] for each in packets] == [
        "Server: Protocol (SSH-1.5-server)",
        "Client: Protocol (SSH-1.5-client)",
        "Server: Public Key",
        "Client: Session Key",
        "Encrypted packet (len=5)",
        "Server: Encrypted packet (len=5)",
    ]
    assert [each.get("_ws.col.Protocol")[0] for each in packets] == ["SSH", "SSH", *["SSHv1"] * 4]
    assert packets[2].get("ssh.padding_length") == [8]
    assert packets[2].get("ssh.payload") == [b"key" + bytes(4)]


def test_what_a_server_says_before_the_client_tells_the_version() -> None:
    assert infos(talk(22, (1, SERVER), (1, packet(20, bytes(30)))))[1] == "Server: Encrypted packet (len=40)"


def test_a_packet_may_be_long() -> None:
    longer = packet(2, bytes(60000))
    assert infos(talk(22, (0, CLIENT), (0, longer[:1000]), (0, longer[1000:]))) == [
        "Client: Protocol (SSH-2.0-client)",
        "[TCP segment of a reassembled PDU]",
        "Client: Ignore",
    ]


@pytest.mark.parametrize("size", [1, 4])
def test_too_few_encrypted_bytes_end_early(size: int) -> None:
    said = talk(22, (0, CLIENT), (0, packet(21)), (0, bytes(size)))
    assert infos(said)[-1] == f"Encrypted packet (len={size})[Malformed Packet]"
    assert seen(said)[-1].get("ssh.direction") == []


def test_lines_before_the_version() -> None:
    assert infos(talk(22, (1, b"Welcome\r\n"), (1, SERVER))) == [
        "Server: Encrypted packet (len=9)",
        "Server: Protocol (SSH-2.0-server)",
    ]


@given(st.binary(max_size=60))
def test_any_bytes_are_kept(raw: bytes) -> None:
    data = bytes(TO_SERVER / raw)
    frame = parse(data)
    assert bytes(frame) == data
    assert eval(repr(frame), dict(PUBLIC)) == frame


@given(st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=40)), max_size=6))
def test_any_talk_is_read(said: list[tuple[int, bytes]]) -> None:
    assert len(infos(talk(22, *said))) == len(said)
