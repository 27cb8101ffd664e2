"""Messages that are built here, and real programs that answer or are answered, in a network namespace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dissect import DNS, ARecord, HTTPResponse

PROGRAMS = ("unshare", "ip", "dnsmasq", "dig", "curl")


@pytest.fixture(scope="module")
def said() -> dict[str, bytes]:
    """What each peer said."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("Peers are met in a network namespace, which root makes on Linux: run the tests as root.")
    for program in PROGRAMS:
        if shutil.which(program) is None:
            pytest.skip(f"Messages are sent to real programs, of which {program} is missing: install it.")
    here = Path(__file__).parents[2]
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "tests.protocols.peers"], capture_output=True, cwd=here, timeout=60
    )
    if b"unshare failed" in done.stderr:
        pytest.skip("Peers are met in a network namespace, and this machine makes none.")
    assert done.returncode == 0, done.stderr.decode()
    return {name: bytes.fromhex(text) for name, text in json.loads(done.stdout).items()}


def test_dnsmasq_answers_a_question(said: dict[str, bytes]) -> None:
    data = said["asked_of_dnsmasq"]
    answer = DNS.decode(data, 0, len(data), 0)
    assert (answer.id, answer.is_response, answer.questions[0].domain) == (7, True, "www.example.test")
    (record,) = answer.answers
    assert isinstance(record, ARecord)
    assert record.address == "192.0.2.80"


def test_dig_takes_an_answer(said: dict[str, bytes]) -> None:
    lines = said["taken_by_dig"].decode().splitlines()
    assert "NOERROR" in lines[1]
    assert [line.split(None, 4)[2:] for line in lines if line.startswith("www")] == [
        ["IN", "A", "192.0.2.81"],
        ["IN", "TXT", '"made here"'],
    ]


def test_a_server_answers_a_request(said: dict[str, bytes]) -> None:
    data = said["answered_by_a_server"]
    answer = HTTPResponse.decode(data, 0, len(data), 0)
    assert isinstance(answer, HTTPResponse)
    assert (answer.status, answer.body()) == (201, b"olleh")


def test_curl_takes_a_response_in_chunks(said: dict[str, bytes]) -> None:
    head, _, body = said["taken_by_curl"].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == b"hello"
