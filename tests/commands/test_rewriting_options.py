from __future__ import annotations

import argparse

import pytest

from dissect import Ethernet, IPv4, parse
from dissect.commands.rewriting_options import add_rewriting, chosen_rewriting
from dissect.errors import DissectError
from dissect.replay.rewriting import Checksums


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_rewriting(parser, "what is replaced")
    return parser.parse_args(arguments)


def test_maps_are_read_as_they_are_written() -> None:
    change = chosen_rewriting(
        options("--map-ip", "10.0.0.0/8=11.0.0.0/8", "--map-ttl", "*=0x10", "--map-vlan", "none=3", "--map-port", "1=2")
    )
    frame = parse(change(bytes(Ethernet() / IPv4(src="10.1.2.3"))))
    assert (frame[IPv4].src, frame[IPv4].ttl, len(frame)) == ("11.1.2.3", 16, 38)
    assert not chosen_rewriting(options())


def test_what_becomes_of_checksums_is_chosen_by_name() -> None:
    assert chosen_rewriting(options()).checksums is Checksums.KEEP
    assert chosen_rewriting(options("--checksums", "recompute")).checksums is Checksums.RECOMPUTE


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--map-port", "http=80"], "--map-port is http=80, expected numbers as in 53=5353"),
        (["--map-ttl", "64=*"], "expected a number behind the ="),
        (["--map-ip", "10.0.0.1=10.0.0.2", "--map-ip", "10.0.0.1=10.0.0.3"], "gives 10.0.0.1 as 10.0.0.2 and as"),
        (["--map-vlan", "10=5000"], "5000"),
    ],
)
def test_what_is_no_map_is_told(given: list[str], sentence: str) -> None:
    with pytest.raises(DissectError, match=sentence.replace("*", r"\*")):
        chosen_rewriting(options(*given))
