"""Compressed captures: told by their first bytes, uncompressed and compressed as a stream.

Sources: RFC 1952 (gzip), the .xz file format 1.1.0, RFC 8878 (zstd), the LZ4 frame format 1.6.
gzip and xz are in the standard library; zstd is from Python 3.14 on. Everything else is the
extra `compression`.
"""

from __future__ import annotations

__all__ = ["COMPRESSIONS", "CompressedOutput", "Compression", "UncompressedSource", "compression_of"]

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from dissect.captures.output import Output, Target
from dissect.captures.source import CHUNK, ByteSource, DamagedSourceError
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import MissingExtraError

# Some decompressors drop their output when they find damage. So few bytes are fed at once that little is lost.
_PIECE = 256
# Bytes that uncompressing xz may take, several times what any of its levels needs.
_MOST_MEMORY = 256 << 20


class _Decompressor(Protocol):
    """What uncompresses one member, frame or stream of a file."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more can be had without more bytes."""

    def decompress(self, data: bytes, most: int, /) -> bytes:
        """Return what these bytes give, no more than so many bytes at once where that can be told to the library."""


class _Compressor(Protocol):
    """What compresses a file."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready."""

    def flush(self) -> bytes:
        """Return the rest, and the end."""


class _DamageError(Exception):
    """Compressed data that cannot be uncompressed any further; the text says what is wrong with them."""


class Compression(NamedTuple):
    """A format: its first bytes, its usual ending, how it is undone and done, and what may raise."""

    name: str
    magic: bytes
    suffix: str
    pieces: Callable[[Iterator[bytes]], Iterator[bytes]]
    compressor: Callable[[], _Compressor]


class _Uncompressed:
    """The bytes of a compressed file, uncompressed while they are read: a file open in binary mode."""

    def __init__(self, source: ByteSource, compression: Compression) -> None:
        self.name = source.name
        self._compression = compression.name
        self._source = source
        self._given = self._taken = 0
        self._left = memoryview(b"")
        self._pieces = compression.pieces(self._arriving())

    def _arriving(self) -> Iterator[bytes]:
        while data := self._source.read():
            self._taken += len(data)
            yield data

    def read(self, size: int, /) -> bytes:
        if not self._left:
            try:
                self._left = memoryview(next(self._pieces, b""))
            except _DamageError as error:
                raise DamagedSourceError(
                    f"{self.name}: its {self._compression} data {error}, found within the first {self._taken} bytes "
                    "of the file",
                    path=self.name,
                    offset=self._given,
                ) from None
        data = bytes(self._left[:size])
        self._left = self._left[size:]
        self._given += len(data)
        return data


class UncompressedSource(ByteSource):
    """The bytes of a compressed source, uncompressed while they are read; `close` closes that source.

    What can be uncompressed before damage is given first; then comes `DamagedSourceError`, with the
    number of bytes that were given as its offset.
    """

    def __init__(self, source: ByteSource, compression: Compression) -> None:
        super().__init__(_Uncompressed(source, compression))
        self.compression = compression.name
        self._close = source.close


def compression_of(start: bytes) -> Compression | None:
    """Return the compression of a file that begins so; None where it is none that is known here."""
    for compression in COMPRESSIONS:
        if start.startswith(compression.magic):
            return compression
    # A skippable frame may come first, which both zstd and lz4 have; zstd's own tools write such.
    if len(start) >= 4 and start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50:
        return _ZSTD
    return None


def _gzip_pieces(arriving: Iterator[bytes]) -> Iterator[bytes]:
    """Uncompress gzip, member by member. Zeros behind the last one are padding, as gzip has it."""
    member, fresh = zlib.decompressobj(wbits=31), True
    for data in arriving:
        made = b""
        # A full piece of output says that there may be more, even where all input was taken.
        while data or len(made) == CHUNK:
            if fresh:
                data = data.lstrip(b"\x00")
                if not data:
                    break
                member, fresh = zlib.decompressobj(wbits=31), False
            before = member.copy()
            try:
                made = member.decompress(data, CHUNK)
            except zlib.error as error:
                yield from _up_to_damage(before, data)
                raise _DamageError(f"are damaged ({_reason(error)})") from None
            if made:
                yield made
            if member.eof:
                data, fresh, made = member.unused_data, True, b""
            else:
                data = member.unconsumed_tail
    if not fresh:
        raise _DamageError("are cut short: their end is missing")


def _up_to_damage(member: Any, data: bytes) -> Iterator[bytes]:
    """Uncompress byte by byte, so that nothing in front of the damage is lost."""
    for position in range(len(data)):
        try:
            made = member.decompress(data[position : position + 1])
        except zlib.error:
            return
        if made:
            yield made


def _reason(error: Exception) -> str:
    """Return what a library says of damage, without its own preface."""
    return str(error).rpartition(": ")[2] or type(error).__name__


def _framed_pieces(
    arriving: Iterator[bytes],
    new: Callable[[], _Decompressor],
    damage: tuple[type[Exception], ...],
    padding: bytes = b"",
) -> Iterator[bytes]:
    """Uncompress frames one after the other, in pieces so small that damage takes little with it."""
    frame: _Decompressor | None = None
    for data in arriving:
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            while piece:
                if frame is None:
                    piece = piece.lstrip(padding) if padding else piece
                    if not piece:
                        break
                    frame = new()
                waiting = True
                while waiting:
                    try:
                        made = frame.decompress(piece, CHUNK)
                    except damage as error:
                        raise _DamageError(f"are damaged ({_reason(error)})") from None
                    if made:
                        yield made
                    piece, waiting = b"", bool(made) and not (frame.eof or frame.needs_input)
                if frame.eof:
                    piece, frame = frame.unused_data or b"", None
    if frame is not None:
        raise _DamageError("are cut short: their end is missing")


def _xz_pieces(arriving: Iterator[bytes]) -> Iterator[bytes]:
    import lzma

    def stream() -> _Decompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, _MOST_MEMORY)

    return _framed_pieces(arriving, stream, (lzma.LZMAError, EOFError), b"\x00")


def _zstd_pieces(arriving: Iterator[bytes]) -> Iterator[bytes]:
    new, error = _zstd()[:2]
    return _framed_pieces(arriving, new, (error, EOFError))


def _lz4_pieces(arriving: Iterator[bytes]) -> Iterator[bytes]:
    frame = _lz4()
    return _framed_pieces(arriving, frame.LZ4FrameDecompressor, (RuntimeError, EOFError))


class _Gzip:
    """Compresses gzip without a name and a time in it, so that the same packets give the same file."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(wbits=31)

    def compress(self, data: bytes, /) -> bytes:
        return self._compressor.compress(data)

    def flush(self) -> bytes:
        return self._compressor.flush()


class _Lz4:
    """Compresses one lz4 frame."""

    def __init__(self) -> None:
        self._compressor = _lz4().LZ4FrameCompressor(content_checksum=True)
        self._begun = False

    def compress(self, data: bytes, /) -> bytes:
        begin = b"" if self._begun else self._compressor.begin()
        self._begun = True
        return bytes(begin + self._compressor.compress(data))

    def flush(self) -> bytes:
        begin = b"" if self._begun else self._compressor.begin()
        return bytes(begin + self._compressor.flush())


def _xz_compressor() -> _Compressor:
    import lzma

    return lzma.LZMACompressor(lzma.FORMAT_XZ)


def _zstd_compressor() -> _Compressor:
    compressor: _Compressor = _zstd()[2]()
    return compressor


def _zstd() -> tuple[Callable[[], _Decompressor], type[Exception], Callable[[], Any]]:
    """Return what makes a decompressor of one frame, the error that it raises, and what makes a compressor."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14

        return zstd.ZstdDecompressor, zstd.ZstdError, zstd.ZstdCompressor
    except ImportError:
        pass
    try:
        import zstandard
    except ImportError:
        raise _missing("zstd", "zstandard") from None
    return (
        lambda: _ZstdFrame(zstandard.ZstdDecompressor().decompressobj()),
        zstandard.ZstdError,
        lambda: zstandard.ZstdCompressor(write_checksum=True).compressobj(),
    )


class _ZstdFrame:
    """A frame as `zstandard` uncompresses it: 256 bytes give 8 MiB at most, which are had at once."""

    needs_input = True

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._frame.unused_data)

    def decompress(self, data: bytes, most: int, /) -> bytes:
        return bytes(self._frame.decompress(data))


def _lz4() -> Any:
    try:
        import lz4.frame
    except ImportError:
        raise _missing("lz4", "lz4") from None
    return lz4.frame


def _missing(name: str, package: str) -> MissingExtraError:
    return MissingExtraError(
        f"{name} needs the package {package}, which is not installed: "
        "install it with 'pip install dissect-workbench[compression]'"
    )


_ZSTD = Compression("zstd", b"\x28\xb5\x2f\xfd", ".zst", _zstd_pieces, _zstd_compressor)
COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b", ".gz", _gzip_pieces, _Gzip),
    Compression("xz", b"\xfd7zXZ\x00", ".xz", _xz_pieces, _xz_compressor),
    _ZSTD,
    Compression("lz4", b"\x04\x22\x4d\x18", ".lz4", _lz4_pieces, _Lz4),
)


class CompressedOutput(Output):
    """An `Output` whose bytes are compressed on their way, as its name's ending says."""

    def __init__(self, target: Target, compression: Compression) -> None:
        # First, so that a missing package is known before there is a file.
        self._compressor = compression.compressor()
        super().__init__(target)
        self._ended = False

    def write(self, data: bytes) -> None:
        """Compress and write all of `data`."""
        ready = self._compressor.compress(data)
        if ready:
            super().write(ready)

    @property
    def can_mend(self) -> bool:
        """Never: what was compressed is written."""
        return False

    def commit(self) -> None:
        """Write the end of the compressed data, and finish the file."""
        if not self.done and not self._ended:
            self._ended = True
            try:
                super().write(self._compressor.flush())
            except BaseException:
                self.discard()
                raise
        super().commit()
