"""EIGRP in the eyes of Wireshark."""

from __future__ import annotations

from dissect.wireshark.names import truth_names


def test_flags_are_set_or_not() -> None:
    for flag in ("init", "condrecv", "restart", "eot"):
        assert truth_names(f"eigrp.flags.{flag}") == ("Set", "Not set")
