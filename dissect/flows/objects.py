"""Files that were transferred in a capture: what came over HTTP, TFTP, FTP or SMTP, with the frames that brought it.

Each protocol has an `Exporter`, one file in `dissect/flows/exporters`; somebody else's is any class that says
`class MyExporter(Exporter, kind="mine")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.flows.reading import with_context
from dissect.packets.packet import Packet

__all__ = ["Exporter", "TransferredObject", "export", "kinds", "objects", "safe_name"]

_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST = 255
_MOST_NAMES = 1000
_LONGEST_MARK = len("(999).")


class TransferredObject(NamedTuple):
    """One file: how it is called, its bytes, and where they came from."""

    name: str
    """Its own name, without folders; it may hold anything, so that `safe_name` makes the name of a file of it."""
    data: bytes
    number: int
    """The number of the frame that completes it."""
    host: str = ""
    """Who has it, by name or by address."""
    media_type: str = ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal digits."""
        return sha256(self.data).hexdigest()


class Exporter:
    """Finds the objects of one protocol in packets, which a reading pass has observed; what it holds is bounded."""

    kind: ClassVar[str] = ""
    all: ClassVar[dict[str, type[Exporter]]] = {}
    """All exporters by their kinds."""

    def __init_subclass__(cls, *, kind: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if kind:
            cls.kind = kind
            Exporter.all[kind] = cls

    def take(self, packet: Packet) -> Iterable[TransferredObject]:
        """Take a packet in, and return the objects that it completes."""
        raise NotImplementedError

    def finish(self) -> Iterable[TransferredObject]:
        """Return the objects that end with the capture."""
        return ()


def kinds() -> list[str]:
    """Return the kinds of objects that can be exported, in alphabetical order."""
    folder = Path(__file__).with_name("exporters")
    for name in sorted({file.name.partition(".")[0] for file in folder.iterdir()}):
        if name and not name.startswith("_"):
            import_module(f"{__package__}.exporters.{name}")
    return sorted(Exporter.all)


def objects(source: Any, kind: str = "http") -> Iterator[TransferredObject]:
    """Yield the files that a capture holds, in the order in which they were complete.

    `source` is a path, a capture that was opened, or packets; `kind` is "http", "tftp", "ftp", "smtp", or that of
    somebody else's exporter. Raises FieldError for another kind, and OSError and CaptureError as `read` does.

    >>> [(found.name, len(found.data)) for found in objects("capture_samples/web_request.pcap")]
    [('index.html', 83)]
    """
    if kind not in kinds():
        raise FieldError(f"objects of {kind!r} are not known, expected one of {', '.join(kinds())}")
    return _objects(source, Exporter.all[kind]())


def _objects(source: Any, exporter: Exporter) -> Iterator[TransferredObject]:
    for packet in with_context(source):
        yield from exporter.take(packet)
    yield from exporter.finish()


def safe_name(name: str, is_taken: Callable[[str], bool] = lambda name: False, *, longest: int = _LONGEST) -> str:
    """Return a name for a file that no system refuses and that is not taken, as tshark's `--export-objects` makes it.

    What may not stand in the name of a file is written as "%2f". A number in brackets stands in front of the ending
    where the name is taken.

    >>> safe_name("a/b?c.txt"), safe_name("a.txt", {"a.txt", "a(1).txt"}.__contains__), safe_name("..")
    ('a%2fb%3fc.txt', 'a(2).txt', '.(1).')
    """
    plain = _REFUSED.sub(lambda found: f"%{ord(found[0]):02x}", name)
    front, dot, ending = plain.rpartition(".")
    if not dot or len(ending.encode("utf-8", "replace")) >= longest - _LONGEST_MARK:
        # What has no room is no ending.
        front, dot, ending = plain, "", ""
    # These are there in every folder.
    for number in range(plain in (".", ".."), _MOST_NAMES):
        mark = f"({number})" if number else ""
        room = max(longest - len((mark + dot + ending).encode("utf-8", "replace")), 1)
        found = (
            _cut(front, room) + mark + dot + ending
            if number or len(plain.encode("utf-8", "replace")) > longest
            else plain
        )
        if not is_taken(found):
            return found
    raise FieldError(f"{name!r} is the name of {_MOST_NAMES} files")


def _cut(text: str, room: int) -> str:
    """Return as much of a text as has room in so many bytes of UTF-8."""
    return text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")


def export(source: Any, kind: str, folder: str | Path) -> Iterator[tuple[TransferredObject, Path]]:
    """Write the files of a capture into a folder, which is made; yield each with its path.

    No file that is there is written over, and each gets its name when all of it is there. Errors are those of
    `objects`, and OSError where a file can't be written.
    """
    place = Path(folder)
    found = objects(source, kind)
    place.mkdir(parents=True, exist_ok=True)
    for each in found:
        path = place / safe_name(each.name or f"object{each.number}", lambda name: (place / name).exists())
        beside = place / f".{sha256(path.name.encode('utf-8', 'replace')).hexdigest()}.part"
        try:
            beside.write_bytes(each.data)
            beside.rename(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        yield each, path
