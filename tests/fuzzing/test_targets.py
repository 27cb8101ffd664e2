"""The fuzz targets over their seeds, without the fuzzer, so that they fit the package as it is."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from dissect.captures import write
from dissect.captures.hexdump import hex_dump
from dissect.captures.source import ByteSource, DamagedSourceError
from tests.conftest import REPOSITORY
from tests.fuzzing import targets
from tests.fuzzing.targets import TARGETS, seeds


def damaged(data: bytes, chance: Random) -> bytes:
    """A copy with a byte changed, some left out, or cut off."""
    copy = bytearray(data)
    place = chance.randrange(len(copy))
    kind = chance.randrange(3)
    if kind == 0:
        copy[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    elif kind == 1:
        del copy[place : place + chance.randrange(1, 5)]
    else:
        del copy[place:]
    return bytes(copy)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_takes_its_seeds_and_damaged_ones(name: str) -> None:
    chance, found = Random(name), list(dict.fromkeys(seeds(name)))
    assert len(found) > 20
    TARGETS[name](b"")
    # Of every frame as if it came over every link, some hundreds.
    for seed in found[:: len(found) // 500 + 1]:
        TARGETS[name](seed)
        TARGETS[name](damaged(seed, chance))


def forgetful(target: io.BytesIO, packets: object) -> None:
    """A writer that forgets the packets."""
    write(target, [])


@pytest.mark.parametrize(
    ("name", "part", "broken"),
    [
        ("pcap", "write", forgetful),
        ("pcapng", "write", forgetful),
        ("snoop", "write", forgetful),
        ("netmon", "write", forgetful),
        ("erf", "write", forgetful),
        ("compression", "ByteSource", lambda source: ByteSource(io.BytesIO(source.getvalue()[:-9]))),
        ("hex_text", "hex_dump", lambda data: hex_dump(data[1:])),
        ("parse", "keeps_promises", lambda data, link: 1 // 0),
        ("display_filter", "compile_filter", lambda text: 1 // 0),
    ],
)
def test_a_target_finds_what_is_broken(
    name: str, part: str, broken: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = next(seed for seed in seeds(name) if len(seed) > 40)
    TARGETS[name](seed)
    monkeypatch.setattr(targets, part, broken)
    with pytest.raises((AssertionError, ZeroDivisionError, DamagedSourceError)):
        TARGETS[name](seed)


def test_without_atheris_one_sentence_says_so(tmp_path: Path) -> None:
    program = "import sys, runpy; sys.modules['atheris'] = None; runpy.run_module('tests.fuzzing', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Fuzzing needs atheris, which is there for Python 3.11 to 3.13 on Linux")
    assert done.stderr.count("\n") == 1
