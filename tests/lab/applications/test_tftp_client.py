"""The TFTP client: servers without options, answers that are wrong, and numbers that begin again."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import TFTP, UDP, Host
from dissect.lab.applications.tftp_client import TFTPGet, get_file
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.lab.program import RunsPrograms
from dissect.lab.udp_sockets import Datagram, UDPSocket
from dissect.protocols.tftp import TFTPData, TFTPError, TFTPOption, TFTPOptionAcknowledgment
from tests.lab.applications.net import SECOND, Home


def two() -> tuple[Home, Host]:
    home = Home()
    return home, home.host("client", "192.168.1.2/24")


def got(home: Home, client: Host, name: str, **options: Any) -> Any:
    async def main(host: RunsPrograms) -> object:
        return await get_file(host, "192.168.1.1", name, **options)

    return home.do(client, main, 600 * SECOND)


def answers(home: Home, *packets: TFTP) -> None:
    """Have the server answer the first packet of each client from a port of its own."""
    waiting = list(packets)

    def answer(socket: UDPSocket, datagram: Datagram) -> None:
        transfer = home.server.udp.open(None, next_packet)
        next_packet(transfer, datagram)

    def next_packet(socket: UDPSocket, datagram: Datagram) -> None:
        if waiting:
            socket.send(bytes(waiting.pop(0)), datagram.ip, datagram.port)

    home.server.udp.open(69, answer)


def test_a_server_that_knows_no_options_sends_blocks_of_512_bytes() -> None:
    home, client = two()
    answers(home, TFTPData(block=1) / bytes(512), TFTPData(block=2) / b"end")
    assert got(home, client, "x", block_size=1428) == bytes(512) + b"end"


def test_a_file_of_one_block_is_acknowledged_once() -> None:
    home, client = two()
    answers(home, TFTPData(block=1) / b"all")
    assert got(home, client, "x") == b"all"
    assert [bytes(segment)[9] for segment in home.seen(UDP, client)] == [1, 3, 4]


@pytest.mark.parametrize(
    ("packet", "sentence"),
    [
        (TFTPError(code=1, message="no such thing"), "no such thing"),
        (TFTPError(code=2), "Access violation"),
        (TFTPOptionAcknowledgment(options=[TFTPOption("blksize", "2000")]), "blocks of 2000 bytes were not asked for"),
        (TFTPOptionAcknowledgment(options=[TFTPOption("blksize", "-1")]), "blocks of -1 bytes were not asked for"),
    ],
)
def test_what_goes_wrong_is_told(packet: TFTP, sentence: str) -> None:
    home, client = two()
    answers(home, packet)
    (line,) = got(home, client, "x", block_size=1428)
    assert sentence in line


def test_nobody_there_and_too_much_are_told() -> None:
    home, client = two()
    assert got(home, client, "x") == ["192.168.1.1:69: no answer"]
    home.serve(TFTPServer({"x": bytes(5000)}))
    assert got(home, client, "x", most=1000) == ["192.168.1.1: x has more than 1000 bytes"]
    assert got(home, client, "x", block_size=7) == ["the size of blocks is 7, expected 8 to 65464 bytes"]


def test_a_program_prints_what_came() -> None:
    home, client = two()
    home.serve(TFTPServer({"x": "hello"}))
    program = home.start(client, TFTPGet("192.168.1.1", "x"))
    home.run(10 * SECOND)
    assert program.lines == ["x: 5 bytes"]
    assert program.result == b"hello"
