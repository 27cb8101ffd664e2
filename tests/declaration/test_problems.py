from __future__ import annotations

from dissect import Problem


def test_sentence() -> None:
    problem = Problem("ip", "checksum", 24, "is wrong", "0xb1e6", "0x0000")
    assert str(problem) == "ip.checksum at byte 24 is wrong: expected 0xb1e6, found 0x0000"
    assert problem.severity == "error"


def test_sentence_about_a_layer_of_a_built_frame() -> None:
    assert str(Problem("tcp", "", None, "is cut short")) == "tcp is cut short"
    assert str(Problem("tcp", "", 34, "is cut short", found="3 bytes")) == "tcp at byte 34 is cut short: found 3 bytes"
