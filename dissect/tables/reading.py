"""A capture as Arrow tables: whole, or batch after batch in constant memory, for Polars, pandas, DuckDB and Parquet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dissect.captures.source import Source
from dissect.errors import DissectError, MissingExtraError
from dissect.filters import saved
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.tables.program import Occurrence

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from dissect.tables.columns import Column
    from dissect.tables.splits import Split

__all__ = ["Scan", "read_table", "scan"]


def read_table(
    source: Source,
    columns: Sequence[str],
    display_filter: str | None = None,
    *,
    occurrence: Occurrence = "first",
) -> pa.Table:
    """Return fields of a capture's frames as an Arrow table: a column for each name, a row for each frame that passes.

    Names are those of display filters. Numbers keep Wireshark's width, truth values are 0 and 1, addresses text in a
    dictionary, moments `timestamp[ns]`, spans of time seconds; what a frame does not have is null. With `occurrence`
    "all" each cell is a list of all values that the frame has of the field, otherwise the first one, outermost.
    Values are those of `with_context` over the whole capture, in one pass.

    Raises FieldError and FilterError for names and filters that are wrong, and what `dissect.captures.read` raises;
    of a damaged file, `scan` gives the rows before the damage.

    >>> table = read_table("capture_samples/first_ping.pcap", ["frame.number", "ip.src", "ip.ttl"], "icmp")
    >>> table.slice(0, 1).to_pylist()
    [{'frame.number': 3, 'ip.src': '10.0.0.1', 'ip.ttl': 64}]
    """
    passes = _compiled(display_filter)
    arrow, batches = _package("pyarrow", "tables"), _batches()
    found = list(batches(source, _columns(columns), passes, occurrence=occurrence))
    return arrow.Table.from_batches(found).unify_dictionaries()


def _compiled(display_filter: str | None) -> CompiledFilter | None:
    return None if display_filter is None else compile_filter(saved.expand(display_filter))


def _columns(names: Sequence[str]) -> list[Column]:
    if isinstance(names, str):
        raise DissectError(f"columns is a list of names, not a single one: write [{names!r}]")
    if not names:
        raise DissectError("a table needs columns: name the fields, such as ['frame.number', 'ip.src']")
    _batches()
    from dissect.tables.columns import column

    return [column(name) for name in dict.fromkeys(names)]


def _batches() -> Any:
    """Return what reads captures; MissingExtraError where what it takes is not installed."""
    for name in ("numpy", "pyarrow"):
        _package(name, "tables")
    from dissect.tables.scanning import batches

    return batches


def scan(
    source: Source | Iterable[str | os.PathLike[str]],
    columns: Sequence[str],
    display_filter: str | None = None,
    *,
    occurrence: Occurrence = "first",
    rows: int = 1 << 16,
) -> Scan:
    """Return what reads captures into tables when somebody asks for them, `rows` at a time.

    `source` is one capture, several in their order, or a pattern such as "web*.pcap"; of several, each is read as a
    capture of its own. The rest is as `read_table` has it. Nothing is read yet; names and filter are checked now.

    >>> scan("capture_samples/first_ping.pcap", ["ip.src"], "icmp").count_rows()
    6
    """
    return Scan(_sources(source), _columns(columns), _compiled(display_filter), occurrence, rows)


def _sources(source: Source | Iterable[str | os.PathLike[str]]) -> list[Source]:
    if isinstance(source, (str, os.PathLike)):
        path = os.fsdecode(source)
        if not has_magic(path) or os.path.exists(path):  # noqa: PTH110 - a file may bear a name with an asterisk
            return [source]
        found = sorted(glob(path))  # noqa: PTH207 - its names are as they were written
        if not found:
            raise DissectError(f"no file has a name like {path}: look at the pattern, and at where you are")
        return list(found)
    if hasattr(source, "read"):
        return [cast("Source", source)]
    return list(source)


class Scan:
    """A capture, or several, as rows of a table that are not read yet; each way of asking reads them anew.

    It is an iterable of `pyarrow.RecordBatch`, and what takes Arrow's streams takes it as it is: Polars, DuckDB and
    pandas look for `__arrow_c_stream__`. Memory does not grow with the captures but in `to_table` and its like.
    """

    def __init__(
        self,
        sources: list[Source],
        columns: list[Column],
        passes: CompiledFilter | None,
        occurrence: Occurrence,
        rows: int,
    ) -> None:
        self._sources = sources
        self._columns = columns
        self._passes = passes
        self._occurrence = occurrence
        self._rows = rows

    @property
    def sources(self) -> list[Source]:
        """The captures, in their order."""
        return list(self._sources)

    @property
    def is_independent(self) -> bool:
        """Whether no column, and not the filter, depends on earlier frames, so that parts of a file can be read."""
        from dissect.tables.scanning import dependent

        return not dependent(self._columns, self._passes)

    def of(self, part: Split) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a part of a capture; FieldError where a column depends on frames in front of it."""
        yield from _batches()(part, self._columns, self._passes, occurrence=self._occurrence, rows=self._rows)

    @property
    def schema(self) -> pa.Schema:
        """The names of the columns and their types in Arrow."""
        arrow = _package("pyarrow", "tables")
        from dissect.tables.arrow_arrays import arrow_in

        return arrow.schema([(each.name, arrow_in(each, self._occurrence)) for each in self._columns])

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what `dissect.captures.read` raises comes after the rows in front of the damage."""
        for source in self._sources:
            yield from _batches()(source, self._columns, self._passes, occurrence=self._occurrence, rows=self._rows)

    # It has no length: whoever makes a list of the batches would ask for that, and so have the captures read twice.
    def count_rows(self) -> int:
        """Return how many rows there are; all of them are read for it."""
        return sum(batch.num_rows for batch in self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as a stream of Arrow's C interface."""
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def select(self, *columns: str) -> Scan:
        """Return a scan of the same captures with these columns."""
        return Scan(self._sources, _columns(columns), self._passes, self._occurrence, self._rows)

    def filter(self, display_filter: str) -> Scan:
        """Return a scan of the frames that pass this display filter as well as the one that there is."""
        text = display_filter if self._passes is None else f"({self._passes.text}) and ({display_filter})"
        return Scan(self._sources, self._columns, _compiled(text), self._occurrence, self._rows)

    def to_reader(self) -> pa.RecordBatchReader:
        """Return a reader of the batches, which can be read once."""
        return _package("pyarrow", "tables").RecordBatchReader.from_batches(self.schema, self)

    def to_table(self) -> pa.Table:
        """Return all rows as one table."""
        table = _package("pyarrow", "tables").Table
        return table.from_batches(list(self), schema=self.schema).unify_dictionaries()

    def to_polars(self) -> pl.DataFrame:
        """Return all rows as a data frame of Polars; MissingExtraError where that is not installed."""
        frame: Any = _package("polars").from_arrow(self.to_table())
        return frame  # type: ignore[no-any-return]

    def to_pandas(self) -> pd.DataFrame:
        """Return all rows as a data frame of pandas; MissingExtraError where that is not installed."""
        _package("pandas")
        return self.to_table().to_pandas()

    def to_lazy(self) -> pl.LazyFrame:
        """Return the rows as a lazy frame of Polars, which reads the columns alone that its question takes.

        Raises MissingExtraError where Polars is not installed.
        """
        polars = _package("polars")
        from polars.io.plugins import register_io_source

        def frames(
            with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
        ) -> Iterator[pl.DataFrame]:
            asked = self if with_columns is None else self.select(*with_columns)
            left = n_rows
            for batch in asked:
                frame = polars.from_arrow(batch)
                if left is not None:
                    frame = frame.head(left)
                    left -= frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if left == 0:
                    return

        schema = polars.from_arrow(self.schema.empty_table()).schema
        lazy: pl.LazyFrame = register_io_source(frames, schema=schema)
        return lazy

    def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None, name: str = "capture") -> Any:
        """Put all rows into a table of a DuckDB connection, a new one in memory without, and return the connection.

        DuckDB keeps what does not fit into memory on the disk. Raises MissingExtraError where it is not installed, and
        what `dissect.captures.read` raises.
        """
        duckdb = _package("duckdb")
        opened = duckdb.connect() if connection is None else connection
        reasons: list[Exception] = []
        rows = _package("pyarrow", "tables").RecordBatchReader.from_batches(self.schema, self._noting(reasons))
        opened.register("_dissect_rows", rows)
        quoted = '"' + name.replace('"', '""') + '"'
        try:
            opened.execute(f"create table {quoted} as select * from _dissect_rows")
        except duckdb.Error:
            if reasons:
                raise reasons[0] from None
            raise
        finally:
            opened.unregister("_dissect_rows")
        return opened

    def _noting(self, reasons: list[Exception]) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what ends them too soon is kept, for DuckDB tells it in an error of its own."""
        try:
            yield from self
        except Exception as reason:
            reasons.append(reason)
            raise

    def write_parquet(self, target: str | os.PathLike[str], *, partition_by: Sequence[str] = ()) -> int:
        """Write all rows as Parquet, and return how many they were.

        That is one file, which is there whole or not at all; with `partition_by` it is a directory, with a directory
        in it for each value of these columns, named like "ip.proto=6" as Hive, Spark and DuckDB read it.
        """
        if partition_by:
            return self._write_partitions(Path(target), list(partition_by))
        from dissect.tables.writing import write_rows

        return write_rows(target, self.schema, self, "parquet")

    def _write_partitions(self, folder: Path, names: list[str]) -> int:
        import pyarrow as pa
        from pyarrow import dataset

        missing = [name for name in names if name not in self.schema.names]
        if missing:
            raise DissectError(f"partition_by names {missing[0]}, which is no column: add it to the columns")
        count = 0

        def plain() -> Iterator[pa.RecordBatch]:
            nonlocal count
            for batch in self:
                count += batch.num_rows
                yield batch

        parts = dataset.partitioning(pa.schema([self.schema.field(name) for name in names]), flavor="hive")
        options = dataset.ParquetFileFormat().make_write_options(compression="zstd")
        dataset.write_dataset(
            plain(),
            folder,
            schema=self.schema,
            format="parquet",
            partitioning=parts,
            file_options=options,
            existing_data_behavior="delete_matching",
        )
        return count


def _package(name: str, extra: str = "queries") -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError(
            f"this takes {name}, which is not installed: pip install 'dissect-workbench[{extra}]'"
        ) from None
