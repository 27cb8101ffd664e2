"""Files of rows: Parquet, Feather (Arrow's own format), CSV and JSON lines, written as the rows come."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from dissect.captures.output import Output, Target
from dissect.errors import DissectError

__all__ = ["FORMATS", "format_of", "write_rows"]

_Write: TypeAlias = Callable[[pa.RecordBatch], None]

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet runs as a formula."""


class _Sink(io.RawIOBase):
    """An output as Arrow writes to it."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    def write(self, data: Any, /) -> int:
        """Take the bytes, all of them; once the output is given up they are for nobody.

        Whoever writes Parquet ends the file in any case, be it when the writer is forgotten.
        """
        raw = bytes(data)
        if not self._output.done:
            self._output.write(raw)
        return len(raw)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._output.position


def _parquet(sink: Any, schema: pa.Schema) -> tuple[_Write, Callable[[], None]]:
    from pyarrow import parquet

    writer = parquet.ParquetWriter(sink, schema, compression="zstd")
    return writer.write_batch, writer.close


def _feather(sink: Any, schema: pa.Schema) -> tuple[_Write, Callable[[], None]]:
    # Each batch has dictionaries of its own, which a file may only replace whole.
    plain = pa.schema([(field.name, _without_dictionary(field.type)) for field in schema])
    writer = pa.ipc.new_file(sink, plain, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    return lambda batch: writer.write_batch(batch.cast(plain)), writer.close


def _without_dictionary(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_without_dictionary(kind.value_type))
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _csv(sink: Any, schema: pa.Schema) -> tuple[_Write, Callable[[], None]]:
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")

    def put(rows: Iterable[Iterable[Any]]) -> None:
        text.seek(0)
        text.truncate()
        writer.writerows(rows)
        sink.write(text.getvalue().encode("utf-8"))

    put([schema.names])
    return lambda batch: put(zip(*(map(_cell, _texts(each)) for each in batch.columns), strict=True)), lambda: None


def _cell(value: Any) -> Any:
    """Return what a file of cells has for a value; text that a spreadsheet would run has an apostrophe in front."""
    if isinstance(value, list):
        value = ",".join("" if each is None else str(each) for each in value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_ACTIVE) else value


def _jsonl(sink: Any, schema: pa.Schema) -> tuple[_Write, Callable[[], None]]:
    names = schema.names

    def put(batch: pa.RecordBatch) -> None:
        rows = zip(*map(_texts, batch.columns), strict=True)
        lines = (
            json.dumps(
                {name: value for name, value in zip(names, row, strict=True) if value is not None}, ensure_ascii=False
            )
            for row in rows
        )
        sink.write("".join(f"{line}\n" for line in lines).encode("utf-8"))

    return put, lambda: None


def _texts(values: pa.Array) -> list[Any]:
    """Return values as text files have them: moments with nine decimals, bytes in hex digits."""
    kind = values.type
    if pa.types.is_list(kind):
        inner = _texts(values.flatten())
        ends = values.offsets.to_pylist()
        first = ends[0]
        return [inner[start - first : end - first] for start, end in pairwise(ends)]
    if pa.types.is_timestamp(kind):
        return pc.cast(values, pa.string()).to_pylist()  # type: ignore[no-any-return]
    found: list[Any] = values.to_pylist()
    return [None if each is None else each.hex() for each in found] if pa.types.is_binary(kind) else found


FORMATS: dict[str, Callable[[Any, pa.Schema], tuple[_Write, Callable[[], None]]]] = {
    "parquet": _parquet,
    "feather": _feather,
    "csv": _csv,
    "jsonl": _jsonl,
}
"""What begins a file, by the ending of its name: it returns what writes a batch, and what ends the file."""


def format_of(path: str) -> str:
    """Return the format that a file's name asks for; DissectError where it asks for none of these."""
    ending = path.rpartition(".")[2].lower()
    if ending not in FORMATS:
        raise DissectError(f"{path} ends in none of .parquet, .feather, .csv and .jsonl, which says what is written")
    return ending


def write_rows(target: Target, schema: pa.Schema, batches: Iterable[pa.RecordBatch], kind: str) -> int:
    """Write rows, and return how many they were; a file is there whole or not at all.

    `kind` is one of `FORMATS`. In CSV, text that spreadsheets take for a formula gets an apostrophe in front, several
    values of a cell are joined by commas; JSON lines leave out what a frame does not have. Raises OSError where the
    file cannot be written.
    """
    output = Output(target)
    count = 0
    try:
        write, close = FORMATS[kind](pa.PythonFile(_Sink(output), mode="w"), schema)
        for batch in batches:
            write(batch)
            count += batch.num_rows
        close()
    except BaseException:
        output.discard()
        raise
    output.commit()
    return count
