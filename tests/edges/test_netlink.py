from __future__ import annotations

import sys

import pytest

from dissect import InterfaceError
from dissect.edges.netlink import attribute, attributes, questioned


def test_attributes_are_read_as_they_are_written() -> None:
    data = attribute(1, b"\x0a\x00\x00\x01") + attribute(3, b"eth0\0") + attribute(1 << 15 | 7, b"") + b"\x01"
    assert attributes(data) == {1: b"\x0a\x00\x00\x01", 3: b"eth0\0", 7: b""}


def test_an_attribute_shorter_than_its_head_ends_the_list() -> None:
    assert attributes(b"\x02\x00\x01\x00" + attribute(1, b"abcd")) == {}


def test_other_systems_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(InterfaceError, match="asked of the kernel on Linux alone"):
        list(questioned(26, b""))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="The kernel that is asked is Linux.")
def test_what_the_kernel_refuses_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="No such device"):
        # An interface that is not there (RTM_GETLINK).
        list(questioned(18, b"\0\0\0\0\xff\xff\xff\x7f" + bytes(8)))
