"""Send small frames of UDP on an interface at a rate: `paced_sender.py INTERFACE RATE COUNT`; a program of its own."""

from __future__ import annotations

import ctypes
import socket
import sys
import time

BATCH = 64
SIZE = 60


class Piece(ctypes.Structure):
    """Struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class Message(ctypes.Structure):
    """Struct mmsghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("pieces", ctypes.POINTER(Piece)),
        ("piece_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint),
    )


def frame(number: int) -> bytes:
    """Return a frame for nobody, from a port of its own."""
    addresses = bytes.fromhex("0200000000040200000000aa0800")
    header = bytes.fromhex("4500002e00004000401126bc0a0000010a000003")
    ports = (4096 + number).to_bytes(2, "big") + bytes.fromhex("0009001a0000")
    return (addresses + header + ports).ljust(SIZE, b"\0")


def main(name: str, rate: int, count: int) -> None:
    """Send so many frames, evenly but for batches."""
    library = ctypes.CDLL(None, use_errno=True)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as opened:
        opened.bind((name, 0))
        buffers = [ctypes.create_string_buffer(frame(number), SIZE) for number in range(BATCH)]
        pieces = [Piece(ctypes.addressof(each), SIZE) for each in buffers]
        messages = (Message * BATCH)(*(Message(pieces=ctypes.pointer(each), piece_count=1) for each in pieces))
        sent, begin = 0, time.monotonic()
        while sent < count:
            due = min(int((time.monotonic() - begin) * rate), count) - sent
            if due < BATCH and sent + due < count:
                time.sleep(0.0002)
                continue
            done = library.sendmmsg(opened.fileno(), messages, min(due, BATCH), 0)
            if done < 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            sent += done
    print(f"{sent / (time.monotonic() - begin):.0f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
