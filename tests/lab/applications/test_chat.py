"""Talk by datagrams, and in a room."""

from __future__ import annotations

from dissect.lab.applications.chat import ChatClient, ChatRoom, UDPChat
from dissect.lab.program import RunsPrograms
from tests.lab.applications.net import MS, SECOND, Home


def test_two_hosts_send_each_other_lines() -> None:
    home = Home()
    client = home.host("client", "192.168.1.2/24", names={"peer": "192.168.1.1"})
    one = home.serve(UDPChat("192.168.1.2", says=["hello", "good bye"]))
    other = home.start(client, UDPChat("peer", says=["hi"], interval_ns=1500 * MS))
    home.run(5 * SECOND)
    assert one.lines == ["> hello", "192.168.1.2: hi", "> good bye"]
    assert other.lines == ["> hi", "192.168.1.1: hello", "192.168.1.1: good bye"]


def test_what_one_says_in_a_room_all_others_hear() -> None:
    home = Home()
    room = home.serve(ChatRoom())
    guests = {}
    for number, (name, says) in enumerate({"ann": ["hello", "nothing"], "ben": ["hi ann"], "eve": []}.items()):
        host = home.host(name, f"192.168.1.{number + 2}/24")
        home.run(100 * MS)
        guests[name] = home.start(host, ChatClient("192.168.1.1", name, says=says))
    home.run(10 * SECOND)
    assert guests["ann"].lines == ["* ben joins", "* eve joins", "> hello", "ben: hi ann", "* eve leaves", "> nothing",
                                   "* ben leaves"]  # fmt: skip
    assert guests["eve"].lines == ["ann: hello", "ben: hi ann"]
    assert room.lines[0] == "* ann joins"
    assert room.lines[-1] == "* ann leaves"
    assert home.server.tcp.connections == []


def test_a_name_is_one_persons_and_lines_have_an_end() -> None:
    home = Home()
    home.serve(ChatRoom())
    client = home.host("client", "192.168.1.2/24")

    async def main(host: RunsPrograms) -> object:
        said: list[bytes] = []
        for first in (b"NAME ann\n", b"NAME ann\n", b"HELLO\n", b"NAME \x07\n", b"NAME " + b"x" * 2000):
            connection = await host.tcp.connect("192.168.1.1", 8000)
            await connection.write(first)
            if said or first != b"NAME ann\n":
                try:
                    said.append(await connection.read())
                except Exception as reason:
                    said.append(type(reason).__name__.encode())
            else:
                said.append(b"")
        return said

    refused = b"* that is no name that is free\n"
    assert home.do(client, main) == [b"", refused, refused, refused, b"ConnectionFailedError"]


def test_who_does_not_listen_is_thrown_out() -> None:
    home = Home()
    room = home.serve(ChatRoom())
    client = home.host("client", "192.168.1.2/24")
    deaf = client.tcp.connect("192.168.1.1", 8000)
    home.run()
    deaf.send(b"NAME deaf\n")
    loud = client.tcp.connect("192.168.1.1", 8000)
    home.run()
    loud.send(b"NAME loud\n")
    for _ in range(500):
        loud.send((b"x" * 1000 + b"\n") * 60)
        home.run(100 * MS)
        if deaf.failure is not None:
            break
    assert "* deaf leaves" in room.lines
    assert deaf.failure is not None
