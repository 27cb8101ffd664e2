"""The TFTP server: blocks of agreed sizes, losses, repetitions, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import TFTP, Host
from dissect.errors import ConnectionFailedError
from dissect.lab.applications.tftp_client import get_file, put_file
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.lab.program import RunsPrograms
from dissect.protocols.tftp import (
    TFTPAcknowledgment,
    TFTPData,
    TFTPError,
    TFTPErrorCode,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)
from tests.lab.applications.net import SECOND, Home

DATA = bytes(range(256)) * 40
FILES: dict[str, str | bytes] = {"/boot.img": DATA, "/sub/text.txt": "a\nb\rc", "/even.bin": bytes(1024), "/empty": ""}


def two(link: dict[str, Any] | None = None, **options: Any) -> tuple[Home, Host, TFTPServer]:
    home = Home()
    server = home.serve(TFTPServer(FILES, **options))
    return home, home.host("client", "192.168.1.2/24", link=link), server


def got(home: Home, client: Host, name: str, **options: Any) -> Any:
    async def main(host: RunsPrograms) -> object:
        return await get_file(host, "192.168.1.1", name, **options)

    return home.do(client, main, 300 * SECOND)


class Talk:
    """A client whose packets are written by hand."""

    def __init__(self, **options: Any) -> None:
        self.home, self.client, self.server = two(**options)
        self.port = 69
        self.socket = self.client.udp.open()
        self.home.run()

    def say(self, packet: TFTP, *, port: int | None = None, wait_ns: int = SECOND // 2) -> list[TFTP]:
        """Send a packet, and return what has come back in half a second."""
        self.socket.send(bytes(packet), "192.168.1.1", port or self.port)
        self.home.run(wait_ns)
        found = []
        while self.socket.received:
            datagram = self.socket.received.popleft()
            self.port = datagram.port
            found.append(TFTP.decode(datagram.data, 0, len(datagram.data), 0))
        return found


@pytest.mark.parametrize("size", [512, 8, 1428, 65464])
@pytest.mark.parametrize("name", ["boot.img", "/even.bin", "empty"])
def test_a_file_comes_in_blocks_of_any_size(name: str, size: int) -> None:
    home, client, server = two()
    data = FILES[f"/{name.removeprefix('/')}"]
    assert got(home, client, name, block_size=size) == (data.encode() if isinstance(data, str) else data)
    assert server.lines[-1] == f"192.168.1.2 reads {name}, {len(data)} bytes"


def test_options_are_told_back_as_far_as_they_are_known() -> None:
    wanted = [TFTPOption(*pair) for pair in (("BLKSIZE", "1000"), ("tsize", "0"), ("timeout", "3"), ("x", "y"))]
    talk = Talk()
    (answer,) = talk.say(TFTPReadRequest("boot.img", options=wanted))
    assert isinstance(answer, TFTPOptionAcknowledgment)
    assert [(each.option, each.value) for each in answer.options] == [
        ("blksize", "1000"), ("tsize", str(len(DATA))), ("timeout", "3")
    ]  # fmt: skip
    (block,) = talk.say(TFTPAcknowledgment(block=0))
    assert isinstance(block, TFTPData)
    assert len(bytes(block)) == 1004


def test_an_acknowledgment_that_comes_twice_sends_nothing_twice() -> None:
    talk = Talk()
    (first,) = talk.say(TFTPReadRequest("boot.img"))
    assert isinstance(first, TFTPData)
    (second,) = talk.say(TFTPAcknowledgment(block=1))
    assert isinstance(second, TFTPData)
    assert second.block == 2
    assert talk.say(TFTPAcknowledgment(block=1)) == [], "the sorcerer's apprentice"


def test_who_falls_silent_gets_a_block_five_times() -> None:
    talk = Talk()
    found = talk.say(TFTPReadRequest("boot.img"), wait_ns=20 * SECOND)
    assert [bytes(each) for each in found] == [bytes(found[0])] * 5
    assert talk.server.lines == [f"192.168.1.2:{talk.socket.port}: no answer"]


def test_somebody_else_is_told_that_the_transfer_is_not_his() -> None:
    talk = Talk()
    talk.say(TFTPReadRequest("boot.img"))
    other = talk.client.udp.open()
    other.send(bytes(TFTPAcknowledgment(block=1)), "192.168.1.1", talk.port)
    talk.home.run(SECOND // 4)
    (refused,) = other.received
    error = TFTP.decode(refused.data, 0, len(refused.data), 0)
    assert isinstance(error, TFTPError)
    assert error.code == TFTPErrorCode.UNKNOWN_TRANSFER


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (TFTPReadRequest("none"), TFTPErrorCode.FILE_NOT_FOUND),
        (TFTPReadRequest("../boot.img"), TFTPErrorCode.FILE_NOT_FOUND),
        (TFTPReadRequest("boot.img", mode="mail"), TFTPErrorCode.ILLEGAL_OPERATION),
        (TFTPWriteRequest("new.img"), TFTPErrorCode.ACCESS_VIOLATION),
    ],
)
def test_what_is_refused_is_told_why(request_: TFTP, code: TFTPErrorCode) -> None:
    (error,) = Talk().say(request_)
    assert isinstance(error, TFTPError)
    assert error.code == code


def test_text_has_the_line_ends_of_the_network() -> None:
    (block,) = Talk().say(TFTPReadRequest("sub/text.txt", mode="NetASCII"))
    assert bytes(block)[4:] == b"a\r\nb\r\0c"


def test_a_file_is_left_once() -> None:
    home, client, server = two(takes_files=True)

    async def main(host: RunsPrograms) -> object:
        for size in (512, 1000):
            await put_file(host, "192.168.1.1", f"new{size}", DATA, block_size=size)
        try:
            await put_file(host, "192.168.1.1", "new512", b"other")
        except ConnectionFailedError as reason:
            return str(reason)
        return None

    assert home.do(client, main).endswith("File already exists")
    assert server.received == {"new512": DATA, "new1000": DATA}


@pytest.mark.parametrize("seed", range(3))
def test_files_pass_a_link_that_loses_and_doubles(seed: int) -> None:
    home = Home(seed)
    server = home.serve(TFTPServer(FILES, takes_files=True))
    client = home.host("client", "192.168.1.2/24", link={"loss": 0.1, "duplication": 0.1, "reordering": 0.1})
    client.arp_add("192.168.1.1", home.server.interfaces[0].mac)
    home.server.arp_add("192.168.1.2", client.interfaces[0].mac)

    async def main(host: RunsPrograms) -> object:
        data = await get_file(host, "192.168.1.1", "boot.img", block_size=1000)
        await put_file(host, "192.168.1.1", "back", data)
        return data

    assert home.do(client, main, 300 * SECOND) == DATA
    assert server.received == {"back": DATA}


def test_what_is_no_request_is_left_alone() -> None:
    talk = Talk()
    for packet in (TFTPAcknowledgment(block=1), TFTPData(block=1), TFTPError(code=1)):
        assert talk.say(packet, port=69) == []
    talk.socket.send(b"\x00\x01boot", "192.168.1.1", 69)
    talk.socket.send(b"", "192.168.1.1", 69)
    talk.home.run()
    assert not talk.socket.received
