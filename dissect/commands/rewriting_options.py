"""The options that say which values of frames are replaced: those of `dissect replay` and `dissect write`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from dissect.errors import DissectError, FieldError
from dissect.replay.rewriting import Checksums, Rewriting
from dissect.replay.tagging import Tag

__all__ = ["add_rewriting", "chosen_rewriting"]

_MAPS = {
    "mac": "00:05:5d:61:58:a8=02:00:00:00:00:01",
    "ip": "10.0.0.1=192.168.7.1, or a network: 10.0.0.0/24=192.168.7.0/24",
    "port": "53=5353, of TCP and UDP",
    "vlan": "10=20; 10=none takes the tag off, none=10 puts one on",
    "priority": "0=5, of VLAN tags",
    "tag-type": "0x8100=0x88a8, of VLAN tags",
    "ttl": "64=3; *=3 for all others",
}


def add_rewriting(parser: argparse.ArgumentParser, heading: str) -> None:
    """Declare the options in a group of their own."""
    change = parser.add_argument_group(heading)
    for name, example in _MAPS.items():
        change.add_argument(
            f"--map-{name}", metavar="OLD=NEW", action="append", type=_pair, default=[], help=f"as in {example}"
        )
    change.add_argument(
        "--add-vlan", metavar="ID", action="append", type=_tag, default=[],
        help="put a tag on every frame, in front of those that it has: 100, or 100,priority=5,dei,type=0x88a8; "
        "of several the outermost first",
    )  # fmt: skip
    change.add_argument(
        "--checksums", choices=[each.value for each in Checksums], default=Checksums.KEEP.value,
        help="leave them as they are (keep, the default), move them by what has changed, or compute them anew",
    )  # fmt: skip


def chosen_rewriting(options: argparse.Namespace) -> Rewriting:
    """Return what the options ask to change."""
    return Rewriting(
        macs=_once("mac", options.map_mac),
        addresses=_once("ip", options.map_ip),
        ports=_numbers("port", options.map_port),
        vlans=_numbers("vlan", options.map_vlan, nothing="none"),
        priorities=_numbers("priority", options.map_priority),
        tag_types=_numbers("tag-type", options.map_tag_type),
        tags=options.add_vlan,
        ttls=_numbers("ttl", options.map_ttl, nothing="*"),
        checksums=Checksums(options.checksums),
    )


def _numbers(name: str, pairs: Iterable[tuple[str, str]], nothing: str = "") -> Mapping[Any, Any]:
    """Return the pairs as numbers; the word for nothing becomes None."""
    found = []
    for pair in pairs:
        try:
            old, new = (None if nothing and text == nothing else int(text, 0) for text in pair)
        except ValueError:
            raise DissectError(f"--map-{name} is {'='.join(pair)}, expected numbers as in {_MAPS[name]}") from None
        if new is None and name != "vlan":
            raise DissectError(f"--map-{name} is {'='.join(pair)}, expected a number behind the =")
        found.append((old, new))
    return _once(name, found)


def _once(name: str, pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return the pairs as a map; DissectError where one value is to become two."""
    found: dict[Any, Any] = {}
    for old, new in pairs:
        if found.setdefault(old, new) != new:
            raise DissectError(f"--map-{name} gives {old} as {found[old]} and as {new}: leave one of them out")
    return found


def _tag(text: str) -> Tag:
    try:
        return Tag.read(text)
    except FieldError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise argparse.ArgumentTypeError(f"{text!r} is no replacement, expected OLD=NEW")
    return old, new
