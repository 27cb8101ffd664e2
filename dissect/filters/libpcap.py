"""The compiler of capture filters, and what runs their programs: the system's libpcap.

Source: pcap_compile(3PCAP), pcap-filter(7), bpf_filter of pcap/bpf.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Literal, TypeAlias

from dissect.errors import CaptureFilterError, MissingExtraError

__all__ = ["INSTRUCTION", "Program", "compile_for_file", "compile_for_interface", "is_installed", "runner"]

Program: TypeAlias = bytes
"""Instructions of the packet filter's machine, eight bytes each, in the machine's own byte order."""

INSTRUCTION = struct.Struct("=HBBI")
"""Of struct sock_filter: operation, where to go if true and if false, operand."""
_NAMES = ("libpcap.so.0.8", "libpcap.so.1", "libpcap.so", "libpcap.A.dylib", "libpcap.dylib", "wpcap.dll")
_ERROR_SIZE = 256
_FILE_HEADER = struct.Struct("=IHHiIII")
_MAGIC = 0xA1B2C3D4
_NOT_UP = -9
_WARNINGS = 0
"""What is below it is an error of pcap_activate, what is above a warning."""
_PLAIN_LENGTH = 4000
"""Characters of a filter that is compiled at once: some 250 hosts, in a second or two. It grows with the square."""
_PATIENCE = {True: 10.0, False: 20.0}
"""Seconds that a longer one may take, with and without the optimizer."""
_Kind: TypeAlias = Literal["file", "interface"]
_RAW = {12: 101, 14: 101}
"""Link types that libpcap calls by its own numbers in a handle (DLT_RAW), and what they are in files."""


class _Compiled(ctypes.Structure):
    """Struct bpf_program."""

    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.c_void_p))


def is_installed() -> bool:
    """Whether the system has libpcap."""
    return _found() is not None


@cache
def _found() -> Any:
    for name in _NAMES:
        with suppress(OSError):
            return _declared(ctypes.CDLL(name))
    return None


def _library() -> Any:
    library = _found()
    if library is None:
        raise MissingExtraError(
            "capture filters are compiled by libpcap, which this system lacks: 'apt-get install libpcap0.8' installs it"
        )
    return library


def _declared(library: Any) -> Any:
    """Give functions the types of their arguments, without which addresses are cut to 32 bits."""
    handle, text = ctypes.c_void_p, ctypes.c_char_p
    library.pcap_open_offline.restype = library.pcap_create.restype = handle
    library.pcap_open_offline.argtypes = library.pcap_create.argtypes = (text, text)
    library.pcap_geterr.restype = text
    for name in ("pcap_geterr", "pcap_close", "pcap_activate", "pcap_datalink"):
        getattr(library, name).argtypes = (handle,)
    for name in ("pcap_set_snaplen", "pcap_set_promisc", "pcap_set_timeout", "pcap_set_buffer_size"):
        getattr(library, name).argtypes = (handle, ctypes.c_int)
    library.pcap_lookupnet.argtypes = (text, ctypes.POINTER(ctypes.c_uint32), ctypes.POINTER(ctypes.c_uint32), text)
    library.pcap_compile.argtypes = (handle, ctypes.POINTER(_Compiled), text, ctypes.c_int, ctypes.c_uint32)
    library.pcap_freecode.argtypes = (ctypes.POINTER(_Compiled),)
    library.pcap_statustostr.restype = text
    return library


def compile_for_file(text: str, link: int, snap_length: int = 262_144) -> Program:
    """Return the program of a capture filter for frames of a capture of this link type.

    What passes gets `snap_length` bytes as its length. Raises CaptureFilterError where libpcap refuses the filter, also
    for what only an interface can tell (`inbound`); MissingExtraError without libpcap.
    """
    return _compiled("file", text, str(link), snap_length)


def compile_for_interface(text: str, name: str, snap_length: int = 262_144) -> Program:
    """Return the program for an interface of this machine, in the namespace of the thread.

    It may ask the kernel for what is not in the frame's bytes (a VLAN tag that was taken out, the direction). Raises
    what `compile_for_file` does, and CaptureFilterError where libpcap cannot open the interface.
    """
    return _compiled("interface", text, name, snap_length)


def _compiled(kind: _Kind, text: str, of: str, snap_length: int) -> Program:
    library = _library()
    if "\0" in text:
        raise CaptureFilterError(f"the capture filter {_shown(text)} has a zero byte in it")
    if len(text) <= _PLAIN_LENGTH:
        return _compiled_here(library, kind, text, of, snap_length, True)
    for optimized in (True, False):
        with suppress(subprocess.TimeoutExpired):
            return _compiled_elsewhere(kind, text, of, snap_length, optimized)
    raise CaptureFilterError(
        f"the capture filter {_shown(text)} takes libpcap too long: name networks in place of many hosts, or filter "
        "with a display filter"
    )


def _compiled_here(library: Any, kind: _Kind, text: str, of: str, snap_length: int, optimized: bool) -> Program:
    if kind == "file":
        handle, mask = _handle_of_file(library, int(of), snap_length), 0
    else:
        handle, mask = _handle_of_interface(library, of, snap_length), _mask(library, of)
    compiled = _Compiled()
    try:
        if library.pcap_compile(handle, ctypes.byref(compiled), os.fsencode(text), int(optimized), mask) < 0:
            said = library.pcap_geterr(handle).decode("utf-8", "replace")
            raise CaptureFilterError(f"the capture filter {_shown(text)} cannot be used: {said}{_hint(text, said)}")
        program = ctypes.string_at(compiled.instructions, compiled.length * INSTRUCTION.size)
        library.pcap_freecode(ctypes.byref(compiled))
    finally:
        library.pcap_close(handle)
    return program


def _handle_of_file(library: Any, link: int, snap_length: int) -> Any:
    """Open a capture without packets: what a filter may ask depends on what kind of handle it is compiled for."""
    said = ctypes.create_string_buffer(_ERROR_SIZE)
    descriptor, path = tempfile.mkstemp(suffix=".pcap")
    try:
        os.write(descriptor, _FILE_HEADER.pack(_MAGIC, 2, 4, 0, 0, snap_length, link))
        os.close(descriptor)
        handle = library.pcap_open_offline(os.fsencode(path), said)
    finally:
        os.unlink(path)  # noqa: PTH108 - a start without pathlib is quicker
    if not handle:
        raise CaptureFilterError(f"capture filters cannot be tried on link type {link}: {_text(said.value)}")
    return handle


def _handle_of_interface(library: Any, name: str, snap_length: int) -> Any:
    said = ctypes.create_string_buffer(_ERROR_SIZE)
    handle = library.pcap_create(name.encode(), said)
    if not handle:
        raise CaptureFilterError(f"the capture filter cannot be compiled for {name}: {_text(said.value)}")
    library.pcap_set_snaplen(handle, snap_length)
    library.pcap_set_promisc(handle, 0)
    library.pcap_set_timeout(handle, 1000)
    # Nothing is captured by it.
    library.pcap_set_buffer_size(handle, 1 << 16)
    status = library.pcap_activate(handle)
    if status < _WARNINGS:
        reason = _text(library.pcap_geterr(handle)) or _text(library.pcap_statustostr(status))
        library.pcap_close(handle)
        if status == _NOT_UP:
            reason = f"it is down: 'ip link set {name} up' brings it up"
        raise CaptureFilterError(f"the capture filter cannot be compiled for {name}: {reason}")
    return handle


def _mask(library: Any, name: str) -> int:
    """Return the mask of the interface's first network, which `ip broadcast` needs; 0 where it has none."""
    network, mask = ctypes.c_uint32(), ctypes.c_uint32()
    said = ctypes.create_string_buffer(_ERROR_SIZE)
    status = library.pcap_lookupnet(name.encode(), ctypes.byref(network), ctypes.byref(mask), said)
    return mask.value if status == 0 else 0


def _compiled_elsewhere(kind: _Kind, text: str, of: str, snap_length: int, optimized: bool) -> Program:
    """Have another process compile, which can be ended; subprocess.TimeoutExpired where it takes too long."""
    done = subprocess.run(
        [sys.executable, "-m", "dissect.filters.libpcap", kind, of, str(snap_length), str(int(optimized))],
        input=os.fsencode(text),
        capture_output=True,
        timeout=_PATIENCE[optimized],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode:
        raise CaptureFilterError(done.stderr.decode("utf-8", "replace").strip() or "libpcap gave up the filter")
    return done.stdout


def runner(program: Program) -> Callable[[bytes, int], int]:
    """Return what runs a program over the bytes of a frame and its length on the wire.

    It gives 0 where the frame does not pass, and else how many bytes of it are wanted.
    """
    instructions = ctypes.create_string_buffer(program, len(program))
    run = ctypes.PyDLL(_library()._name).bpf_filter
    run.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint, ctypes.c_uint)
    run.restype = ctypes.c_uint
    address = ctypes.addressof(instructions)

    def wanted(data: bytes, length: int, *, _kept: object = instructions) -> int:
        found: int = run(address, data, length, len(data))
        return found

    return wanted


def _text(said: bytes | None) -> str:
    return (said or b"").decode("utf-8", "replace")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _hint(text: str, said: str) -> str:
    """Return the end of the sentence for what seems to be a display filter."""
    marks = ("==", "&&", "||", ".port", ".addr", ".src", ".dst", "ip.", "tcp.", "udp.", "frame.", " contains ", " eq ")
    is_display = "syntax error" in said and any(mark in text for mark in marks[3:])
    return "; what asks for fields is a display filter: -Y, or display_filter=" if is_display else ""


def _main(arguments: list[str]) -> int:
    """Compile in a process of its own."""
    kind, of, snap_length, optimized = arguments
    text = os.fsdecode(sys.stdin.buffer.read())
    try:
        program = _compiled_here(
            _library(), "file" if kind == "file" else "interface", text, of, int(snap_length), optimized == "1"
        )
    except CaptureFilterError as error:
        sys.stderr.write(str(error))
        return 2
    sys.stdout.buffer.write(program)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
