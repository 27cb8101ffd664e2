from __future__ import annotations

from dissect.wireshark.names import truth_names


def test_what_bridges_agree_on_is_so_or_not() -> None:
    for name in ("rest_role", "agreement_valid"):
        assert truth_names(f"mstp.agree_flags.{name}") == ("Yes", "No")
