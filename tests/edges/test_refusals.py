"""What the kernel refuses is told by what was being done: opening and reading a device, or sending a frame."""

from __future__ import annotations

import errno
import os

import pytest

from dissect import InterfaceError
from dissect.edges.refusals import gone, refusal, went_down


def error_of(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("size", [None, 60])
def test_devices_that_are_down_or_gone_are_told_whatever_was_done(size: int | None) -> None:
    for number in (errno.ENETDOWN, errno.EIO):
        assert "eth0 is down, so no frame passes: 'ip link set eth0 up'" in str(refusal("eth0", error_of(number), size))
    for number in (errno.ENODEV, errno.ENXIO):
        assert str(refusal("eth0", error_of(number), size)) == gone("eth0") == "eth0 is gone: its device was removed"
    assert str(refusal("tap0", error_of(errno.EBADF), size)) == "tap0 is closed"
    assert "ip link set eth0 up" in went_down("eth0")


def test_who_may_not_open_a_device_is_told_the_right_and_who_may_not_send_is_not() -> None:
    for number in (errno.EPERM, errno.EACCES):
        assert "eth0 cannot be opened: that takes the right CAP_NET_RAW" in str(refusal("eth0", error_of(number)))
        # A packet filter of the machine may forbid a frame.
        assert str(refusal("eth0", error_of(number), 60)) == f"eth0: {os.strerror(number)}"


def test_a_frame_is_told_with_its_size_and_opening_knows_none() -> None:
    assert "a frame of 9000 bytes, which is longer than its MTU" in str(refusal("eth0", error_of(errno.EMSGSIZE), 9000))
    assert "a frame of 0 bytes: expected a whole link header" in str(refusal("eth0", error_of(errno.EINVAL), 0))
    assert "the queue of eth0 stayed full for 2 seconds" in str(refusal("eth0", error_of(errno.ENOBUFS), 60, 2.0))
    assert str(refusal("eth0", error_of(errno.EINVAL))) == f"eth0: {os.strerror(errno.EINVAL)}"


def test_what_has_no_sentence_of_its_own_is_told_in_the_words_of_the_system() -> None:
    assert str(refusal("eth0", OSError(errno.ENOSPC, "words"))) == "eth0: words"
    assert str(refusal("eth0", OSError())) == f"eth0: {os.strerror(0)}"
    # Braces in a name are no places for values.
    assert str(refusal("{size}", error_of(errno.EBADF))) == "{size} is closed"
    assert isinstance(refusal("eth0", OSError()), InterfaceError)
