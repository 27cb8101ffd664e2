"""Files behind their lengths, in whatever pieces they come."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dissect import TCP, read
from dissect.errors import FieldError
from dissect.lab.applications.file_transfer import FileReceiver, FileSender
from tests.lab.applications.net import SECOND, Home

FILES: dict[str, str | bytes] = {
    "poem.txt": "line\n" * 1000,
    "empty.txt": "",
    "numbers.bin": bytes(range(256)) * 20,
    "你好.txt": "hello",
}
SAMPLE = Path(__file__).parents[3] / "capture_samples" / "tcp_length_prefixed.pcap"


def test_several_files_go_over_one_connection() -> None:
    home = Home()
    receiver = home.serve(FileReceiver())
    sender = home.start(home.host("client", "192.168.1.2/24", mtu=200), FileSender("192.168.1.1", FILES))
    home.run(10 * SECOND)
    assert receiver.files == {name: data.encode() if isinstance(data, str) else data for name, data in FILES.items()}
    assert sender.lines[-1] == "sent 你好.txt, 5 bytes"
    assert receiver.lines[1] == "received empty.txt, 0 bytes"
    assert home.server.tcp.connections == []


def test_the_stream_of_real_sockets_is_understood() -> None:
    segments = [packet[TCP] for packet in read(SAMPLE) if TCP in packet and packet[TCP].dport == 8000]
    stream = {segment.seq: bytes(segment.payload or b"") for segment in segments if segment.segment_length}
    home = Home()
    receiver = home.serve(FileReceiver())
    client = home.host("client", "192.168.1.2/24")
    near = client.tcp.connect("192.168.1.1", 9000)
    home.run()
    near.send(b"".join(stream[number] for number in sorted(stream)))
    near.shutdown()
    home.run()
    assert list(receiver.files) == ["poem.txt", "empty.txt", "numbers.bin", "你好.txt"]
    assert receiver.files["numbers.bin"] == bytes(range(256)) * 20


def test_a_file_that_ends_early_or_claims_too_much_is_not_kept() -> None:
    home = Home()
    receiver = home.serve(FileReceiver())
    client = home.host("client", "192.168.1.2/24")
    for data in (b"\x00", struct.pack(">H1sI", 1, b"a", 5) + b"hell", struct.pack(">H1sI", 1, b"b", 1 << 31)):
        near = client.tcp.connect("192.168.1.1", 9000)
        home.run()
        near.send(data)
        near.shutdown()
        home.run()
    assert receiver.files == {}
    assert [line.partition(": ")[2] for line in receiver.lines] == [
        "the end came 1 bytes before what was expected",
        "the end came 1 bytes before what was expected",
        "b has 2147483648 bytes, which is too much",
    ]


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(FieldError, match="expected a length that 4 bytes hold"):
        FileSender("192.168.1.1", {"x" * 70_000: ""})
