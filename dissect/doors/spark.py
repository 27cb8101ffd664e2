"""Captures as a data source of Spark: `spark.read.format("dissect").option("columns", ...).load("path/*.pcap*")`.

Each file is read in parts side by side (`dissect.tables.splits`); an executor needs this package with its extra
`tables`, and the same paths. Spark has no columns of its own choice here, so that the option names those that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dissect.errors import DissectError, MissingExtraError

try:
    import pyarrow as pa
    from pyspark.sql.datasource import (
        DataSource,
        DataSourceReader,
        EqualTo,
        Filter,
        GreaterThan,
        GreaterThanOrEqual,
        In,
        InputPartition,
        LessThan,
        LessThanOrEqual,
    )
except ImportError as error:
    raise MissingExtraError(
        f"Spark takes {error.name}, which is not installed: pip install 'dissect-workbench[tables,spark]'"
    ) from error

from dissect.filters.compiler import compile_filter
from dissect.tables.reading import Scan, scan
from dissect.tables.splits import PART, Split, splits
from dissect.wireshark.types import field_type

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

__all__ = ["DissectSource"]

_OPTIONS = frozenset({"path", "columns", "filter", "occurrence", "part"})
_SIGNS = {EqualTo: "==", GreaterThan: ">", GreaterThanOrEqual: ">=", LessThan: "<", LessThanOrEqual: "<="}


class DissectSource(DataSource):  # type: ignore[misc]  # mypy runs without Spark
    """Captures as rows: register it with `spark.dataSource.register(DissectSource)`.

    Options are `columns`, display-filter names with commas between; `filter`, a display filter; `occurrence`, "first"
    or "all"; and `part`, the bytes of a part (128 MiB). Unsigned numbers come in the next larger type that Spark has,
    moments with its microseconds. Comparisons of a column with a constant are handed on to the reader where
    `spark.sql.python.filterPushdown.enabled` is true. Fields that depend on earlier frames of a file, such as
    "frame.number", make each file one part.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "dissect"

    def schema(self) -> str:
        """Return Spark's types of the columns; DissectError for options that are not understood."""
        rows = _scan(self.options, [])
        return ", ".join(f"`{field.name}` {_spark_type(field.type)}" for field in rows.schema)

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader of these options."""
        return _Reader(dict(self.options))


class _PartOfFile(InputPartition):  # type: ignore[misc]
    def __init__(self, part: Split) -> None:
        self.part = part


class _Reader(DataSourceReader):  # type: ignore[misc]
    def __init__(self, options: dict[str, str]) -> None:
        self._options = options
        self._pushed: list[str] = []

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:  # noqa: N802 - Spark's name
        """Take what a display filter can say; Spark looks at the rows that pass once more, for first values."""
        for each in filters:
            text = _as_display_filter(each)
            if text is not None:
                self._pushed.append(text)
            yield each

    def partitions(self) -> list[InputPartition]:
        """Return the parts of all files."""
        size = int(self._options.get("part", PART))
        if size < 1:
            raise DissectError(f"part is {size} bytes: expected 1 or more")
        rows = _scan(self._options, [])
        return [
            _PartOfFile(part)
            for source in rows.sources
            for part in splits(source, size if rows.is_independent else 1 << 62)  # type: ignore[arg-type]  # a path
        ]

    def read(self, partition: Any) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a part."""
        rows = _scan(self._options, self._pushed)
        schema = pa.schema([(field.name, _arrow_type(field.type)) for field in rows.schema])
        for batch in rows.of(partition.part):
            yield batch.cast(schema, safe=False)


def _scan(options: Any, pushed: list[str]) -> Scan:
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise DissectError(f"{unknown[0]} is no option of dissect: they are {', '.join(sorted(_OPTIONS))}")
    if "columns" not in options:
        raise DissectError('name the columns: .option("columns", "frame.time_epoch,ip.src,ip.dst")')
    if options.get("occurrence", "first") not in ("first", "all"):
        raise DissectError(f"occurrence is {options['occurrence']!r}: expected first or all")
    rows = scan(
        options.get("path", []) or [],
        [name.strip() for name in options["columns"].split(",")],
        options.get("filter"),
        occurrence=options.get("occurrence", "first"),
    )
    for text in pushed:
        rows = rows.filter(text)
    return rows


def _as_display_filter(test: Filter) -> str | None:
    """Return a display filter that no row fails which passes the test; None where there is none."""
    sign = _SIGNS.get(type(test))
    if sign is None and not isinstance(test, In):
        return None
    name = ".".join(test.attribute)
    kind = field_type(name)
    values = test.value if isinstance(test, In) else (test.value,)
    if (
        kind is None
        or name.startswith("frame.time")
        or not (kind.is_number or kind.family in ("ipv4", "ipv6", "ether"))
    ):
        return None
    text = f"{name} in {{{', '.join(map(str, values))}}}" if sign is None else f"{name} {sign} {values[0]}"
    try:
        compile_filter(text)
    except DissectError:
        # A number that the field never has: Spark finds out by itself.
        return None
    return text


_LARGER = {"uint8": "smallint", "uint16": "int", "uint32": "bigint", "uint64": "bigint", "int16": "smallint"}
_SAME = {"int32": "int", "int64": "bigint", "double": "double", "string": "string", "binary": "binary"}
_ARROW = {
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "timestamp": pa.timestamp("us", "UTC"),
}


def _spark_type(kind: pa.DataType) -> str:
    """Return Spark's name for the type that holds one of Arrow's."""
    if pa.types.is_list(kind):
        return f"array<{_spark_type(kind.value_type)}>"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return "string" if pa.types.is_dictionary(kind) else (_LARGER | _SAME)[str(kind)]


def _arrow_type(kind: pa.DataType) -> pa.DataType:
    """Return Arrow's type of what Spark is given."""
    if pa.types.is_list(kind):
        return pa.list_(_arrow_type(kind.value_type))
    return _ARROW[_spark_type(kind)]
