"""What the kernel refuses at a device, as sentences: each says what is wrong and what to do."""

from __future__ import annotations

import errno
import os

from dissect.errors import InterfaceError

__all__ = ["gone", "refusal", "went_down"]


def gone(name: str) -> str:
    """Return the sentence for a device that was removed."""
    return _GONE.format(name=name)


def went_down(name: str) -> str:
    """Return the sentence for a device that is down from now on, and may be up again."""
    return f"{name} went down: frames pass again when it is up ('ip link set {name} up')"


def refusal(name: str, error: OSError, size: int | None = None, waited: float = 0) -> InterfaceError:
    """Return what is told where the kernel refuses to open a device or to read from it, or a frame of `size` bytes.

    `waited` is for how many seconds the frame was tried again.

    >>> str(refusal("eth0", OSError(errno.ENODEV, "No such device")))
    'eth0 is gone: its device was removed'
    >>> str(refusal("eth0", OSError(errno.ENOBUFS, "No buffer space available"), size=60, waited=2))
    'the queue of eth0 stayed full for 2 seconds: send more slowly'
    """
    number = error.errno or 0
    said = _OF_DEVICES.get(number) or (_OF_OPENING if size is None else _OF_FRAMES).get(number)
    if said is None:
        return InterfaceError(f"{name}: {error.strerror or os.strerror(number)}")
    return InterfaceError(said.format(name=name, size=size, waited=waited))


_GONE = "{name} is gone: its device was removed"
_DOWN = "{name} is down, so no frame passes: 'ip link set {name} up' brings it up"
_FORBIDDEN = (
    "{name} cannot be opened: that takes the right CAP_NET_RAW, expected root (try sudo) or a Python that has it "
    "(setcap cap_net_raw+ep)"
)
_OF_DEVICES = {
    errno.ENETDOWN: _DOWN,
    errno.EIO: _DOWN,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    # Of a TAP device that was removed; systems other than Linux have no such error.
    getattr(errno, "EBADFD", -1): _GONE,
    errno.EBADF: "{name} is closed",
}
_OF_OPENING = {errno.EPERM: _FORBIDDEN, errno.EACCES: _FORBIDDEN}
_OF_FRAMES = {
    errno.EMSGSIZE: "{name} does not take a frame of {size} bytes, which is longer than its MTU allows: "
    "send fragments, or raise the MTU",
    errno.EINVAL: "{name} does not take a frame of {size} bytes: expected a whole link header",
    errno.ENOBUFS: "the queue of {name} stayed full for {waited:g} seconds: send more slowly",
}
