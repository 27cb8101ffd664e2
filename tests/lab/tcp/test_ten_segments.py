"""The connection of the notes, byte for byte: ten segments, all numbers dictated."""

from __future__ import annotations

from dataclasses import replace

from dissect import TCP, Network
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.waiting import sleep

SECOND = 1_000_000_000
PLAIN = TCPSettings(window_scale=None, sack=False, timestamps=False, receive_buffer=4096)

HEADERS = [
    "9c40 1f40 000003e8 00000000 6002 1000 b4bb 0000 020405b4",
    "1f40 9c40 00001f40 000003e9 6012 1000 971e 0000 02040400",
    "9c40 1f40 000003e9 00001f41 5010 1000 ad27 0000",
    "9c40 1f40 000003e9 00001f41 5018 1000 ea0e 0000",
    "1f40 9c40 00001f41 000003fd 5018 0fec 8082 0000",
    "9c40 1f40 000003fd 00001f4b 5010 0ff6 ad13 0000",
    "9c40 1f40 000003fd 00001f4b 5011 0ff6 ad12 0000",
    "1f40 9c40 00001f4b 000003fe 5010 0feb ad1d 0000",
    "1f40 9c40 00001f4b 000003fe 5011 0feb ad1c 0000",
    "9c40 1f40 000003fe 00001f4c 5010 0ff5 ad12 0000",
]
"""The headers of the ten segments, as the notes draw them: ports, numbers, flags, MSS 1460 and 1024."""
REQUEST, ANSWER = b"twenty bytes, please", b"ten bytes."


async def server(host: RunsPrograms) -> None:
    listener = host.tcp.listen(8000, isn=8000, settings=replace(PLAIN, mss=1024, quick_acks=0))
    connection = await listener.accept()
    assert await connection.read() == REQUEST
    await connection.write(ANSWER)
    assert await connection.read() == b""
    await sleep(SECOND)
    connection.close()


async def client(host: RunsPrograms) -> bytes:
    connection = await host.tcp.connect("10.0.0.2", 8000, source_port=40000, isn=1000, settings=PLAIN)
    await connection.write(REQUEST)
    answer = await connection.read()
    await sleep(SECOND)
    connection.shutdown()
    await connection.closed()
    return answer


def test_the_ten_segments_of_the_notes() -> None:
    lab = Network()
    a, b = lab.host("client", "10.0.0.1/24"), lab.host("server", "10.0.0.2/24")
    lab.link(a, b, delay_ns=1_000_000)
    lab.start_program(b, AsyncProgram(server))
    program = lab.start_program(a, AsyncProgram(client))
    lab.run()
    assert program.result == ANSWER
    segments = [packet[TCP] for packet in lab.recording.packets() if TCP in packet]
    headers = [bytes(segment)[: 4 * segment.data_offset] for segment in segments]
    assert headers == [bytes.fromhex(header) for header in HEADERS]
    assert [segment.segment_length for segment in segments] == [0, 0, 0, 20, 10, 0, 0, 0, 0, 0]
