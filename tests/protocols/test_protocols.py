"""Protocols that are imported late are there whenever they are needed; each case is a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dissect
from dissect.protocols import modules
from tests.conftest import REPOSITORY
from tests.declared import real_frames

AT_FIRST = {"arp", "ethernet", "ipv4", "ipv4_options", "ipv6", "service_class", "tcp", "tcp_options", "udp"}

# Reads (link type, frame) lines, and prints for each what a process sees for which it is the first frame of all.
_FIRST_FRAMES = """
import os, sys
import dissect
dissect.parse  # whose module the children need not import again
for line in sys.stdin.read().split("\\n"):
    if line:
        child = os.fork()
        if not child:
            link, data = line.split()
            frame = dissect.parse(bytes.fromhex(data), link=int(link))
            print(repr(frame), [layer.name for layer in frame.layers()], flush=True)
            os._exit(0)
        os.waitpid(child, 0)
"""

_IP = "45000014000040000101000000000000000000000000"
_OTHER_LINKS = [
    (0, "02000000" + _IP),
    (9, "ff030021" + _IP),
    (12, _IP),
    (104, "0f000800" + _IP),
    (108, "00000002" + _IP),
    (113, "0000000100060000000000000000" + "0800" + _IP),
    (276, "0800000000000001000100060000000000000000" + _IP),
    (99, _IP),
]


def _output(program: str, given: str = "") -> list[str]:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    return done.stdout.splitlines()


def test_what_nearly_every_frame_is_made_of_comes_with_the_first_header() -> None:
    (loaded,) = _output(
        "import sys; from dissect import IPv4; print(*(name for name in sys.modules if 'dissect.protocols.' in name))"
    )
    assert {name.rpartition(".")[2] for name in loaded.split()} == AT_FIRST


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Processes are forked here, which this system cannot.")
def test_the_first_frame_of_all_is_parsed_as_any_later_one() -> None:
    # Of frames that name the same layers one is enough: a process is made for each.
    by_layers = {dissect.Packet(data).get("frame.protocols")[0]: data for data in real_frames()}
    frames = [(1, data.hex()) for data in by_layers.values()] + _OTHER_LINKS
    # Also the lengths and types that no frame above has, with nothing behind them.
    frames += [(1, "00" * 12 + f"{number:04x}" + rest) for number in (3, 0x8100, 0x86DD) for rest in ("", "424203")]
    expected = []
    for link, data in frames:
        frame = dissect.parse(bytes.fromhex(data), link=link)
        expected.append(f"{frame!r} {[layer.name for layer in frame.layers()]}")
    assert _output(_FIRST_FRAMES, "\n".join(f"{link} {data}" for link, data in frames)) == expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("from dissect import IGMP; print(IGMP.__module__)", "dissect.protocols.igmp"),
        ("from dissect import *; print(ICMPv6RouterAdvertisement.name)", "icmpv6"),
        ("import dissect; print(dissect.LLC in dissect.parse(bytes(12) + b'\\0\\5\\xaa\\xaa\\3'))", "True"),
        ("import dissect; print(dissect.Packet(b'').get('igmp.type'))", "[]"),
        ("import dissect; print(dissect.compile_filter('igmp.type == 0x16')(dissect.Packet(b'')))", "False"),
        ("from dissect.wireshark.fields import names; print('igmp.type' in names())", "True"),
        ("from dissect.views.strategies import frames; print(frames(113) is not None)", "True"),
        (
            "from dissect.protocols.icmp import ICMP; print(ICMP.decode(b'\\3\\1' + bytes(6), 0, 8, 0))",
            "DestinationUnreachable(code='host', checksum=0x0)",
        ),
        ("from dissect.protocols.llc import LLC; print(LLC in __import__('dissect').Ethernet() / LLC())", "True"),
    ],
)
def test_every_way_to_a_protocol_finds_it(program: str, expected: str) -> None:
    assert _output(program) == [expected]


def test_modules_are_the_files_of_the_folder() -> None:
    folder = Path(dissect.__file__).parent / "protocols"
    names = [module.__name__.rpartition(".")[2] for module in modules()]
    assert names == sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def test_a_public_name_has_one_module() -> None:
    seen: dict[str, object] = {}
    for module in modules():
        for name in set(module.__all__) & set(dissect.__all__):
            assert seen.setdefault(name, getattr(module, name)) is getattr(module, name)
