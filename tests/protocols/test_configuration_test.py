"""The configuration test protocol: what stations do with a frame, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet
from dissect.protocols.configuration_test import ConfigurationTest, ConfigurationTestStep
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

REPLY = ConfigurationTestStep("reply", receipt_number=7)
FORWARD = ConfigurationTestStep("forward data", address="02:00:00:00:00:02")
OUTER = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x9000)


def test_construct_and_deconstruct() -> None:
    test = ConfigurationTest(steps=[FORWARD, REPLY])
    assert bytes(test) == bytes.fromhex("0000 0200 020000000002 0100 0700")
    frame = dissect.parse(bytes(OUTER / test / b"data"))
    assert frame == OUTER / test / b"data"
    assert (frame.problems(), frame[ConfigurationTest].steps) == ([], (FORWARD, REPLY))
    assert FORWARD.receipt_number is None


@pytest.mark.parametrize(
    ("skip_count", "words"),
    [(0, "Forward Data"), (8, "Reply"), (4, "No valid function found"), (12, "No valid function found")],
)
def test_the_skip_count_leads_to_a_step(skip_count: int, words: str) -> None:
    assert ConfigurationTest(skip_count=skip_count, steps=[FORWARD, REPLY]).info() == words


def test_a_step_that_nobody_knows_is_the_last() -> None:
    frame = dissect.parse(bytes(OUTER) + bytes.fromhex("0000 0300 0100 0700"))
    assert frame[ConfigurationTest].info() == "Unknown function (3)"
    assert bytes(frame[ConfigurationTest].own_bytes) == bytes.fromhex("0000 0300")


@pytest.mark.parametrize("length", range(1, 14))
def test_impossible_lengths(length: int) -> None:
    keeps_promises(bytes(OUTER) + bytes(ConfigurationTest(steps=[FORWARD, REPLY]))[:length], "ethernet")


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(OUTER) + data, "ethernet")


NAMES = """
    frame.protocols loop.skipcount loop.relevant_function loop.receipt_number loop.forwarding_address data.data
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "tests.pcap"
    bodies = [
        bytes(ConfigurationTest(skip_count=skip, steps=steps)) + rest
        for skip, steps, rest in (
            (0, [REPLY], b""),
            (0, [REPLY], bytes(40)),
            (0, [FORWARD, REPLY], b""),
            (8, [FORWARD, REPLY], b"data"),
            (16, [FORWARD, FORWARD, REPLY], b""),
            (9, [FORWARD, REPLY], b""),
            (0, [ConfigurationTestStep(3)], b"data"),
        )
    ]
    dissect.write(capture, [bytes(OUTER) + body for body in bodies])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(bodies)
